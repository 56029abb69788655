"""A sheet of exercises: it judges answers, unfolds hints, and keeps a student's progress across restarts."""

from __future__ import annotations

import contextlib
import inspect
import io
import logging
import os
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from course_utils.checks.cells import Cells
from course_utils.checks.limit import TookTooLong, within
from course_utils.checks.progress import Progress
from course_utils.checks.wrong import Said, WrongAnswer, WrongForm
from course_utils.outline import entry, place

# Of the processor. A check takes less than five, the rest is for the answer.
SECONDS = float(os.environ.get("COURSE_CHECK_SECONDS", "20"))


class Sheet:
    """The exercises that belong to one lesson, in their order."""

    def __init__(self, lesson: str):
        """`lesson` is the lesson's slug, as in `tokenization`."""
        self.lesson = lesson
        found = entry(lesson)
        self.number = f"{found.number:02}" if found else lesson
        self.exercises: dict[str, Exercise] = {}
        self.progress = Progress(Path("work").absolute() / f"{lesson}_exercises" / "progress.json")
        self.cells = Cells()

    def exercise(self, *, section: str, hints: Sequence[str], form_point: bool = True):
        """Make an Exercise of a function that returns praise or raises WrongAnswer.

        `section` is the heading in the lesson that the last hint names. `form_point`: whether a wrong answer that has
        the right form earns a point. It does not in a bug hunt, which hands out the form, nor where one point is all.
        """

        def decorate(judge: Callable[..., str]) -> Exercise:
            where = f"Read {place(self.lesson)} again, the part “{section}”."
            made = Exercise(self, judge, [*hints, where], section, form_point)
            self.exercises[made.name] = made
            self.cells.names |= set(made.answers)
            return made

        return decorate

    def begin(self) -> None:
        """Print the progress so far, if there is any."""
        if self.progress.read():
            print(f"You have been here before. {self.line().strip().capitalize()}")

    def line(self) -> str:
        """Return the progress in one line."""
        return f"  sheet {self.number}: {self.progress.line(list(self.exercises))}"


class Exercise:
    """One exercise. Call it with the answer; `hint()` says a little more with each call."""

    def __init__(self, sheet: Sheet, judge: Callable[..., str], hints: list[str], section: str, form_point: bool):
        self.sheet, self.judge, self.hints, self.section, self.form_point = sheet, judge, hints, section, form_point
        self.name = judge.__name__
        self.answers = [name for name in inspect.signature(judge).parameters if name != "hidden"]
        self.hints_given = 0
        self._form_only = False  # what the visible half of a graded check has found

    def __call__(self, *answers: object, hidden: bool = False) -> int | None:
        """Print one line of praise for a right answer. Raises WrongAnswer, and nothing else, for any other.

        `hidden` asks for inputs that the student does not see; grading uses it. Where nbgrader grades, a wrong answer
        of the right form earns one point: the words are printed, and the point is returned, which nbgrader reads.
        """
        praise, wrong = self._judged(answers, hidden)
        self.sheet.progress.keep(self.name, wrong is None)
        if wrong:
            wrong.name, wrong.progress = self.name, self.sheet.line()
        elif not hidden:
            print(f"✓ {praise}\n{self.sheet.line()}")
        if os.environ.get("NBGRADER_EXECUTION") == "autograde" and self.form_point:
            return self._points(wrong, hidden)
        if wrong:
            raise wrong
        return None

    def hint(self) -> None:
        """Print the next hint; after the last one, the last one again."""
        number = min(self.hints_given + 1, len(self.hints))
        self.hints_given = number
        print(f"Hint {number} of {len(self.hints)}: {self.hints[number - 1]}")

    def _points(self, wrong: WrongAnswer | None, hidden: bool) -> int | None:
        """Return the point for the form, or None for all points. The hidden half cannot better the visible one."""
        form_before = hidden and self._form_only
        self._form_only = wrong is not None and wrong.form
        if wrong and not wrong.form and not form_before:
            raise wrong
        if wrong:
            print(wrong)
        return 1 if wrong or form_before else None

    def _judged(self, answers: tuple, hidden: bool) -> tuple[str, WrongAnswer | None]:
        if fault := self._not_given(answers):
            return "", fault
        options = {"hidden": hidden} if "hidden" in inspect.signature(self.judge).parameters else {}
        try:
            with quiet():
                return within(SECONDS, lambda: self.judge(*answers, **options)), None
        except WrongAnswer as wrong:
            return "", wrong.with_traceback(None)
        except KeyboardInterrupt:
            raise
        except TookTooLong:
            slip = "a loop that never ends, or far too much work?"
            said = Said(f"nothing after {SECONDS:g} seconds of work")
            return "", WrongForm("an answer that is judged in a few seconds", said, slip)
        except BaseException as error:  # whatever a student's object does, the student gets words
            said = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            return "", WrongForm(f"something in `{self.name}` that the check can use", Said(said))

    def _not_given(self, answers: tuple) -> WrongForm | None:
        """Return what is wrong where there is nothing to judge."""
        if len(answers) != len(self.answers):
            return WrongForm(f"the cell as it was: check.{self.name}({', '.join(self.answers)})", Said("another call"))
        for name, answer in zip(self.answers, answers, strict=True):
            if error := self.sheet.cells.failed.get(name):
                slip = f"`{name}` still has an older value. Mend the cell above, run it, then run this one"
                return WrongForm(f"a cell with `{name}` that runs", Said(f"a cell that ended with {error}"), slip)
            if unanswered(answer):
                slip = "you have not answered yet: replace the dots" + _which(answer)
                return WrongForm(f"your answer in `{name}`", Said("three dots"), slip)
        return None


def unanswered(answer: object, depth: int = 3) -> bool:
    """True where the answer is `...`, or holds it: what the card puts where an answer belongs."""
    if type(answer) is dict:
        answer = list(answer.values())
    inside = answer if type(answer) in (list, tuple) and depth else ()
    return answer is ... or any(unanswered(entry, depth - 1) for entry in inside)


def _which(answer: object) -> str:
    """Name the keys whose dots are left, where some are filled in."""
    left = [str(key) for key, value in answer.items() if unanswered(value)] if type(answer) is dict else []
    return f" for {', '.join(left)}" if 0 < len(left) < len(answer or ()) else ""


@contextlib.contextmanager
def quiet():
    """Swallow warnings, log lines and progress bars: to nbgrader, anything on standard error is a wrong answer."""
    before = logging.root.manager.disable
    logging.disable()
    try:
        with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
