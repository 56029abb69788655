"""The CSV files of a class, for a gradebook or a spreadsheet: written by us, or by a teacher's program."""

import csv
import io
import re
from pathlib import Path

from course_tools.grading.gradebook import Gradebook

# What makes a spreadsheet take a text for a formula; the last four are the wide forms of East Asian keyboards.
FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
DELIMITERS = ",;\t"
CONTROL = re.compile(r"[\x00-\x1f]+")


def grades_csv(book: Gradebook) -> str:
    """Return one row a student: the points of each sheet, all points, the most there are, and what to know."""
    rows = [["student", *(sheet.name for sheet in book.sheets), "points", "most", "note"]]
    for student in book.students:
        points = [plain(entry.points) if entry.counts else "" for entry in student.entries]
        rows.append([student.name, *points, plain(student.points), plain(book.most), "; ".join(student.notes)])
    return to_csv(rows)


def exercises_csv(book: Gradebook) -> str:
    """Return one row an exercise of a student who handed in its sheet."""
    rows = [["student", "sheet", "exercise", "points", "most", "tried", "said", "comment"]]
    for student in book.students:
        for entry in student.entries:
            if entry.problem:
                rows.append([student.name, entry.sheet.name, "", "", "", "", entry.problem, entry.comment.text])
            for mark in entry.marks if entry.counts else []:
                said = " ".join(mark.said.split())
                points = [plain(mark.points), plain(mark.card.stars), "yes" if mark.tried else "no"]
                rows.append([student.name, entry.sheet.name, mark.card.name, *points, said, mark.comment.text])
    return to_csv(rows)


def from_csv(path: Path) -> list[tuple[int, list[str]]]:
    """Return (number of its last line, cells) for each row of a file.

    Spreadsheets write CSV in several ways: with commas, semicolons or tabs, as UTF-8, UTF-16 or in Windows' own code.
    Raises OSError, and csv.Error for what is no CSV.
    """
    text = _decoded(path.read_bytes())
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [(reader.line_num, row) for row in reader]


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def to_csv(rows: list[list[str]]) -> str:
    """Return rows as the text of a CSV file that no spreadsheet takes for formulas."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def harmless(cell: str) -> str:
    """Return a cell as it stands in a CSV file: in one line, with a mark before what a spreadsheet would run."""
    line = CONTROL.sub(" ", valid(cell))
    return f"'{line}" if line.lstrip().startswith(FORMULA_SIGNS) else line


def valid(text: str) -> str:
    """Return a text with `?` for what is no valid Unicode: names of files may hold such."""
    return text.encode("utf-8", "replace").decode()


def plain(points: float) -> str:
    """Return points as a person writes them."""
    return f"{points:g}"
