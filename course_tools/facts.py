"""Holds the types in `course.toml` and in each `lesson.toml`: a text in a number's place is named before it is used."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from course_tools.scripts import shown
from course_utils import CourseError
from course_utils.sources import DATA

MADE = ("tweets", "raw_tweets")  # data that lie in no folder
BOM = b"\xef\xbb\xbf"


def require_sound(lessons: Path) -> None:
    """Raise CourseError for the first field that is no such thing, or names data that are not there.

    What cannot be read at all, is missing, or is named wrongly, `outline` names.
    """
    for file in (lessons / "course.toml", *sorted(lessons.glob("*/lesson.toml"))):
        content = _read(file)
        faults = _of_lesson(content) if file.name == "lesson.toml" else _of_order(content)
        if fault := next(faults, None):
            raise CourseError(f"{shown(file)}: {fault}.")


def _read(file: Path) -> dict:
    try:
        raw = file.read_bytes()
        if raw.startswith(BOM):
            raise CourseError(f"{shown(file)} begins with a byte order mark. Save it as UTF-8 without one (no BOM).")
        return tomllib.loads(raw.decode("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}


def _of_order(order: dict) -> Iterator[str]:
    for name in ("parts", "routes"):
        tables = order.get(name, [])
        if not _is_list_of(tables, dict):
            yield f"`{name}` must be tables, each below a line `[[{name}]]`"
            return
        for table in tables:
            named = "title" if name == "parts" else "goal"
            if not isinstance(table.get(named, ""), str):
                yield f'`{named}` is {table[named]!r}, and must be a text, as "Tools"'
            if not _is_list_of(table.get("lessons", []), str):
                yield f'`lessons` is {table["lessons"]!r}, and must be a list of names, as ["trainer"]'


def _of_lesson(facts: dict) -> Iterator[str]:
    for name in ("title", "teaches", "kind"):
        if not isinstance(facts.get(name, ""), str):
            yield f"`{name}` is {facts[name]!r}, and must be a text in quotes"
    if not _is_number(facts.get("minutes", 1)) or facts.get("minutes", 1) <= 0:
        yield f"`minutes` is {facts['minutes']!r}, and must be a number above 0, without quotes"
    for name, example in (("needs", "trainer"), ("data", "tweets"), ("models", "generative")):
        if not _is_list_of(facts.get(name, []), str):
            yield f'`{name}` is {facts[name]!r}, and must be a list of texts, as ["{example}"]'
    for name in facts.get("data", []):
        if name not in MADE and not (DATA / name).exists():
            yield f"`data` names {name!r}, and there is no data/{name}"
    for name in ("full", "bands"):
        if not isinstance(facts.get(name, {}), dict):
            yield f"`{name}` is {facts[name]!r}, and must be a table, below a line `[{name}]`"
            return
    yield from _of_full(facts.get("full", {}))
    for name, band in facts.get("bands", {}).items():
        if not _is_band(band):
            yield f"the band `{name}` is {band!r}, and must be two numbers, the lower one first, as [0.5, 0.7]"


def _of_full(full: dict) -> Iterator[str]:
    if not isinstance(full.get("checkpoint", ""), str):
        yield f"`checkpoint` is {full['checkpoint']!r}, and must be a name on the Hub, in quotes"
    if not _is_list_of(full.get("datasets", []), str):
        yield f'`datasets` is {full["datasets"]!r}, and must be a list of texts, as ["emotion"]'


def _is_band(value) -> bool:
    return _is_list_of(value, int | float) and len(value) == 2 and value[0] <= value[1]


def _is_list_of(value, kind) -> bool:
    return isinstance(value, list) and all(isinstance(each, kind) for each in value)


def _is_number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
