"""Figures about many trainings: loss against loss, one score under several seeds, scores along the number of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib import rc_context
from matplotlib.figure import Figure

from course_utils.plots.charts import LINE_STYLES, PERCENT
from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture, canvas

COLUMNS = 3
LINE_COLOURS = (COLOURS[0], COLOURS[4], COLOURS[2], GREY)  # yellow and orange are too pale for a thin line
MARKERS = ("o", "s", "D", "^")


@rc_context(STYLE)
def loss_panels(panels: Mapping[str, tuple[Sequence[float], Sequence[float]]], title: str) -> Picture:
    """Draw training against validation loss by epoch, one small panel for each training, all on the same axes.

    `panels`: name -> (training losses, validation losses), one of each for every epoch.
    """
    rows = -(-len(panels) // COLUMNS)
    figure = Figure(figsize=(7.2, 2.3 * rows + 0.9), layout="constrained")
    grid = figure.subplots(rows, COLUMNS, sharex=True, sharey=True, squeeze=False).flatten()
    longest = max(len(training) for training, _ in panels.values())
    words = []
    for axes, (name, curves) in zip(grid, panels.items(), strict=False):
        epochs = range(1, len(curves[0]) + 1)
        for number, (kind, losses) in enumerate(zip(("training", "validation"), curves, strict=True)):
            style = {"linestyle": LINE_STYLES[number], "marker": MARKERS[number], "color": LINE_COLOURS[number]}
            axes.plot(epochs, losses, linewidth=2, label=kind if axes is grid[0] else None, **style)
        axes.set_title(name, fontsize=10)
        axes.set_xticks(range(1, longest + 1))
        axes.set_xlim(0.8, longest + 0.2)
        axes.grid(color=GREY, alpha=0.25)
        axes.tick_params(labelbottom=True)
        words.append(f"{name}, training {_list(curves[0])}, validation {_list(curves[1])}")
    for axes in grid[len(panels) :]:
        axes.set_visible(False)
    figure.supxlabel("epoch", fontsize=11)
    figure.supylabel("loss", fontsize=11)
    figure.legend(loc="outside upper right", ncols=2, frameon=False)
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=12, color=INK)
    return Picture(figure, f"Small panels, loss by epoch. {title}: {'; '.join(words)}.")


@rc_context(STYLE)
def seed_dots(scores: Mapping[str, Sequence[float]], title: str, score: str = "accuracy") -> Picture:
    """Draw one dot for each seed, one row for each recipe, and an upright mark at the mean of the row."""
    figure, axes = canvas(height=0.6 * len(scores) + 1.1)
    words = []
    for row, (name, values) in enumerate(scores.items()):
        mean = sum(values) / len(values)
        axes.plot([mean, mean], [row - 0.28, row + 0.28], color=INK, linewidth=2)
        axes.plot(values, [row] * len(values), MARKERS[row % 4], color=LINE_COLOURS[row % 4], markersize=9, alpha=0.75)
        words.append(f"{name} {', '.join(f'{value:.1%}' for value in values)}, mean {mean:.1%}")
    axes.set_yticks(range(len(scores)), list(scores))
    axes.set_ylim(len(scores) - 0.5, -0.5)
    axes.xaxis.set_major_formatter("{x:.1%}")
    axes.grid(axis="x", color=GREY, alpha=0.25)
    axes.set_title(title)
    axes.set_xlabel(f"{score}: one dot for each seed, a line at the mean")
    return Picture(figure, f"Dots in rows. {title}, {score}: {'; '.join(words)}.")


@rc_context(STYLE)
def learning_curve(
    series: Mapping[str, Mapping[int, tuple[float, float, float]]], title: str, score: str = "accuracy"
) -> Picture:
    """Draw each method's score along the number of training rows (a doubling scale), with upright 95% intervals.

    `series`: name -> rows -> (score, low, high), scores from 0 to 1.
    """
    figure, axes = canvas(height=3.8)
    words = []
    for number, (name, points) in enumerate(series.items()):
        sizes = [size * 1.03 ** (number - 1) for size in points]  # side by side: intervals do not hide each other
        values, lows, highs = zip(*points.values(), strict=True)
        colour = LINE_COLOURS[number % len(LINE_COLOURS)]
        style = {"color": colour, "linestyle": LINE_STYLES[number % 4], "marker": MARKERS[number % 4]}
        axes.plot(sizes, values, linewidth=2.2, markersize=7, label=name, **style)
        axes.vlines(sizes, lows, highs, color=colour, linewidth=1.5, alpha=0.7)
        each = ", ".join(f"{size:,}: {v:.1%} ({low:.1%} to {high:.1%})" for size, (v, low, high) in points.items())
        words.append(f"{name} {each}")
    ticks = sorted({size for points in series.values() for size in points})
    axes.set_xscale("log")
    axes.set_xticks(ticks, [f"{size:,}" for size in ticks])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(PERCENT)
    axes.grid(color=GREY, alpha=0.25)
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    axes.set_title(title)
    axes.set_xlabel("training rows")
    axes.set_ylabel(f"{score}, with 95% intervals")
    return Picture(figure, f"Lines with intervals. {title} {score} along training rows: {'; '.join(words)}.")


def _list(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.2f}" for value in values)
