"""`course data`: the gate over `data/`, the computed parts of its cards and of its page."""

import json

from course_tools.data import cards, rules
from course_tools.data.strict_csv import Row, read_rows, read_schema
from course_tools.files import write_in_one_step
from course_utils.sources import DATA

NAMES = ("emotion", "stance", "cefr")  # shown on the page
SMALL = ("helpdesk",)  # too small for statistics and marks: only its head is computed
PAGE = DATA / "README.md"
FIGURES = DATA / "figures"


def check() -> list[str]:
    """Return what is wrong with the rows, and what is out of date in cards and marks, one sentence each."""
    problems = []
    for name in (*NAMES, *SMALL):
        rows = read_rows(DATA / name)
        problems += rules.faults(rows)
        if (DATA / name / "README.md").read_text(encoding="utf-8") != _card(name, rows):
            problems.append(f"data/{name}/README.md: its computed parts are out of date. Run `course data`.")
    if _drawn_from() not in PAGE.read_text(encoding="utf-8"):
        problems.append("data/README.md: its figures show other rows. Run `course data --figures`.")
    return problems + cards.stale_marks({name: DATA / name for name in NAMES})


def write(figures: bool) -> None:
    """Bring the computed parts of the cards up to date; with `figures` also draw the page's figures."""
    for name in (*NAMES, *SMALL):
        write_in_one_step(DATA / name / "README.md", _card(name, read_rows(DATA / name)))
    if figures:
        _draw()


def _card(name: str, rows: list[Row]) -> str:
    folder = DATA / name
    card = cards.with_head((folder / "README.md").read_text(encoding="utf-8"), folder, rows)
    if name in SMALL:
        return card
    card = cards.with_part(card, "statistics", cards.statistics(rows, read_schema(folder).labels))
    if cards.MARKS.exists():
        found = json.loads(cards.MARKS.read_text(encoding="utf-8"))
        if name in found:
            card = cards.with_part(card, "marks", cards.marks(name, found))
    return card


def _draw() -> None:
    from course_tools.data.figures import all_figures

    FIGURES.mkdir(exist_ok=True)
    datasets = {name: (read_schema(DATA / name).labels, read_rows(DATA / name)) for name in NAMES}
    page = PAGE.read_text(encoding="utf-8")
    for figure, picture in all_figures(datasets).items():
        path = FIGURES / f"{figure}.png"
        picture.figure.savefig(path, dpi=110, metadata={"Software": None})
        page = cards.with_part(page, figure, f"![{picture.alt}](figures/{path.name})")
    write_in_one_step(PAGE, cards.with_part(page, "rows", _drawn_from()))


def _drawn_from() -> str:
    return f"The figures show the rows {', '.join(f'{cards.digest(DATA / name)} ({name})' for name in NAMES)}."
