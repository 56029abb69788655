"""How sure a number is: the interval that the first lesson builds step by step, as one call."""

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
