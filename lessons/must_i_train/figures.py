"""Figures of this lesson: what each road changes and what it leaves alone, and scores along the number of labels."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from matplotlib import rc_context
from matplotlib.patches import FancyBboxPatch

from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture, canvas

LINE_COLOURS = (COLOURS[4], COLOURS[0], COLOURS[2], COLOURS[6], GREY, INK)
MARKERS = ("o", "s", "D", "^", "v", "P")
WIDTHS = (2.6, 3.4, 2.6)


def weights_of_roads(encoder, decoder, upper: int, labels: int) -> dict[str, tuple[str, int, int]]:
    """Count for each road the weights that stay and those that change, in the models themselves.

    `upper`: layers that fine-tuning shapes, counted from the top. The head is new: a weight for each number of the
    vector, and a bias, for each label.
    """
    stay, head = encoder.num_parameters(), (encoder.config.hidden_size + 1) * labels
    shaped = sum(weight.numel() for weight in encoder.encoder.layer[-upper:].parameters())
    return {
        "Select: prompt a decoder": ("you write words", decoder.num_parameters(), 0),
        "Read off: a head": ("you give labels", stay, head),
        "Shape: fine-tune": ("you give labels", stay - shaped, shaped + head),
    }


@rc_context(STYLE)
def roads(ways: Mapping[str, tuple[str, int, int]], title: str) -> Picture:
    """Draw a road for each way: what you give, the model's weights that stay, the weights that are changed.

    `ways`: name -> (what you give, weights that stay, weights that change). Coloured is what you change: the words
    where no weight changes, the weights where some do.
    """
    figure, axes = canvas(height=1.05 * len(ways) + 0.9, width=8.2)
    words = []
    for row, (name, (given, stay, change)) in enumerate(ways.items()):
        boxes = (given, f"{stay:,} weights stay", f"{change:,} weights change" if change else "no weight changes")
        left = 0.0
        for place, (text, width) in enumerate(zip(boxes, WIDTHS, strict=True)):
            touched = place == (2 if change else 0)
            face, ink = (COLOURS[1] if touched else "#E8E8E8"), INK
            box = FancyBboxPatch((left, row - 0.2), width, 0.44, boxstyle="round,pad=0.04", facecolor=face, linewidth=0)
            axes.add_patch(box)
            axes.text(left + width / 2, row + 0.02, text, ha="center", va="center", color=ink, fontsize=10)
            if place:
                arrow = {"arrowstyle": "->", "color": GREY, "linewidth": 1.6}
                axes.annotate("", (left - 0.06, row + 0.02), (left - 0.5, row + 0.02), arrowprops=arrow)
            left += width + 0.56
        axes.text(0, row - 0.32, name, fontweight="bold", fontsize=10.5, va="bottom")
        words.append(f"{name}: {', then '.join(boxes)}")
    axes.set_xlim(-0.1, sum(WIDTHS) + 1.25)
    axes.set_ylim(len(ways) - 0.6, -0.7)
    axes.axis("off")
    axes.set_title(title)
    return Picture(figure, f"Rows of boxes with arrows; what you change is coloured. {title} {'; '.join(words)}.")


@rc_context(STYLE)
def scores_by_labels(
    series: Mapping[str, Mapping[int, tuple[float, float, float]]],
    title: str,
    *,
    lazy: float | None = None,
    apart: Collection[str] = (),
) -> Picture:
    """Draw each way's accuracy along the number of labels, with upright 95% intervals. 0 labels is a place as well.

    `series`: name -> number of labels -> (accuracy, low, high), from 0 to 1. `lazy`: the accuracy of the lazy rule, a
    dashed line. `apart`: ways whose points are not joined, because they come from different posts.
    """
    figure, axes = canvas(height=4.1, width=8.2)
    counts = sorted({count for points in series.values() for count in points})
    words = []
    for number, (name, points) in enumerate(series.items()):
        shift = 0.06 * (number - (len(series) - 1) / 2)
        places = [counts.index(count) + shift for count in points]
        values, lows, highs = zip(*points.values(), strict=True)
        colour, marker = LINE_COLOURS[number % len(LINE_COLOURS)], MARKERS[number % len(MARKERS)]
        line = "none" if name in apart else "-"
        axes.plot(places, values, marker=marker, color=colour, linestyle=line, linewidth=1.8, markersize=7, label=name)
        axes.vlines(places, lows, highs, color=colour, linewidth=1.5, alpha=0.7)
        each = ", ".join(
            f"{count} labels {v:.1%} ({low:.1%} to {high:.1%})" for count, (v, low, high) in points.items()
        )
        words.append(f"{name} {each}")
    if lazy is not None:
        axes.axhline(lazy, color=INK, linestyle="--", linewidth=1.2, label="lazy rule")
        words.append(f"dashed, the lazy rule {lazy:.1%}")
    axes.set_xticks(range(len(counts)), [str(count) for count in counts])
    axes.yaxis.set_major_formatter("{x:.0%}")
    axes.grid(color=GREY, alpha=0.25)
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    axes.set_title(title)
    axes.set_xlabel("labels in all (points are moved aside a little)")
    axes.set_ylabel("accuracy, with 95% intervals")
    return Picture(figure, f"Lines with intervals. {title} Accuracy along labels: {'; '.join(words)}.")
