"""Figures about what leaks: the leak beside the use, and the gradient of each row before and after the clip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from course_utils.plots.charts import LINE_STYLES
from course_utils.plots.drawing import Drawing
from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture, canvas

LINE_COLOURS = (COLOURS[0], COLOURS[4], COLOURS[2], GREY)
MARKERS = ("o", "s", "D", "^")


def machine(tokens: int, labels: int) -> Picture:
    """Draw the attack: one row goes into the model, the loss of its label comes out, and a line makes a guess of it."""
    drawing = Drawing(width=20, height=5.2, title="The attack: was this row in the training data?")
    steps = [
        ("one row", f"{tokens} tokens, 1 label"),
        ("the model", f"{labels} probabilities"),
        ("the loss", "1 number"),
    ]
    for number, (name, below) in enumerate(steps):
        x = 0.1 + 5.2 * number
        drawing.box(x, 1.8, 3.9, 1.3, name)
        drawing.text(x + 1.95, 3.6, below, size=9.5)
        if number:
            drawing.arrow((x - 1.2, 2.45), (x - 0.1, 2.45))
    for y, colour, loss, guess in ((0.3, 4, "low", "seen"), (3.4, -1, "high", "not seen")):
        drawing.box(16.2, y, 3.7, 1.2, guess, colour=colour)
        drawing.arrow((14.5, 2.45), (16.1, y + 0.6))
        drawing.text(14.9, y + 0.6, loss, size=10)
    words = "; ".join(f"{name} ({below})" for name, below in steps)
    return drawing.picture(f"{words}. A low loss: seen. A high loss: not seen.")


@rc_context(STYLE)
def leak_and_use(ways: Mapping[str, Mapping[int, tuple[float, float]]], title: str) -> Picture:
    """Draw the AUC of the attack against the accuracy on rows outside, a line for each way, a mark for each epoch.

    `ways`: name -> epoch -> (accuracy, AUC).
    """
    figure, axes = canvas(height=4.2)
    words = []
    for number, (name, points) in enumerate(ways.items()):
        across, up = zip(*points.values(), strict=True)
        style = {"color": LINE_COLOURS[number % 4], "marker": MARKERS[number % 4], "linestyle": LINE_STYLES[number % 4]}
        axes.plot(across, up, linewidth=2, markersize=8, label=name, **style)
        aside, align = ((9, -12), "left") if number == 0 else ((-7, 5), "right")  # no number on a number
        for epoch, point in points.items():
            axes.annotate(str(epoch), point, xytext=aside, textcoords="offset points", ha=align, color=style["color"])
        each = ", ".join(f"epoch {epoch} {use:.2f} and {leak:.2f}" for epoch, (use, leak) in points.items())
        words.append(f"{name}: {each}")
    axes.axhline(0.5, color=INK, linewidth=1.2, linestyle=(0, (1, 1)), label="a coin")
    axes.margins(x=0.08, y=0.1)
    axes.set_ylim(0.45, 1.05)
    axes.set_xlabel("accuracy on rows outside (right is better)")
    axes.set_ylabel("AUC of the attack (down is better)")
    axes.grid(color=GREY, alpha=0.25)
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1), title="number: epoch")
    axes.set_title(title)
    return Picture(figure, f"Lines. {title}. Accuracy and AUC: {'; '.join(words)}.")


@rc_context(STYLE)
def clip_each(lengths: Sequence[float], planted: Sequence[bool], clip: float, title: str) -> Picture:
    """Draw the gradient of each row as an arrow as long as it is, before and after the clip.

    The directions are spread around the circle, so that one sees each arrow: only the lengths are real.
    """
    figure = Figure(figsize=(7.2, 3.9), layout="constrained")
    panels = figure.subplots(1, 2, sharex=True, sharey=True)
    size = 1.08 * max(*lengths, clip)
    for axes, name, far in zip(panels, ("as they are", "clipped"), (np.inf, clip), strict=True):
        for number, (length, special) in enumerate(zip(lengths, planted, strict=True)):
            angle = 2 * np.pi * number / len(lengths)
            end = min(length, far) * np.array([np.cos(angle), np.sin(angle)])
            colour = COLOURS[4] if special else COLOURS[0]
            axes.plot([0, end[0]], [0, end[1]], color=colour, linewidth=2)
            axes.plot(*end, "o", color=colour, markersize=5)
        axes.add_patch(Circle((0, 0), clip, fill=False, color=INK, linestyle="dashed", linewidth=1.5))
        axes.set(xlim=(-size, size), ylim=(-size, size), aspect="equal", title=name)
        axes.axis("off")
    for colour, name in ((COLOURS[0], "a message"), (COLOURS[4], "a planted row")):
        panels[0].plot([], [], color=colour, linewidth=2, label=name)
    panels[0].plot([], [], color=INK, linestyle="dashed", label=f"the clip, {clip:g}")
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=12, color=INK)
    high, low = max(lengths), min(lengths)
    words = f"the gradients of {len(lengths)} rows have lengths from {low:.2f} to {high:.2f}"
    return Picture(figure, f"Arrows in a circle. {title}: {words}; after the clip none is longer than {clip:g}.")
