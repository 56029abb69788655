"""Grades submissions side by side, each by a worker of its own, so that none stops another."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from course_tools.grading import kernel, worker
from course_tools.grading.outcome import Outcome, in_words
from course_tools.grading.results import Results
from course_tools.grading.room import without_network
from course_tools.grading.submissions import Submission
from course_tools.processes import kill_tree, run_side_by_side
from course_utils import sources

CELL_SECONDS = 30


@dataclass(frozen=True)
class Settings:
    """How to grade. A cell may use `cell_seconds` of the processor. `place`: a folder for what is thrown away."""

    results: Results
    place: Path
    jobs: int
    cell_seconds: int
    trust: bool


def grade(submissions: list[Submission], settings: Settings, on_outcome: Callable[[Outcome], None]) -> list[Outcome]:
    """Grade what is not graded yet; `on_outcome` gets each one as it is known. No process is left behind.

    Raises CourseError where the data of a sheet cannot be made ready, and KeyboardInterrupt.
    """
    outcomes: dict[int, Outcome] = {}

    def known(submission: Submission, outcome: Outcome) -> None:
        outcomes[id(submission)] = outcome
        on_outcome(outcome)

    def ended(job: Grading) -> None:
        if not job.interrupted:
            known(job.submission, job.outcome())

    waiting = []
    for submission in submissions:
        if outcome := settings.results.find(submission):
            known(submission, outcome)
        else:
            waiting.append(submission)
    _make_data_ready(waiting)
    run_side_by_side([lambda each=each: Grading(each, settings) for each in waiting], settings.jobs, ended)
    return [outcomes[id(submission)] for submission in submissions]


class Grading:
    """One submission being graded by a worker process."""

    def __init__(self, submission: Submission, settings: Settings):
        self.submission, self.settings = submission, settings
        self.problem: str | None = None
        self.interrupted = False
        self.process: subprocess.Popen | None = None
        self.folder: Path | None = None
        self.stop_at = time.monotonic() + kernel.longest_seconds(settings.cell_seconds)
        try:
            self.folder = Path(tempfile.mkdtemp(dir=settings.place, prefix="one-"))
            notebook = json.dumps(submission.notebook)
            (self.folder / worker.SUBMITTED).write_text(notebook, encoding="utf-8")
            self.process = self._start()
        except (OSError, ValueError, TypeError) as error:
            self.problem = in_words(error)

    def _start(self) -> subprocess.Popen:
        settings = self.settings
        command = [sys.executable, "-m", worker.__name__, str(self.folder), self.submission.sheet.slug]
        command += [str(settings.cell_seconds), *(["--trust"] if settings.trust else [])]
        return subprocess.Popen(
            [*([] if settings.trust else without_network()), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the command alone
        )

    def finished(self) -> bool:
        """Look at the worker once. True when it is over."""
        if self.process is None or self.process.poll() is not None:
            return True
        if time.monotonic() > self.stop_at:
            self.problem = "it did not come to an end; look at it by hand"
            kill_tree(self.process.pid)
            return True
        return False

    def stop(self, reason: str) -> None:
        """End the worker now, with all that it started."""
        self.interrupted = True
        if self.process:
            kill_tree(self.process.pid)
        self._tidy()

    def outcome(self) -> Outcome:
        """Return what came of it, and keep it."""
        try:
            if not self.problem:
                self.problem = self._keep()
        except OSError as error:
            self.problem = in_words(error)
        self._tidy()
        if self.problem is None and (found := self.settings.results.find(self.submission)):
            return found
        return Outcome(self.submission, problem=self.problem or "its result cannot be read; grade again")

    def _keep(self) -> str | None:
        """Keep the result. Returns what the worker said where it has left none."""
        graded = self.folder / worker.GRADED
        if graded.exists():
            return self.settings.results.keep(self.submission, graded)
        said = self.process.stderr.read().decode(errors="replace").strip().splitlines()
        return said[-1] if said else f"the worker ended with {self.process.wait()}; grade again"

    def _tidy(self) -> None:
        if self.process:
            self.process.wait()
            self.process.stderr.close()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def _make_data_ready(submissions: list[Submission]) -> None:
    """Prepare datasets that are made on first use: a kernel that is shut in can make none."""
    for name in {name for each in submissions for name in each.sheet.entry.data if name in sources.DATASETS}:
        sources.dataset(name, "laptop")
