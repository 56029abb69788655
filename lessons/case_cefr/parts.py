"""The texts of this lesson: labels, three parts, long ones. Only `full` needs most of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from datasets import ClassLabel, Dataset, DatasetDict, concatenate_datasets

LEVELS = ["A1", "A2", "B1", "B2", "C1", "C2"]
FEWEST = 5  # rows of a level that can be shared out among parts


def with_labels(texts: DatasetDict) -> DatasetDict:
    """Return the texts with a column `label` of numbers. The public file names its levels in `cefr_level`."""
    if "cefr_level" not in texts["train"].column_names:
        return texts
    texts = texts.map(lambda row: {"label": LEVELS.index(row["cefr_level"])})
    return texts.cast_column("label", ClassLabel(names=LEVELS))


def three_parts(texts: DatasetDict, sizes: Mapping[str, int | None], seed: int) -> DatasetDict:
    """Return train, validation and test, of these sizes (None: all there is): each cut is stratified by level.

    The public file has one part: a fifth becomes the test part, 15% of the rest validation. Rows of a level that has
    fewer than five stay in `train`.
    """
    if "test" not in texts:
        rest, test = cut(texts["train"], 0.2, seed)
        rest, validation = cut(rest, 0.15, seed)
        texts = DatasetDict(train=rest, validation=validation, test=test)
    return DatasetDict({part: cut(rows, sizes[part], seed)[1] if sizes[part] else rows for part, rows in texts.items()})


def cut(rows: Dataset, size: int | float, seed: int) -> tuple[Dataset, Dataset]:
    """Split off `size` rows, or a share, stratified. Levels with fewer than five rows stay in the first part."""
    counts = Counter(rows["label"])
    few = rows.filter(lambda row: counts[row["label"]] < FEWEST)
    many = rows.filter(lambda row: counts[row["label"]] >= FEWEST)
    parts = many.train_test_split(test_size=size, stratify_by_column="label", seed=seed)
    return concatenate_datasets([parts["train"], few]), parts["test"]


def long_ones(texts: Sequence[str], labels: np.ndarray, lengths: np.ndarray, limit: int) -> tuple[list, np.ndarray]:
    """Return the texts above `limit` tokens, and their labels. Fewer than ten: eight of one level glued together."""
    rows = np.flatnonzero(lengths > limit)
    if len(rows) >= 10:
        return [texts[row] for row in rows], labels[rows]
    levels = np.unique(labels)
    return [" ".join(texts[row] for row in np.flatnonzero(labels == level)[:8]) for level in levels], levels
