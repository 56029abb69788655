"""What grading leaves behind for people: a page for the class, one for each student, and each notebook as it ran."""

import hashlib
import re
import unicodedata
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape

from course_tools.files import write_in_one_step
from course_tools.grading import comments, insight, spreadsheets
from course_tools.grading.gradebook import Student, gradebook
from course_tools.grading.outcome import Outcome
from course_tools.grading.submissions import Ungraded
from course_tools.project import Sheet
from course_tools.running.notebook_page import notebook_page
from course_utils.outline import repository

STUDENTS = "students"  # the folder of their pages
SIGNS = {"right": "✓", "part": "◐", "wrong": "✗", "untried": "–"}
CODE = re.compile(r"`([^`\n]+)`")
LESSON = re.compile(r"(?:https?://\S+/)?(notebooks/\w+\.ipynb)")


def write(folder: Path, outcomes: list[Outcome], refused: list[Ungraded], roster: list[str]) -> list[str]:
    """Write `grades.csv`, `exercises.csv`, `class.html` and a page for each student.

    `roster`: the names of all students, or nothing where the class is who handed in something. `comments.csv` in the
    folder is read, or made. Returns what is wrong with it, one sentence each. Raises CourseError where nothing can be
    written.
    """
    found, problems = comments.read(folder, gradebook(outcomes, refused, roster))
    book = gradebook(outcomes, refused, roster, found)
    write_in_one_step(folder / "grades.csv", spreadsheets.grades_csv(book))
    write_in_one_step(folder / "exercises.csv", spreadsheets.exercises_csv(book))
    missed, alike = insight.most_missed(book), insight.same_answers(book)
    page = _render("class", book=book, refused=refused, problems=problems, missed=missed, alike=alike)
    write_in_one_step(folder / "class.html", page)
    for student in book.students:
        write_in_one_step(student_page(folder, student.name), _student(folder, student))
    return problems


def write_submission(folder: Path, outcome: Outcome) -> None:
    """Write the page of one notebook as it ran. Raises CourseError where it cannot be written."""
    student, sheet = outcome.submission.student, outcome.submission.sheet
    path = _notebook_page(folder, student, sheet)
    if outcome.notebook is None:
        path.unlink(missing_ok=True)  # of an earlier submission
    else:
        write_in_one_step(path, notebook_page(outcome.notebook, f"{student} · {sheet.title}"))


def student_page(folder: Path, student: str) -> Path:
    """Return where the page of a student lies."""
    return folder / STUDENTS / f"{page_name(student)}.html"


def page_name(student: str) -> str:
    """Return a short name for files that every system takes, and that no other student has.

    The digest tells names apart that differ only in case, accents or letters that are left out here.
    """
    letters = unicodedata.normalize("NFKD", student).encode("ascii", "ignore").decode()
    short = re.sub(r"[^A-Za-z0-9]+", "_", letters)[:30].strip("_") or "student"
    return f"{short}-{hashlib.sha256(student.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def _notebook_page(folder: Path, student: str, sheet: Sheet) -> Path:
    return folder / STUDENTS / f"{page_name(student)}-{sheet.name}.html"


def _student(folder: Path, student: Student) -> str:
    notebooks = {
        entry.sheet.name: path.name
        for entry in student.entries
        if (path := _notebook_page(folder, student.name, entry.sheet)).exists()
    }
    return _render("student", student=student, notebooks=notebooks)


def _render(template: str, **values) -> str:
    return _environment().get_template(f"grading/{template}.html.j2").render(**values)


@cache
def _environment() -> Environment:
    environment = Environment(loader=PackageLoader("course_tools", "."), autoescape=True, trim_blocks=True)
    environment.filters |= {"words": words, "hint": hint, "points": spreadsheets.plain}
    environment.globals |= {"signs": SIGNS, "page_name": page_name}
    return environment


def words(text: str) -> Markup:
    """Return a text as HTML, what stands between backticks as code."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(text))))


def hint(text: str) -> Markup:
    """Return a hint as HTML, the lesson that it names as a link to the course's repository."""
    return Markup(LESSON.sub(rf'<a href="{repository()}/blob/main/\1">\1</a>', str(words(text))))
