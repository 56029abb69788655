"""Figures of this lesson: the machine, what tells levels apart, many methods by many metrics, which words count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course_utils.plots.drawing import Drawing
from course_utils.plots.picture import COLOURS, GREY, STYLE, Picture, canvas

BLUE, ORANGE = COLOURS[0], COLOURS[1]
GREEN = 2  # in COLOURS
COLUMNS = 70  # characters of a monospaced font that fit beside each other


def machine(windows: Sequence[int], levels: Sequence[str], label: str, said: str) -> Picture:
    """Draw the way of one text to a level, and how far that is from its label on the scale.

    `windows`: the tokens of each window of a real text. `label` and `said` are two of `levels`.
    """
    high, wide = 0.62 * len(windows), len(levels)
    tall = max(high, 1.8)
    top = 0.9 + tall / 2  # the middle of the upper row
    drawing = Drawing(20.4, tall + 5.6, "From a text to a level, and to a distance")
    drawing.box(0.1, top - 0.9, 2.6, 1.8, "a text")
    drawing.matrix(4.2, top - high / 2, [[count] for count in windows], cell=(1.5, 0.62))
    drawing.text(4.95, top - high / 2 - 0.5, "tokens of each window", size=9.5)
    drawing.box(7.1, top - 0.9, 2.4, 1.8, "the model", colour=1)
    drawing.matrix(10.9, top - high / 2, (len(windows), wide), colour=1, cell=(0.42, 0.62))
    drawing.text(10.9 + 0.21 * wide, top - high / 2 - 0.5, "a number for each level", size=9.5)
    drawing.matrix(15.3, top - 0.35, [levels], colour=1, cell=(0.82, 0.7))
    for start, end in ((2.8, 4.1), (5.8, 7.0), (9.6, 10.8)):
        drawing.arrow((start, top), (end, top))
    drawing.arrow((11 + 0.42 * wide, top), (15.2, top), "mean")
    below = tall + 2.6
    drawing.arrow((16.9, top + 0.45), (15.1, below - 0.1))
    drawing.arrow((18.5, top + 0.45), (18.5, below - 0.1))
    drawing.text(14.9, (top + below) / 2, "sure", size=9.5)
    drawing.text(19.5, (top + below) / 2, "not sure", size=9.5)
    drawing.box(13.6, below, 2.6, 1.3, said, colour=GREEN)
    drawing.box(16.8, below, 3.5, 1.3, "I am not sure", colour=-1)
    line = below + 0.3  # the scale
    middles = {level: 0.9 + 2.05 * k for k, level in enumerate(levels)}
    for level, middle in middles.items():
        drawing.box(middle - 0.8, line, 1.6, 1.0, level, colour={label: 0, said: GREEN}.get(level, -1))
    drawing.text(middles[label], line - 0.45, "the label", size=9.5)
    drawing.text(middles[said], line - 0.45, "it says", size=9.5)
    distance = abs(levels.index(said) - levels.index(label))
    drawing.arrow((middles[label], line + 1.1), (middles[said], line + 1.1), bend=0.4)
    drawing.text((middles[label] + middles[said]) / 2, line + 2.1, f"distance {distance}", size=9.5)
    return drawing.picture(
        f"A text becomes windows of {', '.join(map(str, windows))} tokens. The model gives each window a number for "
        f"each level ({', '.join(levels)}). Their mean gives one level, or I am not sure. On the scale, the label is "
        f"{label}, the function says {said}: distance {distance}."
    )


@rc_context(STYLE)
def spreads(measures: Mapping[str, np.ndarray], labels: np.ndarray, levels: Sequence[str], title: str) -> Picture:
    """Draw a panel for each measure: for each level the median as a dot on a line that holds the middle 80%.

    `measures`: name -> a value for each text, `labels`: the number of its level. A level without texts stays empty.
    """
    figure = Figure(figsize=(7.2, 3.6), layout="constrained")
    words = []
    panels = figure.subplots(1, len(measures), squeeze=False)[0]
    for axes, (measure, values_of_all) in zip(panels, measures.items(), strict=True):
        said = []
        for row, level in enumerate(levels):
            values = np.asarray(values_of_all)[np.asarray(labels) == row]
            if not len(values):
                said.append(f"{level} no texts")
                continue
            low, middle, high = np.percentile(values, [10, 50, 90])
            axes.plot([low, high], [row, row], color=BLUE, linewidth=3, alpha=0.45, solid_capstyle="butt")
            axes.plot(middle, row, "o", color=BLUE, markersize=8)
            said.append(f"{level} {middle:.3g} ({low:.3g} to {high:.3g})")
        axes.set_yticks(range(len(levels)), levels)
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
def word_shades(words: Sequence[str], values: Sequence[float], title: str, unit: str, noise: float = 0.0) -> Picture:
    """Draw a text word by word on shades: orange where the value is above zero, blue below; the number underneath.

    A word whose value is no larger than `noise` gets no shade: it tells nothing.
    """
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
        shade = 0.75 * abs(value) / largest if abs(value) > noise else 0
        axes.add_patch(Rectangle((left, top), width, 1.2, facecolor=colour, alpha=shade, edgecolor="none"))
        axes.add_patch(Rectangle((left, top), width, 1.2, fill=False, edgecolor=GREY, linewidth=0.8))
        axes.text(left + width / 2, top + 0.6, word, fontsize=10, **fonts)
        axes.text(left + width / 2, top + 1.75, f"{value:+.2f}", fontsize=8, **fonts)
    axes.set_xlim(-0.2, COLUMNS + 0.2)
    axes.set_ylim(2.6 * line + 2.4, -0.2)
    axes.set_axis_off()
    axes.set_title(title)
    said = ", ".join(f"{word} {value:+.2f}" for word, value in zip(words, values, strict=True))
    unshaded = f" Not shaded, as noise: up to {noise:.2f}." if noise else ""
    return Picture(figure, f"Words in shades. {title} {unit}: {said}.{unshaded}")
