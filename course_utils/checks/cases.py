"""Judges a function by what it returns for several inputs, beside what a right one and what known slips return."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Collection, Mapping, Sequence

from course_utils.checks.same import near
from course_utils.checks.values import as_function, call
from course_utils.checks.wrong import WrongAnswer, shown, shown_call


def judge(
    function: Callable,
    name: str,
    cases: Sequence[tuple],
    right: Callable,
    *,
    slips: Mapping[str, Callable] | None = None,
    read: Callable[[object], object] = lambda made: made,
    tolerance: float = 1e-6,
    may_change: Collection[str] = (),
) -> None:
    """Call `function` with each of the `cases`, the smallest first. Raises WrongAnswer for the first that differs.

    `right` and the functions of `slips` take the same arguments as `function`; a slip is named only where it returns
    what the answer returns, in all cases. `read` makes what came comparable, or raises WrongForm. The arguments are
    copies, and must stay as they are, but for those whose names are in `may_change`.
    """
    as_function(function, name)

    def made_of(case: tuple) -> object:
        return _made(function, name, right, case, read, may_change)

    found: list[object] = []
    for case in cases:
        made, wanted = made_of(case), right(*copy.deepcopy(case))
        found.append(made)
        if not near(made, wanted, tolerance):
            found += [_or_nothing(made_of, other) for other in cases[len(found) :]]
            slip = _behind(found, cases, slips or {}, tolerance)
            raise WrongAnswer(shown(wanted), made, slip, given=shown_call(name, case))


def unchanged(before: object, after: object, name: str, argument: str, given: str = "") -> None:
    """Raise WrongAnswer where an argument is not what it was before the call. `given`: the call, for the message."""
    if not near(before, after, 0):
        said, slip = f"that `{name}` leaves `{argument}` as it is: {shown(before)}", "work on a copy, or make a new one"
        raise WrongAnswer(said, after, f"something changes `{argument}` itself; {slip}", given=given)


def _made(function: Callable, name: str, right: Callable, case: tuple, read: Callable, may_change: Collection[str]):
    arguments = copy.deepcopy(case)
    made = call(function, *arguments, name=name)
    made = copy.deepcopy(made) if any(made is each for each in arguments) else made
    try:
        result = read(made)
    except WrongAnswer as wrong:
        wrong.given = wrong.given or shown_call(name, case)
        raise
    for argument, before, after in zip(inspect.signature(right).parameters, case, arguments, strict=False):
        if argument not in may_change:
            unchanged(before, after, name, argument, given=shown_call(name, case))
    return result


def _behind(found: list, cases: Sequence[tuple], slips: Mapping[str, Callable], tolerance: float) -> str:
    """Return the words of the first slip that returns what was found, in all cases."""
    for words, slip in slips.items():
        given = (_or_nothing(lambda case, slip=slip: slip(*copy.deepcopy(case)), case) for case in cases)
        if all(near(made, each, tolerance) for made, each in zip(found, given, strict=True)):
            return words
    return ""


def _or_nothing(work: Callable[[tuple], object], case: tuple) -> object:
    """Return what the work makes of a case, or NotImplemented where it cannot do it."""
    try:
        return work(case)
    except Exception:
        return NotImplemented
