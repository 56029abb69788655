"""The figures of this lesson: who sees which part, points with intervals, confidence and accuracy, marked lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from scipy.stats import binomtest

from course_utils.plots.charts import LINE_STYLES
from course_utils.plots.drawing import Drawing
from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture, canvas

SERIES_COLOURS = (COLOURS[0], COLOURS[4], COLOURS[2], GREY)  # yellow and orange are too pale for a thin line
MARKERS = ("o", "s", "D", "^")


JOBS = {
    "train": "learning:\nthe weights",
    "validation": "choosing:\na temperature, a threshold",
    "test": "judging:\nevery verdict",
}


def three_parts(**sizes: int) -> Picture:
    """Draw train, validation and test as boxes as long as their numbers of rows, each with an arrow to its one job."""
    drawing = Drawing(width=20, height=2.1 * len(sizes), title="Three parts with three jobs")
    longest = max(sizes.values())
    for place, (name, size) in enumerate(sizes.items()):
        y, length = 2.1 * place + 0.2, max(3.6, 9.5 * size / longest)
        drawing.box(0.1, y, length, 1.5, f"{name}\n{size:,} tweets", colour=place)
        drawing.arrow((length + 0.2, y + 0.75), (11.4, y + 0.75))
        drawing.box(11.5, y, 8.3, 1.5, JOBS[name], colour=place)
    told = "; ".join(f"{name}, {size:,} tweets, for {JOBS[name]}" for name, size in sizes.items())
    return drawing.picture(" ".join(told.split()) + ".")


def from_answers(right: Sequence[bool], score: tuple[float, float, float], gain: float) -> Picture:
    """Draw some right and wrong answers as a row of 1 and 0, the ways to look at them, and what they lead to."""
    ways = {
        "their mean": f"the score: {score[0]:.1%}",
        "drawn anew, many times": f"interval: {score[1]:.1%} to {score[2]:.1%}",
        "group by group": "slices: where is it weak?",
        "beside the other's answers": f"gain: {gain:+.1%}",
    }
    drawing = Drawing(width=20, height=1.7 * len(ways), title="From answers to a decision")
    middle = 0.85 * len(ways)
    drawing.matrix(0.1, middle - 0.4, [[int(each) for each in right]], cell=(0.75, 0.8))
    edge = 0.1 + 0.75 * len(right)
    drawing.text(edge / 2, middle - 0.9, "right: 1, wrong: 0", size=9.5, colour=GREY)
    drawing.text(edge / 2, middle + 0.9, "one for each test tweet", size=9.5, colour=GREY)
    for place, (way, words) in enumerate(ways.items()):
        y = 1.7 * place + 0.85
        drawing.box(8.3, y - 0.7, 6.9, 1.4, f"{way}\n{words}", colour=4)
        drawing.arrow((edge + 0.1, middle), (8.2, y))
        drawing.arrow((15.3, y), (16.6, middle))
    drawing.box(16.7, middle - 0.8, 3.2, 1.6, "decision", colour=2)
    told = "; ".join(f"{way}: {words}" for way, words in ways.items())
    row = " ".join(str(int(each)) for each in right)
    return drawing.picture(f"right and wrong answers {row}, then {told}; all lead to a decision.")


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


def reliability_of(answers: Mapping[str, tuple[np.ndarray, np.ndarray]], title: str, number: int = 10) -> Picture:
    """Draw `reliability` from each model's confidence and right answers, in bins of equal width.

    The lines up and down are Wilson's 95% intervals: they stay between 0 and 1 even for few rows.
    """
    bins = {}
    for name, (confidence, right) in answers.items():
        place = np.minimum((confidence * number).astype(int), number - 1)
        bins[name] = []
        for each in np.unique(place):
            mask = place == each
            hits, size = int(right[mask].sum()), int(mask.sum())
            ends = binomtest(hits, size).proportion_ci(method="wilson")
            bins[name].append((confidence[mask].mean(), hits / size, ends.low, ends.high, size))
    return reliability(bins, title)


def costs_by_threshold(thresholds: np.ndarray, costs: Mapping[str, Sequence[float]], chosen: float) -> Picture:
    """Draw what a row costs on average along the threshold, a line for each part. The first part chose."""
    lowest = min(next(iter(costs.values())))
    curves = {name: (thresholds, each) for name, each in costs.items()}
    marks = {f"chosen: {chosen:.2f}": (chosen, lowest)}
    title = "What a tweet costs, by threshold."
    return marked_lines(curves, title, "threshold for negative", "cost of a tweet", marks)


def risk_by_coverage(answers: Mapping[str, tuple[np.ndarray, np.ndarray]], marks: Mapping) -> Picture:
    """Draw the share of mistakes among the answers that a model is most sure of, from 5% of all rows on."""
    curves = {}
    for name, (confidence, right) in answers.items():
        order = np.argsort(-confidence)
        answered = np.arange(1, len(order) + 1)
        risk, first = np.cumsum(~right[order]) / answered, len(order) // 20
        curves[name] = (answered / len(order))[first:], risk[first:]
    x, y = "coverage: share of tweets answered", "risk: mistakes among them"
    title = "The fewer tweets it answers, the fewer mistakes."
    return marked_lines(curves, title, x, y, marks, forms=("{:.0%}", "{:.0%}"))


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
