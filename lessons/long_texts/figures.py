"""The figures of this lesson: what each way reads of a long text, how long the texts are, and who finds what where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib import rc_context
from matplotlib.ticker import MultipleLocator

from course_utils.plots.charts import scores
from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture, canvas

PALE = "#DDDDDD"


def four_ways(length: int, room: int, overlap: int) -> dict[str, list[tuple[int, int]]]:
    """Return the spans of a text of `length` tokens that head, tail, head + tail and windows of `room` tokens read."""
    return {
        "head": [(0, room)],
        "tail": [(length - room, length)],
        "head + tail": [(0, room // 2), (length - room // 2, length)],
        "windows": [(at, min(length, at + room)) for at in range(0, length - overlap, room - overlap)],
    }


@rc_context(STYLE)
def rulers(length: int, spans: Mapping[str, Sequence[tuple[int, int]]], title: str) -> Picture:
    """Draw the text once for each way, as a ruler of `length` tokens, with the spans that the way reads on it.

    `spans`: way -> (begin, end) of each span, in tokens. Spans that overlap are drawn on two levels.
    """
    figure, axes = canvas(height=0.6 * len(spans) + 1.2)
    for row, parts in enumerate(spans.values()):
        axes.barh(row, length, height=0.6, color=PALE)
        for number, (begin, end) in enumerate(parts):
            level = (number % 2 - 0.5) * 0.3 if len(parts) > 2 else 0
            height = 0.3 if len(parts) > 2 else 0.6
            axes.barh(row + level, end - begin, left=begin, height=height, color=COLOURS[0], edgecolor="white")
    axes.set_yticks(range(len(spans)), list(spans))
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
    axes.set_xlim(0, length)
    axes.set_title(title)
    axes.set_xlabel("place in the text, in tokens (blue: read; grey: not read)")
    words = "; ".join(
        f"{way} reads " + ", ".join(f"{begin} to {end}" for begin, end in parts) for way, parts in spans.items()
    )
    return Picture(figure, f"Rulers. {title} Of {length} tokens, {words}.")


@rc_context(STYLE)
def length_histogram(lengths: Sequence[int], limits: Sequence[int], title: str) -> Picture:
    """Draw how many texts have how many tokens; an upright line at each limit says how many texts it cuts."""
    figure, axes = canvas(height=3.7)
    axes.hist(lengths, bins=25, color=COLOURS[5], edgecolor="white")
    top = axes.get_ylim()[1]
    cut = {limit: sum(length > limit for length in lengths) / len(lengths) for limit in limits}
    for number, (limit, share) in enumerate(cut.items()):
        axes.axvline(limit, color=COLOURS[4], linewidth=1.5, linestyle="dashed")
        axes.text(
            limit,
            top * (1.02 + 0.14 * (number % 2)),
            f"{limit}:\n{share:.0%} cut",
            ha="center",
            va="bottom",
            fontsize=9,
        )
    axes.set_title(title, pad=58)
    axes.set_xlabel("tokens of a text")
    axes.set_ylabel("texts")
    words = "; ".join(f"{limit} tokens cut {share:.0%} of the texts" for limit, share in cut.items())
    return Picture(figure, f"Histogram. {title} The longest has {max(lengths)} tokens; {words}.")


@rc_context(STYLE)
def shares_by_place(
    shares: Mapping[str, Mapping[str, float]], title: str, span: tuple[float, float] = (0, 1)
) -> Picture:
    """Draw a table of shares as shades: a row for each way, a column for each place. All rows have the same places.

    `span`: the shares that get the darkest and the lightest shade.
    """
    places = list(next(iter(shares.values())))
    figure, axes = canvas(height=0.5 * len(shares) + 1.2)
    values = [[row[place] for place in places] for row in shares.values()]
    axes.imshow(values, cmap="cividis", vmin=span[0], vmax=span[1], aspect="auto")
    axes.set_xticks(range(len(places)), places)
    axes.set_yticks(range(len(shares)), list(shares))
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for row, line in enumerate(values):
        for column, value in enumerate(line):
            ink = "white" if value < sum(span) / 2 else INK
            axes.text(column, row, f"{value:.0%}", ha="center", va="center", color=ink)
    axes.set_title(title, pad=24)
    words = "; ".join(
        f"{way}: " + ", ".join(f"{place} {value:.0%}" for place, value in row.items()) for way, row in shares.items()
    )
    return Picture(figure, f"Table of shades. {title} {words}.")


def scores_by_fives(results: Mapping[str, tuple[float, float, float]], title: str) -> Picture:
    """Draw each accuracy as a point on its interval, as `plots.scores`, with a tick at each 5%."""
    picture = scores(results, title)
    picture.figure.axes[0].xaxis.set_major_locator(MultipleLocator(0.05))
    return picture


@rc_context(STYLE)
def operations(series: Mapping[str, tuple[Sequence[int], Sequence[float]]], title: str) -> Picture:
    """Draw counted operations along the length of a text, both on doubling scales: way -> (lengths, operations)."""
    figure, axes = canvas(height=3.6)
    colours, styles = (COLOURS[4], COLOURS[0], GREY), ("solid", "dashed", "dotted")
    for number, (way, (lengths, counts)) in enumerate(series.items()):
        axes.plot(lengths, counts, color=colours[number % 3], linestyle=styles[number % 3], linewidth=2.2, label=way)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    ticks = list(next(iter(series.values()))[0])[::2]
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.minorticks_off()
    axes.grid(color=GREY, alpha=0.25)
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    axes.set_title(title)
    axes.set_xlabel("tokens of the text")
    axes.set_ylabel("billions of multiplications")
    words = "; ".join(f"{way} {counts[0]:.2f} to {counts[-1]:.1f}" for way, (_, counts) in series.items())
    lengths = next(iter(series.values()))[0]
    return Picture(figure, f"Lines. {title} Billions from {lengths[0]:,} to {lengths[-1]:,} tokens: {words}.")
