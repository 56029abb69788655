"""Makes of a submission the notebook to execute: our cells as they were handed out, the student's in a fair order."""

import copy
import itertools

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from course_tools.grading.explain import explained
from course_tools.grading.matching import CHECK, handed_out
from course_tools.grading.places import Places
from course_tools.grading.reading import MAKERS
from course_tools.project import Sheet

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def restored(submitted: NotebookNode, sheet: Sheet) -> tuple[NotebookNode, list[str]]:
    """Return the notebook to execute and judge, and what was done to the student's, in sentences.

    It has each marked cell of the sheet once, with our metadata: given and check cells as they are stored with the
    solutions, answers as the student wrote them, wherever they stood. The student's own cells keep their places. Every
    given cell runs before the answers that follow it in the sheet, every check after its answer.
    """
    places = Places(handed_out(sheet), submitted.cells)
    cells = Restoring(places).run()
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), explained(places)


def untouched(source: str, sheet: Sheet, name: str) -> bool:
    """True where the answer to an exercise is what was handed out, comments and layout aside, or nothing at all."""
    return not source.strip() or not handed_out(sheet).is_changed(name, source)


class Restoring:
    """One walk through a student's cells, which puts them and ours."""

    def __init__(self, places: Places):
        self.places, self.ours = places, places.ours
        self.out: list[NotebookNode] = []
        self.placed: set[str] = set()  # nbgrader's ids of our cells that are put
        self.waiting: list[str] = []  # exercises whose check stands nowhere after the answer

    def run(self) -> list[NotebookNode]:
        """Return the cells of the restored notebook."""
        self._put_missing(0)
        for place in range(len(self.places.cells)):
            self._take(place)
        for grade_id in self.ours.cells:
            self._put(grade_id)
        return self.out

    def _take(self, place: int) -> None:
        role = self.places.roles[place]
        answered = [name for name, at in self.places.answers.items() if at == place]
        if role or answered:
            self._put_waiting_checks()
        if role and role not in self.ours.titles:
            self._take_locked(place, role, is_answer=bool(answered))
        elif not answered and self.places.is_touched(place):
            self._put_own(place)
        for name in answered:
            self._take_answer(place, name)

    def _take_locked(self, place: int, role: str, is_answer: bool) -> None:
        """Take a given cell or a check: ours, and before it what the student made of it, if it gives names."""
        if self.places.adds_names(place) and not is_answer:
            self._put_own(place)
        if self._is_given(role) and role in self.placed and place != self.places.of[role][0]:
            self._give_again(role)  # whoever copies it further down wants what it gives
        if self.places.checks.get(role.removeprefix(CHECK), place) == place:
            self._put(role)

    def _take_answer(self, place: int, name: str) -> None:
        self._put(name, self.places.cells[place].source)
        if self.places.checks[name] is None:
            self.waiting.append(name)

    def _put(self, grade_id: str, source: str | None = None) -> None:
        """Put one of our cells, once: an answer with the student's text, or else as it was handed out."""
        if grade_id in self.placed:
            return
        self.placed.add(grade_id)
        at = list(self.ours.cells).index(grade_id)
        for earlier in itertools.islice(self.ours.cells, at):
            if self._is_given(earlier) or grade_id == CHECK + earlier:
                self._put(earlier)
        cell = copy.deepcopy(self.ours.cells[grade_id])
        if grade_id in self.ours.titles:
            cell.source = self.ours.texts[grade_id] if source is None else source
        self.out.append(NotebookNode({**cell, "outputs": [], "execution_count": None}))
        self._put_missing(at + 1)

    def _put_missing(self, start: int) -> None:
        """Put our cells from one on, up to one that has its place among the student's."""
        following = itertools.islice(self.ours.cells, start, None)
        for grade_id in itertools.takewhile(self.places.is_missing, following):
            self._put(grade_id)

    def _put_waiting_checks(self) -> None:
        waiting, self.waiting = self.waiting, []
        for name in waiting:
            self._put(CHECK + name)

    def _put_own(self, place: int) -> None:
        cell = self.places.cells[place]
        self.out.append(MAKERS[cell.cell_type](cell.source))

    def _give_again(self, grade_id: str) -> None:
        self.out.append(new_code_cell(self.ours.texts[grade_id]))

    def _is_given(self, grade_id: str) -> bool:
        return grade_id.removeprefix(CHECK) not in self.ours.titles
