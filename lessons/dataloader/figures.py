"""The way of rows into a batch, and batches as the rectangles they are: real tokens left, padding right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib import rc_context
from matplotlib.figure import Figure

from course_utils.plots.drawing import Drawing
from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture

GAP = 4  # rows left free between two batches


def rows_to_batch(tokenizer, texts: Sequence[str], title: str) -> Picture:
    """Draw what becomes of texts: rows of unequal length, the padded ids, the mask, the model that reads both."""
    batch = tokenizer(texts, padding=True)
    ids, mask = batch["input_ids"], batch["attention_mask"]
    rows = [tokenizer.convert_ids_to_tokens(row[: sum(real)]) for row, real in zip(ids, mask, strict=True)]
    padding = [[not real for real in row] for row in mask]
    longest, shape = len(ids[0]), f"({len(ids)}, {len(ids[0])})"
    left, whole, high = 5.2, 16.6, 0.75
    cell, middle, tall = (whole / longest, high), left + whole / 2, high * len(ids)

    drawing = Drawing(width=22, height=3 * tall + 5.6, title=title)
    tops = [0.1 + step * (tall + 1.3) for step in range(4)]
    for number, row in enumerate(rows):
        drawing.matrix(left, tops[0] + number * high, [row], cell=cell)
    drawing.matrix(left, tops[1], ids, colour=2, cell=cell, dim=padding)
    drawing.matrix(left, tops[2], mask, colour=2, cell=cell, dim=padding)
    drawing.box(left, tops[3], whole, 1.2, f"the model reads both, and gives {len(ids)} answers", colour=1)
    for top, words in zip(tops, (f"{len(ids)} rows", "input_ids", "attention_mask"), strict=False):
        drawing.text(0, top + tall / 2 - 0.35, words, align="left", bold=True)
    for top, words in zip(tops, ("of unequal length", shape, shape), strict=False):
        drawing.text(0, top + tall / 2 + 0.35, words, align="left")
    for top, words in zip(tops, ("collate: fill up to the longest", "1 where a token is real, else 0"), strict=False):
        drawing.arrow((middle, top + tall + 0.15), (middle, top + tall + 1.15))
        drawing.text(middle + 0.4, top + tall + 0.65, words, align="left", colour=GREY)
    drawing.arrow((middle, tops[2] + tall + 0.15), (middle, tops[3] - 0.15))
    said = [
        f"{len(ids)} rows of unequal length: {'; '.join(' '.join(row) for row in rows)}",
        f"collate, fill up to the longest: input_ids {shape}, {'; '.join(' '.join(map(str, row)) for row in ids)}",
        f"1 where a token is real, else 0: attention_mask {shape}, "
        + "; ".join(" ".join(map(str, row)) for row in mask),
        f"the model reads both, and gives {len(ids)} answers",
    ]
    return drawing.picture(" -> ".join(said) + ".")


@rc_context(STYLE)
def padded_batches(panels: Mapping[str, Sequence[Sequence[int]]], title: str) -> Picture:
    """Draw batches as rectangles, one panel for each way of making them, with the share of padding above it.

    `panels`: name -> batches, each batch a list with the length of every row in tokens, or as a collator made it.
    """
    panels = {name: [_row_lengths(batch) for batch in batches] for name, batches in panels.items()}
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


def _row_lengths(batch) -> list[int]:
    return batch["attention_mask"].sum(dim=1).tolist() if "attention_mask" in batch else list(batch)


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
