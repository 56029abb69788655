"""The pages of the site: what of a notebook or of a page of the repository a reader sees there."""

import os
import re
from functools import cached_property
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_tools.building.quiz_cell import HOW
from course_tools.building.render import FETCH_TAG, tags
from course_tools.project import ROOT, Lesson, Sheet
from course_tools.publishing import glossary
from course_tools.publishing.glossary import Glossary
from course_utils.outline import repository

TEXTS = ("benchmarks/README.md", "capstone/*.md", "docs/*.md", "data/README.md", "data/*/README.md")
FIGURES = ("benchmarks/figures/*.png", "docs/figures/*.*", "data/figures/*.png")
GLOSSARY = ROOT / "docs" / "glossary.md"
DATA = ROOT / "data" / "README.md"
OWN_MIME = "application/vnd.finetuning-course."
FOLDED = "hide-input"
LINK = re.compile(r"(\]\()([^)\s#]+)(#[^)\s]*)?(\))")
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
CARDS = "\n```{toctree}\n:hidden:\n:glob:\n\n*/README\n```\n"


class Pages:
    """The pages of some lessons and their sheets, beside those of the repository."""

    def __init__(self, lessons: list[Lesson], sheets: list[Sheet], known: Glossary):
        self.known, self.sheet_of = known, {sheet.entry.slug: sheet for sheet in sheets}
        self.notebooks = {script.notebook for script in [*lessons, *sheets]} | {sheet.page for sheet in sheets}

    @cached_property
    def repository_pages(self) -> list[Path]:
        """The texts of the repository that are pages of the site."""
        return [path for path in _matching(TEXTS) if path != GLOSSARY]

    @cached_property
    def figures(self) -> list[Path]:
        """The pictures that those show."""
        return _matching(FIGURES)

    @cached_property
    def _all(self) -> set[Path]:
        return {*self.notebooks, *self.repository_pages, *self.figures, GLOSSARY}

    def lesson(self, lesson: Lesson) -> NotebookNode:
        """Return a lesson's notebook: the first use of each word of the glossary leads there."""
        notebook = self._read(lesson.notebook)
        seen: set[str] = set()
        for cell in notebook.cells[1:]:
            if cell.cell_type == "markdown":
                text = cell.source.replace(HOW, "Click an answer.")
                cell.source = glossary.with_links(text, self.known, lesson, seen)
        more = f'<a href="../slides/{lesson.name}.html">Slides</a> · [Open in Colab]'
        if sheet := self.sheet_of.get(lesson.slug):
            name = sheet.name
            more = f"[Exercises](../exercises/{name}.ipynb) · [Solutions](../solutions/{name}.ipynb) · {more}"
        notebook.cells[0].source = notebook.cells[0].source.replace("[Open in Colab]", more, 1)
        return notebook

    def sheet(self, sheet: Sheet) -> NotebookNode:
        """Return a sheet as students get it."""
        return self._read(sheet.page)

    def solution(self, sheet: Sheet) -> NotebookNode:
        """Return a worked sheet: each solution is folded."""
        notebook = self._read(sheet.notebook)
        notebook.cells[0].source = notebook.cells[0].source.replace("Exercises:", "Solutions:", 1)
        for cell in notebook.cells:
            if "answer" in cell.metadata:
                cell.metadata.tags = [*tags(cell), FOLDED]
        return notebook

    def repository_page(self, path: Path) -> str:
        """Return a text of the repository."""
        text = COMMENT.sub("", FRONT_MATTER.sub("", path.read_text("utf-8")))
        return self._with_addresses(text, path) + (CARDS if path == DATA else "")

    def _read(self, path: Path) -> NotebookNode:
        """Return a notebook without what no reader of a page needs, each figure with its text alternative."""
        notebook = nbformat.read(path, as_version=4)
        notebook.cells = [cell for cell in notebook.cells if FETCH_TAG not in tags(cell)]
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = self._with_addresses(cell.source, path)
                continue
            for output in cell.get("outputs", []):
                for mime in [mime for mime in output.get("data", {}) if mime.startswith(OWN_MIME)]:
                    del output.data[mime]
                if alt := output.get("metadata", {}).get("image/png", {}).get("alt"):
                    cell.metadata["mystnb"] = {"image": {"alt": " ".join(alt.split())}}
        return notebook

    def _with_addresses(self, text: str, path: Path) -> str:
        """A link to a file that is no page of the site leads to the repository."""

        def led(match: re.Match) -> str:
            found = Path(os.path.normpath(path.parent / match[2]))
            if ":" in match[2] or found in self._all:
                return match[0]
            kind = "tree" if found.is_dir() else "blob"
            return (
                f"{match[1]}{repository()}/{kind}/main/{found.relative_to(ROOT).as_posix()}{match[3] or ''}{match[4]}"
            )

        return LINK.sub(led, text)


def _matching(patterns: tuple[str, ...]) -> list[Path]:
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern))
