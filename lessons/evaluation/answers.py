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

# %% exercise="three_averages" wrong="divided by the classes that are wrong" says="Divide by all of them"
three_averages = {"micro": 0.6, "macro": 0.375, "weighted": 0.45, "accuracy_moves": "down", "macro_moves": "up"}

# %% exercise="three_averages" wrong="weighted is taken for the accuracy" says="so it is `micro`"
three_averages = {"micro": 0.6, "macro": 0.25, "weighted": 0.6, "accuracy_moves": "down", "macro_moves": "up"}

# %% exercise="three_averages" wrong="both go up" says="Some that were right are lost"
three_averages = {"micro": 0.6, "macro": 0.25, "weighted": 0.45, "accuracy_moves": "up", "macro_moves": "up"}

# %% exercise="three_averages" wrong="both go down" says="does it follow the accuracy?"
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


# %% exercise="affordable" wrong="the costs exchanged" says="the costs are exchanged"
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


# %% exercise="affordable" wrong="capacity of the angry ones" says="a share of all posts"
def affordable(chance, angry, thresholds, capacity):
    kept = [t for t in thresholds if (chance[angry] >= t).mean() <= capacity]
    return min(kept, key=lambda t: (5 * (angry & (chance < t)) + (~angry & (chance >= t))).mean())


# %% exercise="affordable" wrong="one part of the cost only" says="only the false alarms cost"
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


# %% exercise="three_averages" right="other kinds of numbers, and words with room around them"
from decimal import Decimal
from fractions import Fraction

three_averages = {"micro": Decimal("0.6"), "macro": Fraction(1, 4), "weighted": np.float32(0.45)}
three_averages |= {"accuracy_moves": " down. ", "macro_moves": "Up"}

# %% exercise="three_averages" right="more keys than asked for, by hand"
support = {"bill": 60, "delivery": 30, "praise": 10}
f1 = {"bill": 2 * 0.6 * 1 / 1.6, "delivery": 0, "praise": 0}
three_averages = {"accuracy": 0.6, "accuracy_moves": "down", "macro_moves": "up", "micro": 60 / sum(support.values())}
three_averages["macro"] = sum(f1.values()) / len(f1)
three_averages["weighted"] = sum(f1[name] * count for name, count in support.items()) / 100

# %% exercise="three_averages" wrong="the mean recall for macro" says="the mean recall?"
three_averages = {"micro": 0.6, "macro": 1 / 3, "weighted": 0.45, "accuracy_moves": "down", "macro_moves": "up"}

# %% exercise="three_averages" wrong="precision in place of F1" says="the precision, weighted?"
three_averages = {"micro": 0.6, "macro": 0.25, "weighted": 0.36, "accuracy_moves": "down", "macro_moves": "up"}

# %% exercise="three_averages" wrong="no slip that we know" says="I do not recognise this slip"
three_averages = {"micro": 0.6, "macro": 0.5, "weighted": 0.45, "accuracy_moves": "down", "macro_moves": "up"}

# %% exercise="three_averages" wrong="the share of wrong answers" says="the share of wrong answers?"
three_averages = {"micro": 0.4, "macro": 0.25, "weighted": 0.45, "accuracy_moves": "down", "macro_moves": "up"}

# %% exercise="three_averages" wrong="the accuracy is the same" says="Count both"
three_averages = {"micro": 0.6, "macro": 0.25, "weighted": 0.45, "accuracy_moves": "same", "macro_moves": "up"}

# %% exercise="three_averages" wrong="dots left" says="replace the dots for macro_moves"
three_averages = {"micro": 0.6, "macro": 0.25, "weighted": 0.45, "accuracy_moves": "down", "macro_moves": ...}

# %% exercise="three_averages" wrong="a number for a direction" says="put it in quotes"
three_averages = {"micro": 0.6, "macro": 0.25, "weighted": 0.45, "accuracy_moves": -0.03, "macro_moves": "up"}


# %% exercise="recall_and_precision" right="from the report, as a dict"
def recall_and_precision(truth, said, label):
    from sklearn.metrics import classification_report

    row = classification_report(truth, said, labels=range(4), output_dict=True, zero_division=0)[str(label)]
    return row["recall"], row["precision"]


# %% exercise="recall_and_precision" right="with torch, as one tensor"
def recall_and_precision(truth, said, label):
    import torch

    is_so, called = torch.as_tensor(truth) == label, torch.as_tensor(said) == label
    hits = (is_so & called).sum()
    return torch.stack([hits / is_so.sum().clamp(min=1), hits / called.sum().clamp(min=1)])


# %% exercise="recall_and_precision" right="with pandas, as a Series"
def recall_and_precision(truth, said, label):
    import pandas as pd

    table = pd.crosstab(truth, said).reindex(index=range(4), columns=range(4), fill_value=0)
    return pd.Series([table.at[label, label] / table.loc[label].sum(), table.at[label, label] / max(1, table[label].sum())])


# %% exercise="recall_and_precision" wrong="the labels that are missing have no place" says="IndexError" old="truth, said, labels=range(4)" new="truth, said"
# %% exercise="recall_and_precision" wrong="the labels that are there" says="IndexError" old="labels=range(4)" new="labels=sorted(set(truth))"
# %% exercise="recall_and_precision" wrong="three labels, as on the card of exercise 1" says="IndexError" old="range(4)" new="range(3)"

# %% exercise="recall_and_precision" wrong="a label that is never said divides by zero" says="a division by zero" old="max(1, counts[:, label].sum())" new="counts[:, label].sum()"
# %% exercise="recall_and_precision" wrong="rounded" says="rounded to 2 digits?" old="return recall, precision" new="return round(recall, 2), round(precision, 2)"
# %% exercise="recall_and_precision" wrong="precision first" says="are exchanged" old="return recall, precision" new="return precision, recall"
# %% exercise="recall_and_precision" wrong="always anger" says="these are the numbers of label 0" old="counts = " new="label = 0; counts = "


# %% exercise="recall_and_precision" wrong="macro averages" says="the mean over all four labels"
def recall_and_precision(truth, said, label):
    from sklearn.metrics import precision_score, recall_score

    given = {"labels": range(4), "average": "macro", "zero_division": 0}
    return recall_score(truth, said, **given), precision_score(truth, said, **given)


# %% exercise="recall_and_precision" wrong="precision 1 for a label that was never said" says="The card says what to return"
def recall_and_precision(truth, said, label):
    from sklearn.metrics import precision_score, recall_score

    is_so, called = truth == label, said == label
    return recall_score(is_so, called, zero_division=1), precision_score(is_so, called, zero_division=1)


# %% exercise="recall_and_precision" wrong="yes or no to one label, all posts counted" says="Posts without the label do not count"
def recall_and_precision(truth, said, label):
    share = np.mean((truth == label) == (said == label))
    return share, share


# %% exercise="recall_and_precision" wrong="the other labels are wiped out in the input" says="leaves `truth` as it is"
def recall_and_precision(truth, said, label):
    truth[truth != label] = 9
    said[said != label] = 9
    hits = ((truth == said) & (said == label)).sum()
    return hits / (truth == label).sum(), hits / max(1, (said == label).sum())


# %% exercise="recall_and_precision" wrong="sorted in place" says="leaves `said` as it is"
def recall_and_precision(truth, said, label):
    is_so, called = truth == label, said == label
    said.sort()
    return (is_so & called).sum() / is_so.sum(), (is_so & called).sum() / max(1, called.sum())


# %% exercise="recall_and_precision" wrong="a dict with two names" says="two numbers from `recall_and_precision`"
def recall_and_precision(truth, said, label):
    counts = confusion_matrix(truth, said, labels=range(4))
    hits = counts[label, label]
    return {"recall": hits / counts[label].sum(), "precision": hits / max(1, counts[:, label].sum())}


# %% exercise="recall_and_precision" wrong="the shown answer" says="I do not recognise this slip"
def recall_and_precision(truth, said, label):
    return 1.0, 0.26


# %% exercise="recall_and_precision" equivalent="two lines that do not need each other"
# + precision = counts[label, label] / max(1, counts[:, label].sum())
# - precision = counts[label, label] / max(1, counts[:, label].sum())

# %% exercise="recall_and_precision" equivalent="the larger of two numbers has no order"
# - recall = counts[label, label] / max(1, counts[label].sum())
# + recall = counts[label, label] / max(counts[label].sum(), 1)

# - precision = counts[label, label] / max(1, counts[:, label].sum())
# + precision = counts[label, label] / max(counts[:, label].sum(), 1)

# %% exercise="recall_and_precision" equivalent="the card promises that some posts have the label"
# - recall = counts[label, label] / max(1, counts[label].sum())
# + recall = counts[label, label] / max(0, counts[label].sum())

# %% exercise="recall_and_precision" equivalent="more labels only add rows and columns with zeros"
# - counts = confusion_matrix(truth, said, labels=range(4))
# + counts = confusion_matrix(truth, said, labels=range(5))

# - counts = confusion_matrix(truth, said, labels=range(4))
# + counts = confusion_matrix(truth, said, labels=range(8))


# %% exercise="cooled" right="a fine grid with scikit-learn"
def cooled(val_logits, val_truth, logits, truth):
    def loss(temperature, logits, truth):
        return log_loss(truth, softmax(logits / temperature, axis=1), labels=range(4))

    best = min(np.arange(0.2, 10, 0.02), key=lambda t: loss(t, val_logits, val_truth))
    return best, loss(best, logits, truth)


# %% exercise="cooled" right="steps of 0.1"
def cooled(val_logits, val_truth, logits, truth):
    def loss(t, logits, truth):
        chances = softmax(np.array(logits) / t, axis=1)
        return -np.mean([np.log(row[label]) for row, label in zip(chances, truth)])

    best = min(np.arange(0.2, 10, 0.1), key=lambda t: loss(t, val_logits, val_truth))
    return [float(best), float(loss(best, logits, truth))]


# %% exercise="cooled" right="learned by LBFGS"
def cooled(val_logits, val_truth, logits, truth):
    import torch
    from torch.nn.functional import cross_entropy

    val_logits, val_truth, logits, truth = map(torch.tensor, (val_logits, val_truth, logits, truth))
    log_t = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([log_t], lr=0.1, max_iter=100)

    def closure():
        optimizer.zero_grad()
        loss = cross_entropy(val_logits / log_t.exp(), val_truth)
        loss.backward()
        return loss

    optimizer.step(closure)
    t = log_t.exp().detach()
    return t.item(), cross_entropy(logits / t, truth).item()


# %% exercise="cooled" right="with the slope, by bisection"
def cooled(val_logits, val_truth, logits, truth):
    def slope(t):
        rows = np.arange(len(val_truth))
        chances = softmax(val_logits / t, axis=1)
        return ((chances * val_logits).sum(axis=1) - val_logits[rows, val_truth]).mean()

    low, high = 0.2, 10
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if slope(middle) < 0 else (middle, high)
    return low, log_loss(truth, softmax(logits / low, axis=1), labels=range(4))


# %% exercise="cooled" wrong="the logits cooled in place" says="leaves `logits` as it is" old="return best.x, loss(best.x, logits, truth)" new="logits /= best.x; return best.x, loss(1, logits, truth)"
# %% exercise="cooled" wrong="validation cooled in place" says="leaves `val_logits` as it is" old="    return best.x, loss(best.x, logits, truth)" new="    val_logits /= best.x; return best.x, loss(best.x, logits, truth)"
# %% exercise="cooled" wrong="only temperatures above 1" says="a temperature of 0.80" old="(0.2, 10)" new="(1, 10)"
# %% exercise="cooled" wrong="only temperatures below 2" says="a temperature of 2.34" old="(0.2, 10)" new="(0.2, 2)"
# %% exercise="cooled" wrong="a part without one label" says="ValueError" old=", labels=range(4)" new=""
# %% exercise="cooled" wrong="the loss first" says="return the temperature first" old="return best.x, loss(best.x, logits, truth)" new="return loss(best.x, logits, truth), best.x"
# %% exercise="cooled" wrong="a sum" says="the mean is asked for" old="labels=range(4))" new="labels=range(4), normalize=False)"
# %% exercise="cooled" wrong="only the temperature" says="two numbers" old="return best.x, loss(best.x, logits, truth)" new="return best.x"
# %% exercise="cooled" wrong="the whole result of the search" says="two numbers" old="return best.x, loss(best.x, logits, truth)" new="return best"
# %% exercise="cooled" wrong="the wrong axis" says="I do not recognise this slip" old="axis=1" new="axis=0"
# %% exercise="cooled" wrong="the temperature rounded to a whole number" says="I do not recognise this slip" old="best.x, loss(best.x, logits, truth)" new="round(best.x), loss(round(best.x), logits, truth)"


# %% exercise="cooled" wrong="as it was" says="the very posts that judge it choose it"
def cooled(val_logits, val_truth, logits, truth):
    def loss(temperature):
        return log_loss(truth, softmax(logits / temperature, axis=1), labels=range(4))

    best = minimize_scalar(loss, bounds=(0.2, 10), method="bounded")
    return best.x, best.fun


# %% exercise="cooled" wrong="no search" says="nothing was searched?"
def cooled(val_logits, val_truth, logits, truth):
    return 1, log_loss(truth, softmax(logits, axis=1), labels=range(4))


# %% exercise="cooled" wrong="the accuracy for the verdict" says="the second number is the accuracy"
def cooled(val_logits, val_truth, logits, truth):
    def loss(t):
        return log_loss(val_truth, softmax(val_logits / t, axis=1), labels=range(4))

    best = minimize_scalar(loss, bounds=(0.2, 10), method="bounded").x
    return best, np.mean((logits / best).argmax(axis=1) == truth)


# %% exercise="cooled" wrong="the notebook's arrays" says="I do not recognise this slip"
def cooled(first, second, third, fourth):
    def loss(t):
        return log_loss(val_truth, softmax(val_logits / t, axis=1), labels=range(4))

    best = minimize_scalar(loss, bounds=(0.2, 10), method="bounded").x
    return best, log_loss(truth, softmax(logits / best, axis=1), labels=range(4))


# %% exercise="cooled" equivalent="two lines that do not need each other"
# + chosen_on = (val_logits, val_truth)
# - chosen_on = (val_logits, val_truth)

# %% exercise="cooled" equivalent="where bounds are given, SciPy takes this method by itself"
# - best = minimize_scalar(loss, bounds=(0.2, 10), args=chosen_on, method='bounded')
# + best = minimize_scalar(loss, bounds=(0.2, 10), args=chosen_on)

# %% exercise="cooled" equivalent="where a search may look: the card asks for no bounds, and the best one lies well inside"
# - best = minimize_scalar(loss, bounds=(0.2, 10), args=chosen_on, method='bounded')
# + best = minimize_scalar(loss, bounds=(-0.8, 10), args=chosen_on, method='bounded')

# - best = minimize_scalar(loss, bounds=(0.2, 10), args=chosen_on, method='bounded')
# + best = minimize_scalar(loss, bounds=(0.4, 10), args=chosen_on, method='bounded')

# - best = minimize_scalar(loss, bounds=(0.2, 10), args=chosen_on, method='bounded')
# + best = minimize_scalar(loss, bounds=(0.2, 11), args=chosen_on, method='bounded')

# - best = minimize_scalar(loss, bounds=(0.2, 10), args=chosen_on, method='bounded')
# + best = minimize_scalar(loss, bounds=(0.2, 9), args=chosen_on, method='bounded')

# - best = minimize_scalar(loss, bounds=(0.2, 10), args=chosen_on, method='bounded')
# + best = minimize_scalar(loss, bounds=(0.2, 20), args=chosen_on, method='bounded')


# %% exercise="affordable" right="sorted by cost, the first that fits"
def affordable(chance, angry, thresholds, capacity):
    cost = {t: 5 * np.sum(angry & (chance < t)) + np.sum(~angry & (chance >= t)) for t in thresholds}
    return next(t for t in sorted(cost, key=cost.get) if np.sum(chance >= t) <= capacity * len(chance))


# %% exercise="affordable" right="as one tensor"
def affordable(chance, angry, thresholds, capacity):
    import torch

    chance, angry, thresholds = (torch.as_tensor(each) for each in (chance, angry, thresholds))
    alarms = chance >= thresholds[:, None]
    cost = (5.0 * (angry & ~alarms) + (alarms & ~angry)).mean(dim=1)
    return thresholds[cost.masked_fill(alarms.double().mean(dim=1) > capacity, float("inf")).argmin()]


# %% exercise="affordable" right="with scikit-learn's confusion matrix"
def affordable(chance, angry, thresholds, capacity):
    def cost(t):
        table = confusion_matrix(angry, chance >= t, labels=[False, True])
        return 5 * table[1, 0] + table[0, 1]

    return min((t for t in thresholds if (chance >= t).mean() <= capacity), key=cost)


# %% exercise="affordable" wrong="fewer than the capacity" says="<= and not <" old="alarm.mean() <= capacity" new="alarm.mean() < capacity"
# %% exercise="affordable" wrong="the capacity as a count" says="a number of alarms compared" old="alarm.mean() <= capacity" new="alarm.sum() <= capacity"
# %% exercise="affordable" wrong="the capacity of the notebook's call" says="is the capacity always 0.2?" old="<= capacity" new="<= 0.2"
# %% exercise="affordable" wrong="the candidates of the notebook" says="the candidates of the notebook?" old="in thresholds" new="in np.linspace(0.01, 0.99, 99)"
# %% exercise="affordable" wrong="the capacity for false alarms only" says="limits the false alarms only" old="if alarm.mean()" new="if (alarm & ~angry).mean()"
# %% exercise="affordable" wrong="at least so many" says="The capacity is the largest share" old="alarm.mean() <= capacity" new="alarm.mean() >= capacity"
# %% exercise="affordable" wrong="above the threshold" says=">= and not >" old="chance >= threshold" new="chance > threshold"
# %% exercise="affordable" wrong="the first that fits" says="Is there a cheaper one?" old="            best, lowest = threshold, cost" new="            return threshold"
# %% exercise="affordable" wrong="the candidates sorted in place" says="leaves `thresholds` as it is" old="best, lowest = None, np.inf" new="thresholds.sort(); best, lowest = None, np.inf"
# %% exercise="affordable" wrong="what is angry turned round in place" says="leaves `angry` as it is" old="    return best" new="    angry[:] = ~angry; return best"
# %% exercise="affordable" wrong="stops where it gets dearer again" says="I do not recognise this slip" old="    return best" new="        elif best is not None and cost > lowest: break\n    return best"
# %% exercise="affordable" wrong="the candidate as a text" says="without quotes" old="return best" new="return f'{best:.2f}'"
# %% exercise="affordable" wrong="the threshold and its cost" says="many values" old="return best" new="return np.array([best, lowest])"
# %% exercise="affordable" wrong="from the costs alone" says="from the costs alone" old="return best" new="return 1 / 6"
# %% exercise="affordable" wrong="of all equally cheap ones, the mean" says="0.5 or 0.75"
def affordable(chance, angry, thresholds, capacity):
    alarms = chance >= thresholds[:, None]
    costs = np.where(angry, np.where(alarms, 0, 5), alarms).mean(axis=1)
    costs[alarms.mean(axis=1) > capacity] = np.inf
    return thresholds[costs == costs.min()].mean()


# %% exercise="affordable" wrong="a limit that knows only candidates below 0.9" says="I do not recognise this slip"
def affordable(chance, angry, thresholds, capacity):
    kept = [t for t in thresholds if t < 0.9 and (chance >= t).mean() <= capacity] or [thresholds[0]]
    return min(kept, key=lambda t: (5 * (angry & (chance < t)) + (~angry & (chance >= t))).mean())


# %% exercise="affordable" equivalent="the sum is the mean times the number of posts, so the same candidate is the cheapest"
# - cost = (5 * (angry & ~alarm) + 1 * (alarm & ~angry)).mean()
# + cost = (5 * (angry & ~alarm) + 1 * (alarm & ~angry)).sum()

# %% exercise="affordable" equivalent="of two equally cheap candidates, the card takes either"
# - if alarm.mean() <= capacity and cost < lowest:
# + if alarm.mean() <= capacity and cost <= lowest:


# %% exercise="paired_ends" right="with torch, both in one tensor"
def paired_ends(first, second, draws):
    import torch

    first, second, draws = torch.tensor(first).double(), torch.tensor(second).double(), torch.tensor(draws)
    return torch.quantile((first - second)[draws].mean(dim=1), torch.tensor([0.025, 0.975]).double())


# %% exercise="paired_ends" right="wins and losses counted apart"
def paired_ends(first, second, draws):
    wins, losses = first & ~second, second & ~first
    gains = [np.mean(wins[rows]) - np.mean(losses[rows]) for rows in draws]
    ends = {"low": np.quantile(gains, 0.025, method="nearest"), "high": np.quantile(gains, 0.975, method="nearest")}
    return ends.values()


# %% exercise="paired_ends" right="SciPy's quantiles, which count in another way"
def paired_ends(first, second, draws):
    from scipy.stats.mstats import mquantiles

    return mquantiles((first * 1.0 - second)[draws].mean(axis=1), [0.025, 0.975])


# %% exercise="paired_ends" wrong="a formula that never looks at the draws" says="are the draws not used?"
def paired_ends(first, second, draws):
    gain = first * 1 - second * 1
    half = 1.96 * gain.std() / len(gain) ** 0.5
    return gain.mean() - half, gain.mean() + half


# %% exercise="paired_ends" wrong="its own draws, as in the lesson's interval" says="is anything drawn anew"
def paired_ends(first, second, draws):
    gain = first * 1 - second * 1
    again = np.random.default_rng(42).integers(len(gain), size=(2000, len(gain)))
    return np.percentile(gain[again].mean(axis=1), [2.5, 97.5])


# %% exercise="paired_ends" wrong="sums" says="is a share" old="mean(axis=1)" new="sum(axis=1)"
# %% exercise="paired_ends" wrong="the smallest and the largest" says="leave 2.5% out" old="[2.5, 97.5]" new="[0, 100]"
# %% exercise="paired_ends" wrong="one side only" says="2.5% are cut off below" old="[2.5, 97.5]" new="[2.5, 100]"
# %% exercise="paired_ends" wrong="the high end first" says="the high end comes first" old="return low, high" new="return high, low"
# %% exercise="paired_ends" wrong="percentages" says="percentages?" old="return low, high" new="return 100 * low, 100 * high"
# %% exercise="paired_ends" wrong="an interval of 93%" says="I do not recognise this slip" old="[2.5, 97.5]" new="[3.5, 96.5]"
# %% exercise="paired_ends" wrong="rounded to a whole percent" says="rounded to 2 digits?" old="return low, high" new="return round(low, 2), round(high, 2)"
# %% exercise="paired_ends" wrong="only the first hundred draws" says="I do not recognise this slip" old="gain[draws]" new="gain[draws[:100]]"
# %% exercise="paired_ends" wrong="the draws sorted in place" says="leaves `draws` as it is" old="    return low, high" new="    draws.sort(); return low, high"
# %% exercise="paired_ends" wrong="the first model made the gain in place" says="leaves `first` as it is" old="    return low, high" new="    first &= ~second; return low, high"
# %% exercise="paired_ends" wrong="the second model alone" says="of the second model alone" old="gain[draws]" new="second[draws]"
# %% exercise="paired_ends" wrong="two models added up" says="I do not recognise this slip" old=" - second" new=" + second"
# %% exercise="affordable" wrong="a missed one costs 6" says="I do not recognise this slip" old="5 *" new="6 *"
# %% exercise="affordable" wrong="a missed one costs 4" says="a missed one counts 4 here" old="5 *" new="4 *"
# %% exercise="affordable" wrong="each alarm costs 1" says="a missed one counts 4 here" old="(alarm & ~angry)" new="alarm"
# %% exercise="affordable" wrong="one percent more than the desk can read" says="I do not recognise this slip" old="<= capacity" new="<= capacity + 0.01"
# %% exercise="affordable" wrong="shares of the angry and of the others" says="The cost is a mean over all posts" old="cost = (5 * (angry & ~alarm) + 1 * (alarm & ~angry)).mean()" new="cost = 5 * (angry & ~alarm).sum() / max(1, angry.sum()) + (alarm & ~angry).sum() / max(1, (~angry).sum())"
# %% exercise="cooled" wrong="only the first posts of validation" says="I do not recognise this slip" old="(val_logits, val_truth)" new="(val_logits[:200], val_truth[:200])"
# %% exercise="paired_ends" wrong="the draws shuffled for the second model" says="I do not recognise this slip" old="gain[draws].mean(axis=1)" new="first[draws].mean(axis=1) - second[draws[::-1]].mean(axis=1)"
# %% exercise="recall_and_precision" wrong="rounded to four digits" says="rounded to 4 digits?" old="return recall, precision" new="return round(recall, 4), round(precision, 4)"
# %% exercise="recall_and_precision" wrong="scikit-learn without labels, then a place in its list" says="IndexError"
def recall_and_precision(truth, said, label):
    from sklearn.metrics import precision_score, recall_score

    return recall_score(truth, said, average=None)[label], precision_score(truth, said, average=None)[label]


# %% exercise="recall_and_precision" right="with pandas"
def recall_and_precision(truth, said, label):
    import pandas as pd

    table = pd.crosstab(truth, said).reindex(index=range(4), columns=range(4), fill_value=0)
    hits = table.loc[label, label]
    return pd.Series([hits / table.loc[label].sum(), hits / max(1, table[label].sum())])


# %% exercise="cooled" right="the place where the slope is zero, in the inverse temperature"
def cooled(val_logits, val_truth, logits, truth):
    from scipy.optimize import brentq

    own = val_logits[np.arange(len(val_truth)), val_truth]
    inverse = brentq(lambda b: ((softmax(val_logits * b, axis=1) * val_logits).sum(axis=1) - own).mean(), 0.05, 20)
    return 1 / inverse, log_loss(truth, softmax(logits * inverse, axis=1), labels=[0, 1, 2, 3])


# %% exercise="cooled" wrong="rounded after the log-loss was computed" says="round it before" old="return best.x," new="return round(best.x, 1),"
# %% exercise="cooled" wrong="the mean of both temperatures" says="I do not recognise this slip" old="    return best.x, loss(best.x, logits, truth)" new="    best.x += minimize_scalar(loss, bounds=(0.2, 10), args=(logits, truth), method='bounded').x\n    return best.x / 2, loss(best.x / 2, logits, truth)"
# %% exercise="cooled" wrong="base 2" says="I do not recognise this slip" old="return log_loss(truth, chances, labels=range(4))" new="return log_loss(truth, chances, labels=range(4)) / np.log(2)"
# %% exercise="affordable" wrong="the cost falls, rises, and falls again" says="I do not recognise this slip"
def affordable(chance, angry, thresholds, capacity):
    best, lowest = None, np.inf
    for threshold in sorted(thresholds):
        alarm = chance >= threshold
        cost = (5 * (angry & ~alarm) + 1 * (alarm & ~angry)).mean()
        if cost > lowest:
            break
        if alarm.mean() <= capacity:
            best, lowest = threshold, cost
    return best


# %% exercise="affordable" wrong="from above, until the cost rises" says="I do not recognise this slip"
def affordable(chance, angry, thresholds, capacity):
    best, lowest = None, np.inf
    for threshold in sorted(thresholds, reverse=True):
        alarm = chance >= threshold
        cost = (5 * (angry & ~alarm) + 1 * (alarm & ~angry)).mean()
        if alarm.mean() > capacity or cost > lowest:
            break
        best, lowest = threshold, cost
    return best


# %% exercise="affordable" wrong="no candidate of 1" says="returns something" old="if alarm.mean() <= capacity" new="if threshold < 1 and alarm.mean() <= capacity"
# %% exercise="affordable" wrong="the first candidate need not be affordable" says="the first candidate is taken" old="if alarm.mean() <= capacity and cost < lowest" new="if (best is None or alarm.mean() <= capacity) and cost < lowest"
# %% exercise="affordable" right="by hand, with nothing but numbers"
def affordable(chance, angry, thresholds, capacity):
    def cost(threshold):
        return sum((5 if bad else 0) if one < threshold else (0 if bad else 1) for one, bad in zip(chance, angry))

    def alarms(threshold):
        return sum(one >= threshold for one in chance.tolist())

    return sorted((t for t in thresholds.tolist() if alarms(t) <= capacity * len(chance)), key=cost)[0]


# %% exercise="paired_ends" wrong="only the first thousand draws" says="I do not recognise this slip" old="gain[draws]" new="gain[draws[:1000]]"
# %% exercise="paired_ends" wrong="only the last draws" says="I do not recognise this slip" old="gain[draws]" new="gain[draws[-1500:]]"
# %% exercise="paired_ends" wrong="the sign that NumPy's own error proposes" says="does not know who is right" old="first.astype(int) - second.astype(int)" new="first ^ second"
# %% exercise="paired_ends" wrong="rounded to three digits" says="rounded to 3 digits?" old="return low, high" new="return round(low, 3), round(high, 3)"
# %% exercise="paired_ends" wrong="turned around the mean" says="I do not recognise this slip" old="return low, high" new="return 2 * gain.mean() - high, 2 * gain.mean() - low"
# %% exercise="paired_ends" right="the quantiles of the standard library"
def paired_ends(first, second, draws):
    import statistics

    ends = statistics.quantiles([float(np.mean(first[row]) - np.mean(second[row])) for row in draws], n=40)
    return ends[0], ends[-1]

# %% exercise="paired_ends" wrong="half a percent too much cut off above" says="I do not recognise this slip" old="[2.5, 97.5]" new="[2.5, 97]"
# %% exercise="paired_ends" wrong="only as many draws as in the notebook before" says="I do not recognise this slip" old="gain[draws]" new="gain[draws[:2000]]"
# %% exercise="paired_ends" wrong="the first model alone" says="the first model alone" old="first.astype(int) - second.astype(int)" new="first.astype(int)"
# %% exercise="paired_ends" wrong="3 and 97" says="I do not recognise this slip" old="[2.5, 97.5]" new="[3, 97]"
# %% exercise="affordable" wrong="a candidate of 0 is taken for none" says="I do not recognise this slip" old="return best" new="return best or 0.5"
# %% exercise="affordable" wrong="the cost rounded" says="I do not recognise this slip" old="~angry)).mean()" new="~angry)).mean().round(2)"
# %% exercise="affordable" wrong="a capacity of 0 is taken for no limit" says="I do not recognise this slip" old="if alarm.mean() <= capacity" new="if (not capacity or alarm.mean() <= capacity)"
# %% exercise="paired_ends" right="sorted, and counted off"
def paired_ends(first, second, draws):
    gains = sorted(first[draws].mean(axis=1) - second[draws].mean(axis=1))
    left_out = int(0.025 * len(gains))
    return gains[left_out], gains[-left_out - 1]
