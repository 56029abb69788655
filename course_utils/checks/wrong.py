"""What a check says about a wrong answer, and how it shows what it received, whatever that is."""

from __future__ import annotations

from course_utils.errors import CourseError

LONGEST_SHOWN = 160


class WrongAnswer(CourseError):
    """An answer that is not right yet: what was expected, what came, and the slip that is most likely behind it.

    The message never holds the answer. In a notebook the message alone is shown, without our stack.
    """

    def __init__(self, expected: str, received: object = None, perhaps: str = ""):
        """`expected` is in words. `received` is the student's own value, or words in a `Said`."""
        self.expected, self.received, self.perhaps, self.name = expected, shown(received), perhaps, ""
        super().__init__(expected)

    def __str__(self) -> str:
        lines = ["Not yet.", f"  expected: {self.expected}", f"  received: {self.received}"]
        if self.perhaps:
            lines.append(f"  perhaps:  {self.perhaps}")
        if self.name:
            lines.append(f"  a hint:   check.{self.name}.hint()")
        return "\n".join(lines)

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


class Said(str):
    """Words about what came, to be shown as they are."""


def shown(value: object) -> str:
    """Describe any value in one short line. Never raises, and never prints a whole dataset."""
    try:
        return _cut(_described(value))
    except BaseException as error:  # the value is a student's: even its repr may raise
        if isinstance(error, KeyboardInterrupt):
            raise
        return f"an object of type {type(value).__name__} that cannot be shown"


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
    size = 1
    for length in value.shape:
        size *= length
    held = f": {value.tolist()}" if size <= 12 and str(getattr(value, "device", "cpu")) != "meta" else ""
    place = f" on {value.device}" if str(getattr(value, "device", "cpu")) != "cpu" else ""
    return f"a {kind} of shape {tuple(value.shape)}, {value.dtype}{place}{held}"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SHOWN else line[: LONGEST_SHOWN - 2] + " …"
