"""Turns what a student hands over into the kind of value that a check needs, or says what is wrong with it."""

from __future__ import annotations

import itertools
import linecache
import math
import numbers
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from course_utils.checks.limit import TookTooLong
from course_utils.checks.same import near
from course_utils.checks.wrong import Said, WrongAnswer, WrongForm, shown, shown_call

LONGEST = 1_000_000  # what a list may hold: a generator may have no end


def as_number(value: object, name: str, *, whole: bool = False, low: float = -math.inf, high: float = math.inf):
    """Return an int or a float. Takes a Python number, a NumPy scalar, or an array or tensor that holds one."""
    kind = "a whole number" if whole else "a number"
    if hasattr(value, "item") and getattr(value, "size", 1) is not None:
        try:
            value = value.item()
        except (ValueError, RuntimeError, NotImplementedError, TypeError):
            raise WrongForm(f"{kind} in `{name}`", value, "many values: which one is asked for?") from None
    if isinstance(value, str):
        raise WrongForm(f"{kind} in `{name}`", value, "a text; write the number without quotes")
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise WrongForm(f"{kind} in `{name}`", value, _call_it(value))
    if not math.isfinite(value):
        raise WrongForm(f"{kind} in `{name}`", value, "a division by zero, or a mean over nothing?")
    if whole and value != int(value):
        raise WrongForm(f"{kind} in `{name}`", value, "something is counted here: divide nothing, or round")
    if not low <= value <= high:
        slip = "a count or a percentage? Give the share, between 0 and 1" if high == 1 and value > 1 else ""
        least, most = f", at least {low:g}" * (low > -math.inf), f", at most {high:g}" * (high < math.inf)
        raise WrongAnswer(f"{kind} in `{name}`{least}{most}", value, slip)
    return int(value) if whole else float(value)


def as_tensor(value: object, name: str, *, shape: tuple | None = None, slips: Mapping[tuple, str] | None = None):
    """Return a torch tensor on the CPU. Takes tensors, NumPy arrays, Series, and (nested) lists of numbers.

    `shape` may hold None where any length will do. `slips` maps a wrong shape to the slip behind it.
    """
    import torch

    if isinstance(value, torch.Tensor) and value.device.type == "meta":
        raise WrongForm(f"a tensor with numbers in `{name}`", value, "a meta tensor has a shape and no numbers")
    try:
        tensor = value.detach().cpu() if isinstance(value, torch.Tensor) else torch.as_tensor(_plain(value))
    except (TypeError, ValueError, RuntimeError):
        raise WrongForm(f"a tensor of numbers in `{name}`", value, _call_it(value) or _ragged(value)) from None
    if shape is not None and not _fits(tuple(tensor.shape), shape):
        slip = (slips or {}).get(tuple(tensor.shape), "")
        raise WrongForm(f"the shape {_shape_words(shape)} in `{name}`", value, slip)
    return tensor


def as_list(value: object, name: str, *, length: int | None = None, of: type | None = None) -> list:
    """Return a list. Takes lists, tuples, arrays, Series, tensors and dataset columns; refuses a single text."""
    what = "a list" if of is None else f"a list of {'texts' if of is str else 'numbers'}"
    if isinstance(value, str | bytes | Mapping) or not hasattr(value, "__iter__"):
        raise WrongForm(f"{what} in `{name}`", value, _call_it(value))
    if isinstance(value, set):
        raise WrongForm(f"{what} in `{name}`", value, "a set has no order, and forgets what comes twice")
    try:
        made = value.tolist() if hasattr(value, "tolist") else list(itertools.islice(value, LONGEST))
    except (TypeError, ValueError, RuntimeError, NotImplementedError):
        raise WrongForm(f"{what} in `{name}`", value) from None
    if not isinstance(made, list):
        raise WrongForm(f"{what} in `{name}`", value, "one number; which ones belong into the list?")
    if length is not None and len(made) != length:
        raise WrongForm(f"{length} entries in `{name}`", Said("1 entry" if len(made) == 1 else f"{len(made)} entries"))
    for entry in made:
        if of is not None and not isinstance(entry, numbers.Real if of is float else of):
            raise WrongForm(f"{what} in `{name}`", Said(f"a list that holds {shown(entry)}"))
    return made


def as_choice(value: object, name: str, choices: Sequence[str]) -> str:
    """Return one of the choices. Capital letters, spaces, dots and brackets around it do not matter."""
    listed = ", ".join(f'"{choice}"' for choice in choices)
    if not isinstance(value, str):
        slip = "one text, not several in a list" if isinstance(value, list | tuple | set) else "put it in quotes"
        raise WrongForm(f"one of {listed} in `{name}`", value, slip)
    plain = " ".join(value.strip(" .()\"'").lower().split())
    for choice in choices:
        if plain == choice.lower():
            return choice
    raise WrongForm(f"one of {listed} in `{name}`", value)


def as_text(value: object, name: str) -> str:
    """Return a text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise WrongForm(f"a text in `{name}`", value, _call_it(value))
    return value


def as_function(value: object, name: str) -> Callable:
    """Return something that can be called."""
    if not callable(value):
        slip = "did you call it? Hand over the function itself, without brackets"
        raise WrongForm(f"the function `{name}`", value, slip)
    return value


def call(function: Callable, *arguments, name: str = "", **options):
    """Call a student's function. Raises WrongForm where it raises, or returns nothing."""
    name = name or getattr(function, "__name__", "your function")
    given = shown_call(name, arguments)
    try:
        result = function(*arguments, **options)
    except (KeyboardInterrupt, TookTooLong):
        raise
    except BaseException as error:
        said = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        raise WrongForm(f"that `{name}` returns something", Said(said), _where(error), given=given) from None
    if result is None:
        slip = "does it end with `return`? And is there a value behind it?"
        raise WrongForm(f"that `{name}` returns something", None, slip, given=given)
    return result


def _where(error: BaseException) -> str:
    """Name the line of the student's own cell that raised, where Python knows it."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _of_a_cell(frame.filename)]
    line = linecache.getline(frames[-1].filename, frames[-1].lineno).strip() if frames else ""
    return f"it stopped in line {frames[-1].lineno} of a cell: `{line}`" if line else ""


def _of_a_cell(filename: str) -> bool:
    return "ipykernel" in filename or filename.startswith("<ipython")


def suspect(received: object, suspects: Mapping[str, object], tolerance: float = 1e-6) -> str:
    """Return the words of the first suspect that is what was received: the slip behind it, or nothing."""
    return next((words for words, value in suspects.items() if near(received, value, tolerance)), "")


@dataclass(frozen=True)
class Part:
    """One part of a prediction: what is right, how it is read, and slip -> the wrong answer that the slip leads to."""

    right: object
    slips: Mapping[str, object] = field(default_factory=dict)
    read: Callable[[object, str], object] = as_number
    tolerance: float = 1e-6


def predict(answers: object, name: str, parts: Mapping[str, Part]) -> None:
    """Judge a dict of predictions. Raises WrongForm where one is missing or odd, WrongAnswer where one is wrong."""
    if not isinstance(answers, Mapping) or not parts.keys() <= set(answers):
        keys = ", ".join(f'"{key}"' for key in parts)
        raise WrongForm(f"a dict with the keys {keys} in `{name}`", answers, "keep the dict of the cell; fill it in")
    found = {key: part.read(answers[key], key) for key, part in parts.items()}
    for key, part in parts.items():
        if not near(found[key], part.right, part.tolerance):
            slip = suspect(found[key], part.slips, part.tolerance)
            raise WrongAnswer(f"another answer for `{key}`", answers[key], slip)


def _plain(value: object):
    return value.to_numpy() if hasattr(value, "to_numpy") else value


def _call_it(value: object) -> str:
    function = callable(value) and not hasattr(value, "named_parameters")
    return "a function; call it, with brackets" if function else ""


def _ragged(value: object) -> str:
    rows = isinstance(value, list | tuple) and {len(row) for row in value if isinstance(row, list | tuple)}
    return "rows of different lengths make no tensor" if rows and len(rows) > 1 else ""


def _fits(shape: tuple, wanted: tuple) -> bool:
    return len(shape) == len(wanted) and all(want in (None, have) for have, want in zip(shape, wanted, strict=True))


def _shape_words(shape: tuple) -> str:
    inside = ", ".join("any" if length is None else str(length) for length in shape)
    return f"({inside}{',' if len(shape) == 1 else ''})"
