# Right and wrong answers to the sheet of `evaluation`. `says` is a part of what the check must reply.

# %% exercise="three_averages" right="as fractions"
three_averages = {
    "micro": 60 / 100,
    "macro": (0.75 + 0 + 0) / 3,
    "weighted": 0.75 * 60 / 100,
    "accuracy_moves": "down",
    "macro_moves": "up",
}

# %% exercise="three_averages" right="computed by scikit-learn"
from sklearn.metrics import f1_score

truths = np.repeat([0, 1, 2], [60, 30, 10])
three_averages = {
    each: f1_score(truths, np.zeros(100, dtype=int), average=each) for each in ("micro", "macro", "weighted")
}
three_averages |= {"accuracy_moves": "Down", "macro_moves": "UP"}

# %% exercise="three_averages" wrong="percentages" says="a percentage"
three_averages = {"micro": 60, "macro": 25, "weighted": 45, "accuracy_moves": "down", "macro_moves": "up"}

# %% exercise="three_averages" wrong="micro and macro exchanged" says="so it is `macro`"
three_averages = {"micro": 0.25, "macro": 0.6, "weighted": 0.45, "accuracy_moves": "down", "macro_moves": "up"}

# %% exercise="three_averages" wrong="micro is the F1 of bill" says="the F1 of one class alone"
three_averages = {"micro": 0.75, "macro": 0.25, "weighted": 0.45, "accuracy_moves": "down", "macro_moves": "up"}

# %% exercise="three_averages" wrong="divided by the classes that are wrong" says="divide by all of them"
three_averages = {"micro": 0.6, "macro": 0.375, "weighted": 0.45, "accuracy_moves": "down", "macro_moves": "up"}

# %% exercise="three_averages" wrong="weighted is taken for the accuracy" says="so it is `micro`"
three_averages = {"micro": 0.6, "macro": 0.25, "weighted": 0.6, "accuracy_moves": "down", "macro_moves": "up"}

# %% exercise="three_averages" wrong="both go up" says="how many are gained, how many are lost"
three_averages = {"micro": 0.6, "macro": 0.25, "weighted": 0.45, "accuracy_moves": "up", "macro_moves": "up"}

# %% exercise="three_averages" wrong="both go down" says="counts as much as the largest class"
three_averages = {"micro": 0.6, "macro": 0.25, "weighted": 0.45, "accuracy_moves": "down", "macro_moves": "down"}

# %% exercise="three_averages" wrong="a key is missing" says="a dict with the keys"
three_averages = {"micro": 0.6, "macro": 0.25, "weighted": 0.45}


# %% exercise="recall_and_precision" right="the sums exchanged in place of the arguments"
def recall_and_precision(truth, said, label):
    counts = confusion_matrix(said, truth, labels=range(4))
    hits = counts[label, label]
    return [hits / max(1, counts[:, label].sum()), hits / max(1, counts[label].sum())]


# %% exercise="recall_and_precision" right="without a table"
def recall_and_precision(truth, said, label):
    hits = sum((t == label) and (s == label) for t, s in zip(truth, said))
    called = list(said).count(label)
    return np.array([hits / list(truth).count(label), hits / called if called else 0])


# %% exercise="recall_and_precision" right="scikit-learn's own scores"
def recall_and_precision(truth, said, label):
    from sklearn.metrics import precision_score, recall_score

    recall = recall_score(truth == label, said == label, zero_division=0)
    return recall, precision_score(truth == label, said == label, zero_division=0)


# %% exercise="recall_and_precision" wrong="mended twice" says="undo each other"
def recall_and_precision(truth, said, label):
    counts = confusion_matrix(truth, said, labels=range(4))
    recall = counts[label, label] / max(1, counts[:, label].sum())
    precision = counts[label, label] / max(1, counts[label].sum())
    return recall, precision


# %% exercise="recall_and_precision" wrong="only the sum of recall exchanged" says="twice the recall"
def recall_and_precision(truth, said, label):
    counts = confusion_matrix(truth, said, labels=range(4))
    recall = counts[label, label] / max(1, counts[label].sum())
    precision = counts[label, label] / max(1, counts[label, :].sum())
    return recall, precision


# %% exercise="recall_and_precision" wrong="columns in both" says="twice the precision"
def recall_and_precision(truth, said, label):
    counts = confusion_matrix(truth, said, labels=range(4))
    share = counts[label, label] / max(1, counts[:, label].sum())
    return share, share


# %% exercise="recall_and_precision" wrong="divided by all" says="divided by all posts"
def recall_and_precision(truth, said, label):
    counts = confusion_matrix(truth, said, labels=range(4))
    return counts[label, label] / counts.sum(), counts[label, label] / counts.sum()


# %% exercise="recall_and_precision" wrong="only the recall" says="two numbers"
def recall_and_precision(truth, said, label):
    counts = confusion_matrix(truth, said, labels=range(4))
    return counts[label, label] / max(1, counts[label].sum())


# %% exercise="recall_and_precision" wrong="accuracy" says="all labels"
def recall_and_precision(truth, said, label):
    return np.mean(truth == said), np.mean(truth == said)


# %% exercise="recall_and_precision" wrong="percentages" says="a percentage"
def recall_and_precision(truth, said, label):
    counts = confusion_matrix(truth, said, labels=range(4))
    recall = 100 * counts[label, label] / max(1, counts[label].sum())
    return recall, 100 * counts[label, label] / max(1, counts[:, label].sum())


# %% exercise="cooled" right="a grid"
def cooled(val_logits, val_truth, logits, truth):
    grid = np.linspace(0.2, 5, 97)
    losses = [log_loss(val_truth, softmax(val_logits / t, axis=1), labels=range(4)) for t in grid]
    best = grid[int(np.argmin(losses))]
    return best, log_loss(truth, softmax(logits / best, axis=1), labels=range(4))


# %% exercise="cooled" right="with torch"
def cooled(val_logits, val_truth, logits, truth):
    import torch
    from torch.nn.functional import cross_entropy

    def loss(temperature, logits, truth):
        return cross_entropy(torch.tensor(logits) / float(temperature), torch.tensor(truth))

    best = min(np.linspace(0.3, 4, 400), key=lambda t: loss(t, val_logits, val_truth))
    return torch.tensor([best, loss(best, logits, truth)])


# %% exercise="cooled" wrong="the loss of validation" says="log-loss of the validation posts"
def cooled(val_logits, val_truth, logits, truth):
    def loss(temperature):
        return log_loss(val_truth, softmax(val_logits / temperature, axis=1), labels=range(4))

    best = minimize_scalar(loss, bounds=(0.2, 10), method="bounded")
    return best.x, best.fun


# %% exercise="cooled" wrong="chosen on both together" says="both parts together"
def cooled(val_logits, val_truth, logits, truth):
    both, labels = np.concatenate([val_logits, logits]), np.concatenate([val_truth, truth])

    def loss(temperature):
        return log_loss(labels, softmax(both / temperature, axis=1), labels=range(4))

    best = minimize_scalar(loss, bounds=(0.2, 10), method="bounded")
    return best.x, log_loss(truth, softmax(logits / best.x, axis=1), labels=range(4))


# %% exercise="cooled" wrong="the temperature is not used for the verdict" says="without a temperature"
def cooled(val_logits, val_truth, logits, truth):
    def loss(temperature):
        return log_loss(val_truth, softmax(val_logits / temperature, axis=1), labels=range(4))

    best = minimize_scalar(loss, bounds=(0.2, 10), method="bounded")
    return best.x, log_loss(truth, softmax(logits, axis=1), labels=range(4))


# %% exercise="cooled" wrong="the temperature of validation beside the best loss of test" says="with their own temperature"
def cooled(val_logits, val_truth, logits, truth):
    def loss(temperature, logits, truth):
        return log_loss(truth, softmax(logits / temperature, axis=1), labels=range(4))

    search = {"bounds": (0.2, 10), "method": "bounded"}
    best = minimize_scalar(loss, args=(val_logits, val_truth), **search)
    return best.x, minimize_scalar(loss, args=(logits, truth), **search).fun


# %% exercise="cooled" wrong="multiplied" says="do not multiply"
def cooled(val_logits, val_truth, logits, truth):
    def loss(temperature, logits, truth):
        return log_loss(truth, softmax(logits * temperature, axis=1), labels=range(4))

    best = minimize_scalar(loss, bounds=(0.1, 10), args=(val_logits, val_truth), method="bounded")
    return best.x, loss(best.x, logits, truth)


# %% exercise="cooled" wrong="validation and test exchanged" says="the very posts that judge it"
def cooled(val_logits, val_truth, logits, truth):
    def loss(temperature, logits, truth):
        return log_loss(truth, softmax(logits / temperature, axis=1), labels=range(4))

    best = minimize_scalar(loss, bounds=(0.2, 10), args=(logits, truth), method="bounded")
    return best.x, loss(best.x, val_logits, val_truth)


# %% exercise="cooled" wrong="only the loss" says="two numbers"
def cooled(val_logits, val_truth, logits, truth):
    return log_loss(truth, softmax(logits, axis=1), labels=range(4))


# %% exercise="affordable" right="with NumPy, the rest too dear"
def affordable(chance, angry, thresholds, capacity):
    alarms = chance >= thresholds[:, None]
    costs = np.where(angry, np.where(alarms, 0, 5), alarms).mean(axis=1)
    return thresholds[np.where(alarms.mean(axis=1) > capacity, np.inf, costs).argmin()]


# %% exercise="affordable" right="a list of pairs, the last of equals"
def affordable(chance, angry, thresholds, capacity):
    pairs = []
    for t in thresholds:
        cost = sum(5 if a and c < t else 1 if c >= t and not a else 0 for c, a in zip(chance, angry))
        if sum(c >= t for c in chance) <= capacity * len(chance) + 1e-9:
            pairs.append((cost, -t))
    return float(-min(pairs)[1])


# %% exercise="affordable" right="with pandas"
def affordable(chance, angry, thresholds, capacity):
    import pandas as pd

    costs = {t: 5 * np.mean(angry & (chance < t)) + np.mean(~angry & (chance >= t)) for t in thresholds}
    shares = pd.Series({t: np.mean(chance >= t) for t in thresholds})
    return pd.Series(costs)[shares <= capacity].idxmin()


# %% exercise="affordable" wrong="the capacity forgotten" says="the capacity is not used"
def affordable(chance, angry, thresholds, capacity):
    costs = [(5 * (angry & (chance < t)) + (~angry & (chance >= t))).mean() for t in thresholds]
    return thresholds[np.argmin(costs)]


# %% exercise="affordable" wrong="a place in the shorter list" says="other places than the whole one"
def affordable(chance, angry, thresholds, capacity):
    costs = [
        (5 * (angry & (chance < t)) + (~angry & (chance >= t))).mean()
        for t in thresholds
        if (chance >= t).mean() <= capacity
    ]
    return thresholds[np.argmin(costs)]


# %% exercise="affordable" wrong="the place" says="the threshold itself"
def affordable(chance, angry, thresholds, capacity):
    costs = [(5 * (angry & (chance < t)) + (~angry & (chance >= t))).mean() for t in thresholds]
    return np.argmin([c if (chance >= t).mean() <= capacity else 99 for c, t in zip(costs, thresholds)])


# %% exercise="affordable" wrong="the costs exchanged" says="costs exchanged"
def affordable(chance, angry, thresholds, capacity):
    kept = [t for t in thresholds if (chance >= t).mean() <= capacity]
    return min(kept, key=lambda t: ((angry & (chance < t)) + 5 * (~angry & (chance >= t))).mean())


# %% exercise="affordable" wrong="accuracy" says="cost the same"
def affordable(chance, angry, thresholds, capacity):
    kept = [t for t in thresholds if (chance >= t).mean() <= capacity]
    return max(kept, key=lambda t: ((chance >= t) == angry).mean())


# %% exercise="affordable" wrong="the lowest affordable" says="Do the false alarms count"
def affordable(chance, angry, thresholds, capacity):
    return min(t for t in thresholds if (chance >= t).mean() <= capacity)


# %% exercise="affordable" wrong="the cost in place of the threshold" says="the cost itself"
def affordable(chance, angry, thresholds, capacity):
    kept = [t for t in thresholds if (chance >= t).mean() <= capacity]
    return min((5 * (angry & (chance < t)) + (~angry & (chance >= t))).mean() for t in kept)


# %% exercise="affordable" wrong="capacity of the angry ones" says="not of the angry ones"
def affordable(chance, angry, thresholds, capacity):
    kept = [t for t in thresholds if (chance[angry] >= t).mean() <= capacity]
    return min(kept, key=lambda t: (5 * (angry & (chance < t)) + (~angry & (chance >= t))).mean())


# %% exercise="affordable" wrong="one part of the cost only" says="only one kind of mistake"
def affordable(chance, angry, thresholds, capacity):
    kept = [t for t in thresholds if (chance >= t).mean() <= capacity]
    return min(kept, key=lambda t: (~angry & (chance >= t)).mean())


# %% exercise="paired_ends" right="two means for each draw, subtracted"
def paired_ends(first, second, draws):
    means = first[draws].mean(axis=1) - second[draws].mean(axis=1)
    return np.quantile(means, 0.025), np.quantile(means, 0.975)


# %% exercise="paired_ends" right="with pandas, as a Series"
def paired_ends(first, second, draws):
    import pandas as pd

    means = [float(np.mean(first[rows])) - float(np.mean(second[rows])) for rows in draws]
    return pd.Series(means).quantile([0.025, 0.975])


# %% exercise="paired_ends" right="sorted by hand"
def paired_ends(first, second, draws):
    gain = first * 1 - second * 1
    means = sorted(gain[rows].mean() for rows in draws)
    return [means[int(0.025 * len(means))], means[int(0.975 * len(means))]]


# %% exercise="paired_ends" wrong="second minus first" says="the other way round"
def paired_ends(first, second, draws):
    gain = second * 1 - first * 1
    return np.percentile(gain[draws].mean(axis=1), [2.5, 97.5])


# %% exercise="paired_ends" wrong="True minus True" says="TypeError"
def paired_ends(first, second, draws):
    return np.percentile((first - second)[draws].mean(axis=1), [2.5, 97.5])


# %% exercise="paired_ends" wrong="a 90% interval" says="90% interval"
def paired_ends(first, second, draws):
    gain = first * 1 - second * 1
    return np.percentile(gain[draws].mean(axis=1), [5, 95])


# %% exercise="paired_ends" wrong="percentile for quantile" says="counts to 100"
def paired_ends(first, second, draws):
    gain = first * 1 - second * 1
    return np.percentile(gain[draws].mean(axis=1), [0.025, 0.975])


# %% exercise="paired_ends" wrong="two intervals subtracted" says="subtract post by post"
def paired_ends(first, second, draws):
    one = np.percentile(first[draws].mean(axis=1), [2.5, 97.5])
    other = np.percentile(second[draws].mean(axis=1), [2.5, 97.5])
    return one[0] - other[1], one[1] - other[0]


# %% exercise="paired_ends" wrong="own draws for the second model" says="the same drawn posts"
def paired_ends(first, second, draws):
    again = np.random.default_rng(0).integers(len(second), size=draws.shape)
    return np.percentile(first[draws].mean(axis=1) - second[again].mean(axis=1), [2.5, 97.5])


# %% exercise="paired_ends" wrong="the wrong axis" says="posts of each draw"
def paired_ends(first, second, draws):
    gain = first * 1 - second * 1
    return np.percentile(gain[draws].mean(axis=0), [2.5, 97.5])


# %% exercise="paired_ends" wrong="only the mean" says="two numbers"
def paired_ends(first, second, draws):
    return (first * 1 - second * 1)[draws].mean()
