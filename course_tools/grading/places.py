"""Where the cells of a sheet stand in a submission, and which of the student's cells answers which exercise."""

import re
from collections import defaultdict

from nbformat import NotebookNode

from course_tools.grading.matching import CHECK, HandedOut, binds

GIVES_NAMES = re.compile(r"^(?:(?:async +)?def|class|import|from) |^\w+ *=(?!=)", re.MULTILINE)


class Places:
    """The places of our cells among a student's cells, counted from 0.

    `roles` has for each place nbgrader's id of our cell, or None for a cell of the student's own. `answers` and
    `checks` have for each exercise the place of the cell that counts, or None.
    """

    def __init__(self, ours: HandedOut, cells: list[NotebookNode]):
        self.ours, self.cells = ours, cells
        self.roles = [ours.role(cell) for cell in cells]
        self.of: dict[str | None, list[int]] = defaultdict(list)
        for place, role in enumerate(self.roles):
            self.of[role].append(place)
        self.answers = {name: self._answer(name) for name in ours.titles}
        self.checks = {name: self._check(name) for name in ours.titles}

    def is_touched(self, place: int) -> bool:
        """True for a cell that has a text, and not the one that was handed out."""
        source, role = self.cells[place].source, self.roles[place]
        return bool(source.strip()) and (role is None or self.ours.is_changed(role, source))

    def adds_names(self, place: int) -> bool:
        """True for a given cell, or a check, that a student has changed so that code below may need it."""
        cell, role = self.cells[place], self.roles[place]
        is_locked = role is not None and role not in self.ours.titles
        return (
            is_locked and cell.cell_type == "code" and self.is_touched(place) and bool(GIVES_NAMES.search(cell.source))
        )

    def is_missing(self, grade_id: str) -> bool:
        """True for a cell of ours that nothing in the submission stands for."""
        return not self.of[grade_id] and self.answers.get(grade_id.removeprefix(CHECK)) is None

    def elsewhere(self, name: str) -> list[int]:
        """Return the places of code that gives an exercise's name and is not marked as its answer."""
        return [
            place
            for place, cell in enumerate(self.cells)
            if self.roles[place] != name
            and cell.cell_type == "code"
            and binds(cell.source, name)
            and self.is_touched(place)
        ]

    def _answer(self, name: str) -> int | None:
        """Return the place of a marked cell that gives the name, or else of any that does, or else of a marked one."""
        marked = [place for place in self.of[name] if self.is_touched(place)]
        giving = [place for place in marked if binds(self.cells[place].source, name)]
        places = giving or self.elsewhere(name) or marked
        last_check = max(self.of[CHECK + name], default=-1)
        return max([place for place in places if place < last_check] or places, default=None)

    def _check(self, name: str) -> int | None:
        """Return the place of the first check after the answer."""
        answer = self.answers[name]
        return next((place for place in self.of[CHECK + name] if answer is None or place > answer), None)
