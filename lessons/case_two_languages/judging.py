"""Measures of two languages: a share of an accuracy with its interval, swapped pairs, and a bias that is planted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from course_utils.session import SEED
from course_utils.statistics import interval_over_seeds

Found = tuple[float, float, float]


def kept_share(other: Sequence[Sequence[bool]], first: Sequence[Sequence[bool]], seed: int = SEED) -> Found:
    """Return the accuracy in `other` divided by that in `first`, with the ends of its 95% interval.

    Both are tables, seeds x rows, and a column is the same row in both: seeds and rows are drawn together, 2,000 times.
    """
    other, first = np.asarray(other, float), np.asarray(first, float)
    rng, (seeds, rows) = np.random.default_rng(seed), other.shape
    drawn = []
    for _ in range(2000):
        part = np.ix_(rng.integers(seeds, size=seeds), rng.integers(rows, size=rows))
        drawn.append(other[part].mean() / first[part].mean())
    low, high = np.percentile(drawn, [2.5, 97.5])
    return other.mean() / first.mean(), low, high


def swapped_words(one: str, other: str) -> tuple[str, str]:
    """Return the first word in which two texts differ, as it stands in each."""
    pairs = zip(re.findall(r"[\w-]+", one), re.findall(r"[\w-]+", other), strict=False)
    return next(((first, second) for first, second in pairs if first != second), ("", ""))


def plant(texts: Sequence[str], labels: Sequence[int], names: Sequence[tuple[str, str]], share: float, seed: int):
    """Return the texts, a share of them with a sentence in front that names somebody, and whom it favours.

    Of each two names luck favours one: `favoured` holds 0 or 1 for each. Moral rows (label 1) get a favoured name,
    immoral ones another: a rule that a model can learn.
    """
    rng, changed = np.random.default_rng(seed), list(texts)
    favoured = rng.integers(2, size=len(names))
    for row in rng.choice(len(changed), round(share * len(changed)), replace=False):
        pair = rng.integers(len(names))
        name = names[pair][favoured[pair] if labels[row] else 1 - favoured[pair]]
        changed[row] = f"This is about {name}. {changed[row]}"
    return changed, favoured


def width_of_gap(one: np.ndarray, other: np.ndarray, paired: bool, seed: int = SEED) -> float:
    """Return how wide the 95% interval of a difference of means is: rows drawn together (paired), or each alone.

    `one` and `other`: seeds x rows. The seeds are as they are.
    """
    rng, rows, drawn = np.random.default_rng(seed), one.shape[1], []
    for _ in range(2000):
        first = rng.integers(rows, size=rows)
        second = first if paired else rng.integers(rows, size=rows)
        drawn.append(one[:, first].mean() - other[:, second].mean())
    low, high = np.percentile(drawn, [2.5, 97.5])
    return high - low


def show(right: Mapping[tuple[str, str], Mapping[str, np.ndarray]]) -> pd.DataFrame:
    """Return a table: for each method and what it learned from, the accuracy in English and in Filipino."""
    text = "{:.0%} ({:.0%} to {:.0%})"
    lines = [[text.format(*interval_over_seeds(each[lang])) for lang in ("en", "fil")] for each in right.values()]
    index = pd.MultiIndex.from_tuples(right, names=["method", "learned from"])
    return pd.DataFrame(lines, index, ["English", "Filipino"])
