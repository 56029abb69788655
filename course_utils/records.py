"""A lesson's own results, kept in its outputs: the report and the tests read them back."""

from __future__ import annotations

import math

from course_utils.errors import CourseError

RECORD_MIME = "application/vnd.finetuning-course.record+json"
SESSION_MIME = "application/vnd.finetuning-course.session+json"


def record(name: str, value: bool | float | str) -> None:
    """Show `name = value` under the cell, and keep the value, exact, in the notebook.

    Raises CourseError for a name that is no identifier, and for a value that is no number, text or truth value.
    """
    if not str(name).isidentifier():
        raise CourseError(f"record: the name {name!r} is not like test_accuracy. Use letters, digits and underscores.")
    plain = _plain(name, value)
    shown = f"{plain:.4g}" if isinstance(plain, float) else plain
    show(f"{name} = {shown}", RECORD_MIME, {"name": name, "value": plain})


def read_records(notebook) -> dict[str, bool | int | float | str]:
    """Return every record in the outputs of a notebook node, name -> value; the last one of a name counts."""
    return {kept["name"]: kept["value"] for kept in _kept(notebook, RECORD_MIME)}


def read_device(notebook) -> str | None:
    """Return the device that `start` chose in a notebook node, or None where it did not get that far."""
    return next((kept["device"] for kept in _kept(notebook, SESSION_MIME)), None)


def show(text: str, mime: str, kept: dict) -> None:
    """Show a text under the cell, and keep data with it in the notebook. Outside a notebook: print the text."""
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        print(text)
    else:
        display({"text/plain": text, mime: kept}, raw=True)


def _kept(notebook, mime: str):
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if mime in output.get("data", {}):
                yield output.data[mime]


def _plain(name: str, value):
    if hasattr(value, "item"):  # a NumPy or torch scalar
        try:
            value = value.item()
        except (ValueError, RuntimeError) as error:
            raise CourseError(f"record: {name} holds many values. Record one number, its mean say.") from error
    if isinstance(value, bool | str | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise CourseError(f"record: {name} is {value!r}. A record is one finite number, one text, or True or False.")
