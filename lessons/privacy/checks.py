"""The checks of `privacy`'s sheet."""

import math
from collections.abc import Callable, Mapping
from functools import partial

from course_utils.checks.cases import judge
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_list, as_number, as_tensor, predict
from course_utils.checks.wrong import WrongForm

sheet = Sheet("privacy")


@sheet.exercise(
    section="Was this message in the training rows?",
    hints=[
        "For `a`, how many candidates have a lower loss, or the same? The rank is one more. How many rows in all?",
        "For `b`, which ranks of 32 give 3 bits or more? By luck each rank is equally likely.",
        "For `c`, write all pairs of one row inside and one row outside. In how many is the row inside lower?",
        "For `d`, compute the line first. Which share of each group is below it? `e` is a difference of shares, too.",
        "For `f`, odds of 2 to 1 are two chances of three. For `g`, clip the three lengths one by one, then add.",
    ],
)
def leak_numbers(leak_numbers) -> str:
    share = partial(as_number, low=-1, high=1)
    one_group = "that is the share of one group: subtract the share of the other"
    turned = "turned round: the row inside is the one with the lower loss"
    parts = {
        "a": (
            as_number,
            1,
            {
                "that is the rank; the exposure is a difference of two logarithms": 4,
                "that is log2 of the rank: subtract it from log2 of the number of rows": 2,
                "that is the most that eight rows allow: rank 1": 3,
                "one candidate has the same loss: it stands before the row": math.log2(8 / 3),
                "the planted row is one of the rows compared: with it they are eight": math.log2(7 / 4),
            },
        ),
        "b": (
            partial(as_number, low=0),
            40,
            {
                "those have all 5 bits: only rank 1": 10,
                "that is the chance of one row: of 320 rows, how many?": 1 / 8,
                "3 bits are not the first three ranks: which rank has exactly 3 bits?": 30,
                "that is the highest rank with 3 bits; how many of the rows have it or a better one?": 4,
                "those are the rows that have less": 280,
                "luck puts some rows in front, too: each rank is equally likely": 0,
                "ranks below that with 3 bits, or with it, too? Three bits *or more*": 80,
            },
        ),
        "c": (
            share,
            12 / 16,
            {
                turned: 4 / 16,
                "that is a coin: count the pairs": 8 / 16,
                "one row inside has the highest loss of all: its pairs are in the wrong order": 1,
            },
        ),
        "d": (
            share,
            2 / 4,
            {
                one_group: 3 / 4,
                f"{one_group}. And begin with the rows inside": 1 / 4,
                "turned round: rows inside minus rows outside": -2 / 4,
                "the line does not lie above all losses: compute the mean again": 0,
            },
        ),
        "e": (
            share,
            7 / 20,
            {
                one_group: 19 / 20,
                f"{one_group}, and begin with the rows inside": 12 / 20,
                "that is the share of right guesses: the advantage is a difference": 27 / 40,
                "that is the mean of the two shares: subtract": 31 / 40,
                "turned round: inside minus outside": -7 / 20,
            },
        ),
        "f": (
            partial(as_number, low=0),
            4 / 5,
            {
                "odds of 4 to 1 are how many chances of how many in all?": 3 / 4,
                "those are the odds: how many chances of how many in all?": 4,
                "a count or a percentage? A share between 0 and 1 is asked for": 80,
                "that is how sure one can be that the row was *not* inside": 1 / 5,
                "one over e^epsilon? Begin with the odds": 1 / 4,
                "a promise allows no certainty": 1,
                "that is what the attacker knew before": 1 / 2,
            },
        ),
        "g": (
            partial(as_number, low=0),
            4.5,
            {
                "that is the sum without a clip": 10.5,
                "each row is clipped, not the sum": 2,
                "a clip makes nothing longer": 6,
                "that is the mean: the sum is asked for": 1.5,
                "a row that is too long is made shorter, not left out": 2.5,
            },
        ),
    }
    made = {key: Part(right, slips, read, 0.006) for key, (read, right, slips) in parts.items()}
    predict(leak_numbers, "leak_numbers", made)
    return "Ranks, pairs, shares and odds: the whole attack is counting."


def _tables(hidden: bool) -> list[tuple]:
    """Return losses of planted rows, and for each a list of candidates: few and many, equal ones, none at all."""
    import numpy as np

    random = np.random.default_rng(12 if hidden else 11)
    small = [
        ([0.5], [[0.1, 0.7, 0.9]]),
        ([0.5, 0.25], [[0.5, 0.5, 0.7], [0.25, 0.1, 0.4, 0.3, 0.25, 2.0, 3.0]]),
        ([], []),
        ([3.0, 0.0, 0.0], [[1.0, 2.0], [0.0], [0.5, 0.75, 0.25, 1.0]]),
    ]
    drawn = []
    for rows, most in ((4, 9), (6, 140)):
        sizes = random.integers(1, most, rows)
        table = [(random.integers(0, 40, size) / 8).tolist() for size in sizes]
        drawn.append(((random.integers(0, 24, rows) / 8).tolist(), table))
    return [*small, *drawn]


def _each(score: Callable) -> Callable:
    """Return what computes one number of a loss and its candidates, for each planted row."""
    return lambda own, table: [score(loss, others) for loss, others in zip(own, table, strict=True)]


def _before(loss: float, others: list) -> int:
    return sum(other <= loss for other in others)


def _bits(loss: float, others: list) -> float:
    return math.log2(len(others) + 1) - math.log2(1 + _before(loss, others))


def _below(loss: float, others: list) -> int:
    return sum(other < loss for other in others)


def _log2(number: float) -> float:
    return math.log2(number) if number else -math.inf


EXPOSURE_SLIPS = {
    "a candidate with the same loss stands before the planted row": _each(
        lambda loss, others: math.log2(len(others) + 1) - math.log2(1 + _below(loss, others))
    ),
    "the planted row is one of the rows compared: one more than candidates": _each(
        lambda loss, others: math.log2(len(others)) - math.log2(1 + _before(loss, others))
    ),
    "ranks are counted from 1: the row that leads has rank 1": _each(
        lambda loss, others: _log2(len(others) + 1) - _log2(_before(loss, others) or 1)
    ),
    "is rank 1 the highest loss? A row that was learned has a low one": _each(
        lambda loss, others: math.log2(len(others) + 1) - math.log2(1 + sum(other >= loss for other in others))
    ),
    "the natural logarithm? Bits need log2": _each(lambda loss, others: _bits(loss, others) * math.log(2)),
    "the logarithm to base 10? Bits need log2": _each(lambda loss, others: _bits(loss, others) * math.log10(2)),
    "that is log2 of the rank: subtract it from log2 of the number of rows": _each(
        lambda loss, others: math.log2(1 + _before(loss, others))
    ),
    "that is the rank; the exposure is a difference of two logarithms": _each(
        lambda loss, others: 1 + _before(loss, others)
    ),
    "the sign is turned round": _each(lambda loss, others: -_bits(loss, others)),
    "rounded? Give the numbers as they come": _each(lambda loss, others: round(_bits(loss, others), 1)),
    "rounded? Give the numbers as they come, all digits": _each(lambda loss, others: round(_bits(loss, others), 2)),
    "one share? Take the logarithm of it": _each(lambda loss, others: (1 + _before(loss, others)) / (len(others) + 1)),
    "in the order of `own`, not sorted": lambda own, table: sorted(_each(_bits)(own, table), reverse=True),
    "each row has candidates of its own: its own list in `table`": lambda own, table: [
        _bits(loss, table[0]) for loss in own
    ],
    "the candidates of all rows together? Each row has its own list": lambda own, table: [
        _bits(loss, [each for row in table for each in row]) for loss in own
    ],
}


def _numbers(made: object) -> list[float]:
    if not hasattr(made, "__iter__"):
        raise WrongForm("a list with one number for each planted row", made)
    return [as_number(each, "the list") for each in as_list(made, "the list")]


@sheet.exercise(
    section="How would one see that a row was learned?",
    hints=[
        "Do it for one row first. How many of its candidates have a loss that is lower, or the same?",
        "The rank is one more than that number. How many rows are compared, the planted one included?",
        "The exposure is log2 of the number of rows, minus log2 of the rank. `zip(own, table)` gives the pairs.",
    ],
)
def exposures(exposures, hidden=False) -> str:
    right = _each(_bits)
    judge(exposures, "exposures", _tables(hidden), right, slips=EXPOSURE_SLIPS, read=_numbers, tolerance=1e-5)
    return "A rank among many needs no training, and no knowledge of the model: only its losses."


def _steps(hidden: bool) -> list[tuple]:
    """Return gradients, clip, noise and draw: short and long rows, zeros, one row, one column, no rows."""
    import numpy as np

    random = np.random.default_rng(22 if hidden else 21)
    fixed = [
        ([[3.0, 4.0]], 1.0, 0.0, [0.0, 0.0]),
        ([[0.5, 0.0], [0.0, -8.0], [0.25, 0.25]], 2.0, 0.5, [1.0, -2.0]),
        ([[3.0, 4.0], [0.0, 0.0], [-6.0, 8.0]], 5.0, 1.0, [0.5, 0.25]),
        ([[4.0], [-1.0], [0.5], [4.0]], 1.5, 2.0, [-1.0]),
    ]
    cases = [(np.array(rows), clip, noise, np.array(draw)) for rows, clip, noise, draw in fixed]
    cases.append((np.zeros((0, 3)), 0.5, 1.5, np.array([1.0, 2.0, -0.5])))
    for rows, columns in ((7, 3), (25, 6)):
        scale = random.exponential(1, (rows, 1))
        clip, noise = random.uniform(0.4, 2.5), random.uniform(0.2, 2.0)
        gradients = random.normal(0.2, 1, (rows, columns)) * scale
        cases.append((gradients, float(clip), float(noise), random.normal(size=columns)))
    return cases


def _lengths(rows):
    import numpy as np

    return np.maximum(np.sqrt((rows**2).sum(-1, keepdims=True)), 1e-12)


def _short(rows, clip: float):
    """Clip each row to a length."""
    import numpy as np

    return rows * np.minimum(1, clip / _lengths(rows))


def _private(gradients, clip: float, noise: float, draw):
    return _short(gradients, clip).sum(0) + noise * clip * draw


def _clipped_by(measure: Callable) -> Callable:
    """Return the step with another measure of how long a row is."""
    import numpy as np

    def step(gradients, clip, noise, draw):
        return (gradients * np.minimum(1, clip / np.maximum(measure(gradients), 1e-12))).sum(0) + noise * clip * draw

    return step


def _step_slips() -> Mapping[str, Callable]:
    import numpy as np

    return {
        "it is still the mean that is clipped: one long row moves it": lambda g, c, n, d: (
            len(g) * (_short(g.mean(0), c) if len(g) else g.sum(0)) + n * c * d
        ),
        "it is still the mean that is clipped. And are there always rows?": lambda g, c, n, d: (
            (len(g) * _short(g.mean(0), c) if len(g) else np.nan) + n * c * d
        ),
        "clipped is the sum: each row must be clipped before": lambda g, c, n, d: _short(g.sum(0), c) + n * c * d,
        "nothing is clipped": lambda g, c, n, d: g.sum(0) + n * c * d,
        "each number is clipped by itself: the length belongs to the whole row": lambda g, c, n, d: (
            np.clip(g, -c, c).sum(0) + n * c * d
        ),
        "short rows are made longer: a clip only makes shorter": lambda g, c, n, d: (
            (g / _lengths(g) * c).sum(0) + n * c * d
        ),
        "rows that are too long are left out: make them shorter": lambda g, c, n, d: (
            (g * (_lengths(g) <= c)).sum(0) + n * c * d
        ),
        "the mean is returned; the sum is asked for": lambda g, c, n, d: (
            (_short(g, c).mean(0) if len(g) else g.sum(0)) + n * c * d
        ),
        "the mean is returned; the sum is asked for. And are there always rows?": lambda g, c, n, d: (
            (_short(g, c).mean(0) if len(g) else np.nan) + n * c * d
        ),
        "sum and noise are divided by the rows; the sum is asked for": lambda g, c, n, d: (
            _private(g, c, n, d) / max(len(g), 1)
        ),
        "the noise is missing": lambda g, c, n, d: _short(g, c).sum(0),
        "the noise is `noise` times `clip` times `draw`: where is `clip`?": lambda g, c, n, d: (
            _short(g, c).sum(0) + n * d
        ),
        "the noise is `noise` times `clip` times `draw`: where is `noise`?": lambda g, c, n, d: (
            _short(g, c).sum(0) + c * d
        ),
        "the same noise in each row adds up: add it once, to the sum": lambda g, c, n, d: (
            _short(g, c) + n * c * d
        ).sum(0),
        "the noise is clipped, too: clip first, then add noise": lambda g, c, n, d: _short(g + n * c * d, c).sum(0),
        "the noise is subtracted": lambda g, c, n, d: _short(g, c).sum(0) - n * c * d,
        "a row of zeros has the length 0: what is `clip / 0`?": lambda g, c, n, d: (
            _private(g, c, n, d) + (np.nan if (g == 0).all(1).any() else 0)
        ),
        "the length is the root of the sum of squares: is the root missing?": _clipped_by(
            lambda rows: (rows**2).sum(1, keepdims=True)
        ),
        "the length is the root of the sum of squares, not the sum of sizes": _clipped_by(
            lambda rows: abs(rows).sum(1, keepdims=True)
        ),
        "the length is the root of the sum of squares, not the largest number": _clipped_by(
            lambda rows: abs(rows).max(1, keepdims=True)
        ),
        "the length of each column? Each row has a length (`axis=1`)": lambda g, c, n, d: (
            _short(g.T, c).T.sum(0) + n * c * d
        ),
        "one length for all rows together? Each row has its own": lambda g, c, n, d: (
            g.sum(0) * min(1, c / max(np.linalg.norm(g), 1e-12)) + n * c * d
        ),
    }


@sheet.exercise(
    section="Can we promise it by arithmetic?",
    hints=[
        "How far may one row move the sum? And what does the function clip: a row, or something made of all rows?",
        "Each row needs a length of its own: `np.linalg.norm(gradients, axis=1)`. What is `clip / length` for zeros?",
        "A factor for each row: 1 where it is short enough, else `clip / length`. `[:, None]` puts it beside the row.",
        "Clip, then `.sum(0)`, then add `noise * clip * draw` once.",
    ],
    form_point=False,
)
def private_sum(private_sum, hidden=False) -> str:
    read = partial(as_tensor, name="private_sum(...)", shape=(None,))
    judge(private_sum, "private_sum", _steps(hidden), _private, slips=_step_slips(), read=read, tolerance=1e-4)
    return "No row moves the sum by more than the clip, so the noise can hide each of them."


def _groups(hidden: bool) -> list[tuple]:
    """Return losses of rows inside and outside: few and many, other lengths, equal ones, no leak, the reverse."""
    import numpy as np

    random = np.random.default_rng(32 if hidden else 31)
    fixed = [
        ([0.5], [1.0]),
        ([0.25, 0.75, 0.5], [0.5, 1.0]),
        ([3.0, 2.5], [1.0, 2.0, 2.25, 4.0]),
        ([2.0, 2.0], [2.0]),
        ([3.0, 4.0], [0.0, 1.0, 2.0]),
        ([0.0, 0.125, 0.25, 9.625], [0.25, 0.5, 3.0, 3.0, 12.0]),
    ]
    cases = [tuple(np.array(each) for each in pair) for pair in fixed]
    for inside, outside, leak in ((8, 5, 1.5), (60, 90, 2.0), (40, 40, 0.5)):
        cases.append((random.exponential(1 / leak, inside).round(2), random.exponential(1.0, outside).round(2)))
    return cases


def _auc(seen, unseen, equal: float = 0.5) -> float:
    return float((seen[:, None] < unseen).mean() + equal * (seen[:, None] == unseen).mean())


def _advantage(seen, unseen, line: float) -> float:
    return float((seen <= line).mean() - (unseen <= line).mean())


def _best(seen, unseen, lines) -> float:
    return max(_advantage(seen, unseen, line) for line in lines)


def _scores(seen, unseen, **other: Callable) -> dict[str, float]:
    """Return the three scores; `other` computes some of them in another way."""
    right = {"auc": _auc(seen, unseen), "advantage": _advantage(seen, unseen, seen.mean())}
    right["best"] = _best(seen, unseen, seen)
    return right | {name: compute(seen, unseen) for name, compute in other.items()}


def _attack(seen, unseen) -> dict[str, float]:
    return _scores(seen, unseen)


def _attack_slips() -> Mapping[str, Callable]:
    import numpy as np

    def with_line(line: Callable) -> Callable:
        return partial(_scores, advantage=lambda s, u: _advantage(s, u, line(s, u)))

    return {
        "`auc` is turned round: a row inside should have the lower loss": partial(
            _scores, auc=lambda s, u: 1 - _auc(s, u)
        ),
        "in `auc`, a pair with equal losses counts one half: it counts nothing": partial(
            _scores, auc=lambda s, u: _auc(s, u, 0)
        ),
        "in `auc`, a pair with equal losses counts one half: it counts as one": partial(
            _scores, auc=lambda s, u: _auc(s, u, 1)
        ),
        "`auc` is a number of pairs: divide by all pairs": partial(
            _scores, auc=lambda s, u: _auc(s, u) * s.size * u.size
        ),
        "the line of `advantage` is the mean of the rows inside, not of those outside": with_line(
            lambda s, u: u.mean()
        ),
        "the line of `advantage` is the mean of the rows inside, not of all": with_line(
            lambda s, u: np.concatenate([s, u]).mean()
        ),
        "the line of `advantage` is the mean, not the median": with_line(lambda s, u: np.median(s)),
        "in `advantage`, a loss at the line counts, too": partial(
            _scores, advantage=lambda s, u: (s < s.mean()).mean() - (u < s.mean()).mean()
        ),
        "`advantage` is only the share of rows inside: subtract that of rows outside": partial(
            _scores, advantage=lambda s, u: (s <= s.mean()).mean()
        ),
        "`advantage` is turned round: inside minus outside": partial(
            _scores, advantage=lambda s, u: -_advantage(s, u, s.mean())
        ),
        "`advantage` may be negative: then the attack is worse than a coin": partial(
            _scores, advantage=lambda s, u: abs(_advantage(s, u, s.mean()))
        ),
        "`advantage` counts rows: divide by the rows of each group": partial(
            _scores, advantage=lambda s, u: (s <= s.mean()).sum() - (u <= s.mean()).sum()
        ),
        "`best` is the advantage at the mean: try other lines, too": partial(
            _scores, best=lambda s, u: _advantage(s, u, s.mean())
        ),
        "`best` tries lines at rows outside only: a line at a row inside can be better": partial(
            _scores, best=lambda s, u: _best(s, u, u)
        ),
        "`best` is the lowest: the highest is asked for": partial(
            _scores, best=lambda s, u: min(_advantage(s, u, line) for line in s)
        ),
        "in `best`, the size of a negative difference counts: the highest one is asked for": partial(
            _scores, best=lambda s, u: max(abs(_advantage(s, u, line)) for line in np.concatenate([s, u]))
        ),
        "`best` is a line: which advantage does it give?": partial(
            _scores, best=lambda s, u: max(s, key=lambda line: _advantage(s, u, line))
        ),
        "rounded? Give the numbers as they come": lambda s, u: {
            name: round(each, 2) for name, each in _scores(s, u).items()
        },
        "rounded? Give the numbers as they come, all digits": lambda s, u: {
            name: np.round(each, 2) for name, each in _scores(s, u).items()
        },
        "percentages? Give shares": lambda s, u: {name: 100 * each for name, each in _scores(s, u).items()},
    }


def _three(made: object) -> dict[str, float]:
    if not isinstance(made, Mapping) or set(made) != {"auc", "advantage", "best"}:
        raise WrongForm('a dictionary with the keys "auc", "advantage" and "best", and no others', made)
    return {name: as_number(made[name], name) for name in ("auc", "advantage", "best")}


@sheet.exercise(
    section="Was this message in the training rows?",
    hints=[
        "What is a pair? `seen[:, None] < unseen` is a table: a line for each row inside, a column for each outside.",
        "The mean of such a table of True and False is a share. What must be added for the pairs that are equal?",
        "Write a small function `advantage(line)`: two shares, and their difference. `seen.mean()` is one such line.",
        "The advantage changes only where the line passes a loss. So try each loss as a line, and take `max`.",
    ],
)
def attack_scores(attack_scores, hidden=False) -> str:
    judge(attack_scores, "attack_scores", _groups(hidden), _attack, slips=_attack_slips(), read=_three)
    return "Three numbers from losses alone: nobody had to look into the model."
