"""Executes one notebook with papermill in a process of its own, and tells its parent how far it is.

    python -m course_tools.worker INPUT OUTPUT CWD PARAMETERS_AS_JSON

Each line on standard output is one event in JSON: {"event": "cell", ...} before a code cell runs, and at the end
{"event": "passed"} or {"event": "failed", ...}. Everything else goes to standard error.
"""

import json
import os
import sys
import threading
import time

import nbformat
import papermill
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError

INJECTED = "injected-parameters"


def main() -> None:
    """Run the notebook named on the command line."""
    source, target, cwd, parameters = sys.argv[1:]
    threading.Thread(target=_leave_with_parent, args=(os.getppid(),), daemon=True).start()
    papermill_engines.register("course", CourseEngine)
    try:
        papermill.execute_notebook(
            source,
            target,
            parameters=json.loads(parameters),
            engine_name="course",
            cwd=cwd,
            progress_bar=False,
            autosave_cell_every=2,  # a lesson that is stopped leaves what it had two seconds before
        )
    except PapermillExecutionError as error:
        tell("failed", **describe_failure(target, error))
    except Exception as error:  # the kernel died, the disk is full: the parent shows it like any other failure
        reason = str(error).strip().splitlines() or [""]
        tell("failed", cell=None, line="", error=f"{type(error).__name__}: {reason[0]}")
    else:
        tell("passed")


class CourseEngine(NBClientEngine):
    """Papermill's own engine, which also tells which code cell starts."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **options):
        """Execute as papermill does, with one event before each code cell."""
        numbers = code_cell_numbers(nb_man.nb)
        papermill_cell_start = nb_man.cell_start

        def cell_start(cell, cell_index=None, **rest):
            if cell_index in numbers:
                tell("cell", cell=numbers[cell_index], of=max(numbers.values()), line=first_line(cell.source))
            papermill_cell_start(cell, cell_index, **rest)

        nb_man.cell_start = cell_start
        return super().execute_managed_notebook(nb_man, kernel_name, **options)


def code_cell_numbers(notebook) -> dict[int, int]:
    """Return position -> number, from 1, for each code cell of the lesson; papermill's own cell is left out."""
    positions = [
        position
        for position, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and INJECTED not in cell.metadata.get("tags", [])
    ]
    return {position: number for number, position in enumerate(positions, 1)}


def describe_failure(target: str, error: PapermillExecutionError) -> dict:
    """Return the number and the first line of the cell that failed, and the error in one line."""
    notebook = nbformat.read(target, as_version=4)
    numbers = code_cell_numbers(notebook)
    failed = [
        position
        for position in numbers
        if any(output.output_type == "error" for output in notebook.cells[position].outputs)
    ]
    cell = numbers[failed[0]] if failed else None
    line = first_line(notebook.cells[failed[0]].source if failed else error.source)
    message = str(error.evalue).strip().splitlines() or [""]
    return {"cell": cell, "line": line, "error": f"{error.ename}: {message[0]}"}


def first_line(source: str) -> str:
    """Return the first line of a cell that does something."""
    lines = [line.strip() for line in source.splitlines()]
    return next((line for line in lines if line and not line.startswith("#")), "")


def tell(event: str, **details) -> None:
    """Write one event for the parent."""
    print(json.dumps({"event": event, **details}), file=sys.__stdout__, flush=True)


def _leave_with_parent(parent: int) -> None:
    """End this process when its parent is gone, however that went; the kernel then ends by itself."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


if __name__ == "__main__":
    main()
