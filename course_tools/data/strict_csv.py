"""The rows of a dataset in `data/`, read more strictly than `load_dataset` does: every fault has its file and line."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from course_utils import CourseError
from course_utils.outline import nearest

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
    """What the card promises of one configuration: its files, and the columns in their order with their types.

    A type is string, bool, int64, or the names of a class label in their order.
    """

    config: str
    files: dict[str, str]  # split -> name of the file
    types: dict[str, str | tuple[str, ...]]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.types)

    @property
    def labels(self) -> tuple[str, ...]:
        return self.names("label")

    def names(self, column: str) -> tuple[str, ...]:
        """Return the names of a class label."""
        return tuple(self.types[column])


def read_schemas(folder: Path) -> list[Schema]:
    """Read files and columns of each configuration from the card's YAML head. Raises CourseError where they lack."""
    card = folder / "README.md"
    try:
        head = yaml.safe_load(card.read_text(encoding="utf-8").split("---")[1])
        described = head["dataset_info"] if isinstance(head["dataset_info"], list) else [head["dataset_info"]]
        features = {info.get("config_name", "default"): info["features"] for info in described}
        return [_schema(config, features[config["config_name"]]) for config in head["configs"]]
    except (OSError, IndexError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        where = f"{folder.name}/README.md"
        problem = f"its YAML head must list the files, the columns and the label's names ({error!r})"
        raise CourseError(f"{where}: {problem}.") from None


def _schema(config: dict, features: list[dict]) -> Schema:
    types = {}
    for feature in features:
        kind = feature["dtype"]
        if not isinstance(kind, str):
            names = kind["class_label"]["names"]
            kind = tuple(names[key] for key in sorted(names, key=int))
        types[feature["name"]] = kind
    return Schema(config["config_name"], {file["split"]: file["path"] for file in config["data_files"]}, types)


def read_rows(folder: Path, config: str = "") -> list[Row]:
    """Return all rows of one configuration below `folder`, by default of the first one.

    Raises CourseError that names file and line for a row with too many or too few fields, an empty field, a value that
    is none of its column's, a line break inside a field or a byte that is not UTF-8, and for a header that is not the
    card's.
    """
    schemas = read_schemas(folder)
    known = {schema.config: schema for schema in schemas}
    if config and config not in known:
        raise CourseError(f"{folder.name} has no configuration {config!r}. {nearest(config, known)}")
    schema = known[config] if config else schemas[0]
    return [row for split, file in schema.files.items() for row in _read_split(folder / file, split, schema)]


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
        columns = dict(zip(schema.columns, fields, strict=True))
        for column, value in columns.items():
            if problem := _problem(column, value, schema.types[column]):
                raise CourseError(f"{place}: {problem}.")
        rows.append(Row(place, split, columns))
    return rows


def _problem(column: str, value: str, kind: str | tuple[str, ...]) -> str | None:
    """Return what is wrong with a value, or None."""
    if not value.strip():
        return f"the {column} is empty"
    if isinstance(kind, tuple) and value not in kind:
        return f"the {column} {value!r} is none of {', '.join(kind)}"
    if kind == "bool" and value not in ("true", "false"):
        return f"the {column} {value!r} is neither true nor false"
    if kind == "int64" and not re.fullmatch(r"-?\d+", value):
        return f"the {column} {value!r} is no whole number"
    return None


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
