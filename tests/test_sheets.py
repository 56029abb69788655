"""The shape of the exercise sheets (design, section 6), and how many there are of each kind."""

import importlib
import inspect
import re
from collections import Counter

import jupytext
import pytest

from course_tools.building.render import render
from course_tools.building.sheets import cards
from course_tools.project import all_lessons, all_sheets

SHEETS = {sheet.slug: sheet for sheet in all_sheets()}
NOTEBOOKS = {name: render(sheet) for name, sheet in SHEETS.items()}
CARDS = {name: cards(notebook) for name, notebook in NOTEBOOKS.items()}
LONGEST_CELL = 25


def checks_of(name: str):
    return importlib.import_module(f"lessons.{SHEETS[name].entry.slug}.checks")


def test_every_lesson_has_a_sheet():
    assert [sheet.entry.slug for sheet in SHEETS.values()] == [lesson.slug for lesson in all_lessons()]


def test_there_are_enough_of_each_kind():
    kinds = Counter(card.kind for found in CARDS.values() for card in found)
    assert kinds.total() >= 45
    assert kinds["bug hunt"] >= 12
    assert kinds["predict"] >= 10
    assert 2 <= kinds["open"] <= 4


@pytest.mark.parametrize("name", SHEETS)
class TestSheet:
    def test_it_has_three_to_six_cards(self, name):
        fewest = 2 if name == "start_here_exercises" else 3
        assert fewest <= len(CARDS[name]) <= 6
        assert [card.number for card in CARDS[name]] == list(range(1, len(CARDS[name]) + 1))

    def test_its_kinds_are_mixed(self, name):
        kinds = Counter(card.kind for card in CARDS[name])
        if name != "start_here_exercises":
            assert kinds["bug hunt"] >= 1
            assert kinds["predict"] >= 1

    def test_each_card_has_one_answer_and_one_check(self, name):
        cells = [cell for cell in NOTEBOOKS[name].cells if cell.cell_type == "code"]
        marks = [("answer", c.metadata.get("answer")) for c in cells if "answer" in c.metadata]
        checks = [("check", c.metadata.get("check")) for c in cells if "check" in c.metadata]
        in_order = [mark for pair in zip(marks, checks, strict=True) for mark in pair]
        found = [(kind, cell.metadata[kind]) for cell in cells for kind in ("answer", "check") if kind in cell.metadata]
        assert found == in_order
        assert [each for _, each in marks] == [each for _, each in checks] == list(checks_of(name).sheet.exercises)

    def test_its_start_and_progress_belong_to_it(self, name):
        starts = [cell.source for cell in NOTEBOOKS[name].cells if "start" in cell.metadata.get("tags", [])]
        assert len(starts) == 1
        assert f'start("{name}", "laptop")' in starts[0]
        assert f"from lessons.{SHEETS[name].entry.slug} import checks as check" in starts[0]
        assert checks_of(name).sheet.lesson == SHEETS[name].entry.slug

    def test_functions_are_judged_on_hidden_inputs_too(self, name):
        for cell in NOTEBOOKS[name].cells:
            if "check" in cell.metadata:
                judge = checks_of(name).sheet.exercises[cell.metadata.check].judge
                hidden = "hidden" in inspect.signature(judge).parameters
                assert hidden == ("### BEGIN HIDDEN TESTS" in cell.source) == ("hidden=True" in cell.source)

    def test_hints_lead_to_a_section_that_exists(self, name):
        text = (SHEETS[name].folder / "lesson.py").read_text("utf-8")
        for exercise in checks_of(name).sheet.exercises.values():
            assert f"# ## {exercise.section}\n" in text, exercise.section
            assert len(exercise.hints) >= 3

    def test_its_cells_are_short(self, name):
        for cell in NOTEBOOKS[name].cells:
            if cell.cell_type == "code" and "fetch" not in cell.metadata.get("tags", []):
                assert len([line for line in cell.source.splitlines() if line.strip()]) <= LONGEST_CELL, cell.source

    def test_its_sentences_are_short(self, name):
        prose = "\n\n".join(cell.source for cell in NOTEBOOKS[name].cells if cell.cell_type == "markdown")
        prose = re.sub(r"```.*?```|^\|.*$|\[!\[.*|<[^>]+>|\{\{.*?\}\}", "", prose, flags=re.S | re.M)
        for sentence in re.split(r"(?<=[.!?:])\s+|\n\s*\n|^- |^\d\. ", prose, flags=re.M):
            assert len(sentence.split()) <= 30, sentence

    def test_there_are_answers_to_judge_each_check_with(self, name):
        counts = Counter()
        for cell in jupytext.read(SHEETS[name].answers).cells:
            if "exercise" in cell.metadata:
                [kind] = {"right", "wrong", "equivalent"} & set(cell.metadata)
                assert kind != "wrong" or cell.metadata["says"], cell.source
                assert kind != "equivalent" or cell.metadata["equivalent"].count(" ") > 2, cell.source
                counts[cell.metadata["exercise"], kind] += 1
        for card in CARDS[name]:
            assert counts[card.name, "right"] >= 3, card
            assert counts[card.name, "wrong"] >= 8, card
        assert {exercise for exercise, _ in counts} == {card.name for card in CARDS[name]}

    def test_the_form_earns_a_point_where_it_is_no_gift(self, name):
        for card in CARDS[name]:
            gift = card.kind == "bug hunt" or card.stars == 1
            assert checks_of(name).sheet.exercises[card.name].form_point is not gift, card

    def test_hints_lie_folded_below_each_check(self, name):
        cells = NOTEBOOKS[name].cells
        for at, cell in enumerate(cells):
            if "check" in cell.metadata:
                hints = checks_of(name).sheet.exercises[cell.metadata.check].hints
                assert cells[at + 1].source.count("<details>") == len(hints)
                assert all(hint in cells[at + 1].source for hint in hints[:-1])
                assert cell.source.startswith(f"from lessons.{SHEETS[name].entry.slug} import checks as check\n")
