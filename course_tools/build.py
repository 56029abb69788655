"""Builds what is not written by hand: notebooks, solutions, exercises, and the README's table of lessons."""

import shutil
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_tools import clean
from course_tools.progress import Progress
from course_tools.project import EXERCISES, NOTEBOOKS, ROOT, SOLUTIONS, Lesson, Sheet, all_lessons, all_sheets
from course_tools.render import badges, render
from course_tools.report import write_in_one_step
from course_tools.run import CWD, run_lessons
from course_tools.sheets import cards
from course_utils import CourseError

README = ROOT / "README.md"
TABLE_START = "<!-- The table is built by `course build` from the headers in lessons/. -->"
TABLE_END = "<!-- End of the table. -->"


def build(scripts: list[Lesson | Sheet], progress: Progress, jobs: int = 1) -> bool:
    """Execute lessons and solutions in `laptop`, store them cleaned, make the exercises, and the README's table.

    Returns False where one failed; what is stored of it then stays as it was.
    """
    sheets = [script for script in scripts if isinstance(script, Sheet)]
    for sheet in sheets:
        shutil.rmtree(CWD / "work" / sheet.name, ignore_errors=True)  # the progress of an earlier run
    results = run_lessons(scripts, "laptop", progress, jobs=jobs)
    for folder in (NOTEBOOKS, SOLUTIONS, EXERCISES):
        folder.mkdir(exist_ok=True)
    for result in results:
        if result.status == "passed":
            notebook = stored_form(result.lesson, nbformat.read(result.notebook, as_version=4))
            write_in_one_step(result.lesson.notebook, nbformat.writes(notebook) + "\n")
    for sheet, text in released(sheets).items():
        write_in_one_step(sheet.release, text)
    write_in_one_step(README, with_table(README.read_text(encoding="utf-8")))
    return all(result.status == "passed" for result in results)


def released(sheets: list[Sheet]) -> dict[Sheet, str]:
    """Return sheet -> what students get, as the text of a file, made by nbgrader; see `patient`."""
    from course_tools.release import generate

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


def stored_form(lesson: Lesson | Sheet, executed: NotebookNode) -> NotebookNode:
    """Return the notebook as it is stored: rendered from the script, with the cleaned outputs of the executed one."""
    clean.clean(executed)
    notebook = render(lesson)
    for cell, ran in zip(notebook.cells, executed.cells, strict=True):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = ran.outputs, ran.execution_count
    return notebook


def check(scripts: list[Lesson | Sheet]) -> list[str]:
    """Return what does not match between sources and built files, one sentence each. Executes nothing."""
    problems = [problem for script in scripts for problem in check_notebook(script)]
    problems += check_releases([script for script in scripts if isinstance(script, Sheet)])
    expected = {script.notebook for script in [*all_lessons(), *all_sheets()]} | {s.release for s in all_sheets()}
    for folder in (NOTEBOOKS, SOLUTIONS, EXERCISES):
        for path in sorted(folder.glob("*.ipynb")):
            if path not in expected:
                problems.append(f"{path.relative_to(ROOT)}: no script in lessons/ makes it. Delete it.")
    text = README.read_text(encoding="utf-8")
    if with_table(text) != text:
        problems.append("README.md: its table of lessons is out of date. Run `course build`.")
    return problems


def check_releases(sheets: list[Sheet]) -> list[str]:
    """Return which exercise notebooks are not what nbgrader makes of their solutions, one sentence each."""
    return [
        f"{sheet.release.relative_to(ROOT)}: not what its script makes. Run `course build {sheet.name}`."
        for sheet, text in (released(sheets) if sheets else {}).items()
        if not sheet.release.exists() or sheet.release.read_text(encoding="utf-8") != text
    ]


def check_notebook(lesson: Lesson | Sheet) -> list[str]:
    """Return what is wrong with one stored notebook, one sentence each."""
    name = lesson.notebook.relative_to(ROOT).as_posix()
    again = f"Run `course build {lesson.name}`."
    if not lesson.notebook.exists():
        return [f"{name}: not built yet. {again}"]
    stored, fresh = nbformat.read(lesson.notebook, as_version=4), render(lesson)
    if len(stored.cells) != len(fresh.cells):
        return [f"{name}: {len(stored.cells)} cells, its script makes {len(fresh.cells)}. {again}"]
    problems = []
    for number, (old, new) in enumerate(zip(stored.cells, fresh.cells, strict=True), 1):
        if bare(old) != bare(new):
            problems.append(f"{name}: cell {number} differs from its script. {again}")
        elif old.cell_type == "code" and old.execution_count is None:
            problems.append(f"{name}: cell {number} was never executed. {again}")
    if stored.metadata != fresh.metadata:
        problems.append(f"{name}: its metadata differ from its script's. {again}")
    for number, text in clean.stored_texts(stored):
        for trace in clean.traces(text):
            problems.append(f"{name}: the output of code cell {number} tells {trace!r}. {again}")
    return problems


def bare(cell: NotebookNode) -> dict:
    """Return what a cell is before it runs."""
    return {key: value for key, value in cell.items() if key not in ("outputs", "execution_count")}


def with_table(readme: str) -> str:
    """Return the README with its table of lessons made anew. Raises CourseError where the markers are missing."""
    before, start, rest = readme.partition(TABLE_START)
    _, end, after = rest.partition(TABLE_END)
    if not start or not end:
        raise CourseError(f"README.md lacks the lines {TABLE_START!r} and {TABLE_END!r} around its table of lessons.")
    rows = ["| | lesson | you learn | time to run it | open | exercises |", "|---|---|---|---|---|---|"]
    sheets = {sheet.lesson: sheet for sheet in all_sheets()}
    for lesson in all_lessons():
        link = f"[{lesson.title}](notebooks/{lesson.name}.ipynb)"
        practice = exercises_cell(sheets[lesson.name]) if lesson.name in sheets else ""
        cells = [lesson.name[:2], link, lesson.teaches, lesson.measured, badges(lesson.notebook), practice]
        rows.append(f"| {' | '.join(cells)} |")
    return f"{before}{TABLE_START}\n" + "\n".join(rows) + f"\n{TABLE_END}{after}"


def exercises_cell(sheet: Sheet) -> str:
    """Return what the table says of a lesson's exercises: how many, how long, and where."""
    found = cards(render(sheet))
    minutes = sum(card.minutes for card in found)
    return f"[{len(found)}, about {minutes} min](exercises/{sheet.name}.ipynb)"
