"""Figures about text: its way to numbers, tokens on the text they came from, and how long texts are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib import rc_context
from matplotlib.patches import Rectangle

from course_utils.plots.charts import LINE_STYLES
from course_utils.plots.drawing import Drawing
from course_utils.plots.picture import COLOURS, GREY, STYLE, Picture, canvas

COLUMNS = 76  # characters of a monospaced font that fit beside each other
TINTS = ("#BFE0F5", "#FBE3B8")  # the palette's sky blue and orange, lightened: black text stays readable on both
LINE_COLOURS = (COLOURS[0], COLOURS[1], COLOURS[2], COLOURS[4])  # yellow is too pale for a line
DARK_GREY = "#595959"


def way_of_a_text(tokenizer, text: str, other: str, title: str) -> Picture:
    """Draw what the tokenizer makes of a text, step by step, and the batch of it and another, shorter one."""
    backend = tokenizer.backend_tokenizer
    normal = backend.normalizer.normalize_str(text)
    words = [word for word, _ in backend.pre_tokenizer.pre_tokenize_str(normal)]
    batch = tokenizer([text, other], padding=True)
    rows = [tokenizer.convert_ids_to_tokens(ids) for ids in batch["input_ids"]]
    pieces = tokenizer.tokenize(text)
    padding = [[not real for real in mask] for mask in batch["attention_mask"]]
    from_text = [word is not None for word in batch.word_ids(0)]

    drawing = Drawing(width=22, height=11.7, title=title)
    left, whole = 6.0, 15.9
    wide = whole / len(rows[0])
    drawing.box(left, 0.1, whole, 0.9, text, colour=-1)
    drawing.box(left, 1.7, whole, 0.9, normal)
    drawing.matrix(left, 3.3, [words], cell=(whole / len(words), 0.9))
    drawing.matrix(left + wide, 4.9, [pieces], cell=(wide, 0.9))
    drawing.matrix(left, 6.5, [rows[0]], colour=1, cell=(wide, 0.9), dim=[from_text])
    drawing.matrix(left, 8.1, batch["input_ids"], colour=2, cell=(wide, 0.8), dim=padding)
    drawing.matrix(left, 10.0, batch["attention_mask"], colour=2, cell=(wide, 0.8), dim=padding)
    for y, words_of_step in (
        (0.55, "your text"),
        (2.15, "normalised"),
        (3.75, "cut into words"),
        (5.35, "cut into pieces"),
        (6.95, "special tokens around"),
        (8.5, "numbers: input_ids"),
        (9.3, f"{other!r}, padded"),
        (10.4, "attention_mask"),
        (11.2, f"{other!r}, padded"),
    ):
        drawing.text(0, y, words_of_step, align="left")
    for y in (1.0, 2.6, 4.2, 5.8, 7.4):
        drawing.arrow((left + whole / 2, y + 0.05), (left + whole / 2, y + 0.65))
    in_words = [
        f"the text {text!r}",
        f"normalised {normal!r}",
        f"words {', '.join(words)}",
        f"pieces {', '.join(pieces)}",
        f"with special tokens {', '.join(rows[0])}",
        f"input_ids {_numbers(batch['input_ids'][0])}",
        f"attention_mask {_numbers(batch['attention_mask'][0])}",
    ]
    ids, mask = _numbers(batch["input_ids"][1]), _numbers(batch["attention_mask"][1])
    second = f"The other text {other!r} is padded: input_ids {ids}, attention_mask {mask}"
    return drawing.picture(f"{' -> '.join(in_words)}. {second}.")


def _numbers(row: Sequence[int]) -> str:
    return " ".join(map(str, row))


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
