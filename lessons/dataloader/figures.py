"""A batch as the rectangle it is: real tokens on the left, padding on the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib import rc_context
from matplotlib.figure import Figure

from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture

GAP = 4  # rows left free between two batches


@rc_context(STYLE)
def padded_batches(panels: Mapping[str, Sequence[Sequence[int]]], title: str) -> Picture:
    """Draw batches as rectangles, one panel for each way of making them, with the share of padding above it.

    `panels`: name -> batches, each batch a list with the length of every row in tokens.
    """
    rows = max(sum(len(batch) + GAP for batch in batches) for batches in panels.values())
    figure = Figure(figsize=(7.2, 0.06 * rows + 1.3), layout="constrained")
    words = []
    for axes, (name, batches) in zip(
        figure.subplots(1, len(panels), sharex=True, squeeze=False)[0], panels.items(), strict=True
    ):
        parts, top = [], 0
        for number, lengths in enumerate(batches, 1):
            _draw_batch(axes, lengths, top)
            axes.text(-1.5, top + len(lengths) / 2, f"batch {number}", ha="right", va="center")
            parts.append(f"batch {number}: {len(lengths)} rows of {max(lengths)}, {_share([lengths]):.0%} padding")
            top += len(lengths) + GAP
        axes.set_ylim(rows, 0)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xlabel("tokens")
        axes.set_title(f"{name}: {_share(batches):.0%} padding", fontsize=11)
        words.append(f"{name}, {_share(batches):.0%} padding ({'; '.join(parts)}).")
    figure.axes[0].plot([], [], color=COLOURS[0], linewidth=6, label="real tokens")
    figure.axes[0].plot([], [], color=_light(GREY), linewidth=6, label="padding")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    figure.suptitle(title, fontweight="bold", fontsize=12, color=INK)
    return Picture(figure, f"Batches as rectangles. {title.rstrip('.')}: {' '.join(words)}")


def _draw_batch(axes, lengths: Sequence[int], top: int) -> None:
    middles = [top + row + 0.5 for row in range(len(lengths))]
    longest = max(lengths)
    axes.barh(middles, lengths, height=1, color=COLOURS[0], edgecolor="white", linewidth=0.4)
    padding = [longest - length for length in lengths]
    axes.barh(middles, padding, left=lengths, height=1, color=_light(GREY), edgecolor="white", linewidth=0.4)


def _share(batches: Sequence[Sequence[int]]) -> float:
    """The share of padding among all tokens that are sent."""
    sent = sum(len(lengths) * max(lengths) for lengths in batches)
    return 1 - sum(map(sum, batches)) / sent


def _light(colour: str) -> str:
    """The same colour, half way to white."""
    return "#" + "".join(f"{(int(colour[start : start + 2], 16) + 255) // 2:02X}" for start in (1, 3, 5))
