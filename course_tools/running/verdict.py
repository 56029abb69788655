"""Judges an execution from its record, without executing anything: outputs, results, memory, network, warnings."""

import re

from nbformat import NotebookNode
from nbval.plugin import IPyNbCell, nocolors

from course_tools.project import Lesson, Sheet
from course_tools.running.clean import clean_outputs, coalesced
from course_tools.running.execution import RECORD_TAG, Execution

MOST_MB = 3 * 1024
CHECKED_TAG = "nbval-check-output"
NOT_COMPARED = (
    *("metadata", "execution_count", "output_type", "name"),
    *("image/png", "image/jpeg", "application/vnd.jupyter.widget-view+json"),
)
OLD_WAYS = re.compile(r"\b(?:Future|Deprecation|PendingDeprecation)Warning\b|\bis deprecated\b|\bwill be removed in\b")
EXPLAINED_TAG = "shows-warning"  # the lesson is about it


def faults(execution: Execution, script: Lesson | Sheet, stored: NotebookNode | None = None) -> list[str]:
    """Return what is wrong with an execution of a script, one sentence each.

    Its bands hold in `laptop`. `stored`: the built notebook, whose tagged outputs must have come again; None where
    there is none to compare with.
    """
    if execution.status != "passed":
        return [execution.error or "it was not executed"]
    found = [*_of_machine(execution), *_of_data(execution, script.entry.data), *_of_warnings(execution)]
    if execution.profile == "laptop":
        found += _of_records(execution, script.bands)
        found += _of_outputs(execution.notebook, stored) if stored else []
    elif execution.profile == "smoke" and set(execution.records) != set(script.bands):
        found.append(_names(execution, script.bands))
    elif unknown := set(execution.records) - set(script.bands):  # on other data, a slice may be empty in `full`
        found.append(f"its records have no band in lesson.toml: {', '.join(sorted(unknown))}")
    return found


def _of_machine(execution: Execution) -> list[str]:
    found = [f"it tried to reach the network: {attempt}" for attempt in execution.network]
    if execution.peak_mb > MOST_MB:
        found.append(f"it took {execution.peak_mb} MiB of memory, and {MOST_MB} are allowed")
    return found


def _of_data(execution: Execution, declared: list[str]) -> list[str]:
    """What it read must be declared: the key of its outputs knows only that."""

    def is_declared(path: str) -> bool:
        return any(f"{path}/".startswith(f"{name}/") or name.startswith(f"{path}/") for name in declared)

    places = sorted({path.partition("/")[0] for path in execution.read if not is_declared(path)})
    return [f"it read data/{place}, which `data` in lesson.toml does not name" for place in places]


def _of_records(execution: Execution, bands: dict[str, list]) -> list[str]:
    if set(execution.records) != set(bands):
        return [_names(execution, bands)]
    return [
        f"the record {name} is {value}, outside of its band from {low} to {high} in lesson.toml"
        for name, value in execution.records.items()
        for low, high in [bands[name]]
        if not low <= value <= high
    ]


def _names(execution: Execution, bands: dict[str, list]) -> str:
    odd = sorted(set(execution.records) ^ set(bands))
    return f"its records and the bands in lesson.toml do not name the same: {', '.join(odd)}"


def _of_warnings(execution: Execution) -> list[str]:
    """A warning that something is going to change stands in red under a newcomer's cell, and foretells a failure."""
    return [
        f"code cell {number} warns of an old way: {line.strip()[:200]}"
        for number, cell in enumerate((cell for cell in execution.notebook.cells if cell.cell_type == "code"), 1)
        if EXPLAINED_TAG not in cell.metadata.get("tags", [])
        for output in cell.outputs
        if output.get("name") == "stderr"
        for line in output.text.splitlines()
        if OLD_WAYS.search(line)
    ]


def _of_outputs(executed: NotebookNode, stored: NotebookNode) -> list[str]:
    """Compare the tagged outputs with nbval's own comparison, both cleaned as stored ones are.

    The stored notebook is what readers get: it has no cells that record.
    """
    fresh, old = _code_cells(executed), _code_cells(stored)
    if len(fresh) != len(old):
        return ["the stored notebook has other cells: `course build`"]
    found = []
    for number, (ran, kept) in enumerate(zip(fresh, old, strict=True), 1):
        comparison = Comparison()
        if CHECKED_TAG in kept.metadata.get("tags", []) and not comparison.same(ran.outputs, kept.outputs):
            found.append(
                f"the output of code cell {number} is not the stored one: {' '.join(comparison.comparison_traceback)}"
            )
    return found


def _code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [cell for cell in code if RECORD_TAG not in cell.metadata.get("tags", [])]


class Comparison:
    """What `IPyNbCell.compare_outputs` of nbval asks of the cell that it belongs to."""

    colors = nocolors

    def __init__(self):
        self.comparison_traceback: list[str] = []  # what differs, in nbval's words

    def same(self, fresh: list[NotebookNode], stored: list[NotebookNode]) -> bool:
        """Return whether nbval calls them the same."""
        return IPyNbCell.compare_outputs(self, coalesced(clean_outputs(fresh)), coalesced(stored), NOT_COMPARED)

    def sanitize(self, text):
        """nbval would take patterns out here; ours are taken out by `clean_outputs`."""
        return text

    def format_output_compare(self, key: str, stored, fresh) -> None:
        """Keep what differs."""
        self.comparison_traceback.append(f"{key} was {stored!r}, is {fresh!r}")
