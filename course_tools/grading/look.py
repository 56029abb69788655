"""Looks at one file: is it the notebook of a sheet, and if not, what is it?"""

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import PurePath

from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from course_tools.grading import reading
from course_tools.grading.found import Found
from course_tools.grading.matching import handed_out
from course_tools.grading.students import Parts
from course_tools.project import Sheet, all_lessons, all_sheets

NO_SHEET = "not an exercise sheet of this course: less than half of one is in it. Ask for the whole sheet"
NO_NOTEBOOK = "no notebook: its name does not end in .ipynb"
ARCHIVE = "an archive that is not unpacked here. Unpack it, or ask for a zip"
ARCHIVES = (".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz")
CONVERTED = (".doc", ".docx", ".htm", ".html", ".md", ".odt", ".pdf", ".py")
PLAIN = ("", ".json", ".txt")  # what a download or an editor may make of .ipynb
OLD_COPY = re.compile(r"(~|\.bak)$", re.IGNORECASE)  # what an editor keeps of the state before


@dataclass(frozen=True)
class Seen:
    """A file that was looked at: the notebook of a sheet, or the reason why it is none."""

    found: Found
    reason: str = ""
    sheet: Sheet | None = None
    notebook: NotebookNode = field(default_factory=new_notebook)
    notes: tuple[str, ...] = ()
    digest: str = ""
    student: str = ""
    time: float = 0.0  # seconds since 1970

    @property
    def where(self) -> str:
        """The file as the teacher knows it."""
        return "/".join(self.found.names) or "."

    @property
    def parts(self) -> Parts:
        """Its folders and its name, without what stands for a kind of file."""
        *folders, name = self.found.names or (".",)
        return (*(re.sub(r"\.zip$", "", each, flags=re.IGNORECASE) for each in folders), stem(name))

    @property
    def is_old_copy(self) -> bool:
        """True for what an editor keeps of the state before."""
        return bool(self.found.names) and OLD_COPY.search(self.found.names[-1]) is not None

    @property
    def is_solution(self) -> bool:
        """True for the course's own solution with nothing changed in its answers."""
        return self.sheet is not None and handed_out(self.sheet).is_solved_by(self.notebook)


def look(found: Found) -> Seen:
    """Read one file as far as it can be read."""
    if found.problem:
        return Seen(found, found.problem)
    if not _may_be_notebook(found.names[-1]):
        return Seen(found, _kind(found.names[-1]))
    try:
        data = found.read()
        notebook, notes = reading.read(data)
    except OSError as error:
        return Seen(found, f"cannot be opened ({error.strerror or error}). Look at its rights, or ask for it again")
    except reading.NoNotebook as error:
        is_called_so = "ipynb" in found.names[-1].lower()
        return Seen(found, str(error) if is_called_so else _kind(found.names[-1]))
    if sheet := sheet_of(notebook):
        return Seen(found, "", sheet, notebook, tuple(notes), hashlib.sha256(data).hexdigest())
    return Seen(found, _why_no_sheet(notebook))


def sheet_of(notebook: NotebookNode) -> Sheet | None:
    """Return the sheet that a notebook is a copy of, whatever its file is called, or None.

    Editors drop the marks of the notebook or of its cells; so the cells count, by their marks, ids or text.
    """
    shares = {sheet: _share_answered(notebook, sheet) for sheet in all_sheets()}
    best = max(shares, key=shares.__getitem__)
    return best if shares[best] >= 0.5 or (shares[best] > 0 and best.slug == _lesson(notebook)) else None


def _share_answered(notebook: NotebookNode, sheet: Sheet) -> float:
    ours = handed_out(sheet)
    return len(ours.answered(notebook)) / len(ours.titles)


def _lesson(notebook: NotebookNode) -> str:
    return notebook.metadata.get("course", {}).get("lesson", "")


def _may_be_notebook(name: str) -> bool:
    return "ipynb" in name.lower() or PurePath(name).suffix.lower() in PLAIN


def _kind(name: str) -> str:
    """Say what a file is that no notebook can be in."""
    suffix = PurePath(name).suffix.lower()
    if suffix in ARCHIVES:
        return ARCHIVE
    return f"{NO_NOTEBOOK}. Ask for the notebook that it was made from" if suffix in CONVERTED else NO_NOTEBOOK


def _why_no_sheet(notebook: NotebookNode) -> str:
    lesson = next((lesson for lesson in all_lessons() if lesson.slug == _lesson(notebook)), None)
    if lesson:
        return f"the notebook of {lesson.entry.label}, not its exercise sheet. Ask for the sheet"
    return NO_SHEET


def stem(name: str) -> str:
    """Return a file's name without the endings of notebooks and zips, and without another ending."""
    plain = re.sub(r"\.(ipynb|zip)\b.*$", "", OLD_COPY.sub("", name), flags=re.IGNORECASE)
    return plain if plain != name else PurePath(name).stem
