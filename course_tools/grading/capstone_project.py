"""Reads the folder of a capstone project, whatever a spreadsheet made of it, and says in words what was odd."""

import csv
import re
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_tools.grading.spreadsheets import from_csv
from course_utils import CourseError

SPLITS = ("train", "validation", "test")
COLUMNS = {**dict.fromkeys(SPLITS, ("text", "label")), "predictions": ("truth", "lazy", "counting", "model")}
TEXTS = ("guide", "card")
FILES = (*(f"{name}.csv" for name in COLUMNS), *(f"{name}.md" for name in TEXTS), "project.ipynb")
COPY = "Copy it from `capstone/template/`, and fill it in."
MAKE = {"predictions.csv": "Run project.ipynb: it writes the file."}
COMMA = "A text with a comma or a line break must stand in quotes."
LARGEST_BYTES = 50 * 2**20


@dataclass(frozen=True)
class Row:
    """One row of a CSV file: its cells by column, and where it stands."""

    file: str
    line: int
    cells: dict[str, str]

    @property
    def place(self) -> str:
        """Such as "train.csv, line 12"."""
        return f"{self.file}, line {self.line}"


@dataclass
class Project:
    """What could be read. A file that could not be has no entry, and its reason stands in `faults`.

    `notes` say what was odd and did no harm.
    """

    name: str
    tables: dict[str, list[Row]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    notebook: NotebookNode | None = None
    faults: dict[str, list[str]] = field(default_factory=dict)  # file -> sentences
    notes: list[str] = field(default_factory=list)

    def rows(self) -> list[Row]:
        """Return the rows of all splits that could be read."""
        return [row for split in SPLITS for row in self.tables.get(split, [])]

    def missing(self, *names: str) -> list[str]:
        """Return one sentence where some of these tables or texts could not be read, else nothing."""
        files = [f"{name}.csv" if name in COLUMNS else f"{name}.md" for name in names]
        present = {*(f"{name}.csv" for name in self.tables), *(f"{name}.md" for name in self.texts)}
        lacking = [file for file in files if file not in present]
        return [f"This needs {' and '.join(lacking)}: see `files`."] if lacking else []


def read(folder: Path) -> Project:
    """Return what lies in a project's folder. Raises CourseError where it is no folder, or holds none of the files."""
    if not folder.is_dir():
        raise CourseError(f"There is no folder {folder}. Give the folder that holds train.csv, card.md and the others.")
    if not any((folder / file).exists() for file in FILES):
        raise CourseError(f"{folder} holds none of {', '.join(FILES)}. Is it the folder of the project?")
    project = Project(folder.resolve().name)
    for name, columns in COLUMNS.items():
        _read(project, folder / f"{name}.csv", lambda path, columns=columns: _table(project, path, columns))
    for name in TEXTS:
        _read(project, folder / f"{name}.md", lambda path: _text(project, path))
    _read(project, folder / "project.ipynb", lambda path: _notebook(project, path))
    return project


def _read(project: Project, path: Path, reader) -> None:
    """Call a reader, and keep the reason where it fails: one bad file does not stop the others."""
    try:
        if not path.is_file():
            other = next((each.name for each in path.parent.iterdir() if each.name.lower() == path.name.lower()), "")
            hint = f"There is {other}: give it the name {path.name}." if other else MAKE.get(path.name, COPY)
            raise CourseError(f"{path.name} is not there. {hint}")
        if path.stat().st_size > LARGEST_BYTES:
            raise CourseError(f"{path.name} is larger than {LARGEST_BYTES // 2**20} MiB. Take fewer rows.")
        reader(path)
    except CourseError as error:
        _fault(project, path, str(error))
    except OSError as error:
        _fault(project, path, f"{path.name} cannot be opened ({error.strerror}). Look at its rights.")


def _fault(project: Project, path: Path, sentence: str) -> None:
    project.faults.setdefault(path.name, []).append(sentence)


def _table(project: Project, path: Path, columns: tuple[str, ...]) -> None:
    try:
        header, *body = from_csv(path) or [(0, [])]
    except csv.Error as error:
        raise CourseError(f"{path.name} is no CSV file ({error}). Save it anew as CSV, UTF-8.") from error
    names = [cell.strip().casefold() for cell in header[1]]
    lacking = [column for column in columns if column not in names]
    if lacking:
        raise CourseError(
            f"{path.name} has no column `{lacking[0]}`: its first line is `{','.join(header[1])[:80]}`. "
            f"The first line must name the columns: {','.join(columns)}."
        )
    _note_form(project, path, names)
    rows = []
    for line, cells in body:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            _fault(
                project, path, f"{path.name}, line {line}: {len(cells)} cells, the first line has {len(names)}. {COMMA}"
            )
        row = Row(path.name, line, {name: cell.strip() for name, cell in zip(names, cells, strict=False)})
        empty = [column for column in columns if not row.cells.get(column)]
        if empty and len(cells) == len(names):
            _fault(project, path, f"{row.place}: the column `{empty[0]}` is empty. Fill it in, or delete the row.")
        if not empty:
            rows.append(row)
    if not rows:
        raise CourseError(f"{path.name} has no complete row below its first line. Fill it.")
    project.tables[path.stem] = rows


def _note_form(project: Project, path: Path, names: list[str]) -> None:
    """Say where a file is no plain UTF-8 with commas: `load_dataset` and pandas would stumble over it."""
    data = path.read_bytes()
    first = data.split(b"\n", 1)[0]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        project.notes.append(f"{path.name} is UTF-16. It was read; better save it as UTF-8.")
        return
    if data.startswith(b"\xef\xbb\xbf"):
        project.notes.append(
            f"{path.name} begins with a BOM, as Excel writes it. It was read; pandas needs `utf-8-sig`."
        )
    if len(names) > 1 and first.count(b",") < len(names) - 1:
        sign = "semicolons" if b";" in first else "tabs"
        project.notes.append(f"{path.name} has {sign} between its columns. It was read; better use commas.")
    _note_encoding(project, path, data)


def _note_encoding(project: Project, path: Path, data: bytes) -> None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        project.notes.append(
            f"{path.name} is not UTF-8 (line {line}): it was read as Latin-1, as Windows writes it. "
            "Look at its letters with accents, and save it as UTF-8."
        )


def _text(project: Project, path: Path) -> None:
    data = path.read_bytes()
    _note_encoding(project, path, data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    project.texts[path.stem] = re.sub(r"\r\n?", "\n", text)


def _notebook(project: Project, path: Path) -> None:
    try:
        project.notebook = nbformat.read(path, as_version=4)
    except Exception as error:  # whatever a damaged file makes nbformat raise
        raise CourseError(
            f"project.ipynb is no notebook ({type(error).__name__}). Save it anew from Jupyter."
        ) from error
