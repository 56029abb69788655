"""A script becomes a notebook without outputs: badges, fetch cell and cell ids are put in here."""

import hashlib
from collections import Counter
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from course_tools import sheets
from course_tools.project import ROOT, Lesson, Sheet, repository

BADGES = "{{ badges }}"
TIMES = "{{ times }}"
INTRO = "{{ intro }}"
START_TAG = "start"
FETCH_TAG = "fetch"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
COLAB = (
    "[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]"
    "(https://colab.research.google.com/github/{slug}/blob/main/{path})"
)
KAGGLE = (
    "[![Open in Kaggle](https://kaggle.com/static/images/open-in-kaggle.svg)]"
    "(https://kaggle.com/kernels/welcome?src={address}/blob/main/{path})"
)
FETCH_CELL = """\
# @title Fetch the course (on Colab and Kaggle only)
import importlib.util
import os
import subprocess
import sys

address = "{address}"
if "COLAB_RELEASE_TAG" in os.environ or "KAGGLE_KERNEL_RUN_TYPE" in os.environ:
    folder = os.path.join(os.path.expanduser("~"), os.path.basename(address))
    if not os.path.exists(os.path.join(folder, "requirements.txt")):
        command = ["git", "clone", "--quiet", "--depth=1", address, folder]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            hint = "Is the internet on (on Kaggle: Settings, Internet)? Then run this again."
            raise RuntimeError(f"{{done.stderr}}{{hint}}")
    sys.path.insert(0, folder)
    from course_utils.install import install_missing

    install_missing()
elif importlib.util.find_spec("course_utils") is None:
    raise ModuleNotFoundError(
        f"This kernel does not know the course. Clone {{address}} and run `make lab` in it."
    )"""


def badges(notebook: Path) -> str:
    """Return the launch badges of a notebook, as markdown."""
    address, path = repository(), notebook.relative_to(ROOT).as_posix()
    slug = address.removeprefix("https://github.com/")
    return " ".join(badge.format(slug=slug, address=address, path=path) for badge in (COLAB, KAGGLE))


def fetch_cell() -> NotebookNode:
    """Return the cell that makes the course importable. Folded away: it is not a lesson's topic."""
    source = FETCH_CELL.format(address=repository())
    return new_code_cell(source, metadata={"tags": [FETCH_TAG], "jupyter": {"source_hidden": True}, "cellView": "form"})


def render(script: Lesson | Sheet) -> NotebookNode:
    """Return the notebook of a lesson, or the solution of a sheet, without outputs.

    The same bytes for the same script and setting.
    """
    notebook = jupytext.read(script.source)
    fill = _fill_lesson if isinstance(script, Lesson) else _fill_sheet
    fill(notebook, script)
    notebook.cells = [
        part
        for cell in notebook.cells
        for part in ([fetch_cell(), cell] if START_TAG in cell.metadata.get("tags", []) else [cell])
    ]
    if isinstance(script, Sheet):
        sheets.mark(notebook)
    _number(notebook)
    notebook.metadata = NotebookNode(
        kernelspec=NotebookNode(KERNEL), language_info=NotebookNode(name="python"), course=notebook.metadata["course"]
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    nbformat.validate(notebook)
    return notebook


def _fill_lesson(notebook: NotebookNode, lesson: Lesson) -> None:
    _replace(notebook, {BADGES: badges(lesson.notebook), TIMES: times(lesson)})


def _fill_sheet(notebook: NotebookNode, sheet: Sheet) -> None:
    _replace(notebook, {BADGES: badges(sheet.release), INTRO: sheets.intro(notebook, sheet)})


def _replace(notebook: NotebookNode, texts: dict[str, str]) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for place, text in texts.items():
                cell.source = cell.source.replace(place, text)


def times(lesson: Lesson) -> str:
    """Return the line on time and needs below a lesson's goals."""
    return f"**Time** (to run all cells): {lesson.measured}. **Needs**: {lesson.needs}."


def _number(notebook: NotebookNode) -> None:
    """Give each cell an id made from its text, so that a rebuilt notebook differs only where the lesson does."""
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
        seen[digest] += 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
