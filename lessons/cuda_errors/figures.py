"""A decision table drawn as a tree: from what you see, over what it means, to what you try first."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill

from matplotlib import rc_context
from matplotlib.patches import FancyBboxPatch

from course_utils.plots.picture import COLOURS, GREY, STYLE, Picture, canvas

LEFTS, WIDTHS = (0.0, 4.6, 8.4), (3.9, 3.1, 4.0)  # of the three columns, in units of the axes
CHARACTERS = (30, 22, 30)  # that fit into a line of each column
ROW = 1.25
TRUNK = -0.45


@rc_context(STYLE)
def decision_tree(branches: Mapping[str, tuple[str, str]], heads: tuple[str, str, str], title: str) -> Picture:
    """Draw one row of three boxes for each branch, hanging on one trunk: message -> (cause, first thing to try)."""
    figure, axes = canvas(height=0.78 * len(branches) + 0.9, width=9.6)
    axes.set_xlim(TRUNK - 0.1, LEFTS[2] + WIDTHS[2] + 0.2)
    axes.set_ylim(-ROW * len(branches) + 0.35, 0.95)
    axes.axis("off")
    axes.set_title(title)
    for left, head in zip(LEFTS, heads, strict=True):
        axes.text(left, 0.65, head, weight="bold", color=GREY, va="center")
    axes.plot([TRUNK, TRUNK], [0.85, -ROW * (len(branches) - 1) - 0.15], color=GREY, linewidth=1.5)
    rows = [(message, *rest) for message, rest in branches.items()]
    for row, branch in enumerate(rows):
        middle = -ROW * row - 0.15
        for column, words in enumerate(branch):
            _box(axes, column, middle, words)
    lines = "; ".join(" -> ".join(branch) for branch in rows)
    return Picture(figure, f"Decision tree, {' -> '.join(heads)}. {title}: {lines}.")


def _box(axes, column: int, middle: float, words: str) -> None:
    left, width = LEFTS[column], WIDTHS[column]
    face = {"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": COLOURS[column], "linewidth": 1.8}
    axes.add_patch(FancyBboxPatch((left, middle - 0.4), width, 0.8, **face))
    axes.text(
        left + width / 2,
        middle,
        fill(words, CHARACTERS[column], break_long_words=False),
        ha="center",
        va="center",
        fontsize=10.5,
    )
    start = LEFTS[column - 1] + WIDTHS[column - 1] + 0.12 if column else TRUNK
    arrow = {"arrowstyle": "->", "color": GREY, "linewidth": 1.5}
    axes.annotate("", (left - 0.12, middle), (start, middle), arrowprops=arrow)
