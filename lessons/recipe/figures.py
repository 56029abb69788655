"""The figure of this lesson: differences to a base recipe, one row for each changed setting."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib import rc_context

from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture, canvas


@rc_context(STYLE)
def forest(differences: Mapping[str, tuple[float, float, float]], title: str, score: str = "accuracy") -> Picture:
    """Draw each difference as a point on its interval, beside an upright line at zero.

    `differences`: name -> (difference, low, high), 0.01 is one point. An interval that holds zero is grey and hollow.
    """
    figure, axes = canvas(height=0.42 * len(differences) + 1.3)
    axes.axvline(0, color=INK, linewidth=1.2)
    words = []
    for row, (name, (value, low, high)) in enumerate(differences.items()):
        clear = low > 0 or high < 0
        colour = COLOURS[4] if clear else GREY
        axes.plot([low, high], [row, row], color=colour, linewidth=3, solid_capstyle="butt")
        axes.plot(value, row, "o", color=colour, markerfacecolor=colour if clear else "white", markersize=8)
        told = "clear of zero" if clear else "holds zero"
        words.append(f"{name} {100 * value:+.1f} points, from {100 * low:+.1f} to {100 * high:+.1f}, {told}")
    axes.set_yticks(range(len(differences)), list(differences))
    axes.set_ylim(len(differences) - 0.5, -0.6)
    axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:+.3g}" if abs(share) > 1e-9 else "0")
    axes.grid(axis="x", color=GREY, alpha=0.25)
    axes.set_title(title)
    axes.set_xlabel(f"difference in {score}, in points, with its 95% interval (filled: clear of zero)")
    return Picture(figure, f"Forest plot. {title}, {score}: {'; '.join(words)}.")
