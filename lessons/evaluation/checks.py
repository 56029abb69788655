"""The checks of `evaluation`'s sheet."""

from collections.abc import Callable
from functools import partial

from course_utils.checks.cases import judge, unchanged
from course_utils.checks.same import near
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_choice, as_function, as_list, as_number, call, predict
from course_utils.checks.wrong import Said, WrongAnswer, WrongForm, shown_call

sheet = Sheet("evaluation")

MISSED, FALSE_ALARM = 5, 1


def pair(value: object, name: str, what: str, **limits: float) -> tuple[float, float]:
    """Return both numbers of a pair. `what` says which ones are asked for."""
    expected = f"two numbers from `{name}`: {what}"
    if isinstance(value, dict) or not hasattr(value, "__iter__") or getattr(value, "shape", None) == ():
        alone = hasattr(value, "__float__")
        raise WrongForm(expected, value, "return both, with a comma between them" if alone else "")
    found = as_list(value, name)
    if len(found) != 2:
        raise WrongForm(expected, value)
    return tuple(as_number(each, name, **limits) for each in found)


def rounded(answer: Callable) -> dict[str, Callable]:
    """Return the slips of an answer that rounds both of its numbers."""

    def to(digits: int) -> Callable:
        return lambda *case: tuple(round(number, digits) for number in answer(*case))

    return {f"rounded to {digits} digits? Give the numbers as they come": to(digits) for digits in (2, 3, 4)}


as_share = partial(as_number, low=0, high=1)


def _direction(value: object, name: str) -> str:
    return as_choice(value, name, ["up", "down", "same"])


# The share of each class, and what model A scores for it: it calls everything "bill".
SHARES = (0.6, 0.3, 0.1)
F1, RECALL, PRECISION = (0.75, 0, 0), (1, 0, 0), (0.6, 0, 0)


def _mean(scores: tuple) -> float:
    return sum(scores) / len(scores)


def _weighted(scores: tuple) -> float:
    return sum(share * score for share, score in zip(SHARES, scores, strict=True))


ALONE = "the F1 of one class alone: the two classes that are never found count, too"
MADE_FROM = {"micro": "the accuracy", "macro": "the plain mean of the three F1", "weighted": "the mean by support"}
AVERAGES = {"micro": SHARES[0], "macro": _mean(F1), "weighted": _weighted(F1)}
AVERAGE_SLIPS = {
    "micro": {"the share of wrong answers? A score counts the right ones": 1 - SHARES[0]},
    "macro": {
        "divided by the number of classes that A never found? Divide by all of them": F1[0] / 2,
        "the mean recall? F1 is a mean of recall and precision": _mean(RECALL),
        "the mean precision? F1 is a mean of recall and precision": _mean(PRECISION),
    },
    "weighted": {"the precision, weighted? F1 is a mean of recall and precision": _weighted(PRECISION)},
}


@sheet.exercise(
    section="How good is a model that has learned nothing?",
    hints=[
        "Two of the three classes are never found by A. What is their F1?",
        "micro looks at all rows in one pot. macro gives each class the same weight. weighted uses the number of rows.",
        "For B, count the right answers first: what is gained, what is lost? Then ask: which F1 was 0 and is no more?",
    ],
)
def three_averages(three_averages) -> str:
    parts = {}
    for key, right in AVERAGES.items():
        others = {f"this is {MADE_FROM[each]}, so it is `{each}`": AVERAGES[each] for each in AVERAGES if each != key}
        parts[key] = Part(right, {**others, ALONE: F1[0], **AVERAGE_SLIPS[key]}, as_share, 1e-3)
    gains = {
        "only the new right answers counted? Some that were right are lost": "up",
        "is what is gained as much as what is lost? Count both": "same",
    }
    parts["accuracy_moves"] = Part("down", gains, _direction)
    of_macro = {
        "does it follow the accuracy? In macro, the smallest class counts as much as the largest": "down",
        "is what one F1 gains as much as what another one loses? Compute both": "same",
    }
    parts["macro_moves"] = Part("up", of_macro, _direction)
    predict(three_averages, "three_averages", parts)
    return "The same answers make three averages, and one change can move two of them in opposite directions."


def _labelled(hidden: bool) -> list[tuple]:
    """Return true labels, answers and one label: it was never answered, other labels are nowhere, few posts, many."""
    import numpy as np

    small = [([0, 1], [0, 0], 0), ([3, 2], [3, 3], 2), ([1, 2, 2], [1, 1, 2], 2), ([3, 0, 0], [3, 3, 0], 3)]
    small += [([1, 1, 2], [0, 0, 0], 1), ([0, 0, 1], [3, 0, 0], 0)]
    cases = [(np.array(truth), np.array(said), label) for truth, said, label in small]
    random = np.random.default_rng(8 if hidden else 7)
    for posts, label in ((23, 1), (200, 0), (200, 2), (311, 3)):
        truth = random.choice(4, size=posts, p=[0.4, 0.3, 0.2, 0.1])
        other = random.choice(4, size=posts, p=[0.1, 0.2, 0.3, 0.4])
        cases.append((truth, np.where(random.random(posts) < 0.6, truth, other), label))
    return cases


def _both(truth, said, label) -> tuple[float, float]:
    hits = ((truth == label) & (said == label)).sum()
    return float(hits / max(1, (truth == label).sum())), float(hits / max(1, (said == label).sum()))


def _twice(score):
    return lambda truth, said, label: (float(score(truth, said, label)),) * 2


def _f1(truth, said, label) -> float:
    return 2 * ((truth == label) & (said == label)).sum() / max(1, (truth == label).sum() + (said == label).sum())


def _all_labels(truth, said, label) -> tuple[float, float]:
    scores = [_both(truth, said, each) for each in range(4)]
    return _mean([recall for recall, _ in scores]), _mean([precision for _, precision in scores])


def _one_for_nothing(truth, said, label) -> tuple[float, float]:
    recall, precision = _both(truth, said, label)
    return recall, precision if (said == label).any() else 1.0


RECALL_SLIPS = {
    "recall and precision are exchanged. (Two exchanges in the code undo each other.)": lambda t, s, label: _both(
        t, s, label
    )[::-1],
    "twice the recall: a column, not a row, holds all posts that were *called* so": _twice(
        lambda *case: _both(*case)[0]
    ),
    "twice the precision: a row of the truth holds all posts that *are* so": _twice(lambda *case: _both(*case)[1]),
    "divided by all posts: divide by those that are so, and by those that were called so": _twice(
        lambda t, s, label: ((t == label) & (s == label)).mean()
    ),
    "twice F1: the two numbers behind it are asked for": _twice(_f1),
    "the share of right answers of all labels: look at one label only": _twice(lambda t, s, label: (t == s).mean()),
    "the share of posts where yes or no to this label is right? Posts without the label do not count": _twice(
        lambda t, s, label: ((t == label) == (s == label)).mean()
    ),
    "the mean over all four labels: look at one label only": _all_labels,
    "these are the numbers of label 0: use `label`": lambda t, s, label: _both(t, s, 0),
    **rounded(_both),
    "1 for a label that was never answered? The card says what to return": _one_for_nothing,
}


@sheet.exercise(
    section="Which mistakes are these?",
    hints=[
        "Print `counts` for the model that calls every post anger. Is a row filled, or a column?",
        "A row must hold all posts to which people gave one label. Look at the order of the arguments.",
        "scikit-learn wants the truth first, then the answers. One exchange is enough: not the sums as well.",
    ],
    form_point=False,
)
def recall_and_precision(recall_and_precision, hidden=False) -> str:
    read = partial(pair, name="recall_and_precision", what="recall, then precision", low=0, high=1)
    judge(recall_and_precision, "recall_and_precision", _labelled(hidden), _both, slips=RECALL_SLIPS, read=read)
    return "Rows are what people said: a row gives recall, a column gives precision."


FINE_ENOUGH = 0.06  # a search in steps of 0.1 is at most 0.05 off


def _drawn_logits(random, rows: int, scale: float, labels: int = 4) -> tuple:
    """Return logits and true labels for which a temperature of about `scale` is right."""
    import numpy as np

    true_logits = random.normal(0, 1.5, size=(rows, 4))
    chances = np.exp(true_logits[:, :labels]) / np.exp(true_logits[:, :labels]).sum(axis=1, keepdims=True)
    truth = (random.random(rows)[:, None] > chances.cumsum(axis=1)).sum(axis=1).clip(0, labels - 1)
    return true_logits * scale, truth


def _two_parts(hidden: bool) -> list[tuple]:
    """Return logits and labels of validation and test: few posts and many, a part without one label."""
    import numpy as np

    random = np.random.default_rng(12 if hidden else 11)
    low, high = (0.65, 3.1) if hidden else (0.8, 2.6)
    alike, others = np.array([[3.0, 0, 0, 0]] * 4), np.array([[2.0, 0, 0, 0]] * 3)
    return [
        (alike, np.array([0, 0, 0, 2]), others, np.array([0, 0, 1])),
        (*_drawn_logits(random, 90, low), *_drawn_logits(random, 60, 1.3, labels=3)),
        (*_drawn_logits(random, 300, high), *_drawn_logits(random, 400, 1.5)),
    ]


def _log_loss(logits, truth, temperature: float) -> float:
    import numpy as np
    from scipy.special import log_softmax

    return float(-log_softmax(logits / temperature, axis=1)[np.arange(len(truth)), truth].mean())


def _best(logits, truth) -> float:
    from scipy.optimize import minimize_scalar

    return float(minimize_scalar(lambda t: _log_loss(logits, truth, t), bounds=(0.2, 10), method="bounded").x)


def _of_both(val_logits, val_truth, logits, truth) -> tuple[float, float]:
    import numpy as np

    best = _best(np.concatenate([val_logits, logits]), np.concatenate([val_truth, truth]))
    return best, _log_loss(logits, truth, best)


def _chosen(loss):
    """Return what an answer gives that chooses well, and then returns `loss` of the test part and the temperature."""

    def slip(val_logits, val_truth, logits, truth):
        best = _best(val_logits, val_truth)
        return best, float(loss(logits, truth, best))

    return slip


def _cooled(val_logits, val_truth, logits, truth) -> tuple[float, float]:
    return _chosen(_log_loss)(val_logits, val_truth, logits, truth)


def _searched(low: float, high: float) -> Callable:
    """Return what an answer gives that tries only temperatures from `low` to `high`."""

    def slip(val_logits, val_truth, logits, truth):
        best = min(max(_best(val_logits, val_truth), low), high)
        return best, _log_loss(logits, truth, best)

    return slip


def _rounded_too_late(*case) -> tuple[float, float]:
    best, loss = _cooled(*case)
    return round(best, 1), loss


def _multiplied(val_logits, val_truth, logits, truth) -> tuple[float, float]:
    best, loss = _cooled(val_logits, val_truth, logits, truth)
    return 1 / best, loss


COOLED_SLIPS = {
    "the very posts that judge it choose it. Which part may choose?": lambda vl, vt, tl, tt: (
        _best(tl, tt),
        _log_loss(tl, tt, _best(tl, tt)),
    ),
    "validation and test exchanged? Then the very posts that judge it choose it": lambda vl, vt, tl, tt: _cooled(
        tl, tt, vl, vt
    ),
    "chosen on both parts together: then the test posts still help to choose": _of_both,
    "this is the log-loss of the validation posts": lambda vl, vt, tl, tt: _cooled(vl, vt, vl, vt),
    "this is the log-loss without a temperature": _chosen(lambda tl, tt, best: _log_loss(tl, tt, 1)),
    "this is the lowest log-loss that the test posts can give: with their own temperature": _chosen(
        lambda tl, tt, best: _log_loss(tl, tt, _best(tl, tt))
    ),
    "the inverse of it: divide the logits by the temperature, do not multiply": _multiplied,
    "for the log-loss, the logits were multiplied by the temperature": _chosen(
        lambda tl, tt, best: _log_loss(tl, tt, 1 / best)
    ),
    "no temperature below 1 was tried: a model may be too careful, too": _searched(1, 10),
    "no temperature above 2 was tried: a model may be surer than that": _searched(0, 2),
    "the temperature was rounded after its log-loss was computed: round it before": _rounded_too_late,
    "the log-loss comes first here: return the temperature first": lambda *case: _cooled(*case)[::-1],
    "the second number is the accuracy": _chosen(lambda tl, tt, best: (tl.argmax(axis=1) == tt).mean()),
    "a sum over all posts: the mean is asked for": _chosen(lambda tl, tt, best: len(tt) * _log_loss(tl, tt, best)),
    "nothing was searched? Look for the temperature with the lowest log-loss": lambda vl, vt, tl, tt: (
        1,
        _log_loss(tl, tt, 1),
    ),
}


@sheet.exercise(
    section="Can it be mended without training?",
    hints=[
        "Which of the four arguments are used at all in the function as it is?",
        "Two jobs, two parts: one chooses the temperature, the other one gives the verdict.",
        "Let `loss` take logits and labels as arguments. Search with the first part. Then call it once more.",
    ],
    form_point=False,
)
def cooled(cooled, hidden=False) -> str:
    as_function(cooled, "cooled")
    cases = _two_parts(hidden)
    found = [_pair_of(cooled, case) for case in cases]
    for case, (temperature, loss) in zip(cases, found, strict=True):
        given, best = shown_call("cooled", case), _best(*case[:2])
        if not near(temperature, best, FINE_ENOUGH):
            expected = f"a temperature of {best:.2f}, at most 0.05 more or less"
            raise WrongAnswer(expected, temperature, _cooled_slip(found, cases), given=given)
        wanted = _log_loss(*case[2:], temperature)
        if not near(loss, wanted, 1e-3):
            expected = f"the log-loss of the test posts with your temperature of {temperature:.2f}: {wanted:.4f}"
            raise WrongAnswer(expected, loss, _cooled_slip(found, cases), given=given)
    return "Validation chose the temperature, so the test posts may judge it."


def _pair_of(cooled, case: tuple) -> tuple[float, float]:
    handed = tuple(part.copy() for part in case)
    made = call(cooled, *handed, name="cooled")
    found = pair(made, "cooled", "the temperature, then the log-loss of the test posts")
    for argument, before, after in zip(("val_logits", "val_truth", "logits", "truth"), case, handed, strict=True):
        unchanged(before, after, "cooled", argument)
    return found


def _cooled_slip(found: list, cases: list) -> str:
    for words, slip in COOLED_SLIPS.items():
        if all(near(made, slip(*case), 0.005) for made, case in zip(found, cases, strict=True)):
            return words
    return ""


def _by_hand() -> list[tuple]:
    """Return few posts: alarms for exactly the capacity, a chance at a candidate, two missed ones against 9 and 11.

    In the last case the cost rises on both sides of the cheapest candidate, and then falls again.
    """
    chance, angry = [0.2, 0.7, 0.8, 0.6, 0.5, 0.3, 0.1, 0.4], [0, 0, 1, 0, 1, 0, 0, 0]
    few = [
        ([0.9, 0.5, 0.45, 0.1], [1, 1, 0, 0], [0.05, 0.4, 0.5, 0.95], 0.75),
        ([0.9, 0.6, 0.4, 0.3], [1, 0, 1, 1], [0.2, 0.35, 0.5, 0.7, 0.95], 0.5),
        (chance, angry, [0.9, 0.15, 0.45, 0.75], 0.125),
        (chance, angry, [0.9, 0.15, 0.05, 0.75, 0.45], 1.0),
        ([0.3] * 2 + [0.4] * 9 + [0.1] * 5, [1] * 2 + [0] * 14, [0.5, 0.25, 0.05], 0.75),
        ([0.3] * 2 + [0.4] * 11 + [0.1] * 3, [1] * 2 + [0] * 14, [0.05, 0.25, 0.5], 1.0),
        ([0.2] + [0.3] * 9 + [0.6] + [0.8] * 3, [1] + [0] * 9 + [1] + [0] * 3, [0.1, 0.25, 0.5, 0.7, 0.9], 1.0),
    ]
    return [_as_arrays(*each) for each in few]


def _as_arrays(chance, angry, thresholds, capacity) -> tuple:
    import numpy as np

    return np.array(chance), np.array(angry, dtype=bool), np.array(thresholds), capacity


def _drawn_posts(hidden: bool) -> list[tuple]:
    """Return drawn posts. A tie between two cheapest candidates is taken out: either would be right."""
    import numpy as np

    random = np.random.default_rng(4 if hidden else 3)
    cases = []
    for posts, share, candidates, capacity in ((64, 0.3, 9, 0.375), (200, 0.25, 48, 0.25), (333, 0.2, 20, 0.15)):
        angry = random.random(posts) < share
        chance = np.clip(random.normal(np.where(angry, 0.6, 0.35), 0.2), 0.005, 0.985).round(2)
        thresholds = random.permutation(np.linspace(0.04, 0.99, 96).round(2))[:candidates]
        thresholds = np.append(thresholds, 0.99)
        costs = _costs(chance, angry, thresholds)[0]
        first_of_each_cost = np.sort(np.unique(costs, return_index=True)[1])
        cases.append((chance, angry, thresholds[first_of_each_cost], capacity))
    return cases


def _costs(chance, angry, thresholds, missed=MISSED, false_alarm=FALSE_ALARM) -> tuple:
    """Return the mean cost of each threshold, and a table of alarms: a row for each threshold."""
    alarms = chance[None, :] >= thresholds[:, None]
    return (missed * (angry & ~alarms) + false_alarm * (alarms & ~angry)).mean(axis=1), alarms


def _priced(missed: float, false_alarm: float):
    """Return what an answer gives for which the two mistakes cost so much."""

    def answer(chance, angry, thresholds, capacity):
        costs, alarms = _costs(chance, angry, thresholds, missed, false_alarm)
        return _cheapest(thresholds, costs, alarms.mean(axis=1) <= capacity)

    return answer


def _cheapest(thresholds, costs, allowed) -> float:
    return float(thresholds[allowed][costs[allowed].argmin()])


_affordable = _priced(MISSED, FALSE_ALARM)


def _other_limit(share):
    """Return what an answer gives that allows the candidates of `share(table of alarms, angry, capacity)`."""

    def slip(chance, angry, thresholds, capacity):
        costs, alarms = _costs(chance, angry, thresholds)
        return _cheapest(thresholds, costs, share(alarms, angry, capacity))

    return slip


def _from_what_is_left(read):
    """Return what an answer gives that throws candidates away first, and then reads a result off what is left."""

    def slip(chance, angry, thresholds, capacity):
        costs, alarms = _costs(chance, angry, thresholds)
        allowed = alarms.mean(axis=1) <= capacity
        return float(read(thresholds, costs, allowed))

    return slip


def _each_alarm_costs(chance, angry, thresholds, capacity) -> float:
    costs, alarms = _costs(chance, angry, thresholds)
    costs = costs + FALSE_ALARM * (alarms & angry).mean(axis=1)
    return _cheapest(thresholds, costs, alarms.mean(axis=1) <= capacity)


def _shares_added(chance, angry, thresholds, capacity) -> float:
    alarms = _costs(chance, angry, thresholds)[1]
    costs = MISSED * (~alarms)[:, angry].mean(axis=1) + FALSE_ALARM * alarms[:, ~angry].mean(axis=1)
    return _cheapest(thresholds, costs, alarms.mean(axis=1) <= capacity)


def _strictly_above(chance, angry, thresholds, capacity) -> float:
    import numpy as np

    costs, alarms = _costs(chance, angry, np.nextafter(thresholds, 2))
    return _cheapest(thresholds, costs, alarms.mean(axis=1) <= capacity)


def _candidates_of_the_sheet(chance, angry, thresholds, capacity) -> float:
    import numpy as np

    return _affordable(chance, angry, np.linspace(0.01, 0.99, 99), capacity)


AFFORDABLE_SLIPS = {
    "the capacity is not used: the desk cannot read so many": _other_limit(
        lambda alarms, angry, k: alarms.mean(1) <= 1
    ),
    "as many alarms as the capacity says are affordable, too: <= and not <": _other_limit(
        lambda alarms, angry, k: alarms.mean(1) < k
    ),
    "a number of alarms compared with the capacity? It is a share": _other_limit(
        lambda alarms, angry, k: alarms.sum(1) <= k
    ),
    "is the capacity always 0.2? Use `capacity`": _other_limit(lambda alarms, angry, k: alarms.mean(1) <= 0.2),
    "the capacity limits the false alarms only? The desk must read all alarms": _other_limit(
        lambda alarms, angry, k: (alarms & ~angry).mean(1) <= k
    ),
    "the share of the angry posts that get an alarm? Capacity is a share of all posts": _other_limit(
        lambda alarms, angry, k: alarms[:, angry].mean(1) <= k
    ),
    "at least so many alarms? The capacity is the largest share": _other_limit(
        lambda alarms, angry, k: alarms.mean(1) >= k
    ),
    "a place in a shorter list: the list of what is left has other places than the whole one": _from_what_is_left(
        lambda t, costs, allowed: t[costs[allowed].argmin()]
    ),
    "the place of the threshold; the threshold itself is asked for": _from_what_is_left(
        lambda t, costs, allowed: (costs + 99 * ~allowed).argmin()
    ),
    "a place in the list of what is left; the threshold itself is asked for": _from_what_is_left(
        lambda t, costs, allowed: costs[allowed].argmin()
    ),
    "the cost itself; the threshold that causes it is asked for": _from_what_is_left(
        lambda t, costs, allowed: costs[allowed].min()
    ),
    "the lowest that the desk can afford. Do the false alarms count, too?": _from_what_is_left(
        lambda t, costs, allowed: t[allowed].min()
    ),
    "the first that the desk can afford. Is there a cheaper one?": _from_what_is_left(
        lambda t, costs, allowed: t[allowed][0]
    ),
    "the first candidate is taken, even if the desk cannot afford it: ask this for each of them": _from_what_is_left(
        lambda t, costs, allowed: _cheapest(t, costs, allowed | (t == t[0]))
    ),
    "the highest cost, not the lowest": _from_what_is_left(lambda t, costs, allowed: _cheapest(t, -costs, allowed)),
    "the costs are exchanged: a missed one costs more": _priced(FALSE_ALARM, MISSED),
    "both mistakes cost the same here": _priced(1, 1),
    "only the false alarms cost something here": _priced(0, FALSE_ALARM),
    "a missed one counts 4 here: does an alarm for an angry post cost 1, too? It costs nothing": _each_alarm_costs,
    "shares of the angry posts and of the others? The cost is a mean over all posts": _shares_added,
    "a post exactly at the threshold gets an alarm: >= and not >": _strictly_above,
    "the candidates of the notebook? Use `thresholds`": _candidates_of_the_sheet,
    "from the costs alone, without the data and the candidates": lambda *case: FALSE_ALARM / (MISSED + FALSE_ALARM),
}


@sheet.exercise(
    section="When should the model raise its hand?",
    hints=[
        "For one threshold: which posts get an alarm, what do they cost, and is it more than the desk can read?",
        "The share of alarms is `(chance >= threshold).mean()`. Compare it with the capacity.",
        "If you throw candidates away first, take the cheapest of those that are left. Their places have changed.",
    ],
)
def affordable(affordable, hidden=False) -> str:
    read = partial(as_number, name="affordable(...)")
    cases = [*_by_hand(), *_drawn_posts(hidden)]
    judge(affordable, "affordable", cases, _affordable, slips=AFFORDABLE_SLIPS, read=read)
    judge(affordable, "affordable", _at_the_ends(), _affordable, read=read)  # no known slip comes so far
    _either_of_two(affordable)
    return "The costs ask for a low threshold, and the desk's capacity says how low it may be."


def _at_the_ends() -> list[tuple]:
    """Return a desk that reads nothing, a single candidate, one that is there twice or is 0, posts of one kind only.

    In the last case, the mean costs differ by 1/300.
    """
    few = [
        ([0.7, 0.2], [1, 0], [0.1, 1.0], 0),
        ([0.7, 0.2], [0, 1], [0.5], 0.5),
        ([0.4, 0.6, 0.3, 0.1], [1, 0, 1, 0], [0.6, 0.3, 0.5, 0.3], 0.75),
        ([0.4, 0.6, 0.3, 0.1], [0, 0, 0, 0], [0.5, 0.2, 0.9], 1),
        ([0.4, 0.6, 0.3, 0.1], [1, 1, 1, 1], [0.5, 0.35, 0.9, 0.2], 0.5),
        ([0.4, 0.6, 0.0], [1, 1, 1], [0.5, 0.0, 0.1], 1),
        ([0.4, 0.6] + [0.1] * 298, [0] * 300, [0.3, 0.5, 0.7], 1),
    ]
    return [_as_arrays(*each) for each in few]


def _either_of_two(affordable) -> None:
    """Two candidates give the same alarms: either is right, and nothing between them."""
    case = _as_arrays([0.8, 0.4, 0.1], [1, 0, 0], [0.2, 0.5, 0.75, 0.9], 0.5)
    made = as_number(call(affordable, *case, name="affordable"), "affordable(...)")
    if not (near(made, 0.5) or near(made, 0.75)):
        given = shown_call("affordable", case)
        raise WrongAnswer("0.5 or 0.75: both are candidates, and give the same alarms", made, given=given)


def _sets_with_clear_ends(hidden: bool) -> list[tuple]:
    """Return what two models got right on the same posts, and test sets with ends that no kind of percentile moves.

    In the first two cases, all test sets have the same gain. In the third one, the only wins come first and the only
    losses late. In the fourth one, the gains are 0, 1/180, ... to 1, each six times: an end lies in the middle of six.
    """
    import numpy as np

    wins = np.random.default_rng(6 if hidden else 5).permutation(np.repeat(np.arange(181), 6))
    evenly = (np.arange(180) >= wins[:, None]).astype(int)  # post 0 is a win, post 1 is a tie
    return [
        _models([1, 0], [0, 0], [[0, 0]] * 40),
        _models([1, 0, 0], [1, 1, 1], [[0, 1, 2], [2, 1, 0]] * 20),
        _models([1, 0, 0], [0, 0, 1], [[0] * 3] * 60 + [[1] * 3] * 1950 + [[2] * 3] * 60 + [[1] * 3] * 60),
        (np.arange(180) == 0, np.zeros(180, dtype=bool), evenly),
    ]


def _drawn_sets(hidden: bool) -> list[tuple]:
    """Return what two models got right on the same posts, and drawn test sets, the last ones from half of the posts."""
    import numpy as np

    random, cases = np.random.default_rng(10 if hidden else 9), []
    for posts, reached in ((180 + 40 * hidden, 1), (240, 2)):
        second, change = random.random(posts) < 0.7, random.random(posts)
        worse = np.linspace(0.02, 0.2, posts)
        first = np.where(change < 0.1, True, np.where(change < 0.1 + worse, False, second))
        cases.append((first, second, random.integers(posts // reached, size=(400, posts))))
    return cases


def _models(first, second, draws) -> tuple:
    import numpy as np

    return np.array(first, dtype=bool), np.array(second, dtype=bool), np.array(draws)


def _means(first, second, draws, axis: int = 1):
    return (first.astype(int) - second.astype(int))[draws].mean(axis=axis)


def _ends(values, low: float = 2.5, high: float = 97.5) -> tuple[float, float]:
    import numpy as np

    return tuple(float(end) for end in np.percentile(values, [low, high]))


def _paired_ends(first, second, draws) -> tuple[float, float]:
    return _ends(_means(first, second, draws))


def _with(change):
    """Return what an answer gives that does `change` to the mean gains before it takes both ends."""
    return lambda first, second, draws: _ends(change(_means(first, second, draws), first))


def _alone(which: int):
    return lambda *case: _ends(case[which][case[2]].mean(axis=1))


ONE_PLACE = 0.006  # among the sorted mean gains: a percentile can be taken in several ways
ENDS_SLIPS = {
    "percentages? Shares are asked for, 0.01 for one percent": _with(lambda means, first: 100 * means),
    "sums? The mean over the posts of each draw is a share": _with(lambda means, first: len(first) * means),
    "second minus first: the other way round": _with(lambda means, first: -means),
    "the high end comes first: low, then high": lambda *case: _paired_ends(*case)[::-1],
    "`^` does not know who is right: make numbers of True and False, then subtract": lambda first, second, draws: _ends(
        (first ^ second)[draws].mean(axis=1)
    ),
    "that is the interval of the first model alone": _alone(0),
    "that is the interval of the second model alone": _alone(1),
    "two intervals, and their ends subtracted: subtract post by post, before you draw": lambda *case: tuple(
        one - other for one, other in zip(_alone(0)(*case), _alone(1)(*case), strict=True)
    ),
    "two intervals, and their far ends subtracted: subtract post by post, before you draw": lambda *case: (
        _alone(0)(*case)[0] - _alone(1)(*case)[1],
        _alone(0)(*case)[1] - _alone(1)(*case)[0],
    ),
    "5% are left out on each side, so this is a 90% interval": lambda *case: _ends(_means(*case), 5, 95),
    "0.025 in `np.percentile` is a fortieth of one percent: it counts to 100": lambda *case: _ends(
        _means(*case), 0.025, 0.975
    ),
    "the mean was taken over the draws: take it over the posts of each draw": lambda *case: _ends(
        _means(*case, axis=0)
    ),
    "the smallest and the largest draw: leave 2.5% out on each side": lambda *case: _ends(_means(*case), 0, 100),
    "2.5% are cut off below, and nothing above": lambda *case: _ends(_means(*case), 2.5, 100),
    "2.5% are cut off above, and nothing below": lambda *case: _ends(_means(*case), 0, 97.5),
    "5% are cut off below, and nothing above": lambda *case: _ends(_means(*case), 5, 100),
    **rounded(_paired_ends),
}


@sheet.exercise(
    section="Which of the two candidates is better?",
    hints=[
        "For one post, the difference is 1, 0 or -1. NumPy does not subtract True and False: make numbers of them.",
        "`gain[draws]` has the shape of `draws`. Take the mean of each drawn test set. Which axis is that?",
        "For 95%, leave 2.5% out on each side. `np.percentile` counts to 100, `np.quantile` counts to 1.",
    ],
)
def paired_ends(paired_ends, hidden=False) -> str:
    as_function(paired_ends, "paired_ends")
    read = partial(pair, name="paired_ends", what="the low and the high end")
    _only_the_draws(paired_ends, read)
    for cases, tolerance in ((_sets_with_clear_ends(hidden), 1e-6), (_drawn_sets(hidden), ONE_PLACE)):
        judge(paired_ends, "paired_ends", cases, _paired_ends, slips=ENDS_SLIPS, read=read, tolerance=tolerance)
    return "Drawn together, the posts that are hard for both models fall out, and the interval becomes narrow."


def _only_the_draws(paired_ends, read) -> None:
    """Hand over 40 test sets with the same posts: an answer with two different ends has looked at something else."""
    import numpy as np

    case = np.array([True, True, False]), np.array([False, True, True]), np.zeros((40, 3), dtype=int)
    low, high = read(call(paired_ends, *case, name="paired_ends"))
    if not near(low, high):
        given = shown_call("paired_ends", case)
        said = "two equal ends: each row of `draws` has the same posts, so each test set has the same gain"
        anew = "is anything drawn anew, or are the draws not used? Both models answer the same drawn posts"
        raise WrongAnswer(said, Said(f"{low:.4f} and {high:.4f}"), anew if low < high else "", given=given)
