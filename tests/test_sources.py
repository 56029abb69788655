"""The page on the source documents: every item has a row, and every row's place is a heading of today's course."""

import re
from collections import Counter
from functools import cache
from pathlib import PurePosixPath
from typing import NamedTuple

import pytest

from course_tools.project import ROOT, all_lessons
from tests.prose import cells

PAGE = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
ITEMS = {"Lecture 0": 86, "Notebook 1": 98, "Project 2": 49, "Paper 3": 40, "Lecture 4": 133}
STATUSES = ["executed", "corrected", "words", "planned", "open", "left out"]
LINK = re.compile(r"\[([^\[\]]+)\]\(\.\./((?:lessons|benchmarks)/[\w/.]+)\)")
WAITING = re.compile(r"\b(planned|open): ([a-z_]+)")


class Row(NamedTuple):
    """One item of a document."""

    id: str
    lines: str
    item: str
    places: str
    status: str
    remark: str

    @property
    def kind(self) -> str:
        """The status without the lesson's slug."""
        return self.status.partition(":")[0]


def table(text: str) -> list[list[str]]:
    """Return the cells of all rows of a text that begin with ids."""
    lines = re.findall(r"^\| (\d\.\d.*) \|$", text, re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def section(title: str) -> str:
    [found] = [part for part in PAGE.split("\n## ")[1:] if part.startswith(title)]
    return found


ROWS = {document: [Row(*cells) for cells in table(section(document))] for document in ITEMS}
EVERY = [row for rows in ROWS.values() for row in rows]
WRONG, OURS = table(section("What the documents get wrong")), table(section("What our own lessons"))


def headings(file: str) -> set[str]:
    """Return the headings of a file of the checkout, without the lesson's number."""
    path = PurePosixPath(file)
    if path.suffix == ".md":
        texts = [(ROOT / file).read_text(encoding="utf-8")]
    else:
        texts = cells(path.parent.name + {"lesson": "", "exercises": "_exercises"}[path.stem], "markdown")
    text = re.sub(r"^```.*?^```", "", "\n".join(texts), flags=re.MULTILINE | re.DOTALL)
    return {head.replace("{{ number }} · ", "") for head in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}


@cache
def written() -> set[str]:
    """Return the slugs of the lessons with sections: one that only has its place in the course has none."""
    texts = {lesson.slug: "\n".join(cells(lesson.slug, "markdown")) for lesson in all_lessons()}
    return {slug for slug, text in texts.items() if re.search(r"^## ", text, re.MULTILINE)}


def lost(rows: list[list[str]]) -> list[str]:
    """Return a sentence for each place that is not there. The first cell of a row is its id, or its ids."""
    known = {file: headings(file) for _, file in LINK.findall(PAGE) if (ROOT / file).is_file()}
    return [
        f"row {row[0]}: no heading “{heading}” in {file}"
        for row in rows
        for heading, file in LINK.findall(" ".join(row))
        if heading not in known.get(file, ())
    ]


@pytest.mark.parametrize(("document", "count"), ITEMS.items())
def test_every_item_has_one_row(document, count):
    assert [row.id for row in ROWS[document]] == [f"{document[-1]}.{item:02}" for item in range(1, count + 1)]


def test_every_place_is_there():
    gone = lost([*EVERY, *WRONG, *OURS])
    assert not gone, "\n".join(gone)


def test_a_link_that_leads_elsewhere_is_no_place():
    strange = [row.id for row in EVERY if row.places.count("](") != len(LINK.findall(row.places))]
    assert not strange


def test_a_status_is_one_of_six():
    known = r"executed|corrected|words|(planned|open): [a-z_]+|left out"
    assert not [row.id for row in EVERY if not re.fullmatch(known, row.status)]


def test_what_is_there_has_a_place_and_what_is_not_has_a_reason():
    assert not [row.id for row in EVERY if row.kind in ("executed", "corrected", "words") and not row.places]
    assert not [row.id for row in EVERY if row.kind in ("corrected", "left out") and not row.remark]


def test_no_row_waits_for_a_lesson_that_is_written():
    """And none asks more of a lesson that is not."""
    late = [
        f"row {row[0]}: {kind}: {slug}, but that lesson is {'' if slug in written() else 'not '}written"
        for row in [*EVERY, *WRONG, *OURS]
        for kind, slug in WAITING.findall(" ".join(row))
        if (slug in written()) != (kind == "open")
    ]
    assert not late, "\n".join(late)


def test_the_counts_are_those_of_the_rows():
    names = {document.lower(): rows for document, rows in ROWS.items()} | {"together": EVERY}
    for name, rows in names.items():
        kinds = Counter(row.kind for row in rows)
        counts = " | ".join(str(kinds[status]) for status in STATUSES)
        assert f"\n| {name} | {len(rows)} | {counts} |\n" in PAGE, f"{name}: the rows say {counts}"


def test_what_is_corrected_stands_in_the_list_of_what_they_get_wrong():
    listed = {number for row in WRONG for number in row[0].split(", ")}
    assert {row.id for row in EVERY if row.kind == "corrected"} <= listed <= {row.id for row in EVERY}
