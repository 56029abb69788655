"""What the outputs of a notebook depend on, as a key: the same key, the same outputs.

Prose is no part of it: a changed sentence executes nothing. Neither is the quiz, nor what stands on a slide.
"""

import ast
import hashlib
import os
import platform
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

from course_tools.project import ROOT, Lesson, Sheet
from course_tools.scripts import shown, text_of
from course_utils import CourseError
from course_utils.checkpoints import MODELS
from course_utils.sources import DATA
from course_utils.tweets import CSV_SHA256, RECIPE

QUIZ_TAG = "quiz"
ON_SLIDES = ("slide", "skip")
IMPORTED = ("course_utils", "lessons")
TEXTS = (".csv", ".md", ".py", ".toml")
LOCK = ROOT / "requirements-lock.txt"


def key_of(notebook: NotebookNode, script: Lesson | Sheet, profile: str) -> dict[str, str]:
    """Return part -> digest (or the thing itself, where it is short) of a rendered notebook.

    Parts: cells (code and tags), code (the modules that they import, all the way), data, packages (the lock), python,
    profile, sizes, checkpoint; models, where the lesson needs more than one; for a sheet also its number, which its
    checks print.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and QUIZ_TAG not in _tags(cell)]
    key = {
        "cells": _digest(f"{cell.source}\0{[tag for tag in _tags(cell) if tag not in ON_SLIDES]}" for cell in cells),
        "code": _digest(_text_of(path) for path in modules([cell.source for cell in cells], shown(script.source))),
        "data": _digest(_data(name) for name in script.entry.data),
        "packages": _digest([_text_of(LOCK)]),
        "python": ".".join(platform.python_version_tuple()[:2]),
        "profile": profile,
        "sizes": os.environ.get("COURSE_SIZES", ""),
        "checkpoint": os.environ.get("COURSE_CHECKPOINT", ""),
    }
    if script.entry.models:
        key["models"] = _digest([*script.entry.models, _text_of(MODELS)])
    return {**key, "number": str(script.entry.number)} if isinstance(script, Sheet) else key


def differences(key: dict[str, str], other: dict[str, str], but: Iterable[str] = ()) -> list[str]:
    """Return the parts in which two keys differ."""
    return [part for part in {**other, **key} if key.get(part) != other.get(part) and part not in but]


def modules(sources: Iterable[str], where: str = "a notebook", rooms: tuple[str, ...] = IMPORTED) -> list[Path]:
    """Return the files of the course that some code imports, and those that these import, in a fixed order.

    Raises CourseError for code that Python cannot read. `where`: what these sources are the cells of; `rooms`: the
    packages that count.
    """
    found: set[Path] = set()
    waiting = [
        name
        for number, source in enumerate(sources, 1)
        for name in _imported(source, f"{where}, code cell {number}", TransformerManager().transform_cell)
    ]
    while waiting:
        name = waiting.pop()
        for path in _files(name) if name.partition(".")[0] in rooms else []:
            if path not in found:
                found.add(path)
                waiting += _imports_of(path)
    return sorted(found)


def _tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


@cache
def _imports_of(path: Path) -> tuple[str, ...]:
    return _imported(text_of(path), shown(path))


def _imported(source: str, where: str, transform: Callable[[str], str] = str) -> tuple[str, ...]:
    names = []
    try:
        tree = ast.parse(transform(source))
    except SyntaxError as error:
        line = (error.text or "").strip()
        raise CourseError(f"{where}: Python cannot read `{line}` ({error.msg}). Mend this line.") from None
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(names)


def _files(name: str) -> list[Path]:
    """Return the files that an import of this name runs: the packages on the way, and the module."""
    parts = name.split(".")
    on_the_way = [ROOT.joinpath(*parts[:length], "__init__.py") for length in range(1, len(parts) + 1)]
    return [path for path in [*on_the_way, ROOT.joinpath(*parts).with_suffix(".py")] if path.is_file()]


def _data(name: str) -> str:
    if name in ("tweets", "raw_tweets"):
        return f"{CSV_SHA256} {RECIPE}"
    path = DATA / name
    files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    return _digest(f"{file.relative_to(DATA).as_posix()}\0{_bytes_of(file)}" for file in files)


@cache
def _text_of(path: Path) -> str:
    return f"{path.relative_to(ROOT).as_posix()}\0{text_of(path)}"


@cache
def _bytes_of(path: Path) -> str:
    raw = path.read_bytes()
    if path.suffix in TEXTS:
        raw = raw.replace(b"\r\n", b"\n")  # git on Windows may make others, and the rows are the same
    return hashlib.sha256(raw).hexdigest()


def _digest(texts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(hashlib.sha256(text.encode()).digest())
    return digest.hexdigest()[:16]
