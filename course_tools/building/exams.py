"""Draws an exam: the first card of each sheet with other numbers, as `lessons/SLUG/exam.py` makes them.

An exam is drawn from its seed, and from the student's name where each student gets one of their own. The seed is a
secret: the repository is public, so whoever knows the seed can draw the answers, too.
"""

import hashlib
import importlib
import random
import re
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from course_tools.building.sheets import CARD
from course_tools.project import Lesson, all_sheets
from course_tools.scripts import read_script
from course_utils import CourseError

TRIES = 1000
MOST_KNOWN = 0.5  # share of a card's answers that may be those of the public solution
MARK = "course_exam"  # the key in a notebook's metadata


@dataclass(frozen=True)
class Question:
    """A card with the numbers of one exam. `tolerance` is how far off an answer may be, beside the usual."""

    slug: str
    title: str
    minutes: int
    text: str
    answers: dict[str, object]
    tolerance: dict[str, float]


def with_exam(lessons: list[Lesson]) -> list[Lesson]:
    """Return the lessons that have cards for an exam."""
    return [lesson for lesson in lessons if (lesson.folder / "exam.py").exists()]


def draw(seed: str, lessons: list[Lesson], student: str = "") -> list[Question]:
    """Return the questions of an exam. The same seed, lesson and student give the same question, always.

    Raises CourseError for a lesson without cards for an exam.
    """
    return [_question(lesson.slug, random.Random(f"{seed}\n{student}\n{lesson.slug}")) for lesson in lessons]


@cache
def fingerprint(seed: str) -> str:
    """Return what tells an exam from others, and does not give its seed away. It is slow on purpose."""
    return hashlib.pbkdf2_hmac("sha256", seed.encode(), b"an exam of the course", 200_000).hex()[:12]


def shown(answer: object) -> str:
    """Return an answer as a student might write it."""
    if isinstance(answer, float):
        return f"{answer:.6g}"
    if isinstance(answer, set | frozenset):
        return f"{{{', '.join(sorted(map(repr, answer)))}}}"
    return answer if isinstance(answer, str) else repr(answer)


def folder_name(student: str) -> str:
    """Return a folder's name for a student. Where signs of the name are lost, some others tell it from all names."""
    plain = re.sub(r"[^\w.-]+", "_", student).strip("._")[:60]
    return plain if plain == student else f"{plain}_{hashlib.sha256(student.encode()).hexdigest()[:6]}"


def module(slug: str) -> ModuleType:
    """Return what draws the card of a lesson. Raises CourseError where nobody has written it."""
    try:
        return importlib.import_module(f"lessons.{slug}.exam")
    except ModuleNotFoundError as error:
        if error.name not in (f"lessons.{slug}", f"lessons.{slug}.exam"):
            raise
        raise CourseError(f"The lesson {slug!r} has no card for an exam: there is no lessons/{slug}/exam.py.") from None


@cache
def head(slug: str) -> tuple[str, int]:
    """Return title and minutes of the card, as the sheet says."""
    [sheet] = [sheet for sheet in all_sheets() if sheet.entry.slug == slug]
    texts = (cell.source for cell in read_script(sheet.source).cells if cell.cell_type == "markdown")
    card = next(match for text in texts for match in CARD.finditer(text) if match["kind"] == "predict")
    return card["title"], int(card["minutes"])


def known(public: dict[str, object], answers: dict[str, object]) -> float:
    """Return the share of answers that the public solution has."""
    return sum(public.get(name) == answer for name, answer in answers.items()) / len(answers)


def _question(slug: str, chance: random.Random) -> Question:
    maker = module(slug)
    title, minutes = head(slug)
    public = maker.answers(maker.GIVEN)
    for _ in range(TRIES):
        given = maker.draw(chance)
        answers = maker.answers(given)
        if known(public, answers) <= MOST_KNOWN:
            return Question(slug, title, minutes, maker.card(given), answers, getattr(maker, "TOLERANCE", {}))
    raise CourseError(f"lessons/{slug}/exam.py draws the answers of the public solution again and again.")
