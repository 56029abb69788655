"""A sheet of exercises: it judges answers, unfolds hints, and keeps a student's progress across restarts."""

from __future__ import annotations

import contextlib
import inspect
import io
import json
import os
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from course_utils.checks.limit import TookTooLong, within
from course_utils.checks.wrong import Said, WrongAnswer
from course_utils.outline import entry, place

# A check takes less than five seconds, whatever it is handed. Grading, on a machine that may be busy, allows more.
SECONDS = float(os.environ.get("COURSE_CHECK_SECONDS", "4.5"))


class Sheet:
    """The exercises that belong to one lesson, in their order."""

    def __init__(self, lesson: str):
        """`lesson` is the lesson's slug, as in `tokenization`."""
        self.lesson = lesson
        found = entry(lesson)
        self.number = f"{found.number:02}" if found else lesson
        self.exercises: dict[str, Exercise] = {}
        self.file = Path("work").absolute() / f"{lesson}_exercises" / "progress.json"

    def exercise(self, *, section: str, hints: Sequence[str]):
        """Make an Exercise of a function that returns praise or raises WrongAnswer.

        `section` is the heading in the lesson that the last hint names.
        """

        def decorate(judge: Callable[..., str]) -> Exercise:
            where = f"Read {place(self.lesson)} again, the part “{section}”."
            made = Exercise(self, judge, [*hints, where], section)
            self.exercises[made.name] = made
            return made

        return decorate

    def keep(self, name: str, right: bool) -> str:
        """Note how an exercise was judged last, and return the progress as one line."""
        judged = self._read()
        judged[name] = right
        with contextlib.suppress(OSError):  # a full or locked disk must not turn a right answer into an error
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_text(json.dumps(judged), encoding="utf-8")
        marks = "".join("■" if judged.get(each) else "□" for each in self.exercises)
        return f"  sheet {self.number}: {marks} {marks.count('■')} of {len(marks)} right"

    def _read(self) -> dict[str, bool]:
        try:
            kept = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {name: right is True for name, right in kept.items()} if isinstance(kept, dict) else {}


class Exercise:
    """One exercise. Call it with the answer; `hint()` says a little more with each call."""

    def __init__(self, sheet: Sheet, judge: Callable[..., str], hints: list[str], section: str):
        self.sheet, self.judge, self.hints, self.section = sheet, judge, hints, section
        self.name = judge.__name__
        self.hints_given = 0

    def __call__(self, *answers: object, hidden: bool = False) -> None:
        """Print one line of praise for a right answer. Raises WrongAnswer, and nothing else, for any other.

        `hidden` asks for inputs that the student does not see; grading uses it.
        """
        praise, wrong = self._judged(answers, hidden)
        progress = self.sheet.keep(self.name, wrong is None)
        if wrong:
            wrong.name = self.name
            raise wrong
        if not hidden:
            print(f"✓ {praise}\n{progress}")

    def hint(self) -> None:
        """Print the next hint; after the last one, the last one again."""
        number = min(self.hints_given + 1, len(self.hints))
        self.hints_given = number
        print(f"Hint {number} of {len(self.hints)}: {self.hints[number - 1]}")

    def _judged(self, answers: tuple, hidden: bool) -> tuple[str, WrongAnswer | None]:
        names = [name for name in inspect.signature(self.judge).parameters if name != "hidden"]
        if len(answers) != len(names):
            return "", WrongAnswer(f"the cell as it was: check.{self.name}({', '.join(names)})", Said("another call"))
        for name, answer in zip(names, answers, strict=True):
            if unanswered(answer):
                return "", WrongAnswer(
                    f"your answer in `{name}`", Said("three dots"), "you have not answered yet: replace the dots"
                )
        options = {"hidden": hidden} if "hidden" in inspect.signature(self.judge).parameters else {}
        try:
            with quiet():
                return within(SECONDS, lambda: self.judge(*answers, **options)), None
        except WrongAnswer as wrong:
            return "", wrong.with_traceback(None)
        except KeyboardInterrupt:
            raise
        except TookTooLong:
            return "", WrongAnswer(
                "an answer that is judged in a few seconds",
                Said(f"nothing after {SECONDS:g} seconds"),
                "a loop that never ends, or far too much work?",
            )
        except BaseException as error:  # whatever a student's object does, the student gets words
            return "", WrongAnswer(
                "an answer that the check can use",
                Said(f"an object of type {type(answers[0]).__name__}; using it raised {type(error).__name__}"),
                "is it of another kind than the card asks for?",
            )


def unanswered(answer: object) -> bool:
    """True where the answer is `...`, or holds it: what the card puts where an answer belongs."""
    if type(answer) is dict:
        answer = list(answer.values())
    return answer is ... or (type(answer) in (list, tuple) and any(entry is ... for entry in answer))


@contextlib.contextmanager
def quiet():
    """Swallow warnings and progress bars: to nbgrader, anything on standard error is a wrong answer."""
    with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
