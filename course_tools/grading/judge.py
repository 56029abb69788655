"""Reads the points of each exercise from the executed check cells, in nbgrader's terms."""

import importlib
import math

from nbformat import NotebookNode
from nbgrader.utils import determine_grade, is_grade

from course_tools.grading.kernel import STOPPED, failure
from course_tools.grading.outcome import Judged
from course_tools.grading.restore import untouched
from course_tools.project import Sheet

PRAISE = "✓"
LIMITS = (STOPPED, "Refused")  # the errors of a cell that met a limit


def judge(notebook: NotebookNode, sheet: Sheet) -> list[Judged]:
    """Return the exercises of an executed notebook."""
    exercises = importlib.import_module(f"lessons.{sheet.entry.slug}.checks").sheet.exercises
    answers = {cell.metadata.answer: cell for cell in notebook.cells if "answer" in cell.metadata}
    found = []
    for cell in filter(is_grade, notebook.cells):
        settle(cell)
        name = cell.metadata.check
        points, most = points_of(cell)
        answer = answers.get(name, NotebookNode(source="", outputs=[]))
        found.append(
            Judged(
                name=name,
                points=points,
                most=most,
                answer=answer.source,
                tried=not untouched(answer.source, sheet, name),
                trouble=_error(answer),
                said=_error(cell) or _printed(cell),
                hints=exercises[name].hints,
            )
        )
    return found


def settle(cell: NotebookNode) -> None:
    """Add an error to a check cell that neither praises, nor fails, nor gives points: silence earns none."""
    failed = any(output.output_type == "error" for output in cell.outputs)
    if not failed and PRAISE not in _printed(cell) and not any(map(is_number, cell.outputs)):
        cell.outputs.append(failure("NotJudged", "The check said nothing. Was it changed?"))


def points_of(cell: NotebookNode) -> tuple[float, float]:
    """Return the points that a check cell gives, and the most. What it shows besides costs nothing."""
    marks = [each for each in cell.outputs if each.output_type == "error" or is_number(each)]
    try:
        points, most = determine_grade(NotebookNode({**cell, "outputs": marks}))
    except ValueError:  # more than the most
        most = points = float(cell.metadata.nbgrader.points)
    return points, most


def is_number(output: NotebookNode) -> bool:
    """Whether an output is the result of a cell, and a number of points."""
    try:
        value = float(output["data"]["text/plain"]) if output.output_type == "execute_result" else math.nan
    except (KeyError, TypeError, ValueError):
        return False
    return math.isfinite(value) and value >= 0


def limits_met(notebook: NotebookNode) -> list[str]:
    """Return a sentence for each cell that met a limit."""
    return [
        f"The cell `{cell.source.strip().splitlines()[0][:50]} ...` did not run to its end: {output.evalue}"
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error" and output.ename in LIMITS
    ]


def _printed(cell: NotebookNode) -> str:
    return "".join(output.text for output in cell.outputs if output.get("name") == "stdout")


def _error(cell: NotebookNode) -> str:
    errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
    return errors[0].evalue if errors else ""
