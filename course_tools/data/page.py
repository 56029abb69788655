"""`course data`: the gate over `data/`, the computed parts of its cards and of its page."""

import json
from pathlib import Path

from course_tools.data import cards, looks
from course_tools.data.strict_csv import read_rows, read_schemas
from course_tools.files import write_in_one_step
from course_utils.sources import DATA

NAMES = ("emotion", "stance", "cefr")  # shown on the page, side by side
SECOND_HALF = (
    "messages",
    "requests",
    "two_guides",
    "reviews",
    "textbook",
    "answers",
    "dialogues",
    "scenarios",
    "sentences",
    "where_when",
)
MEASURED = tuple(name for name in SECOND_HALF if name != "sentences")  # of those: by benchmarks/data_marks.py
SMALL = ("helpdesk",)  # too small for statistics and marks: only its head is computed
ALL = (*NAMES, *SECOND_HALF, *SMALL)
PAGE = DATA / "README.md"
FIGURES = DATA / "figures"


def check() -> list[str]:
    """Return what is wrong with the rows, and what is out of date in cards and marks, one sentence each."""
    if problem := windows_line_ends(DATA):
        return [problem]  # every digest is another one: the rest would be false
    problems = []
    for name in ALL:
        problems += looks.faults(DATA / name)
        if (DATA / name / "README.md").read_text(encoding="utf-8") != _card(name):
            problems.append(f"data/{name}/README.md: its computed parts are out of date. Run `course data`.")
    if _drawn_from() not in PAGE.read_text(encoding="utf-8"):
        problems.append("data/README.md: its figures show other rows. Run `course data --figures`.")
    return problems + cards.stale_marks({name: DATA / name for name in (*NAMES, *MEASURED)})


def windows_line_ends(folder: Path) -> str | None:
    """Return a sentence where git has given texts below a folder the line ends of Windows."""
    files = [file for kind in ("*.csv", "*.md") for file in sorted(folder.rglob(kind)) if b"\r\n" in file.read_bytes()]
    if not files:
        return None
    return (
        f"{len(files)} files of data/ have the line ends of Windows (CRLF), as {files[0].relative_to(folder.parent)}, "
        "so no digest can be right. Run `git config core.autocrlf false`, delete the folder data, and fetch it again "
        "with `git checkout data` (changes of your own in it: commit them before)."
    )


def write(figures: bool) -> None:
    """Bring the computed parts of the cards up to date; with `figures` also draw the page's figures."""
    for name in ALL:
        write_in_one_step(DATA / name / "README.md", _card(name))
    if figures:
        _draw()


def _card(name: str) -> str:
    folder = DATA / name
    card = cards.with_head((folder / "README.md").read_text(encoding="utf-8"), folder)
    if name in SMALL:
        return card
    card = cards.with_part(card, "statistics", _statistics(folder))
    if cards.MARKS.exists():
        found = json.loads(cards.MARKS.read_text(encoding="utf-8"))
        if name in found:
            card = cards.with_part(card, "marks", cards.marks(name, found))
    return card


def _statistics(folder: Path) -> str:
    schemas = read_schemas(folder)
    if folder.name in NAMES:
        return cards.statistics(read_rows(folder), schemas[0].labels)
    return "\n\n".join(
        cards.overview(schema, read_rows(folder, schema.config), looks.texts_of(folder.name, schema.config))
        for schema in schemas
    )


def _draw() -> None:
    from course_tools.data import figures, planted_figures

    FIGURES.mkdir(exist_ok=True)
    datasets = {name: (read_schemas(DATA / name)[0].labels, read_rows(DATA / name)) for name in NAMES}
    page = PAGE.read_text(encoding="utf-8")
    for figure, picture in (figures.all_figures(datasets) | planted_figures.all_figures()).items():
        path = FIGURES / f"{figure}.png"
        picture.figure.savefig(path, dpi=110, metadata={"Software": None})
        page = cards.with_part(page, figure, f"![{picture.alt}](figures/{path.name})")
    write_in_one_step(PAGE, cards.with_part(page, "rows", _drawn_from()))


def _drawn_from() -> str:
    rows = ", ".join(f"{cards.digest(DATA / name)} ({name})" for name in (*NAMES, *SECOND_HALF))
    return f"The figures show the rows {rows}."
