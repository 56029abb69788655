"""Makes what students get out of the solutions, with nbgrader."""

import logging
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from course_tools.project import Sheet
from course_utils import CourseError

# What SQLAlchemy puts behind its reason: a statement of many lines, and the address of a page.
BEHIND_A_REASON = re.compile(r"\n(\[SQL: |\(Background on this error at).*", re.DOTALL)
STUB = "# Your code here."


def generate(sheets: Iterable[Sheet], notebooks: Iterable[NotebookNode], folder: Path) -> Path:
    """Make an nbgrader course in `folder` out of rendered sheets: source/, release/ and gradebook.db. Returns it.

    Raises CourseError with nbgrader's own words.
    """
    for sheet, notebook in zip(sheets, notebooks, strict=True):
        source = folder / "source" / sheet.name / f"{sheet.name}.ipynb"
        source.parent.mkdir(parents=True)
        nbformat.write(notebook, source)
        _run_nbgrader(folder, sheet.name)
    return folder


def _run_nbgrader(folder: Path, sheet: str) -> None:
    scripts = str(Path(sys.executable).parent)  # nbgrader calls `alembic`, which an environment not activated hides
    places = os.environ.get("PATH", os.defpath).split(os.pathsep)
    if scripts not in places:
        os.environ["PATH"] = os.pathsep.join([scripts, *places])
    course = CourseDirectory(root=str(folder), assignment_id=sheet)
    config = Config(ClearSolutions={"code_stub": {"python": STUB}})
    words = Words()
    logger = logging.getLogger("course.nbgrader")
    logger.propagate = False
    logger.addHandler(words)
    try:
        GenerateAssignment(coursedir=course, config=config, log=logger).start()
    except NbGraderException as error:
        raise CourseError(f"nbgrader cannot handle {sheet}: {words.last or error}.") from error
    finally:
        logger.removeHandler(words)


class Words(logging.Handler):
    """Keeps the last line of the last traceback that says why, or else of the last error, that was logged."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it, if it says why."""
        message = record.getMessage().strip()
        if message.startswith("Traceback") or not self.last:
            self.last = BEHIND_A_REASON.sub("", message).splitlines()[-1]
