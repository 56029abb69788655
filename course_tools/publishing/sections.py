"""A lesson cut at its headings: what stands in each section, what a lecturer says about it, and how long it takes."""

import re
from dataclasses import dataclass, field

from nbformat import NotebookNode

from course_tools.building.build import CELL_SECONDS, with_stored_outputs
from course_tools.building.render import NOTES_TAG, SLIDE_TAG, render, stored, tags
from course_tools.project import Lesson
from course_tools.publishing.glossary import prose
from course_tools.running.key import QUIZ_TAG

HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
RECAP = "In this notebook we have"
BREAKS = "Where it breaks"
WORDS_PER_MINUTE = 100  # of a text read with care in a second language
MINUTES_PER_CELL = 0.5  # to read it, run it, and look at what it says


@dataclass
class Section:
    """What stands below one heading. `cells`: its code, with outputs. `prose`: all of its text, in markdown.

    `minutes` is its share of the lesson's minutes to learn, `seconds` what its cells took (reference seconds).
    `slide` and `notes` are the texts for a lecture.
    """

    title: str
    prose: str = ""
    cells: list[NotebookNode] = field(default_factory=list)
    slide: str = ""
    notes: str = ""
    minutes: int = 0
    seconds: float = 0.0

    @property
    def weight(self) -> float:
        """How long it takes beside the others, in minutes of a steady reader."""
        words = len(re.findall(r"\w[\w'-]*", prose(self.prose)))
        return words / WORDS_PER_MINUTE + MINUTES_PER_CELL * len(self.cells)


@dataclass(frozen=True)
class Parts:
    """A lesson in pieces: its head, its sections, what they add up to, and what breaks."""

    lesson: Lesson
    head: str
    sections: list[Section]
    recap: Section | None
    breaks: Section | None


def split(lesson: Lesson, *, outputs: bool = False) -> Parts:
    """Return a lesson in pieces, if wished with its stored outputs."""
    script = render(lesson, hidden=(SLIDE_TAG, NOTES_TAG))
    ran = with_stored_outputs(lesson).cells if outputs else []
    kept = {cell.id: cell.outputs for cell in ran if cell.cell_type == "code"}
    old = stored(lesson)
    took = iter(old.metadata.get("course", {}).get(CELL_SECONDS, []) if old else [])
    found, begun = [Section("")], [Section("")]  # `begun`: by the text just read
    for cell in script.cells[1:]:
        if QUIZ_TAG in tags(cell):
            continue
        if cell.cell_type == "code":
            cell.outputs = kept.get(cell.id, [])
            found[-1].cells.append(cell)
            found[-1].seconds += next(took, 0.0)
        elif tags(cell) & {SLIDE_TAG, NOTES_TAG}:
            name = "slide" if SLIDE_TAG in tags(cell) else "notes"
            section = next((each for each in begun if not getattr(each, name)), found[-1])
            setattr(section, name, f"{getattr(section, name)}\n\n{cell.source}".strip())
        else:
            begun = _read(cell.source, found)
    sections = {section.title: section for section in found[1:]}
    _share(lesson.entry.minutes, found[1:])
    plain = [section for section in found[1:] if section.title not in (RECAP, BREAKS)]
    return Parts(lesson, script.cells[0].source, plain, sections.get(RECAP), sections.get(BREAKS))


def _read(text: str, found: list[Section]) -> list[Section]:
    """Add a text to the sections: each heading begins a new one. Return the new ones, or the one that goes on."""
    before, *rest = HEADING.split(text)
    found[-1].prose += f"\n\n{before}"
    new = [Section(title.strip(), below.strip()) for title, below in zip(rest[::2], rest[1::2], strict=True)]
    found += new
    return new or found[-1:]


def _share(minutes: int, sections: list[Section]) -> None:
    """Give each section its share of the minutes, whole ones, that add up."""
    whole = sum(section.weight for section in sections) or 1.0
    given, exact = 0, 0.0
    for section in sections:
        exact += minutes * section.weight / whole
        section.minutes = round(exact) - given
        given += section.minutes
