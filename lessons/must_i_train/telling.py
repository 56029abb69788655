"""Lines that tell an accuracy or a difference with its interval, over draws and posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from course_utils.statistics import interval_over_seeds


def tell(name: str, table: Sequence[Sequence[bool]]) -> None:
    """Print the accuracy of a table of right and wrong, draws x posts."""
    value, low, high = interval_over_seeds(table)
    print(f"{name:<28} {value:.0%} ({low:.0%} to {high:.0%})")


def show(right: Mapping[str, Mapping[int, Sequence]], ways: Sequence[str]) -> None:
    """Print a line for each way and number of labels."""
    for way in ways:
        for count, table in right[way].items():
            tell(f"{way}, {count} labels", table)


def tell_gain(name: str, gain: tuple[float, float, float]) -> None:
    """Print a difference and its interval."""
    value, low, high = gain
    print(f"{name:<28} {value:+.0%} ({low:+.0%} to {high:+.0%})")
