"""Macro-F1 and its difference between two methods, with an interval that draws whole talks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

LABELS = 5
DRAWS = 2000


def tables(truth: Sequence[int], said: Sequence[int], group: Sequence[int]) -> np.ndarray:
    """Return a confusion matrix for each group: groups x true labels x said labels."""
    found = np.zeros((max(group) + 1, LABELS, LABELS))
    np.add.at(found, (np.asarray(group), np.asarray(truth), np.asarray(said)), 1)
    return found


def macro_f1(counts: np.ndarray) -> np.ndarray:
    """Return the mean over the labels of F1, of confusion matrices in the last two axes.

    Of a label: 2 x right / (times it is true + times it is said).
    """
    right = np.diagonal(counts, axis1=-2, axis2=-1)
    ever = counts.sum(-1) + counts.sum(-2)
    return (2 * right / np.maximum(ever, 1)).mean(-1)


def drawn(tables: np.ndarray, seed: int, draws: int = DRAWS) -> np.ndarray:
    """Return the summed tables of as many groups drawn with replacement, `draws` times."""
    size = len(tables)
    times = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), size=draws)
    return np.tensordot(times, tables, 1)


def f1_gain(
    truth: Sequence[int], said: Sequence[int], other: Sequence[int], group: Sequence[int], seed: int
) -> tuple[float, float, float]:
    """Return by how much the macro-F1 of `said` is above that of `other`, and the ends of its 95% interval.

    Both answer the same turns, so both get the same draws of groups (of talks, say): the interval is paired.
    """
    first, second = (tables(truth, each, group) for each in (said, other))
    many = macro_f1(drawn(first, seed)) - macro_f1(drawn(second, seed))
    low, high = np.percentile(many, [2.5, 97.5])
    return float(macro_f1(first.sum(0)) - macro_f1(second.sum(0))), float(low), float(high)


def mean_gain(values: Sequence[float], group: Sequence[int], seed: int) -> tuple[float, float, float]:
    """Return the mean of some values, one a turn, and the ends of its 95% interval; whole groups are drawn."""
    sums = np.stack([np.bincount(group, values), np.bincount(group)], 1)
    many = drawn(sums, seed)
    low, high = np.percentile(many[:, 0] / many[:, 1].clip(1), [2.5, 97.5])
    return float(np.mean(values)), float(low), float(high)
