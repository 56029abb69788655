"""The checks of `evaluation`'s sheet."""

import math

from course_utils.checks.sheet import Sheet
from course_utils.checks.values import as_choice, as_function, as_list, as_number, call
from course_utils.checks.wrong import Said, WrongAnswer

sheet = Sheet("evaluation")

LABELS = range(4)
MISSED, FALSE_ALARM = 5, 1


def close(one: float, other: float, tolerance: float = 1e-4) -> bool:
    """True where two numbers differ by rounding only."""
    return abs(one - other) <= tolerance


def two_numbers(value: object, name: str, what: str, low: float, high: float) -> list[float]:
    """Return both numbers of a pair. `what` says which ones are asked for."""
    if isinstance(value, dict) or not hasattr(value, "__iter__"):
        raise WrongAnswer(f"two numbers from `{name}`: {what}", value, "return both, with a comma between them")
    found = as_list(value, name)
    if len(found) != 2:
        raise WrongAnswer(f"two numbers from `{name}`: {what}", value, "return both, with a comma between them")
    return [as_number(each, name, low=low, high=high) for each in found]


def suspect_close(received: list[float], suspects: dict, tolerance: float = 1e-4) -> str:
    """Return the words of the first suspect whose numbers are near the received ones."""
    for words, values in suspects.items():
        if all(close(one, other, tolerance) for one, other in zip(received, values, strict=True)):
            return words
    return ""


@sheet.exercise(
    section="How good is a model that has learned nothing?",
    hints=[
        "Two of the three classes are never found by A. What is their F1?",
        "micro looks at all rows in one pot. macro gives each class the same weight. weighted uses the number of rows.",
        "For B, count the right answers first: what is gained, what is lost? Then ask: which F1 was 0 and is no more?",
    ],
)
def three_averages(three_averages) -> str:
    keys = ("micro", "macro", "weighted", "accuracy_moves", "macro_moves")
    if not isinstance(three_averages, dict) or not set(keys) <= set(three_averages):
        raise WrongAnswer(f"a dict with the keys {', '.join(keys)}", three_averages, "keep all five keys of the card")
    of_bill, shares = 0.75, (0.6, 0.3, 0.1)
    right = {"micro": shares[0], "macro": of_bill / 3, "weighted": of_bill * shares[0]}
    slips = {
        "micro": "all rows in one pot: how many of 100 answers are right?",
        "macro": "the plain mean over three classes, also over those that were never found",
        "weighted": "each F1 times the share of its class, then the sum",
    }
    for key, value in right.items():
        found = as_number(three_averages[key], key, low=0, high=1)
        if close(found, value, 0.0051):
            continue
        slip = suspect_close([found], _other_averages(key, right, of_bill), 0.0051) or slips[key]
        raise WrongAnswer(f"another number in `{key}`", found, slip)
    moves = {
        "accuracy_moves": ("down", "count the right answers: how many are gained, how many are lost?"),
        "macro_moves": ("up", "one F1 was 0, and counts as much as the largest class. What happens to it?"),
    }
    for key, (value, slip) in moves.items():
        found = as_choice(three_averages[key], key, ["up", "down", "same"])
        if found != value:
            raise WrongAnswer(f"another direction in `{key}`", found, slip)
    return "The same answers make three averages, and one change can move two of them in opposite directions."


def _other_averages(key: str, right: dict, of_bill: float) -> dict:
    names = {"micro": "the accuracy", "macro": "the plain mean of the classes", "weighted": "the mean by support"}
    others = {f"this is {names[each]}, so it is `{each}`": [value] for each, value in right.items() if each != key}
    halves = "the mean over the classes that A never found, too: divide by all of them"
    return {**others, "this is the F1 of one class alone": [of_bill], halves: [of_bill / 2]}


def _labels_and_answers(hidden: bool):
    import numpy as np

    rng = np.random.default_rng(8 if hidden else 7)
    truth = rng.choice(4, size=200, p=[0.4, 0.3, 0.2, 0.1])
    said = np.where(rng.random(200) < 0.6, truth, rng.choice(4, size=200, p=[0.1, 0.2, 0.3, 0.4]))
    return truth, said


def _scores(truth, said, label: int) -> tuple[float, float, float]:
    hits = int(((truth == label) & (said == label)).sum())
    return hits, hits / max(1, int((truth == label).sum())), hits / max(1, int((said == label).sum()))


@sheet.exercise(
    section="Which mistakes are these?",
    hints=[
        "Print `counts` for the model that calls every post anger. Is a row filled, or a column?",
        "A row must hold all posts to which people gave one label. Look at the order of the arguments.",
        "scikit-learn wants the truth first, then the answers. One exchange is enough: not the sums as well.",
    ],
)
def recall_and_precision(recall_and_precision, hidden=False) -> str:
    import numpy as np

    as_function(recall_and_precision, "recall_and_precision")
    truth, said = _labels_and_answers(hidden)
    cases = [(truth, said, label) for label in LABELS] + [(truth, np.zeros(200, dtype=int), label) for label in (0, 1)]
    for case_truth, case_said, label in cases:
        made = call(recall_and_precision, case_truth.copy(), case_said.copy(), label)
        found = two_numbers(made, "recall_and_precision", "recall, then precision", 0, 1)
        hits, recall, precision = _scores(case_truth, case_said, label)
        if close(found[0], recall) and close(found[1], precision):
            continue
        f1 = 2 * hits / max(1, int((case_truth == label).sum() + (case_said == label).sum()))
        slips = {
            "recall and precision are exchanged. (Two exchanges in the code undo each other.)": (precision, recall),
            "twice the recall: a column, not a row, holds all posts that were *called* so": (recall, recall),
            "twice the precision: a row of the truth holds all posts that *are* so": (precision, precision),
            "divided by all posts: divide by those that are so, and by those that were called so": (hits / 200,) * 2,
            "twice F1: the two numbers behind it are asked for": (f1, f1),
            "the share of right answers of all labels: look at one label only": ((case_truth == case_said).mean(),) * 2,
        }
        slip = suspect_close(found, slips) or "which sum belongs below the line: of a row, or of a column?"
        what = "a model that says label 0 for every post" if not case_said.any() else "200 answers"
        raise WrongAnswer(f"recall, then precision, of label {label} for {what}", _pair(found), slip)
    return "Rows are what people said: a row gives recall, a column gives precision."


def _pair(values, digits: int = 3) -> Said:
    return Said(f"{values[0]:.{digits}f} and {values[1]:.{digits}f}")


def _overconfident(seed: int, rows: int, scale: float):
    """Return logits and labels for which a temperature of about `scale` is right."""
    import numpy as np

    rng = np.random.default_rng(seed)
    true_logits = rng.normal(0, 1.5, size=(rows, 4))
    chances = np.exp(true_logits) / np.exp(true_logits).sum(axis=1, keepdims=True)
    labels = (rng.random(rows)[:, None] > chances.cumsum(axis=1)).sum(axis=1).clip(0, 3)
    return true_logits * scale, labels


def _loss(logits, labels, temperature: float) -> float:
    import numpy as np
    from scipy.special import log_softmax

    return float(-log_softmax(logits / temperature, axis=1)[np.arange(len(labels)), labels].mean())


def _best_temperature(logits, labels) -> float:
    from scipy.optimize import minimize_scalar

    return float(minimize_scalar(lambda t: _loss(logits, labels, t), bounds=(0.2, 10), method="bounded").x)


@sheet.exercise(
    section="Can it be mended without training?",
    hints=[
        "Which of the four arguments are used at all in the function as it is?",
        "Two jobs, two parts: one chooses the temperature, the other one gives the verdict.",
        "Let `loss` take logits and labels as arguments. Search with the first part. Then call it once more.",
    ],
)
def cooled(cooled, hidden=False) -> str:
    import numpy as np

    as_function(cooled, "cooled")
    scales = (0.7, 1.4) if hidden else (2.5, 1.5)
    val_logits, val_truth = _overconfident(11 + hidden, 300, scales[0])
    logits, truth = _overconfident(21 + hidden, 400, scales[1])
    made = call(cooled, val_logits.copy(), val_truth.copy(), logits.copy(), truth.copy())
    found = two_numbers(made, "cooled", "the temperature, then the log-loss of the test posts", -math.inf, math.inf)
    wanted = _best_temperature(val_logits, val_truth)
    if not close(found[0], wanted, 0.06):
        everything = np.concatenate([val_logits, logits]), np.concatenate([val_truth, truth])
        slips = {
            "the best one for the very posts that judge it. Which part may choose?": [_best_temperature(logits, truth)],
            "chosen on both parts together: then the test posts still help to choose": [_best_temperature(*everything)],
            "the inverse of it: divide the logits by the temperature, do not multiply": [1 / wanted],
            "the log-loss comes first here: return the temperature first": [_loss(logits, truth, wanted)],
            "nothing was searched: look for the temperature with the lowest log-loss": [1.0],
        }
        slip = suspect_close(found[:1], slips, 0.02) or "the one with the lowest log-loss on validation is asked for"
        raise WrongAnswer("the best temperature that the test posts did not choose", Said(f"{found[0]:.4f}"), slip)
    if not close(found[1], _loss(logits, truth, found[0]), 1e-3):
        right = (logits / found[0]).argmax(axis=1) == truth
        slips = {
            "this is the log-loss of the validation posts": [_loss(val_logits, val_truth, found[0])],
            "this is the log-loss without a temperature": [_loss(logits, truth, 1.0)],
            "the logits were multiplied by the temperature here": [_loss(logits, truth, 1 / found[0])],
            "this is the lowest log-loss that the test posts can give: with their own temperature": [
                _loss(logits, truth, _best_temperature(logits, truth))
            ],
            "this is the accuracy": [right.mean()],
            "a sum over all posts: the mean is asked for": [len(truth) * _loss(logits, truth, found[0])],
        }
        slip = suspect_close(found[1:], slips, 1e-3) or "same logits, same labels, the temperature from validation"
        raise WrongAnswer("the log-loss of the test posts with your temperature", Said(f"{found[1]:.4f}"), slip)
    return "Validation chose the temperature, so the test posts may judge it."


def _posts_and_chances(hidden: bool):
    import numpy as np

    rng = np.random.default_rng(4 if hidden else 3)
    angry = rng.random(200) < (0.3 if hidden else 0.25)
    chance = np.clip(rng.normal(np.where(angry, 0.6, 0.3), 0.2), 0.005, 0.985).round(2)  # some meet a threshold
    return chance, angry


def _costs(chance, angry, thresholds, missed=MISSED, false_alarm=FALSE_ALARM):
    alarms = chance[None, :] >= thresholds[:, None]
    return (missed * (angry & ~alarms) + false_alarm * (alarms & ~angry)).mean(axis=1), alarms


@sheet.exercise(
    section="When should the model raise its hand?",
    hints=[
        "For one threshold: which posts get an alarm, what do they cost, and is it more than the desk can read?",
        "The share of alarms is `(chance >= threshold).mean()`. Compare it with the capacity.",
        "If you throw candidates away first, take the cheapest of those that are left. Their places have changed.",
    ],
)
def affordable(affordable, hidden=False) -> str:
    import numpy as np

    as_function(affordable, "affordable")
    chance, angry = _posts_and_chances(hidden)
    thresholds = np.round(np.linspace(0.05, 0.99, 48), 2)
    for capacity, candidates in ((1.0, thresholds), (0.4, thresholds), (0.25, thresholds[::-1]), (0.1, thresholds)):
        made = call(affordable, chance.copy(), angry.copy(), candidates.copy(), capacity)
        _judge_threshold(as_number(made, "affordable(...)"), chance, angry, candidates, capacity)
    return "The costs ask for a low threshold, and the desk's capacity says how low it may be."


def _judge_threshold(found: float, chance, angry, thresholds, capacity: float) -> None:
    import numpy as np

    costs, alarms = _costs(chance, angry, thresholds)
    shares = alarms.mean(axis=1)
    allowed = shares <= capacity + 1e-9
    best = costs[allowed].min()
    place = np.flatnonzero(np.isclose(thresholds, found))
    if len(place) and allowed[place[0]] and close(costs[place[0]], best, 1e-9):
        return
    swapped = _costs(chance, angry, thresholds, missed=FALSE_ALARM, false_alarm=MISSED)[0]
    equal = _costs(chance, angry, thresholds, 1, 1)[0]
    among_angry = alarms[:, angry].mean(axis=1) <= capacity
    strict = _costs(chance, angry, thresholds + 1e-6)[0]

    def cheapest(costs, where):
        return float(thresholds[where][costs[where].argmin()]) if where.any() else -1.0

    slips = {
        "the capacity is not used: the desk cannot read so many": cheapest(costs, shares <= 1),
        "a place in a shorter list: the list of what is left has other places than the whole one": float(
            thresholds[costs[allowed].argmin()]
        ),
        "the place of the threshold; the threshold itself is asked for": float(np.where(allowed, costs, 99).argmin()),
        "a place in the list of what is left; the threshold itself is asked for": float(costs[allowed].argmin()),
        "the cost itself; the threshold that causes it is asked for": float(best),
        "are the costs exchanged, or is only one kind of mistake counted? A missed one costs more": cheapest(
            swapped, allowed
        ),
        "both mistakes cost the same here": cheapest(equal, allowed),
        "capacity is a share of all posts, not of the angry ones": cheapest(costs, among_angry),
        "a post exactly at the threshold gets an alarm: >= and not >": cheapest(strict, allowed),
        "the lowest that the desk can afford. Do the false alarms count, too?": float(thresholds[allowed].min()),
        "the highest cost, not the lowest": cheapest(-costs, allowed),
        "from the costs alone, without the data and the candidates": FALSE_ALARM / (MISSED + FALSE_ALARM),
    }
    slip = next((words for words, value in slips.items() if close(found, value, 1e-6)), "")
    if len(place) and not allowed[place[0]]:
        slip = slip or "with this threshold there are more alarms than the desk can read"
    elif not len(place):
        slip = slip or "return one of the candidates, as it is"
    else:
        slip = slip or "add up both kinds of mistakes for each candidate: 5 for a missed one, 1 for a false alarm"
    raise WrongAnswer(f"the cheapest affordable candidate for 200 posts, with a capacity of {capacity:g}", found, slip)


def _two_models(hidden: bool):
    """Return what two models got right on the same posts, and the drawn test sets. Mostly they agree."""
    import numpy as np

    rng = np.random.default_rng(6 if hidden else 5)
    rows = 160 if hidden else 240
    second = rng.random(rows) < 0.7
    change = rng.random(rows)
    first = np.where(change < 0.10, True, np.where(change < 0.14, False, second))
    return first, second, rng.integers(rows, size=(800, rows))


@sheet.exercise(
    section="Which of the two candidates is better?",
    hints=[
        "For one post, the difference is 1, 0 or -1. NumPy does not subtract True and False: make numbers of them.",
        "`gain[draws]` has the shape of `draws`. Take the mean of each drawn test set. Which axis is that?",
        "For 95%, leave 2.5% out on each side. `np.percentile` counts to 100, `np.quantile` counts to 1.",
    ],
)
def paired_ends(paired_ends, hidden=False) -> str:
    import numpy as np

    as_function(paired_ends, "paired_ends")
    first, second, draws = _two_models(hidden)
    made = call(paired_ends, first.copy(), second.copy(), draws.copy())
    found = two_numbers(made, "paired_ends", "the low and the high end", -math.inf, math.inf)
    gain = first.astype(int) - second.astype(int)
    means = gain[draws].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    if close(found[0], low, 1.01 / len(first)) and close(found[1], high, 1.01 / len(first)):
        return "Drawn together, the posts that are hard for both models fall out, and the interval becomes narrow."
    one, other = (np.percentile(right[draws].mean(axis=1), [2.5, 97.5]) for right in (first, second))
    apart = first[draws].mean(axis=1) - second[draws[::-1]].mean(axis=1)
    slips = {
        "percentages? Shares are asked for, 0.01 for one percent": (100 * low, 100 * high),
        "second minus first: the other way round": tuple(np.percentile(-means, [2.5, 97.5])),
        "the high end comes first: low, then high": (high, low),
        "that is the interval of the first model alone": tuple(one),
        "two intervals, and their ends subtracted: subtract post by post, before you draw": (*(one - other),),
        "two intervals, and their far ends subtracted: subtract post by post, before you draw": (
            one[0] - other[1],
            one[1] - other[0],
        ),
        "5% are left out on each side, so this is a 90% interval": tuple(np.percentile(means, [5, 95])),
        "0.025 in `np.percentile` is a fortieth of one percent: it counts to 100": tuple(
            np.percentile(means, [0.025, 0.975])
        ),
        "the mean was taken over the draws: take it over the posts of each draw": tuple(
            np.percentile(gain[draws].mean(axis=0), [2.5, 97.5])
        ),
        "the smallest and the largest draw: leave 2.5% out on each side": (means.min(), means.max()),
        "two and a half is cut off below, and nothing above?": (low, means.max()),
    }
    slip = suspect_close(found, slips, 1e-6)
    width = tuple(np.percentile(apart, [2.5, 97.5]))
    if not slip and found[1] - found[0] > 0.8 * (width[1] - width[0]):
        slip = "too wide: are both models asked about the same drawn posts?"
    if not slip and found[0] == found[1]:
        slip = "both ends are equal: are the draws used?"
    slip = slip or "the 2.5th and the 97.5th percentile of the mean gain of each draw"
    raise WrongAnswer("both ends of the paired 95% interval, first minus second", _pair(found, 4), slip)
