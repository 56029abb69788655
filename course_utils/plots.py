"""Every figure of the course: one style, colours that colour-blind readers can tell apart, and a text alternative.

A function returns a `Picture`. As the last line of a cell it shows the figure; where no picture can be shown, its text.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib import rc_context
from matplotlib.figure import Figure

# Okabe and Ito's palette (2008), black left out, in an order in which neighbours also differ in lightness.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#F0E442", "#D55E00", "#56B4E9", "#CC79A7")
GREY = "#8C8C8C"
INK = "#262626"
DPI = 180
STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.facecolor": "white",
}


@dataclass(frozen=True)
class Picture:
    """A matplotlib figure with its text alternative `alt`."""

    figure: Figure
    alt: str

    def _repr_mimebundle_(self, include=None, exclude=None):
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", dpi=DPI, bbox_inches="tight", metadata={"Software": None})
        png = buffer.getvalue()
        width = int.from_bytes(png[16:20], "big") // 2  # shown at half its pixels: sharp on every screen
        data = {"image/png": base64.b64encode(png).decode(), "text/plain": self.alt}
        return data, {"image/png": {"width": width, "alt": self.alt}}


@rc_context(STYLE)
def label_counts(counts: Mapping[str, int], title: str) -> Picture:
    """Draw one bar for each label, as long as its number of rows, with the share beside it."""
    total = sum(counts.values())
    figure, axes = _canvas(height=0.5 * len(counts) + 1.1)
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
def scores(results: Mapping[str, tuple[float, float, float]], title: str, score: str = "accuracy") -> Picture:
    """Draw each score as a point on its interval. `results`: name -> (score, low, high), all from 0 to 1."""
    figure, axes = _canvas(height=0.5 * len(results) + 1.1)
    for row, (value, low, high) in enumerate(results.values()):
        colour = COLOURS[0] if row == len(results) - 1 else GREY
        axes.plot([low, high], [row, row], color=colour, linewidth=3, solid_capstyle="butt")
        axes.plot(value, row, "o", color=colour, markersize=9)
        axes.annotate(f"{value:.1%}", (value, row), xytext=(0, 9), textcoords="offset points", ha="center")
    axes.set_yticks(range(len(results)), list(results))
    axes.set_ylim(len(results) - 0.5, -0.6)
    axes.xaxis.set_major_formatter("{x:.0%}")
    axes.grid(axis="x", color=GREY, alpha=0.25)
    axes.set_title(title)
    axes.set_xlabel(f"{score}, with its 95% interval")
    words = "; ".join(f"{name} {v:.1%}, from {low:.1%} to {high:.1%}" for name, (v, low, high) in results.items())
    return Picture(figure, f"Points with intervals. {title}, {score}: {words}.")


@rc_context(STYLE)
def heatmap(values: Sequence[Sequence[float]], labels: Sequence[str], title: str) -> Picture:
    """Draw a square table of numbers between 0 and 1 as shades, each with its number; rows and columns share labels."""
    size = len(labels)
    figure, axes = _canvas(height=0.55 * size + 1.2, width=0.55 * size + 4.2)
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


def _canvas(height: float, width: float = 7.2):
    """Return a new figure, inches in, and its axes. Made without pyplot: nothing is shown twice or left open."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()
