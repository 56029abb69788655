"""A deck for each lesson: `course slides`. One file of HTML, with reveal.js inside: no network, no other file.

A heading begins a slide. On it stands the text tagged `slide`; a section without one is left out. Then follow the code
cells tagged `slide` with their outputs, and each figure, unless its cell is tagged `skip`. What is tagged `notes` is
for whoever speaks (key S).
"""

import re
import tempfile
from dataclasses import dataclass
from html import escape
from pathlib import Path

from bs4 import BeautifulSoup
from jinja2 import Environment, PackageLoader
from markdown_it import MarkdownIt
from markupsafe import Markup
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from course_tools.building.render import SLIDE_TAG, tags
from course_tools.files import write_in_one_step
from course_tools.project import BUILD, Lesson
from course_tools.publishing.browser import write_pdf
from course_tools.publishing.sections import Parts, Section, split
from course_tools.running.notebook_page import clean, code_style
from course_utils.quiz import LETTERS, Question, as_html, file_of, read

SLIDES = BUILD / "slides"
REVEAL = Path(__file__).with_name("reveal")
REVEAL_FILES = ("reset.css", "reveal.css", "reveal.js", "notes.js")
SKIP_TAG = "skip"
ROOM_FOR_BOTH = 16  # lines of code and output on one slide
LETTERS_IN_A_LINE = 90
MOST_LINES = 18  # of an output
LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)[^)]*\)")


@dataclass(frozen=True)
class Slide:
    """One slide: its heading, what stands below it (both HTML), what kind it is, and what whoever speaks reads."""

    title: Markup
    body: Markup
    kind: str = "text"
    notes: str = ""


def write_deck(lesson: Lesson, folder: Path = SLIDES, *, pdf: bool = False) -> Path:
    """Write the deck of a lesson, also as a PDF if wished, and return its file.

    Raises CourseError where no browser is there to make a PDF.
    """
    slides = deck(lesson)
    path = folder / f"{lesson.name}.html"
    write_in_one_step(path, page(lesson, slides))
    if pdf:
        with tempfile.TemporaryDirectory() as plain:
            on_paper = Path(plain) / path.name
            write_in_one_step(on_paper, page(lesson, slides, paper=True))
            write_pdf(on_paper, path.with_suffix(".pdf"))
    return path


def page(lesson: Lesson, slides: list[Slide], *, paper: bool = False) -> str:
    """Return a deck as HTML. `paper`: a page below the other, without reveal.js and what it hides."""
    template = Environment(loader=PackageLoader("course_tools", "publishing"), autoescape=True).get_template(
        "deck.html.j2"
    )
    files = {} if paper else {name: Markup(_inline((REVEAL / name).read_text("utf-8"))) for name in REVEAL_FILES}
    style = Markup(code_style("default"))
    return template.render(lesson=lesson, slides=slides, files=files, paper=paper, code_style=style)


def deck(lesson: Lesson) -> list[Slide]:
    """Return the slides of a lesson, in their order."""
    parts = split(lesson, outputs=True)
    slides = [_opening(lesson, parts)]
    spent = 0
    for section in parts.sections:
        slides += _of_section(section, f"From minute {spent} on: about {section.minutes} min.")
        spent += section.minutes
    if parts.recap:
        slides.append(Slide(heading(parts.recap.title), _items(parts.recap.prose), "recap", "Ask the room first."))
    questions = read(lesson.slug) if file_of(lesson.slug).exists() else []
    return slides + [_asked(number, question) for number, question in enumerate(questions, 1)]


def markdown(text: str) -> Markup:
    """Return a markdown text as HTML. A link to another page of the course becomes its words."""
    found = MarkdownIt("commonmark", {"html": True}).enable("table").render(LINK.sub(r"\1", text))
    return Markup(clean(found))


def heading(text: str) -> Markup:
    """Return a heading as HTML."""
    return Markup(clean(MarkdownIt("commonmark").renderInline(text)))


def _opening(lesson: Lesson, parts: Parts) -> Slide:
    goals = parts.head.partition("**You will be able to**")[2]
    plan = "; ".join(f"{section.title} ({section.minutes})" for section in parts.sections)
    notes = f"About {lesson.entry.minutes} minutes in all. Sections, with minutes: {plan}."
    title = parts.head.splitlines()[0].lstrip("# ")
    return Slide(heading(title), _items(goals), "opening", notes)


def _items(text: str) -> Markup:
    """Return the list that a text holds, without what stands around it."""
    return markdown("\n".join(re.findall(r"^- .*(?:\n {2}.*)*", text, re.MULTILINE)))


def _of_section(section: Section, time: str) -> list[Slide]:
    if not section.slide:
        return []
    notes = f"{time}\n\n{section.notes}".strip()
    title = heading(section.title)
    slides = [Slide(title, markdown(section.slide), "text", notes)]
    for cell in section.cells:
        if SKIP_TAG not in tags(cell):
            slides += [Slide(title, body, kind, notes) for kind, body in _shown(cell)]
    return slides


def _shown(cell: NotebookNode) -> list[tuple[str, Markup]]:
    """Return what of a cell stands on slides: its figures, and, where it is tagged, its code and its outputs."""
    figures = [("figure", body) for output in cell.outputs if (body := _figure(output))]
    if SLIDE_TAG not in tags(cell):
        return figures
    code = Markup(highlight(cell.source, PythonLexer(), HtmlFormatter()))
    texts = [body for output in cell.outputs if not _figure(output) and (body := _text(output))]
    printed = Markup("").join(texts)
    length = len(cell.source.splitlines()) + sum(_lines(text) for text in texts)
    if not texts or length <= ROOM_FOR_BOTH:
        return [("code", code + printed), *figures]
    return [("code", code), ("code", printed), *figures]


def _figure(output: NotebookNode) -> Markup | None:
    data = output.get("data", {})
    if "image/png" not in data:
        return None
    alt = output.metadata.get("image/png", {}).get("alt") or data.get("text/plain", "")
    picture = data["image/png"].replace("\n", "")
    return Markup('<img alt="{}" src="data:image/png;base64,{}">').format(alt, Markup(picture))


def _text(output: NotebookNode) -> Markup | None:
    data = output.get("data", {})
    if "text/html" in data:
        html = data["text/html"]
        return None if "<summary>The figure in words" in html else Markup(_short_table(clean(html)))
    text = output.get("text") or data.get("text/plain", "") or output.get("evalue", "")
    lines = text.rstrip().splitlines()
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], "..."]
    return Markup("<pre class='output'>{}</pre>").format("\n".join(lines)) if lines else None


def _lines(html: Markup) -> int:
    """How many lines some output takes on a slide: long ones are wrapped."""
    return sum(len(line) // LETTERS_IN_A_LINE + 1 for line in html.unescape().splitlines())


def _short_table(html: str) -> str:
    page = BeautifulSoup(html, "html.parser")
    for row in page.select("tbody tr")[8:]:
        row.decompose()
    return str(page)


def _asked(number: int, question: Question) -> Slide:
    options = "".join(f"<li>{as_html(option.says)}</li>" for option in question.options)
    right = question.options[question.right]
    shown = f"<pre class='output'>{escape(question.shows.strip())}</pre>" if question.shows else ""
    body = (
        f"<p>{as_html(question.asks)}</p>{shown}<ol type='A'>{options}</ol>"
        f"<p class='fragment answer'><b>{LETTERS[question.right]}.</b> {as_html(right.why)}</p>"
    )
    reasons = "\n\n".join(
        f"{letter}: {option.why}" for letter, option in zip(LETTERS, question.options, strict=False) if not option.right
    )
    return Slide(
        f"Question {number}", Markup(body), "question", f"Let the room vote by hands, then go on.\n\n{reasons}"
    )


def _inline(script: str) -> str:
    """A script inside a page must not hold the mark that ends it."""
    return script.replace("</script", "<\\/script")
