"""The record of an execution: the executed notebook, with what was measured and seen in its metadata."""

from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_tools.files import write_in_one_step
from course_utils import CourseError
from course_utils.records import read_records

VERSION = 1
RECORD_TAG = "record"  # of a cell that only records results: no reader gets it
METADATA = "course_execution"


@dataclass
class Execution:
    """What became of one notebook.

    `status` is passed, failed or skipped; `error` is one sentence or None. `seconds` are of the clock,
    `reference_seconds` are those of `course_tools.running.speed`, `cpu_seconds` of all processors. `peak_mb` (MiB) is
    the most memory that the kernel and its children used. `network` holds the attempts to leave this machine, `read`
    what was read below `data/`.
    """

    name: str
    profile: str
    key: dict[str, str]
    status: str = "skipped"
    error: str | None = None
    cells: int = 0
    seconds: float = 0.0
    reference_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_mb: int = 0
    network: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    path: Path = Path()

    @property
    def notebook(self) -> NotebookNode:
        """The executed notebook; after a failure it ends where the failure was."""
        return nbformat.read(self.path, as_version=4)

    @property
    def records(self) -> dict:
        """Every result that the notebook recorded, name -> value."""
        return read_records(self.notebook) if self.path.is_file() else {}


def keep(execution: Execution, notebook: NotebookNode) -> None:
    """Write the executed notebook with its record to `execution.path`, in one step."""
    plain = {name: value for name, value in asdict(execution).items() if name != "path"}
    notebook.metadata[METADATA] = {"version": VERSION, **plain}
    write_in_one_step(execution.path, nbformat.writes(notebook) + "\n")


def find(path: Path) -> Execution | None:
    """Return the record that lies there, or None where there is none.

    Raises CourseError for a file that is damaged, or was written by another version of the course.
    """
    if not path.exists():
        return None
    again = "Delete it, or run the lesson again: `course run`."
    try:
        kept = dict(nbformat.read(path, as_version=4).metadata[METADATA])
    except Exception as error:  # whatever a damaged file makes nbformat raise
        raise CourseError(f"The record {path} is damaged ({type(error).__name__}). {again}") from None
    if kept.pop("version", None) != VERSION or {each.name for each in fields(Execution)} != {*kept, "path"}:
        raise CourseError(f"The record {path} is of another version of the course. {again}")
    return Execution(**kept, path=path)
