# Right and wrong answers to the sheet of `privacy`. `says` is a part of what the check must reply.

# %% exercise="leak_numbers" right="computed with NumPy"
import numpy as np

others = np.array([0.1, 0.2, 0.3, 0.6, 0.8, 0.9, 1.2])
inside, outside = np.array([0.1, 0.1, 0.2, 1.6]), np.array([0.3, 0.6, 1.1, 1.2])
line = inside.mean()
leak_numbers = {
    "a": np.log2(8) - np.log2(1 + (others <= 0.3).sum()),
    "b": 320 * 4 / 32,
    "c": (inside[:, None] < outside).mean(),
    "d": (inside <= line).mean() - (outside <= line).mean(),
    "e": 19 / 20 - 12 / 20,
    "f": 4 / (1 + 4),
    "g": np.minimum([0.5, 2, 8], 2).sum(),
}

# %% exercise="leak_numbers" right="as tensors"
import torch

leak_numbers = dict(zip("abcdefg", torch.tensor([1, 40, 0.75, 0.5, 0.35, 0.8, 4.5])))

# %% exercise="leak_numbers" right="as fractions"
from fractions import Fraction as F

leak_numbers = {"a": F(1), "b": F(40), "c": F(12, 16), "d": F(1, 2), "e": F(7, 20), "f": F(4, 5), "g": F(9, 2)}

# %% exercise="leak_numbers" right="whole numbers as floats, in another order"
leak_numbers = {"g": 4.5, "f": 0.8, "e": 0.35, "d": 0.5, "c": 0.75, "b": 40.0, "a": 1.0}

# %% exercise="leak_numbers" wrong="the rank" says="that is the rank" old="\"a\": 1," new="\"a\": 4,"

# %% exercise="leak_numbers" wrong="the logarithm of the rank" says="that is log2 of the rank" old="\"a\": 1," new="\"a\": 2,"

# %% exercise="leak_numbers" wrong="the equal loss forgotten" says="has the same loss" old="\"a\": 1," new="\"a\": 1.415,"

# %% exercise="leak_numbers" wrong="seven rows" says="with it they are eight" old="\"a\": 1," new="\"a\": 0.807,"

# %% exercise="leak_numbers" wrong="rank 1 only" says="only rank 1" old="\"b\": 40," new="\"b\": 10,"

# %% exercise="leak_numbers" wrong="three ranks" says="not the first three ranks" old="\"b\": 40," new="\"b\": 30,"

# %% exercise="leak_numbers" wrong="luck gives none" says="luck puts some rows in front" old="\"b\": 40," new="\"b\": 0,"

# %% exercise="leak_numbers" wrong="the auc turned round" says="the one with the lower loss" old="\"c\": 0.75," new="\"c\": 0.25,"

# %% exercise="leak_numbers" wrong="one group only" says="subtract the share of the other" old="\"d\": 0.5," new="\"d\": 0.75,"

# %% exercise="leak_numbers" wrong="the share of right guesses" says="the advantage is a difference" old="\"e\": 0.35," new="\"e\": 0.675,"

# %% exercise="leak_numbers" wrong="odds taken for four parts" says="of how many in all" old="\"f\": 0.8," new="\"f\": 0.75,"

# %% exercise="leak_numbers" wrong="a percentage" says="a count or a percentage?" old="\"f\": 0.8," new="\"f\": 80,"

# %% exercise="leak_numbers" wrong="no clip" says="without a clip" old="\"g\": 4.5" new="\"g\": 10.5"

# %% exercise="leak_numbers" wrong="the sum clipped" says="not the sum" old="\"g\": 4.5" new="\"g\": 2"

# %% exercise="leak_numbers" wrong="all stretched" says="makes nothing longer" old="\"g\": 4.5" new="\"g\": 6"

# %% exercise="leak_numbers" wrong="an answer in words" says="write the number without quotes" old="\"g\": 4.5" new="\"g\": '4.5'"


# %% exercise="exposures" right="NumPy, one row at a time"
def exposures(own, table):
    ranks = np.array([1 + (np.array(others) <= loss).sum() for loss, others in zip(own, table)])
    sizes = np.array([len(others) + 1 for others in table])
    return np.log2(sizes) - np.log2(ranks)


# %% exercise="exposures" right="math, a comprehension, one logarithm"
def exposures(own, table):
    import math

    return [math.log2((len(row) + 1) / (len([x for x in row if x <= own[at]]) + 1)) for at, row in enumerate(table)]


# %% exercise="exposures" right="the rank of pandas"
def exposures(own, table):
    import pandas as pd

    found = []
    for loss, row in zip(own, table):
        rank = pd.Series([loss, *row]).rank(method="max")[0]
        found.append(np.log2(len(row) + 1) - np.log2(rank))
    return found


# %% exercise="exposures" right="a tensor, sorted lists"
def exposures(own, table):
    import bisect

    import torch

    ranks = [1 + bisect.bisect_right(sorted(row), loss) for loss, row in zip(own, table)]
    return torch.tensor([len(row) + 1 for row in table]).log2() - torch.tensor(ranks).log2()


# %% exercise="exposures" right="a generator"
def exposures(own, table):
    for loss, row in zip(own, table):
        yield np.log2(len(row) + 1) - np.log2(1 + np.count_nonzero(np.less_equal(row, loss)))


# %% exercise="exposures" wrong="equal losses ignored" says="with the same loss stands before" old="other <= loss" new="other < loss"

# %% exercise="exposures" wrong="the candidates alone counted" says="one more than candidates" old="len(others) + 1" new="len(others)"

# %% exercise="exposures" wrong="the highest loss first" says="is rank 1 the highest loss?" old="other <= loss" new="other >= loss"


# %% exercise="exposures" wrong="natural logarithm" says="the natural logarithm?"
def exposures(own, table):
    return [np.log((len(row) + 1) / (1 + sum(x <= loss for x in row))) for loss, row in zip(own, table)]


# %% exercise="exposures" wrong="the logarithm of the rank" says="that is log2 of the rank" old="np.log2(len(others) + 1) - np.log2(rank)" new="np.log2(rank)"

# %% exercise="exposures" wrong="the ranks" says="that is the rank" old="np.log2(len(others) + 1) - np.log2(rank)" new="rank"

# %% exercise="exposures" wrong="the sign" says="the sign is turned round" old="np.log2(len(others) + 1) - np.log2(rank)" new="np.log2(rank) - np.log2(len(others) + 1)"

# %% exercise="exposures" wrong="rounded" says="rounded?" old="return found" new="return [round(float(each), 2) for each in found]"

# %% exercise="exposures" wrong="the first list for all" says="its own list in `table`" old="zip(own, table, strict=True)" new="((loss, table[0]) for loss in own)"

# %% exercise="exposures" wrong="sorted" says="not sorted" old="return found" new="return sorted(found, reverse=True)"

# %% exercise="exposures" wrong="one mean" says="one number for each planted row" old="return found" new="return float(np.mean(found))"

# %% exercise="exposures" wrong="128 rows always" says="I do not recognise this slip" old="len(others) + 1" new="128"

# %% exercise="exposures" wrong="a table with lines of one length" says="ValueError"
def exposures(own, table):
    rank = 1 + (np.array(table) <= np.array(own)[:, None]).sum(1)
    return np.log2(len(table[0]) + 1) - np.log2(rank)


# %% exercise="exposures" wrong="the lists sorted in place" says="leaves `table` as it is" old="rank = 1" new="others.sort(); rank = 1"

# %% exercise="exposures" wrong="all candidates together" says="the candidates of all rows together?" old="zip(own, table, strict=True)" new="((loss, [x for row in table for x in row]) for loss in own)"


# %% exercise="private_sum" right="NumPy, a maximum below the line"
def private_sum(gradients, clip, noise, draw):
    lengths = np.sqrt((gradients**2).sum(1, keepdims=True))
    return (gradients / np.maximum(lengths / clip, 1)).sum(axis=0) + noise * clip * draw


# %% exercise="private_sum" right="a loop over the rows"
def private_sum(gradients, clip, noise, draw):
    total = noise * clip * np.array(draw)
    for row in gradients:
        length = np.linalg.norm(row)
        total = total + (row * clip / length if length > clip else row)
    return total


# %% exercise="private_sum" right="torch, as in the lesson"
def private_sum(gradients, clip, noise, draw):
    import torch

    rows = torch.tensor(gradients)
    length = rows.norm(dim=1)
    return (rows * (clip / length).clamp(max=1)[:, None]).sum(0) + noise * clip * torch.tensor(draw)


# %% exercise="private_sum" right="a list, plain Python"
def private_sum(gradients, clip, noise, draw):
    total = [noise * clip * each for each in draw.tolist()]
    for row in gradients.tolist():
        length = sum(each**2 for each in row) ** 0.5
        total = [old + each * (clip / length if length > clip else 1) for old, each in zip(total, row)]
    return total


# %% exercise="private_sum" right="where, with a warning"
def private_sum(gradients, clip, noise, draw):
    lengths = np.linalg.norm(gradients, axis=1, keepdims=True)
    return np.where(lengths > clip, gradients * (clip / lengths), gradients).sum(0) + draw * clip * noise


# %% exercise="private_sum" wrong="the code of the card" says="the mean that is clipped"
def private_sum(gradients, clip, noise, draw):
    mean = gradients.mean(0)
    mean = mean * min(1, clip / np.linalg.norm(mean))
    return len(gradients) * mean + noise * clip * draw


# %% exercise="private_sum" wrong="the sum clipped" says="clipped is the sum"
def private_sum(gradients, clip, noise, draw):
    total = gradients.sum(0)
    length = np.linalg.norm(total)
    return total * (min(1, clip / length) if length else 1) + noise * clip * draw


# %% exercise="private_sum" wrong="each number clipped" says="each number is clipped by itself"
def private_sum(gradients, clip, noise, draw):
    return gradients.clip(-clip, clip).sum(0) + noise * clip * draw


# %% exercise="private_sum" wrong="nothing clipped" says="nothing is clipped" old="clipped.sum(0)" new="gradients.sum(0)"

# %% exercise="private_sum" wrong="short rows stretched" says="short rows are made longer" old="min(1, clip / length)" new="clip / length"

# %% exercise="private_sum" wrong="long rows left out" says="are left out" old="min(1, clip / length)" new="length <= clip"

# %% exercise="private_sum" wrong="the noise without the clip" says="where is `clip`?" old="noise * clip * draw" new="noise * draw"

# %% exercise="private_sum" wrong="no noise" says="the noise is missing" old="clipped.sum(0) + noise * clip * draw" new="clipped.sum(0)"

# %% exercise="private_sum" wrong="noise in each row" says="adds up" old="clipped.sum(0) + noise * clip * draw" new="(clipped + noise * clip * draw).sum(0)"

# %% exercise="private_sum" wrong="divided by the rows" says="divided by the rows" old="return clipped.sum(0) + noise * clip * draw" new="return (clipped.sum(0) + noise * clip * draw) / max(len(gradients), 1)"

# %% exercise="private_sum" wrong="zeros divided" says="the length 0" old="min(1, clip / length) if length else 1" new="np.minimum(1, clip * length / length / length)"

# %% exercise="private_sum" wrong="the sum of sizes as the length" says="not the sum of sizes" old="np.linalg.norm(gradients, axis=1)" new="np.linalg.norm(gradients, axis=1, ord=1)"

# %% exercise="private_sum" wrong="the length of all together" says="one length for all rows together?" old="np.linalg.norm(gradients, axis=1)" new="[np.linalg.norm(gradients)] * len(gradients)"

# %% exercise="private_sum" wrong="clipped in place" says="leaves `gradients` as it is" old="return clipped" new="gradients *= np.array(factors)[:, None]; return clipped"

# %% exercise="private_sum" wrong="noise of its own" says="I do not recognise this slip" old="noise * clip * draw" new="noise * clip * np.random.default_rng(0).normal(size=len(draw))"

# %% exercise="private_sum" wrong="one number" says="the shape (any,)" old="clipped.sum(0) + noise * clip * draw" new="(clipped.sum(0) + noise * clip * draw).sum()"


# %% exercise="attack_scores" right="scikit-learn"
def attack_scores(seen, unseen):
    from sklearn.metrics import roc_auc_score, roc_curve

    member = np.r_[np.ones(len(seen)), np.zeros(len(unseen))]
    sure = -np.r_[seen, unseen]
    outside, inside, _ = roc_curve(member, sure)
    line = seen.mean()
    return {
        "best": (inside - outside).max(),
        "auc": roc_auc_score(member, sure),
        "advantage": np.mean(seen <= line) - np.mean(unseen <= line),
    }


# %% exercise="attack_scores" right="plain Python"
def attack_scores(seen, unseen):
    seen, unseen = seen.tolist(), unseen.tolist()

    def share(losses, line):
        return sum(loss <= line for loss in losses) / len(losses)

    points = sum(1 if one < two else 0.5 if one == two else 0 for one in seen for two in unseen)
    line = sum(seen) / len(seen)
    return {
        "auc": points / (len(seen) * len(unseen)),
        "advantage": share(seen, line) - share(unseen, line),
        "best": max(share(seen, each) - share(unseen, each) for each in [-1, *seen, *unseen]),
    }


# %% exercise="attack_scores" right="torch"
def attack_scores(seen, unseen):
    import torch

    seen, unseen = torch.tensor(seen), torch.tensor(unseen)
    sign = torch.sign(unseen - seen[:, None])
    lines = torch.cat([seen.mean()[None], seen])[:, None]
    shares = (seen <= lines).double().mean(1) - (unseen <= lines).double().mean(1)
    return {"auc": (sign.mean() + 1) / 2, "advantage": shares[0], "best": shares.max()}


# %% exercise="attack_scores" right="ranks and SciPy"
def attack_scores(seen, unseen):
    import pandas as pd
    from scipy.stats import mannwhitneyu

    auc = mannwhitneyu(unseen, seen).statistic / (len(seen) * len(unseen))
    lines = pd.Series(np.concatenate([seen, unseen, [seen.mean()]])).sort_values()
    gain = pd.Series({line: (seen <= line).mean() - (unseen <= line).mean() for line in lines})
    return dict(auc=auc, advantage=gain[seen.mean()], best=gain.max())


# %% exercise="attack_scores" wrong="the auc turned round" says="a row inside should have the lower loss" old="(seen[:, None] < unseen)" new="(seen[:, None] > unseen)"

# %% exercise="attack_scores" wrong="equal pairs forgotten" says="it counts nothing" old="lower + equal / 2" new="lower"

# %% exercise="attack_scores" wrong="equal pairs as one" says="it counts as one" old="lower + equal / 2" new="lower + equal"

# %% exercise="attack_scores" wrong="the line of the rows outside" says="not of those outside" old="advantage(seen.mean())" new="advantage(unseen.mean())"

# %% exercise="attack_scores" wrong="the line of all" says="not of all" old="advantage(seen.mean())" new="advantage(np.r_[seen, unseen].mean())"

# %% exercise="attack_scores" wrong="the median" says="not the median" old="advantage(seen.mean())" new="advantage(np.median(seen))"

# %% exercise="attack_scores" wrong="only the rows inside" says="subtract that of rows outside" old="\"advantage\": advantage(seen.mean())" new="\"advantage\": (seen <= seen.mean()).mean()"

# %% exercise="attack_scores" wrong="no negative advantage" says="worse than a coin" old="\"advantage\": advantage(seen.mean())" new="\"advantage\": abs(advantage(seen.mean()))"

# %% exercise="attack_scores" wrong="below the line only" says="a loss at the line counts, too" old="\"advantage\": advantage(seen.mean())" new="\"advantage\": (seen < seen.mean()).mean() - (unseen < seen.mean()).mean()"

# %% exercise="attack_scores" wrong="the best line itself" says="`best` is a line" old="max(advantage(line) for line in seen)" new="max(seen, key=advantage)"

# %% exercise="attack_scores" wrong="lines outside only" says="tries lines at rows outside only" old="for line in seen" new="for line in unseen"

# %% exercise="attack_scores" wrong="best is the mean line" says="try other lines, too" old="max(advantage(line) for line in seen)" new="advantage(seen.mean())"

# %% exercise="attack_scores" wrong="three numbers in a list" says="a dictionary with the keys"
def attack_scores(seen, unseen):
    line, lower, equal = seen.mean(), (seen[:, None] < unseen).mean(), (seen[:, None] == unseen).mean()
    gains = [(seen <= each).mean() - (unseen <= each).mean() for each in [line, *seen]]
    return [lower + equal / 2, gains[0], max(gains)]


# %% exercise="attack_scores" wrong="rounded" says="rounded?"
def attack_scores(seen, unseen):
    line, lower, equal = seen.mean(), (seen[:, None] < unseen).mean(), (seen[:, None] == unseen).mean()
    gains = [(seen <= each).mean() - (unseen <= each).mean() for each in [line, *seen]]
    return {"auc": round(lower + equal / 2, 2), "advantage": round(gains[0], 2), "best": round(max(gains), 2)}


# %% exercise="attack_scores" wrong="pairs side by side" says="ValueError" old="(seen[:, None] < unseen)" new="(seen < unseen)"

# %% exercise="attack_scores" wrong="sorted in place" says="leaves `seen` as it is" old="lower = " new="seen.sort(); lower = "

# %% exercise="attack_scores" wrong="a hundred lines between lowest and highest loss" says="I do not recognise this slip" old="for line in seen" new="for line in np.linspace(seen.min(), seen.max(), 5)"

# %% exercise="exposures" equivalent="the card says that both lists are equally long"
# - for loss, others in zip(own, table, strict=True):
# + for loss, others in zip(own, table):

# - for loss, others in zip(own, table, strict=True):
# + for loss, others in zip(own, table, strict=False):

# %% exercise="private_sum" equivalent="the smaller of two numbers, in either order"
# - factors = [min(1, clip / length) if length else 1 for length in lengths]
# + factors = [min(clip / length, 1) if length else 1 for length in lengths]

# %% exercise="private_sum" equivalent="a row of zeros stays zero with any factor"
# - factors = [min(1, clip / length) if length else 1 for length in lengths]
# + factors = [min(1, clip / length) if length else 2 for length in lengths]

# - factors = [min(1, clip / length) if length else 1 for length in lengths]
# + factors = [min(1, clip / length) if length else 0 for length in lengths]

# %% exercise="attack_scores" equivalent="lines that do not need each other, in another order"
# + lower = (seen[:, None] < unseen).mean()
# - lower = (seen[:, None] < unseen).mean()

# + equal = (seen[:, None] == unseen).mean()
# - equal = (seen[:, None] == unseen).mean()
