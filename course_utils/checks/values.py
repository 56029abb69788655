"""Turns what a student hands over into the kind of value that a check needs, or says what is wrong with it."""

from __future__ import annotations

import itertools
import math
import numbers
from collections.abc import Callable, Mapping, Sequence

from course_utils.checks.limit import TookTooLong
from course_utils.checks.wrong import Said, WrongAnswer, shown

LONGEST = 1_000_000  # what a list may hold: a generator may have no end


def as_number(value: object, name: str, *, whole: bool = False, low: float = -math.inf, high: float = math.inf):
    """Return an int or a float. Takes a Python number, a NumPy scalar, or an array or tensor that holds one."""
    kind = "a whole number" if whole else "a number"
    if hasattr(value, "item") and getattr(value, "size", 1) is not None:
        try:
            value = value.item()
        except (ValueError, RuntimeError, NotImplementedError, TypeError):
            raise WrongAnswer(f"{kind} in `{name}`", value, "many values: which one is asked for?") from None
    if isinstance(value, str):
        raise WrongAnswer(f"{kind} in `{name}`", value, "a text; write the number without quotes")
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise WrongAnswer(f"{kind} in `{name}`", value, _call_it(value))
    if not math.isfinite(value):
        raise WrongAnswer(f"{kind} in `{name}`", value, "a division by zero, or a mean over nothing?")
    if whole and value != int(value):
        raise WrongAnswer(f"{kind} in `{name}`", value, "something is counted here: divide nothing")
    if not low <= value <= high:
        percent = high == 1 and 1 < value <= 100
        slip = "a percentage? Give the share, between 0 and 1" if percent else "look at the unit that the card asks for"
        raise WrongAnswer(f"{kind} from {low:g} to {high:g} in `{name}`", value, slip)
    return int(value) if whole else float(value)


def as_tensor(value: object, name: str, *, shape: tuple | None = None, slips: Mapping[tuple, str] | None = None):
    """Return a torch tensor on the CPU. Takes tensors, NumPy arrays, Series, and (nested) lists of numbers.

    `shape` may hold None where any length will do. `slips` maps a wrong shape to the slip behind it.
    """
    import torch

    if isinstance(value, torch.Tensor) and value.device.type == "meta":
        raise WrongAnswer(f"a tensor with numbers in `{name}`", value, "a meta tensor has a shape and no numbers")
    try:
        tensor = value.detach().cpu() if isinstance(value, torch.Tensor) else torch.as_tensor(_plain(value))
    except (TypeError, ValueError, RuntimeError):
        raise WrongAnswer(f"a tensor of numbers in `{name}`", value, _call_it(value) or _ragged(value)) from None
    if shape is not None and not _fits(tuple(tensor.shape), shape):
        slip = (slips or {}).get(tuple(tensor.shape), "")
        raise WrongAnswer(f"the shape {_shape_words(shape)} in `{name}`", value, slip)
    return tensor


def as_list(value: object, name: str, *, length: int | None = None, of: type | None = None) -> list:
    """Return a list. Takes lists, tuples, arrays, Series, tensors and dataset columns; refuses a single text."""
    what = "a list" if of is None else f"a list of {'texts' if of is str else 'numbers'}"
    if isinstance(value, str | bytes | Mapping) or not hasattr(value, "__iter__"):
        raise WrongAnswer(f"{what} in `{name}`", value, _call_it(value))
    if isinstance(value, set):
        raise WrongAnswer(f"{what} in `{name}`", value, "a set has no order, and forgets what comes twice")
    try:
        made = value.tolist() if hasattr(value, "tolist") else list(itertools.islice(value, LONGEST))
    except (TypeError, ValueError, RuntimeError, NotImplementedError):
        raise WrongAnswer(f"{what} in `{name}`", value) from None
    if not isinstance(made, list):
        raise WrongAnswer(f"{what} in `{name}`", value, "one number; which ones belong into the list?")
    if length is not None and len(made) != length:
        raise WrongAnswer(f"{length} entries in `{name}`", Said(f"{len(made)} entries"))
    for entry in made:
        if of is not None and not isinstance(entry, numbers.Real if of is float else of):
            raise WrongAnswer(f"{what} in `{name}`", Said(f"a list that holds {shown(entry)}"))
    return made


def as_choice(value: object, name: str, choices: Sequence[str]) -> str:
    """Return one of the choices. Capital letters, spaces, dots and brackets around it do not matter."""
    listed = ", ".join(f'"{choice}"' for choice in choices)
    if not isinstance(value, str):
        raise WrongAnswer(f"one of {listed} in `{name}`", value, "put it in quotes")
    plain = value.strip(" .()\"'").lower()
    for choice in choices:
        if plain == choice.lower():
            return choice
    raise WrongAnswer(f"one of {listed} in `{name}`", value)


def as_text(value: object, name: str) -> str:
    """Return a text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise WrongAnswer(f"a text in `{name}`", value, _call_it(value))
    return value


def as_function(value: object, name: str) -> Callable:
    """Return something that can be called."""
    if not callable(value):
        slip = "did you call it? Hand over the function itself, without brackets"
        raise WrongAnswer(f"the function `{name}`", value, slip)
    return value


def call(function: Callable, *arguments, **options):
    """Call a student's function. Raises WrongAnswer where it raises, or returns nothing."""
    name = getattr(function, "__name__", "your function")
    try:
        result = function(*arguments, **options)
    except (KeyboardInterrupt, TookTooLong):
        raise
    except BaseException as error:
        said = " ".join(str(error).split()) if str(error) else ""
        raise WrongAnswer(
            f"that `{name}` returns something when it gets {', '.join(shown(each) for each in arguments)}",
            Said(f"{type(error).__name__}: {said[:200]}"),
            "call it yourself with such a value, in a new cell, and read where it stops",
        ) from None
    if result is None:
        raise WrongAnswer(f"that `{name}` returns something", None, "does it end with `return`?")
    return result


def suspect(received: object, suspects: Mapping[str, object]) -> str:
    """Return the words of the first suspect that equals what was received: a likely slip, or nothing."""
    return next((words for words, value in suspects.items() if value == received), "")


def _plain(value: object):
    return value.to_numpy() if hasattr(value, "to_numpy") else value


def _call_it(value: object) -> str:
    return "a function; call it, with brackets" if callable(value) else ""


def _ragged(value: object) -> str:
    rows = isinstance(value, list | tuple) and {len(row) for row in value if isinstance(row, list | tuple)}
    return "rows of different lengths make no tensor" if rows and len(rows) > 1 else ""


def _fits(shape: tuple, wanted: tuple) -> bool:
    return len(shape) == len(wanted) and all(want in (None, have) for have, want in zip(shape, wanted, strict=True))


def _shape_words(shape: tuple) -> str:
    inside = ", ".join("any" if length is None else str(length) for length in shape)
    return f"({inside}{',' if len(shape) == 1 else ''})"
