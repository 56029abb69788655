"""What a class has in common: the exercises that many missed, by which slips, and answers that are the same."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import nbformat

from course_tools.building.sheets import Card
from course_tools.grading.gradebook import Gradebook, Mark, Student, cards_of
from course_tools.project import Sheet
from course_utils.checks.wrong import UNKNOWN

SHOWN_SLIPS = 3
# An answer shorter than this may well come to two minds. So may a prediction, which is a number or a few.
LEAST_LINES, LEAST_CHARACTERS = 3, 80


@dataclass(frozen=True)
class Missed:
    """An exercise that somebody tried and did not solve."""

    sheet: Sheet
    card: Card
    students: list[Student]  # who tried and have not all points
    tried: int
    untried: int
    slips: list[tuple[str, int]]  # what the checks named, the most frequent first


@dataclass(frozen=True)
class Alike:
    """An exercise to which students gave the same answer, character by character."""

    sheet: Sheet
    card: Card
    students: list[Student]


def most_missed(book: Gradebook) -> list[Missed]:
    """Return the exercises that were tried and missed, the most missed first. An untouched answer is not missed."""
    rows = []
    for sheet, card, marks in _exercises(book):
        tried = [(student, mark) for student, mark in marks if mark.tried]
        wrong = [(student, mark) for student, mark in tried if mark.state != "right"]
        slips = Counter(mark.judged.trouble or slip(mark.said) for _, mark in wrong)
        if wrong:
            untried = sum(mark.judged is not None and not mark.tried for _, mark in marks)
            students = [student for student, _ in wrong]
            rows.append(Missed(sheet, card, students, len(tried), untried, slips.most_common(SHOWN_SLIPS)))
    return sorted(rows, key=lambda row: (-len(row.students) / row.tried, row.sheet.entry.number, row.card.number))


def slip(said: str) -> str:
    """Return the slip out of what a check said; where it knew none, what it expected, or else its last line."""
    perhaps = re.search(r"perhaps: +(.+)", said)
    expected = re.search(r"expected: +(.+)", said)
    if perhaps and (perhaps[1].strip() != UNKNOWN or not expected):
        return perhaps[1]
    if expected:
        return f"expected: {expected[1]}"
    return (said.strip().splitlines() or ["the check said nothing"])[-1].strip()


def same_answers(book: Gradebook) -> list[Alike]:
    """Return the long answers that students have in common, where they are neither handed out nor the solution's."""
    found = []
    for sheet, card, marks in _exercises(book):
        answers: dict[str, list[Student]] = defaultdict(list)
        for student, mark in marks:
            if mark.tried and card.kind != "predict" and _is_own(mark.judged.answer, *_ours(sheet)[card.name]):
                answers[mark.judged.answer.strip()].append(student)
        found += [Alike(sheet, card, students) for students in answers.values() if len(students) > 1]
    return found


def _exercises(book: Gradebook) -> Iterator[tuple[Sheet, Card, list[tuple[Student, Mark]]]]:
    for sheet in book.sheets:
        for card in cards_of(sheet):
            entries = book.entries(sheet)
            yield sheet, card, [(who, mark) for who, entry in entries for mark in entry.marks if mark.card == card]


def _is_own(answer: str, handed_out: set[str], solution: set[str]) -> bool:
    """True where a student wrote enough that is not ours, so that chance does not write it twice."""
    written = _lines(answer) - handed_out
    long = len(written) >= LEAST_LINES and sum(map(len, written)) >= LEAST_CHARACTERS
    return long and not written <= solution


@cache
def _ours(sheet: Sheet) -> dict[str, tuple[set[str], set[str]]]:
    """Return exercise -> the lines of its cell as handed out, and as solved."""
    both = []
    for path in (sheet.page, sheet.notebook):
        cells = nbformat.read(path, as_version=4).cells
        both.append({cell.metadata.answer: _lines(cell.source) for cell in cells if "answer" in cell.metadata})
    return {name: (both[0].get(name, set()), solved) for name, solved in both[1].items()}


def _lines(source: str) -> set[str]:
    return {line.strip() for line in source.splitlines() if line.strip()}
