"""The outline of the course: the order of its lessons in `lessons/course.toml`, and each one's `lesson.toml`.

A lesson's identity is the name of its folder, its slug. It has a number only because of its place in the order.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from course_utils.errors import CourseError

ROOT = Path(__file__).resolve().parents[1]
LESSONS = ROOT / "lessons"
KINDS = ("lesson", "case")
MODELS = ("multilingual", "generative")  # what `models` may name


@dataclass(frozen=True, eq=False)
class Entry:
    """One lesson: its place, and what its `lesson.toml` says.

    `minutes`: to learn it, estimated. `needs`: slugs. `data`: what it and its sheet read in `laptop`, names of datasets
    and paths below `data/`. `models`: the checkpoints that it needs besides the usual one, multilingual or generative.
    `full`: the checkpoint and the names of the datasets that `full` fetches from the Hub.
    `bands`: record -> (lowest, highest) in `laptop`.
    """

    slug: str
    number: int
    part: str
    title: str
    teaches: str
    minutes: int
    needs: list[str]
    data: list[str]
    kind: str = "lesson"
    models: list[str] = field(default_factory=list)
    full: dict = field(default_factory=dict)
    bands: dict[str, list] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What its built files are called: its number and its slug."""
        return f"{self.number:02}_{self.slug}"

    @property
    def label(self) -> str:
        """What readers call it: its number and its title."""
        return f"lesson {self.number:02} · {self.title}"


def outline(folder: Path = LESSONS) -> dict[str, Entry]:
    """Return slug -> Entry, in the order of `course.toml`. Raises CourseError for whatever does not fit together."""
    files = [*folder.glob("course.toml"), *sorted(folder.glob("*/lesson.*"))]
    return _outline(folder, tuple((path, path.stat().st_mtime_ns) for path in files))


@cache
def _outline(folder: Path, _stamps: tuple) -> dict[str, Entry]:
    order = folder / "course.toml"
    parts = _read(order).get("parts", [])
    places = [(slug, part.get("title", "")) for part in parts for slug in part.get("lessons", [])]
    slugs = [slug for slug, _ in places]
    for slug in slugs:
        if slugs.count(slug) > 1:
            raise CourseError(f"{_shown(order)} names the lesson {slug!r} twice. Take one of the two out.")
        if not (folder / slug).is_dir():
            there = [path.name for path in folder.iterdir() if path.is_dir()]
            raise CourseError(f"{_shown(order)} names a lesson {slug!r} that is not there. {nearest(slug, there)}")
    for path in sorted(folder.glob("*/lesson.py")):
        if path.parent.name not in slugs:
            raise CourseError(f"{_shown(path.parent)} has no place in {_shown(order)}. Add its name to a part there.")
    found = {slug: _entry(folder / slug, number, part) for number, (slug, part) in enumerate(places)}
    for entry in found.values():
        for slug in entry.needs:
            if slug not in found:
                where = _shown(folder / entry.slug / "lesson.toml")
                raise CourseError(f"{where}: `needs` names no lesson with {slug!r}. {nearest(slug, found)}")
    return found


def routes(folder: Path = LESSONS) -> list[tuple[str, list[Entry]]]:
    """Return the ways through the course: a goal, and the lessons that lead to it."""
    known, found = outline(folder), []
    for route in _read(folder / "course.toml").get("routes", []):
        for slug in route["lessons"]:
            if slug not in known:
                raise CourseError(f"{_shown(folder / 'course.toml')}: no lesson {slug!r}. {nearest(slug, known)}")
        found.append((route["goal"], [known[slug] for slug in route["lessons"]]))
    return found


def entry(slug: str) -> Entry | None:
    """Return what is known of one lesson, or None for a slug that is none."""
    return outline().get(slug) if (LESSONS / "course.toml").exists() else None


def place(slug: str) -> str:
    """Return where a reader finds a lesson: its label, and its path, or on Colab and Kaggle its address."""
    found = entry(slug)
    if found is None:
        return f"lesson {slug}"
    path = f"notebooks/{found.name}.ipynb"
    away = "COLAB_RELEASE_TAG" in os.environ or "KAGGLE_KERNEL_RUN_TYPE" in os.environ
    return f"{found.label} ({repository()}/blob/main/{path})" if away else f"{found.label} ({path})"


@cache
def repository() -> str:
    """Return the address of the course's repository: the one setting behind badges, start cells and links."""
    return _read(ROOT / "pyproject.toml")["project"]["urls"]["Repository"].rstrip("/")


def nearest(name: str, known) -> str:
    """Return a sentence with the known names that look most like `name`, or with all of them."""
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.3)
    return f"Did you mean {' or '.join(close)}?" if close else f"There are: {', '.join(known)}."


def _entry(folder: Path, number: int, part: str) -> Entry:
    file = folder / "lesson.toml"
    if not file.exists():
        raise CourseError(f"{_shown(folder)} has no lesson.toml. Copy one from another lesson and fill it in.")
    try:
        made = Entry(slug=folder.name, number=number, part=part, **_read(file))
    except TypeError as error:
        known = ", ".join(name for name in Entry.__dataclass_fields__ if name not in ("slug", "number", "part"))
        problem = str(error).replace("Entry.__init__()", "it")
        raise CourseError(f"{_shown(file)}: {problem}. Known fields: {known}.") from None
    if made.kind not in KINDS:
        raise CourseError(f"{_shown(file)}: the kind {made.kind!r} is none of {', '.join(KINDS)}.")
    for name in made.models:
        if name not in MODELS:
            raise CourseError(f"{_shown(file)}: `models` names no checkpoint with {name!r}. {nearest(name, MODELS)}")
    return made


def _read(file: Path) -> dict:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError(f"{_shown(file)} is missing. Fetch it again with `git checkout {_shown(file)}`.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{_shown(file)} cannot be read: {error}.") from None


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)
