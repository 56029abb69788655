"""Builds what is not written by hand: notebooks, solutions, exercises, and the tables of lessons.

A stored notebook carries the key of its outputs. It is executed again only where that key has changed.
"""

import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_tools.building.quiz_cell import stored_output
from course_tools.building.render import render, stored, tags, without
from course_tools.building.tables import stale_tables, write_tables
from course_tools.building.tasks import task_of
from course_tools.files import require_writable, write_in_one_step
from course_tools.project import BUILD, EXERCISES, NOTEBOOKS, ROOT, SOLUTIONS, Lesson, Sheet, all_lessons, all_sheets
from course_tools.running import clean
from course_tools.running.execution import RECORD_TAG, Execution, find
from course_tools.running.executor import Executor
from course_tools.running.key import QUIZ_TAG, differences
from course_tools.running.progress import Progress
from course_tools.running.verdict import faults
from course_utils import CourseError

PROFILE = "laptop"
MEASURED = ("key", "reference_seconds", "records")  # in the metadata of a stored notebook, beside what its script makes
CELL_SECONDS = "cell_seconds"  # there, too: reference seconds of each code cell, for the plans


def build(scripts: list[Lesson | Sheet], progress: Progress, *, jobs: int = 1, anew: bool = False) -> list[str]:
    """Bring the built files of these scripts up to date. `anew` executes also what has not changed.

    Returns what went wrong, one sentence each; what is stored of such a notebook stays as it was.
    """
    require_writable(NOTEBOOKS, SOLUTIONS, EXERCISES)
    tasks = {script: task_of(script, PROFILE) for script in scripts}
    waiting = [script for script in scripts if anew or is_stale(script, tasks[script].key)]
    results = {} if anew else {script: found for script in waiting if (found := recorded(script, tasks[script].key))}
    missing = [script for script in waiting if script not in results]
    if missing:
        with Executor(PROFILE, progress, jobs) as executor:
            results |= zip(missing, executor.run([tasks[script] for script in missing]), strict=True)
    problems = []
    for script in scripts:
        execution = results.get(script)
        if execution and (wrong := faults(execution, script)):
            problems += [f"{script.name} is not stored: {fault}" for fault in wrong]
        else:
            notebook = stored_form(script, execution) if execution else with_stored_outputs(script)
            write_in_one_step(script.notebook, nbformat.writes(notebook) + "\n")
    for sheet, text in released([script for script in scripts if isinstance(script, Sheet)]).items():
        write_in_one_step(sheet.page, text)
    write_tables()
    return problems


def is_stale(script: Lesson | Sheet, key: dict[str, str]) -> bool:
    """True where the stored outputs were made under another key, or are not there."""
    kept = stored(script)
    return kept is None or bool(differences(kept.metadata.get("course", {}).get("key") or {}, key))


def recorded(script: Lesson | Sheet, key: dict[str, str]) -> Execution | None:
    """Return an execution that passed under this key, if there is one from an earlier run. A damaged one is named."""
    try:
        found = find(BUILD / "executed" / key["profile"] / f"{script.name}.ipynb")
    except CourseError as error:
        print(error)
        return None
    return found if found and found.status == "passed" and not differences(found.key, key) else None


def stored_form(script: Lesson | Sheet, execution: Execution) -> NotebookNode:
    """Return the notebook as it is stored: rendered from the script, with the cleaned outputs of an execution."""
    executed = without(execution.notebook, RECORD_TAG)
    each = _cell_seconds(executed, execution)
    clean.clean(executed)
    seconds = execution.reference_seconds
    measured = {"key": execution.key, "reference_seconds": seconds, "records": execution.records, CELL_SECONDS: each}
    return _with_outputs(render(script, seconds), executed, measured)


def with_stored_outputs(script: Lesson | Sheet) -> NotebookNode:
    """Return the notebook rendered anew, with the outputs that are stored already."""
    old = stored(script)
    return _with_outputs(render(script), old, _measured(old))


def _measured(old: NotebookNode) -> dict:
    """Return what a stored notebook says of its execution."""
    kept = old.metadata.get("course", {})
    return {name: kept[name] for name in (*MEASURED, CELL_SECONDS) if name in kept}


def _cell_seconds(executed: NotebookNode, execution: Execution) -> list[float]:
    """Return the reference seconds of each code cell but the quiz, to a tenth."""
    scale = execution.reference_seconds / execution.seconds if execution.seconds else 0.0
    durations = [cell.metadata.get("papermill", {}).get("duration") or 0.0 for cell in _code_cells(executed)]
    return [round(duration * scale, 1) for duration in durations]


def _with_outputs(notebook: NotebookNode, source: NotebookNode, measured: dict) -> NotebookNode:
    pairs = zip(_code_cells(notebook), _code_cells(source), strict=True)
    for cell, ran in pairs:
        cell.outputs, cell.execution_count = clean.coalesced(ran.outputs), ran.execution_count
    for number, cell in enumerate(_with_quiz(notebook), 1):
        if QUIZ_TAG in tags(cell):
            cell.outputs, cell.execution_count = [stored_output(notebook.metadata.course.lesson)], number
    notebook.metadata.course.update(measured)
    return notebook


def _code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The code cells whose outputs come out of an execution: not the quiz, which is text."""
    return [cell for cell in _with_quiz(notebook) if QUIZ_TAG not in tags(cell)]


def _with_quiz(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def released(sheets: list[Sheet]) -> dict[Sheet, str]:
    """Return sheet -> what students get, as the text of a file, made by nbgrader; see `patient`."""
    if not sheets:
        return {}
    from course_tools.building.release import generate

    with tempfile.TemporaryDirectory() as folder:
        course = generate(sheets, [render(sheet) for sheet in sheets], Path(folder))
        files = {sheet: course / "release" / sheet.name / f"{sheet.name}.ipynb" for sheet in sheets}
        return {sheet: nbformat.writes(patient(nbformat.read(file, 4))) + "\n" for sheet, file in files.items()}


def patient(notebook: NotebookNode) -> NotebookNode:
    """Mark answers and checks, in place: JupyterLab's "Run All Cells" then goes on after an exercise not solved yet."""
    for cell in notebook.cells:
        if "answer" in cell.metadata or "check" in cell.metadata:
            cell.metadata.tags = [*cell.metadata.get("tags", []), "raises-exception"]
    return notebook


def check(scripts: list[Lesson | Sheet], *, outputs: bool = True) -> list[str]:
    """Return what does not match between sources and built files, one sentence each. Executes nothing.

    `outputs`: are they those of the sources as they stand now? The tests leave this out, and execute what is stale.
    """
    problems = [problem for script in scripts for problem in check_notebook(script, outputs)]
    problems += check_releases([script for script in scripts if isinstance(script, Sheet)])
    made = [*all_lessons(), *all_sheets()]
    expected = {script.notebook for script in made} | {script.page for script in made}
    for folder in (NOTEBOOKS, SOLUTIONS, EXERCISES):
        for path in sorted(folder.glob("*.ipynb")):
            if path not in expected:
                problems.append(f"{path.relative_to(ROOT)}: no folder in lessons/ makes it. Delete it.")
    return problems + stale_tables()


def check_releases(sheets: list[Sheet]) -> list[str]:
    """Return which exercise notebooks are not what nbgrader makes of their solutions, one sentence each."""
    return [
        f"{sheet.page.relative_to(ROOT)}: not what its script makes. Run `course build {sheet.slug}`."
        for sheet, text in released(sheets).items()
        if not sheet.page.exists() or sheet.page.read_text(encoding="utf-8") != text
    ]


def check_notebook(script: Lesson | Sheet, outputs: bool = True) -> list[str]:
    """Return what is wrong with one stored notebook, one sentence each."""
    name = script.notebook.relative_to(ROOT).as_posix()
    again = f"Run `course build {script.slug}`."
    if not script.notebook.exists():
        return [f"{name}: not built yet. {again}"]
    old, fresh = stored(script), render(script)
    if old is None:
        return [f"{name}: damaged, it cannot be read. {again}"]
    measured = _measured(old)
    if not set(MEASURED) <= set(measured):
        return [f"{name}: carries no key, so nobody can tell what its outputs were made of. {again}"]
    if len(old.cells) != len(fresh.cells):
        return [f"{name}: {len(old.cells)} cells, its script makes {len(fresh.cells)}. {again}"]
    problems = []
    parts = differences(measured["key"], task_of(script, PROFILE).key, but=["python"])
    if parts and outputs:
        problems.append(f"{name}: its outputs were made before a change of its {' and '.join(parts)}. {again}")
    for number, (kept, made) in enumerate(zip(old.cells, fresh.cells, strict=True), 1):
        if bare(kept) != bare(made):
            problems.append(f"{name}: cell {number} differs from its script. {again}")
        elif kept.cell_type == "code" and kept.execution_count is None:
            problems.append(f"{name}: cell {number} was never executed. {again}")
        elif kept.cell_type == "code" and QUIZ_TAG in tags(kept) and kept.outputs != [stored_output(script.slug)]:
            problems.append(f"{name}: its quiz is not that of quiz.toml. {again}")
    fresh.metadata.course.update(measured)
    if old.metadata != fresh.metadata:
        problems.append(f"{name}: its metadata differ from its script's. {again}")
    for number, text in clean.stored_texts(old):
        for trace in clean.traces(text):
            problems.append(f"{name}: the output of code cell {number} tells {trace!r}. {again}")
    return problems


def bare(cell: NotebookNode) -> dict:
    """Return what a cell is before it runs."""
    return {key: value for key, value in cell.items() if key not in ("outputs", "execution_count")}
