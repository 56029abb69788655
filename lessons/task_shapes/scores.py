"""An interval around any score of rows, and the table of the verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from course_utils.session import SEED

SHAPES = {  # numbers out, loss, labels, score
    "several labels": ("K", "BCE", "decimals", "macro-F1"),
    "a pair": ("2 or 3", "cross-entropy", "whole", "accuracy"),
    "a number": ("1", "MSE", "decimals", "MAE"),
    "each word": ("K", "cross-entropy", "whole, -100", "F1"),
}


def interval_of(score: Callable[..., np.ndarray], *tables: np.ndarray) -> tuple[float, float, float]:
    """Return the score of tables with the same rows, and the low and the high end of its 95% interval.

    1,000 times, as many rows are drawn with replacement, the same ones from each table. `score` takes the tables; rows
    are the axis before the last one.
    """
    rows = len(tables[0])
    draws = np.random.default_rng(SEED).integers(rows, size=(1000, rows))
    low, high = np.percentile(score(*(table[draws] for table in tables)), [2.5, 97.5])
    return score(*tables), low, high


def table_of_shapes(won: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    """Return a line for each shape: what it needs, the score of its baseline, and ours."""
    columns = ["shape", "numbers out", "loss", "labels", "score", "baseline", "ours"]
    return pd.DataFrame([(name, *SHAPES[name], *scores) for name, scores in won.items()], columns=columns).round(2)
