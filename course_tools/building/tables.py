"""The tables of lessons: a short one in the README, and the whole one in notebooks/README.md."""

import base64
from pathlib import Path

from nbformat import NotebookNode

from course_tools.building.render import badges, render, rounded, stored, stored_seconds
from course_tools.building.sheets import cards
from course_tools.files import write_in_one_step
from course_tools.project import NOTEBOOKS, ROOT, Lesson, Sheet, all_lessons, all_sheets
from course_tools.running.report import figures
from course_utils import CourseError
from course_utils.outline import routes

README = ROOT / "README.md"
WHOLE = NOTEBOOKS / "README.md"
TABLE = "<!-- The table is built by `course build` from lessons/. -->", "<!-- End of the table. -->"
ROUTES = "<!-- The routes are built by `course build` from lessons/course.toml. -->", "<!-- End of the routes. -->"
FIRST_RESULT = ROOT / "docs" / "figures" / "first_result.png"
FRONT_TAG = "front-page"  # the cell whose figure stands in the README
HEAD = """\
# The lessons

Built by `course build` from `lessons/`. Time to learn is estimated. Time to run is measured in `laptop`, in seconds of
two cores whose product of matrices reaches 150 GFLOP/s ([how](../docs/authors.md#reference-seconds)).

"""


def write_tables() -> None:
    """Bring both tables up to date, and the README's picture."""
    for path, text in _tables().items():
        write_in_one_step(path, text)
    if picture := first_result():
        FIRST_RESULT.parent.mkdir(parents=True, exist_ok=True)
        FIRST_RESULT.write_bytes(picture)


def stale_tables() -> list[str]:
    """Return what of this is out of date, one sentence each."""
    problems = [
        f"{path.relative_to(ROOT).as_posix()}: its table of lessons is out of date. Run `course build`."
        for path, text in _tables().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    picture = first_result()
    if picture and (not FIRST_RESULT.exists() or FIRST_RESULT.read_bytes() != picture):
        problems.append(
            f"{FIRST_RESULT.relative_to(ROOT).as_posix()}: not the figure of its lesson. Run `course build`."
        )
    return problems


def first_result() -> bytes | None:
    """Return the figure that the stored notebooks mark as the README's, as a PNG, or None where none does."""
    for lesson in all_lessons():
        notebook = stored(lesson)
        for cell in notebook.cells if notebook else []:
            if FRONT_TAG in cell.metadata.get("tags", []):
                return base64.b64decode(next(figure["png"] for figure in figures(NotebookNode(cells=[cell]))))
    return None


def _tables() -> dict[Path, str]:
    readme = README.read_text(encoding="utf-8")
    readme = between(readme, TABLE, short_table())
    return {README: between(readme, ROUTES, routes_table()), WHOLE: HEAD + whole_table()}


def between(readme: str, marks: tuple[str, str], text: str) -> str:
    """Return the README with a text between two marks. Raises CourseError where they are missing."""
    before, start, rest = readme.partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not start or not end:
        raise CourseError(f"README.md lacks the lines {marks[0]!r} and {marks[1]!r} around its table.")
    return f"{before}{start}\n{text}{end}{after}"


def routes_table() -> str:
    """Return the ways through the course, each lesson a link."""
    rows = [
        [goal, " → ".join(f"[{entry.number:02} · {entry.title}](notebooks/{entry.name}.ipynb)" for entry in entries)]
        for goal, entries in routes()
    ]
    return _markdown(["you want to", "take"], rows)


def short_table() -> str:
    """Return number, title, what you learn, and minutes of each lesson."""
    rows = [
        [
            f"{lesson.entry.number:02}",
            f"[{lesson.title}](notebooks/{lesson.name}.ipynb)",
            lesson.entry.teaches,
            str(lesson.entry.minutes),
        ]
        for lesson in all_lessons()
    ]
    return _markdown(["", "lesson", "you learn", "minutes"], rows)


def whole_table() -> str:
    """Return everything about each lesson, part by part."""
    sheets = {sheet.entry.slug: sheet for sheet in all_sheets()}
    parts: dict[str, list] = {}
    for lesson in all_lessons():
        parts.setdefault(lesson.entry.part, []).append(_whole_row(lesson, sheets.get(lesson.slug)))
    head = ["", "lesson", "to learn", "to run", "open", "exercises", "solutions"]
    return "\n".join(f"## {part}\n\n{_markdown(head, rows)}" for part, rows in parts.items())


def _whole_row(lesson: Lesson, sheet: Sheet | None) -> list[str]:
    seconds = stored_seconds(lesson)
    row = [
        f"{lesson.entry.number:02}",
        f"[{lesson.title}]({lesson.name}.ipynb): {lesson.entry.teaches}",
        f"{lesson.entry.minutes} min",
        rounded(seconds).removeprefix("about ") if seconds else "",
        badges(lesson.page),
    ]
    if sheet is None:
        return [*row, "", ""]
    found = cards(render(sheet))
    minutes = sum(card.minutes for card in found)
    return [
        *row,
        f"[{len(found)}, about {minutes} min](../exercises/{sheet.name}.ipynb)",
        f"[worked](../solutions/{sheet.name}.ipynb)",
    ]


def _markdown(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n".replace("|  |", "| |") for cells in lines)
