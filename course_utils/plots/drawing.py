"""Diagrams of the machine: boxes, matrices to scale and arrows, drawn from real shapes, in words of the lesson."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib import rc_context
from matplotlib.patches import FancyBboxPatch, Rectangle

from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture, canvas

Place = tuple[float, float]
LIGHT = 0.16  # of a colour, behind words


class Drawing:
    """A sheet of `width` x `height` units with the origin at the top left: y grows downwards. One unit is 0.4 inch.

    Draw on it, then take its `picture`.
    """

    def __init__(self, width: float, height: float, title: str = ""):
        self.title = title
        with rc_context(STYLE):
            self.figure, self.axes = canvas(height=0.4 * height + (0.4 if title else 0.1), width=0.4 * width)
            self.axes.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
            self.axes.axis("off")
            self.axes.set_title(title)

    def box(self, x: float, y: float, width: float, height: float, words: str = "", colour: int = 0) -> None:
        """Draw a rounded box, its top left corner at (x, y). `colour` counts in `COLOURS`; -1 is grey."""
        shade = _shade(colour)
        style = {"boxstyle": "round,pad=0,rounding_size=0.2", "linewidth": 1.5}
        self.axes.add_patch(FancyBboxPatch((x, y), width, height, facecolor=(shade, LIGHT), edgecolor=shade, **style))
        self.text(x + width / 2, y + height / 2, words)

    def matrix(
        self,
        x: float,
        y: float,
        rows: Sequence[Sequence[object]] | tuple[int, int],
        colour: int = 0,
        cell: Place = (1.0, 0.7),
        dim: Sequence[Sequence[bool]] | None = None,
    ) -> None:
        """Draw a table of cells, its top left corner at (x, y): what stands in them, or (rows, columns) of empty ones.

        `cell`: width and height of one. `dim`: which cells are pale (padding, say), the same shape as `rows`.
        """
        shade, (across, down) = _shade(colour), cell
        table = [[""] * rows[1]] * rows[0] if isinstance(rows, tuple) else rows
        for i, row in enumerate(table):
            for j, value in enumerate(row):
                pale = dim is not None and dim[i][j]
                face = "white" if pale else (shade, LIGHT)
                corner = (x + j * across, y + i * down)
                self.axes.add_patch(Rectangle(corner, across, down, facecolor=face, edgecolor=shade, linewidth=1))
                middle = (corner[0] + across / 2, corner[1] + down / 2)
                self.text(*middle, str(value), size=9.5, colour=GREY if pale else INK)

    def arrow(self, start: Place, end: Place, words: str = "", bend: float = 0.0, dashed: bool = False) -> None:
        """Draw an arrow, its words above its middle. `bend`: 0 is straight, 0.3 a clear arc."""
        style = {"arrowstyle": "-|>", "color": GREY, "linewidth": 1.5, "shrinkA": 0, "shrinkB": 0}
        style |= {"connectionstyle": f"arc3,rad={bend}", "linestyle": "dashed" if dashed else "solid"}
        self.axes.annotate("", end, start, arrowprops=style)
        self.text((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 - 0.3, words, size=9.5, colour=GREY)

    def text(
        self, x: float, y: float, words: str, size: float = 10.5, colour: str = INK, align: str = "center", bold=False
    ) -> None:
        """Write words with their middle at (x, y), or with their left end there: `align="left"`."""
        weight = "bold" if bold else "normal"
        self.axes.text(x, y, words, fontsize=size, color=colour, ha=align, va="center", weight=weight)

    def picture(self, alt: str) -> Picture:
        """Return the drawing with its text alternative: what a reader who does not see it must know."""
        return Picture(self.figure, f"Diagram. {self.title}: {alt}" if self.title else f"Diagram. {alt}")


def flow(steps: Sequence[tuple[str, str]], title: str, across: int = 4) -> Picture:
    """Draw the way of a thing through a machine: a box for each (name, shape or value), `across` in a row."""
    rows = -(-len(steps) // across)
    drawing = Drawing(width=5.2 * min(across, len(steps)) - 0.9, height=2.9 * rows - 0.7, title=title)
    for number, (name, below) in enumerate(steps):
        row, column = divmod(number, across)
        x, y = 5.2 * column + 0.05, 2.9 * row + 0.05
        drawing.box(x, y, 4.1, 1.25, name)
        drawing.text(x + 2.05, y + 1.7, below, size=9.5, colour=GREY)
        if column:
            drawing.arrow((x - 1.0, y + 0.62), (x - 0.1, y + 0.62))
        elif row:
            last = 5.2 * (across - 1) + 2.1
            drawing.arrow((last, y - 0.85), (x + 2.05, y - 0.1))
    return drawing.picture(" -> ".join(f"{name} ({below})" if below else name for name, below in steps) + ".")


def _shade(colour: int) -> str:
    return GREY if colour < 0 else COLOURS[colour]
