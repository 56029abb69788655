"""Pages to print of a lesson and of its sheet: `course handout`. Answers are left out, or all stand there."""

import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output

from course_tools.building.render import FETCH_TAG, tags
from course_tools.files import write_in_one_step
from course_tools.project import BUILD, Lesson, all_sheets
from course_tools.publishing.browser import write_pdf
from course_tools.publishing.quiz_export import stem
from course_tools.running.key import QUIZ_TAG
from course_tools.running.notebook_page import notebook_page
from course_utils.quiz import as_html, read, verdict

HANDOUTS = BUILD / "handouts"
FOLD = re.compile(r"<details>\s*<summary>.*?</details>", re.DOTALL)
BADGES = re.compile(r"^\[Open in Colab\].*\n\n(?:On Colab, .*\n\n)?", re.MULTILINE)


def write_handout(lesson: Lesson, folder: Path = HANDOUTS, *, answers: bool = False, pdf: bool = False) -> list[Path]:
    """Write the pages of a lesson and of its sheet, and return them.

    Raises CourseError where no browser is there to make a PDF.
    """
    made = {lesson.name: handout(nbformat.read(lesson.notebook, as_version=4), answers)}
    for sheet in (sheet for sheet in all_sheets() if sheet.entry.slug == lesson.slug):
        made[sheet.name] = handout(nbformat.read(sheet.notebook if answers else sheet.page, as_version=4), answers)
    paths = []
    for name, notebook in made.items():
        path = folder / f"{name}{'_answers' if answers else ''}.html"
        write_in_one_step(path, notebook_page(notebook, notebook.metadata.course.title))
        paths.append(path)
        if pdf:
            write_pdf(path, path.with_suffix(".pdf"))
            paths.append(path.with_suffix(".pdf"))
    return paths


def handout(notebook: NotebookNode, answers: bool) -> NotebookNode:
    """Return a notebook as it is printed: nothing folded, no badges, with all answers or with none."""
    notebook.cells = [cell for cell in notebook.cells if FETCH_TAG not in tags(cell)]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = BADGES.sub("", cell.source)
            cell.source = text.replace("<details>", "<details open>") if answers else FOLD.sub("", text)
        elif QUIZ_TAG in tags(cell):
            cell.source = ""
            html = _quiz(notebook.metadata.course.lesson, answers)
            cell.outputs = [new_output("display_data", data={"text/html": html})]
        else:
            cell.outputs = [output for output in cell.outputs if not _is_alternative(output)]
    notebook.cells = [cell for cell in notebook.cells if cell.source.strip() or cell.get("outputs")]
    return notebook


def _quiz(slug: str, answers: bool) -> str:
    """Return the questions of a lesson as a list; with answers, each option with its verdict."""
    parts = []
    for number, question in enumerate(read(slug), 1):
        options = "".join(
            f"<li>{as_html(option.says)}{f'<br>{verdict(option)}' if answers else ''}</li>"
            for option in question.options
        )
        parts.append(f"<h3>Question {number}</h3>{stem(question)}<ol>{options}</ol>")
    return "".join(parts)


def _is_alternative(output: NotebookNode) -> bool:
    """The words that stand folded below a figure are for those who do not see it: on paper they would be noise."""
    return "<summary>The figure in words" in output.get("data", {}).get("text/html", "")
