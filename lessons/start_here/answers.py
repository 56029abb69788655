# Right and wrong answers to the sheet of `start_here`. `says` is a part of what the check must reply.

# %% exercise="lazy_scores" right="rounded decimals"
lazy_scores = {"a": 0.5, "b": 0.13, "c": 0.0, "d": 1.0}

# %% exercise="lazy_scores" right="NumPy and tensors"
import numpy as np
import torch

lazy_scores = {"a": np.float32(0.5), "b": torch.tensor(0.125), "c": np.int64(0), "d": np.array([1])}

# %% exercise="lazy_scores" right="counted"
lazy = Counter(learn).most_common(1)[0][0]
lazy_scores = {"d": friday.count(lazy) / friday.count("negative"), "c": 0 / monday.count("neutral")}
lazy_scores |= {"a": monday.count(lazy) / len(monday), "b": friday.count(lazy) / len(friday)}

# %% exercise="lazy_scores" wrong="the most common label of each test set" says="does not know Friday's labels"
lazy_scores = {"a": 0.5, "b": 0.625, "c": 0, "d": 0}

# %% exercise="lazy_scores" wrong="the share in learn" says="the share in `learn`"
lazy_scores = {"a": 0.6, "b": 0.6, "c": 0, "d": 1}

# %% exercise="lazy_scores" wrong="shares of all tweets" says="a share of all eight tweets"
lazy_scores = {"a": 0.5, "b": 0.125, "c": 0.375, "d": 0.125}

# %% exercise="lazy_scores" wrong="negative not found on Friday" says="on Friday too"
lazy_scores = {"a": 0.5, "b": 0.125, "c": 0, "d": 0}

# %% exercise="lazy_scores" wrong="percentages" says="a percentage"
lazy_scores = {"a": 50, "b": 12.5, "c": 0, "d": 100}

# %% exercise="lazy_scores" wrong="texts" says="without quotes"
lazy_scores = {"a": "50%", "b": "12.5%", "c": "0%", "d": "100%"}

# %% exercise="lazy_scores" wrong="the share that is wrong" says="the share that is wrong"
lazy_scores = {"a": 0.5, "b": 0.875, "c": 1, "d": 0}

# %% exercise="lazy_scores" wrong="one is missing" says='the keys "a", "b", "c", "d"'
lazy_scores = {"a": 0.5, "b": 0.125, "c": 0}

# %% exercise="lazy_scores" wrong="a list" says="a dict"
lazy_scores = [0.5, 0.125, 0, 1]


# %% exercise="paired_gain" right="the difference of the two scores"
def paired_gain(first, second, truth):
    return float(np.mean(first == truth) - np.mean(second == truth))


# %% exercise="paired_gain" right="tweet by tweet, in a loop"
def paired_gain(first, second, truth):
    wins = losses = 0
    for one, other, true in zip(first, second, truth):
        wins += one == true and other != true
        losses += one != true and other == true
    return (wins - losses) / len(truth)


# %% exercise="paired_gain" right="with scikit-learn"
from sklearn.metrics import accuracy_score


def paired_gain(first, second, truth):
    return accuracy_score(truth, first) - accuracy_score(truth, second)


# %% exercise="paired_gain" right="with tensors"
def paired_gain(first, second, truth):
    import torch

    first, second, truth = (torch.as_tensor(each) for each in (first, second, truth))
    return ((first == truth).float() - (second == truth).float()).mean()


# %% exercise="paired_gain" wrong="as it was: only the wins" says="only `second` gets right"
def paired_gain(first, second, truth):
    return np.mean((first == truth) & (second != truth))


# %% exercise="paired_gain" wrong="the losses without the wins" says="only the losses"
def paired_gain(first, second, truth):
    return -np.mean((first != truth) & (second == truth))


# %% exercise="paired_gain" wrong="the sign is turned round" says="`first` minus `second`"
def paired_gain(first, second, truth):
    return np.mean(second == truth) - np.mean(first == truth)


# %% exercise="paired_gain" wrong="how often they differ" says="how often the two differ"
def paired_gain(first, second, truth):
    return np.mean(first != second)


# %% exercise="paired_gain" wrong="mended the symptom: no gain for the worse one" says="hidden behind 0"
def paired_gain(first, second, truth):
    wins = np.mean((first == truth) & (second != truth))
    losses = np.mean((first != truth) & (second == truth))
    return wins if wins > losses else -losses


# %% exercise="paired_gain" wrong="never negative" says="may be negative"
def paired_gain(first, second, truth):
    return abs(np.mean(first == truth) - np.mean(second == truth))


# %% exercise="paired_gain" wrong="a number of tweets" says="number of tweets"
def paired_gain(first, second, truth):
    return np.sum(first == truth) - np.sum(second == truth)


# %% exercise="paired_gain" wrong="points in place of a share" says="a percentage"
def paired_gain(first, second, truth):
    return 100 * (np.mean(first == truth) - np.mean(second == truth))


# %% exercise="paired_gain" wrong="relative to the other score" says="received: 1.0"
def paired_gain(first, second, truth):
    return np.mean(first == truth) / np.mean(second == truth) - 1


# %% exercise="paired_gain" wrong="divided by the tweets that one of them wins" says="Divide by all tweets"
def paired_gain(first, second, truth):
    better = (first == truth).astype(int) - (second == truth).astype(int)
    return better[better != 0].mean() if better.any() else 0.0


# %% exercise="paired_gain" wrong="bools subtracted" says="TypeError"
def paired_gain(first, second, truth):
    return np.mean((first == truth) - (second == truth))


# %% exercise="paired_gain" wrong="the mean is forgotten" says="many values"
def paired_gain(first, second, truth):
    return (first == truth).astype(int) - (second == truth).astype(int)


# %% exercise="paired_gain" wrong="nothing is returned" says="does it end with `return`?"
def paired_gain(first, second, truth):
    print(np.mean(first == truth) - np.mean(second == truth))


# %% exercise="paired_gain" wrong="the card's numbers" says="I do not recognise this slip"
def paired_gain(first, second, truth):
    return 0.1


# %% exercise="paired_gain" wrong="its inputs are used up" says="leaves `first` as it is"
def paired_gain(first, second, truth):
    first -= truth
    second -= truth
    return np.mean(first == 0) - np.mean(second == 0)


# %% exercise="paired_gain" wrong="divided by the ten tweets of the card" says="divided by 10"
def paired_gain(first, second, truth):
    return (np.sum(first == truth) - np.sum(second == truth)) / 10


# %% exercise="paired_gain" wrong="rounded" says="rounded"
def paired_gain(first, second, truth):
    return round(np.mean(first == truth) - np.mean(second == truth), 2)


# %% exercise="lazy_scores" wrong="counts" says="a count or a percentage"
lazy_scores = {"a": 4, "b": 1, "c": 0, "d": 1}

# %% exercise="lazy_scores" wrong="one letter left" says="replace the dots for d"
lazy_scores = {"a": 0.5, "b": 0.125, "c": 0, "d": ...}

# %% exercise="lazy_scores" right="exact numbers"
from decimal import Decimal
from fractions import Fraction

lazy_scores = {"a": Fraction(1, 2), "b": Decimal("0.125"), "c": 0, "d": 1}


# %% exercise="paired_gain" wrong="three labels, as on the card" says="given:"
def paired_gain(first, second, truth):
    better = [sum(((each == label) & (truth == label)).sum() for label in (0, 1, 2)) for each in (first, second)]
    return (better[0] - better[1]) / len(truth)


# %% exercise="paired_gain" wrong="counted in a small type" says="given:"
def paired_gain(first, second, truth):
    wins, losses = ((each == truth).astype(np.int8).sum(dtype=np.int8) for each in (first, second))
    return (wins - losses) / len(truth)


# %% exercise="paired_gain" wrong="the distance of the labels" says="I do not recognise this slip"
def paired_gain(first, second, truth):
    return np.mean(np.abs(second - truth)) - np.mean(np.abs(first - truth))
