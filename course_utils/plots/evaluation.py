"""Figures about the errors of a classifier: which, where, how often, and whether the model knew."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib import rc_context
from matplotlib.patches import Rectangle

from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture, canvas

SERIES_COLOURS = (COLOURS[0], COLOURS[4], COLOURS[2], GREY)  # yellow and orange are too pale for a thin line
MARKERS = ("o", "s", "D", "^")


@rc_context(STYLE)
def confusion(counts: Sequence[Sequence[int]], labels: Sequence[str], title: str, ordered: bool = False) -> Picture:
    """Draw a table of counts: a row for each true label, a column for each answer, shaded by the share of the row.

    `ordered`: the labels lie on a scale. Then a solid frame holds each right answer, a dashed one each neighbour.
    """
    size = len(labels)
    figure, axes = canvas(height=0.6 * size + 1.5, width=0.9 * size + 3.4)
    shares = [[count / max(1, sum(row)) for count in row] for row in counts]
    axes.imshow(shares, cmap="cividis", vmin=0, vmax=1, aspect="auto")
    axes.set_xticks(range(size), labels)
    axes.set_yticks(range(size), labels)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for row in range(size):
        for column in range(size):
            share = shares[row][column]
            words = f"{counts[row][column]:,}\n({share:.0%})"
            ink = "white" if share < 0.5 else INK
            axes.text(column, row, words, ha="center", va="center", color=ink)
            if ordered and abs(row - column) < 2:
                line = {"edgecolor": ink, "linewidth": 1.5, "linestyle": "solid" if row == column else "dashed"}
                axes.add_patch(Rectangle((column - 0.45, row - 0.44), 0.9, 0.88, fill=False, **line))
    axes.set_title(title, pad=12)
    axes.set_xlabel("the model says (shares of each row)")
    axes.set_ylabel("the label is")
    told = "; ".join(
        f"label {labels[row]}: "
        + ", ".join(f"{labels[column]} {counts[row][column]:,} ({shares[row][column]:.0%})" for column in range(size))
        for row in range(size)
    )
    return Picture(figure, f"Table of shades. {title} Answers of the model, {told}.")
