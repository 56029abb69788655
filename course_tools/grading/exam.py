"""Grades exams that were handed in. Their cells are read and never run."""

import csv
import io
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from course_tools.building.exams import MARK, Question, draw, fingerprint, folder_name, shown
from course_tools.files import write_in_one_step
from course_tools.grading import reading
from course_tools.grading.collect import files
from course_tools.grading.exam_cells import ALL, Answers, NoLiteral, answers_in
from course_tools.grading.found import Found
from course_tools.grading.look import NO_NOTEBOOK, stem
from course_tools.grading.spreadsheets import from_csv, harmless
from course_tools.grading.students import Owners
from course_tools.grading.students import shown as shown_name
from course_tools.project import find_lessons
from course_utils import CourseError

RELATIVE = 1e-3  # how far off a number may be that is not whole
NOTHING = "nothing handed in"
STRANGER = "drawn for {}, and handed in by somebody else. Ask both of them"
OTHER_EXAM = "an exam of another seed. Look at the seed"
NO_EXAM = "no exam: no cell has answers in it"
UNKNOWN = "nobody of this name is on the roster of the exam"


@dataclass(frozen=True)
class Exam:
    """What was written: the seed, the lessons, and the students that got an exam of their own, if they did."""

    seed: str
    slugs: list[str]
    students: list[str]

    def questions(self, student: str) -> list[Question]:
        """Return the questions that a student got."""
        return draw(self.seed, find_lessons(self.slugs), student if self.students else "")


@dataclass
class Handed:
    """One file that was handed in: its code and what its metadata says of the exam, or why it cannot be read."""

    found: Found
    cells: list[str] = field(default_factory=list)
    mark: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    student: str = ""
    time: float = 0.0  # seconds since 1970

    @property
    def where(self) -> str:
        """The file as the teacher knows it."""
        return "/".join(self.found.names) or "."

    @property
    def parts(self) -> tuple[str, ...]:
        """Its folders and its name, without endings and without the word for what it is."""
        *folders, name = self.found.names or (".",)
        plain = (re.sub(r"\.zip$", "", each, flags=re.IGNORECASE) for each in folders)
        return (*plain, re.sub(r"\s+-\s+exam$", "", stem(name)))


@dataclass(frozen=True)
class Row:
    """An answer: what a student wrote, what is right, and the points. `given` may be a reason in words."""

    student: str
    slug: str
    name: str
    given: str
    right: str
    points: int


def read_key(seed: str, folder: Path) -> Exam:
    """Return an exam that was written. Raises CourseError where there is none, or the course has changed since."""
    path = folder / "key.csv"
    if not path.is_file():
        raise CourseError(f"There is no {path}. Write the exam first, with the same command without --grade.")
    [(_, header), *lines] = from_csv(path)
    rows = [dict(zip(header, line, strict=False)) for _, line in lines]
    slugs = list(dict.fromkeys(row["slug"] for row in rows))
    exam = Exam(seed, slugs, list(dict.fromkeys(row["student"] for row in rows if "student" in row)))
    for student in exam.students or [""]:
        written = [row["answer"] for row in rows if row.get("student", "") == student]
        if written != [shown(answer) for each in exam.questions(student) for answer in each.answers.values()]:
            raise CourseError(
                f"{path} is not what this course draws from this seed. Grade with the state that wrote it."
            )
    return exam


def grade_exam(collection: Path, exam: Exam, folder: Path) -> list[str]:
    """Grade all that lies in a folder, write the tables, and return in sentences what was not graded, and why."""
    rows: dict[str, list[Row]] = {}
    notes = dict.fromkeys(exam.students, NOTHING)
    problems = []
    for each in _newest_last(collect(collection)):
        reason = each.problem or _why_not(each, exam)
        if reason:
            problems.append(f"{each.where} ({each.student}): {reason}")
            if each.student not in rows:
                notes[each.student] = f"not graded: {reason}"
            continue
        if each.student in rows:
            problems.append(f"{each.where} ({each.student}): newer than another file of this student, and graded")
        rows[each.student] = grade_answers(each.student, answers_in(each.cells), exam.questions(each.student))
        notes[each.student] = ""
    write_in_one_step(folder / "grades.csv", _grades(exam, rows, notes))
    header = ["student", "slug", "name", "given", "right", "points"]
    every = [[*vars(row).values()] for student in sorted(rows) for row in rows[student]]
    write_in_one_step(folder / "exam_answers.csv", _csv([header, *every]))
    return problems


def collect(collection: Path) -> list[Handed]:
    """Read all files of a folder, each with its owner. Nothing that lies there makes it raise."""
    handed = [_read(found) for found in files(collection)]
    owners = Owners((each.parts, MARK) for each in handed if not each.problem)
    for each in handed:
        owner = owners.of(each.parts)
        each.student, each.time = owner.name, owner.time or each.found.time
        drawn_for = each.mark.get("student") or each.student
        if each.student.casefold() == "exam" or _same_name(each.student, drawn_for):
            each.student = drawn_for
    return handed


def grade_answers(student: str, answers: Answers, questions: list[Question]) -> list[Row]:
    """Return a row for each answer that is asked for."""
    rows = []
    for question in questions:
        given = answers.get(question.slug, {ALL: NoLiteral("the cell is missing")})
        for name, right in question.answers.items():
            value = given.get(name, given.get(ALL, NoLiteral("not answered")))
            points = int(is_right(value, right, question.tolerance.get(name, 0)))
            rows.append(Row(student, question.slug, name, _said(value), shown(right), points))
    return rows


def is_right(given: object, right: object, tolerance: float = 0) -> bool:
    """Compare what was read with what is right: whole numbers exactly, others within a thousandth or `tolerance`."""
    if isinstance(right, str):
        return isinstance(given, str) and _plain(given) == _plain(right)
    if isinstance(right, set | frozenset):
        names = given if isinstance(given, list | frozenset) else []
        return all(isinstance(each, str) for each in names) and {_plain(each) for each in names} == right
    if isinstance(right, list | tuple):
        same_length = isinstance(given, list) and len(given) == len(right)
        return same_length and all(is_right(one, other, tolerance) for one, other in zip(given, right, strict=True))
    if isinstance(given, bool) or not isinstance(given, int | float):
        return False
    if isinstance(right, int):
        return given == right
    return abs(given - right) <= max(RELATIVE * abs(right), tolerance) + 1e-12


def _read(found: Found) -> Handed:
    if found.problem:
        return Handed(found, problem=found.problem)
    if "ipynb" not in found.names[-1].lower():
        return Handed(found, problem=NO_NOTEBOOK)
    try:
        data = found.read()
        notebook, _ = reading.read(data)
    except OSError as error:
        return Handed(found, problem=f"cannot be opened ({error.strerror or error}). Look at its rights")
    except reading.NoNotebook as error:
        return Handed(found, problem=str(error))
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return Handed(found, cells, _mark(data))


def _mark(data: bytes) -> dict[str, str]:
    """Return what the notebook's metadata says of the exam: nothing, where an editor dropped it."""
    try:
        raw = json.loads(data.decode(json.detect_encoding(data), "replace").rstrip("\x00"), strict=False)
        mark = {key: raw["metadata"][MARK][key] for key in ("exam", "student")}
        return {key: shown_name(text) if text != "" else "" for key, text in mark.items()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}


def _newest_last(handed: list[Handed]) -> list[Handed]:
    return sorted(handed, key=lambda each: (each.student, int(each.time), len(each.where), each.where))


def _why_not(handed: Handed, exam: Exam) -> str:
    """Return why a notebook is not graded, or nothing."""
    mark = handed.mark
    if mark and mark["exam"] != fingerprint(exam.seed):
        return OTHER_EXAM
    if not answers_in(handed.cells):
        return NO_EXAM
    if not exam.students:
        return ""
    if mark and mark["student"] != handed.student:
        return STRANGER.format(mark["student"] or "nobody in person")
    return "" if handed.student in exam.students else UNKNOWN


def _same_name(one: str, other: str) -> bool:
    """Compare names as platforms and file systems change them."""
    return _letters(one) == _letters(other) or one == folder_name(other)


def _letters(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def _plain(text: str) -> str:
    return " ".join(text.strip(" .()\"'`").casefold().split())


def _said(value: object) -> str:
    return f"({value})" if isinstance(value, NoLiteral) else shown(value)


def _grades(exam: Exam, rows: dict[str, list[Row]], notes: dict[str, str]) -> str:
    lines = [["student", *exam.slugs, "total", "most", "note"]]
    for student in sorted({*rows, *notes}):
        own = rows.get(student, [])
        cards = [sum(row.points for row in own if row.slug == slug) if own else "" for slug in exam.slugs]
        lines.append([student, *cards, sum(cards) if own else "", len(own) or "", notes[student]])
    return _csv(lines)


def _csv(rows: list[list]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def _cell(cell: object) -> str:
    """Leave numbers below zero as they are; any other text that a spreadsheet would run gets a mark."""
    return str(cell) if re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", str(cell)) else harmless(str(cell))
