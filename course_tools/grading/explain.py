"""Says in sentences what was done to a submission before it was judged."""

from collections.abc import Iterator

from course_tools.grading.places import Places
from course_tools.grading.reading import mark_of


def explained(places: Places) -> list[str]:
    """Return what a student has to know about cells that did not stand as they were handed out. Cells count from 1."""
    titles = places.ours.titles.items()
    return [*_on_our_cells(places), *(note for name, title in titles for note in _on_answer(places, name, title))]


def _on_our_cells(places: Places) -> Iterator[str]:
    ours = places.ours
    if not any(mark_of(cell.get("metadata")) in ours.cells for cell in places.cells):
        yield "The marks of all cells are gone. The cells were matched by their text and their order."
    lacking = [grade_id for grade_id in ours.cells if not places.of[grade_id] and grade_id not in ours.titles]
    if lacking:
        yield f"{len(lacking)} of the given cells and checks were missing. They were put back."
    first = [places.of[grade_id][0] for grade_id in ours.cells if places.of[grade_id]]
    if first != sorted(first):
        yield "The cells of the sheet stood in another order. Given cells ran before what needs them."
    for place in filter(places.adds_names, range(len(places.cells))):
        yield f"Cell {place + 1} was given and had been changed. It ran with the change, then as handed out."


def _on_answer(places: Places, name: str, title: str) -> Iterator[str]:
    place = places.answers[name]
    if place is None:
        if not places.of[name]:
            yield f"There is no answer to “{title}”."
        return
    if places.roles[place] != name:
        yield f"The answer to “{title}” was found in cell {place + 1}, by its name `{name}`."
    if places.cells[place].cell_type != "code":
        yield f"The answer to “{title}” stood in a cell that is not code (cell {place + 1}). It ran as code."
    candidates = {each for each in (*places.of[name], *places.elsewhere(name)) if places.is_touched(each)}
    if len(candidates) > 1:
        cells = ", ".join(str(each + 1) for each in sorted(candidates))
        yield f"There is more than one answer to “{title}” (cells {cells}). Cell {place + 1} was graded."
