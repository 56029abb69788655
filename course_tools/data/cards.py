"""The parts of `data/NAME/README.md` that are computed: the head's splits, and the tables between two markers."""

import hashlib
import json
import re
from collections import Counter
from pathlib import Path

import numpy as np

from course_tools.data.strict_csv import SPLITS, Row, Schema, read_rows, read_schemas
from course_tools.project import ROOT
from course_utils import CourseError

MARKS = ROOT / "benchmarks" / "data_marks.json"
LEVELS = "cefr"  # the dataset whose label is ordered


def digest(folder: Path) -> str:
    """Return 16 hexadecimal digits that change with any row of the dataset."""
    places = {f"{split}.csv": place for place, split in enumerate(SPLITS)}
    files = sorted(folder.glob("*.csv"), key=lambda file: (places.get(file.name, len(places)), file.name))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def with_head(card: str, folder: Path) -> str:
    """Return the card with splits and digest in its YAML head.

    `load_dataset` recognises a local folder in its cache by the card alone. Without the digest there, it would go on
    serving the old rows after the CSV files have changed.
    """
    _, head, body = card.split("---\n", 2)
    head = re.sub(r"^  (splits|description):.*\n(?:  - .*\n)*", "", head, flags=re.M)
    before, start, info = head.partition("dataset_info:\n")
    for schema in read_schemas(folder):
        rows = read_rows(folder, schema.config)
        splits = "".join(
            f"  - {{name: {split}, num_examples: {sum(row.split == split for row in rows)}, "
            f"num_bytes: {(folder / file).stat().st_size}}}\n"
            for split, file in schema.files.items()
        )
        added = f"  description: rows {digest(folder)}\n  splits:\n{splits}"
        name = f"- config_name: {schema.config}\n"
        info = info.replace(name, name + added, 1) if name in info else added + info
    return f"---\n{before}{start}{info}---\n{body}"


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


def overview(schema: Schema, rows: list[Row], texts: tuple[str, ...]) -> str:
    """Return tables of how many rows each split has: of each label, and of what is true or not; and the lengths."""
    tables = []
    for column, kind in schema.types.items():
        if isinstance(kind, tuple):
            tables.append(_counts(schema, rows, column, {name: name for name in kind}))
    if "tags" in schema.types:
        tables.append(_spans(schema, rows))
    bools = {column: "true" for column, kind in schema.types.items() if kind == "bool"}
    if bools:
        tables.append(_counts(schema, rows, "true", bools))
    lengths = [
        f"`{text}` has {low:.0f} to {high:.0f} words (the middle 80%), {middle:.0f} in the median."
        for text in texts
        for low, middle, high in [np.percentile([len(row.columns[text].split()) for row in rows], [10, 50, 90])]
    ]
    return "\n\n".join([*tables, " ".join(lengths)])


def _counts(schema: Schema, rows: list[Row], column: str, values: dict[str, str]) -> str:
    """Return a table of splits and values. `values`: of the column, or for "true" the columns that are so."""
    title = f"{schema.config}, {column}" if schema.config != "default" else column
    lines = [f"| {title} | rows | {' | '.join(values)} |", "|---" * (len(values) + 2) + "|"]
    parts = [*schema.files, "all"] if len(schema.files) > 1 else [*schema.files]
    for split in parts:
        own = [row for row in rows if split in (row.split, "all")]
        counts = [
            sum(row.columns[name if column == "true" else column] == value for row in own)
            for name, value in values.items()
        ]
        lines.append(f"| {split} | {len(own):,} | {' | '.join(f'{count:,}' for count in counts)} |")
    return "\n".join(lines)


def _spans(schema: Schema, rows: list[Row]) -> str:
    """Return a table of splits: their words, the spans of each kind, and the rows without any."""
    kinds = sorted({tag[2:] for row in rows for tag in row.columns["tags"].split() if tag != "O"}, reverse=True)
    lines = [f"| spans | rows | words | {' | '.join(kinds)} | rows without |", "|---" * (len(kinds) + 4) + "|"]
    for split in (*schema.files, "all"):
        own = [row.columns["tags"].split() for row in rows if split in (row.split, "all")]
        starts = Counter(tag[2:] for tags in own for tag in tags if tag.startswith("B-"))
        without = sum(set(tags) == {"O"} for tags in own)
        cells = [len(own), sum(map(len, own)), *(starts[kind] for kind in kinds), without]
        lines.append(f"| {split} | {' | '.join(f'{cell:,}' for cell in cells)} |")
    return "\n".join(lines)


def marks(name: str, found: dict) -> str:
    """Return the table of what was measured on the dataset by `benchmarks/data_marks.py`."""
    own = found[name]
    if "lines" in own:
        return _planted_marks(own)
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


def _planted_marks(own: dict) -> str:
    """Return the table of one of the second half's datasets: a line for each method and what it is judged on."""
    scores = list(dict.fromkeys(score for line in own["lines"] for score in line["scores"]))
    lines = [f"| method | judged on | rows | {' | '.join(scores)} |", "|---" * (3 + len(scores)) + "|"]
    for line in own["lines"]:
        cells = [_spread(line["scores"][score]) if score in line["scores"] else "" for score in scores]
        lines.append(f"| {line['method']} | {line['judged_on']} | {line['rows']:,} | {' | '.join(cells)} |")
    seeds = ", ".join(map(str, own["seeds"]))
    note = (
        f"{own['how']} Where a method has a spread: mean of the seeds {seeds}, in brackets the lowest and the highest. "
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


def _spread(mark: dict[str, float] | float) -> str:
    if isinstance(mark, float):
        return f"{mark:.3f}"
    return f"{mark['mean']:.3f} ({mark['low']:.3f} to {mark['high']:.3f})"
