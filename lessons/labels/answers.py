# Right and wrong answers to the sheet of `labels`. `says` is a part of what the check must reply.

# %% exercise="three_readers" right="exact fractions"
from fractions import Fraction

three_readers = {"agreement": Fraction(3, 5), "kappa": Fraction(7, 15), "honest": Fraction(25, 65)}
three_readers |= {"ann": 1, "ben": Fraction(1, 2), "cleo": Fraction(1, 4), "finder": "Ann"}

# %% exercise="three_readers" right="counted with NumPy"
cleo = np.array([[25, 0, 0, 0], [13, 12, 0, 0], [13, 0, 12, 0], [14, 0, 0, 11]])
agreed = cleo.trace() / cleo.sum()
by_luck = (cleo.sum(0) / 100) @ (cleo.sum(1) / 100)
three_readers = {"agreement": agreed, "kappa": (agreed - by_luck) / (1 - by_luck), "honest": cleo[0, 0] / cleo[:, 0].sum()}
three_readers |= {"cleo": np.mean(cleo.argmax(1) == np.arange(4)), "ben": np.float32(0.5), "ann": np.int64(1)}
three_readers["finder"] = "ann"

# %% exercise="three_readers" right="three decimals, small letters"
three_readers = {"agreement": 0.600, "kappa": 0.467, "honest": 0.385}
three_readers |= {"ann": 1, "ben": 0.5, "cleo": 0.25, "finder": " ANN. "}

# %% exercise="three_readers" right="tensors"
import torch

three_readers = {"agreement": torch.tensor(0.6), "kappa": torch.tensor(0.4667), "honest": torch.tensor([0.3846])}
three_readers |= {"ann": torch.tensor(1), "ben": torch.tensor(0.5), "cleo": torch.tensor(0.25), "finder": "Ann"}

# %% exercise="three_readers" wrong="the share of wrong labels" says="the share of wrong labels"
three_readers = {"agreement": 0.4, "kappa": 0.47, "honest": 0.38, "ann": 1, "ben": 0.5, "cleo": 0.25, "finder": "Ann"}

# %% exercise="three_readers" wrong="kappa is the agreement" says="the luck is still in it"
three_readers = {"agreement": 0.6, "kappa": 0.6, "honest": 0.38, "ann": 1, "ben": 0.5, "cleo": 0.25, "finder": "Ann"}

# %% exercise="three_readers" wrong="the luck of two labels" says="only for two labels"
three_readers = {"agreement": 0.6, "kappa": 0.2, "honest": 0.38, "ann": 1, "ben": 0.5, "cleo": 0.25, "finder": "Ann"}

# %% exercise="three_readers" wrong="a luck of 0.2" says="Add its four products once more"
three_readers = {"agreement": 0.6, "kappa": 0.5, "honest": 5 / 13, "ann": 1, "ben": 0.5, "cleo": 0.25, "finder": "Ann"}

# %% exercise="three_readers" wrong="not divided" says="and then divide"
three_readers = {"agreement": 0.6, "kappa": 0.35, "honest": 0.38, "ann": 1, "ben": 0.5, "cleo": 0.25, "finder": "Ann"}

# %% exercise="three_readers" wrong="along the line, not down the column" says="stay in Cleo's column"
three_readers = {"agreement": 0.6, "kappa": 0.47, "honest": 1, "ann": 1, "ben": 0.5, "cleo": 0.25, "finder": "Ann"}

# %% exercise="three_readers" wrong="the share that is not anger" says="*not* anger"
three_readers = {"agreement": 0.6, "kappa": 0.47, "honest": 0.62, "ann": 1, "ben": 0.5, "cleo": 0.25, "finder": "Ann"}

# %% exercise="three_readers" wrong="a pupil is as good as its labels" says="it learns one word for each line"
three_readers = {"agreement": 0.6, "kappa": 0.47, "honest": 0.38, "ann": 0.6, "ben": 0.6, "cleo": 0.6, "finder": "Ann"}

# %% exercise="three_readers" wrong="only Ben's pupil is as good as its labels" says="it learns one word for each line"
three_readers = {"agreement": 0.6, "kappa": 0.47, "honest": 0.38, "ann": 1, "ben": 0.6, "cleo": 0.25, "finder": "Ann"}

# %% exercise="three_readers" wrong="all pupils are perfect" says="*optimism* and *sadness*"
three_readers = {"agreement": 0.6, "kappa": 0.47, "honest": 0.38, "ann": 1, "ben": 1, "cleo": 1, "finder": "Ann"}

# %% exercise="three_readers" wrong="Cleo's diagonal taken for the biggest" says="Compare 13 and 12"
three_readers = {"agreement": 0.6, "kappa": 0.47, "honest": 0.38, "ann": 1, "ben": 0.5, "cleo": 1, "finder": "Ann"}

# %% exercise="three_readers" wrong="how often Cleo writes anger" says="what does the pupil say"
three_readers = {"agreement": 0.6, "kappa": 0.47, "honest": 0.38, "ann": 1, "ben": 0.5, "cleo": 0.65, "finder": "Ann"}

# %% exercise="three_readers" wrong="the finder for Cleo" says="when in doubt"
three_readers = {"agreement": 0.6, "kappa": 0.47, "honest": 0.38, "ann": 1, "ben": 0.5, "cleo": 0.25, "finder": "Cleo"}

# %% exercise="three_readers" wrong="the finder for Ben" says="learns this rule"
three_readers = {"agreement": 0.6, "kappa": 0.47, "honest": 0.38, "ann": 1, "ben": 0.5, "cleo": 0.25, "finder": "Ben"}

# %% exercise="three_readers" wrong="counts" says="a count or a percentage"
three_readers = {"agreement": 60, "kappa": 0.47, "honest": 25, "ann": 100, "ben": 50, "cleo": 25, "finder": "Ann"}

# %% exercise="three_readers" wrong="nothing that we know" says="I do not recognise this slip"
three_readers = {"agreement": 0.6, "kappa": 0.43, "honest": 0.38, "ann": 1, "ben": 0.5, "cleo": 0.25, "finder": "Ann"}

# %% exercise="three_readers" wrong="one is missing" says="a dict with the keys"
three_readers = {"agreement": 0.6, "kappa": 0.47, "honest": 0.38, "ann": 1, "ben": 0.5, "cleo": 0.25}


# %% exercise="kappa" right="with Counter"
def kappa(one, two):
    from collections import Counter

    both = [(mine, yours) for mine, yours in zip(one, two) if mine is not None and yours is not None]
    n = len(both)
    first, second = Counter(mine for mine, _ in both), Counter(yours for _, yours in both)
    po = sum(mine == yours for mine, yours in both) / n
    pe = sum(first[label] * second[label] for label in first) / n**2
    if pe == 1:
        return float("nan")
    return (po - pe) / (1 - pe)


# %% exercise="kappa" right="with scikit-learn"
def kappa(one, two):
    from sklearn.metrics import cohen_kappa_score

    both = [row for row in range(len(one)) if one[row] is not None and two[row] is not None]
    return cohen_kappa_score([one[row] for row in both], [two[row] for row in both])


# %% exercise="kappa" right="with pandas"
def kappa(one, two):
    import pandas as pd

    table = pd.DataFrame({"one": one, "two": two}, dtype=object).dropna()
    agreement = (table["one"] == table["two"]).mean()
    shares = [table[side].value_counts(normalize=True) for side in table]
    luck = (shares[0] * shares[1]).sum()
    return (agreement - luck) / (1 - luck) if luck < 1 else np.nan


# %% exercise="kappa" right="a table, and NumPy's own not a number"
def kappa(one, two):
    both = [(mine, yours) for mine, yours in zip(one, two) if None not in (mine, yours)]
    known = sorted({label for pair in both for label in pair})
    table = np.zeros((len(known), len(known)))
    for mine, yours in both:
        table[known.index(mine), known.index(yours)] += 1
    table /= table.sum()
    luck = table.sum(0) @ table.sum(1)
    return np.divide(np.trace(table) - luck, 1 - luck)


# %% exercise="kappa" right="a tensor"
def kappa(one, two):
    import torch

    both = [(mine, yours) for mine, yours in zip(one, two) if None not in (mine, yours)]
    known = sorted({label for pair in both for label in pair})
    mine, yours = (torch.tensor([known.index(label) for label in side]) for side in zip(*both))
    hot = [torch.nn.functional.one_hot(side, len(known)).double().mean(0) for side in (mine, yours)]
    luck = hot[0] @ hot[1]
    return ((mine == yours).double().mean() - luck) / (1 - luck)


# %% exercise="kappa" wrong="the agreement" says="the luck is still in it"
def kappa(one, two):
    both = [pair for pair in zip(one, two) if None not in pair]
    return sum(mine == yours for mine, yours in both) / len(both)


# %% exercise="kappa" wrong="1 / labels" says="1 divided by the number of labels" old="sum(mine == yours for mine, _ in both for _, yours in both) / len(both) ** 2" new="1 / len({label for pair in both for label in pair})"

# %% exercise="kappa" wrong="a half" says="luck as a half" old="sum(mine == yours for mine, _ in both for _, yours in both) / len(both) ** 2" new="0.5"

# %% exercise="kappa" wrong="the first reader twice" says="are of one reader" old="for mine, _ in both for _, yours in both" new="for mine, _ in both for yours, _ in both"

# %% exercise="kappa" wrong="not divided" says="but not divided" old="(agreement - luck) / (1 - luck)" new="(agreement - luck)"

# %% exercise="kappa" wrong="one pot" says="given:"
def kappa(one, two):
    both = [pair for pair in zip(one, two) if None not in pair]
    pot = [label for pair in both for label in pair]
    agreement = np.mean([mine == yours for mine, yours in both])
    luck = sum((pot.count(label) / len(pot)) ** 2 for label in set(pot))
    return (agreement - luck) / (1 - luck) if luck < 1 else float("nan")


# %% exercise="kappa" wrong="None is a label" says="`None` is no label"
def kappa(one, two):
    one, two = np.array(one, dtype=object), np.array(two, dtype=object)
    luck = sum(np.mean(one == label) * np.mean(two == label) for label in {*one, *two})
    return (np.mean(one == two) - luck) / (1 - luck) if luck < 1 else float("nan")


# %% exercise="kappa" wrong="divided by all posts" says="is no disagreement"
def kappa(one, two):
    both = [pair for pair in zip(one, two) if None not in pair]
    agreement = sum(mine == yours for mine, yours in both) / len(one)
    luck = np.mean([mine == yours for mine, _ in both for _, yours in both])
    return (agreement - luck) / (1 - luck) if luck < 1 else float("nan")


# %% exercise="kappa" wrong="the luck from all posts" says="counted from all posts"
def kappa(one, two):
    both = [pair for pair in zip(one, two) if None not in pair]
    mine, yours = ([label for label in side if label is not None] for side in (one, two))
    agreement = sum(a == b for a, b in both) / len(both)
    luck = sum(mine.count(label) * yours.count(label) for label in set(mine)) / (len(mine) * len(yours))
    return (agreement - luck) / (1 - luck) if luck < 1 else float("nan")


# %% exercise="kappa" wrong="the luck from all posts, divided by all" says="divide by their number"
def kappa(one, two):
    both = [pair for pair in zip(one, two) if None not in pair]
    agreement = sum(a == b for a, b in both) / len(both)
    labels = {label for label in one if label is not None}
    luck = sum(one.count(label) * two.count(label) for label in labels) / len(one) ** 2
    return (agreement - luck) / (1 - luck) if luck < 1 else float("nan")


# %% exercise="kappa" wrong="the lesson's line" says="a mean of texts"
def kappa(one, two):
    both = [pair for pair in zip(one, two) if None not in pair]
    one, two = (np.array(side) for side in zip(*both))
    agreement = np.mean(one == two)
    luck = one.mean() * two.mean() + (1 - one.mean()) * (1 - two.mean())
    return (agreement - luck) / (1 - luck)


# %% exercise="kappa" wrong="the label 0 dropped" says="the label 0 is a label" old="if None not in pair" new="if all(pair)"

# %% exercise="kappa" wrong="only one side cleaned" says="only the first reader's" old="if None not in pair" new="if pair[0] is not None"

# %% exercise="kappa" wrong="1 where the luck is 1" says="who knows whether they agree" old='float("nan")' new="1.0"

# %% exercise="kappa" wrong="0 where the luck is 1" says="like coins" old='float("nan")' new="0.0"

# %% exercise="kappa" wrong="a division by zero" says="ask for that before you divide" old='float("nan") if luck == 1 else ' new=""


# %% exercise="kappa" wrong="only yes and no" says="given:"
def kappa(one, two):
    both = [pair for pair in zip(one, two) if None not in pair]
    yes = both[0][0]
    p, q = np.mean([mine == yes for mine, _ in both]), np.mean([yours == yes for _, yours in both])
    agreement, luck = np.mean([mine == yours for mine, yours in both]), p * q + (1 - p) * (1 - q)
    return (agreement - luck) / (1 - luck) if luck < 1 else float("nan")


# %% exercise="kappa" wrong="None of None" says="does it end with `return`"
def kappa(one, two):
    both = [pair for pair in zip(one, two) if None not in pair]
    print(len(both))


# %% exercise="kappa" wrong="the lists are emptied" says="leaves `one` as it is"
def kappa(one, two):
    both = []
    while one:
        pair = one.pop(), two.pop()
        both += [pair] if None not in pair else []
    agreement = np.mean([mine == yours for mine, yours in both])
    luck = np.mean([mine == yours for mine, _ in both for _, yours in both])
    return (agreement - luck) / (1 - luck) if luck < 1 else float("nan")


# %% exercise="kappa" wrong="rounded" says="do not round"
def kappa(one, two):
    both = [pair for pair in zip(one, two) if None not in pair]
    agreement = np.mean([mine == yours for mine, yours in both])
    luck = np.mean([mine == yours for mine, _ in both for _, yours in both])
    return round((agreement - luck) / (1 - luck), 2) if luck < 1 else float("nan")


# %% exercise="kappa" equivalent="the two lists have the same length, so it does not matter what `zip` does otherwise"
# - both = [pair for pair in zip(one, two, strict=True) if None not in pair]
# + both = [pair for pair in zip(one, two) if None not in pair]

# - both = [pair for pair in zip(one, two, strict=True) if None not in pair]
# + both = [pair for pair in zip(one, two, strict=False) if None not in pair]

# %% exercise="kappa" equivalent="kappa does not ask which reader is the first"
# - both = [pair for pair in zip(one, two, strict=True) if None not in pair]
# + both = [pair for pair in zip(two, one, strict=True) if None not in pair]

# %% exercise="kappa" equivalent="agreement and luck do not need each other"
# + luck = sum((mine == yours for mine, _ in both for _, yours in both)) / len(both) ** 2
# - luck = sum((mine == yours for mine, _ in both for _, yours in both)) / len(both) ** 2


# %% exercise="neighbour_beliefs" right="one row after the other, plain Python"
def neighbour_beliefs(vectors, labels, classes, k):
    made = []
    for row in range(len(vectors)):
        others = [each for each in range(len(vectors)) if each != row]
        others.sort(key=lambda each: -float(vectors[row] @ vectors[each]))
        votes = [int(labels[each]) for each in others[:k]]
        made.append([votes.count(label) / k for label in range(classes)])
    return made


# %% exercise="neighbour_beliefs" right="tensors"
def neighbour_beliefs(vectors, labels, classes, k):
    import torch

    points, written = torch.tensor(vectors), torch.tensor(labels)
    alike = (points @ points.T).fill_diagonal_(-2)
    return torch.nn.functional.one_hot(written[alike.topk(k).indices], classes).float().mean(1)


# %% exercise="neighbour_beliefs" right="scikit-learn leaves the row out by itself"
def neighbour_beliefs(vectors, labels, classes, k):
    from sklearn.neighbors import NearestNeighbors

    nearest = NearestNeighbors(n_neighbors=k).fit(vectors).kneighbors(return_distance=False)
    return np.eye(classes)[labels[nearest]].mean(axis=1)


# %% exercise="neighbour_beliefs" right="the row itself taken out of the order"
def neighbour_beliefs(vectors, labels, classes, k):
    order = np.argsort(-(vectors @ vectors.T), axis=1)
    keep = order != np.arange(len(vectors))[:, None]
    nearest = order[keep].reshape(len(vectors), -1)[:, :k]
    return np.stack([(labels[nearest] == each).mean(1) for each in range(classes)], axis=1)


# %% exercise="neighbour_beliefs" right="distances, a DataFrame"
def neighbour_beliefs(vectors, labels, classes, k):
    import pandas as pd

    far = np.linalg.norm(vectors[:, None] - vectors[None], axis=2) + np.diag([9.0] * len(vectors))
    near = far.argsort(axis=1)[:, :k]
    return pd.DataFrame({each: np.mean(labels[near] == each, axis=1) for each in range(classes)})


# %% exercise="neighbour_beliefs" wrong="as it was" says="each row still votes for itself" old="    np.fill_diagonal(alike, -np.inf)\n" new=""

# %% exercise="neighbour_beliefs" wrong="the first column dropped" says="a copy of it is just as similar"
def neighbour_beliefs(vectors, labels, classes, k):
    nearest = np.argsort(-(vectors @ vectors.T), axis=1)[:, 1 : k + 1]
    return np.mean([labels[nearest] == each for each in range(classes)], axis=2).T


# %% exercise="neighbour_beliefs" wrong="one voter less" says="only k - 1 rows vote"
def neighbour_beliefs(vectors, labels, classes, k):
    nearest = np.argsort(-(vectors @ vectors.T), axis=1)[:, 1:k]
    return np.mean([labels[nearest] == each for each in range(classes)], axis=2).T


# %% exercise="neighbour_beliefs" wrong="one voter more, the row is still there" says="k + 1 rows vote now"
def neighbour_beliefs(vectors, labels, classes, k):
    nearest = np.argsort(-(vectors @ vectors.T), axis=1)[:, : k + 1]
    return np.mean([labels[nearest] == each for each in range(classes)], axis=2).T


# %% exercise="neighbour_beliefs" wrong="zeros on the diagonal" says="a cosine may be below 0" old="-np.inf" new="0"

# %% exercise="neighbour_beliefs" wrong="minus one on the diagonal" says="another row may have, too" old="-np.inf" new="-1"

# %% exercise="neighbour_beliefs" wrong="all copies are left out" says="a copy is another row" old="np.fill_diagonal(alike, -np.inf)" new="alike[alike > 0.9999999] = -np.inf"

# %% exercise="neighbour_beliefs" wrong="the least similar" says="the least similar rows" old="np.argsort(-alike, axis=1)" new="np.argsort(np.where(np.isinf(alike), np.inf, alike), axis=1)"

# %% exercise="neighbour_beliefs" wrong="the order turned round, the row itself is last" says="given:"
def neighbour_beliefs(vectors, labels, classes, k):
    nearest = np.argsort(vectors @ vectors.T, axis=1)[:, :k]
    return np.mean([labels[nearest] == each for each in range(classes)], axis=2).T


# %% exercise="neighbour_beliefs" wrong="counts" says="divide by k" old="np.mean(votes, axis=2).T" new="np.sum(votes, axis=2).T"

# %% exercise="neighbour_beliefs" wrong="on its side" says="lies on its side" old="np.mean(votes, axis=2).T" new="np.mean(votes, axis=2)"

# %% exercise="neighbour_beliefs" wrong="only the classes that occur" says="a class without a row needs a column" old="range(classes)" new="np.unique(labels)"

# %% exercise="neighbour_beliefs" wrong="the winner takes it all" says="given:" old="np.mean(votes, axis=2).T" new="np.eye(classes)[np.mean(votes, axis=2).argmax(0)]"

# %% exercise="neighbour_beliefs" wrong="the own vote subtracted from the shares" says="given:"
def neighbour_beliefs(vectors, labels, classes, k):
    nearest = np.argsort(-(vectors @ vectors.T), axis=1)[:, :k]
    beliefs = np.mean([labels[nearest] == each for each in range(classes)], axis=2).T
    beliefs[np.arange(len(labels)), labels] = 0
    return beliefs


# %% exercise="neighbour_beliefs" wrong="the notebook's rows" says="IndexError" old="vectors @ vectors.T" new="X @ X.T"

# %% exercise="neighbour_beliefs" wrong="the vectors are made zero" says="leaves `vectors` as it is" old="    nearest =" new="    vectors *= 0\n    nearest ="

# %% exercise="neighbour_beliefs" wrong="flagged rows" says="neighbour_beliefs"
def neighbour_beliefs(vectors, labels, classes, k):
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, -np.inf)
    return labels[np.argmax(alike, axis=1)]


# %% exercise="neighbour_beliefs" equivalent="argsort sorts along the last axis by itself"
# - nearest = np.argsort(-alike, axis=1)[:, :k]
# + nearest = np.argsort(-alike)[:, :k]


# %% exercise="confident_table" right="the lesson's finder, and a loop"
def confident_table(labels, chances):
    classes = range(chances.shape[1])
    limits = [chances[labels == k, k].mean() if np.any(labels == k) else 2 for k in classes]
    sure = np.where(chances >= limits, chances, 0)
    rows = np.flatnonzero(sure.max(1) > 0)
    table = np.zeros((len(limits), len(limits)))
    np.add.at(table, (labels[rows], sure[rows].argmax(1)), 1)
    return table


# %% exercise="confident_table" right="plain Python, a list of lists"
def confident_table(labels, chances):
    labels, chances = labels.tolist(), chances.tolist()
    size = len(chances[0])
    table = [[0] * size for _ in range(size)]
    limits = {}
    for k in set(labels):
        own = [row[k] for label, row in zip(labels, chances) if label == k]
        limits[k] = sum(own) / len(own)
    for label, row in zip(labels, chances):
        sure = [k for k in sorted(limits) if row[k] >= limits[k]]
        if sure:
            table[label][max(sure, key=row.__getitem__)] += 1
    return table


# %% exercise="confident_table" right="with pandas"
def confident_table(labels, chances):
    import pandas as pd

    table = pd.DataFrame(chances)
    means = table.groupby(labels).mean()
    limits = pd.Series({k: means.loc[k, k] if k in means.index else np.inf for k in table})
    sure = table.where(table >= limits, 0)
    kept = sure.max(axis=1) > 0
    counts = pd.crosstab(pd.Series(labels)[kept], sure[kept].idxmax(axis=1))
    return counts.reindex(index=table.columns, columns=table.columns, fill_value=0)


# %% exercise="confident_table" right="tensors, single precision"
def confident_table(labels, chances):
    import torch

    written, beliefs = torch.tensor(labels), torch.tensor(chances, dtype=torch.float32)
    size = beliefs.shape[1]
    limits = torch.stack([beliefs[written == k, k].mean() for k in range(size)])  # not a number where there is no row
    sure = torch.where(beliefs >= limits, beliefs, torch.zeros(()))
    kept = sure.amax(1) > 0
    places = written[kept] * size + sure[kept].argmax(1)
    return torch.bincount(places, minlength=size * size).reshape(size, size)


# %% exercise="confident_table" right="scikit-learn's table"
def confident_table(labels, chances):
    from sklearn.metrics import confusion_matrix

    size = chances.shape[1]
    limits = [chances[labels == k, k].mean() if k in labels else 1.1 for k in range(size)]
    sure = np.where(chances >= np.array(limits), chances, -1)
    kept = (sure > -1).any(axis=1)
    return confusion_matrix(labels[kept], sure[kept].argmax(axis=1), labels=range(size))


# %% exercise="confident_table" wrong="on its side" says="lies on its side" old="table[written, sure[row].argmax()]" new="table[sure[row].argmax(), written]"

# %% exercise="confident_table" wrong="the mean over all rows" says="not over all rows"
def confident_table(labels, chances):
    size = chances.shape[1]
    sure = np.where(chances >= chances.mean(axis=0), chances, 0)
    table = np.zeros((size, size))
    for label, row in zip(labels, sure):
        if row.any():
            table[label, row.argmax()] += 1
    return table


# %% exercise="confident_table" wrong="a half" says="a limit of a half"
def confident_table(labels, chances):
    size = chances.shape[1]
    table = np.zeros((size, size))
    for label, row in zip(labels, chances):
        if row.max() >= 0.5:
            table[label, row.argmax()] += 1
    return table


# %% exercise="confident_table" wrong="one part of the classes as the limit, which all reach" says="without any limit"
def confident_table(labels, chances):
    size = chances.shape[1]
    table = np.zeros((size, size))
    for label, row in zip(labels, chances):
        if row.max() >= 1 / size:
            table[label, row.argmax()] += 1
    return table


# %% exercise="confident_table" wrong="an ordinary confusion matrix" says="without any limit"
def confident_table(labels, chances):
    from sklearn.metrics import confusion_matrix

    return confusion_matrix(labels, chances.argmax(1), labels=range(chances.shape[1]))


# %% exercise="confident_table" wrong="the mean of what the model says" says="not where the model says it"
def confident_table(labels, chances):
    size = chances.shape[1]
    said = chances.argmax(1)
    limits = [chances[said == k, k].mean() if (said == k).any() else np.inf for k in range(size)]
    sure = np.where(chances >= limits, chances, 0)
    table = np.zeros((size, size))
    for label, row in zip(labels, sure):
        if row.any():
            table[label, row.argmax()] += 1
    return table


# %% exercise="confident_table" wrong="one limit for all" says="one for all"
def confident_table(labels, chances):
    size = chances.shape[1]
    limit = chances[np.arange(len(labels)), labels].mean()
    sure = np.where(chances >= limit, chances, 0)
    table = np.zeros((size, size))
    for label, row in zip(labels, sure):
        if row.any():
            table[label, row.argmax()] += 1
    return table


# %% exercise="confident_table" wrong="above the limit" says="equal to the limit is enough" old="belief >=" new="belief >"

# %% exercise="confident_table" wrong="unsure rows in the first column" says="in the first column" old="if sure[row].any():" new="if True:"

# %% exercise="confident_table" wrong="unsure rows on the diagonal" says="on the diagonal" old="            table[written, sure[row].argmax()] += 1" new="            table[written, sure[row].argmax()] += 1\n        else:\n            table[written, written] += 1"

# %% exercise="confident_table" wrong="all sure classes count" says="only one class counts for a row" old="        if sure[row].any():\n            table[written, sure[row].argmax()] += 1" new="        table[written] += sure[row] > 0"

# %% exercise="confident_table" wrong="the largest belief must be sure itself" says="yours must be the largest of all" old="        if sure[row].any():" new="        if sure[row].any() and sure[row].argmax() == chances[row].argmax():"

# %% exercise="confident_table" wrong="the last of two equal ones" says="take the first of them" old="sure[row].argmax()] += 1" new="len(sure[row]) - 1 - sure[row][::-1].argmax()] += 1"

# %% exercise="confident_table" wrong="the farthest above its limit" says="farthest above its limit"
def confident_table(labels, chances):
    size = chances.shape[1]
    limits = np.array([chances[labels == k, k].mean() if k in labels else np.inf for k in range(size)])
    over = chances - limits
    table = np.zeros((size, size))
    for label, row in zip(labels, over):
        if row.max() >= 0:
            table[label, row.argmax()] += 1
    return table


# %% exercise="confident_table" wrong="only what is suspicious" says="the diagonal is missing" old="if sure[row].any():" new="if sure[row].any() and sure[row].argmax() != written:"

# %% exercise="confident_table" wrong="shares of all rows" says="counts, not shares of all rows" old="    return table" new="    return table / len(labels)"

# %% exercise="confident_table" wrong="a limit of 0 for a class without rows" says="a limit that nobody reaches"
def confident_table(labels, chances):
    size = chances.shape[1]
    limits = np.array([chances[labels == k, k].mean() if k in labels else 0 for k in range(size)])
    sure = np.where(chances >= limits, chances, 0)
    table = np.zeros((size, size))
    for label, row in zip(labels, sure):
        if row.any():
            table[label, row.argmax()] += 1
    return table


# %% exercise="confident_table" wrong="shares of each line" says="counts, not shares" old="    return table" new="    return table / np.maximum(1, table.sum(1, keepdims=True))"

# %% exercise="confident_table" wrong="only classes that were written" says="needs its line and its column" old="    return table" new="    return table[np.unique(labels)][:, np.unique(labels)]"

# %% exercise="confident_table" wrong="as many classes as labels" says="given:" old="classes = chances.shape[1]" new="classes = labels.max() + 1"

# %% exercise="confident_table" wrong="row numbers, as the finder" says="the shape (any, any)" old="    return table" new="    return np.flatnonzero(sure.any(1))"

# %% exercise="confident_table" wrong="the beliefs are overwritten" says="leaves `chances` as it is" old="    for row, written" new="    chances[:] = 0\n    for row, written"


# %% exercise="confident_table" equivalent="counts may be written as floats"
# - table = np.zeros((classes, classes), dtype=int)
# + table = np.zeros((classes, classes))

# %% exercise="confident_table" equivalent="two empty arrays that do not need each other"
# + sure = np.zeros(chances.shape)
# - sure = np.zeros(chances.shape)


# %% exercise="prepare" right="label by label, plain Python"
def prepare(labels, seed):
    import random

    dice = random.Random(seed)
    learn, held = {}, []
    for label in set(labels.tolist()):
        own = [row for row in range(len(labels)) if labels[row] == label]
        dice.shuffle(own)
        held += own[: len(own) // 4]
        learn[label] = own[len(own) // 4 :]
    size = max(len(own) for own in learn.values())
    return [row for own in learn.values() for row in own + dice.choices(own, k=size - len(own))], held


# %% exercise="prepare" right="validation first, with pandas"
def prepare(labels, seed):
    import pandas as pd

    table = pd.Series(labels)
    held = table.groupby(table).sample(frac=0.25, random_state=seed).index
    rest = table.drop(held)
    most = rest.value_counts().max()
    more = [each.sample(most - len(each), replace=True, random_state=seed).index for _, each in rest.groupby(rest)]
    return np.concatenate([rest.index, *more]), held


# %% exercise="prepare" right="copies in turn, as tensors"
def prepare(labels, seed):
    import torch

    learn, held = train_test_split(np.arange(len(labels)), test_size=0.25, random_state=seed, stratify=labels)
    groups = [learn[labels[learn] == label] for label in np.unique(labels)]
    size = max(len(group) for group in groups)
    return [torch.tensor(np.concatenate([np.resize(group, size) for group in groups])), torch.tensor(held)]


# %% exercise="prepare" right="a generator, and one of the folds"
def prepare(labels, seed):
    from sklearn.model_selection import StratifiedKFold

    learn, held = next(StratifiedKFold(4, shuffle=True, random_state=seed).split(labels, labels))
    return copies(learn, labels, seed + 1), sorted(held.tolist())


# %% exercise="prepare" wrong="as it was" says="copied before the split"
def prepare(labels, seed):
    rows = copies(np.arange(len(labels)), labels, seed)
    learn, held = train_test_split(rows, random_state=seed, stratify=labels[rows])
    return learn, held


# %% exercise="prepare" wrong="shared rows taken out of training" says="given:"
def prepare(labels, seed):
    rows = copies(np.arange(len(labels)), labels, seed)
    learn, held = train_test_split(rows, random_state=seed, stratify=labels[rows])
    return learn[~np.isin(learn, held)], held


# %% exercise="prepare" wrong="validation without doubles, shared rows out of training" says="drawn from rows with copies"
def prepare(labels, seed):
    rows = copies(np.arange(len(labels)), labels, seed)
    learn, held = train_test_split(rows, random_state=seed, stratify=labels[rows])
    held = np.unique(held)
    return copies(learn[~np.isin(learn, held)], labels, seed), held


# %% exercise="prepare" wrong="copies on both sides" says="They belong only into training" old="labels, seed), held" new="labels, seed), copies(held, labels, seed)"

# %% exercise="prepare" wrong="training from all rows" says="Take those that the split has left" old="copies(learn, labels, seed)" new="copies(rows, labels, seed)"

# %% exercise="prepare" wrong="no copies" says="where are the copies" old="copies(learn, labels, seed)" new="learn"

# %% exercise="prepare" wrong="common rows thrown away" says="thrown away"
def prepare(labels, seed):
    learn, held = train_test_split(np.arange(len(labels)), random_state=seed, stratify=labels)
    size = min(np.bincount(labels[learn]))
    return np.concatenate([learn[labels[learn] == label][:size] for label in np.unique(labels)]), held


# %% exercise="prepare" wrong="the parts change places" says="did the parts change places"
def prepare(labels, seed):
    learn, held = train_test_split(np.arange(len(labels)), random_state=seed, stratify=labels)
    return held, copies(learn, labels, seed)


# %% exercise="prepare" wrong="the plain parts change places" says="did the parts change places" old="copies(learn, labels, seed), held" new="held, learn"

# %% exercise="prepare" wrong="not stratified" says="where is `stratify`" old=", stratify=labels" new=""

# %% exercise="prepare" wrong="half of the rows" says="a quarter of the rows of each label" old="random_state=seed, " new="random_state=seed, test_size=0.5, "

# %% exercise="prepare" wrong="a fifth" says="A quarter is `test_size=0.25`" old="random_state=seed, " new="random_state=seed, test_size=0.2, "

# %% exercise="prepare" wrong="places, not row numbers" says="places in place of row numbers" old="copies(learn, labels, seed)" new="copies(np.arange(len(learn)), labels[learn], seed)"

# %% exercise="prepare" wrong="as many of each label in validation" says="as it is in life"
def prepare(labels, seed):
    rows = np.random.default_rng(seed).permutation(len(labels))
    size = max(1, min(np.bincount(labels)) // 4)
    held = np.concatenate([rows[labels[rows] == label][:size] for label in np.unique(labels)])
    return copies(np.setdiff1d(rows, held), labels, seed), held


# %% exercise="prepare" wrong="no seed" says="the same rows for the same seed" old="random_state=seed, " new=""

# %% exercise="prepare" wrong="a seed of its own" says="a seed of its own" old="random_state=seed, " new="random_state=42, "

# %% exercise="prepare" wrong="counted in all rows" says="most common label of all rows"
def prepare(labels, seed):
    learn, held = train_test_split(np.arange(len(labels)), random_state=seed, stratify=labels)
    size = np.bincount(labels).max()
    return np.concatenate([np.resize(learn[labels[learn] == label], size) for label in np.unique(labels)]), held


# %% exercise="prepare" wrong="labels in place of rows" says="given:"
def prepare(labels, seed):
    learn, held = train_test_split(np.arange(len(labels)), random_state=seed, stratify=labels)
    return labels[copies(learn, labels, seed)], labels[held]


# %% exercise="prepare" wrong="masks" says="a whole number"
def prepare(labels, seed):
    learn, held = train_test_split(np.arange(len(labels)), random_state=seed, stratify=labels)
    return np.isin(np.arange(len(labels)), learn), np.isin(np.arange(len(labels)), held)


# %% exercise="prepare" wrong="only training" says="two parts" old="labels, seed), held" new="labels, seed)"
