"""A student's progress over all sheets: `course progress`."""

import importlib
from collections.abc import Iterator
from pathlib import Path

from course_tools.project import Sheet, all_sheets
from course_utils.checks.progress import Progress


def lines(folder: Path) -> Iterator[str]:
    """Yield a line for each sheet, from what the checks have kept in `folder`, where Jupyter opened the sheets."""
    for sheet in all_sheets():
        names = list(importlib.import_module(f"lessons.{sheet.entry.slug}.checks").sheet.exercises)
        kept = progress_of(sheet, folder)
        yield f"{sheet.entry.number:02}  {kept.line(names):<18}  {sheet.entry.title}"


def progress_of(sheet: Sheet, folder: Path) -> Progress:
    """Return what is kept of one sheet."""
    return Progress(folder / "work" / sheet.slug / "progress.json")
