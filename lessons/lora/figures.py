"""Figures about cheap fine-tuning: what LoRA adds to a matrix, what each way gives and costs, how rich an update is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib import rc_context
from matplotlib.figure import Figure

from course_utils.plots.charts import LINE_STYLES
from course_utils.plots.drawing import Drawing
from course_utils.plots.picture import COLOURS, GREY, STYLE, Picture, canvas

LINE_COLOURS = (COLOURS[0], COLOURS[4], COLOURS[2], COLOURS[1])  # yellow is too pale for a line


def adapter(side: int, rank: int) -> Picture:
    """Draw one matrix of the model (`side` x `side`) with its two thin ones, to scale, and a vector's ways."""
    whole, thin = f"{side * side:,}", f"{2 * side * rank:,}"
    long, narrow = 4.6, 4.6 * rank / side
    drawing = Drawing(21, 10.2, f"A matrix and its update of rank {rank}, drawn to scale")
    drawing.text(1.2, 4.9, f"one token's\nvector:\n{side} numbers")
    drawing.matrix(5.6, 0.2, (1, 1), colour=-1, cell=(long, long))
    drawing.text(7.9, 2.5, f"W\n{side} × {side}\n{whole} numbers\nstay")
    drawing.matrix(5.6, 7.6, (1, 1), colour=4, cell=(long, narrow))
    drawing.text(7.9, 8.5, f"A: {rank} × {side}")
    drawing.matrix(13.2, 5.3, (1, 1), colour=4, cell=(narrow, long))
    drawing.text(14.9, 9.1, f"B: {side} × {rank}")
    drawing.text(7.9, 9.5, f"A and B: {thin} numbers learn", bold=True)
    drawing.text(19.4, 4.9, f"what W said\n+ the update:\n{side} numbers")
    drawing.arrow((2.9, 4.6), (5.4, 2.5))
    drawing.arrow((2.9, 5.2), (5.4, 7.6))
    drawing.arrow((10.4, 7.6), (13.0, 7.6), f"{rank} numbers")
    drawing.arrow((10.4, 2.5), (17.3, 4.6))
    drawing.arrow((13.5, 7.2), (17.3, 5.2))
    return drawing.picture(
        f"one token's vector of {side} numbers takes two ways. The matrix W, {side} × {side}, {whole} numbers, stays. "
        f"A, {rank} × {side}, a flat strip, makes {rank} numbers of it, and B, {side} × {rank}, a tall strip, makes "
        f"{side} numbers of them. A and B: {thin} numbers learn. Both ways are added to {side} numbers."
    )


def product(B: Sequence[Sequence[int]], A: Sequence[Sequence[int]], title: str) -> Picture:
    """Draw B, A and B @ A as a multiplication table: B at the left, A on top, zeros of the product pale."""
    rank, across, down = len(A), len(A[0]), len(B)
    table = [[sum(B[i][k] * A[k][j] for k in range(rank)) for j in range(across)] for i in range(down)]
    left, top = 2.6 + rank, 1.1 + 0.7 * rank
    drawing = Drawing(left + across + 3.4, top + 0.7 * down + 0.3, title)
    drawing.matrix(left, 0.6, A, colour=4, dim=[[not value for value in row] for row in A])
    drawing.text(left + across + 1.5, 0.6 + 0.35 * rank, "A: what to read")
    drawing.matrix(left - rank - 0.4, top + 0.1, B, colour=4, dim=[[not value for value in row] for row in B])
    drawing.text(left - rank - 1.7, top + 0.35 * down, "B: where\nto write")
    drawing.matrix(left, top + 0.1, table, colour=0, dim=[[not value for value in row] for row in table])
    drawing.text(left + across + 1.5, top + 0.35 * down, "B @ A:\nthe update")
    rows = ["; ".join(" ".join(map(str, row)) for row in matrix) for matrix in (A, B, table)]
    return drawing.picture(f"A, what to read: {rows[0]}. B, where to write: {rows[1]}. B @ A, the update: {rows[2]}.")


@rc_context(STYLE)
def gains_and_costs(
    gains: Mapping[str, tuple[float, float, float]], costs: Mapping[str, Mapping[str, float]], title: str
) -> Picture:
    """Draw one row for each way: its accuracy on its interval first, then a panel of bars for each cost.

    `gains`: way -> (accuracy, low, high), all from 0 to 1. `costs`: cost with its unit -> way -> number; a way that
    lacks a cost has no bar there.
    """
    ways, rows = list(gains), range(len(gains))
    figure = Figure(figsize=(10.4, 0.52 * len(ways) + 1.5), layout="constrained")
    panels = figure.subplots(1, 1 + len(costs), sharey=True, width_ratios=[1.9] + [1] * len(costs))
    for row, (value, low, high) in zip(rows, gains.values(), strict=True):
        panels[0].plot([low, high], [row, row], color=COLOURS[0], linewidth=3, solid_capstyle="butt")
        panels[0].plot(value, row, "o", color=COLOURS[0], markersize=8)
        panels[0].annotate(f"{value:.0%}", (value, row), xytext=(0, 7), textcoords="offset points", ha="center")
    panels[0].set_yticks(rows, ways)
    panels[0].set_ylim(len(ways) - 0.5, -0.7)
    panels[0].xaxis.set_major_formatter("{x:.0%}")
    panels[0].grid(axis="x", color=GREY, alpha=0.25)
    panels[0].set_title("accuracy, 95% interval", fontsize=10.5, fontweight="normal")
    for axes, (cost, numbers) in zip(panels[1:], costs.items(), strict=True):
        known = {ways.index(way): number for way, number in numbers.items()}
        axes.barh(list(known), list(known.values()), color=COLOURS[5], height=0.55)
        for row, number in known.items():
            axes.text(number, row, f" {_short(number)}", va="center")
        axes.set_xlim(0, max(known.values()) * 1.65)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.set_title(cost, fontsize=10.5, fontweight="normal")
    figure.suptitle(title, fontsize=12, fontweight="bold", x=0.01, ha="left")
    words = [f"accuracy {way} {v:.1%}, from {low:.1%} to {high:.1%}" for way, (v, low, high) in gains.items()]
    words += [
        f"{cost}: " + ", ".join(f"{way} {_short(number)}" for way, number in numbers.items())
        for cost, numbers in costs.items()
    ]
    return Picture(figure, f"Rows of points and bars. {title}: {'; '.join(words)}.")


@rc_context(STYLE)
def singular_values(spectra: Mapping[str, Sequence[float]], title: str, marks: int = 8) -> Picture:
    """Draw the singular values of each matrix, largest first, as a share of its largest, on a log scale.

    `spectra`: name -> singular values in falling order. What is smaller than a millionth of the largest is rounding,
    and is drawn at the bottom. The text alternative tells how many are above that, and the value number `marks`.
    """
    floor = 1e-6
    figure, axes = canvas(height=3.8)
    words = []
    for number, (name, values) in enumerate(spectra.items()):
        shares = [max(float(value) / float(values[0]), floor) for value in values]
        style = {"color": LINE_COLOURS[number % len(LINE_COLOURS)], "linestyle": LINE_STYLES[number % len(LINE_STYLES)]}
        axes.plot(range(1, len(shares) + 1), shares, linewidth=2.2, label=name, **style)
        alive = sum(share > floor for share in shares)
        words.append(f"{name}: {alive} of {len(shares)} above rounding, number {marks} at {shares[marks - 1]:.2g}")
    axes.set_yscale("log")
    axes.set_xscale("log")
    ticks = [tick for tick in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512) if tick <= max(map(len, spectra.values()))]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set_ylim(floor * 0.7, 1.6)
    axes.grid(color=GREY, alpha=0.25)
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    axes.set_title(title)
    axes.set_xlabel("number of the singular value")
    axes.set_ylabel("size, largest = 1")
    return Picture(figure, f"Lines. {title} Singular values as shares of the largest. {'; '.join(words)}.")


def _short(number: float) -> str:
    """Three figures, and no more: 0.297 -> 0.30, 12.34 -> 12.3, 10795779 -> 10.8M."""
    if number >= 1e6:
        return f"{number / 1e6:.1f}M"
    if number >= 1e3:
        return f"{number / 1e3:.1f}k"
    return f"{number:.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2g}"
