"""The figures of this lesson: points with intervals, how confidence meets accuracy, lines with a marked place."""


from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib import rc_context
from matplotlib.figure import Figure

from course_utils.plots.charts import LINE_STYLES
from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture, canvas

SERIES_COLOURS = (COLOURS[0], COLOURS[4], COLOURS[2], GREY)  # yellow and orange are too pale for a thin line
MARKERS = ("o", "s", "D", "^")


@rc_context(STYLE)
def intervals(
    rows: Mapping[str, Mapping[str, tuple[float, float, float]]],
    title: str,
    x: str,
    line: tuple[str, float] | None = None,
    form: str = "{:.0%}",
) -> Picture:
    """Draw points with intervals, some in each row. `rows`: row -> series -> (value, low, high).

    `line`: the name and the place of an upright line to compare with.
    """
    names = list(dict.fromkeys(name for series in rows.values() for name in series))
    figure, axes = canvas(height=(0.3 + 0.17 * len(names)) * len(rows) + 1.3)
    for place, series in enumerate(rows.values()):
        for number, name in enumerate(names):
            if name not in series:
                continue
            value, low, high = series[name]
            height = place + 0.26 * (number - (len(names) - 1) / 2)
            colour = SERIES_COLOURS[number % len(SERIES_COLOURS)]
            axes.plot([low, high], [height, height], color=colour, linewidth=2.4, solid_capstyle="butt")
            label = name if name not in axes.get_legend_handles_labels()[1] else None
            axes.plot(value, height, MARKERS[number % 4], color=colour, markersize=7, linestyle="none", label=label)
    if line:
        axes.axvline(line[1], color=INK, linestyle="dashed", linewidth=1.2, label=f"{line[0]}: {form.format(line[1])}")
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.xaxis.set_major_formatter(lambda value, _: form.format(value))
    axes.grid(axis="x", color=GREY, alpha=0.25)
    axes.set_axisbelow(True)
    axes.set_title(title)
    axes.set_xlabel(f"{x}, with 95% intervals")
    if len(names) > 1 or line:
        figure.legend(loc="outside lower center", ncols=3, frameon=False)
    told = "; ".join(
        f"{row}: "
        + ", ".join(
            f"{name} {form.format(value)} ({form.format(low)} to {form.format(high)})"
            for name, (value, low, high) in series.items()
        )
        for row, series in rows.items()
    )
    compared = f"; {line[0]} {form.format(line[1])}" if line else ""
    return Picture(figure, f"Points with intervals. {title} {x}: {told}{compared}.")


@rc_context(STYLE)
def reliability(bins: Mapping[str, Sequence[tuple[float, float, float, float, int]]], title: str) -> Picture:
    """Draw the share of right answers along the confidence, one panel for each model, and below it the row counts.

    `bins`: name -> bins, each (mean confidence, share right, low, high, rows). On the diagonal, both are equal.
    """
    figure = Figure(figsize=(3.7 * len(bins), 4.2), layout="constrained")
    grid = figure.subplots(2, len(bins), sharex=True, sharey="row", squeeze=False, height_ratios=(3, 1))
    told = []
    for number, (name, points) in enumerate(bins.items()):
        top, below = grid[0][number], grid[1][number]
        colour = SERIES_COLOURS[number % len(SERIES_COLOURS)]
        top.plot([0, 1], [0, 1], color=INK, linestyle="dashed", linewidth=1.2)
        sure, right, low, high, rows = zip(*points, strict=True)
        top.vlines(sure, low, high, color=colour, linewidth=1.6, alpha=0.8)
        top.plot(sure, right, color=colour, marker=MARKERS[number % 4], markersize=6, linewidth=1.6)
        top.set_title(name)
        below.bar(sure, rows, width=0.06, color=colour)
        for axes in (top, below):
            axes.set_xlim(0.25, 1.02)
            axes.grid(color=GREY, alpha=0.25)
            axes.set_axisbelow(True)
            axes.xaxis.set_major_formatter("{x:.0%}")
        top.set_ylim(0, 1.02)
        top.yaxis.set_major_formatter("{x:.0%}")
        below.set_xlabel("the model's confidence")
        each = ", ".join(f"{s:.0%} sure {r:.0%} right ({n} rows)" for s, r, _, _, n in points)
        told.append(f"{name}: {each}")
    grid[0][0].set_ylabel("right answers")
    grid[1][0].set_ylabel("rows")
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=12, color=INK)
    return Picture(figure, f"Reliability diagram. {title} {'; '.join(told)}.")


@rc_context(STYLE)
def marked_lines(
    series: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    title: str,
    x: str,
    y: str,
    marks: Mapping[str, tuple[float, float]],
    forms: tuple[str, str] = ("{:.2f}", "{:.2f}"),
) -> Picture:
    """Draw lines, and a diamond with a few words at the places that matter.

    `series`: name -> (values along x, values along y); `marks`: words -> (x, y); `forms` write x and y.
    """
    figure, axes = canvas(height=4)
    told = []
    for number, (name, (across, up)) in enumerate(series.items()):
        colour, style = SERIES_COLOURS[number % 4], LINE_STYLES[number % 4]
        axes.plot(across, up, color=colour, linestyle=style, linewidth=2.2, label=name)
        lowest = min(range(len(up)), key=lambda place: up[place])
        low, at = forms[1].format(up[lowest]), forms[0].format(across[lowest])
        first, last = forms[1].format(up[0]), forms[1].format(up[-1])
        told.append(f"{name} from {first} to {last}, lowest {low} at {at}")
    for words, (across, up) in marks.items():
        axes.plot(across, up, "D", color=INK, markersize=7, zorder=3)
        axes.annotate(
            words, (across, up), xytext=(0, 40), textcoords="offset points", fontsize=10, ha="center", zorder=4,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1},
            arrowprops={"arrowstyle": "-", "color": INK, "linewidth": 1},
        )  # fmt: skip
        told.append(f"{words}: {forms[1].format(up)} at {forms[0].format(across)}")
    axes.grid(color=GREY, alpha=0.25)
    axes.xaxis.set_major_formatter(lambda value, _: forms[0].format(value))
    axes.yaxis.set_major_formatter(lambda value, _: forms[1].format(value))
    axes.set_title(title)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.legend(frameon=False, loc="best")
    return Picture(figure, f"Lines. {title} {y} along {x}: {'; '.join(told)}.")
