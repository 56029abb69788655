"""The rows of a dataset in `data/`, read more strictly than `load_dataset` does: every fault has its file and line."""

import csv
from dataclasses import dataclass
from pathlib import Path

import yaml

from course_utils import CourseError

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Row:
    """One row: where it stands, its split, and its columns by name."""

    place: str  # such as "emotion/train.csv:12"
    split: str
    columns: dict[str, str]

    @property
    def text(self) -> str:
        return self.columns["text"]

    @property
    def label(self) -> str:
        return self.columns["label"]


@dataclass(frozen=True)
class Schema:
    """What the card promises: the columns in their order, and the labels in theirs."""

    columns: tuple[str, ...]
    labels: tuple[str, ...]


def read_schema(folder: Path) -> Schema:
    """Read the columns and labels from the YAML head of the card. Raises CourseError where the card lacks them."""
    card = folder / "README.md"
    try:
        head = yaml.safe_load(card.read_text(encoding="utf-8").split("---")[1])
        features = head["dataset_info"]["features"]
        label = next(feature for feature in features if feature["name"] == "label")
        names = label["dtype"]["class_label"]["names"]
        labels = tuple(names[key] for key in sorted(names, key=int))
        return Schema(tuple(feature["name"] for feature in features), labels)
    except (OSError, IndexError, KeyError, TypeError, StopIteration, yaml.YAMLError) as error:
        where = f"{folder.name}/README.md"
        raise CourseError(f"{where}: its YAML head must list the columns and the label's names ({error!r}).") from None


def read_rows(folder: Path) -> list[Row]:
    """Return all rows of `train.csv`, `validation.csv` and `test.csv` below `folder`.

    Raises CourseError that names file and line for a row with too many or too few fields, an empty text, an unknown
    label, a line break inside a field or a byte that is not UTF-8, and for a header that is not the card's.
    """
    schema = read_schema(folder)
    return [row for split in SPLITS for row in _read_split(folder / f"{split}.csv", split, schema)]


def _read_split(path: Path, split: str, schema: Schema) -> list[Row]:
    name = f"{path.parent.name}/{path.name}"
    rows = []
    for number, line in enumerate(_lines(path, name), 1):
        place = f"{name}:{number}"
        try:
            fields = next(csv.reader([line], strict=True))
        except csv.Error as error:
            raise CourseError(f"{place}: not one complete CSV row ({error}).") from None
        if number == 1:
            if tuple(fields) != schema.columns:
                raise CourseError(f"{place}: the header is {fields}, the card says {list(schema.columns)}.")
            continue
        if len(fields) != len(schema.columns):
            raise CourseError(f"{place}: {len(fields)} fields, the header has {len(schema.columns)}.")
        row = Row(place, split, dict(zip(schema.columns, fields, strict=True)))
        if row.label not in schema.labels:
            raise CourseError(f"{place}: the label {row.label!r} is none of {', '.join(schema.labels)}.")
        if not row.text.strip():
            raise CourseError(f"{place}: the text is empty.")
        rows.append(row)
    return rows


def _lines(path: Path, name: str) -> list[str]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CourseError(f"{name} cannot be read ({error.strerror}).") from None
    lines = content.removesuffix(b"\n").split(b"\n")
    for number, line in enumerate(lines, 1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise CourseError(f"{name}:{number}: byte {error.start + 1} of the line is not UTF-8.") from None
    return [line.decode("utf-8").removesuffix("\r") for line in lines]
