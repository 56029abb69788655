"""The tables of lessons: a short one in the README, and the whole one in notebooks/README.md."""

from pathlib import Path

from course_tools.building.render import badges, render, rounded, stored_seconds
from course_tools.building.sheets import cards
from course_tools.files import write_in_one_step
from course_tools.project import NOTEBOOKS, ROOT, Lesson, Sheet, all_lessons, all_sheets
from course_utils import CourseError

README = ROOT / "README.md"
WHOLE = NOTEBOOKS / "README.md"
START = "<!-- The table is built by `course build` from lessons/. -->"
END = "<!-- End of the table. -->"
HEAD = """\
# The lessons

Built by `course build` from `lessons/`. Time to learn is estimated. Time to run is measured in `laptop`, in seconds of
two cores whose product of matrices reaches 150 GFLOP/s ([how](../docs/authors.md#reference-seconds)).

"""


def write_tables() -> None:
    """Bring both tables up to date."""
    for path, text in _tables().items():
        write_in_one_step(path, text)


def stale_tables() -> list[str]:
    """Return which of the two is out of date, one sentence each."""
    return [
        f"{path.relative_to(ROOT).as_posix()}: its table of lessons is out of date. Run `course build`."
        for path, text in _tables().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def _tables() -> dict[Path, str]:
    return {README: with_table(README.read_text(encoding="utf-8")), WHOLE: HEAD + whole_table()}


def with_table(readme: str) -> str:
    """Return the README with its table of lessons made anew. Raises CourseError where the markers are missing."""
    before, start, rest = readme.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise CourseError(f"README.md lacks the lines {START!r} and {END!r} around its table of lessons.")
    return f"{before}{START}\n{short_table()}{END}{after}"


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
