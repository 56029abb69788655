"""Figures about distilled data: the machine, samples that move, and where the learned places look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib import rc_context

from course_utils.plots.drawing import Drawing
from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture, canvas

MARKERS = ("o", "s")


def machine(rows: int, samples: int, numbers: int) -> Picture:
    """Draw the way from all rows to a model: samples are learned here, and one step is done there."""
    drawing = Drawing(18, 5.4, "Many steps here, one step there")
    drawing.text(2, 0.4, "here", bold=True)
    drawing.matrix(0.5, 1, (10, 4), colour=-1, cell=(0.75, 0.36))
    drawing.text(2, 5.1, f"{rows:,} real rows")
    drawing.arrow((3.8, 2.8), (6.0, 2.8), "learn")
    drawing.matrix(6.2, 2.1, (samples, 4), colour=1, cell=(0.75, 0.36))
    drawing.text(7.7, 4.1, f"{samples} learned samples")
    drawing.text(7.7, 4.75, f"of {numbers} numbers each", colour=GREY)
    drawing.axes.plot([10.4, 10.4], [0.2, 5.3], color=GREY, linestyle="dashed", linewidth=1.5)
    drawing.text(14.4, 0.4, "there", bold=True)
    drawing.arrow((9.4, 2.8), (13.2, 2.8), "")
    drawing.text(12.0, 2.3, "1 step", colour=GREY)
    drawing.box(13.4, 2.1, 3.6, 1.4, "trained model", colour=2)
    drawing.text(15.2, 4.1, "from a new head")
    return drawing.picture(
        f"here, {rows:,} real rows are used to learn {samples} learned samples of {numbers} numbers each. Only the "
        "samples pass the border. There, 1 step with them turns a new head into a trained model."
    )


@rc_context(STYLE)
def paths(points: Sequence, labels: Sequence[int], moved: Sequence, title: str) -> Picture:
    """Draw real points in the plane, and the path of two samples (one of each label) from start to end.

    `moved`: moments x 2 samples x 2 numbers.
    """
    figure, axes = canvas(height=3.9, width=6)
    words = []
    for label in (0, 1):
        mine = [point for point, each in zip(points, labels, strict=True) if each == label]
        colour = (COLOURS[0], COLOURS[4])[label]
        axes.scatter(*zip(*mine, strict=True), s=45, marker=MARKERS[label], color=colour, alpha=0.35)
        way = [moment[label] for moment in moved]
        axes.plot(*zip(*way, strict=True), color=colour, linewidth=2)
        axes.scatter(*way[0], s=90, marker=MARKERS[label], facecolor="white", edgecolor=colour, linewidth=2, zorder=3)
        axes.scatter(*way[-1], s=130, marker=MARKERS[label], color=colour, edgecolor=INK, zorder=3)
        ends = [f"({x:.1f}, {y:.1f})" for x, y in (way[0], way[-1])]
        words.append(f"the sample of label {label} goes from {ends[0]} to {ends[1]}")
    axes.set_title(title)
    axes.set_xlabel("pale: real points; hollow: sample at the start; filled: at the end")
    axes.grid(color=GREY, alpha=0.25)
    return Picture(figure, f"Points in the plane. {title}: {'; '.join(words)}.")


@rc_context(STYLE)
def looks(panels: Mapping[str, Sequence[Sequence[float]]], title: str) -> Picture:
    """Draw attention as shades: for each panel, places that look (down) x places looked at (across)."""
    figure, _ = canvas(height=3.4)
    figure.clear()
    grid = figure.subplots(1, len(panels), squeeze=False)[0]
    words = []
    top = max(max(map(max, table)) for table in panels.values())
    for axes, (name, table) in zip(grid, panels.items(), strict=True):
        shown = axes.imshow(table, cmap="cividis", vmin=0, vmax=top)
        axes.set_title(name, fontsize=10.5)
        axes.set_xlabel("place that is looked at")
        axes.set_xticks([0, len(table) - 1], ["1", f"{len(table)}"])
        axes.set_yticks([0, len(table) - 1], ["1", f"{len(table)}"])
        words.append(f"{name}, the most that one place gives another: {max(map(max, table)):.0%}")
    grid[0].set_ylabel("place that looks")
    bar = figure.colorbar(shown, ax=list(grid), shrink=0.8)
    bar.ax.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=12, color=INK)
    return Picture(figure, f"Squares of shades, places 1 to {len(table)}. {title}: {'; '.join(words)}.")
