"""Reads who is in the class."""

import csv
from pathlib import Path

from course_tools.grading.spreadsheets import from_csv
from course_tools.grading.students import shown
from course_utils import CourseError

COLUMN = "student"


def read(path: Path) -> list[str]:
    """Return the students of a roster, as a CSV file has them in its column `student`, each once, in the file's order.

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
        return [row for _, row in from_csv(path) if any(row)]
    except OSError as error:
        raise CourseError(f"The roster {path} cannot be read: {error.strerror}. Look at its name.") from error
    except csv.Error as error:
        raise CourseError(f"The roster {path} is no CSV file ({error}). Save it anew as CSV.") from error
