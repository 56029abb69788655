"""Figures about leaks: how train and test touch, and what a model says month by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib import rc_context
from matplotlib.patches import FancyArrowPatch, Rectangle

from course_utils.plots.charts import LINE_STYLES
from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture, canvas

LINE_COLOURS = (COLOURS[0], COLOURS[4], COLOURS[2], GREY)  # yellow and orange are too pale for a thin line
MARKERS = ("o", "s", "D", "^")


@rc_context(STYLE)
def touches(shares: Mapping[str, float], title: str) -> Picture:
    """Draw train and test as two boxes, and between them an arrow for each way in which they touch.

    `shares`: the way -> the share of test rows that it touches, from 0 to 1. A thick arrow is a large share.
    """
    figure, axes = canvas(height=0.72 * len(shares) + 0.9)
    size = len(shares)
    for left, name, colour in ((0.0, "train", COLOURS[0]), (8.2, "test", COLOURS[4])):
        axes.add_patch(Rectangle((left, -0.2), 1.8, size + 0.1, color=colour, alpha=0.9, linewidth=0))
        axes.text(left + 0.9, size / 2 - 0.15, name, color="white", ha="center", va="center", fontweight="bold")
    for row, (way, share) in enumerate(shares.items()):
        height = size - row - 0.75
        arrow = {"arrowstyle": "-|>", "mutation_scale": 14, "shrinkA": 0, "shrinkB": 0, "capstyle": "butt"}
        axes.add_patch(FancyArrowPatch((1.85, height), (8.15, height), linewidth=1 + 7 * share, color=GREY, **arrow))
        axes.text(5, height + 0.17, f"{way}: {share:.0%}", ha="center", va="bottom", color=INK)
    axes.plot([0, 10], [size, size], alpha=0)  # the frame of the drawing
    axes.set_xlim(0, 10)
    axes.set_ylim(-0.3, size + 0.25)
    axes.set_axis_off()
    axes.set_title(title)
    words = "; ".join(f"{way}: {share:.0%} of test rows" for way, share in shares.items())
    return Picture(figure, f"Two boxes, train and test, with an arrow for each way to touch. {title}: {words}.")


@rc_context(STYLE)
def months(
    series: Mapping[str, Sequence[float]], names: Sequence[str], title: str, line: tuple[str, float] | None = None
) -> Picture:
    """Draw shares along time, one line for each series. `names`: what each place along time is called.

    `line`: the name and the height of a level line, an alarm, say.
    """
    figure, axes = canvas(height=3.6)
    words = []
    for number, (name, values) in enumerate(series.items()):
        style = {"color": LINE_COLOURS[number % 4], "linestyle": LINE_STYLES[number % 4], "marker": MARKERS[number % 4]}
        axes.plot(range(len(values)), values, linewidth=2, markersize=6, label=name, **style)
        words.append(f"{name} from {values[0]:.0%} to {values[-1]:.0%}")
    if line:
        label = f"{line[0]}: {line[1]:.0%}"
        axes.axhline(line[1], color=INK, linestyle=(0, (1, 1)), linewidth=1.3, label=label)
        words.append(label)
    axes.set_xticks(range(len(names)), names)
    axes.yaxis.set_major_formatter("{x:.0%}")
    axes.set_ylabel("mean of the messages")
    axes.grid(color=GREY, alpha=0.25)
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    axes.set_title(title)
    return Picture(figure, f"Lines along time, {names[0]} to {names[-1]}. {title}: {'; '.join(words)}.")
