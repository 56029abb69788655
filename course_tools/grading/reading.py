"""Makes a notebook of the bytes of a file, however broken, or says why there is none in it."""

import json
import re
import warnings

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbformat.v4.nbbase import random_cell_id

MOST_CELLS = 5_000
MOST_CHARACTERS = 2_000_000  # of code
MAKERS = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
# What a file that is no JSON begins with -> what it is then.
BEGINNINGS = {
    b"PK\x03\x04": "a zip under another name: rename it to .zip",
    b"%PDF": "a PDF. Ask for the .ipynb itself",
    b"\x00\x05\x16\x07": "a companion file of macOS, without the notebook. Ask for the notebook",
    b"version https://git-lfs": "a pointer of Git LFS, without the notebook. Ask for the notebook",
    b"<": "a web page, or a part of one. Ask for the .ipynb itself",
}
AGAIN = "Ask for it again"
MENDED = "Your file was not a notebook as the format wants it ({}). It was mended in a copy."


class NoNotebook(ValueError):
    """Says in one sentence why a file's bytes are no notebook."""


def read(data: bytes) -> tuple[NotebookNode, list[str]]:
    """Return the notebook in a file's bytes, valid and without outputs, and what was mended, in sentences.

    Its cells keep their text, their id and the marks of this course; everything else is left behind.
    Raises NoNotebook, and nothing else.
    """
    try:
        raw, notes = _parsed(data)
        cells = [_cell(cell) for cell in _raw_cells(raw) if isinstance(cell, dict)]
        if sum(len(cell.source) for cell in cells if cell.cell_type == "code") > MOST_CHARACTERS:
            raise NoNotebook(f"a notebook with more than {MOST_CHARACTERS:,} characters of code. Look at it by hand")
        _tell_ids_apart(cells)
        if trouble := _trouble(raw):
            notes.append(MENDED.format(trouble))
    except (RecursionError, MemoryError) as error:
        raise NoNotebook(f"too deeply nested, or too large to read. {AGAIN}") from error
    return new_notebook(cells=cells, metadata={"course": {"lesson": _lesson(raw)}}), notes


def _parsed(data: bytes) -> tuple[dict, list[str]]:
    text, notes = _decoded(data)
    if not text.strip("\x00 \r\n\t"):
        zeros = "only zeros in it: a cloud drive had not fetched it yet" if data.strip() else "nothing in it"
        raise NoNotebook(f"an empty file, with {zeros}. {AGAIN}")
    try:
        raw = json.loads(text.rstrip("\x00"), strict=False)
    except json.JSONDecodeError as error:
        raise NoNotebook(_why(data, text, error)) from error
    except ValueError as error:  # a number with thousands of digits
        raise NoNotebook(f"damaged: not the text of a notebook. {AGAIN}") from error
    if not isinstance(raw, dict):
        raise NoNotebook(f"no notebook, though its text is JSON. {AGAIN}")
    return raw, notes


def _decoded(data: bytes) -> tuple[str, list[str]]:
    """Decode as JSON may be: UTF-8, -16 or -32, each with or without a byte order mark; else as Windows does it."""
    encoding = json.detect_encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        note = "Your file was not saved as UTF-8: letters with accents may have come out wrong."
        return data.decode("cp1252", "replace"), [note]
    note = f"Your file was saved as {encoding.upper()}, not as UTF-8. It was read all the same."
    return text, [] if encoding.startswith("utf-8") else [note]


def _why(data: bytes, text: str, error: json.JSONDecodeError) -> str:
    """Say what a text that is no JSON seems to be."""
    if re.search(r"^(<<<<<<<|>>>>>>>) ", text, re.MULTILINE):
        return "damaged: two versions that git could not merge stand in it. Ask for it again, merged"
    for beginning, words in BEGINNINGS.items():
        if data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(beginning):
            return words
    if error.pos >= len(text.rstrip()) - 1 or "Unterminated" in error.msg:
        return f"damaged: its end is missing. {AGAIN}"
    return f"damaged: not the text of a notebook, from line {error.lineno} on. {AGAIN}"


def _raw_cells(raw: dict) -> list:
    """Return the cells; in nbformat 3 and before they lie in worksheets."""
    if isinstance(raw.get("cells"), list):
        cells = raw["cells"]
    elif isinstance(raw.get("worksheets"), list):
        sheets = [sheet.get("cells") for sheet in raw["worksheets"] if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets if isinstance(sheet, list) for cell in sheet]
    else:
        raise NoNotebook(f"no notebook, though its text is JSON: it has no list of cells. {AGAIN}")
    if len(cells) > MOST_CELLS:
        raise NoNotebook(f"a notebook with more than {MOST_CELLS:,} cells. Look at it by hand")
    return cells


def _cell(raw: dict) -> NotebookNode:
    kind = raw.get("cell_type")
    source = _text(raw.get("source", raw.get("input")))
    if kind == "heading":  # of nbformat 3
        kind, source = "markdown", f"## {source}"
    if kind not in ("code", "markdown", "raw"):
        kind = "code" if {"outputs", "execution_count", "input"} & raw.keys() else "markdown"
    cell = MAKERS[kind](source)
    if mark := mark_of(raw.get("metadata")):
        cell.metadata["nbgrader"] = {"grade_id": mark}
    if isinstance(raw.get("id"), str) and re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", raw["id"]):
        cell["id"] = raw["id"]
    return cell


def mark_of(metadata: object) -> str | None:
    """Return the nbgrader id of a cell, from whatever its metadata is. Where nbgrader's part is gone, ours may tell."""
    if not isinstance(metadata, dict):
        return None
    nbgrader, answer, check = (metadata.get(key) for key in ("nbgrader", "answer", "check"))
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    marks = (grade_id, answer, f"check-{check}" if isinstance(check, str) else None)
    return next((clean(mark) for mark in marks if isinstance(mark, str)), None)


def _text(source: object) -> str:
    lines = source if isinstance(source, list) else [source]
    text = "".join(line for line in lines if isinstance(line, str))
    return clean(text.replace("\r\n", "\n"))


def clean(text: str) -> str:
    """Return a text that can be written as UTF-8: halves of characters that stand alone are replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _trouble(raw: dict) -> str:
    """Say where a notebook breaks its format first, or nothing."""
    try:
        with warnings.catch_warnings(action="ignore"):  # a cell without an id, two with one id: we give our own
            nbformat.validate(raw)
    except nbformat.ValidationError as error:
        path = list(getattr(error, "path", ()))
        where = f", in cell {path[1] + 1}" if path[:1] == ["cells"] and len(path) > 1 else ""
        return f"{clean(str(error.message)[:100])}{where}"
    except Exception:  # nbformat raises many kinds for what is JSON and no notebook
        return "its version of the format is missing or not known"
    return ""


def _lesson(raw: dict) -> str:
    """Return the lesson or sheet that a notebook says to be, or nothing. Not every editor keeps it."""
    metadata = raw.get("metadata")
    course = metadata.get("course") if isinstance(metadata, dict) else None
    lesson = course.get("lesson") if isinstance(course, dict) else None
    return clean(lesson) if isinstance(lesson, str) else ""


def _tell_ids_apart(cells: list[NotebookNode]) -> None:
    """Give a new id to every cell that has the id of one before it."""
    seen = set()
    for cell in cells:
        if cell["id"] in seen:
            cell["id"] = random_cell_id()
        seen.add(cell["id"])
