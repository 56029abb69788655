"""Charts that many lessons draw: bars, lines, points with intervals, tables of shades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib import rc_context
from matplotlib.ticker import FuncFormatter

from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture, canvas

LINE_STYLES = ("solid", "dashed", "dotted", "dashdot")
PERCENT = FuncFormatter(lambda x, _: f"{100 * x:.4g}%")  # a tick at 62.5% says so, and one at 60% has no decimals
NARROWEST_LABELLED = 0.07  # of the longest bar: a shorter piece has no room for its number


@rc_context(STYLE)
def label_counts(counts: Mapping[str, int], title: str) -> Picture:
    """Draw one bar for each label, as long as its number of rows, with the share beside it."""
    total = sum(counts.values())
    figure, axes = canvas(height=0.5 * len(counts) + 1.1)
    axes.barh(list(counts), list(counts.values()), color=COLOURS[0], height=0.6)
    for row, count in enumerate(counts.values()):
        axes.text(count, row, f" {count:,} ({count / total:.0%})", va="center")
    axes.invert_yaxis()
    axes.set_title(title)
    axes.set_xlabel("rows")
    axes.set_xlim(0, max(counts.values()) * 1.2)
    words = ", ".join(f"{label} {count:,} ({count / total:.0%})" for label, count in counts.items())
    return Picture(figure, f"Bar chart. {title}: {words}.")


@rc_context(STYLE)
def scores(
    results: Mapping[str, tuple[float, float, float]],
    title: str,
    score: str = "accuracy",
    highlight_last: bool = True,
) -> Picture:
    """Draw each score as a point on its interval. `results`: name -> (score, low, high), all from 0 to 1."""
    figure, axes = canvas(height=0.5 * len(results) + 1.1)
    for row, (value, low, high) in enumerate(results.values()):
        colour = COLOURS[0] if highlight_last and row == len(results) - 1 else GREY
        axes.plot([low, high], [row, row], color=colour, linewidth=3, solid_capstyle="butt")
        axes.plot(value, row, "o", color=colour, markersize=9)
        axes.annotate(f"{value:.1%}", (value, row), xytext=(0, 9), textcoords="offset points", ha="center")
    axes.set_yticks(range(len(results)), list(results))
    axes.set_ylim(len(results) - 0.5, -0.6)
    axes.xaxis.set_major_formatter(PERCENT)
    axes.grid(axis="x", color=GREY, alpha=0.25)
    axes.set_title(title)
    axes.set_xlabel(f"{score}, with its 95% interval")
    words = "; ".join(f"{name} {v:.1%}, from {low:.1%} to {high:.1%}" for name, (v, low, high) in results.items())
    return Picture(figure, f"Points with intervals. {title}, {score}: {words}.")


@rc_context(STYLE)
def heatmap(values: Sequence[Sequence[float]], labels: Sequence[str], title: str) -> Picture:
    """Draw a square table of numbers between 0 and 1 as shades, each with its number; rows and columns share labels."""
    size = len(labels)
    figure, axes = canvas(height=0.55 * size + 1.2, width=0.55 * size + 4.2)
    axes.imshow(values, cmap="cividis", vmin=0, vmax=1)
    axes.set_xticks(range(size), [str(number) for number in range(1, size + 1)])
    axes.set_yticks(range(size), [f"{label}  {number}" for number, label in enumerate(labels, 1)])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for row in range(size):
        for column in range(size):
            value = float(values[row][column])
            axes.text(column, row, f"{value:.2f}", ha="center", va="center", color="white" if value < 0.5 else INK)
    axes.set_title(title)
    words = "; ".join(
        f"{labels[row]} and {labels[column]}: {float(values[row][column]):.2f}"
        for row in range(size)
        for column in range(row + 1, size)
    )
    return Picture(figure, f"Table of shades. {title} {words}.")


@rc_context(STYLE)
def bars(values: Mapping[str, float], title: str, unit: str, form: str = "{:,.0f}") -> Picture:
    """Draw one bar for each value, with its number beside it. `unit` names the axis; `form` writes the numbers."""
    figure, axes = canvas(height=0.5 * len(values) + 1.1)
    axes.barh(list(values), list(values.values()), color=COLOURS[0], height=0.6)
    for row, value in enumerate(values.values()):
        axes.text(value, row, " " + form.format(value), va="center")
    axes.invert_yaxis()
    axes.set_title(title)
    axes.set_xlabel(unit)
    axes.set_xlim(0, max(values.values()) * 1.2)
    words = ", ".join(f"{name} {form.format(value)}" for name, value in values.items())
    return Picture(figure, f"Bar chart. {title}, {unit}: {words}.")


@rc_context(STYLE)
def stacked_bars(bars: Mapping[str, Mapping[str, float]], title: str, unit: str, form: str = "{:.1f}") -> Picture:
    """Draw one bar for each name, cut into its parts. `bars`: name -> part -> value; all have the same parts."""
    longest = max(sum(parts.values()) for parts in bars.values())
    figure, axes = canvas(height=0.6 * len(bars) + 1.6)
    for row, parts in enumerate(bars.values()):
        left = 0.0
        for number, (part, value) in enumerate(parts.items()):
            colour = COLOURS[number % len(COLOURS)]
            axes.barh(row, value, left=left, height=0.6, color=colour, edgecolor="white", label=part if not row else "")
            if value > NARROWEST_LABELLED * longest:
                ink = "white" if number == 0 else INK
                axes.text(left + value / 2, row, form.format(value), ha="center", va="center", color=ink)
            left += value
        axes.text(left, row, f" {form.format(left)}", va="center", fontweight="bold")
    axes.set_yticks(range(len(bars)), list(bars))
    axes.invert_yaxis()
    axes.set_xlim(0, longest * 1.13)
    axes.set_title(title)
    axes.set_xlabel(unit)
    axes.grid(axis="x", color=GREY, alpha=0.25)
    axes.set_axisbelow(True)
    figure.legend(loc="outside lower center", ncols=4, frameon=False)
    words = "; ".join(
        f"{name} {form.format(sum(parts.values()))} ("
        + ", ".join(f"{part} {form.format(value)}" for part, value in parts.items())
        + ")"
        for name, parts in bars.items()
    )
    return Picture(figure, f"Stacked bars. {title}, {unit}: {words}.")


@rc_context(STYLE)
def lines(
    series: Mapping[str, tuple[Sequence[float], Sequence[float]]], title: str, x: str, y: str, form: str = "{:.3g}"
) -> Picture:
    """Draw one line for each series, told apart by colour and dash: name -> (values along x, values along y)."""
    figure, axes = canvas(height=3.8)
    for number, (name, (across, up)) in enumerate(series.items()):
        colour, style = COLOURS[number % len(COLOURS)], LINE_STYLES[number % len(LINE_STYLES)]
        axes.plot(across, up, color=colour, linestyle=style, linewidth=2.2, label=name)
    if len(series) > 1:
        axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    axes.grid(color=GREY, alpha=0.25)
    axes.set_title(title)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    ends = "; ".join(f"{name} from {form.format(up[0])} to {form.format(up[-1])}" for name, (_, up) in series.items())
    return Picture(figure, f"Lines. {title} {y} along {x}: {ends}.")
