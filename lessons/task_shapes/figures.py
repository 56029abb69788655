"""Figures about the shape of an answer: what goes into a model and what comes out, and a label for each word piece."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle

from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture

MOST = 24  # cells that are drawn along one side
LONGEST = 32  # letters of a text


@rc_context(STYLE)
def shapes_of_answers(tasks: Mapping[str, tuple[Sequence[str], Sequence[int]]], title: str) -> Picture:
    """Draw a row for each task: its texts, the body, a head, and as many empty cells as the model gives numbers.

    `tasks`: name -> (texts that go in, shape of what comes out). The first number of a shape counts the texts of the
    batch and is not drawn; the last one runs across; a middle one (words) runs down.
    """
    heights = [max(len(texts), 1.4, 0.45 * min(_down(shape), MOST)) + 0.9 for texts, shape in tasks.values()]
    figure = Figure(figsize=(8.4, 0.42 * sum(heights) + 0.5), layout="constrained")
    axes = figure.subplots()
    top, words = 0.0, []
    for height, (name, (texts, shape)) in zip(heights, tasks.items(), strict=True):
        middle = top + height / 2 + 0.15
        axes.text(0, top + 0.3, name, fontweight="bold", va="center")
        for number, text in enumerate(texts):
            line = middle + 0.95 * (number - (len(texts) - 1) / 2)
            short = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
            box = {"boxstyle": "round,pad=0.3", "facecolor": "white", "edgecolor": COLOURS[number]}
            axes.text(0.3, line, short, fontsize=9, va="center", bbox=box)
        for left, right in ((5.9, 6.7), (9.0, 9.3), (11.5, 11.95)):
            arrow = {"arrowstyle": "-|>", "mutation_scale": 12, "color": GREY}
            axes.add_patch(FancyArrowPatch((left, middle), (right, middle), **arrow))
        for left, part, colour in ((6.7, "same body", GREY), (9.3, "its head", COLOURS[1])):
            corner, style = (left, middle - 0.5), "round,pad=0,rounding_size=0.2"
            box = FancyBboxPatch(corner, 2.2, 1, boxstyle=style, facecolor=(colour, 0.16), edgecolor=colour)
            axes.add_patch(box)
            axes.text(left + 1.1, middle + 0.02, part, fontsize=9, ha="center", va="center")
        _cells(axes, 12, middle, min(_down(shape), MOST), min(shape[-1], MOST))
        axes.text(18.6, middle, f"{tuple(shape)}", va="center", fontsize=10)
        words.append(f"{name}: {len(texts)} text{'s' * (len(texts) > 1)} in, shape {tuple(shape)} out")
        top += height
    axes.set_xlim(-0.2, 21.5)
    axes.set_ylim(top + 0.2, -0.3)
    axes.axis("off")
    axes.set_title(title)
    return Picture(
        figure, f"Boxes and arrows. {title}. The same body each time, then its own head. {'; '.join(words)}."
    )


@rc_context(STYLE)
def labels_of_pieces(pieces: Sequence[str], words: Sequence[int | None], labels: Sequence[str], title: str) -> Picture:
    """Draw one column for each word piece: the piece, the number of its word, and its label.

    A label "-100" stands in grey: no loss is computed there.
    """
    figure = Figure(figsize=(0.68 * len(pieces) + 1.2, 2.3), layout="constrained")
    axes = figure.subplots()
    for row, name in enumerate(("piece", "word", "label")):
        axes.text(-0.7, row, name, ha="right", va="center", color=GREY)
    kinds = sorted({label[2:] for label in labels if label[:2] in ("B-", "I-")})
    for column, (piece, word, label) in enumerate(zip(pieces, words, labels, strict=True)):
        ignored = label == "-100"
        colour = COLOURS[(0, 4, 2, 6, 1)[kinds.index(label[2:]) % 5]] if label[2:] in kinds else INK
        axes.text(column, 0, piece, ha="center", va="center", fontsize=9, color=GREY if ignored else INK)
        axes.text(column, 1, "-" if word is None else str(word), ha="center", va="center", fontsize=9, color=GREY)
        style = {"color": GREY if ignored else colour, "fontweight": "normal" if ignored or label == "O" else "bold"}
        axes.text(column, 2, label.replace("-W", "\nW") if not ignored else label, ha="center", va="center", fontsize=8,
                  **style)  # fmt: skip
        face = "#F2F2F2" if ignored else "white"
        axes.add_patch(Rectangle((column - 0.5, -0.5), 1, 3, facecolor=face, edgecolor="#D9D9D9", zorder=0))
    axes.set_xlim(-2.2, len(pieces) - 0.4)
    axes.set_ylim(2.7, -0.7)
    axes.axis("off")
    axes.set_title(title)
    told = ", ".join(f"{piece} {label}" for piece, label in zip(pieces, labels, strict=True))
    return Picture(figure, f"Columns of pieces, words and labels. {title} {told}.")


def _down(shape: Sequence[int]) -> int:
    return shape[1] if len(shape) > 2 else 1


def _cells(axes, left: float, middle: float, down: int, across: int) -> None:
    for row in range(down):
        for column in range(across):
            corner = (left + column, middle + 0.45 * (row - down / 2))
            axes.add_patch(Rectangle(corner, 0.85, 0.38, facecolor=COLOURS[5], edgecolor="white"))
