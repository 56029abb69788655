"""Two computers and where their five errors happen; a table drawn as a tree, from a message to what you try first."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill

from matplotlib import rc_context
from matplotlib.patches import FancyBboxPatch

from course_utils.plots.drawing import Drawing
from course_utils.plots.picture import COLOURS, GREY, STYLE, Picture, canvas

LEFTS, WIDTHS = (0.0, 4.6, 8.4), (3.9, 3.1, 4.0)  # of the three columns, in units of the axes
CHARACTERS = (30, 22, 30)  # that fit into a line of each column
ROW = 1.25
TRUNK = -0.45

FIVE = {  # the last line of the message -> the probable cause, the first thing to try
    "Expected all tensors to be on the same device": (
        "one of three did not move",
        "print the device of model, inputs and targets",
    ),
    "CUDA out of memory": (
        "the activations are too big",
        "smaller batch with accumulation, shorter texts",
    ),
    "device-side assert triggered": (
        "a label or an id is out of range",
        "restart, then run one batch on the CPU",
    ),
    "CUDNN_STATUS_EXECUTION_FAILED": (
        "an earlier error, full memory, or the installation",
        "run it on the CPU, then with half the batch",
    ),
    "No CUDA GPUs are available": (
        "the runtime has no GPU, or hides it",
        "change the runtime; look at CUDA_VISIBLE_DEVICES",
    ),
}


def two_computers(between: str, memory: str, index: str, library: str, missing: str) -> Picture:
    """Draw your computer and its GPU, with the place of each of five errors. The arguments name them, 1 to 5."""
    drawing = Drawing(21.5, 7.4, "Two computers, two memories, five errors")
    drawing.box(0.1, 0.9, 6.2, 6.3, colour=0)
    drawing.box(13.2, 0.9, 8.2, 6.3, colour=2)
    drawing.text(3.2, 0.4, "your computer: the CPU", bold=True)
    drawing.text(17.3, 0.4, "the GPU", bold=True)
    for y, words in ((1.3, "Python, your program"), (3.3, "model"), (4.5, "inputs"), (5.7, "targets")):
        drawing.box(0.7, y, 5.0, 0.9, words, colour=0)
    for y, words in ((1.3, f"5  {missing}"), (2.75, f"2  {memory}"), (4.2, f"3  {index}"), (5.65, f"4  {library}")):
        drawing.box(13.8, y, 7.0, 1.1, words, colour=2)
    drawing.arrow((6.5, 1.75), (13.0, 1.75), "orders, one after the other")
    drawing.text(9.75, 2.3, "nobody waits", size=9.5, colour=GREY)
    for y in (3.75, 4.95):
        drawing.arrow((6.5, y), (13.0, y), ".to(device)")
    drawing.arrow((6.5, 6.15), (9.0, 6.15), dashed=True)
    drawing.text(11.1, 6.15, f"1  {between}", colour=COLOURS[4])
    words = f"model, inputs and targets move over with .to(device): 1 {between}, where one stays behind. On the GPU:"
    return drawing.picture(
        f"{words} 5 {missing}, 2 {memory}, 3 {index}, 4 {library}. Orders go over, and nobody waits."
    )


@rc_context(STYLE)
def decision_tree(branches: Mapping[str, tuple[str, str]], heads: tuple[str, str, str], title: str) -> Picture:
    """Draw one row of three boxes for each branch, hanging on one trunk: message -> (cause, first thing to try)."""
    figure, axes = canvas(height=0.78 * len(branches) + 0.9, width=9.6)
    axes.set_xlim(TRUNK - 0.1, LEFTS[2] + WIDTHS[2] + 0.2)
    axes.set_ylim(-ROW * len(branches) + 0.35, 0.95)
    axes.axis("off")
    axes.set_title(title)
    for left, head in zip(LEFTS, heads, strict=True):
        axes.text(left, 0.65, head, weight="bold", color=GREY, va="center")
    axes.plot([TRUNK, TRUNK], [0.85, -ROW * (len(branches) - 1) - 0.15], color=GREY, linewidth=1.5)
    rows = [(message, *rest) for message, rest in branches.items()]
    for row, branch in enumerate(rows):
        middle = -ROW * row - 0.15
        for column, words in enumerate(branch):
            _box(axes, column, middle, words)
    lines = "; ".join(" -> ".join(branch) for branch in rows)
    return Picture(figure, f"Decision tree, {' -> '.join(heads)}. {title}: {lines}.")


def _box(axes, column: int, middle: float, words: str) -> None:
    left, width = LEFTS[column], WIDTHS[column]
    face = {"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": COLOURS[column], "linewidth": 1.8}
    axes.add_patch(FancyBboxPatch((left, middle - 0.4), width, 0.8, **face))
    axes.text(
        left + width / 2,
        middle,
        fill(words, CHARACTERS[column], break_long_words=False),
        ha="center",
        va="center",
        fontsize=10.5,
    )
    start = LEFTS[column - 1] + WIDTHS[column - 1] + 0.12 if column else TRUNK
    arrow = {"arrowstyle": "->", "color": GREY, "linewidth": 1.5}
    axes.annotate("", (left - 0.12, middle), (start, middle), arrowprops=arrow)
