# Right and wrong answers to the sheet of `must_i_train`. `says` is a part of what the check must reply.

# %% exercise="what_moves" right="lists in another order, capital letters"
what_moves = {"a": ["Head", "few-shot", "fine-tuned", "nearest"], "b": ["few-shot", "prompt"], "e": ["describe"]}
what_moves |= {"c": ["head", "nearest", "describe", "fine-tuned"], "d": ["fine-tuned", "head", "nearest"]}
what_moves |= {"f": ["fine-tuned", "head"], "g": ["FINE-TUNED"]}

# %% exercise="what_moves" right="tuples, and a single name as a text"
what_moves = {"a": ("few-shot", "nearest", "head", "fine-tuned"), "b": ("prompt", "few-shot"), "e": "describe"}
what_moves |= {"c": ("describe", "nearest", "head", "fine-tuned"), "d": ("nearest", "head", "fine-tuned")}
what_moves |= {"f": ("head", "fine-tuned"), "g": "fine-tuned"}

# %% exercise="what_moves" right="sets made of one another"
learns = {"nearest", "head", "fine-tuned"}
what_moves = {"a": learns | {"few-shot"}, "b": {"prompt", "few-shot"}, "c": learns | {"describe"}, "d": learns}
what_moves.update(e={"describe"}, f=learns - {"nearest"}, g=frozenset({"fine-tuned"}))

# %% exercise="what_moves" right="an array, names twice"
import numpy as np

learns = ["nearest", "head", "fine-tuned", "head"]
what_moves = {"a": np.array([*learns, "few-shot"]), "b": np.array(["few-shot", "prompt"]), "d": np.array(learns)}
what_moves |= {"c": np.array(["describe", *learns]), "e": np.array(["describe"]), "f": np.array(learns[1:])}
what_moves |= {"g": np.array(["fine-tuned"])}

# %% exercise="what_moves" wrong="the examples forgotten" says="the four examples of few-shot have labels" old="\"a\": {\"few-shot\", \"nearest\"" new="\"a\": {\"nearest\""

# %% exercise="what_moves" wrong="nearest has no training" says="the labels of its posts vote" old="\"a\": {\"few-shot\", \"nearest\"" new="\"a\": {\"few-shot\""

# %% exercise="what_moves" wrong="all of them" says="which ways have never seen a label" old="\"a\": {\"few-shot\"" new="\"a\": {\"describe\", \"prompt\", \"few-shot\""

# %% exercise="what_moves" wrong="only fine-tuning" says="Who else uses labels" old="\"a\": {\"few-shot\", \"nearest\", \"head\", \"fine-tuned\"}" new="\"a\": {\"fine-tuned\"}"

# %% exercise="what_moves" wrong="the description learns" says="Has it seen which post has which" old="\"a\": {\"few-shot\"" new="\"a\": {\"describe\", \"few-shot\""

# %% exercise="what_moves" wrong="the habit has labels" says="has an empty post a label" old="\"a\": {\"few-shot\"" new="\"a\": {\"prompt\", \"few-shot\""

# %% exercise="what_moves" wrong="the prompt in place of few-shot" says="holds no labelled post" old="\"a\": {\"few-shot\"" new="\"a\": {\"prompt\""

# %% exercise="what_moves" wrong="one prompt only" says="the question stands in both prompts" old="{\"prompt\", \"few-shot\"}" new="{\"prompt\"}"

# %% exercise="what_moves" wrong="a description is a question" says="it is not the question" old="{\"prompt\", \"few-shot\"}" new="{\"describe\", \"prompt\", \"few-shot\"}"

# %% exercise="what_moves" wrong="the description reads no encoder" says="compared with the post: by which model" old="\"c\": {\"describe\", \"nearest\"" new="\"c\": {\"nearest\""

# %% exercise="what_moves" wrong="frozen, so it stays" says="a frozen encoder is still an encoder" old="\"c\": {\"describe\", \"nearest\", \"head\", \"fine-tuned\"}" new="\"c\": {\"describe\", \"fine-tuned\"}"

# %% exercise="what_moves" wrong="one encoder for all" says="which model reads the prompts" old="\"c\": {\"describe\"" new="\"c\": {\"prompt\", \"few-shot\", \"describe\""

# %% exercise="what_moves" wrong="the prompt gets the new labels" says="the same four as before" old="\"d\": {\"nearest\"" new="\"d\": {\"few-shot\", \"nearest\""

# %% exercise="what_moves" wrong="sentences for the prompt" says="belong to another way" old="\"e\": {\"describe\"}" new="\"e\": {\"prompt\", \"few-shot\"}"

# %% exercise="what_moves" wrong="sentences move the vectors" says="change no vector of a post" old="\"e\": {\"describe\"}" new="\"e\": {\"describe\", \"nearest\", \"head\", \"fine-tuned\"}"

# %% exercise="what_moves" wrong="a head is no weights" says="it consists of weights" old="\"f\": {\"head\", \"fine-tuned\"}" new="\"f\": {\"fine-tuned\"}"

# %% exercise="what_moves" wrong="a vote is trained" says="has nothing to fit" old="\"f\": {\"head\"" new="\"f\": {\"nearest\", \"head\""

# %% exercise="what_moves" wrong="the head changes the encoder" says="whose weights does it leave" old="\"g\": {\"fine-tuned\"}" new="\"g\": {\"head\", \"fine-tuned\"}"

# %% exercise="what_moves" wrong="who reads, changes" says="does not change it" old="\"g\": {\"fine-tuned\"}" new="\"g\": {\"describe\", \"nearest\", \"head\", \"fine-tuned\"}"

# %% exercise="what_moves" wrong="a way of one's own" says="one of" old="\"g\": {\"fine-tuned\"}" new="\"g\": {\"finetuning\"}"

# %% exercise="what_moves" wrong="numbers of ways" says="put it in quotes" old="\"g\": {\"fine-tuned\"}" new="\"g\": [1]"

# %% exercise="what_moves" wrong="left empty" says="I do not recognise this slip" old="\"e\": {\"describe\"}" new="\"e\": set()"

# %% exercise="what_moves" wrong="the questions left out" says="a dict with the keys"
what_moves = {"a": {"head"}, "b": {"prompt"}, "c": {"head"}, "d": {"head"}, "e": {"describe"}}


# %% exercise="without_habit" right="probabilities divided"
def without_habit(scores, empty):
    chances = np.exp(scores) / np.exp(np.mean(empty, axis=0))
    return (chances.T / chances.sum(axis=1)).T


# %% exercise="without_habit" right="torch"
def without_habit(scores, empty):
    import torch

    calm = torch.as_tensor(scores) - torch.as_tensor(empty).mean(0)
    return calm.softmax(-1)


# %% exercise="without_habit" right="torch in 32 bits"
def without_habit(scores, empty):
    import torch

    return torch.softmax(torch.tensor(scores - empty.mean(0), dtype=torch.float32), dim=1)


# %% exercise="without_habit" right="scipy"
def without_habit(scores, empty):
    from scipy.special import softmax

    return softmax(scores - np.average(empty, axis=0), axis=1)


# %% exercise="without_habit" right="pandas"
def without_habit(scores, empty):
    import pandas as pd

    calm = np.exp(pd.DataFrame(scores) - pd.DataFrame(empty).mean())
    return calm.div(calm.sum(axis=1), axis=0)


# %% exercise="without_habit" right="plain Python, lists"
def without_habit(scores, empty):
    import math

    habit = [sum(column) / len(column) for column in zip(*empty.tolist())]
    lines = []
    for line in scores.tolist():
        calm = [math.exp(score - usual) for score, usual in zip(line, habit)]
        lines.append([each / sum(calm) for each in calm])
    return lines


# %% exercise="without_habit" right="the largest taken away first"
def without_habit(scores, empty):
    calm = scores - empty.mean(axis=0)
    calm = calm - calm.max(axis=1, keepdims=True)
    return np.exp(calm) / np.exp(calm).sum(axis=1, keepdims=True)


# %% exercise="without_habit" wrong="no habit" says="the habit is still there" old="scores - empty.mean(axis=0)" new="scores"

# %% exercise="without_habit" wrong="the first empty text" says="only the first line of `empty`" old="empty.mean(axis=0)" new="empty[0]"

# %% exercise="without_habit" wrong="the last empty text" says="only the last line of `empty`" old="empty.mean(axis=0)" new="empty[-1]"

# %% exercise="without_habit" wrong="the sum of the empty texts" says="The habit is their mean" old="empty.mean(axis=0)" new="empty.sum(axis=0)"

# %% exercise="without_habit" wrong="one number" says="with one number for each label" old="empty.mean(axis=0)" new="empty.mean()"

# %% exercise="without_habit" wrong="the mean of the posts" says="what these posts are about" old="empty.mean(axis=0)" new="scores.mean(axis=0)"

# %% exercise="without_habit" wrong="the mean of chances" says="The mean of its log-probabilities" old="empty.mean(axis=0)" new="np.log(np.exp(empty).mean(axis=0))"

# %% exercise="without_habit" wrong="chances subtracted" says="Subtract log-probabilities" old="np.exp(scores - empty.mean(axis=0))" new="np.exp(scores) - np.exp(empty.mean(axis=0))"

# %% exercise="without_habit" wrong="habit added" says="Take it away" old="scores - empty" new="scores + empty"

# %% exercise="without_habit" wrong="turned round" says="scores minus habit" old="scores - empty.mean(axis=0)" new="empty.mean(axis=0) - scores"

# %% exercise="without_habit" wrong="a mean for each empty text" says="The habit has one for each label" old="axis=0" new="axis=1"

# %% exercise="without_habit" wrong="divided logarithms" says="Subtract them: that divides the chances" old="scores - empty" new="scores / empty"

# %% exercise="without_habit" wrong="the wrong axis of the sum" says="Each line must: it is one post" old="axis=1" new="axis=0"

# %% exercise="without_habit" wrong="one sum for all" says="all together sum to 1" old="axis=1, " new=""

# %% exercise="without_habit" wrong="the largest instead of the sum" says="divided by the largest" old="calm.sum(" new="calm.max("

# %% exercise="without_habit" wrong="a percentage" says="a percentage" old="return calm" new="return 100 * calm"


# %% exercise="without_habit" wrong="not made chances" says="these are not chances yet"
def without_habit(scores, empty):
    return np.exp(scores - empty.mean(axis=0))


# %% exercise="without_habit" wrong="still logarithms" says="still logarithms"
def without_habit(scores, empty):
    return scores - empty.mean(axis=0)


# %% exercise="without_habit" wrong="log_softmax" says="the logarithms of the chances"
def without_habit(scores, empty):
    from scipy.special import log_softmax

    return log_softmax(scores - empty.mean(axis=0), axis=1)


# %% exercise="without_habit" wrong="rounded" says="Give the numbers as they come"
def without_habit(scores, empty):
    calm = np.exp(scores - empty.mean(axis=0))
    return (calm / calm.sum(axis=1, keepdims=True)).round(2)


# %% exercise="without_habit" wrong="the answers" says="the shape (any, any)"
def without_habit(scores, empty):
    return (scores - empty.mean(axis=0)).argmax(axis=1)


# %% exercise="without_habit" wrong="in place" says="something changes `scores` itself"
def without_habit(scores, empty):
    scores -= empty.mean(axis=0)
    chances = np.exp(scores)
    return chances / chances.sum(axis=1, keepdims=True)


# %% exercise="without_habit" wrong="only printed" says="does it end with `return`"
def without_habit(scores, empty):
    calm = np.exp(scores - empty.mean(axis=0))
    print(calm / calm.sum(axis=1, keepdims=True))


# %% exercise="gain" right="cut first"
def gain(first, second):
    posts = min(np.shape(first)[-1], np.shape(second)[-1])
    first, second = np.atleast_2d(first)[:, :posts], np.atleast_2d(second)[:, :posts]
    return first.mean() - second.mean()


# %% exercise="gain" right="torch"
def gain(first, second):
    import torch

    first, second = torch.tensor(first).double(), torch.tensor(second).double()
    posts = min(first.shape[-1], second.shape[-1])
    return first[..., :posts].mean() - second[..., :posts].mean()


# %% exercise="gain" right="pandas, post by post"
def gain(first, second):
    import pandas as pd

    scores = [pd.Series(np.atleast_2d(each).mean(axis=0)) for each in (first, second)]
    return (scores[0] - scores[1]).dropna().mean()


# %% exercise="gain" right="plain Python"
def gain(first, second):
    def lines(table):
        return table.tolist() if table.ndim == 2 else [table.tolist()]

    posts = min(len(lines(first)[0]), len(lines(second)[0]))

    def share(table):
        found = [right for line in lines(table) for right in line[:posts]]
        return sum(found) / len(found)

    return share(first) - share(second)


# %% exercise="gain" right="the posts as the first axis"
def gain(first, second):
    posts = min(len(first.T), len(second.T))
    return first.T[:posts].mean() - second.T[:posts].mean()


# %% exercise="gain" wrong="as it was" says="two means over different posts"
def gain(first, second):
    return np.mean(first) - np.mean(second)


# %% exercise="gain" wrong="the last posts" says="Both begin with the same post"
def gain(first, second):
    both = min(first.shape[-1], second.shape[-1])
    return np.mean(first[..., -both:]) - np.mean(second[..., -both:])


# %% exercise="gain" wrong="draws cut" says="in a table these are draws"
def gain(first, second):
    both = min(len(first), len(second))
    return np.mean(first[:both]) - np.mean(second[:both])


# %% exercise="gain" wrong="missing posts counted as wrong" says="a post that was not asked is not wrong"
def gain(first, second):
    posts = max(first.shape[-1], second.shape[-1])
    first, second = np.atleast_2d(first), np.atleast_2d(second)
    return first.sum() / posts / len(first) - second.sum() / posts / len(second)


# %% exercise="gain" wrong="five posts, as in the cell" says="Other tables have other lengths"
def gain(first, second):
    return np.mean(first[..., :5]) - np.mean(second[..., :5])


# %% exercise="gain" wrong="only the first is cut" says="only `first` is cut"
def gain(first, second):
    return np.mean(first[..., : second.shape[-1]]) - np.mean(second)


# %% exercise="gain" wrong="only the second is cut" says="only `second` is cut"
def gain(first, second):
    return np.mean(first) - np.mean(second[..., : first.shape[-1]])


# %% exercise="gain" wrong="turned round" says="it is `first` minus `second`"
def gain(first, second):
    both = min(first.shape[-1], second.shape[-1])
    return np.mean(second[..., :both]) - np.mean(first[..., :both])


# %% exercise="gain" wrong="no sign" says="a gain may be negative" old="return np.mean(first[..., :both]) - np.mean(second[..., :both])" new="return abs(np.mean(first[..., :both]) - np.mean(second[..., :both]))"

# %% exercise="gain" wrong="a percentage" says="a percentage" old="return np.mean(first[..., :both]) - np.mean(second[..., :both])" new="return 100 * (np.mean(first[..., :both]) - np.mean(second[..., :both]))"

# %% exercise="gain" wrong="rounded" says="Give the number as it comes" old="return np.mean(first[..., :both]) - np.mean(second[..., :both])" new="return round(np.mean(first[..., :both]) - np.mean(second[..., :both]), 2)"

# %% exercise="gain" wrong="posts counted" says="a number of posts" old="return np.mean(first[..., :both]) - np.mean(second[..., :both])" new="return both * (np.mean(first[..., :both]) - np.mean(second[..., :both]))"


# %% exercise="gain" wrong="one draw" says="only the first draw"
def gain(first, second):
    both = min(first.shape[-1], second.shape[-1])
    return np.mean(np.atleast_2d(first)[0, :both]) - np.mean(np.atleast_2d(second)[0, :both])


# %% exercise="gain" wrong="wins only" says="only the wins are counted"
def gain(first, second):
    both = min(first.shape[-1], second.shape[-1])
    return np.mean(first[..., :both] & ~second[..., :both])


# %% exercise="gain" wrong="bool minus bool" says="TypeError"
def gain(first, second):
    both = min(first.shape[-1], second.shape[-1])
    return np.mean(first[..., :both] - second[..., :both])


# %% exercise="gain" wrong="a gain for each post" says="many values"
def gain(first, second):
    both = min(first.shape[-1], second.shape[-1])
    return np.atleast_2d(first)[:, :both].mean(0) - np.atleast_2d(second)[:, :both].mean(0)


# %% exercise="gain" equivalent="the smaller of two numbers has no order"
# - both = min(first.shape[-1], second.shape[-1])
# + both = min(second.shape[-1], first.shape[-1])


# %% exercise="recall_at" right="sorted, in or not in"
def recall_at(questions, notes, right, k):
    nearest = np.argsort(-questions @ notes.T)[:, :k]
    return np.mean([note in line for note, line in zip(right, nearest)])


# %% exercise="recall_at" right="by distance, with a loop"
def recall_at(questions, notes, right, k):
    found = 0
    for question, note in zip(questions, right):
        far = np.linalg.norm(notes - question, axis=1)
        found += note in far.argsort()[:k].tolist()
    return found / len(questions)


# %% exercise="recall_at" right="torch"
def recall_at(questions, notes, right, k):
    import torch

    cosines = torch.tensor(questions) @ torch.tensor(notes).T
    nearest = cosines.topk(min(k, len(notes)), dim=1).indices
    return (nearest == torch.tensor(right)[:, None]).any(dim=1).double().mean()


# %% exercise="recall_at" right="scikit-learn"
def recall_at(questions, notes, right, k):
    from sklearn.neighbors import NearestNeighbors

    search = NearestNeighbors(n_neighbors=min(k, len(notes)), metric="cosine").fit(notes)
    nearest = search.kneighbors(questions, return_distance=False)
    return (nearest == np.array(right)[:, None]).any(axis=1).mean()


# %% exercise="recall_at" right="plain Python"
def recall_at(questions, notes, right, k):
    def cosine(one, other):
        return sum(a * b for a, b in zip(one, other))

    hits = []
    for question, note in zip(questions.tolist(), right):
        order = sorted(range(len(notes)), key=lambda at: cosine(question, notes[at].tolist()), reverse=True)
        hits.append(order.index(note) < k)
    return sum(hits) / len(hits)


# %% exercise="recall_at" wrong="only the first" says="The first `k`" old="nearer < k" new="nearer < 1"

# %% exercise="recall_at" wrong="one too many" says="one note too many" old="nearer < k" new="nearer <= k"

# %% exercise="recall_at" wrong="one too few" says="one note too few" old="nearer < k" new="nearer + 1 < k"

# %% exercise="recall_at" wrong="missed ones" says="those that are missed" old="nearer < k" new="nearer >= k"

# %% exercise="recall_at" wrong="a number of questions" says="a number of questions" old="np.mean(nearer < k)" new="np.sum(nearer < k)"

# %% exercise="recall_at" wrong="divided by the notes" says="By the number of questions" old="np.mean(nearer < k)" new="np.sum(nearer < k) / len(notes)"

# %% exercise="recall_at" wrong="a percentage" says="a percentage" old="np.mean(nearer < k)" new="100 * np.mean(nearer < k)"

# %% exercise="recall_at" wrong="rounded" says="Give the number as it comes" old="np.mean(nearer < k)" new="round(np.mean(nearer < k), 2)"

# %% exercise="recall_at" wrong="hits for each note handed over" says="It is found, or not" old="np.mean(nearer < k)" new="np.mean(nearer < k) / k"


# %% exercise="recall_at" wrong="sorted the wrong way" says="sorted in which direction"
def recall_at(questions, notes, right, k):
    nearest = np.argsort(questions @ notes.T)[:, :k]
    return np.mean([note in line for note, line in zip(right, nearest)])


# %% exercise="recall_at" wrong="the number of the question" says="need not have the same number"
def recall_at(questions, notes, right, k):
    nearest = np.argsort(-questions @ notes.T)[:, :k]
    return np.mean([number in line for number, line in enumerate(nearest)])


# %% exercise="recall_at" wrong="only the note at place k" says="All of the first `k` count"
def recall_at(questions, notes, right, k):
    nearest = (-questions @ notes.T).argsort(axis=1)[:, min(k, len(notes)) - 1]
    return np.mean(nearest == np.array(right))


# %% exercise="recall_at" wrong="the questions near a note" says="The nearest notes of a question"
def recall_at(questions, notes, right, k):
    nearest = np.argsort(-notes @ questions.T)[:, :k]
    return np.mean([number in nearest[note] for number, note in enumerate(right)])


# %% exercise="recall_at" wrong="more notes than there are" says="ValueError"
def recall_at(questions, notes, right, k):
    from sklearn.neighbors import NearestNeighbors

    search = NearestNeighbors(n_neighbors=k, metric="cosine").fit(notes)
    nearest = search.kneighbors(questions, return_distance=False)
    return (nearest == np.array(right)[:, None]).any(axis=1).mean()


# %% exercise="recall_at" wrong="found or not, for each" says="a number in `recall_at(...)`" old="np.mean(nearer < k)" new="nearer < k"


# %% exercise="good_enough" right="with tuples, sorted"
def good_enough(ways, labels, milliseconds, margin):
    left = [(name, *way) for name, way in ways.items() if way[0] <= labels and way[2] <= milliseconds]
    if not left:
        return "none"
    best = max(score for _, _, score, _ in left)
    enough = [way for way in left if best - way[2] <= margin]
    return sorted(enough, key=lambda way: (way[1], way[3]))[0][0]


# %% exercise="good_enough" right="pandas"
def good_enough(ways, labels, milliseconds, margin):
    import pandas as pd

    table = pd.DataFrame([(name, *way) for name, way in ways.items()], columns=["name", "needs", "score", "ms"])
    table = table[(table.needs <= labels) & (table.ms <= milliseconds)]
    table = table[table.score >= table.score.max() - margin]
    table = table.sort_values(["needs", "ms"], kind="stable")
    return table.name.iloc[0] if len(table) else "none"


# %% exercise="good_enough" right="one loop, the best so far"
def good_enough(ways, labels, milliseconds, margin):
    fits = lambda name: ways[name][0] <= labels and ways[name][2] <= milliseconds
    best = max([ways[name][1] for name in filter(fits, ways)] or [0])
    chosen = "none"
    for name in filter(fits, ways):
        needs, score, time = ways[name]
        if score < best - margin:
            continue
        if chosen == "none" or needs < ways[chosen][0] or (needs == ways[chosen][0] and time < ways[chosen][2]):
            chosen = name
    return chosen


# %% exercise="good_enough" right="NumPy"
def good_enough(ways, labels, milliseconds, margin):
    names = list(ways)
    needs, scores, times = np.array(list(ways.values())).reshape(-1, 3).T
    allowed = (needs <= labels) & (times <= milliseconds)
    if not allowed.any():
        return "none"
    enough = np.flatnonzero(allowed & (scores >= scores[allowed].max() - margin))
    return np.array(names)[enough[np.lexsort((times[enough], needs[enough]))[0]]]


# %% exercise="good_enough" wrong="the best of all" says="The best of those that are allowed"
def good_enough(ways, labels, milliseconds, margin):
    left = {name: way for name, way in ways.items() if way[0] <= labels and way[2] <= milliseconds}
    best = max((way[1] for way in ways.values()), default=0)
    enough = [name for name in left if left[name][1] >= best - margin]
    return min(enough, key=lambda name: (ways[name][0], ways[name][2]), default="none")


# %% exercise="good_enough" wrong="labels forgotten" says="A way may need more than you have"
def good_enough(ways, labels, milliseconds, margin):
    left = {name: way for name, way in ways.items() if way[2] <= milliseconds}
    best = max((way[1] for way in left.values()), default=0)
    enough = [name for name in left if left[name][1] >= best - margin]
    return min(enough, key=lambda name: (ways[name][0], ways[name][2]), default="none")


# %% exercise="good_enough" wrong="milliseconds forgotten" says="A way may be too slow"
def good_enough(ways, labels, milliseconds, margin):
    left = {name: way for name, way in ways.items() if way[0] <= labels}
    best = max((way[1] for way in left.values()), default=0)
    enough = [name for name in left if left[name][1] >= best - margin]
    return min(enough, key=lambda name: (ways[name][0], ways[name][2]), default="none")


# %% exercise="good_enough" wrong="fewer labels than there are" says="exactly so many labels are enough"
def good_enough(ways, labels, milliseconds, margin):
    left = {name: way for name, way in ways.items() if way[0] < labels and way[2] <= milliseconds}
    best = max((way[1] for way in left.values()), default=0)
    enough = [name for name in left if left[name][1] >= best - margin]
    return min(enough, key=lambda name: (ways[name][0], ways[name][2]), default="none")


# %% exercise="good_enough" wrong="faster than the limit" says="exactly so many milliseconds are allowed"
def good_enough(ways, labels, milliseconds, margin):
    left = {name: way for name, way in ways.items() if way[0] <= labels and way[2] < milliseconds}
    best = max((way[1] for way in left.values()), default=0)
    enough = [name for name in left if left[name][1] >= best - margin]
    return min(enough, key=lambda name: (ways[name][0], ways[name][2]), default="none")


# %% exercise="good_enough" wrong="margin strictly" says="exactly `margin` points below is still good enough"
def good_enough(ways, labels, milliseconds, margin):
    left = {name: way for name, way in ways.items() if way[0] <= labels and way[2] <= milliseconds}
    best = max((way[1] for way in left.values()), default=0)
    enough = [name for name in left if left[name][1] > best - margin or left[name][1] == best]
    return min(enough, key=lambda name: (ways[name][0], ways[name][2]), default="none")


# %% exercise="good_enough" wrong="margin strictly, nothing at 0" says="Exactly `margin` points below"
def good_enough(ways, labels, milliseconds, margin):
    left = {name: way for name, way in ways.items() if way[0] <= labels and way[2] <= milliseconds}
    best = max((way[1] for way in left.values()), default=0)
    enough = [name for name in left if left[name][1] > best - margin]
    return min(enough, key=lambda name: (ways[name][0], ways[name][2]), default="none")


# %% exercise="good_enough" wrong="the best" says="A cheaper one may be good enough"
def good_enough(ways, labels, milliseconds, margin):
    left = {name: way for name, way in ways.items() if way[0] <= labels and way[2] <= milliseconds}
    best = max((way[1] for way in left.values()), default=0)
    enough = [name for name in left if left[name][1] >= best - margin]
    return min(enough, key=lambda name: (-ways[name][1], ways[name][0], ways[name][2]), default="none")


# %% exercise="good_enough" wrong="any that is allowed" says="It must also be good enough"
def good_enough(ways, labels, milliseconds, margin):
    left = {name: way for name, way in ways.items() if way[0] <= labels and way[2] <= milliseconds}
    best = max((way[1] for way in left.values()), default=0)
    enough = [name for name in left if True]
    return min(enough, key=lambda name: (ways[name][0], ways[name][2]), default="none")


# %% exercise="good_enough" wrong="the fastest" says="First count labels"
def good_enough(ways, labels, milliseconds, margin):
    left = {name: way for name, way in ways.items() if way[0] <= labels and way[2] <= milliseconds}
    best = max((way[1] for way in left.values()), default=0)
    enough = [name for name in left if left[name][1] >= best - margin]
    return min(enough, key=lambda name: (ways[name][2], ways[name][0]), default="none")


# %% exercise="good_enough" wrong="the most labels" says="The fewest"
def good_enough(ways, labels, milliseconds, margin):
    left = {name: way for name, way in ways.items() if way[0] <= labels and way[2] <= milliseconds}
    best = max((way[1] for way in left.values()), default=0)
    enough = [name for name in left if left[name][1] >= best - margin]
    return min(enough, key=lambda name: (-ways[name][0], ways[name][2]), default="none")


# %% exercise="good_enough" wrong="no look at the time of equals" says="with as many labels, the faster one"
def good_enough(ways, labels, milliseconds, margin):
    left = {name: way for name, way in ways.items() if way[0] <= labels and way[2] <= milliseconds}
    best = max((way[1] for way in left.values()), default=0)
    enough = [name for name in left if left[name][1] >= best - margin]
    return min(enough, key=lambda name: ways[name][0], default="none")


# %% exercise="good_enough" wrong="the better of equals" says="not the better one"
def good_enough(ways, labels, milliseconds, margin):
    left = {name: way for name, way in ways.items() if way[0] <= labels and way[2] <= milliseconds}
    best = max((way[1] for way in left.values()), default=0)
    enough = [name for name in left if left[name][1] >= best - margin]
    return min(enough, key=lambda name: (ways[name][0], -ways[name][1]), default="none")


# %% exercise="good_enough" wrong="the first good one" says="The one with the fewest labels"
def good_enough(ways, labels, milliseconds, margin):
    left = {name: way for name, way in ways.items() if way[0] <= labels and way[2] <= milliseconds}
    best = max((way[1] for way in left.values()), default=0)
    enough = [name for name in left if left[name][1] >= best - margin]
    return min(enough, key=lambda name: 0, default="none")


# %% exercise="good_enough" wrong="margin as a part" says="not a part of the best score"
def good_enough(ways, labels, milliseconds, margin):
    left = {name: way for name, way in ways.items() if way[0] <= labels and way[2] <= milliseconds}
    best = max((way[1] for way in left.values()), default=0)
    enough = [name for name in left if left[name][1] >= best * (1 - margin / 100)]
    return min(enough, key=lambda name: (ways[name][0], ways[name][2]), default="none")


# %% exercise="good_enough" wrong="of equals, the first in the alphabet" says="not first in the alphabet"
def good_enough(ways, labels, milliseconds, margin):
    left = {name: way for name, way in ways.items() if way[0] <= labels and way[2] <= milliseconds}
    if not left:
        return "none"
    best = max(way[1] for way in left.values())
    return min((way[0], way[2], name) for name, way in left.items() if way[1] >= best - margin)[2]


# %% exercise="good_enough" wrong="the best, without the margin" says="use `margin`"
def good_enough(ways, labels, milliseconds, margin):
    left = {name: way for name, way in ways.items() if way[0] <= labels and way[2] <= milliseconds}
    return max(left, key=lambda name: left[name][1], default="none")


# %% exercise="good_enough" wrong="the last of equals" says="the one that stands first in `ways`"
def good_enough(ways, labels, milliseconds, margin):
    chosen, scores = "none", [score for needs, score, ms in ways.values() if needs <= labels and ms <= milliseconds]
    for name, (needs, score, ms) in ways.items():
        if needs <= labels and ms <= milliseconds and score >= max(scores) - margin:
            if chosen == "none" or (needs, ms) <= (ways[chosen][0], ways[chosen][2]):
                chosen = name
    return chosen


# %% exercise="good_enough" wrong="nothing for nothing" says="does it end with `return`" old="return \"none\"" new="return None"

# %% exercise="good_enough" wrong="nothing allowed, nothing caught" says="ValueError" old="if not scores" new="if scores is None"

# %% exercise="good_enough" wrong="all that are good enough" says="one name, not several" old="return min(enough, key=lambda name: (ways[name][0], ways[name][2]))" new="return enough"

# %% exercise="good_enough" wrong="the numbers instead of the name" says="without its numbers" old="return min(enough, key=lambda name: (ways[name][0], ways[name][2]))" new="return ways[min(enough, key=lambda name: (ways[name][0], ways[name][2]))]"

# %% exercise="good_enough" equivalent="of no score at all, none is compared: the list is empty, and the next line says so"
# + enough = [name for name in scores if scores[name] >= max(scores.values()) - margin]
# - enough = [name for name in scores if scores[name] >= max(scores.values()) - margin]
