"""A lesson's quiz: the questions of its `quiz.toml`, asked under a cell, without a network.

Which option is right, the tests decide: they evaluate its `proof` (`course_tools/publishing/proofs.py`).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path

from course_utils.checks.progress import Progress
from course_utils.errors import CourseError
from course_utils.outline import LESSONS

LETTERS = "ABCDEF"
CLOSE = '<div style="line-height: 1.4">{}</div>'  # a widget's own lines stand far apart


@dataclass(frozen=True)
class Option:
    """One answer to choose: what it says, why it is right or wrong, and the expression that decides which."""

    says: str
    why: str
    proof: str
    right: bool = False


@dataclass(frozen=True)
class Question:
    """One question. `section`: the heading of its lesson that answers it. `shows`: code or output to look at.

    `code` is run once before the proofs of its options.
    """

    name: str
    section: str
    asks: str
    options: list[Option]
    shows: str = ""
    code: str = ""

    @property
    def right(self) -> int:
        """The place of the right option, from 0."""
        return next(place for place, option in enumerate(self.options) if option.right)


def file_of(slug: str) -> Path:
    """Return where a lesson's questions lie."""
    return LESSONS / slug / "quiz.toml"


def read(slug: str) -> list[Question]:
    """Return the questions of a lesson. Raises CourseError for a file that is missing or of another form."""
    where = f"lessons/{slug}/quiz.toml"
    try:
        asked = tomllib.loads(file_of(slug).read_text(encoding="utf-8"))["questions"]
        found = [Question(**{**each, "options": [Option(**one) for one in each["options"]]}) for each in asked]
    except (OSError, KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        raise CourseError(f"{where} cannot be read: {error}.") from error
    for each in found:
        if sum(option.right for option in each.options) != 1:
            raise CourseError(f"{where}: the question {each.name!r} needs one option with `right = true`.")
    return found


def as_html(text: str) -> str:
    """Return a text as HTML, with `code` between backticks."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))


def verdict(option: Option) -> str:
    """Return what is said to whoever chose this option, as HTML."""
    return f"<b>{'✓ Right.' if option.right else '✗ No.'}</b> {as_html(option.why)}"


class Quiz:
    """The quiz of a lesson, as the last line of a cell. A click on an option says at once whether it is right, and why.

    Where nothing can be clicked (a stored notebook, the site), each option unfolds. What was answered is kept in
    `work/SLUG/quiz.json`, and `course progress` tells it.
    """

    def __init__(self, slug: str):
        self.questions = read(slug)
        self.progress = Progress(Path("work") / slug / "quiz.json")

    def html(self) -> str:
        """Return all questions, each option folded over its verdict."""
        return "".join(_static(number, each) for number, each in enumerate(self.questions, 1))

    def line(self) -> str:
        """Return how many were answered right, in one line."""
        return self.progress.line([each.name for each in self.questions])

    @cached_property
    def widget(self):
        """The questions with buttons."""
        from ipywidgets import HTML, VBox

        line = HTML(self.line())
        return VBox([*(self._asked(number, each, line) for number, each in enumerate(self.questions, 1)), line])

    def _asked(self, number: int, question: Question, line):
        from ipywidgets import HTML, Button, HBox, Layout, VBox

        said = HTML()

        def row(letter: str, option: Option):
            def chosen(_) -> None:
                said.value = CLOSE.format(f'<p role="status"><b>{letter}</b> {verdict(option)}</p>')
                self.progress.keep(question.name, option.right)
                line.value = self.line()

            button = Button(description=letter, tooltip=option.says, layout=Layout(width="3em", flex="0 0 auto"))
            button.on_click(chosen)
            text = HTML(CLOSE.format(as_html(option.says)))
            return HBox([button, text], layout=Layout(align_items="center"))

        options = [row(*pair) for pair in zip(LETTERS, question.options, strict=False)]
        return VBox([HTML(CLOSE.format(_head(number, question))), *options, said])

    def _repr_mimebundle_(self, **_) -> dict:
        text = "\n".join(f"{number}. {each.asks}" for number, each in enumerate(self.questions, 1))
        try:
            view = self.widget._repr_mimebundle_() or {}
        except ImportError:  # no ipywidgets: the folded form will do
            view = {}
        return {**view, "text/html": self.html(), "text/plain": text}


def _head(number: int, question: Question) -> str:
    shown = f"<pre>{escape(question.shows.strip(), quote=False)}</pre>" if question.shows else ""
    return f"<p><b>{number}.</b> {as_html(question.asks)}</p>{shown}"


def _static(number: int, question: Question) -> str:
    options = "".join(_folded(*pair) for pair in zip(LETTERS, question.options, strict=False))
    return f"<div>{_head(number, question)}{options}</div>"


def _folded(letter: str, option: Option) -> str:
    return f"<details><summary>{letter}. {as_html(option.says)}</summary><p>{verdict(option)}</p></details>"
