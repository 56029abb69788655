"""Finds submissions in a folder, as nbgrader, Moodle and Canvas lay them out, and refuses what is none, by name."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_tools.project import Sheet, all_sheets

LARGEST_BYTES = 20 * 2**20
# Moodle: `Ann Lee_12345_assignsubmission_file_` (a folder), or that followed by the file's own name.
MOODLE = re.compile(r"(?P<student>.+)_\d+_assignsubmission_file_?")
# Canvas: `leeann_12345_67890_NAME.ipynb`, with `_LATE` behind the name of the student where it came late.
CANVAS = re.compile(r"(?P<student>[^_]+)(?:_LATE)?_\d+_\d+_.+")


@dataclass(frozen=True)
class Submission:
    """One notebook that a student handed in."""

    student: str
    sheet: Sheet
    path: Path
    notebook: NotebookNode


@dataclass(frozen=True)
class Ungraded:
    """A file that cannot be graded, and why, in one sentence."""

    path: Path
    reason: str


def find(folder: Path) -> tuple[list[Submission], list[Ungraded]]:
    """Return what a folder holds: `STUDENT/SHEET.ipynb` at any depth, or a flat folder as Moodle and Canvas export it.

    Of two files of one student for one sheet, the one changed last counts; the other is among the refused.
    """
    known = {sheet: grade_ids(sheet) for sheet in all_sheets()}
    newest: dict[tuple[str, str], Submission] = {}
    refused = []
    for path in sorted(_files(folder), key=lambda path: (path.stat().st_mtime, path.name)):
        found = _read(path, folder, known)
        if isinstance(found, Ungraded):
            refused.append(found)
            continue
        key = found.student, found.sheet.name
        if key in newest:
            refused.append(Ungraded(newest[key].path, f"{path.name} of the same student is newer"))
        newest[key] = found
    return sorted(newest.values(), key=lambda each: (each.sheet.name, each.student)), refused


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.relative_to(folder).parts)
        if path.is_file() and not path.is_symlink() and not hidden:
            yield path


def _read(path: Path, folder: Path, known: dict[Sheet, set[str]]) -> Submission | Ungraded:
    if path.suffix != ".ipynb":
        return Ungraded(path, "no notebook: its name does not end in .ipynb")
    if path.stat().st_size > LARGEST_BYTES:
        return Ungraded(path, f"larger than {LARGEST_BYTES // 2**20} MiB: ask for it without outputs")
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (nbformat.reader.NotJSONError, json.JSONDecodeError, UnicodeDecodeError):
        return Ungraded(path, "damaged: not the text of a notebook. Ask for it again")
    except Exception as error:  # nbformat raises many kinds for a file that is JSON and no notebook
        return Ungraded(path, f"no notebook that can be read ({type(error).__name__}). Ask for it again")
    sheet = sheet_of(notebook, known)
    if sheet is None:
        return Ungraded(path, "not an exercise sheet of this course, or its nbgrader marks are gone")
    return Submission(student_of(path, folder), sheet, path, notebook)


def sheet_of(notebook: NotebookNode, known: dict[Sheet, set[str]]) -> Sheet | None:
    """Return the sheet that a notebook is a copy of, whatever its file is called, or None.

    Colab keeps the marks of the cells and drops those of the notebook; so the cells count.
    """
    checks = {
        str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
        for cell in notebook.cells
        if isinstance(cell.metadata.get("nbgrader", {}), dict)
    }
    for sheet, answers in known.items():
        if len(answers & checks) > len(answers) / 2:
            return sheet
    return None


def grade_ids(sheet: Sheet) -> set[str]:
    """Return the marks of the cells that a sheet's students fill."""
    released = nbformat.read(sheet.page, as_version=4)
    return {cell.metadata.nbgrader.grade_id for cell in released.cells if "answer" in cell.metadata}


def student_of(path: Path, folder: Path) -> str:
    """Return who handed in a file: from the folder that it lies in, or, in a flat folder, from its name."""
    parts = path.relative_to(folder).parts
    name = parts[0] if len(parts) > 1 else path.stem
    for export in (MOODLE, CANVAS):
        if match := export.match(name):
            return match["student"].strip()
    return name
