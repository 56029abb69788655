"""Figures of two languages: one model that reads both, and how far a score moves when a name changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib import rc_context

from course_utils.plots.drawing import Drawing
from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture, canvas

SHOWN = 8  # tokens of each sentence; the others are counted


def one_model(tokens: Mapping[str, Sequence[str]], shape: tuple[int, int], title: str) -> Picture:
    """Draw a sentence in each language as tokens, and between them the one model that reads both.

    `tokens`: language -> its tokens, one or two. `shape`: (layers, numbers for each token) of the model.
    """
    drawing = Drawing(width=18.6, height=4.4 + 2.3 * (len(tokens) - 1), title=title)
    words = []
    for row, (language, found) in enumerate(tokens.items()):
        top = 4.6 * row + 0.1
        drawing.text(0, top + 0.25, f"{language}: {len(found)} tokens", align="left", bold=True)
        cells = [token.replace("▁", "_") for token in found[:SHOWN]]
        drawing.matrix(0, top + 0.7, [cells], colour=4 * row % len(COLOURS), cell=(2.1, 0.95))
        drawing.text(2.1 * len(cells) + 0.2, top + 1.2, "..." if len(found) > SHOWN else "", align="left")
        words.append(f"{language}, {len(found)} tokens, begins {' '.join(cells)}")
        start, end = ((7.35, 1.85), (7.35, 2.5)) if row == 0 else ((7.35, top + 0.6), (7.35, 3.8))
        drawing.arrow(start, end)
    layers, size = shape
    drawing.box(2.1, 2.6, 10.5, 1.1, f"one model: {layers} layers, {size} numbers a token", colour=2)
    drawing.arrow((12.75, 3.15), (13.5, 3.15))
    drawing.text(13.7, 2.8, "one score: above 0", align="left")
    drawing.text(13.7, 3.5, "is moral, below immoral", align="left")
    return drawing.picture(
        f"{'; '.join(words)}. Each goes into one model with {layers} layers and {size} numbers a token, then "
        "to one score: above 0 is moral, below immoral."
    )


@rc_context(STYLE)
def around_zero(results: Mapping[str, tuple[float, float, float]], title: str, unit: str) -> Picture:
    """Draw differences as points on their intervals, with an upright line at zero.

    `results`: name -> (mean, low, high).
    """
    figure, axes = canvas(height=0.55 * len(results) + 1.2)
    axes.axvline(0, color=INK, linewidth=1.2)
    for row, (value, low, high) in enumerate(results.values()):
        colour = GREY if low <= 0 <= high else COLOURS[0]
        axes.plot([low, high], [row, row], color=colour, linewidth=3, solid_capstyle="butt")
        axes.plot(value, row, "o", color=colour, markersize=9)
        axes.annotate(f"{100 * value:+.1f}", (value, row), xytext=(0, 9), textcoords="offset points", ha="center")
    axes.set_yticks(range(len(results)), list(results))
    axes.set_ylim(len(results) - 0.5, -0.6)
    axes.xaxis.set_major_formatter(lambda x, _: f"{100 * x:+.0f}")
    axes.grid(axis="x", color=GREY, alpha=0.25)
    axes.set_title(title)
    axes.set_xlabel(f"{unit}, with its 95% interval")
    each = [f"{name} {100 * v:+.1f}, from {100 * a:+.1f} to {100 * b:+.1f}" for name, (v, a, b) in results.items()]
    return Picture(figure, f"Points with intervals beside a line at zero. {title}, {unit}: {'; '.join(each)}.")


@rc_context(STYLE)
def with_line(picture: Picture, value: float, name: str) -> Picture:
    """Add an upright line to a chart, with its name beside it."""
    [axes] = picture.figure.axes
    for text in axes.texts:  # the line passes behind the numbers
        text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.5})
    axes.axvline(value, color=INK, linewidth=1, linestyle="--", zorder=1)
    axes.annotate(name, (value, 0), xycoords=("data", "axes fraction"), xytext=(4, 5), textcoords="offset points")
    return Picture(picture.figure, f"{picture.alt} Line: {name}, at {value:.1%}.")
