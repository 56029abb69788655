"""Executes a submission, whatever it does: a cell that kills or blocks its kernel is left out in the next kernel."""

import contextlib
import math
import os
import threading
import time

import psutil
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode, ValidationError
from nbformat.v4 import new_output
from nbgrader.utils import is_locked

from course_tools.grading.guard import MOST_PROCESSES
from course_tools.grading.room import Room
from course_tools.processes import Watch

IDLE = 4  # what one cell may take by the clock, in seconds of the processor that it may use
WHOLE = 16  # what a whole notebook may take by the clock, with all its new beginnings, in the same
START_SECONDS = 120  # of a kernel
LATE_SECONDS = 60  # how much later than a cell's end its last output may come
LONGEST_TEXT = 1_000_000  # characters that one cell prints
LARGEST_OUTPUT = 40_000_000  # characters of all that it shows, pictures included
MEMORY_LIMIT_MB = 6 * 1024
OURS = 8  # processes that are not the cell's own: the worker, the sandbox, the kernel, and some that come and go
LOOK_SECONDS = 0.1
OUT_OF_MEMORY = ("MemoryError", "not enough memory", "can't allocate memory")
STOPPED = "Stopped"


class Stopped(Exception):
    """A cell did what ends or blocks its kernel."""

    def __init__(self, index: int, reason: str):
        super().__init__(reason)
        self.index, self.reason = index, reason


def execute(notebook: NotebookNode, room: Room) -> None:
    """Execute all cells, in place; an error in one, even a fatal one, does not keep the others from their points."""
    left_out: dict[int, str] = {}
    end = time.monotonic() + WHOLE * room.cell_seconds
    while True:
        try:
            Client(notebook, room).run(left_out, end)
            return
        except Stopped as stopped:
            left_out[blamed(notebook, stopped.index, left_out)] = stopped.reason


def longest_seconds(cell_seconds: int) -> int:
    """Return after how many seconds of the clock `execute` is over, whatever it executes."""
    return (WHOLE + IDLE) * cell_seconds + 2 * START_SECONDS


class Client(NotebookClient):
    """A client that leaves cells out, and raises Stopped where one ends or blocks the kernel."""

    def __init__(self, notebook: NotebookNode, room: Room):
        super().__init__(
            notebook,
            timeout=IDLE * room.cell_seconds,
            startup_timeout=START_SECONDS,
            iopub_timeout=LATE_SECONDS,
            allow_errors=True,
            coalesce_streams=True,
            store_widget_state=False,
            shutdown_kernel="immediate",  # there is nothing left to save
        )
        self.room = room
        self.printed = self.shown = 0
        self.flood = ""

    def create_kernel_manager(self) -> AsyncKernelManager:
        """Return what starts the kernel in its room."""
        file, specs = str(self.room.connection_file), OneKernel(self.room.command)
        self.km = AsyncKernelManager(kernel_name=OneKernel.NAME, kernel_spec_manager=specs, connection_file=file)
        return self.km

    def run(self, left_out: dict[int, str], end: float) -> None:
        """Execute the cells that are not left out, until `end` on the monotonic clock."""
        with self.setup_kernel(**self.room.start_options()), Overseer() as self.overseer:
            for index, cell in enumerate(self.nb.cells):
                if cell.cell_type != "code":
                    continue
                cell.outputs = []
                if index in left_out:
                    cell.outputs = [failure(STOPPED, left_out[index])]
                elif time.monotonic() > end:
                    cell.outputs = [failure(STOPPED, "The notebook had used up its time before this cell.")]
                else:
                    self._run_cell(cell, index)

    def _run_cell(self, cell: NotebookNode, index: int) -> None:
        self.flood, self.printed, self.shown = "", 0, 0
        self.overseer.begin(self.room.cell_seconds)
        try:
            self.execute_cell(cell, index)
        except CellTimeoutError:
            raise Stopped(index, f"The cell was stopped after {self.timeout} seconds.") from None
        except DeadKernelError:
            reason = self.flood or self.overseer.reason or "The cell ended the whole notebook."
            raise Stopped(index, reason) from None
        except Exception as error:  # it can send the grader anything, in the kernel's name
            raise Stopped(index, f"The cell sent what no notebook sends ({type(error).__name__}).") from None
        for output in cell.outputs:
            if output.output_type == "error" and any(sign in str(output) for sign in OUT_OF_MEMORY):
                raise Stopped(index, "The cell asked for more memory than there is.")

    def process_message(self, msg, cell, cell_index):
        """Take one message, as long as the cell has not said too much."""
        self.printed += len(str(msg["content"].get("text", "")))
        self.shown += len(str(msg["content"]))
        if self.printed <= LONGEST_TEXT and self.shown <= LARGEST_OUTPUT:
            with contextlib.suppress(ValidationError):  # a picture that is none, say: it is left out
                return super().process_message(msg, cell, cell_index)
            return None
        most = LONGEST_TEXT if self.printed > LONGEST_TEXT else LARGEST_OUTPUT
        self.flood = f"The cell was stopped after {most:,} characters of output."
        self.task_poll_for_reply.cancel()
        return None


class OneKernel(KernelSpecManager):
    """Knows one kernel, by the command that starts it."""

    NAME = "submission"

    def __init__(self, command: list[str]):
        super().__init__()
        self.command = command

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return it, whatever is asked for."""
        return KernelSpec(argv=self.command, language="python", display_name=kernel_name)


class Overseer:
    """Ends the kernel where a cell takes too much; `reason` says then what was too much. Use it in a `with`.

    Whatever this process has started is the kernel's: nothing else of it is left behind either.
    """

    def __init__(self):
        self.watch, self.reason = Watch(os.getpid()), ""
        self._cell_seconds, self._stop_at = 0, math.inf
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()
        end_children()

    def begin(self, cell_seconds: int) -> None:
        """Allow the next cell so many seconds of the processor."""
        self._cell_seconds, self._stop_at = cell_seconds, self.watch.cpu_seconds + cell_seconds

    def _look_on(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            self.watch.look()
            if reason := self._too_much():
                self.reason = reason
                end_children()
                return

    def _too_much(self) -> str:
        if self.watch.cpu_seconds > self._stop_at:
            return f"The cell was stopped after {self._cell_seconds} seconds."
        if self.watch.processes > MOST_PROCESSES + OURS:
            return f"The cell was stopped: it had more than {MOST_PROCESSES} processes at a time."
        if self.watch.now_mb > MEMORY_LIMIT_MB:
            return f"The cell was stopped: its processes used more than {MEMORY_LIMIT_MB // 1024} GiB of memory."
        return ""


def end_children() -> None:
    """End all that this process has started, at once."""
    family = psutil.Process().children(recursive=True)
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(family, timeout=5)


def blamed(notebook: NotebookNode, index: int, left_out: dict[int, str]) -> int:
    """Return the cell to leave out: the one that stopped, or the student's last one before a cell of ours."""
    cells = notebook.cells
    candidates = [
        at
        for at in range(index, -1, -1)
        if cells[at].cell_type == "code" and not is_locked(cells[at]) and at not in left_out
    ]
    return candidates[0] if candidates else index


def failure(name: str, words: str) -> NotebookNode:
    """Return an error as a cell's output."""
    return new_output("error", ename=name, evalue=words, traceback=[f"{name}: {words}"])
