"""The glossary: every technical term once, in one sentence, with the lesson that explains it.

A lesson's terms stand in its `glossary.toml`: `["attention mask"]`, `means = "..."`, `also = ["mask"]`.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from nbformat import NotebookNode

from course_tools.project import Lesson, all_lessons
from course_utils import CourseError

NO_PROSE = re.compile(  # what a text holds besides words to read: code, headings, titles of lessons, addresses, tags
    r"```.*?```|`[^`\n]*`|^#+ [^\n]*$|\[[^\]]*\]\([^)]*\.ipynb\)|\]\([^)]*\)|<[^>\n]+>|\$[^$\n]+\$|https?://\S+",
    re.DOTALL | re.MULTILINE,
)

LINKED = re.compile(r"\[[^\]]*\](?=\()|\[[^\]]*\]\s|\*\*[^*]+\*\*|^\|.*$", re.MULTILINE)
HEAD = """\
# Glossary

Built by `course build` from `lessons/*/glossary.toml`. A sentence a term, and the lesson that explains it."""


@dataclass(frozen=True)
class Term:
    """One term. `also`: its other forms; a plural `s` is found without. `lesson` explains it."""

    name: str
    means: str
    lesson: Lesson
    also: list[str] = field(default_factory=list)

    @property
    def forms(self) -> list[str]:
        """All words that mean it."""
        return [self.name, *self.also]

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return "term-" + re.sub(r"\W+", "-", self.name.lower()).strip("-")


@dataclass(frozen=True)
class Glossary:
    """All terms of the course, in the order of its lessons."""

    terms: list[Term]

    def of(self, slugs: set[str]) -> "Glossary":
        """Return the terms that these lessons explain."""
        return Glossary([term for term in self.terms if term.lesson.slug in slugs])

    @cached_property
    def known(self) -> dict[str, Term]:
        """Form -> term. Raises CourseError for a form that two terms claim."""
        found: dict[str, Term] = {}
        for term in self.terms:
            for form in term.forms:
                if form in found:
                    raise CourseError(f"{form!r} is a term of {found[form].lesson.slug} and of {term.lesson.slug}.")
                found[form] = term
        return found

    @cached_property
    def pattern(self) -> re.Pattern:
        """Finds every form, the longer before the shorter. A form with a capital is found only as it is written."""
        numbered = sorted(enumerate(self.known), key=lambda pair: len(pair[1]), reverse=True)
        return re.compile("|".join(f"(?P<f{number}>{_form(form)})" for number, form in numbered))

    def find(self, text: str) -> Iterator[tuple[re.Match, Term]]:
        """Yield each place of a text where a term stands."""
        numbered = list(self.known.values())
        for match in self.pattern.finditer(text):
            yield match, numbered[int(match.lastgroup[1:])]


def read(lesson: Lesson) -> list[Term]:
    """Return the terms that a lesson explains. Raises CourseError for a file of another form."""
    file = lesson.folder / "glossary.toml"
    if not file.exists():
        return []
    try:
        kept = tomllib.loads(file.read_text(encoding="utf-8"))
        return [Term(name, lesson=lesson, **fields) for name, fields in kept.items()]
    except (TypeError, tomllib.TOMLDecodeError) as error:
        raise CourseError(f"lessons/{lesson.slug}/glossary.toml cannot be read: {error}.") from error


def glossary() -> Glossary:
    """Return the terms of all lessons."""
    return Glossary([term for lesson in all_lessons() for term in read(lesson)])


def prose(text: str) -> str:
    """Return a markdown text with all that is no prose blanked out: code, headings, addresses, tags, formulas."""
    return NO_PROSE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def with_links(text: str, known: Glossary, lesson: Lesson, seen: set[str]) -> str:
    """Return a text, for the site, in which the first use of each term of an earlier lesson leads to the glossary.

    `seen`: the names of the terms that have stood before; those of this text are added. Links, tables and what is in
    bold stay as they are.
    """
    covered = LINKED.sub(lambda match: " " * len(match[0]), prose(text))
    links = []
    for match, term in known.find(covered):
        if term.name not in seen and term.lesson.slug != lesson.slug:
            seen.add(term.name)
            links.append((match.start(), match.end(), term))
    for start, end, term in reversed(links):
        link = f'<a class="term" href="../docs/glossary.html#{term.anchor}">{text[start:end]}</a>'
        text = text[:start] + link + text[end:]
    return text


def page(known: Glossary, form: str = "github") -> str:
    """Return the page of all terms, by the alphabet. `form`: github or myst, which name anchors in their own ways."""
    lines = [HEAD]
    letter = ""
    for term in sorted(known.terms, key=lambda term: term.name.lower()):
        if term.name[0].upper() != letter:
            letter = term.name[0].upper()
            lines.append(f"## {letter}")
        place = f"({term.anchor})=\n" if form == "myst" else f'<a id="{term.anchor}"></a>'
        link = f"[{term.lesson.entry.label}](../notebooks/{term.lesson.name}.ipynb)"
        lines.append(f"{place}**{term.name}**: {term.means} ({link})")
    return "\n\n".join(lines) + "\n"


def texts(notebook: NotebookNode) -> list[str]:
    """Return the prose of each text cell of a notebook but the first, which says what will come."""
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    return [prose(source) for source in cells[1:]]


def _form(form: str) -> str:
    words = r"\s+".join(re.escape(word) for word in form.split())
    plural = "" if form.endswith("s") else "s?"
    any_case = "(?i:" if form == form.lower() else "(?:"
    return rf"{any_case}(?<![\w-]){words}{plural}(?!\w))"
