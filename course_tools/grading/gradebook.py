"""What a class handed in and what it got: one entry for each student and sheet, whatever became of the files."""

import re
import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property

import nbformat

from course_tools.building.sheets import Card, cards
from course_tools.grading.outcome import Judged, Outcome
from course_tools.grading.submissions import Ungraded
from course_tools.project import Sheet

ONLY_IN_NOTEBOOKS = re.compile(r"^ *(?:a hint:|sheet \d+:).*\n?", re.M)
MESSAGE = re.compile(r"^(?=Not yet\.|✓)", re.M)  # a check looks twice, and may say the same twice


@dataclass(frozen=True)
class Comment:
    """What the teacher wrote about an exercise, or about a sheet. `points` replace those that the checks gave."""

    text: str = ""
    points: float | None = None


@dataclass(frozen=True)
class Mark:
    """What one student has for one exercise. `judged` is None where no check saw an answer."""

    card: Card
    judged: Judged | None
    comment: Comment = Comment()

    @property
    def by_hand(self) -> bool:
        """True where the teacher gave the points."""
        return self.comment.points is not None

    @property
    def points(self) -> float:
        """The points that count."""
        if self.by_hand:
            return self.comment.points
        return self.judged.points if self.judged else 0.0

    @property
    def tried(self) -> bool:
        """True where there is an answer of the student's own."""
        return self.judged is not None and self.judged.tried

    @property
    def said(self) -> str:
        """What the check said: each message once, without the lines that help only in a notebook."""
        text = ONLY_IN_NOTEBOOKS.sub("", self.judged.said if self.judged else "")
        return "\n".join(dict.fromkeys(message.strip() for message in MESSAGE.split(text) if message.strip()))

    @property
    def state(self) -> str:
        """One of right, part, wrong, untried."""
        if self.points >= self.card.stars:
            return "right"
        if self.points > 0:
            return "part"
        return "wrong" if self.tried else "untried"


@dataclass
class Entry:
    """One student and one sheet."""

    sheet: Sheet
    outcome: Outcome | None = None
    refused: list[Ungraded] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    comment: Comment = Comment()

    @property
    def problem(self) -> str:
        """Why nothing is graded, or what else went wrong, or nothing."""
        if self.outcome:
            return self.outcome.problem or ""
        return "; ".join(f"{each.where}: {each.reason}" for each in self.refused)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was mended before anything was judged, one sentence each."""
        return tuple(self.outcome.submission.notes) if self.outcome else ()

    @property
    def graded(self) -> bool:
        """True where the checks gave points, also where something else went wrong."""
        return self.outcome is not None and bool(self.outcome.exercises)

    @property
    def counts(self) -> bool:
        """True where there are points: the checks gave them, or the teacher."""
        return self.graded or any(mark.by_hand for mark in self.marks)

    @property
    def points(self) -> float:
        """The points of the sheet."""
        return sum(mark.points for mark in self.marks)


@dataclass
class Student:
    """One student: an entry for each sheet of the class, and the files of no known sheet."""

    name: str
    entries: list[Entry]
    strays: list[Ungraded]
    enrolled: bool = True

    @property
    def points(self) -> float:
        """The points of all sheets."""
        return sum(entry.points for entry in self.entries)

    @property
    def absent(self) -> bool:
        """True for a student of whom there is nothing: no file, and no points by hand."""
        return not self.strays and not any(entry.outcome or entry.refused or entry.counts for entry in self.entries)

    @property
    def notes(self) -> list[str]:
        """What a gradebook's reader must know: why points are missing."""
        found = [f"{entry.sheet.name}: {entry.problem}" for entry in self.entries if entry.problem]
        found += [f"{each.where}: {each.reason}" for each in self.strays]
        found += ["handed in nothing"] if self.absent else []
        return found if self.enrolled else [*found, "not on the roster"]


@dataclass(frozen=True)
class Summary:
    """Of the points of all who handed in one sheet."""

    count: int
    mean: float
    median: float
    deviation: float
    low: float
    high: float


@dataclass
class Gradebook:
    """A class: its sheets and its students, both in order."""

    sheets: list[Sheet]
    students: list[Student]

    @cached_property
    def most(self) -> float:
        """The points that there are in all sheets: the same for each student."""
        return sum(most(sheet) for sheet in self.sheets)

    def entries(self, sheet: Sheet) -> list[tuple[Student, Entry]]:
        """Return each student with the entry for a sheet."""
        return [(each, entry) for each in self.students for entry in each.entries if entry.sheet == sheet]

    def summary(self, sheet: Sheet) -> Summary | None:
        """Return mean, median and spread of a sheet, or None where nobody has points."""
        points = [entry.points for _, entry in self.entries(sheet) if entry.counts]
        if not points:
            return None
        middle = statistics.fmean(points), statistics.median(points), statistics.pstdev(points)
        return Summary(len(points), *middle, min(points), max(points))


def gradebook(
    outcomes: Iterable[Outcome],
    refused: Iterable[Ungraded],
    roster: Iterable[str],
    comments: dict[tuple[str, str, str], Comment] | None = None,
) -> Gradebook:
    """Return the class. Without a roster, who handed in something is the class.

    `comments`: (student, sheet, exercise) -> Comment; no exercise means the whole sheet.
    """
    outcomes, refused, roster = list(outcomes), list(refused), list(roster)
    given = {each.submission.sheet for each in outcomes} | {each.sheet for each in refused if each.sheet}
    sheets = sorted(given, key=lambda sheet: sheet.entry.number)
    names = {each.submission.student for each in outcomes} | {each.student for each in refused if each.student}
    students = []
    for name in sorted(names | set(roster), key=lambda name: (name.casefold(), name)):
        found = {each.submission.sheet: each for each in outcomes if each.submission.student == name}
        bad = [each for each in refused if each.student == name]
        entries = [_entry(name, sheet, found.get(sheet), bad, comments or {}) for sheet in sheets]
        strays = [each for each in bad if each.sheet is None]
        students.append(Student(name, entries, strays, name in roster or not roster))
    return Gradebook(sheets, students)


def _entry(student: str, sheet: Sheet, outcome: Outcome | None, refused: list[Ungraded], comments: dict) -> Entry:
    judged = {each.name: each for each in outcome.exercises} if outcome else {}
    marks = [
        Mark(card, judged.get(card.name), comments.get((student, sheet.name, card.name), Comment()))
        for card in cards_of(sheet)
    ]
    whole = comments.get((student, sheet.name, ""), Comment())
    return Entry(sheet, outcome, [each for each in refused if each.sheet == sheet], marks, whole)


def most(sheet: Sheet) -> float:
    """Return the points that there are in a sheet."""
    return sum(card.stars for card in cards_of(sheet))


@cache
def cards_of(sheet: Sheet) -> list[Card]:
    """Return the cards of a sheet, as they are stored in its solution."""
    return cards(nbformat.read(sheet.notebook, as_version=4))
