# Right and wrong answers to the sheet of `task_shapes`. `says` is a part of what the check must reply.

# %% exercise="which_loss" right="other capital letters, and spaces"
which_loss = {"a": "Cross-Entropy", "b": "bce", "c": " BCE", "d": "ERROR", "e": "mse", "f": "Error.", "g": 50.0}

# %% exercise="which_loss" right="in another order, one key more"
which_loss = {"g": 10 * 5, "f": "error", "e": "MSE", "d": "error", "c": "BCE", "b": "BCE"}
which_loss |= {"a": "cross-entropy", "why": "the type of the labels decides"}

# %% exercise="which_loss" right="a tensor for the number"
import torch

which_loss = {"a": "cross-entropy", "b": "BCE", "c": "BCE", "d": "error", "e": "MSE", "f": "error"}
which_loss["g"] = torch.zeros(1, 10, 5).numel() * torch.ones(1)

# %% exercise="which_loss" right="asked of the model"
import torch
from transformers import AutoConfig, AutoModelForSequenceClassification

several = "multi_label_classification"
said = {None: "error", "single_label_classification": "cross-entropy", several: "BCE", "regression": "MSE"}
which_loss = {"g": 50}
for letter, (size, labels, kind) in {
    "a": (4, [2], None),
    "b": (4, [[1.0, 0.0, 0.0, 1.0]], None),
    "c": (4, [[0.0, 0.0, 1.0, 0.0]], None),
    "d": (4, [[1, 0, 0, 1]], several),
    "e": (1, [3.0], None),
    "f": (4, [[0, 0, 1, 0]], None),
}.items():
    config = AutoConfig.from_pretrained(course.checkpoint, num_labels=size, problem_type=kind)
    model = AutoModelForSequenceClassification.from_config(config)
    try:
        model(torch.tensor([[101, 102]]), labels=torch.tensor(labels))
        which_loss[letter] = said[config.problem_type]
    except Exception:
        which_loss[letter] = "error"

# %% exercise="which_loss" wrong="what the person of c wanted" says="they are decimals" old="\"c\": \"BCE\"" new="\"c\": \"cross-entropy\""

# %% exercise="which_loss" wrong="an error hoped for" says="this trap is silent" old="\"c\": \"BCE\"" new="\"c\": \"error\""

# %% exercise="which_loss" wrong="BCE with whole numbers" says="Does BCE take these whole numbers" old="\"d\": \"error\"" new="\"d\": \"BCE\""

# %% exercise="which_loss" wrong="one number as yes or no" says="is that a yes-or-no question" old="\"MSE\"" new="\"BCE\""

# %% exercise="which_loss" wrong="one number as a class" says="there is nothing to choose" old="\"MSE\"" new="\"cross-entropy\""

# %% exercise="which_loss" wrong="one-hot whole numbers taken for harmless" says="How many class numbers may one text have" old="\"f\": \"error\"" new="\"f\": \"cross-entropy\""

# %% exercise="which_loss" wrong="one-hot whole numbers taken for BCE" says="these are whole numbers" old="\"f\": \"error\"" new="\"f\": \"BCE\""

# %% exercise="which_loss" wrong="a number for each word" says="The model reads pieces" old="\"g\": 50" new="\"g\": 30"

# %% exercise="which_loss" wrong="the two marks forgotten" says="are the marks at both ends left out" old="\"g\": 50" new="\"g\": 40"

# %% exercise="which_loss" wrong="one number for each piece" says="Each tag gets one" old="\"g\": 50" new="\"g\": 10"

# %% exercise="which_loss" wrong="one answer for the text" says="here each piece gets an answer" old="\"g\": 50" new="\"g\": 5"

# %% exercise="which_loss" wrong="another number" says="I do not recognise this slip" old="\"g\": 50" new="\"g\": 48"

# %% exercise="which_loss" wrong="a class number taken for several labels" says="one label for the text" old="\"cross-entropy\"" new="\"BCE\""

# %% exercise="which_loss" wrong="several labels taken for one" says="does the model take that for one label" old="\"b\": \"BCE\"" new="\"b\": \"cross-entropy\""

# %% exercise="which_loss" wrong="another word" says="one of" old="\"cross-entropy\"" new="\"softmax\""

# %% exercise="which_loss" wrong="the shape in place of the number" says="that is the shape" old="\"g\": 50" new="\"g\": (1, 10, 5)"

# %% exercise="which_loss" wrong="another shape" says="a whole number" old="\"g\": 50" new="\"g\": (10, 5)"

# %% exercise="which_loss" wrong="a letter left out" says="a dict with the keys"
which_loss = {"a": "cross-entropy", "b": "BCE", "c": "BCE", "d": "error", "e": "MSE", "f": "error"}

# %% exercise="which_loss" wrong="dots left" says="replace the dots for g" old="\"g\": 50" new="\"g\": ..."


# %% exercise="own_bars" right="scikit-learn"
def own_bars(truth, chances, bars):
    from sklearn.metrics import f1_score

    found = []
    for true, chance in zip(truth.T, chances.T):
        found.append(max(bars, key=lambda bar: f1_score(true, chance > bar, zero_division=0)))
    return found


# %% exercise="own_bars" right="all at once, as an array"
def own_bars(truth, chances, bars):
    bars = np.array(bars)
    said = chances[None] > bars[:, None, None]
    both = (said & truth).sum(1)
    scores = 2 * both / np.maximum(said.sum(1) + truth.sum(0), 1)
    return bars[scores.argmax(0)]


# %% exercise="own_bars" right="tensors"
def own_bars(truth, chances, bars):
    truth, chances = torch.tensor(truth), torch.tensor(chances)
    scores = []
    for bar in bars:
        said = chances > bar
        number = said.sum(0) + truth.sum(0)
        scores.append(2 * (said & truth).sum(0) / number.clamp(min=1))
    return torch.tensor(bars)[torch.stack(scores).argmax(0)]


# %% exercise="own_bars" right="plain Python, with hits and misses"
def own_bars(truth, chances, bars):
    result = ()
    for topic in range(len(truth[0])):
        best = -1
        for bar in bars:
            hits = false = missed = 0
            for true, chance in zip(truth, chances):
                said = chance[topic] > bar
                hits += bool(true[topic] and said)
                false += bool(said and not true[topic])
                missed += bool(true[topic] and not said)
            f1 = hits / (hits + (false + missed) / 2) if hits else 0
            if f1 > best:
                best, chosen = f1, bar
        result += (chosen,)
    return result


# %% exercise="own_bars" right="pandas, precision and recall"
def own_bars(truth, chances, bars):
    import pandas as pd

    truth, chances, found = pd.DataFrame(truth), pd.DataFrame(chances), {}
    for bar in bars:
        said = chances > bar
        both = (said & truth).sum()
        precision, recall = both / said.sum(), both / truth.sum()
        found[bar] = (2 * precision * recall / (precision + recall)).fillna(0).round(9)
    return pd.DataFrame(found).T.idxmax()


# %% exercise="own_bars" wrong="at least the bar" says="equal to the bar is not above it" old="chances[:, topic] > bar" new="chances[:, topic] >= bar"

# %% exercise="own_bars" wrong="the largest bar at a tie" says="the smallest bar"
def own_bars(truth, chances, bars):
    from sklearn.metrics import f1_score

    def best(true, chance):
        return max(bars[::-1], key=lambda bar: f1_score(true, chance > bar, zero_division=0))

    return [best(true, chance) for true, chance in zip(truth.T, chances.T)]


# %% exercise="own_bars" wrong="accuracy" says="the best share of right answers"
def own_bars(truth, chances, bars):
    right = [(truth == (chances > bar)).mean(0) for bar in bars]
    return np.array(bars)[np.argmax(right, axis=0)]


# %% exercise="own_bars" wrong="recall" says="The smallest bar always wins" old="max(true.sum() + said.sum(), 1)" new="max(true.sum(), 1)"

# %% exercise="own_bars" wrong="precision" says="how many are found" old="max(true.sum() + said.sum(), 1)" new="max(said.sum(), 1)"

# %% exercise="own_bars" wrong="one bar for all" says="one bar for all topics"
def own_bars(truth, chances, bars):
    from sklearn.metrics import f1_score

    best = max(bars, key=lambda bar: f1_score(truth, chances > bar, average="macro", zero_division=0) if truth.shape[1] > 1 else f1_score(truth[:, 0], chances[:, 0] > bar, zero_division=0))
    return [best] * truth.shape[1]


# %% exercise="own_bars" wrong="a bar for each message" says="A column is a topic"
def own_bars(truth, chances, bars):
    bars = np.array(bars)
    said = chances[None] > bars[:, None, None]
    scores = 2 * (said & truth).sum(2) / np.maximum(said.sum(2) + truth.sum(1), 1)
    return bars[scores.argmax(0)]


# %% exercise="own_bars" wrong="places in place of bars" says="the places of the bars" old="bars[np.argmax(scores)]" new="np.argmax(scores)"

# %% exercise="own_bars" wrong="the best F1" says="the bar that reaches it" old="bars[np.argmax(scores)]" new="max(scores)"

# %% exercise="own_bars" wrong="always one half" says="choose among `bars`"
def own_bars(truth, chances, bars):
    return [0.5] * truth.shape[1]


# %% exercise="own_bars" wrong="the bars of the card" says="I do not recognise this slip"
def own_bars(truth, chances, bars):
    return [0.65, 0.35]


# %% exercise="own_bars" wrong="one bar" says="a list" old="return found" new="return found[0]"

# %% exercise="own_bars" wrong="a dict of bars" says="a list" old="return found" new="return dict(enumerate(found))"

# %% exercise="own_bars" wrong="divided by nothing" says="nan, and `argmax` chooses it" old="max(true.sum() + said.sum(), 1)" new="(true.sum() + said.sum())"

# %% exercise="own_bars" wrong="nothing is returned" says="does it end with `return`" old="return found" new="print(found)"

# %% exercise="own_bars" wrong="below the bar" says="not below" old="chances[:, topic] > bar" new="chances[:, topic] < bar"

# %% exercise="own_bars" wrong="the variables of the notebook" says="given:"
table_of_card, chances_of_card = truth, chances


def own_bars(truth, chances, bars):
    scores = []
    for bar in bars:
        said = chances_of_card > bar
        scores.append(2 * (table_of_card & said).sum(0) / np.maximum(table_of_card.sum(0) + said.sum(0), 1))
    return np.array(bars)[np.argmax(scores, axis=0)]


# %% exercise="own_bars" wrong="the chances are overwritten" says="leaves `chances` as it is"
def own_bars(truth, chances, bars):
    found = []
    for topic in range(truth.shape[1]):
        scores = []
        for bar in bars:
            said = chances[:, topic] > bar
            scores.append(2 * (truth[:, topic] & said).sum() / max(truth[:, topic].sum() + said.sum(), 1))
        found.append(bars[int(np.argmax(scores))])
        chances[:, topic] = chances[:, topic] > found[-1]
    return found


# %% exercise="promised_margin" right="NumPy"
def promised_margin(errors, promise):
    sizes = np.sort(np.abs(errors))
    place = int(np.ceil((len(sizes) + 1) * promise))
    return sizes[place - 1] if place <= len(sizes) else np.inf


# %% exercise="promised_margin" right="infinity for the new text"
def promised_margin(errors, promise):
    sizes = sorted([*np.abs(errors), math.inf])
    return sizes[math.ceil(len(sizes) * promise) - 1]


# %% exercise="promised_margin" right="a quantile of all and one more"
def promised_margin(errors, promise):
    return np.quantile(np.append(abs(errors), np.inf), promise, method="inverted_cdf")


# %% exercise="promised_margin" right="a tensor"
def promised_margin(errors, promise):
    sizes = torch.tensor(errors).abs()
    place = math.ceil(promise * (sizes.numel() + 1))
    return sizes.kthvalue(place).values if place <= sizes.numel() else torch.tensor(torch.inf)


# %% exercise="promised_margin" right="pandas"
def promised_margin(errors, promise):
    import pandas as pd

    sizes = pd.Series(errors, dtype=float).abs().sort_values().reset_index(drop=True)
    return sizes.get(math.ceil(promise + promise * len(sizes)) - 1, float("inf"))


# %% exercise="promised_margin" wrong="the + 1 forgotten" says="without the + 1" old="(len(errors) + 1) * promise" new="len(errors) * promise"

# %% exercise="promised_margin" wrong="the lesson's function" says="Then nothing supports the promise"
def promised_margin(errors, promise):
    place = int(np.ceil((len(errors) + 1) * promise))
    return np.sort(abs(errors))[min(place, len(errors)) - 1]


# %% exercise="promised_margin" wrong="rounded down" says="rounded down" old="math.ceil" new="math.floor"

# %% exercise="promised_margin" wrong="rounded" says="to the nearest place" old="math.ceil" new="round"

# %% exercise="promised_margin" wrong="with their signs" says="the errors with their signs" old="sorted(abs(error) for error in errors)" new="sorted(errors)"

# %% exercise="promised_margin" wrong="sorted, then the signs lost" says="The other way round" old="sorted(abs(error) for error in errors)" new="np.abs(sorted(errors))"

# %% exercise="promised_margin" wrong="counted from 0" says="Python counts from 0" old="[place - 1]" new="[place]"

# %% exercise="promised_margin" wrong="not sorted" says="the errors are not in order" old="sorted(abs(error) for error in errors)" new="abs(errors)"

# %% exercise="promised_margin" wrong="the largest first" says="the largest errors first" old="sorted(abs(error) for error in errors)" new="sorted(abs(errors), reverse=True)"

# %% exercise="promised_margin" wrong="squares" says="squares" old="abs(error) for" new="error**2 for"

# %% exercise="promised_margin" wrong="a quantile" says="a quantile between two errors"
def promised_margin(errors, promise):
    return np.quantile(abs(errors), promise)


# %% exercise="promised_margin" wrong="a quantile, or infinity" says="Take the error at the place of the card"
def promised_margin(errors, promise):
    if len(errors) * promise + promise > len(errors):
        return math.inf
    return np.quantile(abs(errors), promise)


# %% exercise="promised_margin" wrong="both sides" says="one side of it" old="return sorted" new="return 2 * sorted"

# %% exercise="promised_margin" wrong="the place" says="The size of the error there" old="if place > len(errors):\n        return math.inf\n    return sorted(abs(error) for error in errors)[place - 1]" new="return place"

# %% exercise="promised_margin" wrong="None for infinity" says="does it end with `return`" old="math.inf" new="None"

# %% exercise="promised_margin" wrong="not a number for infinity" says="a number" old="math.inf" new="math.nan"

# %% exercise="promised_margin" wrong="always 90%" says="given:" old="promise)\n" new="0.9)\n"

# %% exercise="promised_margin" wrong="two ends" says="many values" old="return sorted(abs(error) for error in errors)[place - 1]" new="return np.quantile(errors, [1 - promise, promise])"

# %% exercise="promised_margin" wrong="the errors are sorted in place" says="leaves `errors` as it is"
def promised_margin(errors, promise):
    np.abs(errors, out=errors)
    errors.sort()
    place = math.ceil((len(errors) + 1) * promise)
    return errors[place - 1] if place <= len(errors) else math.inf


# %% exercise="labels_for_pieces" right="the lesson's way"
def labels_for_pieces(word_ids, tags):
    return [
        -100 if word is None or word == before else tags[word]
        for word, before in zip(word_ids, [None, *word_ids[:-1]])
    ]


# %% exercise="labels_for_pieces" right="words that were seen, in a set"
def labels_for_pieces(word_ids, tags):
    seen, labels = {None}, []
    for word in word_ids:
        labels += [-100] if word in seen else [tags[word]]
        seen.add(word)
    return tuple(labels)


# %% exercise="labels_for_pieces" right="the first place of each word, in an array"
def labels_for_pieces(word_ids, tags):
    labels = np.full(len(word_ids), -100)
    for word, tag in enumerate(tags):
        if word in word_ids:
            labels[word_ids.index(word)] = tag
    return labels


# %% exercise="labels_for_pieces" right="a tensor"
def labels_for_pieces(word_ids, tags):
    ids = torch.tensor([-1 if word is None else word for word in word_ids])
    first = (ids >= 0) & (ids != torch.roll(ids, 1))
    first[0] = ids[0] >= 0
    return torch.where(first, torch.tensor(tags)[ids.clamp(min=0)], -100)


# %% exercise="labels_for_pieces" right="pandas"
def labels_for_pieces(word_ids, tags):
    import pandas as pd

    words = pd.Series(word_ids, dtype="float")
    return words.mask(words.duplicated()).map(dict(enumerate(tags))).fillna(-100).astype(int)


# %% exercise="labels_for_pieces" wrong="as it was" says="what the old code gives"
def labels_for_pieces(word_ids, tags):
    labels = [-100, *tags]
    return labels + [-100] * (len(word_ids) - len(labels))


# %% exercise="labels_for_pieces" wrong="as it was, and cut" says="cut to the right length"
def labels_for_pieces(word_ids, tags):
    labels = [-100, *tags] + [-100] * len(word_ids)
    return labels[: len(word_ids)]


# %% exercise="labels_for_pieces" wrong="every piece" says="Only the first one has it"
def labels_for_pieces(word_ids, tags):
    return [-100 if word is None else tags[word] for word in word_ids]


# %% exercise="labels_for_pieces" wrong="the last piece" says="the last piece of each word"
def labels_for_pieces(word_ids, tags):
    after = [*word_ids[1:], None]
    return [-100 if word is None or word == next_ else tags[word] for word, next_ in zip(word_ids, after)]


# %% exercise="labels_for_pieces" wrong="0 for other pieces" says="the other pieces of a word have -100, not 0"
def labels_for_pieces(word_ids, tags):
    labels, before = [], None
    for word in word_ids:
        labels.append(-100 if word is None else 0 if word == before else tags[word])
        before = word
    return labels


# %% exercise="labels_for_pieces" wrong="0 for the marks" says="a piece without a word has -100, not 0"
def labels_for_pieces(word_ids, tags):
    labels, before = [], None
    for word in word_ids:
        labels.append(0 if word is None else -100 if word == before else tags[word])
        before = word
    return labels


# %% exercise="labels_for_pieces" wrong="0 everywhere" says="0 is a tag, and would be learned" old="-100 if" new="0 if"

# %% exercise="labels_for_pieces" wrong="-1 everywhere" says="compute no loss here" old="-100 if" new="-1 if"

# %% exercise="labels_for_pieces" wrong="tags compared" says="compare the words, not the tags"
def labels_for_pieces(word_ids, tags):
    labels, before = [], None
    for word in word_ids:
        tag = -100 if word is None else tags[word]
        labels.append(-100 if tag == before else tag)
        before = tag
    return labels


# %% exercise="labels_for_pieces" wrong="one after another" says="A word may have no piece"
def labels_for_pieces(word_ids, tags):
    labels, before, left = [], None, iter(tags)
    for word in word_ids:
        labels.append(-100 if word is None or word == before else next(left))
        before = word
    return labels


# %% exercise="labels_for_pieces" wrong="numbers of words" says="Its tag belongs there" old="else tags[word]" new="else word"

# %% exercise="labels_for_pieces" wrong="marks left out" says="one label for each piece"
def labels_for_pieces(word_ids, tags):
    labels, before = [], None
    for word in word_ids:
        if word is not None:
            labels.append(-100 if word == before else tags[word])
        before = word
    return labels


# %% exercise="labels_for_pieces" wrong="one word off" says="the tag of the word before" old="tags[word])" new="tags[word - 1])"

# %% exercise="labels_for_pieces" wrong="0 taken for None" says="word 0 is a word" old="word is None or" new="not word or"

# %% exercise="labels_for_pieces" wrong="one mark in front, one behind" says="received:"
def labels_for_pieces(word_ids, tags):
    labels = [-100]
    for before, word in zip(word_ids, word_ids[1:-1]):
        labels.append(-100 if word == before or word is None else tags[word])
    return [*labels, -100]


# %% exercise="labels_for_pieces" wrong="the piece before the first one" says="place -1 is the last one"
def labels_for_pieces(word_ids, tags):
    return [
        -100 if word is None or word_ids[place - 1] == word else tags[word] for place, word in enumerate(word_ids)
    ]


# %% exercise="labels_for_pieces" wrong="tag names" says="without quotes"
def labels_for_pieces(word_ids, tags):
    labels = []
    for word in word_ids:
        labels.append("-100" if word is None else names[tags[word] % 5])
    return labels


# %% exercise="labels_for_pieces" wrong="the labels are put into word_ids" says="leaves `word_ids` as it is"
def labels_for_pieces(word_ids, tags):
    before = None
    for place, word in enumerate(word_ids):
        word_ids[place] = -100 if word is None or word == before else tags[word]
        before = word
    return word_ids


# %% exercise="span_f1" right="counts in an array"
def span_f1(true, said):
    counts = []
    for a, b in zip(true, said):
        a, b = set(spans_in(a)), set(spans_in(b))
        counts.append((len(a & b), len(a) + len(b)))
    both, number = np.array(counts).sum(0)
    return 2 * both / number if number else 0.0


def spans_in(tags):
    for begin, tag in enumerate(tags):
        if tag[0] == "B":
            end = begin + 1
            while end < len(tags) and tags[end] == "I" + tag[1:]:
                end += 1
            yield begin, end, tag[2:]


# %% exercise="span_f1" right="the words of each span, in lists"
def span_f1(true, said):
    def spans(messages):
        found = []
        for number, tags in enumerate(messages):
            kind = None
            for place, tag in enumerate(tags):
                if tag.startswith("B-"):
                    kind = tag[2:]
                    found.append((kind, number, [place]))
                elif kind and tag == f"I-{kind}":
                    found[-1][2].append(place)
                else:
                    kind = None
        return found

    one, other = spans(true), spans(said)
    right = sum(each in other for each in one)
    return 2 * right / (len(one) + len(other)) if one or other else 0


# %% exercise="span_f1" right="regular expressions"
import re


def span_f1(true, said):
    def spans(messages):
        text = "\n".join(" ".join([*tags, ""]) for tags in messages)
        return {found.span() + (found[1],) for found in re.finditer(r"B-(\S+) (?:I-\1 )*", text)}, text

    def in_words(messages):
        found = set()
        for number, tags in enumerate(messages):
            spans_, text = spans([tags])
            found |= {(number, text[:a].count(" "), text[:b].count(" "), kind) for a, b, kind in spans_}
        return found

    one, other = in_words(true), in_words(said)
    try:
        precision, recall = len(one & other) / len(other), len(one & other) / len(one)
        return 2 * precision * recall / (precision + recall)
    except ZeroDivisionError:
        return 0


# %% exercise="span_f1" right="itertools, a tensor"
def span_f1(true, said):
    from itertools import takewhile

    def spans(messages):
        return {
            (m, begin, tag[2:], len(list(takewhile(lambda each: each == "I" + tag[1:], tags[begin + 1 :]))))
            for m, tags in enumerate(messages)
            for begin, tag in enumerate(tags)
            if tag[:2] == "B-"
        }

    one, other = spans(true), spans(said)
    return torch.tensor(2 * len(one & other)) / max(1, len(one) + len(other))


# %% exercise="span_f1" wrong="the share of right words" says="says O everywhere"
def span_f1(true, said):
    return np.mean([a == b for one, other in zip(true, said) for a, b in zip(one, other)])


# %% exercise="span_f1" wrong="single words" says="single words are counted"
def span_f1(true, said):
    right = number = 0
    for one, other in zip(true, said):
        right += sum(a == b != "O" for a, b in zip(one, other))
        number += sum(a != "O" for a in one) + sum(b != "O" for b in other)
    return 2 * right / max(number, 1)


# %% exercise="span_f1" wrong="the mean of the messages" says="and the mean of them"
def span_f1(true, said):
    scores = []
    for one, other in zip(true, said):
        a, b = spans_of(one), spans_of(other)
        scores.append(2 * len(a & b) / max(len(a) + len(b), 1))
    return np.mean(scores)


def spans_of(tags):
    found, begin, kind = set(), None, ""
    for place, tag in enumerate([*tags, "O"]):
        if begin is not None and tag != "I-" + kind:
            found.add((begin, place, kind))
            begin = None
        if tag.startswith("B-"):
            begin, kind = place, tag[2:]
    return found


# %% exercise="span_f1" wrong="the end of the message forgotten" says="a span that ends with its message" old="[*tags, \"O\"]" new="tags"

# %% exercise="span_f1" wrong="a B only closes" says="a B closes the span before it" old="        if tag.startswith" new="        elif tag.startswith"

# %% exercise="span_f1" wrong="an I alone begins a span" says="stricter than the lesson"
def span_f1(true, said):
    right = number = 0
    for one, other in zip(true, said):
        a, b = spans_of(one), spans_of(other)
        right, number = right + len(a & b), number + len(a) + len(b)
    return 2 * right / max(number, 1)


def spans_of(tags):
    found, begin, kind = set(), None, ""
    for place, tag in enumerate([*tags, "O"]):
        if begin is not None and tag != "I-" + kind:
            found.add((begin, place, kind))
            begin = None
        if tag != "O" and begin is None:
            begin, kind = place, tag[2:]
    return found


# %% exercise="span_f1" wrong="an I of any kind goes on" says="an I of another kind" old="tag != \"I-\" + kind" new="not tag.startswith(\"I\")"

# %% exercise="span_f1" wrong="a B behind a span goes on" says="also right behind another one"
def span_f1(true, said):
    right = number = 0
    for one, other in zip(true, said):
        a, b = spans_of(one), spans_of(other)
        right, number = right + len(a & b), number + len(a) + len(b)
    return 2 * right / max(number, 1)


def spans_of(tags):
    found, begin, kind = set(), None, ""
    for place, tag in enumerate([*tags, "O"]):
        if begin is not None and tag[2:] != kind:
            found.add((begin, place, kind))
            begin = None
        if tag.startswith("B-") and begin is None:
            begin, kind = place, tag[2:]
    return found


# %% exercise="span_f1" wrong="all messages joined" says="no span goes on in the next message" old="zip(true, said, strict=True)" new="[(sum(true, []), sum(said, []))]"

# %% exercise="span_f1" wrong="messages mixed up" says="which message does a span stand in"
def span_f1(true, said):
    one, other = (set().union(*map(spans_of, each)) for each in (true, said))
    return 2 * len(one & other) / max(len(one) + len(other), 1)


def spans_of(tags):
    found, begin, kind = set(), None, ""
    for place, tag in enumerate([*tags, "O"]):
        if begin is not None and tag != "I-" + kind:
            found.add((begin, place, kind))
            begin = None
        if tag.startswith("B-"):
            begin, kind = place, tag[2:]
    return found


# %% exercise="span_f1" wrong="only the begins" says="but not where it ends" old="found.add((begin, place, kind))" new="found.add((begin, kind))"

# %% exercise="span_f1" wrong="kinds not compared" says="but not the kind" old="found.add((begin, place, kind))" new="found.add((begin, place))"

# %% exercise="span_f1" wrong="precision" says="those that are missing" old="2 * right / max(number, 1)" new="right / max(sum(len(spans_of(tags)) for tags in said), 1)"

# %% exercise="span_f1" wrong="recall" says="those that are too many" old="2 * right / max(number, 1)" new="right / max(sum(len(spans_of(tags)) for tags in true), 1)"

# %% exercise="span_f1" wrong="a count" says="the number of right spans" old="2 * right / max(number, 1)" new="right"

# %% exercise="span_f1" wrong="without the 2" says="without the 2" old="2 * right" new="right"

# %% exercise="span_f1" wrong="a percentage" says="I do not recognise this slip" old="2 * right" new="200 * right"

# %% exercise="span_f1" wrong="rounded" says="rounded" old="2 * right / max(number, 1)" new="round(2 * right / max(number, 1), 2)"

# %% exercise="span_f1" wrong="divided by nothing" says="ZeroDivisionError" old="max(number, 1)" new="number"

# %% exercise="span_f1" wrong="only places and times" says="given:" old="if tag.startswith(\"B-\"):" new="if tag in (\"B-WHERE\", \"B-WHEN\"):"

# %% exercise="span_f1" wrong="the spans themselves" says="a number" old="return 2 * right / max(number, 1)" new="return [spans_of(tags) for tags in said]"

# %% exercise="span_f1" wrong="the true messages are used up" says="leaves `true` as it is"
def span_f1(true, said):
    right = number = 0
    for one, other in zip(true, said):
        a, b = spans_of(one), spans_of(other)
        right, number = right + len(a & b), number + len(a) + len(b)
    return 2 * right / max(number, 1)


def spans_of(tags):
    tags.append("O")
    found, begin, kind = set(), None, ""
    for place, tag in enumerate(tags):
        if begin is not None and tag != "I-" + kind:
            found.add((begin, place, kind))
            begin = None
        if tag.startswith("B-"):
            begin, kind = place, tag[2:]
    return found


# %% exercise="own_bars" equivalent="every score of a topic is multiplied by the same number: the best bar stays the best"
# - both = (true & said).sum()
# + both = (true & said).mean()

# - scores.append(2 * both / max(true.sum() + said.sum(), 1))
# + scores.append(3 * both / max(true.sum() + said.sum(), 1))

# - scores.append(2 * both / max(true.sum() + said.sum(), 1))
# + scores.append(1 * both / max(true.sum() + said.sum(), 1))

# - scores.append(2 * both / max(true.sum() + said.sum(), 1))
# + scores.append(4 * both / max(true.sum() + said.sum(), 1))

# %% exercise="own_bars" equivalent="the larger of two numbers has no order, and where the sum is below 2, both is 0"
# - scores.append(2 * both / max(true.sum() + said.sum(), 1))
# + scores.append(2 * both / max(1, true.sum() + said.sum()))

# - scores.append(2 * both / max(true.sum() + said.sum(), 1))
# + scores.append(2 * both / max(true.sum() + said.sum(), 2))

# %% exercise="span_f1" equivalent="F1 is the same with the two lists exchanged, and with a sum in another order"
# + number += len(spans) + len(others)
# - number += len(spans) + len(others)

# - for one, other in zip(true, said, strict=True):
# + for one, other in zip(said, true, strict=True):

# - spans, others = (spans_of(one), spans_of(other))
# + spans, others = (spans_of(other), spans_of(one))

# %% exercise="span_f1" equivalent="both lists hold the same messages, says the card: strict never strikes"
# - for one, other in zip(true, said, strict=True):
# + for one, other in zip(true, said):

# - for one, other in zip(true, said, strict=True):
# + for one, other in zip(true, said, strict=False):

# %% exercise="span_f1" equivalent="the larger of two numbers has no order, and with one span in all, none is right"
# - return 2 * right / max(number, 1)
# + return 2 * right / max(1, number)

# - return 2 * right / max(number, 1)
# + return 2 * right / max(number, 2)

# %% exercise="span_f1" equivalent="what stands behind the last tag only closes: it may be anything but an I"
# - for place, tag in enumerate([*tags, 'O']):
# + for place, tag in enumerate([*tags, 'Ox']):

# %% exercise="span_f1" equivalent="a span may hold its three parts in any order"
# - found.add((begin, place, kind))
# + found.add((kind, place, begin))
