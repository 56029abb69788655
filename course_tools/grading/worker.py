"""Grades one submission with nbgrader, in a folder of its own.

    python -m course_tools.grading.worker FOLDER SHEET LESSON SECONDS

FOLDER holds an nbgrader course with the one submission of the student STUDENT. A cell may take SECONDS. What came of it
is written to FOLDER/outcome.json.
"""

import json
import os
import sys
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.utils import is_grade
from traitlets.config import Config

from course_tools.building.release import start
from course_tools.grading import kernel

STUDENT = "student"
OUTCOME = "outcome.json"
WHOLE_IN_CELLS = 8  # what a whole notebook may take, in cells that take all they may
STARTUP = """\
import json as _json
from course_tools.grading import guard as _guard
_guard.install({folder!r}, _json.loads({checks!r}))
del _json, _guard
"""


def main() -> None:
    """Grade the submission named on the command line."""
    folder, sheet, lesson, seconds = Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3], int(sys.argv[4])
    source = nbformat.read(folder / "source" / sheet / f"{sheet}.ipynb", as_version=4)
    _guard_kernels(folder, lesson, source)
    swap = [kernel.Execute if each.__name__ == "Execute" else each for each in Autograde().autograde_preprocessors]
    limits = Config(Execute={"cell_seconds": seconds, "total_seconds": WHOLE_IN_CELLS * seconds})
    start(Autograde, folder, sheet, STUDENT, limits, autograde_preprocessors=swap)
    start(GenerateFeedback, folder, sheet, STUDENT)
    graded = nbformat.read(folder / "autograded" / STUDENT / sheet / f"{sheet}.ipynb", as_version=4)
    outcome = {"exercises": _exercises(folder, sheet, graded)}
    (folder / OUTCOME).write_text(json.dumps(outcome), encoding="utf-8")


def _guard_kernels(folder: Path, lesson: str, source) -> None:
    """Let every kernel begin with the guard."""
    checks = {cell.source: f"lessons.{lesson}.checks" for cell in source.cells if is_grade(cell)}
    profile = folder / "ipython" / "profile_default" / "startup"
    profile.mkdir(parents=True)
    text = STARTUP.format(folder=str(folder), checks=json.dumps(checks))
    (profile / "00-guard.py").write_text(text, encoding="utf-8")
    os.environ["IPYTHONDIR"] = str(folder / "ipython")


def _exercises(folder: Path, sheet: str, graded) -> list[dict]:
    """Return, for each exercise: name, title, points, most points, answer, its own error, what the check said."""
    titles = {cell.metadata.check: cell.metadata.card.title for cell in graded.cells if "check" in cell.metadata}
    answers = {cell.metadata.answer: cell for cell in graded.cells if "answer" in cell.metadata}
    said = {cell.metadata.nbgrader.grade_id: _said(cell) for cell in graded.cells if is_grade(cell)}
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        grades = book.find_submission_notebook(sheet, sheet, STUDENT).grades
        points = {grade.name: (grade.score, grade.max_score) for grade in grades}
    return [
        {
            "name": (name := grade_id.removeprefix("check-")),
            "title": titles[name],
            "points": points[grade_id][0],
            "most": points[grade_id][1],
            "answer": answers[name].source,
            "trouble": _error(answers[name]),
            "said": words,
        }
        for grade_id, words in said.items()
    ]


def _said(cell) -> str:
    return _error(cell) or "".join(output.get("text", "") for output in cell.outputs)


def _error(cell) -> str:
    errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
    return errors[0].evalue if errors else ""


if __name__ == "__main__":
    main()
