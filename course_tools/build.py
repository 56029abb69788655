"""Builds what is not written by hand: notebooks with stored outputs, and the README's table of lessons."""

import nbformat
from nbformat import NotebookNode

from course_tools import clean
from course_tools.progress import Progress
from course_tools.project import NOTEBOOKS, ROOT, Lesson, all_lessons
from course_tools.render import badges, render
from course_tools.report import write_in_one_step
from course_tools.run import run_lessons
from course_utils import CourseError

README = ROOT / "README.md"
TABLE_START = "<!-- The table is built by `course build` from the headers in lessons/. -->"
TABLE_END = "<!-- End of the table. -->"


def build(lessons: list[Lesson], progress: Progress, jobs: int = 1) -> bool:
    """Execute the lessons in `laptop`, store their cleaned notebooks, and bring the README's table up to date.

    Returns False where a lesson failed; its stored notebook then stays as it was.
    """
    results = run_lessons(lessons, "laptop", progress, jobs=jobs)
    NOTEBOOKS.mkdir(exist_ok=True)
    for result in results:
        if result.status == "passed":
            notebook = stored_form(result.lesson, nbformat.read(result.notebook, as_version=4))
            write_in_one_step(result.lesson.notebook, nbformat.writes(notebook) + "\n")
    write_in_one_step(README, with_table(README.read_text(encoding="utf-8")))
    return all(result.status == "passed" for result in results)


def stored_form(lesson: Lesson, executed: NotebookNode) -> NotebookNode:
    """Return the notebook as it is stored: rendered from the script, with the cleaned outputs of the executed one."""
    clean.clean(executed)
    notebook = render(lesson)
    for cell, ran in zip(notebook.cells, executed.cells, strict=True):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = ran.outputs, ran.execution_count
    return notebook


def check(lessons: list[Lesson]) -> list[str]:
    """Return what does not match between sources and built files, one sentence each. Executes nothing."""
    problems = [problem for lesson in lessons for problem in check_notebook(lesson)]
    expected = {lesson.notebook for lesson in all_lessons()}
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        if path not in expected:
            problems.append(f"{path.relative_to(ROOT)}: no script in lessons/ makes it. Delete it.")
    text = README.read_text(encoding="utf-8")
    if with_table(text) != text:
        problems.append("README.md: its table of lessons is out of date. Run `course build`.")
    return problems


def check_notebook(lesson: Lesson) -> list[str]:
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
    rows = ["| | lesson | you learn | time to run it | open |", "|---|---|---|---|---|"]
    for lesson in all_lessons():
        link = f"[{lesson.title}](notebooks/{lesson.name}.ipynb)"
        rows.append(f"| {lesson.name[:2]} | {link} | {lesson.teaches} | {lesson.measured} | {badges(lesson.name)} |")
    return f"{before}{TABLE_START}\n" + "\n".join(rows) + f"\n{TABLE_END}{after}"
