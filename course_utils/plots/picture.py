"""What every figure shares: one style, colours that colour-blind readers can tell apart, a text beside it."""

from __future__ import annotations

import base64
import html
import io
from dataclasses import dataclass

from IPython.display import display
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
    """A matplotlib figure with its text alternative `alt`.

    In a notebook the alternative also stands folded below the figure: JupyterLab shows no `alt` of an image.
    """

    figure: Figure
    alt: str

    def _ipython_display_(self):
        data, metadata = self.image()
        display(data, metadata=metadata, raw=True)
        words = f"<details><summary>The figure in words</summary>{html.escape(self.alt)}</details>"
        display({"text/html": words, "text/plain": ""}, raw=True)

    def image(self) -> tuple[dict, dict]:
        """Return the figure as Jupyter takes it: MIME type -> data, and the metadata of the image."""
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", dpi=DPI, bbox_inches="tight", metadata={"Software": None})
        png = buffer.getvalue()
        width = int.from_bytes(png[16:20], "big") // 2  # shown at half its pixels: sharp on every screen
        data = {"image/png": base64.b64encode(png).decode(), "text/plain": self.alt}
        return data, {"image/png": {"width": width, "alt": self.alt}}


def canvas(height: float, width: float = 7.2):
    """Return a new figure, inches in, and its axes. Made without pyplot: nothing is shown twice or left open."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()
