"""Several measurements of one thing, as three numbers."""

from collections.abc import Sequence
from statistics import median


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return the median, the lowest and the highest value."""
    return {"median": float(median(values)), "low": float(min(values)), "high": float(max(values))}
