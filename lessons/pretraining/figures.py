"""Figures of this lesson: who may look at whom, and what a training gains and loses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture, canvas

Panel = tuple[Sequence[str], Sequence[str], Sequence[Sequence[float]]]


@rc_context(STYLE)
def masks(panels: Mapping[str, Panel], title: str) -> Picture:
    """Draw a square for each token that looks (a row) and each token that may be looked at: blue where it is open.

    `panels`: name -> (tokens that look, tokens that are looked at, their attention, from 0 to 1).
    """
    figure = Figure(figsize=(8.6, 3.9), layout="constrained")
    words = []
    widths = [len(seen) for _, seen, _ in panels.values()]
    grid = figure.subplots(1, len(panels), width_ratios=widths)
    for axes, (name, (looking, seen, attention)) in zip(grid, panels.items(), strict=True):
        opened = np.asarray(attention) > 0
        for row, column in np.ndindex(opened.shape):
            face = COLOURS[0] if opened[row, column] else "white"
            axes.add_patch(_square(row, column, face))
        axes.plot([0, len(seen)], [0, len(looking)], alpha=0)  # the frame of the panel
        axes.set(xlim=(-0.1, len(seen) + 0.1), ylim=(len(looking) + 0.1, -0.1), aspect="equal")
        axes.set_xticks(np.arange(len(seen)) + 0.5, seen, rotation=90, fontsize=10)
        axes.set_yticks(np.arange(len(looking)) + 0.5, looking, fontsize=10)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.set_title(f"{name}\n{opened.sum()} of {opened.size} open", fontsize=10.5)
        words.append(f"{name}, {opened.sum()} of {opened.size} open")
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=12, color=INK)
    return Picture(figure, f"Grids, one row for each token that looks. {title}: {'; '.join(words)}.")


@rc_context(STYLE)
def gained_and_lost(points: Mapping[str, tuple[float, float]], base: float, title: str) -> Picture:
    """Draw each training as a point: its accuracy on the new task, and how many neighbours are still right.

    `base`: the share of right neighbours before any training.
    """
    figure, axes = canvas(height=4.0)
    words = [f"before any training {base:.0%} neighbours right"]
    for name, (gained, kept) in points.items():
        lora = "LoRA" in name
        axes.plot(gained, kept, "s" if lora else "o", markersize=10, color=COLOURS[4] if lora else COLOURS[0])
        words.append(f"{name}, new task {gained:.0%}, neighbours {kept:.0%}")
    for name, place in points.items():
        others = [other for other in points.values() if other != place]
        near = min(others, key=lambda other: np.hypot(other[0] - place[0], other[1] - place[1]), default=place)
        style = {"xytext": (-9, -4), "ha": "right"} if near[0] > place[0] else {"xytext": (9, -4), "ha": "left"}
        axes.annotate(name, place, textcoords="offset points", fontsize=10.5, **style)
    axes.axhline(base, color=GREY, linestyle="dashed", linewidth=1.5)
    place = {"xytext": (0, 6), "textcoords": "offset points", "ha": "right"}
    axes.annotate(f"before any training: {base:.0%}", (0.78, base), **place)
    axes.set(xlim=(0.2, 0.8), ylim=(0, base + 0.12))
    axes.xaxis.set_major_formatter("{x:.0%}")
    axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    axes.set_xlabel("gained: accuracy on the new task")
    axes.set_ylabel("kept: neighbours right")
    axes.grid(color=GREY, alpha=0.25)
    axes.set_title(title)
    return Picture(figure, f"Points. {title}: {'; '.join(words)}.")


def _square(row: int, column: int, face: str):
    from matplotlib.patches import Rectangle

    return Rectangle((column + 0.05, row + 0.05), 0.9, 0.9, facecolor=face, edgecolor=GREY, linewidth=0.8)
