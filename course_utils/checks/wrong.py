"""What a check says about a wrong answer, and how it shows what it received, whatever that is."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence

from course_utils.errors import CourseError

LONGEST_SHOWN = 160
ARRAYS = {"ndarray": "array ", "Tensor": "tensor "}
UNKNOWN = "I do not recognise this slip"


class WrongAnswer(CourseError):
    """An answer that is not right yet: what was given, what was expected, what came, and the slip behind it.

    The message never holds the answer. In a notebook the message alone is shown, without our stack.
    """

    form = True  # it runs, and returns what the card asks for: half of the way

    def __init__(self, expected: str, received: object = None, perhaps: str = "", *, given: str = ""):
        """`expected` is in words. `received` is the student's own value, or words in a `Said`.

        `perhaps` names a slip only where the answer is what that slip gives. `given`: the call, where there is one.
        """
        self.given, self.expected, self.received, self.perhaps = given, expected, shown(received), perhaps
        self.name, self.progress = "", ""
        super().__init__(expected)

    def __str__(self) -> str:
        parts = {
            "given": self.given,
            "expected": self.expected,
            "received": self.received,
            "perhaps": self.perhaps or (UNKNOWN if self.form else ""),
            "a hint": f"unfold one below, or run check.{self.name}.hint()" if self.name else "",
        }
        lines = ["Not yet.", *(f"  {part + ':':<9} {words}" for part, words in parts.items() if words)]
        return "\n".join([*lines, self.progress] if self.progress else lines)

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


class WrongForm(WrongAnswer):
    """An answer that does not run, or is of another kind than the card asks for: it cannot be judged further."""

    form = False


class Said(str):
    """Words about what came, to be shown as they are."""


@contextlib.contextmanager
def probed(
    answer: object, probes: Mapping[str, Callable[[object], object]], errors: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Look closer at a wrong answer behind which no slip was found.

    A probe is words -> a function that asks the answer something of its own: its words are said where it returns True.
    `errors` is a part of Python's own error -> the words for it.
    """
    try:
        yield
    except WrongAnswer as wrong:
        if wrong.form and not wrong.perhaps:
            wrong.perhaps = next((words for words, probe in probes.items() if _says_yes(probe, answer)), "")
        elif not wrong.form:
            known = [words for part, words in (errors or {}).items() if part in wrong.received]
            wrong.perhaps = "; ".join(filter(None, [*known[:1], wrong.perhaps]))
        raise


def _says_yes(probe: Callable[[object], object], answer: object) -> bool:
    try:
        return bool(probe(answer))
    except Exception:  # the answer is a student's: it may raise at any touch
        return False


def shown(value: object) -> str:
    """Describe any value in one short line. Never raises, and never prints a whole dataset."""
    try:
        return _cut(_described(value))
    except BaseException as error:  # the value is a student's: even its repr may raise
        if isinstance(error, KeyboardInterrupt):
            raise
        return f"an object of type {type(value).__name__} that cannot be shown"


def shown_call(name: str, arguments: tuple) -> str:
    """Describe a call in one line. A long argument is cut to its share, and to what the short ones leave."""
    texts = [_in_one_line(_as_argument(each)) for each in arguments]
    return f"{name}({', '.join(_cut_together(texts, 2 * LONGEST_SHOWN))})"


def _cut_together(texts: Sequence[str], longest: int) -> list[str]:
    made: dict[int, str] = {}
    for place in sorted(range(len(texts)), key=lambda place: len(texts[place])):
        left = longest - sum(map(len, made.values()))
        made[place] = _cut(texts[place], max(40, left // (len(texts) - len(made))))
    return [made[place] for place in range(len(texts))]


def _as_argument(value: object) -> str:
    """Describe an argument as a cell would write it, where that is short."""
    held = hasattr(value, "tolist") and str(getattr(value, "device", "")) != "meta"
    if held and len(str(value.tolist())) <= LONGEST_SHOWN // 2:
        return f"{ARRAYS.get(type(value).__name__, '')}{value.tolist()}"
    plain = isinstance(value, str | int | float | bool | list | tuple | dict | None)
    return repr(value) if plain and "tensor(" not in repr(value) else shown(value)


def _described(value: object) -> str:
    kind = type(value).__name__
    if value is None or value is ... or isinstance(value, Said):
        return str(value)
    if callable(value) and hasattr(value, "__name__"):
        return f"the {'class' if isinstance(value, type) else 'function'} {value.__name__}"
    if hasattr(value, "named_parameters"):
        return f"a model, {kind}"
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return _described_array(value, kind)
    if hasattr(value, "num_rows") and hasattr(value, "column_names"):
        return f"a {kind} with {value.num_rows} rows, columns {value.column_names}"
    if hasattr(value, "columns") and hasattr(value, "iloc"):
        return f"a {kind} with {len(value)} rows, columns {list(value.columns)}"
    if isinstance(value, list | tuple | set | dict):
        return f"a {kind} of {len(value)}: {value!r}"
    return f"{value!r} ({kind})"


def _described_array(value, kind: str) -> str:
    if not value.shape and str(getattr(value, "device", "cpu")) == "cpu":
        return f"{value.item()!r} ({kind})"
    size = 1
    for length in value.shape:
        size *= length
    held = f": {value.tolist()}" if size <= 12 and str(getattr(value, "device", "cpu")) != "meta" else ""
    place = f" on {value.device}" if str(getattr(value, "device", "cpu")) != "cpu" else ""
    return f"a {kind} of shape {tuple(value.shape)}, {value.dtype}{place}{held}"


def _cut(text: str, longest: int = LONGEST_SHOWN) -> str:
    line = _in_one_line(text)
    return line if len(line) <= longest else line[: longest - 2] + " …"


def _in_one_line(text: str) -> str:
    """Fold line breaks, with the spaces around them. Other spaces may be what is wrong, and stay."""
    return " ".join(filter(None, map(str.strip, text.splitlines())))
