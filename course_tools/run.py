"""Runs lessons headless: one worker and one kernel per lesson, watched for time and memory, never left behind."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import psutil

from course_tools.progress import Progress
from course_tools.project import BUILD, ROOT, Lesson
from course_tools.render import render
from course_utils import CourseError
from course_utils.records import read_device, read_records

EXECUTED = BUILD / "executed"
CWD = BUILD / "cwd"  # where lessons write their own files
TIME_LIMIT_IN_BUDGETS = {"laptop": 5, "smoke": 5, "full": 40}  # `full` may be on a CPU, and downloads first
POLL_SECONDS = 0.2


@dataclass
class Result:
    """What became of one lesson. `status` is passed, failed or skipped; `error` is one sentence or None."""

    lesson: Lesson
    status: str = "skipped"
    seconds: float = 0.0
    peak_rss_mb: int = 0
    cells: int = 0
    error: str | None = None
    records: dict = field(default_factory=dict)
    device: str | None = None

    @property
    def notebook(self) -> Path:
        """The executed notebook; after a failure it ends where the failure was."""
        return EXECUTED / f"{self.lesson.name}.ipynb"


def run_lessons(
    lessons: list[Lesson],
    profile: str,
    progress: Progress,
    *,
    jobs: int = 1,
    parameters: Mapping[str, str] | None = None,
    time_limit: float | None = None,
    on_result=lambda results: None,
) -> list[Result]:
    """Execute the lessons, `jobs` at a time, and return one result for each, in their order.

    `profile` chooses the time limit (in seconds, or from each lesson's budget) and is what `auto` means to the
    lessons; `parameters` are injected by papermill. `on_result` gets all results whenever one is there. A failure or
    an interrupt (KeyboardInterrupt, raised again at the end) leaves no worker and no kernel running.
    """
    prepare_folders()
    environment = _environment(profile, jobs)
    results = [Result(lesson) for lesson in lessons]
    waiting = list(results)
    running: list[Job] = []
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                result = waiting.pop(0)
                limit = time_limit or result.lesson.budget_seconds * TIME_LIMIT_IN_BUDGETS[profile]
                running.append(Job(result, dict(parameters or {}), limit, environment, progress))
            time.sleep(POLL_SECONDS)
            for job in [job for job in running if job.finished()]:
                running.remove(job)
                on_result(results)
    except BaseException as reason:
        for job in running:
            job.stop("interrupted by Ctrl-C" if isinstance(reason, KeyboardInterrupt) else f"stopped: {reason}")
        on_result(results)
        raise
    return results


def prepare_folders() -> None:
    """Make the folders below `build/`. Raises CourseError where they cannot be written in."""
    for folder in (EXECUTED, BUILD / "source", BUILD / "logs", CWD):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / ".probe"
            probe.write_text("probe", encoding="utf-8")
            probe.unlink()
        except OSError as error:
            raise CourseError(
                f"Nothing can be written in {folder}: {error.strerror}. "
                "Free some disk space, or give yourself the right to write there, then run the same command again."
            ) from error


class Job:
    """One lesson being executed by a worker process."""

    def __init__(self, result: Result, parameters: dict, time_limit: float, environment: dict, progress: Progress):
        self.result, self.time_limit, self.progress = result, time_limit, progress
        self.line, self.cell = "", 0
        self.events: queue.Queue[dict] = queue.Queue()
        self.started = time.monotonic()
        name = result.lesson.name
        result.notebook.unlink(missing_ok=True)  # what an earlier run left must not pass for this one's
        notebook = render(result.lesson)
        result.cells = sum(cell.cell_type == "code" for cell in notebook.cells)
        source = BUILD / "source" / f"{name}.ipynb"
        nbformat.write(notebook, source)
        self.log = BUILD / "logs" / f"{name}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "course_tools.worker", source, result.notebook, CWD, json.dumps(parameters)],
                stdout=subprocess.PIPE,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,  # Ctrl-C reaches this process alone, which then stops the worker and its kernel
            )
        self.reader = threading.Thread(target=self._read_events, daemon=True)
        self.reader.start()
        progress.started(name, result.cells)

    def finished(self) -> bool:
        """Look at the worker once: take its events, measure it, stop it at its limit. True when it is over."""
        self._measure()
        self._take_events()
        if self.result.status != "skipped" or self.process.poll() is not None:
            self.reader.join(timeout=5)
            self._take_events()
            if self.result.status == "skipped":
                self._fail(f"the worker ended with code {self.process.poll()}; see {self._shown(self.log)}")
            self._end()
            return True
        if time.monotonic() - self.started > self.time_limit:
            self.stop(f"stopped at its time limit of {self.time_limit:.0f} s")
            return True
        return False

    def stop(self, reason: str) -> None:
        """Stop the worker, its kernel and their children now."""
        self._take_events()
        if self.result.status == "skipped":
            self._fail(reason)
        self._end()

    def _end(self) -> None:
        if self.result.status == "passed":  # the kernel has said goodbye: let the worker leave in peace
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=10)
        if self.process.poll() is None:
            kill_tree(self.process.pid)
            self.process.wait()
        self.result.seconds = round(time.monotonic() - self.started, 1)
        if self.result.notebook.exists():
            notebook = nbformat.read(self.result.notebook, as_version=4)
            self.result.records, self.result.device = read_records(notebook), read_device(notebook)
        self.progress.ended(self.result)

    def _fail(self, error: str) -> None:
        where = f"code cell {self.cell} of {self.result.cells} (`{self.line}`): " if self.cell else ""
        self.result.status = "failed"
        self.result.error = f"{where}{error.rstrip('.')}. Partial notebook: {self._shown(self.result.notebook)}"

    def _take_events(self) -> None:
        while not self.events.empty():
            event = self.events.get()
            if event["event"] == "passed":
                self.result.status = "passed"
                continue
            self.cell, self.line = event["cell"] or self.cell, event["line"] or self.line
            if event["event"] == "cell":
                self.progress.cell(self.result.lesson.name, self.cell, self.line)
            else:
                self._fail(event["error"])

    def _read_events(self) -> None:
        for line in self.process.stdout:
            self.events.put(json.loads(line))

    def _measure(self) -> None:
        try:
            kernels = psutil.Process(self.process.pid).children(recursive=True)
            total = sum(kernel.memory_info().rss for kernel in kernels)
        except psutil.Error:
            return
        self.result.peak_rss_mb = max(self.result.peak_rss_mb, round(total / 2**20))

    @staticmethod
    def _shown(path: Path) -> str:
        return path.relative_to(ROOT).as_posix()


def kill_tree(pid: int) -> None:
    """End a running process with all its children and grandchildren, at once."""
    try:
        parent = psutil.Process(pid)
        family = [*parent.children(recursive=True), parent]
    except psutil.NoSuchProcess:
        return
    for process in family:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(family, timeout=5)


def _environment(profile: str, jobs: int) -> dict[str, str]:
    threads = max(1, (os.cpu_count() or 1) // jobs)  # kernels that fight for the same cores are slower than one
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return {"OMP_NUM_THREADS": str(threads), **os.environ, "COURSE_PROFILE": profile, "PYTHONPATH": path}
