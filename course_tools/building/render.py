"""A script becomes a notebook without outputs: badges, links, fetch cell and cell ids are put in here.

What no reader needs stays out: cells that record results (`record`), and those that try what a reader is told to try
(`try`); the executor is handed the notebook with them. So do texts for the slides (`slide`, `notes`).
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Collection
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from course_tools.building import sheets
from course_tools.building.quiz_cell import add_quiz
from course_tools.project import ROOT, Lesson, Sheet
from course_tools.running.execution import RECORD_TAG
from course_tools.scripts import read_script
from course_utils import CourseError
from course_utils.outline import Entry, nearest, outline, repository

BADGES = "{{ badges }}"
TIMES = "{{ times }}"
INTRO = "{{ intro }}"
NUMBER = "{{ number }}"
LINK = re.compile(r"\{\{ ([Ll])esson:(\w+) \}\}")
PARAMETERS_TAG = "parameters"
START_TAG = "start"
FETCH_TAG = "fetch"
TRY_TAG = "try"
SLIDE_TAG = "slide"  # on a text: it stands on a slide only; on code: it is shown there
NOTES_TAG = "notes"  # what whoever speaks reads beside the slides
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
COLAB = "[Open in Colab](https://colab.research.google.com/github/{slug}/blob/main/{path})"
KAGGLE = "[Open in Kaggle](https://kaggle.com/kernels/welcome?src={address}/blob/main/{path})"
ON_COLAB = "On Colab, first: *File, Save a copy in Drive*; for `full` also *Runtime, Change runtime type, T4 GPU*."
HOSTS = {  # what Colab and Kaggle read: a GPU, if they have one
    "accelerator": "GPU",
    "colab": {"gpuType": "T4", "provenance": [], "toc_visible": True},
    "kaggle": {"accelerator": "nvidiaTeslaT4", "isGpuEnabled": True, "isInternetEnabled": True},
}
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

    install_missing({models})
elif importlib.util.find_spec("course_utils") is None:
    raise ModuleNotFoundError(
        f"This kernel does not know the course. Clone {{address}} and run `make lab` in it."
    )"""


def badges(notebook: Path) -> str:
    """Return the links that open a notebook elsewhere, as markdown. Words, no pictures: those would come by network."""
    address, path = repository(), notebook.relative_to(ROOT).as_posix()
    slug = address.removeprefix("https://github.com/")
    return " · ".join(badge.format(slug=slug, address=address, path=path) for badge in (COLAB, KAGGLE))


def fetch_cell(models: bool = False) -> NotebookNode:
    """Return the cell that makes the course importable. Folded away: it is not a lesson's topic.

    `models`: the lesson needs more than the usual checkpoint.
    """
    source = FETCH_CELL.format(address=repository(), models="models=True" if models else "")
    return new_code_cell(source, metadata={"tags": [FETCH_TAG], "jupyter": {"source_hidden": True}, "cellView": "form"})


def render(script: Lesson | Sheet, run_seconds: float | None = None, *, hidden: Collection[str] = ()) -> NotebookNode:
    """Return the notebook of a lesson, or the solution of a sheet, without outputs.

    `run_seconds`: what an execution took, in reference seconds; without it, what the stored notebook says. `hidden`:
    tags of the cells that a reader does not get, and that are wanted here. The same bytes for the same script, order
    and setting.
    """
    notebook = read_script(script.source)
    notebook.cells = [cell for cell in notebook.cells if not _left_out(cell).difference(hidden)]
    if isinstance(script, Sheet):
        sheets.complete_checks(notebook, script.entry.slug)
    else:
        add_quiz(notebook, script.slug)
    _fill(notebook, script, run_seconds)
    first = next((i for i, cell in enumerate(notebook.cells) if tags(cell) & {PARAMETERS_TAG, START_TAG}), None)
    if first is not None:
        notebook.cells.insert(first, fetch_cell(bool(script.entry.models)))
    if isinstance(script, Sheet):
        sheets.add_nbgrader_metadata(notebook)
    _number(notebook)
    course = NotebookNode(lesson=script.slug, title=script.title)
    notebook.metadata = NotebookNode(
        kernelspec=NotebookNode(KERNEL), language_info=NotebookNode(name="python"), course=course
    )
    if isinstance(script, Lesson):
        notebook.metadata |= nbformat.from_dict(HOSTS)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    nbformat.validate(notebook)
    return notebook


def tags(cell: NotebookNode) -> set[str]:
    """Return the tags of a cell."""
    return set(cell.metadata.get("tags", []))


def _left_out(cell: NotebookNode) -> set[str]:
    texts = {SLIDE_TAG, NOTES_TAG} if cell.cell_type == "markdown" else set()
    return tags(cell) & {RECORD_TAG, TRY_TAG, *texts}


def without(notebook: NotebookNode, *hidden: str) -> NotebookNode:
    """Return a notebook without the cells that have one of these tags."""
    return NotebookNode({**notebook, "cells": [cell for cell in notebook.cells if not tags(cell) & set(hidden)]})


def _fill(notebook: NotebookNode, script: Lesson | Sheet, run_seconds: float | None) -> None:
    links = badges(script.page)
    if isinstance(script, Lesson):
        links += f"\n\n{ON_COLAB}"
    texts = {BADGES: links, NUMBER: f"{script.entry.number:02}"}
    if isinstance(script, Sheet):
        texts[INTRO] = sheets.intro(notebook, script.entry.slug)
    else:
        texts[TIMES] = times(script, run_seconds if run_seconds is not None else stored_seconds(script))
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for place, text in texts.items():
                cell.source = cell.source.replace(place, text)
            cell.source = with_links(cell.source, linker(script.page.parent), script.source)


def with_links(text: str, link: Callable[[Entry], str], source: Path) -> str:
    """Return a text with `{{ lesson:slug }}` made into links. Raises CourseError for a slug that is none."""
    known = outline()

    def linked(match: re.Match) -> str:
        if match[2] not in known:
            where = source.relative_to(ROOT).as_posix()
            raise CourseError(f"{where} links to a lesson {match[2]!r} that is not there. {nearest(match[2], known)}")
        made = link(known[match[2]])
        return made.replace("[l", "[L", 1) if match[1] == "L" else made

    return LINK.sub(linked, text)


def linker(folder: Path) -> Callable[[Entry], str]:
    """Return what makes the link to a lesson, in markdown, for pages that lie in `folder`."""
    up = "" if folder.name == "notebooks" else "../notebooks/"
    return lambda entry: f"[{entry.label}]({up}{entry.name}.ipynb)"


def times(lesson: Lesson, run_seconds: float | None) -> str:
    """Return the line on time and needs below a lesson's goals."""
    running = f" To run all cells: {rounded(run_seconds)} in `laptop` on two cores." if run_seconds else ""
    link, known = linker(lesson.page.parent), outline()
    needs = " and ".join(link(known[slug]) for slug in lesson.entry.needs) or "nothing but the course"
    return f"**Time**: about {lesson.entry.minutes} minutes to learn, estimated.{running} **Needs**: {needs}."


def rounded(seconds: float) -> str:
    """Return seconds as a person says them: about 40 s."""
    step = 5 if seconds < 60 else 10
    return f"about {max(step, step * round(seconds / step))} s"


def stored_seconds(script: Lesson | Sheet) -> float | None:
    """Return the reference seconds that stand in the stored notebook, or None where there are none."""
    kept = stored(script)
    return kept.metadata.get("course", {}).get("reference_seconds") if kept else None


def stored(script: Lesson | Sheet) -> NotebookNode | None:
    """Return the stored notebook, or None where there is none that can be read."""
    try:
        return nbformat.read(script.notebook, as_version=4)
    except Exception:  # not there, or damaged in any of many ways: it is built again
        return None


def _number(notebook: NotebookNode) -> None:
    """Give each cell an id made from its text, so that a rebuilt notebook differs only where the lesson does."""
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
        seen[digest] += 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
