"""One submission being graded by a worker process of its own, so that it stops no other one."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from course_tools.grading import kernel, worker
from course_tools.grading.outcome import in_words
from course_tools.grading.room import without_network
from course_tools.processes import kill_tree


@dataclass(frozen=True)
class Order:
    """A notebook that was handed in, its sheet's slug, the seconds that a cell may use, and whether it is trusted."""

    notebook: NotebookNode
    slug: str
    cell_seconds: int
    trust: bool


class Attempt:
    """An order being carried out, in a folder of its own below `place`, until `tidy` is called."""

    def __init__(self, order: Order, place: Path):
        self.order = order
        self.problem: str | None = None
        self.process: subprocess.Popen | None = None
        self.folder: Path | None = None
        self.stop_at = time.monotonic() + kernel.longest_seconds(order.cell_seconds)
        try:
            self.folder = Path(tempfile.mkdtemp(dir=place, prefix="one-"))
            (self.folder / worker.SUBMITTED).write_text(json.dumps(order.notebook), encoding="utf-8")
            self.process = self._start()
        except (OSError, ValueError, TypeError) as error:
            self.problem = in_words(error)

    def _start(self) -> subprocess.Popen:
        order = self.order
        command = [sys.executable, "-m", worker.__name__, str(self.folder), order.slug, str(order.cell_seconds)]
        command += ["--trust"] if order.trust else []
        return subprocess.Popen(
            [*([] if order.trust else without_network()), *command],
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
        if self.process:
            kill_tree(self.process.pid)
        self.tidy()

    def graded(self) -> Path | None:
        """Return the file that the worker has written, or None: then `problem` says why."""
        if self.problem:
            return None
        file = self.folder / worker.GRADED
        if file.exists():
            return file
        said = self.process.stderr.read().decode(errors="replace").strip().splitlines()
        self.problem = said[-1] if said else f"the worker ended with {self.process.wait()}; grade again"
        return None

    def tidy(self) -> None:
        """Remove the folder."""
        if self.process:
            self.process.wait()
            self.process.stderr.close()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
