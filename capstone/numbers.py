"""The numbers of a project's card: each score with its 95% interval, and the gain, row by row.

The notebook of the template, the samples and `course capstone` all call `measure`, so they speak of the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from course_utils.session import SEED
from course_utils.statistics import interval

if TYPE_CHECKING:
    import numpy as np

METHODS = {"lazy": "the lazy baseline", "counting": "counting words", "model": "the model"}
GAIN = "gain of the model over counting words"
DRAWS = 2000
Number = tuple[float, float, float]  # value, low end, high end


def measure(truth: Sequence[str], answers: Mapping[str, Sequence[str]]) -> dict[str, Number]:
    """Return accuracy and macro-F1 of each method and the gain, by the names that they have in the card.

    `answers` has the answers of `lazy`, `counting` and `model`, one for each row. Each number comes with the two ends
    of its 95% interval.
    """
    right = {name: [a == b for a, b in zip(truth, answers[name], strict=True)] for name in METHODS}
    gain = [int(model) - int(counted) for model, counted in zip(right["model"], right["counting"], strict=True)]
    return {
        **{f"accuracy of {words}": _accuracy(right[name]) for name, words in METHODS.items()},
        **{f"macro-F1 of {words}": macro_f1(truth, answers[name]) for name, words in METHODS.items()},
        GAIN: _accuracy(gain),
    }


def table(numbers: Mapping[str, Number]) -> str:
    """Return the numbers as the table of the card, in Markdown."""
    rows = [f"| {name} | {_shown(number, signed=name == GAIN)} |" for name, number in numbers.items()]
    return "\n".join(["| on test.csv | value (95% interval) |", "|---|---|", *rows])


def macro_f1(truth: Sequence[str], answers: Sequence[str]) -> Number:
    """Return the macro-F1 and its 95% interval: rows are drawn anew, with replacement, 2,000 times (bootstrap)."""
    import numpy as np
    from scipy.stats import bootstrap

    labels = {label: number for number, label in enumerate(sorted({*truth, *answers}))}
    pair = tuple(np.array([labels[label] for label in row]) for row in (truth, answers))

    def score(truth, answers, axis=-1):
        return _macro_f1(truth, answers, len(labels), axis)

    drawn = bootstrap(pair, score, paired=True, n_resamples=DRAWS, batch=250, method="percentile", rng=SEED)
    return float(score(*pair)), float(drawn.confidence_interval.low), float(drawn.confidence_interval.high)


def _macro_f1(truth: np.ndarray, answers: np.ndarray, labels: int, axis: int) -> np.ndarray:
    """Return the mean F1 of the labels that occur, as scikit-learn does, for many draws at once."""
    import numpy as np

    scores, occurs = [], []
    for label in range(labels):
        is_so, is_said = truth == label, answers == label
        found, all_of_it = (is_so & is_said).sum(axis), is_so.sum(axis) + is_said.sum(axis)
        scores.append(2 * found / np.maximum(all_of_it, 1))
        occurs.append(all_of_it > 0)
    return np.sum(scores, 0) / np.sum(occurs, 0)


def _accuracy(values: Sequence[float]) -> Number:
    if len(set(values)) == 1:  # no draw differs, and SciPy warns of it
        return (float(values[0]),) * 3
    value, low, high = interval(values)
    return float(value), float(low), float(high)


def _shown(number: Number, signed: bool) -> str:
    value, low, high = (f"{each:+.2f}" if signed else f"{each:.2f}" for each in number)
    return f"{value} ({low} to {high})"
