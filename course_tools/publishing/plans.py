"""`docs/plans.md`: how long each section takes, what needs what, and plans for a class. See `lessons/plans.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache

from course_tools.building.render import render, rounded, stored_seconds
from course_tools.building.sheets import Card, cards
from course_tools.project import LESSONS, Lesson, all_lessons, all_sheets
from course_tools.publishing.sections import MINUTES_PER_CELL, WORDS_PER_MINUTE, Section, split
from course_utils import CourseError
from course_utils.outline import nearest

FILE = LESSONS / "plans.toml"
HEAD = f"""\
# Plans: how long, in which order, what to leave out

Built by `course build`, from the lessons and `lessons/plans.toml`.

**How the minutes were estimated.** The minutes of a whole lesson were set by hand. They are shared out over its
sections by their length: a minute for {WORDS_PER_MINUTE} words, and {MINUTES_PER_CELL:g} for each code cell. Those of
an exercise stand on its card. Nobody has held a stopwatch to a class yet. The time to run all cells is measured, in
seconds of two cores ([how](authors.md#reference-seconds)).

**Core** is what the next lessons need. What is *extra* can be left out, or read at home.
"""


@dataclass(frozen=True)
class Outline:
    """One lesson for a planner: its sections and cards, and which of them are extra."""

    lesson: Lesson
    sections: list[Section]
    cards: list[Card]
    extra: set[str]
    extra_cards: set[str]

    @property
    def core(self) -> list[Section]:
        """The sections that the next lessons need."""
        return [section for section in self.sections if section.title not in self.extra]

    @property
    def core_cards(self) -> list[Card]:
        """The exercises that everybody should do."""
        return [card for card in self.cards if card.name not in self.extra_cards]


@dataclass(frozen=True)
class Block:
    """A piece of a day: sections of a lesson, and exercises of its sheet."""

    outline: Outline
    sections: list[Section]
    cards: list[Card]

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return total(self.sections) + total(self.cards)


@dataclass(frozen=True)
class Day:
    """A meeting: its blocks, and the minutes that there are."""

    title: str
    minutes: int
    blocks: list[Block]


@dataclass(frozen=True)
class Plan:
    """A course of some length."""

    title: str
    minutes: int
    goal: str
    days: list[Day]


def total(parts: list) -> int:
    """Return the minutes of sections or cards, together."""
    return sum(part.minutes for part in parts)


@cache
def outlines() -> dict[str, Outline]:
    """Return slug -> what a planner knows of a lesson. Raises CourseError for an extra that is not there."""
    extra = _read().get("extra", {})
    sheets = {sheet.entry.slug: sheet for sheet in all_sheets()}
    found = {}
    for lesson in all_lessons():
        parts = split(lesson)
        own = extra.get(lesson.slug, {})
        exercises = cards(render(sheets[lesson.slug])) if lesson.slug in sheets else []
        _require(lesson, own.get("sections", []), [section.title for section in parts.sections])
        _require(lesson, own.get("exercises", []), [card.name for card in exercises])
        named = set(own.get("sections", [])), set(own.get("exercises", []))
        found[lesson.slug] = Outline(lesson, parts.sections, exercises, *named)
    return found


def plans() -> list[Plan]:
    """Return the plans. Raises CourseError for a lesson, a section or an exercise that is not there."""
    return [
        Plan(each["title"], each["minutes"], each["goal"], [_day(day) for day in each["days"]])
        for each in _read().get("plans", [])
    ]


def page() -> str:
    """Return the page, in markdown."""
    parts = [HEAD, *(_plan(plan) for plan in plans())]
    parts.append(
        "## All lessons\n\n![Which lesson needs which, by number, as in the table below](figures/needs.svg)\n\n"
        + _lessons()
    )
    parts.append("## Section by section\n\n" + "\n".join(_sections(outline) for outline in outlines().values()))
    return "\n".join(parts)


def _day(found: dict) -> Day:
    return Day(found["title"], found["minutes"], [_block(block) for block in found["blocks"]])


def _block(found: dict) -> Block:
    known = outlines()
    if found["lesson"] not in known:
        raise CourseError(f"{FILE.name} plans a lesson that is not there: {nearest(found['lesson'], known)}")
    outline = known[found["lesson"]]
    sections = outline.sections if found.get("take") == "all" else outline.core
    if named := found.get("sections"):
        _require(outline.lesson, named, [section.title for section in outline.sections])
        sections = [section for section in outline.sections if section.title in named]
    wanted = found.get("exercises", [])
    if wanted == "core":
        return Block(outline, sections, outline.core_cards)
    _require(outline.lesson, wanted, [card.name for card in outline.cards])
    return Block(outline, sections, [card for card in outline.cards if card.name in wanted])


def _require(lesson: Lesson, named: list[str], known: list[str]) -> None:
    for name in named:
        if name not in known:
            raise CourseError(f"lessons/{FILE.name}: {lesson.slug} has no {name!r}. {nearest(name, known)}")


def _plan(plan: Plan) -> str:
    lines = [f"## {plan.title}", "", plan.goal, ""]
    for day in plan.days:
        minutes = sum(block.minutes for block in day.blocks)
        lines += [
            f"### {day.title}",
            "",
            f"{minutes} of {day.minutes} minutes; the rest is for questions and breaks.",
            "",
        ]
        lines += ["| lesson | sections | exercises | minutes |", "| --- | --- | --- | --- |"]
        lines += [_row(block) for block in day.blocks] + [""]
    return "\n".join(lines)


def _row(block: Block) -> str:
    outline = block.outline
    which = "; ".join(section.title for section in block.sections)
    if block.sections == outline.sections:
        which = "all"
    elif block.sections == outline.core:
        which = "core"
    exercises = ", ".join(str(card.number) for card in block.cards) or "at home"
    return f"| {_link(outline)} | {which} | {exercises} | {block.minutes} |"


def _lessons() -> str:
    lines = ["| lesson | needs | core | all | exercises, core | all | to run |"]
    lines.append("| --- | --- | --- | --- | --- | --- | --- |")
    known = outlines()
    for outline in known.values():
        entry = outline.lesson.entry
        needs = ", ".join(f"{known[slug].lesson.entry.number:02}" for slug in entry.needs) or "-"
        seconds = stored_seconds(outline.lesson)
        numbers = [total(outline.core), total(outline.sections), total(outline.core_cards), total(outline.cards)]
        run = rounded(seconds).removeprefix("about ") if seconds else ""
        lines.append(f"| {_link(outline)} | {needs} | {' | '.join(f'{number} min' for number in numbers)} | {run} |")
    return "\n".join(lines) + "\n"


def _sections(outline: Outline) -> str:
    lines = [f"### {outline.lesson.entry.label.removeprefix('lesson ')}", ""]
    lines += ["| | section | to learn | to run |", "| --- | --- | --- | --- |"]
    for section in outline.sections:
        mark = "extra" if section.title in outline.extra else "core"
        lines.append(f"| {mark} | {section.title} | {section.minutes} min | {_seconds(section)} |")
    for card in outline.cards:
        mark = "extra" if card.name in outline.extra_cards else "core"
        lines.append(f"| {mark} | Exercise {card.number} · {card.title} {'★' * card.stars} | {card.minutes} min | |")
    return "\n".join(lines).replace("|  |", "| |") + "\n"


def _seconds(section: Section) -> str:
    return f"{section.seconds:.0f} s" if section.seconds >= 0.5 else ""


def _link(outline: Outline) -> str:
    entry = outline.lesson.entry
    return f"[{entry.number:02} · {entry.title}](../notebooks/{entry.name}.ipynb)"


def _read() -> dict:
    """Return what plans.toml holds; without the file, no plans."""
    if not FILE.exists():
        return {"extra": {}, "plans": []}
    try:
        return tomllib.loads(FILE.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CourseError(f"lessons/{FILE.name} cannot be read: {error}.") from error
