"""Reads the scripts that lessons are written in. What an author got wrong in one is named, with its place."""

import codecs
import difflib
from pathlib import Path

import jupytext
import yaml
from nbformat import NotebookNode, ValidationError

from course_utils import CourseError
from course_utils.outline import ROOT

TAGS = (  # those that the course, nbgrader or Jupyter act upon; a lesson may have others, for its own tests
    *("fetch", "front-page", "nbval-check-output", "notes", "parameters", "private-output", "quiz", "raises-exception"),
    *("record", "shows-warning", "skip", "slide", "start", "try"),
)
FIELDS = ("answer", "check", "tags")
NO_LIST = 'Write tags as in tags=["record", "slide"].'
UNREAD = "incorrectly_encoded_metadata"  # where jupytext puts what it cannot read
ALIKE = 0.75  # so near to a known name, and not it, is a slip
FOREIGN = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}


def read_script(path: Path) -> NotebookNode:
    """Return the notebook that a script in py:percent describes.

    Raises CourseError where it is not in UTF-8, its head cannot be read, or a cell's line names what there is not.
    """
    text = text_of(path)
    try:
        notebook = jupytext.reads(text, fmt="py:percent")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 2}" if mark else ""  # the head begins below `# ---`
        raise CourseError(
            f"{shown(path)}{where}: the head between the two lines `# ---` is no valid YAML. "
            "Copy the head of another lesson."
        ) from None
    except ValidationError as error:
        heads = (line for line in text.splitlines() if line.startswith("# %%") and str(error.instance) in line)
        fault = _fault_of_tags(error.instance if isinstance(error.instance, list) else [error.instance])
        raise CourseError(f"{shown(path)}: `{next(heads, error.instance)}`: {fault or NO_LIST}") from None
    except AttributeError:  # jupytext takes each tag for a text
        raise CourseError(f"{shown(path)}: a tag is no text in quotes. {NO_LIST}") from None
    for number, cell in enumerate(notebook.cells, 1):
        if fault := _fault(cell):
            first = next(iter(cell.source.splitlines()), "")
            raise CourseError(f"{shown(path)}: cell {number} (`{first[:60]}`): {fault}")
    return notebook


def text_of(path: Path) -> str:
    """Return the text of a file in UTF-8, with or without a byte order mark, whatever its line ends.

    Raises CourseError where it is in another encoding, with the line.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise CourseError(
            f"{shown(path)} is missing. Fetch it again with `git checkout {shown(path)}`, or write it."
        ) from None
    try:
        return "\n".join(raw.decode("utf-8-sig").replace("\r\n", "\n").split("\r"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = FOREIGN.get(raw[:2], f"not UTF-8 (line {line})")
        raise CourseError(
            f"{shown(path)} cannot be read: its encoding is {found}. Save it again as UTF-8 in your editor."
        ) from None


def shown(path: Path) -> str:
    """Return a path within the checkout, if it lies there."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def _fault(cell: NotebookNode) -> str | None:
    """Return what is wrong with the line above a cell, in a sentence."""
    fields = cell.metadata
    if UNREAD in fields:
        return f"`{fields[UNREAD]}` cannot be read. {NO_LIST}"
    if fields.get("title", "").startswith("["):
        return f"there is no kind of cell {fields['title']}. A text begins with `# %% [markdown]`."
    for field in fields:
        if meant := _meant(field, FIELDS):
            return f"there is no field `{field}`. Did you mean `{meant}`?"
    return _fault_of_tags(fields.get("tags", []))


def _fault_of_tags(tags: list[str]) -> str | None:
    for tag in tags:
        if "," in tag:
            apart = ", ".join(f'"{part.strip()}"' for part in tag.split(","))
            return f"the tag {tag!r} has a comma. If it is more than one, write tags=[{apart}]."
        if meant := _meant(tag, TAGS):
            return f"there is no tag {tag!r}. Did you mean {meant!r}?"
    return None


def _meant(name: str, known: tuple[str, ...]) -> str | None:
    if name in known:
        return None
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=ALIKE)), None)
