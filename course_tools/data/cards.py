"""The parts of `data/NAME/README.md` that are computed: the head's splits, and the tables between two markers."""

import hashlib
import json
import re
from collections import Counter
from pathlib import Path

import numpy as np

from course_tools.data.strict_csv import SPLITS, Row
from course_tools.project import ROOT
from course_utils import CourseError

MARKS = ROOT / "benchmarks" / "data_marks.json"
LEVELS = "cefr"  # the dataset whose label is ordered


def digest(folder: Path) -> str:
    """Return 16 hexadecimal digits that change with any row of the dataset."""
    content = b"".join((folder / f"{split}.csv").read_bytes() for split in SPLITS)
    return hashlib.sha256(content).hexdigest()[:16]


def with_head(card: str, folder: Path, rows: list[Row]) -> str:
    """Return the card with splits and digest in its YAML head.

    `load_dataset` recognises a local folder in its cache by the card alone. Without the digest there, it would go on
    serving the old rows after the CSV files have changed.
    """
    _, head, body = card.split("---\n", 2)
    info = "".join(
        f"  - {{name: {split}, num_examples: {sum(row.split == split for row in rows)}, "
        f"num_bytes: {(folder / f'{split}.csv').stat().st_size}}}\n"
        for split in SPLITS
    )
    head = re.sub(r"^  (splits|description):.*\n(?:  - .*\n)*", "", head, flags=re.M)
    head = head.replace("dataset_info:\n", f"dataset_info:\n  description: rows {digest(folder)}\n  splits:\n{info}")
    return f"---\n{head}---\n{body}"


def with_part(text: str, name: str, content: str) -> str:
    """Return the text with `content` between the markers of the named part. Raises CourseError without them."""
    start, end = f"<!-- {name}: written by `course data` -->", f"<!-- end of {name} -->"
    before, found, rest = text.partition(start)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise CourseError(f"A README in data/ lacks the markers {start} and {end}. Put them back around that part.")
    return f"{before}{start}\n{content.strip()}\n{end}{after}"


def statistics(rows: list[Row], labels: tuple[str, ...]) -> str:
    """Return a table: rows of each label in each split, hard rows, and the middle 80% of the lengths in words."""
    lines = [f"| split | rows | {' | '.join(labels)} | hard |", "|---" * (len(labels) + 3) + "|"]
    for split in (*SPLITS, "all"):
        own = [row for row in rows if split in (row.split, "all")]
        counts = Counter(row.label for row in own)
        hard = sum(row.columns.get("hard") == "true" for row in own)
        share = f"{hard} ({hard / len(own):.0%})"
        lines.append(f"| {split} | {len(own):,} | {' | '.join(f'{counts[label]:,}' for label in labels)} | {share} |")
    lengths = {label: [len(row.text.split()) for row in rows if row.label == label] for label in labels}
    spans = {label: np.percentile(values, [50, 10, 90]).round().astype(int) for label, values in lengths.items()}
    cells = " | ".join(f"{middle} ({low} to {high})" for middle, low, high in spans.values())
    return "\n".join([*lines, f"| words: median (middle 80%) | | {cells} | |"])


def marks(name: str, found: dict) -> str:
    """Return the table of what was measured on the dataset by `benchmarks/data_marks.py`."""
    own = found[name]
    scores = {"accuracy": "accuracy", "macro_f1": "macro-F1"}
    if name == LEVELS:
        scores = {"spearman": "Spearman", "accuracy": "accuracy", "within_one_level": "within one level"}
    head = " | ".join(f"{title}, counting | {title}, fine-tuned" for title in scores.values())
    lines = [f"| judged on | rows | {head} |", "|---" * (2 + 2 * len(scores)) + "|"]
    for test, result in own["tests"].items():
        cells = [f"{result['counting'][mark]:.3f} | {_spread(result['fine_tuned'][mark])}" for mark in scores]
        lines.append(f"| {test} | {result['rows']:,} | {' | '.join(cells)} |")
    recipe = ", ".join(f"`{key}={value}`" for key, value in own["recipe"].items())
    seeds = ", ".join(map(str, own["seeds"]))
    note = (
        f"Fine-tuned: the offline checkpoint, all but its embeddings, on the {own['train_rows']:,} rows of `train`; "
        f"mean of the seeds {seeds}, in brackets the lowest and the highest. Recipe: {recipe}. "
        "Counting: TF-IDF with logistic regression, scikit-learn's defaults. "
        f"Measured on {own['date']} with {own['versions']} by `benchmarks/data_marks.py`."
    )
    return "\n".join([*lines, "", note])


def stale_marks(folders: dict[str, Path]) -> list[str]:
    """Return a sentence for each dataset whose stored marks are missing or were measured on other rows."""
    found = json.loads(MARKS.read_text(encoding="utf-8")) if MARKS.exists() else {}
    return [
        f"benchmarks/data_marks.json: {name} was measured on other rows. Run benchmarks/data_marks.py --data {name}."
        for name, folder in folders.items()
        if name not in found or found[name]["digest"] != digest(folder)
    ]


def _spread(mark: dict[str, float]) -> str:
    return f"{mark['mean']:.3f} ({mark['low']:.3f} to {mark['high']:.3f})"
