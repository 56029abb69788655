"""A lesson's own results, kept in its outputs: the report and the tests read them back."""

from __future__ import annotations

import math

from course_utils.errors import CourseError

RECORD_MIME = "application/vnd.finetuning-course.record+json"


def record(name: str, value: bool | float | str) -> None:
    """Show `name = value` under the cell, and keep the value, exact, in the notebook.

    Raises CourseError for a name that is no identifier, and for a value that is no number, text or truth value.
    """
    if not str(name).isidentifier():
        raise CourseError(f"record: the name {name!r} is not like test_accuracy. Use letters, digits and underscores.")
    plain = _plain(name, value)
    shown = f"{plain:.4g}" if isinstance(plain, float) else plain
    _display({"text/plain": f"{name} = {shown}", RECORD_MIME: {"name": name, "value": plain}})


def read_records(notebook) -> dict[str, bool | int | float | str]:
    """Return every record in the outputs of a notebook node, name -> value; the last one of a name counts."""
    records = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            kept = output.get("data", {}).get(RECORD_MIME)
            if kept:
                records[kept["name"]] = kept["value"]
    return records


def _plain(name: str, value):
    if hasattr(value, "item"):  # a NumPy or torch scalar
        try:
            value = value.item()
        except (ValueError, RuntimeError) as error:
            raise CourseError(f"record: {name} holds many values. Record one number, its mean say.") from error
    if isinstance(value, bool | str | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise CourseError(f"record: {name} is {value!r}. A record is one finite number, one text, or True or False.")


def _display(bundle: dict) -> None:
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        print(bundle["text/plain"])
    else:
        display(bundle, raw=True)
