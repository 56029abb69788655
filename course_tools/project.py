"""Where things are in the checkout, and the lists of lessons and of exercise sheets."""

from dataclasses import dataclass
from pathlib import Path

from course_tools.facts import require_sound
from course_tools.scripts import read_script
from course_utils import CourseError
from course_utils.outline import Entry, nearest, outline

ROOT = Path(__file__).resolve().parents[1]
LESSONS = ROOT / "lessons"
NOTEBOOKS = ROOT / "notebooks"
EXERCISES = ROOT / "exercises"
SOLUTIONS = ROOT / "solutions"
SHEET_SUFFIX = "_exercises"
BUILD = ROOT / "build"
BUDGET_SECONDS = {"lesson": 45, "case": 120}  # reference seconds, see course_tools.running.speed


@dataclass(frozen=True)
class Lesson:
    """One lesson, as its folder holds it. `entry` is what its `lesson.toml` and the order say."""

    entry: Entry
    source: Path

    @property
    def slug(self) -> str:
        """The name of its folder, which never changes."""
        return self.entry.slug

    @property
    def name(self) -> str:
        """What its built files are called: number and slug."""
        return self.entry.name

    @property
    def title(self) -> str:
        """What readers call it."""
        return self.entry.title

    @property
    def folder(self) -> Path:
        """Its folder."""
        return self.source.parent

    @property
    def notebook(self) -> Path:
        """The built notebook with its stored outputs."""
        return NOTEBOOKS / f"{self.name}.ipynb"

    @property
    def page(self) -> Path:
        """The notebook that students open."""
        return self.notebook

    @property
    def bands(self) -> dict[str, list]:
        """Record -> (lowest, highest), for what it records in `laptop`."""
        return self.entry.bands

    @property
    def budget_seconds(self) -> int:
        """What it may take in `laptop`, in reference seconds."""
        return BUDGET_SECONDS[self.entry.kind]


@dataclass(frozen=True)
class Sheet(Lesson):
    """The exercise sheet of a lesson."""

    @property
    def slug(self) -> str:
        """The lesson's slug and a suffix: what `start` is called with."""
        return f"{self.entry.slug}{SHEET_SUFFIX}"

    @property
    def name(self) -> str:
        """What its built files are called, number, slug and a suffix."""
        return f"{self.entry.name}{SHEET_SUFFIX}"

    @property
    def title(self) -> str:
        """What readers call it."""
        return f"Exercises: {self.entry.title}"

    @property
    def notebook(self) -> Path:
        """The built solution with its stored outputs, in nbgrader's source format."""
        return SOLUTIONS / f"{self.name}.ipynb"

    @property
    def page(self) -> Path:
        """What a student gets."""
        return EXERCISES / f"{self.name}.ipynb"

    @property
    def answers(self) -> Path:
        """The right and wrong answers that judge its checks."""
        return self.folder / "answers.py"

    @property
    def bands(self) -> dict[str, list]:
        """A sheet records nothing."""
        return {}

    @property
    def budget_seconds(self) -> int:
        """What its solution may take, in reference seconds."""
        return BUDGET_SECONDS["lesson"]


def all_lessons() -> list[Lesson]:
    """Return the lessons in their order."""
    require_sound(LESSONS)
    return [Lesson(entry, LESSONS / entry.slug / "lesson.py") for entry in outline(LESSONS).values()]


def all_sheets() -> list[Sheet]:
    """Return the exercise sheets in their order."""
    require_sound(LESSONS)
    sheets = [Sheet(entry, LESSONS / entry.slug / "exercises.py") for entry in outline(LESSONS).values()]
    return [sheet for sheet in sheets if sheet.source.exists()]


def find_lessons(names: list[str]) -> list[Lesson]:
    """Return the named lessons, or all for no name. A name is a slug, a number, both (`NN_trainer`) or a path.

    Raises CourseError with the nearest names for one that is not there.
    """
    lessons = all_lessons()
    if not lessons:
        raise CourseError(
            "lessons/course.toml names no lesson, so there is nothing to do. "
            "Fetch lessons/ again with `git checkout lessons`, or add a lesson: docs/authors.md says how."
        )
    found = [_find(name, lessons) for name in names]
    return [lesson for lesson in lessons if lesson in found or not names]


def find_scripts(names: list[str]) -> tuple[list[Lesson], list[Sheet]]:
    """Return the named lessons and sheets, or all for no name.

    A sheet is named as `trainer_exercises`, with or without its number. Raises CourseError as `find_lessons` does.
    """
    sheets = all_sheets()
    asked = {name: _without_folder(name) for name in names}
    chosen = [sheet for sheet in sheets if not names or {sheet.name, sheet.slug} & set(asked.values())]
    known = {name for sheet in chosen for name in (sheet.name, sheet.slug)}
    rest = [name for name, plain in asked.items() if plain not in known]
    return find_lessons(rest) if rest or not names else [], chosen


def tagged_code(slug: str, tag: str) -> str:
    """Return the code cells of one lesson that carry a tag, one after the other: for tests and benchmarks."""
    [lesson] = find_lessons([slug])
    cells = [cell.source for cell in read_script(lesson.source).cells if tag in cell.metadata.get("tags", [])]
    if not cells:
        raise CourseError(f"lessons/{slug}/lesson.py has no cell with the tag {tag!r}. Was it renamed?")
    return "\n\n".join(cells)


def _find(name: str, lessons: list[Lesson]) -> Lesson:
    wanted = _without_folder(name)
    for lesson in lessons:
        if wanted in (lesson.name, lesson.slug) or (wanted.isdigit() and int(wanted) == lesson.entry.number):
            return lesson
    raise CourseError(f"There is no lesson {name!r}. {nearest(name, [lesson.name for lesson in lessons])}")


def _without_folder(name: str) -> str:
    """`lessons/trainer/lesson.py`, `lessons/trainer/` and `notebooks/NN_trainer.ipynb` name a lesson, too."""
    path = Path(name)
    if path.name == "lesson.py":
        return path.parent.name
    if path.name == "exercises.py":
        return f"{path.parent.name}{SHEET_SUFFIX}"
    return path.stem if path.suffix in (".py", ".ipynb") else path.name
