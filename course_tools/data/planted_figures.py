"""The figures of the second half's datasets in `data/README.md`: what they hold, and what is planted in them."""

import json
from collections import Counter

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_tools.data import looks
from course_tools.data.cards import MARKS
from course_tools.data.strict_csv import Row, read_rows, read_schemas
from course_utils.plots import COLOURS, GREY, STYLE, Picture
from course_utils.sources import DATA

SHOWN = ("messages", "requests", "two_guides", "reviews", "answers", "dialogues", "scenarios", "sentences")
SHORT_TURNS = 7  # of the commonest short turns
QUARTERS = [f"{year}, {quarter}" for year in (2023, 2024, 2025) for quarter in ("Jan", "Apr", "Jul", "Oct")]
GAINS = {  # dataset -> score, what is judged, the simple way, the way that sees more
    "requests": ("macro-F1", "test", "counting words", "fine-tuned"),
    "reviews": ("accuracy", "test", "counting words", "fine-tuned, 256 tokens"),
    "answers": ("quadratic kappa", "unseen answers", "overlap of words", "fine-tuned, as a pair"),
    "dialogues": ("macro-F1", "test", "frozen vectors, turn alone", "frozen vectors, turn with its context"),
    "scenarios": (
        "accuracy",
        "fil",
        "English checkpoint, trained on English",
        "multilingual checkpoint, trained on English",
    ),
    "where_when": ("span F1", "test", "list of words", "fine-tuned"),
}


def all_figures() -> dict[str, Picture]:
    """Return the figures by file name."""
    return {"more_labels": _labels(), "more_lengths": _lengths(), "gains": _gains(), "planted": _planted()}


@rc_context(STYLE)
def _labels() -> Picture:
    """Rows of each label, a panel a dataset."""
    figure = Figure(figsize=(13, 6), layout="constrained")
    told = []
    for axes, name in zip(figure.subplots(2, 4).flat, SHOWN, strict=True):
        counts = _counts(name)
        axes.barh(list(counts), list(counts.values()), color=COLOURS[0], height=0.65)
        for place, count in enumerate(counts.values()):
            axes.text(count, place, f" {count:,}", va="center", fontsize=9)
        axes.set_title(name)
        axes.set_xlim(0, max(counts.values()) * 1.2)
        axes.set_xticks([])
        axes.invert_yaxis()
        told.append(f"{name}: {', '.join(f'{label} {count:,}' for label, count in counts.items())}")
    return Picture(figure, f"Eight panels, rows of each label. {'. '.join(told)}.")


def _counts(name: str) -> dict[str, int]:
    """Return label -> rows of a dataset, with the labels that its panel shows."""
    rows = {schema.config: read_rows(DATA / name, schema.config) for schema in read_schemas(DATA / name)}
    if name == "requests":
        return {topic: sum(row.columns[topic] == "true" for row in rows["default"]) for topic in looks.TOPICS}
    if name == "sentences":
        return {config: len(found) for config, found in rows.items()}
    if name == "two_guides":
        pairs = Counter((row.columns["guide_one"], row.columns["guide_two"]) for row in rows["default"])
        return {
            "both": pairs["yes", "yes"],
            "only one": pairs["yes", "no"],
            "only two": pairs["no", "yes"],
            "neither": pairs["no", "no"],
        }
    counts = Counter(row.label for row in rows["default"])
    return {label: counts[label] for label in read_schemas(DATA / name)[0].labels}


@rc_context(STYLE)
def _lengths() -> Picture:
    """Words in a text, a box a dataset."""
    figure = Figure(figsize=(13, 3.6), layout="constrained")
    axes = figure.subplots()
    columns = {"scenarios": "en", "sentences": "text"}
    names = [*SHOWN[:4], "textbook", *SHOWN[4:], "where_when"]
    lengths = {
        name: [len(row.columns[columns.get(name, "text")].split()) for row in read_rows(DATA / name)] for name in names
    }
    drawn = axes.boxplot(
        list(lengths.values()), tick_labels=names, whis=(5, 95), showfliers=False, patch_artist=True, widths=0.55
    )
    for box, middle in zip(drawn["boxes"], drawn["medians"], strict=True):
        box.set(facecolor=COLOURS[5], edgecolor=GREY)
        middle.set(color="black", linewidth=2)
    axes.set_yscale("log")
    axes.set_yticks([2, 5, 10, 20, 50, 100, 300], ["2", "5", "10", "20", "50", "100", "300"])
    axes.minorticks_off()
    axes.set_ylabel("words (box: middle half,\nwhiskers: 5% to 95%)", fontsize=9)
    told = ", ".join(f"{name} {np.median(values):.0f}" for name, values in lengths.items())
    return Picture(figure, f"Boxes of the lengths in words on a log scale. Medians: {told}.")


@rc_context(STYLE)
def _gains() -> Picture:
    """The simple way and the way that sees more, from the marks of the cards."""
    found = json.loads(MARKS.read_text(encoding="utf-8"))
    figure = Figure(figsize=(13, 3.4), layout="constrained")
    axes = figure.subplots()
    told = []
    for place, (name, (score, judged_on, simple, better)) in enumerate(GAINS.items()):
        ends = [_mark(found[name], method, judged_on, score) for method in (simple, better)]
        axes.plot(ends, [place, place], color=GREY, linewidth=2, zorder=1)
        for value, colour, word, side in zip(
            ends, (COLOURS[1], COLOURS[0]), (simple, better), ("right", "left"), strict=True
        ):
            axes.scatter(value, place, s=70, color=colour, zorder=2)
            shift = (-9 if side == "right" else 9, 0)  # each word on the outer side of its dot
            axes.annotate(word, (value, place), shift, textcoords="offset points", ha=side, va="center", fontsize=8)
        told.append(f"{name}, {score}: {simple} {ends[0]:.2f}, {better} {ends[1]:.2f}")
    axes.set_yticks(range(len(GAINS)), [f"{name}\n{score}" for name, (score, *_) in GAINS.items()])
    axes.set_ylim(len(GAINS) - 0.5, -0.7)
    axes.set_xlim(0, 1)
    return Picture(figure, f"A line a dataset, from the simple way to the way that sees more. {'. '.join(told)}.")


def _mark(own: dict, method: str, judged_on: str, score: str) -> float:
    line = next(line for line in own["lines"] if (line["method"], line["judged_on"]) == (method, judged_on))
    mark = line["scores"][score]
    return mark if isinstance(mark, float) else mark["mean"]


@rc_context(STYLE)
def _planted() -> Picture:
    """Two planted truths: words that change what they mean, and short turns under many labels."""
    figure = Figure(figsize=(13, 4), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1, 1))
    words = [_draw_drift(left, read_rows(DATA / "messages")), _draw_turns(right, read_rows(DATA / "dialogues"))]
    return Picture(figure, f"Two panels. {' '.join(words)}")


def _draw_drift(axes: Axes, rows: list[Row]) -> str:
    """How often a model of word counts that was trained on year 1 is right, quarter by quarter."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
    first = [row for row in rows if row.split == "year_1"]
    later = [row for row in rows if row.split != "year_1"]
    texts, labels = [row.text for row in first], [row.label for row in first]
    said = [
        *cross_val_predict(model, texts, labels, cv=5),
        *model.fit(texts, labels).predict([row.text for row in later]),
    ]
    right = np.array([label == row.label for label, row in zip(said, [*first, *later], strict=True)])
    quarter = np.array([_quarter(row) for row in [*first, *later]])
    changing = np.array([row.columns["event"] != "0" for row in [*first, *later]])
    ends = []
    for chosen, name, colour in (
        (changing, "with a word that changes", COLOURS[1]),
        (~changing, "other messages", COLOURS[0]),
    ):
        shares = [right[chosen & (quarter == number)].mean() for number in range(len(QUARTERS))]
        axes.plot(shares, marker="o", color=colour, label=name)
        ends.append(f"{name} from {np.mean(shares[:4]):.0%} in year 1 to {np.mean(shares[8:]):.0%} in year 3")
    axes.set_xticks(range(len(QUARTERS)), QUARTERS, rotation=60, fontsize=8, ha="right")
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.set_title("messages: a model of 2023, right answers")
    axes.legend(frameon=False)
    return f"messages, right answers of a model of 2023: {', '.join(ends)}."


def _quarter(row: Row) -> int:
    year, month, _ = map(int, row.columns["date"].split("-"))
    return (year - 2023) * 4 + (month - 1) // 3


def _draw_turns(axes: Axes, rows: list[Row]) -> str:
    """The commonest short turns, and under which labels they come."""
    labels = read_schemas(DATA / "dialogues")[0].labels
    short = [row for row in rows if row.columns["short"] == "true"]
    known = Counter(row.text for row in short).most_common(SHORT_TURNS)
    told = []
    for place, (text, _) in enumerate(known):
        left = 0
        counts = Counter(row.label for row in short if row.text == text)
        for label, colour in zip(labels, COLOURS[: len(labels)], strict=True):
            axes.barh(place, counts[label], left=left, color=colour, height=0.7, label=label if place == 0 else None)
            left += counts[label]
        told.append(f"{text} {', '.join(f'{label} {counts[label]}' for label in labels if counts[label])}")
    axes.set_yticks(range(len(known)), [f"“{text}”" for text, _ in known])
    axes.invert_yaxis()
    axes.set_xlabel("turns")
    axes.set_title("dialogues: the same words, another feeling")
    axes.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1, 0.5))
    return f"dialogues, short turns and their labels: {'; '.join(told)}."
