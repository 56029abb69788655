"""Figures of this lesson: what tells levels apart, many methods by many metrics, which words count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course_utils.plots.picture import COLOURS, GREY, STYLE, Picture, canvas

BLUE, ORANGE = COLOURS[0], COLOURS[1]
COLUMNS = 70  # characters of a monospaced font that fit beside each other


@rc_context(STYLE)
def spreads(panels: Mapping[str, Mapping[str, Sequence[float]]], title: str) -> Picture:
    """Draw a panel for each measure: for each level the median as a dot on a line that holds the middle 80%.

    `panels`: measure -> level -> the values of its texts. A level without texts stays empty.
    """
    figure = Figure(figsize=(7.2, 3.6), layout="constrained")
    words = []
    for axes, (measure, levels) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True):
        said = []
        for row, (level, values) in enumerate(levels.items()):
            if not len(values):
                said.append(f"{level} no texts")
                continue
            low, middle, high = np.percentile(values, [10, 50, 90])
            axes.plot([low, high], [row, row], color=BLUE, linewidth=3, alpha=0.45, solid_capstyle="butt")
            axes.plot(middle, row, "o", color=BLUE, markersize=8)
            said.append(f"{level} {middle:.3g} ({low:.3g} to {high:.3g})")
        axes.set_yticks(range(len(levels)), list(levels))
        axes.set_ylim(len(levels) - 0.5, -0.5)
        axes.grid(axis="x", color=GREY, alpha=0.25)
        axes.set_xlabel(measure)
        words.append(f"{measure}: " + ", ".join(said))
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=12)
    return Picture(figure, f"Dots on lines, median and middle 80% for each level. {title} " + "; ".join(words) + ".")


@rc_context(STYLE)
def metric_panels(results: Mapping[str, Mapping[str, tuple[float, float, float]]], title: str, strong: int) -> Picture:
    """Draw a panel for each metric, a row for each method: the score as a dot on its interval.

    `results`: method -> metric -> (score, low, high). The last `strong` methods are in colour, the others grey.
    """
    metrics = list(next(iter(results.values())))
    figure = Figure(figsize=(7.6, 0.42 * len(results) + 1.2), layout="constrained")
    for axes, metric in zip(figure.subplots(1, len(metrics), sharey=True, squeeze=False)[0], metrics, strict=True):
        for row, scores in enumerate(results.values()):
            value, low, high = scores[metric]
            colour, mark = (BLUE, "o") if row >= len(results) - strong else (GREY, "s")
            axes.plot([low, high], [row, row], color=colour, linewidth=3, alpha=0.6, solid_capstyle="butt")
            axes.plot(value, row, mark, color=colour, markersize=4.5)
        axes.set_yticks(range(len(results)), list(results))
        axes.set_ylim(len(results) - 0.5, -0.6)
        axes.set_xlim(min(0, *(scores[metric][1] for scores in results.values())) - 0.03, 1.03)
        axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
        axes.grid(axis="both", color=GREY, alpha=0.25)
        axes.set_xlabel(metric)
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=12)
    words = "; ".join(
        f"{method}: "
        + ", ".join(f"{name} {v:.2f} ({low:.2f} to {high:.2f})" for name, (v, low, high) in scores.items())
        for method, scores in results.items()
    )
    return Picture(figure, f"Dots with 95% intervals, one panel for each metric. {title} {words}.")


@rc_context(STYLE)
def word_shades(words: Sequence[str], values: Sequence[float], title: str, unit: str) -> Picture:
    """Draw a text word by word on shades: orange where the value is above zero, blue below; the number underneath."""
    largest = max(max(abs(value) for value in values), 1e-9)
    places, line, column = [], 0, 0
    for word, value in zip(words, values, strict=True):
        width = max(len(word), len(f"{value:+.2f}")) + 1
        if column + width > COLUMNS:
            line, column = line + 1, 0
        places.append((line, column, width))
        column += width + 1
    figure, axes = canvas(height=0.72 * (line + 1) + 0.75)
    fonts = {"ha": "center", "va": "center", "family": "DejaVu Sans Mono"}
    for word, value, (row, left, width) in zip(words, values, places, strict=True):
        top, colour = 2.6 * row, ORANGE if value > 0 else BLUE
        shade = 0.75 * abs(value) / largest
        axes.add_patch(Rectangle((left, top), width, 1.2, facecolor=colour, alpha=shade, edgecolor="none"))
        axes.add_patch(Rectangle((left, top), width, 1.2, fill=False, edgecolor=GREY, linewidth=0.8))
        axes.text(left + width / 2, top + 0.6, word, fontsize=10, **fonts)
        axes.text(left + width / 2, top + 1.75, f"{value:+.2f}", fontsize=8, **fonts)
    axes.set_xlim(-0.2, COLUMNS + 0.2)
    axes.set_ylim(2.6 * line + 2.4, -0.2)
    axes.set_axis_off()
    axes.set_title(title)
    said = ", ".join(f"{word} {value:+.2f}" for word, value in zip(words, values, strict=True))
    return Picture(figure, f"Words in shades. {title} {unit}: {said}.")
