"""`comments.csv`: what the teacher writes by hand. It is made once, read by each call, and never written over."""

import csv
import math
import unicodedata
from pathlib import Path

from course_tools.files import write_in_one_step
from course_tools.grading.gradebook import Comment, Gradebook, Student, cards_of
from course_tools.grading.spreadsheets import from_csv, harmless, to_csv, valid
from course_utils import CourseError
from course_utils.outline import nearest

NAME = "comments.csv"
NOT_CLOSED = " It goes over several lines. Perhaps a quotation mark is not closed, and the lines before are part of it."
COLUMNS = ("student", "sheet", "exercise", "points", "comment")


def read(folder: Path, book: Gradebook) -> tuple[dict[tuple[str, str, str], Comment], list[str]]:
    """Return (student, sheet, exercise) -> Comment, and what is wrong with which line, one sentence each.

    Makes the file, with its header alone, where there is none.
    """
    path = folder / NAME
    if not path.exists():
        write_in_one_step(path, to_csv([list(COLUMNS)]))
    try:
        rows = from_csv(path)
    except (OSError, csv.Error) as error:
        return {}, [f"{NAME} cannot be read ({error}), so nothing of it counts."]
    header = rows[0][1] if rows else []
    if missing := [name for name in COLUMNS if name not in header]:
        return {}, [f"{NAME}, line 1: the columns {', '.join(missing)} are missing, so nothing of it was read."]
    return _checked([(number, _named(header, cells)) for number, cells in rows[1:]], book)


def _named(header: list[str], cells: list[str]) -> dict[str, str | list[str]]:
    """Return column -> cell, and under `rest` the cells that no column has."""
    given = dict(zip(header, [*cells, *[""] * len(header)], strict=False))
    return {**given, "rest": cells[len(header) :]}


def _checked(rows: list[tuple[int, dict]], book: Gradebook) -> tuple[dict[tuple[str, str, str], Comment], list[str]]:
    found, problems, students = {}, [], _by_name(book.students)
    for number, row in rows:
        if not any(row.values()):
            continue
        try:
            place, comment = _comment(row, book, students)
            if place in found:
                raise CourseError("an earlier line is about the same. Make one of the two.")
            found[place] = comment
        except CourseError as error:
            several = any("\n" in cell for cell in row.values() if isinstance(cell, str))
            problems.append(f"{NAME}, line {number}, does not count: {error}{NOT_CLOSED if several else ''}")
    return found, problems


def _comment(row: dict, book: Gradebook, students: dict[str, Student]) -> tuple[tuple[str, str, str], Comment]:
    if row.get("rest"):
        raise CourseError('it has more cells than the header. Put a text with commas into "quotes".')
    cells = {name: row[name].strip() for name in COLUMNS}
    student = students.get(cells["student"]) or students.get(_composed(cells["student"]))
    if student is None:
        names = {valid(each.name): each for each in book.students}
        raise CourseError(f"there is no student {cells['student']!r}. {_near(cells['student'], names)}")
    sheets = {sheet.name: sheet for sheet in book.sheets}
    if cells["sheet"] not in sheets:
        raise CourseError(f"nobody handed in a sheet {cells['sheet']!r}. {_near(cells['sheet'], sheets)}")
    most = {card.name: card.stars for card in cards_of(sheets[cells["sheet"]])}
    if cells["exercise"] and cells["exercise"] not in most:
        raise CourseError(f"there is no exercise {cells['exercise']!r} in it. {_near(cells['exercise'], most)}")
    place = student.name, cells["sheet"], cells["exercise"]
    return place, Comment(cells["comment"], _points(cells["points"], most.get(cells["exercise"])))


def _points(text: str, most: int | None) -> float | None:
    if not text:
        return None
    if most is None:
        raise CourseError("points are given to an exercise. Name it, or leave the points out.")
    try:
        points = float(text.replace(",", "."))
    except ValueError:
        points = math.nan
    if not 0 <= points <= most:
        raise CourseError(f"the points {text!r} are no number from 0 to {most}.")
    return points


def _by_name(students: list[Student]) -> dict[str, Student]:
    """A name may be written as it is, as `grades.csv` writes it, or with its accents composed in another way."""
    names = {_composed(student.name): student for student in students}
    names |= {harmless(student.name): student for student in students}
    return names | {student.name: student for student in students}


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _near(name: str, known: dict) -> str:
    return nearest(name, known) if known else ""
