"""The luck of a difference in macro-F1: of the training, and of the test rows."""

from __future__ import annotations

import numpy as np


def macro_f1(truth: np.ndarray, said: np.ndarray) -> float:
    """Return the mean of the classes' F1. It is scikit-learn's, quick enough for thousands of drawn test sets."""
    size = int(max(truth.max(), said.max())) + 1
    counts = np.bincount(size * truth + said, minlength=size * size).reshape(size, size)
    return np.mean(2 * np.diag(counts) / np.maximum(1, counts.sum(0) + counts.sum(1)))


def f1_gain_over_seeds(
    truth: np.ndarray, first: np.ndarray, second: np.ndarray, seed: int, draws: int = 1000
) -> tuple[float, float, float]:
    """Return the gain in macro-F1 of the first over the second method, and the ends of its 95% interval.

    `first`, `second`: the labels that each training gave, trainings x rows. Trainings and rows are drawn anew, as in
    `interval_over_seeds`.
    """
    rng = np.random.default_rng(seed)
    trainings, size = first.shape
    gains = []
    for _ in range(draws):
        drawn = rng.integers(size, size=size)
        chosen = rng.integers(trainings, size=trainings)
        gains.append(_gain(truth[drawn], first[chosen][:, drawn], second[chosen][:, drawn]))
    low, high = np.percentile(gains, [2.5, 97.5])
    return _gain(truth, first, second), low, high


def _gain(truth: np.ndarray, first: np.ndarray, second: np.ndarray) -> float:
    pairs = zip(first, second, strict=True)
    return float(np.mean([macro_f1(truth, one) - macro_f1(truth, other) for one, other in pairs]))
