# Right and wrong answers to the sheet of `long_texts`. `says` is a part of what the check must reply.

# %% exercise="window_bill" right="NumPy and tensors"
import numpy as np
import torch

window_bill = {"step": np.int64(6), "of_27": torch.tensor(4), "of_10": 1.0, "of_11": np.array([2])}
window_bill |= {"sent": 47, "unread": np.float32(17), "reads_14": "windows"}

# %% exercise="window_bill" right="counted by the library"
from transformers import AutoTokenizer

of = {}
for n in (27, 10, 11):
    cutter = AutoTokenizer.from_pretrained(course.checkpoint)
    asked = {"truncation": True, "max_length": 12, "stride": 4, "return_overflowing_tokens": True}
    of[n] = cutter("the " * n, **asked)["input_ids"]
window_bill = {f"of_{n}": len(found) for n, found in of.items()}
window_bill |= {"step": 12 - 2 - 4, "sent": sum(map(len, of[27])), "unread": 27 - 10, "reads_14": "windows"}

# %% exercise="window_bill" right="with a capital letter and a dot"
window_bill = {"reads_14": " Windows. ", "unread": 17, "sent": 47, "of_11": 2, "of_10": 1, "of_27": 4, "step": 6}

# %% exercise="window_bill" right="worked out in formulas"
import math

room, stride = 12 - 2, 4
window_bill = {f"of_{n}": max(1, math.ceil((n - stride) / (room - stride))) for n in (27, 10, 11)}
window_bill["step"] = room - stride
window_bill["sent"] = 27 + 3 * stride + 2 * window_bill["of_27"]
window_bill["unread"], window_bill["reads_14"] = 27 - room, "windows"

# %% exercise="window_bill" wrong="stride is the step" says="`stride` taken for the step"
window_bill = {"step": 4, "of_27": 6, "of_10": 1, "of_11": 2, "sent": 71, "unread": 17, "reads_14": "windows"}

# %% exercise="window_bill" wrong="special tokens forgotten" says="need two of the places"
window_bill = {"step": 8, "of_27": 3, "of_10": 1, "of_11": 1, "sent": 35, "unread": 15, "reads_14": "windows"}

# %% exercise="window_bill" wrong="no overlap" says="without any overlap"
window_bill = {"step": 10, "of_27": 3, "of_10": 1, "of_11": 2, "sent": 33, "unread": 17, "reads_14": "windows"}

# %% exercise="window_bill" wrong="rounded down" says="does the third window reach"
window_bill = {"step": 6, "of_27": 3, "of_10": 1, "of_11": 1, "sent": 36, "unread": 17, "reads_14": "windows"}

# %% exercise="window_bill" wrong="the length divided by the step" says="reaches the end of the text first"
window_bill = {"step": 6, "of_27": 5, "of_10": 2, "of_11": 2, "sent": 54, "unread": 17, "reads_14": "windows"}

# %% exercise="window_bill" wrong="windows go on by stride" says="`stride` taken for the step"
window_bill = {"step": 6, "of_27": 7, "of_10": 1, "of_11": 2, "sent": 47, "unread": 17, "reads_14": "windows"}

# %% exercise="window_bill" wrong="a short text gives nothing" says="a short text is read, too"
window_bill = {"step": 6, "of_27": 4, "of_10": 0, "of_11": 1, "sent": 47, "unread": 17, "reads_14": "windows"}

# %% exercise="window_bill" wrong="two windows for ten tokens" says="what would a second one add"
window_bill = {"step": 6, "of_27": 4, "of_10": 2, "of_11": 2, "sent": 47, "unread": 17, "reads_14": "windows"}

# %% exercise="window_bill" wrong="eleven fit into twelve" says="do 11 tokens of the text fit"
window_bill = {"step": 6, "of_27": 4, "of_10": 1, "of_11": 1, "sent": 47, "unread": 17, "reads_14": "windows"}

# %% exercise="window_bill" wrong="sent without special tokens" says="has its own `[CLS]`"
window_bill = {"step": 6, "of_27": 4, "of_10": 1, "of_11": 2, "sent": 39, "unread": 17, "reads_14": "windows"}

# %% exercise="window_bill" wrong="sent with padding" says="nothing is padded"
window_bill = {"step": 6, "of_27": 4, "of_10": 1, "of_11": 2, "sent": 48, "unread": 17, "reads_14": "windows"}

# %% exercise="window_bill" wrong="each token is sent once" says="are sent twice"
window_bill = {"step": 6, "of_27": 4, "of_10": 1, "of_11": 2, "sent": 27, "unread": 17, "reads_14": "windows"}

# %% exercise="window_bill" wrong="a whole head and a whole tail" says="They share the 12 tokens"
window_bill = {"step": 6, "of_27": 4, "of_10": 1, "of_11": 2, "sent": 47, "unread": 7, "reads_14": "windows"}

# %% exercise="window_bill" wrong="special tokens forgotten in the halves" says="are among the 12"
window_bill = {"step": 6, "of_27": 4, "of_10": 1, "of_11": 2, "sent": 47, "unread": 15, "reads_14": "windows"}

# %% exercise="window_bill" wrong="head + tail reads the middle" says="stands between them"
window_bill = {"step": 6, "of_27": 4, "of_10": 1, "of_11": 2, "sent": 47, "unread": 17, "reads_14": "head + tail"}

# %% exercise="window_bill" wrong="the tail reads the middle" says="the tail begins at number"
window_bill = {"step": 6, "of_27": 4, "of_10": 1, "of_11": 2, "sent": 47, "unread": 17, "reads_14": "tail"}

# %% exercise="window_bill" wrong="one is left" says="replace the dots for sent"
window_bill = {"step": 6, "of_27": 4, "of_10": 1, "of_11": 2, "sent": ..., "unread": 17, "reads_14": "windows"}

# %% exercise="window_bill" wrong="another word" says='one of "head"'
window_bill = {"step": 6, "of_27": 4, "of_10": 1, "of_11": 2, "sent": 47, "unread": 17, "reads_14": "all"}

# %% exercise="window_bill" wrong="half a window" says="a whole number"
window_bill = {"step": 6, "of_27": 3.83, "of_10": 1, "of_11": 2, "sent": 47, "unread": 17, "reads_14": "windows"}


# %% exercise="cut_windows" right="a while loop"
def cut_windows(body, max_length, stride):
    windows, begin = [], 0
    while True:
        end = begin + max_length - 2
        windows.append([101] + body[begin:end] + [102])
        if end >= len(body):
            return windows
        begin = end - stride


# %% exercise="cut_windows" right="the number of windows comes from the worked line"
def cut_windows(body, max_length, stride):
    import math

    room = max_length - 2
    step = room - stride
    count = max(1, math.ceil((len(body) - stride) / step))
    return [[101, *body[at * step : at * step + room], 102] for at in range(count)]


# %% exercise="cut_windows" right="NumPy arrays in a tuple"
def cut_windows(body, max_length, stride):
    import numpy as np

    body, room = np.array(body, dtype=int), max_length - 2
    begins = np.arange(0, max(1, len(body) - stride), room - stride)
    return tuple(np.concatenate([[101], body[begin : begin + room], [102]]) for begin in begins)


# %% exercise="cut_windows" right="tensors"
def cut_windows(body, max_length, stride):
    import torch

    room, made = max_length - 2, []
    for begin in range(0, max(1, len(body) - stride), room - stride):
        made.append(torch.tensor([101, *body[begin : begin + room], 102]))
    return made


# %% exercise="cut_windows" right="it calls itself"
def cut_windows(body, max_length, stride):
    room = max_length - 2
    first = [101, *body[:room], 102]
    if len(body) <= room:
        return [first]
    return [first, *cut_windows(body[room - stride :], max_length, stride)]


# %% exercise="cut_windows" right="a generator"
def cut_windows(body, max_length, stride):
    begin, room = 0, max_length - 2
    yield [101, *body[:room], 102]
    while begin + room < len(body):
        begin += room - stride
        yield [101, *body[begin : begin + room], 102]


# %% exercise="cut_windows" wrong="stride is the step" says="`stride` taken for the step"
def cut_windows(body, max_length, stride):
    room = max_length - 2
    return [[101, *body[begin : begin + room], 102] for begin in range(0, max(1, len(body)), stride)]


# %% exercise="cut_windows" wrong="stride is the step, and no window for an empty text" says="`stride` taken for the step"
def cut_windows(body, max_length, stride):
    room = max_length - 2
    return [[101, *body[begin : begin + room], 102] for begin in range(0, len(body), stride)]


# %% exercise="cut_windows" wrong="the last window only repeats" says="the last window only repeats" old="max(1, len(body) - stride)" new="max(1, len(body))"

# %% exercise="cut_windows" wrong="the naive loop" says="And an empty text gives one window" old="max(1, len(body) - stride)" new="len(body)"

# %% exercise="cut_windows" wrong="no overlap" says="there is no overlap" old="max(1, len(body) - stride), room - stride" new="max(1, len(body)), room"

# %% exercise="cut_windows" wrong="special tokens have no place" says="*with* 101 and 102" old="max_length - 2" new="max_length"

# %% exercise="cut_windows" wrong="one special token" says="two numbers stand around" old="max_length - 2" new="max_length - 1"

# %% exercise="cut_windows" wrong="short texts are lost" says="a short or an empty text" old="max(1, len(body) - stride)" new="len(body) - stride"

# %% exercise="cut_windows" wrong="the empty text is lost" says="the empty text gives one window" old="room = max_length - 2" new="room = max_length - 2\n    if not body: return []"

# %% exercise="cut_windows" wrong="the shorter window is lost" says="the shorter window at the end" old="for begin in begins]" new="for begin in begins if len(body) - begin >= room]"

# %% exercise="cut_windows" wrong="no special tokens" says="101 and 102 are missing" old="[101, *body[begin : begin + room], 102]" new="body[begin : begin + room]"

# %% exercise="cut_windows" wrong="special tokens once around the text" says="not once around the text"
def cut_windows(body, max_length, stride):
    room = max_length - 2
    begins = range(0, max(1, len(body) - stride), room - stride)
    windows = [body[begin : begin + room] for begin in begins]
    windows[0] = [101] + windows[0]
    windows[-1] = windows[-1] + [102]
    return windows


# %% exercise="cut_windows" wrong="the frame comes before the cut" says="cut first, then add them"
def cut_windows(body, max_length, stride):
    whole = [101, *body, 102]
    begins = range(0, max(1, len(whole) - stride), max_length - stride)
    return [whole[begin : begin + max_length] for begin in begins]


# %% exercise="cut_windows" wrong="the frame comes before the cut, to the last number" says="each window needs its own"
def cut_windows(body, max_length, stride):
    whole = [101, *body, 102]
    return [whole[begin : begin + max_length] for begin in range(0, len(whole), max_length - stride)]


# %% exercise="cut_windows" wrong="the frame comes before the cut, no overlap" says="I do not recognise this slip"
def cut_windows(body, max_length, stride):
    whole = [101, *body, 102]
    return [whole[begin : begin + max_length] for begin in range(0, len(whole), max_length)]


# %% exercise="cut_windows" wrong="the last window is moved back" says="moved back"
def cut_windows(body, max_length, stride):
    room = max_length - 2
    begins = range(0, max(1, len(body) - stride), room - stride)
    begins = [max(0, min(begin, len(body) - room)) for begin in begins]
    return [[101, *body[begin : begin + room], 102] for begin in begins]


# %% exercise="cut_windows" wrong="only the first window" says="only the first window"
def cut_windows(body, max_length, stride):
    return [[101, *body[: max_length - 2], 102]]


# %% exercise="cut_windows" wrong="one list of numbers" says="one list of numbers"
def cut_windows(body, max_length, stride):
    return [101, *body[: max_length - 2], 102]


# %% exercise="cut_windows" wrong="SEP first" says="have changed their places" old="[101, *body[begin : begin + room], 102]" new="[102, *body[begin : begin + room], 101]"

# %% exercise="cut_windows" wrong="the number of windows" says="a list"
def cut_windows(body, max_length, stride):
    return max(1, -(-(len(body) - stride) // (max_length - 2 - stride)))


# %% exercise="cut_windows" wrong="a text" says="a list of windows"
def cut_windows(body, max_length, stride):
    return str([[101, *body, 102]])


# %% exercise="cut_windows" wrong="the body is eaten" says="leaves `body` as it is"
def cut_windows(body, max_length, stride):
    windows = [[101, *body[: max_length - 2], 102]]
    while len(body) > max_length - 2:
        del body[: max_length - 2 - stride]
        windows.append([101, *body[: max_length - 2], 102])
    return windows


# %% exercise="cut_windows" wrong="padded with zeros" says="nothing is padded"
def cut_windows(body, max_length, stride):
    room = max_length - 2
    begins = range(0, max(1, len(body) - stride), room - stride)
    windows = [[101, *body[begin : begin + room], 102] for begin in begins]
    return [window + [0] * (max_length - len(window)) for window in windows]


# %% exercise="cut_windows" equivalent="the larger of two numbers has no order"
# - begins = range(0, max(1, len(body) - stride), room - stride)
# + begins = range(0, max(len(body) - stride, 1), room - stride)


# %% exercise="texts_right" right="sums, with bincount"
def texts_right(margins, owner, labels):
    sums = np.bincount(owner, weights=margins, minlength=len(labels))
    return ((sums > 0).astype(int) == labels).mean()


# %% exercise="texts_right" right="pandas"
def texts_right(margins, owner, labels):
    import pandas as pd

    means = pd.Series(margins).groupby(owner).mean()
    return ((means > 0).astype(int).to_numpy() == labels).mean()


# %% exercise="texts_right" right="plain Python"
def texts_right(margins, owner, labels):
    of = {}
    for margin, text in zip(margins.tolist(), owner.tolist()):
        of.setdefault(text, []).append(margin)
    right = [int(sum(of[text]) / len(of[text]) > 0) == label for text, label in enumerate(labels.tolist())]
    return sum(right) / len(right)


# %% exercise="texts_right" right="torch"
def texts_right(margins, owner, labels):
    import torch

    sums = torch.zeros(len(labels), dtype=torch.float64)
    sums.index_add_(0, torch.as_tensor(owner), torch.as_tensor(margins))
    return ((sums > 0) == torch.as_tensor(labels == 1)).float().mean()


# %% exercise="texts_right" right="scikit-learn"
def texts_right(margins, owner, labels):
    from sklearn.metrics import accuracy_score

    said = [margins[owner == text].mean() > 0 for text in np.unique(owner)]
    return accuracy_score(labels, np.array(said).astype(int))


# %% exercise="texts_right" wrong="as it was: the windows" says="those are the windows that are right"
def texts_right(margins, owner, labels):
    return np.mean((margins > 0) == (labels[owner] == 1))


# %% exercise="texts_right" wrong="the mean of each text's share" says="judged one by one"
def texts_right(margins, owner, labels):
    right = (margins > 0) == (labels[owner] == 1)
    return np.mean([right[owner == text].mean() for text in range(len(labels))])


# %% exercise="texts_right" wrong="the maximum" says="joined by the maximum" old=".mean() for" new=".max() for"

# %% exercise="texts_right" wrong="a vote" says="joined by a vote" old="margins[owner == text].mean()" new="np.sign(margins[owner == text]).mean()"

# %% exercise="texts_right" wrong="a vote of the positive ones" says="joined by a vote" old="margins[owner == text].mean()" new="(margins[owner == text] > 0).mean() - 0.5"

# %% exercise="texts_right" wrong="the first window" says="only the first window" old=".mean() for" new="[0] for"

# %% exercise="texts_right" wrong="the last window" says="only the last window"
def texts_right(margins, owner, labels):
    joined = np.zeros(len(labels))
    joined[owner] = margins
    return np.mean((joined > 0) == (labels == 1))


# %% exercise="texts_right" wrong="zero counts as 1" says="exactly zero" old="(np.array(joined) > 0)" new="(np.array(joined) >= 0)"

# %% exercise="texts_right" wrong="the answers cut to the number of labels" says="cut to the number of labels"
def texts_right(margins, owner, labels):
    return np.mean((margins[: len(labels)] > 0) == (labels == 1))


# %% exercise="texts_right" wrong="the mended symptom: texts with any right window" says="I do not recognise this slip"
def texts_right(margins, owner, labels):
    right = (margins > 0) == (labels[owner] == 1)
    return len(set(owner[right].tolist())) / len(labels)


# %% exercise="texts_right" wrong="rounded to fourths" says="given:"
def texts_right(margins, owner, labels):
    right = (margins > 0) == (labels[owner] == 1)
    return round(np.mean(right) * len(labels)) / len(labels)


# %% exercise="texts_right" wrong="the number of texts" says="the number of texts" old="return np.mean(right)" new="return np.sum(right)"

# %% exercise="texts_right" wrong="divided by the windows" says="divided by the number of windows" old="return np.mean(right)" new="return np.sum(right) / len(owner)"

# %% exercise="texts_right" wrong="the four texts of the card" says="divided by four" old="return np.mean(right)" new="return np.sum(right) / 4"

# %% exercise="texts_right" wrong="a percentage" says="a percentage" old="return np.mean(right)" new="return 100 * np.mean(right)"

# %% exercise="texts_right" wrong="the share that is wrong" says="the share that is wrong" old="return np.mean(right)" new="return 1 - np.mean(right)"

# %% exercise="texts_right" wrong="equally many windows a text" says="ValueError"
def texts_right(margins, owner, labels):
    joined = margins.reshape(len(labels), -1).mean(axis=1)
    return np.mean((joined > 0) == (labels == 1))


# %% exercise="texts_right" wrong="neighbours are one text" says="sorted windows"
def texts_right(margins, owner, labels):
    cuts = np.flatnonzero(np.diff(owner)) + 1
    joined = np.array([each.mean() for each in np.split(margins, cuts)])
    return np.mean((joined > 0) == (labels == 1))


# %% exercise="texts_right" wrong="groups of neighbours" says="sorted windows"
def texts_right(margins, owner, labels):
    from itertools import groupby

    groups = groupby(zip(owner.tolist(), margins.tolist()), key=lambda pair: pair[0])
    joined = [[margin for _, margin in group] for _, group in groups]
    return np.mean((np.array([sum(each) / len(each) for each in joined]) > 0) == (labels == 1))


# %% exercise="texts_right" wrong="always four texts" says="is the number of texts fixed" old="range(len(labels))" new="range(4)"

# %% exercise="texts_right" wrong="many values" says="many values" old="return np.mean(right)" new="return right"

# %% exercise="texts_right" wrong="nothing is returned" says="does it end with `return`?" old="return np.mean(right)" new="np.mean(right)"

# %% exercise="texts_right" wrong="the margins are sorted in place" says="leaves `margins` as it is"
def texts_right(margins, owner, labels):
    joined = [margins[owner == text].mean() for text in range(len(labels))]
    margins.sort()
    margins *= 2
    return np.mean((np.array(joined) > 0) == (labels == 1))


# %% exercise="texts_right" equivalent="a sum is above zero where the mean is: the number of windows is positive"
# - joined = [margins[owner == text].mean() for text in range(len(labels))]
# + joined = [margins[owner == text].sum() for text in range(len(labels))]


# %% exercise="page_threshold" right="quiet pages, NumPy"
def page_threshold(calm, pieces, alarm):
    import numpy as np

    values = np.unique(calm)
    quiet = np.array([np.mean(np.array(calm) <= value) for value in values]) ** pieces
    return values[quiet >= 1 - alarm][0]


# %% exercise="page_threshold" right="min of all good ones"
def page_threshold(calm, pieces, alarm):
    def of_page(threshold):
        return 1 - (sum(margin <= threshold for margin in calm) / len(calm)) ** pieces

    return min(margin for margin in calm if of_page(margin) <= alarm)


# %% exercise="page_threshold" right="the power goes to the other side"
def page_threshold(calm, pieces, alarm):
    allowed = 1 - (1 - alarm) ** (1 / pieces)
    for threshold in sorted(calm):
        if sum(margin > threshold for margin in calm) / len(calm) <= allowed:
            return threshold


# %% exercise="page_threshold" right="from the largest down"
def page_threshold(calm, pieces, alarm):
    best = max(calm)
    for threshold in sorted(calm, reverse=True):
        one = len([margin for margin in calm if margin > threshold]) / len(calm)
        if 1 - (1 - one) ** pieces > alarm:
            break
        best = threshold
    return best


# %% exercise="page_threshold" right="pandas"
def page_threshold(calm, pieces, alarm):
    import pandas as pd

    shares = pd.Series(calm).value_counts(normalize=True).sort_index()[::-1].cumsum()[::-1]
    above = shares.shift(-1, fill_value=0).round(9)
    page = 1 - (1 - above) ** pieces
    return page[page <= alarm].index[0]


# %% exercise="page_threshold" right="torch"
def page_threshold(calm, pieces, alarm):
    import torch

    margins = torch.tensor(calm, dtype=torch.float64).sort().values
    quiet = (margins[None] <= margins[:, None]).double().mean(dim=1) ** pieces
    return margins[int((1 - quiet <= alarm).int().argmax())]


# %% exercise="page_threshold" wrong="one piece" says="for a single piece" old="1 - (1 - one) ** pieces" new="one"

# %% exercise="page_threshold" wrong="pieces times one" says="can be more than 1" old="1 - (1 - one) ** pieces" new="one * pieces"

# %% exercise="page_threshold" wrong="the power on the wrong side" says="*all* pieces give an alarm" old="1 - (1 - one) ** pieces" new="one ** pieces"

# %% exercise="page_threshold" wrong="the chance of a quiet page" says="a *quiet* page" old="1 - (1 - one) ** pieces" new="(1 - one) ** pieces"

# %% exercise="page_threshold" wrong="not all pieces" says="One alarm is enough" old="1 - (1 - one) ** pieces" new="1 - one ** pieces"

# %% exercise="page_threshold" wrong="the threshold itself is an alarm" says="just the threshold gives no alarm" old="margin > threshold" new="margin >= threshold"

# %% exercise="page_threshold" wrong="alarm is not allowed" says="itself is still allowed" old="page <= alarm" new="page < alarm"

# %% exercise="page_threshold" wrong="the largest margin" says="the largest margin?"
def page_threshold(calm, pieces, alarm):
    return max(calm)


# %% exercise="page_threshold" wrong="calm is not sorted" says="is `calm` sorted?" old="sorted(calm)" new="calm"

# %% exercise="page_threshold" wrong="equal margins count once" says="equal margins count several times"
def page_threshold(calm, pieces, alarm):
    values = sorted(set(calm))
    for at, threshold in enumerate(values, 1):
        if 1 - (at / len(values)) ** pieces <= alarm:
            return threshold


# %% exercise="page_threshold" wrong="a quantile" says="between two margins"
def page_threshold(calm, pieces, alarm):
    import numpy as np

    return np.quantile(calm, (1 - alarm) ** (1 / pieces))


# %% exercise="page_threshold" wrong="drawn a thousand times, as in the lesson" says="given:"
def page_threshold(calm, pieces, alarm):
    import numpy as np

    loudest = np.random.default_rng(0).choice(calm, (1000, pieces)).max(axis=1)
    return np.quantile(loudest, 1 - alarm)


# %% exercise="page_threshold" wrong="one too low" says="one margin too low"
def page_threshold(calm, pieces, alarm):
    good = [t for t in sorted(calm) if 1 - (1 - sum(m > t for m in calm) / len(calm)) ** pieces <= alarm]
    below = [t for t in sorted(calm) if t < good[0]]
    return below[-1] if below else good[0]


# %% exercise="page_threshold" wrong="the sorted place, ties forgotten" says="given:"
def page_threshold(calm, pieces, alarm):
    import math

    place = math.floor(len(calm) * (1 - alarm) ** (1 / pieces))
    return sorted(calm)[min(place, len(calm) - 1)]


# %% exercise="page_threshold" wrong="all good ones" says="many values"
def page_threshold(calm, pieces, alarm):
    import numpy as np

    return np.array([t for t in sorted(calm) if 1 - np.mean(np.array(calm) <= t) ** pieces <= alarm] + [9, 9])


# %% exercise="page_threshold" wrong="a list" says="a number in"
def page_threshold(calm, pieces, alarm):
    return [t for t in sorted(calm) if 1 - (1 - sum(m > t for m in calm) / len(calm)) ** pieces <= alarm]


# %% exercise="page_threshold" wrong="calm is sorted in place" says="leaves `calm` as it is" old="for threshold in sorted(calm):" new="calm.sort()\n    for threshold in calm:"

# %% exercise="page_threshold" wrong="nothing where alarm is 0" says="does it end with `return`?" old="    for threshold in sorted(calm):" new="    for threshold in sorted(calm)[:-1]:"

# %% exercise="page_threshold" wrong="always six pieces" says="given:" old="** pieces" new="** 6"

# %% exercise="page_threshold" wrong="the chance, not the threshold" says="given:" old="return threshold" new="return page"


# %% exercise="saved" right="the difference of both"
def saved(n, width, window):
    return 2 * width * (n - min(n, window)) / (12 * width**2 + 2 * width * n)


# %% exercise="saved" right="shortened"
def saved(n, width, window):
    return max(0, n - window) / (6 * width + n)


# %% exercise="saved" right="for all tokens together"
def saved(n, width, window):
    def cost(looked_at):
        return n * 12 * width * width + n * 2 * width * looked_at

    return (cost(n) - cost(min(n, window))) / cost(n)


# %% exercise="saved" right="with an if, and NumPy"
def saved(n, width, window):
    import numpy as np

    if window >= n:
        return np.float64(0)
    parts = np.array([12 * width * width, 2 * width * window, 2 * width * (n - window)], dtype=float)
    return parts[2] / parts.sum()


# %% exercise="saved" right="torch, token by token"
def saved(n, width, window):
    import torch

    looks = torch.tensor([n, n if n < window else window], dtype=torch.float64)
    full, sparse = 12 * width * width + 2 * width * looks
    return 1 - sparse / full


# %% exercise="saved" right="exact fractions"
def saved(n, width, window):
    from fractions import Fraction

    return Fraction(n - min(n, window), n + 6 * width)


# %% exercise="saved" wrong="the window is longer than the text" says="longer than the text" old="min(n, window)" new="window"

# %% exercise="saved" wrong="only attention" says="The linear parts are still there"
def saved(n, width, window):
    return 1 - min(n, window) / n


# %% exercise="saved" wrong="what is left" says="that is what is left" old="1 - sparse / full" new="sparse / full"

# %% exercise="saved" wrong="divided by sparse" says="divided by the cost of sparse" old="1 - sparse / full" new="(full - sparse) / sparse"

# %% exercise="saved" wrong="turned round" says="the sign is turned round" old="1 - sparse / full" new="sparse / full - 1"

# %% exercise="saved" wrong="how many times cheaper" says="how many times cheaper" old="1 - sparse / full" new="full / sparse"

# %% exercise="saved" wrong="a number for one token" says="a number of multiplications" old="1 - sparse / full" new="full - sparse"

# %% exercise="saved" wrong="a number for all tokens" says="of all `n` tokens or of one" old="1 - sparse / full" new="n * (full - sparse)"

# %% exercise="saved" wrong="a percentage" says="a percentage" old="1 - sparse / full" new="100 * (1 - sparse / full)"

# %% exercise="saved" wrong="rounded" says="rounded" old="1 - sparse / full" new="round(1 - sparse / full, 2)"

# %% exercise="saved" wrong="linear parts of one token, attention of all" says="needed for each token"
def saved(n, width, window):
    linear = 12 * width * width
    full = linear + 2 * width * n * n
    return 1 - (linear + 2 * width * n * min(n, window)) / full


# %% exercise="saved" wrong="attention of one token, linear parts of all" says="both parts times `n`, or neither" old="linear = 12 * width * width" new="linear = 12 * width * width * n"

# %% exercise="saved" wrong="attention without the width" says="the attention needs `width`, too"
def saved(n, width, window):
    linear = 12 * width * width
    return 1 - (linear + 2 * min(n, window)) / (linear + 2 * n)


# %% exercise="saved" wrong="attention once the width" says="two times `width`"
def saved(n, width, window):
    linear = 12 * width * width
    return 1 - (linear + width * min(n, window)) / (linear + width * n)


# %% exercise="saved" wrong="always 512" says="a window of 512" old="min(n, window)" new="min(n, 512)"

# %% exercise="saved" wrong="a window on each side" says="a window on each side" old="min(n, window)" new="min(n, 2 * window)"

# %% exercise="saved" wrong="the width once" says="`width` comes twice" old="12 * width * width" new="12 * width"

# %% exercise="saved" wrong="the larger of both" says="the larger of both" old="min(n, window)" new="max(n, window)"

# %% exercise="saved" wrong="nothing saved below 512" says="given:" old="return 1 - sparse / full" new="return 1 - sparse / full if n > 512 else 0"

# %% exercise="saved" wrong="the width of BERT base" says="given:" old="linear = 12 * width * width" new="width = 768; linear = 12 * width * width"

# %% exercise="saved" wrong="both numbers" says="many values" old="1 - sparse / full" new="__import__('numpy').array([sparse, full])"

# %% exercise="saved" wrong="a text" says="without quotes" old="1 - sparse / full" new="f'{1 - sparse / full:.0%}'"

# %% exercise="saved" wrong="nothing is returned" says="does it end with `return`?" old="return 1 - sparse / full" new="print(1 - sparse / full)"

# %% exercise="saved" equivalent="the smaller of two numbers has no order"
# - sparse = linear + 2 * width * min(n, window)
# + sparse = linear + 2 * width * min(window, n)

# %% exercise="saved" equivalent="two lines that do not need each other"
# + sparse = linear + 2 * width * min(n, window)
# - sparse = linear + 2 * width * min(n, window)
