"""Executes a submission in kernels, whatever it does: a cell that kills or blocks its kernel is left out the next time.

A drop-in for nbgrader's own `Execute`, which gives such a submission no points at all.
"""

import time

from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked
from traitlets import Integer

LONGEST_OUTPUT = 1_000_000  # characters of one cell
OUT_OF_MEMORY = ("MemoryError", "not enough memory", "can't allocate memory")
PRAISE = "✓"


class Stopped(Exception):
    """A cell did what ends or blocks its kernel."""

    def __init__(self, index: int, reason: str):
        super().__init__(reason)
        self.index, self.reason = index, reason


class Execute(NbGraderPreprocessor):
    """Execute all cells; an error in one, even a fatal one, does not keep the others from their points."""

    cell_seconds = Integer(30, help="what one cell may take").tag(config=True)
    total_seconds = Integer(240, help="what the whole notebook may take, with all its new beginnings").tag(config=True)

    def preprocess(self, notebook: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Execute in place."""
        left_out: dict[int, str] = {}
        end = time.monotonic() + self.total_seconds
        while True:
            client = Client(
                notebook,
                timeout=self.cell_seconds,
                allow_errors=True,
                kernel_name="python3",
                shutdown_kernel="immediate",  # there is nothing left to save
            )
            try:
                client.run(left_out, end)
                break
            except Stopped as stopped:
                left_out[blamed(notebook, stopped.index, left_out)] = stopped.reason
        for cell in filter(is_grade, notebook.cells):
            settle(cell)
        return notebook, resources


class Client(NotebookClient):
    """A client that leaves cells out, and raises Stopped where one ends or blocks the kernel."""

    flooded = False

    def run(self, left_out: dict[int, str], end: float) -> None:
        """Execute the cells that are not left out, until `end` on the monotonic clock."""
        with self.setup_kernel():
            for index, cell in enumerate(self.nb.cells):
                if cell.cell_type != "code":
                    continue
                cell.outputs = []
                if index in left_out:
                    cell.outputs = [failure("Stopped", left_out[index])]
                elif time.monotonic() > end:
                    cell.outputs = [failure("Stopped", "The notebook had used up its time before this cell.")]
                else:
                    self._run_cell(cell, index)

    def _run_cell(self, cell: NotebookNode, index: int) -> None:
        self.flooded, self.printed = False, 0
        try:
            self.execute_cell(cell, index)
        except CellTimeoutError:
            raise Stopped(index, f"The cell was stopped after {self.timeout} seconds.") from None
        except DeadKernelError:
            flood = f"The cell was stopped after {LONGEST_OUTPUT:,} characters of output."
            raise Stopped(index, flood if self.flooded else "The cell ended the whole notebook.") from None
        for output in cell.outputs:
            if output.output_type == "error" and any(sign in str(output) for sign in OUT_OF_MEMORY):
                raise Stopped(index, "The cell asked for more memory than there is.")

    def output(self, outs, msg, display_id, cell_index):
        """Take one output, as long as the cell has not said too much."""
        self.printed += len(str(msg["content"]))
        if self.printed <= LONGEST_OUTPUT:
            return super().output(outs, msg, display_id, cell_index)
        self.flooded = True
        self.task_poll_for_reply.cancel()
        return None


def blamed(notebook: NotebookNode, index: int, left_out: dict[int, str]) -> int:
    """Return the cell to leave out: the one that stopped, or the student's last one before a cell of ours."""
    cells = notebook.cells
    candidates = [
        at
        for at in range(index, -1, -1)
        if cells[at].cell_type == "code" and not is_locked(cells[at]) and at not in left_out
    ]
    return candidates[0] if candidates else index


def settle(cell: NotebookNode) -> None:
    """Make a check cell's outputs what nbgrader reads the points from: an error, or none.

    Warnings cost no points, and silence earns none.
    """
    cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    failed = any(output.output_type == "error" for output in cell.outputs)
    praised = any(PRAISE in output.get("text", "") for output in cell.outputs)
    if not failed and not praised:
        cell.outputs.append(failure("NotJudged", "The check said nothing. Was it changed?"))


def failure(name: str, words: str) -> NotebookNode:
    """Return an error as a cell's output."""
    return new_output("error", ename=name, evalue=words, traceback=[f"{name}: {words}"])
