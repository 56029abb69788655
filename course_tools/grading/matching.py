"""A sheet as it was handed out, and which of its cells a student's cell is: by its marks, its id, or its text."""

import ast
import re
import symtable
import warnings
from dataclasses import dataclass
from functools import cache, lru_cache

import nbformat
from nbformat import NotebookNode

from course_tools.grading.reading import mark_of
from course_tools.project import Sheet

CHECK = "check-"  # nbgrader's id of a check cell is this and the name of the exercise
CHECK_CALL = re.compile(r"(?:from lessons\.\S+ import checks as check\s+)?check\.(\w+)\([^\n]*\)")


@dataclass(frozen=True)
class HandedOut:
    """A sheet's marked cells, by nbgrader's ids, in their order; an answer has the name of its exercise as id."""

    cells: dict[str, NotebookNode]  # as they are stored with the solutions: with the hidden tests
    texts: dict[str, str]  # what students got
    titles: dict[str, str]  # exercise -> title
    by_cell_id: dict[str, str]
    by_text: dict[str, str]  # given and check cells

    def role(self, cell: NotebookNode) -> str | None:
        """Return which of our cells a student's cell is, or None for one of the student's own."""
        mark = mark_of(cell.get("metadata"))
        if mark in self.cells:
            return mark
        if by_id := self.by_cell_id.get(cell.get("id", "")):
            return by_id
        return self._by_text(bare(cell.source)) if cell.cell_type == "code" else None

    def _by_text(self, code: str) -> str | None:
        call = CHECK_CALL.fullmatch(code)
        called = f"{CHECK}{call[1]}" if call and call[1] in self.titles else None
        return self.by_text.get(code) or called

    def is_changed(self, grade_id: str, source: str) -> bool:
        """True where a text is not that of our cell, comments and layout aside."""
        return meaning(source) != meaning(self.texts[grade_id])

    def answered(self, notebook: NotebookNode) -> set[str]:
        """Return the exercises that a notebook has the answer or the check of."""
        roles = {self.role(cell) for cell in notebook.cells}
        code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
        return {name for name in self.titles if roles & {name, CHECK + name} or binds(code, name)}

    def is_solved_by(self, notebook: NotebookNode) -> bool:
        """True where each answer of a notebook is, character by character, that of the stored solution."""
        given = {(self.role(cell), cell.source) for cell in notebook.cells}
        return all((name, self.cells[name].source) in given for name in self.titles)


@cache
def handed_out(sheet: Sheet) -> HandedOut:
    """Read a sheet. What is returned is shared: copy its cells before you change them."""
    stored = _marked(sheet.notebook)
    texts = {grade_id: cell.source for grade_id, cell in _marked(sheet.page).items()}
    titles = {cell.metadata.check: cell.metadata.card.title for cell in stored.values() if "check" in cell.metadata}
    return HandedOut(
        cells=stored,
        texts=texts,
        titles=titles,
        by_cell_id={cell.id: grade_id for grade_id, cell in stored.items()},
        by_text={bare(text): grade_id for grade_id, text in texts.items() if grade_id not in titles},
    )


def _marked(path) -> dict[str, NotebookNode]:
    cells = nbformat.read(path, as_version=4).cells
    return {grade_id: cell for cell in cells if (grade_id := mark_of(cell.metadata))}


@lru_cache(maxsize=1000)
def binds(source: str, name: str) -> bool:
    """True where code gives something this name, outside of every function. Also for code that has other mistakes."""
    try:
        with warnings.catch_warnings(action="ignore"):
            symbol = symtable.symtable(source, "cell", "exec").lookup(name)
    except KeyError:
        return False
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # also for lines of IPython's own
        bound = rf"^(?:(?:async +)?def|class) +{name}\b|^{name} *(?::[^=\n]+)?=(?!=)"
        return re.search(bound, source, re.MULTILINE) is not None
    return symbol.is_assigned() or symbol.is_imported()


def bare(source: str) -> str:
    """Return code without its empty lines, its lines of comment, and the spaces behind its lines."""
    lines = (line.rstrip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.lstrip().startswith("#"))


@lru_cache(maxsize=1000)
def meaning(source: str) -> str:
    """Return what two texts have in common that differ in comments and layout only."""
    try:
        return ast.dump(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return bare(source)
