"""Writes an exam: a notebook for the students, the same as a page to print, and the key for the instructor."""

import csv
import io
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_tools.building.exams import MARK, Question, draw, fingerprint, folder_name, shown
from course_tools.files import write_in_one_step
from course_tools.project import BUILD, Lesson
from course_tools.running.notebook_page import notebook_page
from course_utils import CourseError

SHORT_SEED = 8  # characters: a shorter one is tried out in no time
INTRO = """\
# Exam

{name}

**{cards} {word}**, about {minutes} minutes, {points} points. Each answer is one point.

- Write your answers into the cell below each card, in place of the `...`.
- Write plain values: numbers such as `12` or `0.25`, fractions such as `1 / 8`, texts in quotes, lists, sets. The cells
  are read. They are not run. So names, functions and calls count nothing there.
- Whole numbers must be exact. Of other numbers, four digits are enough."""


def exam_folder(seed: str) -> Path:
    """Return where an exam lies. Raises CourseError for a seed that cannot be a folder's name."""
    if not re.fullmatch(r"[\w.-]+", seed):
        raise CourseError("A seed has letters, digits, `-`, `.` and `_`, and nothing else: it names a folder, too.")
    return BUILD / f"exam_{seed}"


def write_exam(seed: str, lessons: list[Lesson], folder: Path, students: list[str] | None = None) -> list[Path]:
    """Write one exam for all, or one for each student, and return the files. The same call writes the same bytes."""
    paths, rows = [], []
    for student in students or [""]:
        questions = draw(seed, lessons, student)
        notebook = exam_notebook(questions, seed, student)
        place = folder / folder_name(student) if student else folder
        made = {"exam.ipynb": nbformat.writes(notebook) + "\n", "exam.html": notebook_page(notebook, "Exam")}
        for name, text in made.items():
            write_in_one_step(place / name, text)
            paths.append(place / name)
        rows += [([student] if students else []) + row for row in key_rows(questions)]
    header = (["student"] if students else []) + ["slug", "name", "answer"]
    write_in_one_step(folder / "key.csv", _csv([header, *rows]))
    return [*paths, folder / "key.csv"]


def key_rows(questions: list[Question]) -> list[list[str]]:
    """Return lesson, name and right answer of all that is asked."""
    return [[each.slug, name, shown(answer)] for each in questions for name, answer in each.answers.items()]


def exam_notebook(questions: list[Question], seed: str, student: str = "") -> NotebookNode:
    """Return the notebook that students get: cards and cells for answers, no checks and no hints."""
    points, minutes = sum(len(each.answers) for each in questions), sum(each.minutes for each in questions)
    word = "card" if len(questions) == 1 else "cards"
    name = f"For **{_plain(student)}**." if student else "Name: "
    intro = INTRO.format(name=name, cards=len(questions), word=word, minutes=minutes, points=points)
    cells = [new_markdown_cell(intro, id="intro")]
    for number, each in enumerate(questions, 1):
        points = f"{each.minutes} minutes · {len(each.answers)} points"
        text = f"## {number} · {each.title}\n\n{points}\n\n{each.text}"
        cells.append(new_markdown_cell(text, id=f"card-{number}"))
        cells.append(new_code_cell(_blank(each), id=f"answers-{number}", metadata={"answer": each.slug}))
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    mark = {"exam": fingerprint(seed), "student": student}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, MARK: mark})


def _blank(question: Question) -> str:
    entries = "".join(f'    "{name}": ...,\n' for name in question.answers)
    return f"answers_{question.slug} = {{\n{entries}}}"


def _plain(name: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#|$])", r"\\\1", name)


def _csv(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
