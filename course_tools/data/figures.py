"""The four figures of `data/README.md`, the three datasets side by side: `course data --figures` draws them anew."""

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib import colormaps, rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.manifold import TSNE
from sklearn.neighbors import NearestNeighbors

from course_tools.data.cards import LEVELS
from course_tools.data.rules import FUNCTION_WORDS, TELLING_ROWS, TELLING_SHARE, words
from course_tools.data.strict_csv import SPLITS, Row
from course_utils.plots import COLOURS, GREY, STYLE, Picture
from course_utils.sources import offline_checkpoint

Datasets = Mapping[str, tuple[tuple[str, ...], list[Row]]]  # name -> (labels, rows)
MAP_ROWS = 1500  # of each dataset: more dots hide one another
TOP_WORDS = 6
SEED = 42


def all_figures(datasets: Datasets) -> dict[str, Picture]:
    """Return the figures by file name."""
    return {
        "labels": _panels(datasets, _draw_counts, "rows of each label", height=3.4),
        "lengths": _panels(datasets, _draw_lengths, "words in a row, for each label", height=3.4),
        "words": _panels(datasets, _draw_words, "the words that tell most about each label", height=8.4),
        "map": _panels(datasets, _draw_map, "a map of the rows: close dots, close meaning", height=4.4),
    }


@rc_context(STYLE)
def _panels(datasets: Datasets, draw: Callable[..., str], what: str, height: float) -> Picture:
    """Draw one panel a dataset. `draw` takes axes, name, labels and rows, and returns the panel in words."""
    figure = Figure(figsize=(13, height), layout="constrained")
    alternatives = []
    for axes, (name, (labels, rows)) in zip(figure.subplots(1, len(datasets)), datasets.items(), strict=True):
        axes.set_title(name)
        alternatives.append(f"{name}: {draw(axes, name, labels, rows)}")
    return Picture(figure, f"Three panels, {what}. {'. '.join(alternatives)}.")


def _draw_counts(axes: Axes, name: str, labels: tuple[str, ...], rows: list[Row]) -> str:
    left = np.zeros(len(labels))
    for split, colour in zip(SPLITS, COLOURS, strict=False):
        counts = [sum(row.label == label and row.split == split for row in rows) for label in labels]
        axes.barh(labels, counts, left=left, color=colour, label=split, height=0.65)
        left += counts
    for row, total in enumerate(left):
        axes.text(total, row, f" {total:,.0f}", va="center")
    axes.set_xlim(0, left.max() * 1.18)
    axes.set_xlabel("rows")
    axes.invert_yaxis()
    axes.legend(frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.16), fontsize=9, handlelength=1)
    return ", ".join(f"{label} {total:,.0f}" for label, total in zip(labels, left, strict=True))


def _draw_lengths(axes: Axes, name: str, labels: tuple[str, ...], rows: list[Row]) -> str:
    lengths = [[len(row.text.split()) for row in rows if row.label == label] for label in labels]
    drawn = axes.boxplot(lengths, tick_labels=labels, whis=(5, 95), showfliers=False, patch_artist=True, widths=0.6)
    for box, middle in zip(drawn["boxes"], drawn["medians"], strict=True):
        box.set(facecolor=COLOURS[5], edgecolor=GREY)
        middle.set(color="black", linewidth=2)
    axes.set_yscale("log")
    axes.set_yticks([5, 10, 20, 50, 100], ["5", "10", "20", "50", "100"])
    axes.minorticks_off()
    axes.set_ylim(2.5, 130)
    axes.set_ylabel("words (box: middle half,\nwhiskers: 5% to 95%)", fontsize=9)
    return ", ".join(f"{label} median {np.median(found):.0f}" for label, found in zip(labels, lengths, strict=True))


def telling_words(labels: tuple[str, ...], rows: list[Row], top: int = TOP_WORDS) -> dict[str, list[tuple[str, float]]]:
    """Return for each label the content words whose rows it holds far beyond chance, with its share of them (0 to 1).

    Only words in 15 rows or more. Ranked by the z-score of the share against the label's share of all rows, so that
    rare words do not win by luck.
    """
    counter = CountVectorizer(
        analyzer=lambda text: {word.lstrip("#") for word in words(text)} - FUNCTION_WORDS, min_df=TELLING_ROWS
    )
    present = counter.fit_transform(row.text for row in rows).sign()
    vocabulary = counter.get_feature_names_out()
    total = np.asarray(present.sum(axis=0)).ravel()
    found = {}
    for label in labels:
        mine = np.array([row.label == label for row in rows])
        share = np.asarray(present[mine].sum(axis=0)).ravel() / total
        chance = mine.mean()
        best = np.argsort((share - chance) * np.sqrt(total))[::-1][:top]
        found[label] = [(str(vocabulary[word]), float(share[word])) for word in best]
    return found


def _draw_words(axes: Axes, name: str, labels: tuple[str, ...], rows: list[Row]) -> str:
    top = TOP_WORDS if len(labels) < 6 else TOP_WORDS - 2
    found = telling_words(labels, rows, top)
    names, position = [], 0
    for label, colour in zip(labels, _colours(name, labels), strict=True):
        for word, share in found[label]:
            axes.barh(position, share, color=colour, height=0.8)
            axes.text(
                0.02,
                position,
                word,
                va="center",
                fontsize=9,
                bbox={"facecolor": "white", "alpha": 0.8, "pad": 1, "edgecolor": "none"},
            )
            names.append((position, label))
            position += 1
        position += 1
    middles = {label: np.mean([place for place, own in names if own == label]) for label in labels}
    axes.set_yticks(list(middles.values()), list(middles))
    axes.set_xlim(0, 1)
    axes.axvline(TELLING_SHARE, color=GREY, linestyle=":")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.set_xlabel(
        "of the rows with this word, how many have this label\n(dotted: the gate's limit, from 15 rows on)", fontsize=9
    )
    axes.invert_yaxis()
    return "; ".join(f"{label}: {', '.join(word for word, _ in found[label])}" for label in labels)


def _draw_map(axes: Axes, name: str, labels: tuple[str, ...], rows: list[Row]) -> str:
    chosen = np.random.default_rng(SEED).permutation(len(rows))[:MAP_ROWS]
    some = [rows[number] for number in chosen]
    vectors = embed(some)
    places = TSNE(perplexity=40, metric="cosine", init="pca", random_state=SEED).fit_transform(vectors)
    for label, colour in zip(labels, _colours(name, labels), strict=True):
        mine = np.array([row.label == label for row in some])
        axes.scatter(*places[mine].T, s=7, color=colour, label=label, alpha=0.75, linewidths=0)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    axes.legend(frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.5, 0), fontsize=9, markerscale=2)
    nearest = NearestNeighbors(n_neighbors=1, metric="cosine").fit(vectors).kneighbors()[1][:, 0]
    shares = []
    for column in ("topic", "label"):
        values = np.array([row.columns[column] for row in some])
        shares.append(f"{np.mean(values == values[nearest]):.0%}")
    axes.set_title(f"{name}\nnearest row: same topic {shares[0]}, same label {shares[1]}", fontsize=10)
    return f"{len(some):,} dots; the nearest row has the same topic in {shares[0]}, the same label in {shares[1]}"


def embed(rows: list[Row]) -> np.ndarray:
    """Return the offline checkpoint's mean-pooled embeddings, rows x 384, before any fine-tuning."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(offline_checkpoint())
    model = AutoModel.from_pretrained(offline_checkpoint()).eval()
    order = np.argsort([len(row.text) for row in rows])
    vectors = np.empty((len(rows), model.config.hidden_size), dtype=np.float32)
    for part in np.array_split(order, max(1, len(rows) // 64)):
        batch = tokenizer([rows[number].text for number in part], padding=True, truncation=True, return_tensors="pt")
        with torch.inference_mode():
            hidden = model(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1)
        vectors[part] = ((hidden * mask).sum(1) / mask.sum(1)).numpy()
    return vectors


def _colours(name: str, labels: tuple[str, ...]):
    """Return a colour for each label: a scale from dark to light where the labels have an order."""
    return colormaps["viridis"](np.linspace(0, 0.95, len(labels))) if name == LEVELS else COLOURS[: len(labels)]
