"""How sure a number is: the interval that the first lesson builds step by step, as one call, and one over seeds too."""

from __future__ import annotations

from collections.abc import Sequence

from course_utils.session import SEED


def interval(values: Sequence[float], seed: int = SEED) -> tuple[float, float, float]:
    """Return the mean of some values, and the low and the high end of its 95% interval.

    SciPy's percentile bootstrap: 9,999 times as many values are drawn from these, with replacement, and their mean is
    taken. For right and wrong answers (1 and 0) the mean is the accuracy.
    """
    import numpy as np
    from scipy.stats import bootstrap

    drawn = bootstrap((values,), np.mean, method="percentile", rng=seed)
    low, high = drawn.confidence_interval
    return np.mean(values), low, high


def interval_over_seeds(values: Sequence[Sequence[float]], seed: int = SEED) -> tuple[float, float, float]:
    """Return the mean of a table, seeds x rows, and the low and the high end of its 95% interval.

    Both are drawn anew, with replacement, 2,000 times: whole seeds (lines of the table) and rows (its columns). So the
    interval counts the luck of a training, and the luck of the test rows. With fewer than five seeds it is too narrow.
    For the difference of two methods, give the difference of their tables. Raises ValueError for another shape.
    """
    import numpy as np

    table = np.asarray(values, float)
    if table.ndim != 2:
        raise ValueError(f"The table must have two axes, seeds x rows. Its shape is {table.shape}.")
    rng = np.random.default_rng(seed)
    seeds, rows = table.shape
    draws = [table[rng.integers(seeds, size=seeds)].mean(0)[rng.integers(rows, size=rows)].mean() for _ in range(2000)]
    low, high = np.percentile(draws, [2.5, 97.5])
    return table.mean(), low, high
