"""Reads who is in the class."""

import csv
from pathlib import Path

from course_tools.grading.students import shown
from course_utils import CourseError

COLUMN = "student"
DELIMITERS = ",;\t"


def read(path: Path) -> list[str]:
    """Return the students of a roster, as a CSV file has them in its column `student`, each once, in the file's order.

    Spreadsheets write CSV in several ways: with commas, semicolons or tabs, as UTF-8, UTF-16 or in Windows' own code.
    Raises CourseError for a file that cannot be read, has no such column, or names nobody.
    """
    header, *rows = _rows(path) or [[]]
    columns = [cell.strip().casefold() for cell in header]
    if COLUMN not in columns:
        raise CourseError(
            f"The roster {path} has no column `{COLUMN}`. Its first line is {', '.join(header) or 'empty'}. Write "
            f"`{COLUMN}` above the column with the names as the folders of the submissions have them."
        )
    place = columns.index(COLUMN)
    cells = (row[place].strip() for row in rows if len(row) > place)
    students = list(dict.fromkeys(shown(cell) for cell in cells if cell))
    if not students:
        raise CourseError(f"The roster {path} names no student: its column `{COLUMN}` is empty. Fill it in.")
    return students


def _rows(path: Path) -> list[list[str]]:
    try:
        text = _decoded(path.read_bytes())
        first = text.partition("\n")[0]
        delimiter = max(DELIMITERS, key=first.count)
        return [row for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter) if any(row)]
    except OSError as error:
        raise CourseError(f"The roster {path} cannot be read: {error.strerror}. Look at its name.") from error
    except csv.Error as error:
        raise CourseError(f"The roster {path} is no CSV file ({error}). Save it anew as CSV.") from error


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
