"""Grades submissions side by side, each in a process that can harm nobody, and collects what came of them."""

import contextlib
import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
import psutil
from nbformat import NotebookNode

from course_tools.building.release import generate
from course_tools.grading import isolate, worker
from course_tools.grading.submissions import Submission
from course_tools.processes import Watch, family_of, kill_tree, run_side_by_side
from course_tools.project import ROOT, Sheet
from course_utils.sources import cache_folder

CELL_SECONDS = 30
WHOLE_IN_CELLS = 2 * worker.WHOLE_IN_CELLS  # when a worker that does not end by itself is stopped
MEMORY_LIMIT_MB = 6 * 1024
MOST_PROCESSES = 64


@dataclass
class Outcome:
    """What became of one submission: the exercises as `worker` writes them, or a problem in one sentence."""

    submission: Submission
    exercises: list[dict]
    feedback: str | None = None
    problem: str | None = None

    @property
    def points(self) -> float:
        """The points of the whole sheet."""
        return sum(exercise["points"] for exercise in self.exercises)

    @property
    def most(self) -> float:
        """The most points there are."""
        return sum(exercise["most"] for exercise in self.exercises)


def grade(
    submissions: list[Submission], jobs: int, on_outcome: Callable[[Outcome], None], cell_seconds: int = CELL_SECONDS
) -> list[Outcome]:
    """Grade all, `jobs` at a time; `on_outcome` gets each one as it is done. No process is left behind.

    A cell may take `cell_seconds`. A submission that needs more time or memory than it may gets what it has earned.
    """
    with tempfile.TemporaryDirectory(prefix="grading-") as place:
        courses = make_courses({each.sheet for each in submissions}, Path(place))
        outcomes: dict[int, Outcome] = {}

        def ended(job: Grading) -> None:
            outcomes[id(job.submission)] = outcome = job.outcome()
            on_outcome(outcome)

        starts = [lambda each=each: Grading(each, courses, Path(place), cell_seconds) for each in submissions]
        run_side_by_side(starts, jobs, ended)
    return [outcomes[id(submission)] for submission in submissions]


def make_courses(sheets: set[Sheet], place: Path) -> dict[str, Path]:
    """Make one nbgrader course for each sheet, out of its stored solution. Returns sheet -> folder."""
    folders = {}
    for sheet in sheets:
        solution = nbformat.read(sheet.notebook, as_version=4)
        folders[sheet.name] = generate([sheet], [solution], place / "courses" / sheet.name)
    return folders


class Grading:
    """One submission being graded by a worker process."""

    def __init__(self, submission: Submission, courses: dict[str, Path], place: Path, cell_seconds: int):
        self.submission = submission
        self.folder = Path(tempfile.mkdtemp(dir=place, prefix="one-"))
        sheet = submission.sheet
        shutil.copytree(courses[sheet.name], self.folder, dirs_exist_ok=True)
        submitted = self.folder / "submitted" / worker.STUDENT / sheet.name / f"{sheet.name}.ipynb"
        submitted.parent.mkdir(parents=True)
        nbformat.write(restored(submission.notebook, nbformat.read(sheet.page, as_version=4)), submitted)
        self.cell_seconds, self.time_limit = cell_seconds, WHOLE_IN_CELLS * cell_seconds
        self.started = time.monotonic()
        self.problem: str | None = None
        self.process = self._start(sheet)
        self.watch = Watch(self.process.pid)

    def _start(self, sheet: Sheet) -> subprocess.Popen:
        command = [sys.executable, "-m", "course_tools.grading.worker", str(self.folder), sheet.name, sheet.entry.slug]
        command += [str(self.cell_seconds)]
        with (self.folder / "log").open("wb") as log:
            return subprocess.Popen(
                [*isolation(self.folder), *command],
                cwd=self.folder,
                env=environment(self.folder, self.cell_seconds),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def finished(self) -> bool:
        """Look at the worker once, and keep its kernel within the limits. True when it is over."""
        if self.process.poll() is not None:
            return True
        if time.monotonic() - self.started > self.time_limit:
            self.stop(f"stopped after {self.time_limit} seconds; look at it by hand")
            return True
        self._watch_kernel()
        return False

    def _watch_kernel(self) -> None:
        """End the kernel, and not the worker, where it takes too much: the worker then blames the cell."""
        self.watch.look()
        if self.watch.now_mb > MEMORY_LIMIT_MB or self.watch.processes > MOST_PROCESSES:
            for each in family_of(self.process.pid):
                if each.pid != self.process.pid:
                    with contextlib.suppress(psutil.Error):
                        each.kill()

    def stop(self, reason: str) -> None:
        """End the worker now, with all that it started."""
        self.problem = reason
        kill_tree(self.process.pid)
        self.process.wait()

    def outcome(self) -> Outcome:
        """Return what came of it, and tidy up."""
        file = self.folder / worker.OUTCOME
        sheet = self.submission.sheet.name
        feedback = self.folder / "feedback" / worker.STUDENT / sheet / f"{sheet}.html"
        page = feedback.read_text(encoding="utf-8") if feedback.exists() else None
        if file.exists() and not self.problem:
            result = Outcome(self.submission, json.loads(file.read_text(encoding="utf-8"))["exercises"], page)
        else:
            last = (self.folder / "log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
            result = Outcome(self.submission, [], None, self.problem or (last[-1] if last else "the worker ended"))
        kill_tree(self.process.pid)
        shutil.rmtree(self.folder, ignore_errors=True)
        return result


def isolation(folder: Path) -> list[str]:
    """Return what to put before a command to shut it away, or nothing where this system does not allow it."""
    return [sys.executable, isolate.__file__, "--write", str(folder)] if can_isolate() else []


@cache
def can_isolate() -> bool:
    """Try once whether this system can shut a command away."""
    with tempfile.TemporaryDirectory() as folder:
        shut = [sys.executable, isolate.__file__, "--write", folder]
        return subprocess.run([*shut, sys.executable, "-c", ""], capture_output=True).returncode == 0


def environment(folder: Path, cell_seconds: int) -> dict[str, str]:
    """Return the environment of a worker: its own home, no secrets of the grader's, one thread, patient checks."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT") if name in os.environ}
    temporary = folder / "tmp"
    temporary.mkdir()
    return {
        **kept,
        "HOME": str(folder),
        "TMPDIR": str(temporary),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "COURSE_CHECK_SECONDS": str(cell_seconds / 2),  # a check judges twice: what students see, and hidden inputs
        "COURSE_CACHE": str(cache_folder()),
        "OMP_NUM_THREADS": "1",
        "MPLBACKEND": "agg",
        "HF_HUB_OFFLINE": "1",
    }


def restored(submitted: NotebookNode, released: NotebookNode) -> NotebookNode:
    """Return a submission with our own marks on its cells, and every cell of ours that it lacks put back."""
    cells = [copy.deepcopy(cell) for cell in submitted.cells]
    ours = {_grade_id(cell): cell for cell in released.cells if _grade_id(cell)}
    seen: set[str] = set()
    for cell in cells:
        grade_id = _grade_id(cell)
        if grade_id in ours and grade_id not in seen:
            seen.add(grade_id)
            cell.metadata = copy.deepcopy(ours[grade_id].metadata)
        else:  # a cell of the student's own, or a copy of one of ours
            cell.metadata = NotebookNode()
    place = 0
    for grade_id, cell in ours.items():
        if grade_id in seen:
            place = next(index for index, each in enumerate(cells) if _grade_id(each) == grade_id) + 1
        else:
            cells.insert(place, copy.deepcopy(cell))
            place += 1
    return NotebookNode({**copy.deepcopy(released), "cells": cells})


def _grade_id(cell: NotebookNode) -> str | None:
    marks = cell.metadata.get("nbgrader")
    grade_id = marks.get("grade_id") if isinstance(marks, dict) else None
    return grade_id if isinstance(grade_id, str) else None
