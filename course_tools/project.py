"""Where things are in the checkout, the one setting, and the lists of lessons and of exercise sheets."""

import difflib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jupytext

from course_utils import CourseError

ROOT = Path(__file__).resolve().parents[1]
LESSONS = ROOT / "lessons"
NOTEBOOKS = ROOT / "notebooks"
EXERCISES = ROOT / "exercises"
SOLUTIONS = ROOT / "solutions"
SHEET_SUFFIX = "_exercises"
BUILD = ROOT / "build"


@dataclass(frozen=True)
class Lesson:
    """One lesson: its source, and what its header says. `budget_seconds` holds for `laptop` on two cores."""

    name: str
    source: Path
    title: str
    teaches: str
    budget_seconds: int
    measured: str
    needs: str

    @property
    def notebook(self) -> Path:
        """The built notebook with its stored outputs."""
        return NOTEBOOKS / f"{self.name}.ipynb"


@dataclass(frozen=True)
class Sheet:
    """One exercise sheet, as `03_tokenization_exercises`. `budget_seconds` holds for its solution on two cores."""

    name: str
    source: Path
    title: str
    budget_seconds: int

    @property
    def lesson(self) -> str:
        """The name of the lesson that it belongs to."""
        return self.name.removesuffix(SHEET_SUFFIX)

    @property
    def notebook(self) -> Path:
        """The built solution with its stored outputs, in nbgrader's source format."""
        return SOLUTIONS / f"{self.name}.ipynb"

    @property
    def release(self) -> Path:
        """What a student gets."""
        return EXERCISES / f"{self.name}.ipynb"


@cache
def repository() -> str:
    """Return the address of the course's repository: the one setting behind badges and start cells."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)["project"]["urls"]["Repository"].rstrip("/")


def read_script(source: Path, kind: type[Lesson] | type[Sheet]) -> Lesson | Sheet:
    """Read the header of a script. Raises CourseError where a field is missing or is not known."""
    header = jupytext.read(source).metadata.get("course", {})
    try:
        return kind(name=source.stem, source=source, **header)
    except TypeError as error:
        fields = ", ".join(kind.__dataclass_fields__)
        raise CourseError(f"{source.name}: the `course` part of its header: {error}. Known: {fields}.") from None


def all_lessons() -> list[Lesson]:
    """Return the lessons in their order."""
    return [read_script(source, Lesson) for source in _scripts() if not source.stem.endswith(SHEET_SUFFIX)]


def all_sheets() -> list[Sheet]:
    """Return the exercise sheets in their order."""
    return [read_script(source, Sheet) for source in _scripts() if source.stem.endswith(SHEET_SUFFIX)]


def _scripts() -> list[Path]:
    return sorted(LESSONS.glob("[0-9][0-9]_*.py"))


def find_lessons(names: list[str]) -> list[Lesson]:
    """Return the named lessons, or all for no name. A name is `00_start_here`, `start_here`, `00` or `0`.

    Raises CourseError with the nearest names for one that is not there.
    """
    lessons = all_lessons()
    found = [_find(name, lessons) for name in names]
    return [lesson for lesson in lessons if lesson in found or not names]


def find_scripts(names: list[str]) -> tuple[list[Lesson], list[Sheet]]:
    """Return the named lessons and sheets, or all for no name. A sheet has its whole name, a lesson also its number.

    Raises CourseError as `find_lessons` does.
    """
    sheets = {sheet.name: sheet for sheet in all_sheets()}
    wanted = [Path(name).stem for name in names]
    rest = [name for name in wanted if name not in sheets]
    lessons = find_lessons(rest) if rest or not names else []
    return lessons, [sheet for name, sheet in sheets.items() if name in wanted or not names]


def tagged_code(name: str, tag: str) -> str:
    """Return the code cells of one lesson that carry a tag, one after the other: for tests and benchmarks."""
    [lesson] = find_lessons([name])
    cells = [cell.source for cell in jupytext.read(lesson.source).cells if tag in cell.metadata.get("tags", [])]
    if not cells:
        raise CourseError(f"{lesson.source.name} has no cell with the tag {tag!r}. Was it renamed?")
    return "\n\n".join(cells)


def _find(name: str, lessons: list[Lesson]) -> Lesson:
    wanted = Path(name).stem  # so that lessons/00_start_here.py works too
    for lesson in lessons:
        number, _, words = lesson.name.partition("_")
        if wanted in (lesson.name, words, number) or (wanted.isdigit() and int(wanted) == int(number)):
            return lesson
    raise CourseError(f"There is no lesson {name!r}. {nearest(name, [lesson.name for lesson in lessons])}")


def nearest(name: str, known: list[str]) -> str:
    """Return a sentence with the known names that look most like `name`, or with all of them."""
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.3)
    return f"Did you mean {' or '.join(close)}?" if close else f"There are: {', '.join(known)}."
