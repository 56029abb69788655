"""Figures about putting a model to work: how long each request waits, and how two processes share one batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import rc_context

from course_utils.plots import Drawing
from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture, canvas

LINE_COLOURS = (COLOURS[4], COLOURS[0], COLOURS[2], GREY)
MARKERS = ("o", "s", "D", "x")


@rc_context(STYLE)
def waiting(
    series: Mapping[str, tuple[Sequence[float], Sequence[float]]], title: str, promised: float | None = None
) -> Picture:
    """Draw each request as a dot: when it was due, and how long its reply took. `promised`: a line at so many seconds.

    `series`: way -> (moments, seconds until the reply). A queue that grows is a line of dots that climbs.
    """
    figure, axes = canvas(height=3.8)
    words = []
    for number, (way, (due, seconds)) in enumerate(series.items()):
        colour, marker = LINE_COLOURS[number % 4], MARKERS[number % 4]
        style = {"color": colour, "marker": marker, "markerfacecolor": "none" if number == 1 else colour}
        axes.plot(due, seconds, linestyle="none", markersize=4, alpha=0.8, label=way, **style)
        if not len(seconds):
            words.append(f"{way}: none")
            continue
        part = max(1, len(seconds) // 5)
        first, last = np.median(seconds[:part]), np.median(seconds[-part:])
        words.append(f"{way}, from {first:.2f} s in the first fifth to {last:.2f} s in the last")
    if promised:
        axes.axhline(promised, color=INK, linestyle="dashed", linewidth=1.2, label=f"promised: {promised:g} s")
        words.append(f"a line at the promised {promised:g} s")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("the request was due after (seconds)")
    axes.set_ylabel("reply after (seconds)")
    axes.grid(color=GREY, alpha=0.25)
    figure.legend(loc="outside lower center", ncols=3, frameon=False, markerscale=2)
    axes.set_title(title)
    return Picture(figure, f"Dots along time. {title}: {'; '.join(words)}.")


def shared_batch(batch: int, processes: int, title: str) -> Picture:
    """Draw one step of data-parallel training: the batch is cut, the gradients are averaged, all take one step."""
    drawing = Drawing(width=22, height=2.6 * processes + 0.2, title=title)
    part, middle = batch // processes, 1.3 * processes - 0.65
    drawing.box(0.05, middle - 0.2, 3.9, 1.5, f"one batch:\n{batch} rows")
    drawing.box(17.6, middle - 0.2, 4.3, 1.5, "mean of the\ngradients", colour=2)
    words = []
    for number in range(processes):
        y = 2.6 * number
        rows, shift = f"rows {number * part} to {(number + 1) * part - 1}", 0.5 * (number - (processes - 1) / 2)
        drawing.box(7, y + 0.1, 7.4, 1.9, f"process {number}: {rows}\nsame weights, own gradient", colour=4)
        drawing.arrow((4.1, middle + 0.55), (6.9, y + 1.05))
        drawing.arrow((14.5, y + 0.7), (17.5, middle + 0.35 + shift))
        drawing.arrow((17.5, middle + 0.75 + shift), (14.5, y + 1.4), dashed=True)
        words.append(f"process {number} takes {rows}")
    drawing.text(19.75, middle + 1.9, "back (dashed):\nthe same step for all", size=9.5, colour=GREY)
    return drawing.picture(
        f"one batch of {batch} rows is cut; {', '.join(words)}; the mean of their gradients goes back to all, "
        "and moves the same weights by the same step."
    )


def request_way(most: int, wait: float, limit: int, labels: int) -> Picture:
    """Draw the way of a request through the service. `most` texts in a batch, `wait` seconds, `limit` in the queue."""
    drawing = Drawing(width=22, height=6.1, title="The way of a request")
    for number in range(3):
        drawing.box(0.05, 2.0 * number + 0.1, 3.3, 1.4, "a browser\nasks", colour=-1)
        drawing.arrow((3.4, 2.0 * number + 0.8), (4.7, 2.6 + 0.4 * number))
    drawing.arrow((6.5, 2.2), (6.5, 1.15))
    full = f"{limit} wait already: 503, try again later"
    drawing.text(6.5, 0.7, full, size=10, align="left")
    steps = [
        ("queue", f"at most {limit}\nrequests wait", 4),
        ("batch", f"up to {most} texts,\nopen for {1000 * wait:.0f} ms", 0),
        ("model", "one forward\npass", 2),
        ("answers", f"{labels} probabilities\nfor each text", 0),
    ]
    for number, (name, below, colour) in enumerate(steps):
        x = 4.8 + 4.45 * number
        drawing.box(x, 2.3, 3.4, 1.4, name, colour=colour)
        drawing.text(x + 1.7, 4.7, below, size=10)
        if number:
            drawing.arrow((x - 1.0, 3.0), (x - 0.1, 3.0))
    words = [f"{name} ({' '.join(below.split())})" for name, below, _ in steps]
    return drawing.picture(f"several browsers ask -> {' -> '.join(words)}. An exit of the queue: {full}.")
