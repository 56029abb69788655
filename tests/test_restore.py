"""What a student made of a sheet becomes the notebook that is judged: our cells, the answers, a fair order."""

import copy
import json
import random

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from course_tools.grading import reading
from course_tools.grading.look import sheet_of
from course_tools.grading.restore import restored, untouched
from course_tools.project import all_sheets

SHEETS = all_sheets()
SHEET = next(sheet for sheet in SHEETS if sheet.entry.slug == "tokenization")
STORED = nbformat.read(SHEET.notebook, as_version=4)
OURS = {cell.metadata.nbgrader.grade_id: cell for cell in STORED.cells if "nbgrader" in cell.metadata}
GIVEN = [grade_id for grade_id in OURS if grade_id.startswith("given-")]
NAMES = [cell.metadata.answer for cell in STORED.cells if "answer" in cell.metadata]
ANSWERS = {name: f"def {name}(*args):\n    return my_own_{name}(*args)" for name in NAMES}


def answered(sheet=SHEET, **answers: str) -> NotebookNode:
    """Return a sheet with an answer to every exercise, as a student saves it."""
    notebook = nbformat.read(sheet.page, as_version=4)
    for cell in notebook.cells:
        if "answer" in cell.metadata:
            cell.source = {**ANSWERS, **answers}.get(cell.metadata.answer, cell.source)
    return notebook


def stub(name: str) -> str:
    return next(
        cell.source for cell in nbformat.read(SHEET.page, as_version=4).cells if cell.metadata.get("answer") == name
    )


def place(cells, grade_id: str) -> int:
    return next(at for at, cell in enumerate(cells) if reading.mark_of(cell.metadata) == grade_id)


def judged(submitted: NotebookNode, sheet=SHEET) -> tuple[dict[str, str], list[NotebookNode], list[str]]:
    """Restore, hold what every restored notebook has to be, and return: exercise -> answer, the cells, the notes."""
    before = copy.deepcopy(submitted)
    notebook, notes = restored(submitted, sheet)
    nbformat.validate(notebook)
    assert submitted == before
    ours = {
        cell.metadata.nbgrader.grade_id: cell
        for cell in nbformat.read(sheet.notebook, as_version=4).cells
        if cell.metadata.get("nbgrader")
    }
    order = [mark for cell in notebook.cells if (mark := reading.mark_of(cell.metadata))]
    assert sorted(order) == sorted(ours), "each of our cells is there once"
    for at, grade_id in enumerate(ours):
        cell = notebook.cells[place(notebook.cells, grade_id)]
        assert cell.metadata == ours[grade_id].metadata
        if "answer" not in cell.metadata:
            assert cell.source == ours[grade_id].source
        if not grade_id.startswith("given-"):
            given = {each for each in list(ours)[:at] if each.startswith("given-")}
            assert given <= set(order[: order.index(grade_id)]), "what is given runs before what needs it"
        if grade_id.startswith("check-"):
            assert order.index(grade_id.removeprefix("check-")) < order.index(grade_id)
    answers = {cell.metadata.answer: cell.source for cell in notebook.cells if "answer" in cell.metadata}
    return answers, notebook.cells, notes


def sources(cells) -> list[str]:
    return [cell.source for cell in cells]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.entry.slug)
def test_an_ordinary_submission_keeps_its_order_and_needs_no_word(sheet):
    submitted = answered(sheet)
    _, cells, notes = judged(submitted, sheet)
    assert notes == []
    hidden = {cell.id: cell.source for cell in nbformat.read(sheet.notebook, as_version=4).cells}
    assert sources(cells) == [hidden[cell.id] if "check" in cell.metadata else cell.source for cell in submitted.cells]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.entry.slug)
def test_an_untouched_sheet_is_untouched(sheet):
    answers, _, notes = judged(nbformat.read(sheet.page, as_version=4), sheet)
    assert notes == []
    assert all(untouched(source, sheet, name) for name, source in answers.items())


def test_an_answer_in_another_layout_is_untouched_and_a_changed_one_is_not():
    assert untouched(stub("spelling").replace("    # Your code here.", "    # I do not know.\n\n"), SHEET, "spelling")
    assert untouched(" \n", SHEET, "spelling")
    assert not untouched(stub("spelling").replace("# Your code here.", "return text"), SHEET, "spelling")


def test_own_cells_stay_where_they_are():
    submitted = answered()
    for name in NAMES:
        submitted.cells.insert(place(submitted.cells, name), new_code_cell(f"my_own_{name} = 1"))
    submitted.cells.append(new_markdown_cell("The end"))
    _, cells, _ = judged(submitted)
    for name in NAMES:
        assert cells[place(cells, name) - 1].source == f"my_own_{name} = 1"
    assert cells[-1].source == "The end"


def test_missing_given_cells_run_before_the_students_first_cell():
    submitted = answered()
    without_given_cells(submitted)
    submitted.cells.insert(0, new_code_cell("mine = tokenizer"))
    _, cells, _ = judged(submitted)
    assert sources(cells)[3] == "mine = tokenizer"
    assert [reading.mark_of(cell.metadata) for cell in cells[:3]] == GIVEN[:3]


# Each changes the answered sheet; its answers are to be found all the same.


def without_our_cells(notebook):
    notebook.cells = [cell for cell in notebook.cells if "answer" in cell.metadata]


def without_given_cells(notebook):
    notebook.cells = [cell for cell in notebook.cells if reading.mark_of(cell.metadata) not in GIVEN]


def without_checks(notebook):
    notebook.cells = [cell for cell in notebook.cells if "check" not in cell.metadata]


def with_a_check_copied_above_its_answer(notebook):
    check = copy.deepcopy(notebook.cells[place(notebook.cells, "check-spelling")])
    notebook.cells.insert(place(notebook.cells, "spelling"), check)


def with_all_checks_first(notebook):
    notebook.cells.sort(key=lambda cell: "check" not in cell.metadata)


def with_given_cells_last(notebook):
    notebook.cells.sort(key=lambda cell: reading.mark_of(cell.metadata) in GIVEN)


def upside_down(notebook):
    notebook.cells.reverse()


def with_all_cells_twice(notebook):
    notebook.cells += copy.deepcopy(notebook.cells)


def with_given_cells_twice(notebook):
    for grade_id in GIVEN:
        at = place(notebook.cells, grade_id)
        notebook.cells.insert(at, copy.deepcopy(notebook.cells[at]))


def without_marks(notebook):
    for cell in notebook.cells:
        cell.metadata = NotebookNode()


def without_marks_and_ids(notebook):
    without_marks(notebook)
    for at, cell in enumerate(notebook.cells):
        cell.id = f"new-{at}"


def without_marks_and_checks(notebook):
    without_checks(notebook)
    without_marks_and_ids(notebook)


def with_our_own_marks_only(notebook):
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)
        cell.id = f"x{cell.id}"


def with_marks_of_other_types(notebook):
    for cell, marks in zip(notebook.cells, ["x", 3, None, [], {"grade_id": []}, {"grade_id": None}] * 9, strict=False):
        cell.metadata = NotebookNode({"nbgrader": marks})


def as_text(notebook):
    for cell in notebook.cells:
        cell.cell_type = "markdown"


def as_raw(notebook):
    for cell in notebook.cells:
        cell.cell_type = "raw"


def with_broken_given_cells(notebook):
    for cell in notebook.cells:
        if reading.mark_of(cell.metadata) in GIVEN:
            cell.source = "tokenizer = = 3"


def with_edited_checks(notebook):
    for cell in notebook.cells:
        if "check" in cell.metadata:
            cell.source = "print('✓ right')"
            cell.metadata.nbgrader.points = 100


def with_stubs_again_at_the_end(notebook):
    for name in NAMES:
        cell = copy.deepcopy(notebook.cells[place(notebook.cells, name)])
        cell.source = stub(name)
        notebook.cells.append(cell)


def with_stubs_left_and_answers_below(notebook):
    for name in NAMES:
        at = place(notebook.cells, name)
        notebook.cells[at].source = stub(name)
        notebook.cells.insert(at + 1, new_code_cell(ANSWERS[name]))


def typed_anew_at_the_end(notebook):
    for name in NAMES:
        notebook.cells[place(notebook.cells, name)].source = stub(name)
    notebook.cells += [new_code_cell(ANSWERS[name]) for name in NAMES]


def cut_and_typed_anew_at_the_end(notebook):
    notebook.cells = [cell for cell in notebook.cells if "answer" not in cell.metadata]
    notebook.cells += [new_code_cell(ANSWERS[name]) for name in NAMES]


def written_into_the_checks(notebook):
    for name in NAMES:
        notebook.cells[place(notebook.cells, name)].source = stub(name)
        check = notebook.cells[place(notebook.cells, f"check-{name}")]
        check.source = f"{ANSWERS[name]}\n"


def emptied_and_written_into_given_cells(notebook):
    for name in NAMES:
        notebook.cells[place(notebook.cells, name)].source = ""
    for name, grade_id in zip(NAMES, GIVEN, strict=False):
        notebook.cells[place(notebook.cells, grade_id)].source += f"\n\n{ANSWERS[name]}"


CHANGES = [
    without_our_cells,
    without_given_cells,
    without_checks,
    with_a_check_copied_above_its_answer,
    with_all_checks_first,
    with_given_cells_last,
    upside_down,
    with_all_cells_twice,
    with_given_cells_twice,
    without_marks,
    without_marks_and_ids,
    without_marks_and_checks,
    with_our_own_marks_only,
    with_marks_of_other_types,
    as_text,
    as_raw,
    with_broken_given_cells,
    with_edited_checks,
    with_stubs_again_at_the_end,
    with_stubs_left_and_answers_below,
    typed_anew_at_the_end,
    cut_and_typed_anew_at_the_end,
    written_into_the_checks,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_answers_are_found_whatever_was_done_to_the_sheet(change):
    submitted = answered()
    change(submitted)
    handed_in, _ = reading.read(json.dumps(submitted).encode())
    assert sheet_of(handed_in) == SHEET
    answers, _, _ = judged(handed_in)
    assert {name: source.strip() for name, source in answers.items()} == ANSWERS


def test_an_answer_in_a_given_cell_is_found_and_the_given_cell_runs_first():
    submitted = answered()
    emptied_and_written_into_given_cells(submitted)
    answers, cells, _ = judged(submitted)
    assert len(GIVEN) >= len(NAMES)
    for name, grade_id in zip(NAMES, GIVEN, strict=False):
        assert answers[name].endswith(ANSWERS[name])
        assert place(cells, grade_id) < place(cells, name)


def test_an_answer_split_over_cells_runs_before_its_check():
    submitted = answered(spelling="def helper(text):\n    return text")
    at = place(submitted.cells, "spelling")
    submitted.cells.insert(at + 1, new_code_cell("def spelling(text, word):\n    return helper(text)"))
    answers, cells, _ = judged(submitted)
    assert answers["spelling"].startswith("def spelling")
    assert sources(cells).index("def helper(text):\n    return text") < place(cells, "spelling")
    without_checks(submitted)
    submitted.cells.insert(at + 2, new_code_cell("more = spelling"))
    _, cells, _ = judged(submitted)
    own, hints = sources(cells).index("more = spelling"), 1
    assert own < place(cells, "check-spelling") <= own + 1 + hints


def test_all_answers_in_one_cell_are_all_judged():
    submitted = answered()
    all_in_one = "\n\n".join(ANSWERS.values())
    for name in NAMES:
        submitted.cells[place(submitted.cells, name)].source = stub(name)
    submitted.cells[place(submitted.cells, NAMES[0])].source = all_in_one
    answers, _, _ = judged(submitted)
    assert answers == dict.fromkeys(NAMES, all_in_one)


def test_helpers_typed_at_the_end_with_their_answer_run_before_it():
    submitted = answered(spelling=stub("spelling"))
    submitted.cells += [new_code_cell("def helper():\n    return 1"), new_code_cell(ANSWERS["spelling"])]
    _, cells, notes = judged(submitted)
    helper = sources(cells).index("def helper():\n    return 1")
    assert helper < place(cells, "spelling") < place(cells, "check-spelling")
    assert any(f"found in cell {len(submitted.cells)}" in note for note in notes)


@pytest.mark.parametrize(
    "code",
    [
        "try:\n    def spelling(text, word):\n        return text\nfinally:\n    pass",
        "if True:\n    spelling = str.title",
        "spelling, other = str.title, 1",
        "from os.path import join as spelling",
        "%%time\ndef spelling(text, word):\n    return text",
        "def spelling(text, word):\n    return text\n%time spelling('a', 0)",
    ],
)
def test_an_answer_without_marks_is_found_however_it_gives_the_name(code):
    submitted = answered(spelling=stub("spelling"))
    submitted.cells.append(new_code_cell(code))
    answers, _, notes = judged(submitted)
    assert answers["spelling"] == code
    assert any("by its name `spelling`" in note for note in notes)


@pytest.mark.parametrize(
    "code", ["def mine():\n    spelling = 1", "spelling.x = 1", "spelling(1)", "-" * 200_000 + "1"]
)
def test_code_that_does_not_give_the_name_is_no_answer(code):
    submitted = answered(spelling=stub("spelling"))
    submitted.cells.append(new_code_cell(code))
    assert judged(submitted)[0]["spelling"] == stub("spelling")


def test_of_two_answers_the_one_before_the_check_counts_and_that_is_said():
    submitted = answered()
    later = copy.deepcopy(submitted.cells[place(submitted.cells, "spelling")])
    later.source = "spelling = 'a trial'"
    submitted.cells.append(later)
    answers, cells, [note] = judged(submitted)
    assert answers["spelling"] == ANSWERS["spelling"]
    assert cells[-1].source == "spelling = 'a trial'"
    assert "more than one answer" in note
    earlier = copy.deepcopy(later)
    submitted.cells.pop()
    submitted.cells.insert(0, earlier)
    answers, _, _ = judged(submitted)
    assert answers["spelling"] == ANSWERS["spelling"]


def test_what_a_student_adds_to_a_given_cell_runs_before_ours():
    submitted = answered()
    given = submitted.cells[place(submitted.cells, "given-3")]
    theirs = given.source = f"import re\n{given.source}"
    _, cells, [note] = judged(submitted)
    assert cells[place(cells, "given-3") - 1].source == theirs
    assert "had been changed" in note


def test_a_given_cell_copied_further_down_runs_there_again():
    submitted = answered()
    given = submitted.cells[place(submitted.cells, "given-3")]
    submitted.cells += [new_code_cell("messages = []"), NotebookNode({**copy.deepcopy(given), "id": "copied"})]
    _, cells, notes = judged(submitted)
    assert (sources(cells)[-2:], notes) == (["messages = []", given.source], [])


def test_missing_answers_are_said():
    submitted = answered()
    submitted.cells = [cell for cell in submitted.cells if "free" not in str(cell.metadata.get("nbgrader"))]
    answers, _, notes = judged(submitted)
    assert answers["free"] == stub("free")
    assert any("no answer to “Free the words”" in note for note in notes)
    assert any("1 of the given cells and checks were missing" in note for note in notes)


def test_cells_in_any_order_and_number_are_restored():
    """Cells shuffled, dropped, doubled, stripped of marks, with other text: the result is always whole."""
    for seed in range(60):
        chance = random.Random(seed)
        submitted = answered()
        cells = [copy.deepcopy(cell) for cell in submitted.cells for _ in range(chance.choice([0, 1, 1, 2]))]
        chance.shuffle(cells)
        for cell in cells:
            cell.id = f"id-{chance.randrange(10**9)}"
            if chance.random() < 0.3:
                cell.metadata = NotebookNode()
            if chance.random() < 0.3:
                cell.source = chance.choice([*ANSWERS.values(), "", "%reset", "def (", "check.spelling(spelling)"])
        submitted.cells = cells
        judged(submitted)
