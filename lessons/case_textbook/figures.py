"""The figure of this lesson, and what it draws: differences around zero, with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import rc_context

from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture, canvas

BEHIND = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}  # a number that stands on the line at zero


@rc_context(STYLE)
def around_zero(results: Mapping[str, tuple[float, float, float]], title: str, unit: str) -> Picture:
    """Draw each value as a point on its interval, and a line at zero. Blue: the interval does not hold zero.

    `results`: name -> (value, low, high). `unit` names the axis.
    """
    figure, axes = canvas(height=0.52 * len(results) + 1.2)
    axes.axvline(0, color=INK, linewidth=1.2)
    for row, (value, low, high) in enumerate(results.values()):
        colour = COLOURS[0] if low > 0 or high < 0 else GREY
        axes.plot([low, high], [row, row], color=colour, linewidth=3, solid_capstyle="butt")
        axes.plot(value, row, "o", color=colour, markersize=9)
        axes.annotate(
            f"{value:+.2f}", (value, row), xytext=(0, 9), textcoords="offset points", ha="center", bbox=BEHIND
        )
    axes.set_yticks(range(len(results)), list(results))
    axes.set_ylim(len(results) - 0.5, -0.7)
    axes.grid(axis="x", color=GREY, alpha=0.25)
    axes.set_title(title)
    axes.set_xlabel(f"{unit} (grey: the interval holds zero)")
    words = "; ".join(f"{name} {v:+.2f}, from {low:+.2f} to {high:+.2f}" for name, (v, low, high) in results.items())
    return Picture(figure, f"Points with intervals around zero. {title}, {unit}: {words}.")


def difference_interval(one: Sequence[float], other: Sequence[float], seed: int = 42) -> tuple[float, float, float]:
    """Return the mean of `one` minus that of `other`, and its 95% interval. Both are drawn anew, 5,000 times.

    The values are of different texts, so they cannot be paired.
    """
    rng = np.random.default_rng(seed)
    means = [rng.choice(values, (5000, len(values))).mean(axis=1) for values in (one, other)]
    low, high = np.quantile(means[0] - means[1], [0.025, 0.975])
    return float(np.mean(one) - np.mean(other)), float(low), float(high)
