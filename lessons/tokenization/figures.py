"""Figures about text: tokens on the text they came from, and how long texts are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib import rc_context
from matplotlib.patches import Rectangle

from course_utils.plots.charts import LINE_STYLES
from course_utils.plots.picture import COLOURS, GREY, STYLE, Picture, canvas

COLUMNS = 76  # characters of a monospaced font that fit beside each other
TINTS = ("#BFE0F5", "#FBE3B8")  # the palette's sky blue and orange, lightened: black text stays readable on both
LINE_COLOURS = (COLOURS[0], COLOURS[1], COLOURS[2], COLOURS[4])  # yellow is too pale for a line
DARK_GREY = "#595959"


@rc_context(STYLE)
def token_boxes(
    text: str, tokens: Sequence[str], offsets: Sequence[tuple[int, int]], words: Sequence[int | None], title: str
) -> Picture:
    """Draw the text in boxes, one for each token, with the token and its offsets below.

    `offsets` are (start, end) in the text, `words` the number of each token's word, None for a token that is not from
    the text, such as [CLS]: all as a tokenizer returns them. Boxes of one word touch each other.
    """
    rows = list(zip(tokens, offsets, words, strict=True))
    places = _places(rows)
    last_line = places[-1][0]
    figure, axes = canvas(height=0.95 * (last_line + 1) + 0.45)
    fonts = {"ha": "center", "va": "center", "family": ["DejaVu Sans Mono", "DejaVu Sans"]}  # the second has emoji
    for number, ((token, (start, end), word), (line, left, width)) in enumerate(zip(rows, places, strict=True)):
        top, middle = 3.2 * line, left + width / 2
        style = {"linestyle": "dashed", "facecolor": "none"} if word is None else {"facecolor": TINTS[number % 2]}
        axes.add_patch(Rectangle((left, top), width, 1.1, edgecolor=GREY, **style))
        axes.text(middle, top + 0.55, text[start:end], fontsize=10, **fonts)
        axes.text(middle, top + 1.6, token, fontsize=9, weight="bold" if token.startswith("##") else "normal", **fonts)
        axes.text(middle, top + 2.3, "" if word is None else f"{start}-{end}", fontsize=7.5, color=DARK_GREY, **fonts)
    axes.set_xlim(-0.2, COLUMNS + 0.2)
    axes.set_ylim(3.2 * last_line + 2.8, -0.2)
    axes.set_axis_off()
    axes.set_title(title)
    said = ", ".join(
        f"{token} (no text)" if word is None else f"{token} from {text[start:end]!r} at {start} to {end}"
        for token, (start, end), word in rows
    )
    return Picture(figure, f"Text in boxes. {title} {said}.")


def _places(rows) -> list[tuple[int, int, int]]:
    """Return (line, column, width) of each token's box, in characters; a box that does not fit begins a new line."""
    places, line, column, before = [], 0, 0, None
    for token, (start, end), word in rows:
        width = max(end - start, len(token), len(f"{start}-{end}")) + 1
        if places and (word is None or word != before):
            column += 1
        if column + width > COLUMNS:
            line, column = line + 1, 0
        places.append((line, column, width))
        column, before = column + width, word
    return places


@rc_context(STYLE)
def length_profile(lengths: Mapping[str, Sequence[int]], limits: Sequence[int], title: str) -> Picture:
    """Draw, for each name, the share of its texts that have at most so many tokens; upright lines mark the limits."""
    figure, axes = canvas(height=3.6)
    longest = max(max(values) for values in lengths.values())
    for number, (name, values) in enumerate(lengths.items()):
        ordered = sorted(values)
        shares = [(place + 1) / len(ordered) for place in range(len(ordered))]
        axes.step(
            [0, *ordered],
            [0, *shares],
            where="post",
            color=LINE_COLOURS[number % len(LINE_COLOURS)],
            linestyle=LINE_STYLES[number % len(LINE_STYLES)],
            linewidth=2.2,
            label=name,
        )
    marks = [limit for limit in limits if limit <= longest]
    for limit in marks:
        axes.axvline(limit, color=GREY, linewidth=1)
        axes.text(limit + longest / 200, 0.02, str(limit), color=DARK_GREY, fontsize=9)
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    axes.grid(axis="y", color=GREY, alpha=0.25)
    axes.yaxis.set_major_formatter("{x:.0%}")
    axes.set_xlim(0, longest)
    axes.set_ylim(0, 1.03)
    axes.set_title(title)
    axes.set_xlabel("tokens")
    axes.set_ylabel("texts with at most so many")
    words = "; ".join(
        f"{name} " + ", ".join(f"{_share(values, limit):.1%} up to {limit}" for limit in marks)
        for name, values in lengths.items()
    )
    return Picture(figure, f"Rising lines. {title} Share of the texts by tokens: {words}.")


def _share(values: Sequence[int], limit: int) -> float:
    return sum(value <= limit for value in values) / len(values)
