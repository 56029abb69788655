"""A student's progress over all sheets and quizzes: `course progress`."""

import importlib
from collections.abc import Iterator
from pathlib import Path

from course_tools.project import NOTEBOOKS, Sheet, all_sheets
from course_utils import quiz
from course_utils.checks.progress import Progress


def lines(folder: Path) -> Iterator[str]:
    """Yield a line for each sheet, from what checks and quizzes have kept in `folder`, where Jupyter opened the sheets.

    The lessons of a checkout lie in a folder of their own: quizzes are looked for there, too.
    """
    for sheet in all_sheets():
        names = list(importlib.import_module(f"lessons.{sheet.entry.slug}.checks").sheet.exercises)
        kept = progress_of(sheet, folder)
        asked = _quiz(sheet.entry.slug, folder)
        yield f"{sheet.entry.number:02}  {kept.line(names):<18}  {asked:<24}  {sheet.entry.title}"


def progress_of(sheet: Sheet, folder: Path) -> Progress:
    """Return what is kept of one sheet."""
    return Progress(folder / "work" / sheet.slug / "progress.json")


def _quiz(slug: str, folder: Path) -> str:
    """Return how much of a lesson's quiz is right."""
    if not quiz.file_of(slug).exists():
        return ""
    kept = next((Progress(file) for file in _kept(slug, folder) if file.exists()), Progress(folder / "none"))
    return f"quiz {kept.line([question.name for question in quiz.read(slug)])}"


def _kept(slug: str, folder: Path) -> list[Path]:
    return [place / "work" / slug / "quiz.json" for place in (folder, folder.parent / NOTEBOOKS.name)]
