"""Grades the graders: every known right and wrong answer to a sheet, its stub, mutants, and what nobody should hand in.

    python -m tests.grade_the_graders SHEET [EXERCISE]

Prints one JSON object for each judged answer. The answers are in lessons/SLUG/answers.py: cells with
`exercise="NAME"` and one of

- `right="..."`
- `wrong="..." says="..."`, a part of what the check must say
- `equivalent="reason"`: mutants that are no mistake, as `tests.mutants` shows them, in comments, a blank line between

A right or wrong one may be an edit of the solution: `old="..." new="..."` in place of code.
"""

import contextlib
import io
import json
import os
import re
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial

import jupytext
import nbformat
from nbformat import NotebookNode

from course_tools.building.render import render
from course_tools.project import ROOT, Sheet, find_scripts
from course_utils.checks import limit as limit_module
from course_utils.checks import sheet as sheet_module
from course_utils.checks.sheet import Exercise
from course_utils.checks.wrong import WrongAnswer
from tests.mutants import CHANGED, FIRST, FROZEN, IGNORED, SPOIL, FirstSeen, Spoil, mutants, solution_in

PATIENT_SECONDS = 60  # for real answers: the machine may be busy
MUTANT_SECONDS = 5  # many a mutant never ends
IMPATIENT_SECONDS = 0.3  # for what never ends: what holds with this limit holds with the real one


@dataclass
class Verdict:
    """How one answer was judged. `expected` is what the check should have said: right or not."""

    sheet: str
    exercise: str
    answer: str
    expected: bool
    accepted: bool
    message: str
    cpu_seconds: float
    says: str = ""
    tells: bool = False  # the words hold the answer itself
    kind: str = "by hand"  # or a mutant, an equivalent one, strange

    @property
    def fine(self) -> bool:
        """True where the answer was judged as it should be, with the words that it should get, and no others."""
        return self.accepted == self.expected and self.says in self.message and not self.tells


def judge(sheet: Sheet, only: str = "") -> Iterator[Verdict]:
    """Judge all answers to one sheet, or to one exercise of it.

    Imports what the sheet imports, and writes into the working directory.
    """
    stubs = {
        cell.metadata.answer: cell.source
        for cell in nbformat.read(sheet.page, as_version=4).cells
        if "answer" in cell.metadata
    }
    answers = jupytext.read(sheet.answers).cells
    space: dict = {"__name__": "__main__"}
    solution = ""
    for cell in (cell for cell in render(sheet).cells if cell.cell_type == "code"):
        if "answer" in cell.metadata:
            solution = cell.source
        elif "check" not in cell.metadata:
            run(cell.source, space)  # an error here is an error of the sheet
        elif only in ("", cell.metadata.check):
            name = cell.metadata.check
            run(cell.source.splitlines()[0], space)  # the checks themselves
            theirs = [answer for answer in answers if answer.metadata.get("exercise") == name]
            tried = [("the reference solution", solution, True, ""), ("the untouched stub", stubs[name], False, "")]
            tried += [by_hand(answer, solution) for answer in theirs if "equivalent" not in answer.metadata]
            hidden = secrets_of(name, solution, space)
            limit(PATIENT_SECONDS)
            for label, code, right, says in tried:
                verdict = _judged(sheet, cell, space, label, code, right, says)
                hints = "\n".join(getattr(space["check"], name).hints)
                verdict.tells = not right and told(f"{verdict.message}\n{hints}", hidden)
                yield verdict
            yield from _mutated(sheet, cell, space, solution, listed(theirs))
            yield from _strange(sheet, getattr(space["check"], name))


def limit(seconds: float) -> None:
    """Set what a check may take, of the processor and in standing still."""
    sheet_module.SECONDS, limit_module.IDLE_SECONDS = seconds, seconds


def by_hand(answer: NotebookNode, solution: str) -> tuple[str, str, bool, str]:
    """Return label, code, right and words of an answer, which may be an edit of the solution."""
    right = "right" in answer.metadata
    code = answer.source
    if "old" in answer.metadata:
        whole, old = solution_in(solution), answer.metadata["old"]
        if whole.count(old) != 1:
            raise ValueError(f"{old!r} stands {whole.count(old)} times in the solution, not once:\n{whole}")
        code = whole.replace(old, answer.metadata["new"])
    return answer.metadata["right" if right else "wrong"], code, right, answer.metadata.get("says", "")


def listed(answers: list[NotebookNode]) -> dict[str, str]:
    """Return change -> reason, of the mutants that are no mistake."""
    return {
        "\n".join(line.removeprefix("# ") for line in change.splitlines()): answer.metadata.equivalent
        for answer in answers
        if "equivalent" in answer.metadata
        for change in re.split(r"\n\s*\n", answer.source.strip())
    }


def _mutated(sheet: Sheet, cell: NotebookNode, space: dict, solution: str, equivalent: dict[str, str]):
    """Judge the mutants of the solution, then name what is listed and no mutant of it (any more)."""
    limit(MUTANT_SECONDS)
    shown = solution.partition("### END SOLUTION")[2]
    for mutant in mutants(solution):
        spoil, kind = Spoil(), "equivalent" if mutant.change in equivalent else "mutant"
        own = {**space, FIRST: FirstSeen(), SPOIL: spoil}
        code = mutant.code
        if mutant.kind in (IGNORED, FROZEN):  # it is the first call in the notebook that it remembers
            code += f"\ntry:\n    pass\n{textwrap.indent(shown, '    ')}\nexcept Exception:\n    pass"
        label = f"{mutant.kind}:\n{mutant.change}"
        verdict = _judged(sheet, cell, own, label, code, kind == "equivalent", kind=kind)
        if mutant.kind != CHANGED or spoil.done:
            equivalent.pop(mutant.change, None)
            yield verdict
    for change in equivalent:
        yield Verdict(sheet.name, cell.metadata.check, f"listed, but no mutant:\n{change}", True, False, "", 0)


def secrets_of(name: str, solution: str, space: dict) -> set[str]:
    """Return how the parts of the right answer look when they are printed, if nobody would print them by chance."""
    own = dict(space)
    run(solution, own)
    answer = own.get(name)
    parts = answer.values() if isinstance(answer, dict) else [answer]
    shown = {repr(part) for part in parts if isinstance(part, list | tuple | int | float)}
    return {text for text in shown if len(text) > 2}


def told(message: str, hidden: set[str]) -> bool:
    """Return whether the words of a check hold a part of the answer; what the student handed in does not count."""
    words = "\n".join(line for line in message.splitlines() if not line.startswith("  received: "))
    return any(re.search(rf"(?<![\w.]){re.escape(text)}(?![\w.]*\d)", words) for text in hidden)


def run(code: str, space: dict) -> None:
    """Run a cell."""
    exec(compile(code, "<cell>", "exec"), space)


def _judged(
    sheet: Sheet, cell: NotebookNode, space: dict, label: str, answer: str, right: bool, says="", kind="by hand"
) -> Verdict:
    own, trouble = dict(space), ""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            limit_module.within(sheet_module.SECONDS, lambda: run(answer, own))
    except (Exception, limit_module.TookTooLong) as error:  # nbgrader goes on to the check, too
        trouble = f"the answer itself raised {type(error).__name__}: {error}\n"
    verdict = _verdict(sheet, cell.metadata.check, label, right, says, lambda: run(cell.source, own), kind)
    verdict.message = trouble + verdict.message
    if trouble and (right or label == "the untouched stub"):
        verdict.accepted = not right
    elif trouble and cell.metadata.check not in own:  # in a notebook, the dots of the cell would be left
        verdict.accepted = False
    return verdict


def _verdict(sheet: Sheet, name: str, label: str, right: bool, says: str, check, kind: str) -> Verdict:
    accepted, said, started = True, io.StringIO(), time.process_time()
    try:
        with contextlib.redirect_stdout(said):
            check()
    except WrongAnswer as wrong:
        accepted, message = False, str(wrong)
    except BaseException as error:  # a check must never do this: neither accepted nor refused
        accepted, message = not right, f"{type(error).__name__} out of the check itself: {error}"
    else:
        message = said.getvalue()
    seconds = round(time.process_time() - started, 2)
    return Verdict(sheet.name, name, label, right, accepted, message, seconds, says, kind=kind)


def _strange(sheet: Sheet, exercise: Exercise) -> Iterator[Verdict]:
    """Hand over what nobody should: each must be refused in words, in time."""
    count = len(exercise.answers)
    limit(IMPATIENT_SECONDS)
    for label, value in strange_values().items():
        call = partial(exercise, *[value] * count)
        yield _verdict(sheet, exercise.name, f"handed {label}", False, "", call, "strange")


def strange_values() -> dict[str, object]:
    """Return label -> a thing that is the answer to no exercise."""
    import numpy as np
    import pandas as pd
    import torch

    return {
        "None": None,
        "three dots": ...,
        "an empty list": [],
        "an empty dict": {},
        "a long list of None": [None] * 1000,
        "a list in a list in a list": [[[]]],
        "a text": "I do not know",
        "bytes": b"\x00\xff",
        "a huge number": 10**400,
        "not a number": float("nan"),
        "minus infinity": float("-inf"),
        "True": True,
        "an empty tensor": torch.empty(0),
        "a tensor of the wrong dtype": torch.ones(3, 4, dtype=torch.complex64),
        "a tensor on another device": torch.ones(4, 31, device="meta"),
        "a model on another device": torch.nn.Linear(2, 2, device="meta"),
        "a module": np,
        "an array of objects": np.array([None, "a", 1], dtype=object),
        "a DataFrame": pd.DataFrame({"a": [1]}),
        "a class": Raises,
        "an object that raises": Raises(),
        "a function that raises": _raises,
        "a function that leaves": lambda *_, **__: sys.exit(0),
        "a function that returns an object that raises": lambda *_, **__: Raises(),
        "a function that never ends": _never_ends,
        "a function that catches everything": _catches_everything,
        "a generator without an end": iter(int, 1),
    }


class Raises:
    """Raises whatever one does with it."""

    def __getattribute__(self, name):
        raise RuntimeError("do not touch me")

    def _raise(self, *_, **__):
        raise RuntimeError("do not touch me")

    __repr__ = __str__ = __len__ = __iter__ = __eq__ = __bool__ = __call__ = __getitem__ = __hash__ = _raise


def _raises(*_, **__):
    raise KeyError("no such thing")


def _never_ends(*_, **__):
    while True:
        pass


def _catches_everything(*_, **__):
    end = time.monotonic() + 8
    while time.monotonic() < end:
        try:
            time.sleep(0.1)
        except BaseException:
            continue


def main() -> None:
    """Judge the sheet named on the command line, or one exercise of it, in a folder of its own."""
    _, [sheet] = find_scripts([sys.argv[1]])
    out = os.fdopen(os.dup(1), "w")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        with contextlib.redirect_stdout(io.StringIO()):
            for verdict in judge(sheet, *sys.argv[2:]):
                print(json.dumps({**asdict(verdict), "fine": verdict.fine}), file=out, flush=True)
        os.chdir(ROOT)


if __name__ == "__main__":
    main()
