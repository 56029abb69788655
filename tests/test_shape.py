"""The shape of a lesson (design, section 4), and what a beginner must not meet."""

import ast
import re
from itertools import pairwise
from statistics import median

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from course_tools.building.render import TRY_TAG, render, stored, tags, without
from course_tools.project import all_lessons
from course_tools.running.key import QUIZ_TAG

SCRIPTS = {lesson.slug: lesson for lesson in all_lessons()}
LESSONS = {slug: without(render(lesson), QUIZ_TAG) for slug, lesson in SCRIPTS.items()}
NUMBERS = {slug: lesson.entry.number for slug, lesson in SCRIPTS.items()}
LONGEST_CELL = 15
MEDIAN_CELL = 6
FIRST_FIGURE_BEFORE = 6  # code cells after the start
MOST = {"lesson": (45, 2800), "case": (60, 3600)}  # code cells, words of prose


def words(notebook) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def count_words(notebook) -> int:
    """Return the words that a reader reads: no addresses, no marks."""
    return sum(bool(re.search(r"\w", word)) for word in re.sub(r"\]\([^)]*\)|<[^>]+>", " ", words(notebook)).split())


def length(cell) -> int:
    return sum(bool(line.strip()) for line in cell.source.splitlines())


def code_cells(notebook) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("name", LESSONS)
class TestShape:
    def test_it_opens_with_title_badges_goals_and_time(self, name):
        opening = LESSONS[name].cells[0].source
        assert re.match(rf"# {NUMBERS[name]:02} · \w", opening)
        assert "[Open in Colab](https://colab.research.google.com/github/" in opening
        assert "[Open in Kaggle](https://kaggle.com/kernels/welcome?src=" in opening
        assert "Save a copy" in opening and "T4 GPU" in opening
        assert 3 <= len(re.findall(r"^- \*\*[\w-]+\*\*", opening, re.M)) <= 5
        assert "**Time**" in opening
        assert "**Needs**" in opening

    def test_parameters_and_start_come_first(self, name):
        fetch, first, second = code_cells(LESSONS[name])[:3]
        assert fetch.metadata.tags == ["fetch"]
        assert fetch.metadata.jupyter.source_hidden
        assert first.metadata.tags == ["parameters"]
        assert first.source.splitlines()[0] == 'PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]'
        assert second.metadata.tags == ["start"]
        assert f'start("{name}", PROFILE)' in second.source

    def test_its_cells_are_short(self, name):
        cells = code_cells(LESSONS[name])[3:]
        assert [cell.source for cell in cells if length(cell) > LONGEST_CELL] == []
        assert median(length(cell) for cell in cells) <= MEDIAN_CELL

    def test_it_can_be_read_in_a_sitting(self, name):
        most_cells, most_words = MOST[SCRIPTS[name].entry.kind]
        assert len(code_cells(LESSONS[name])) <= most_cells
        assert count_words(LESSONS[name]) <= most_words

    def test_a_picture_comes_before_the_code(self, name):
        cells = code_cells(stored(SCRIPTS[name]))[3:]
        shown = [any("image/png" in output.get("data", {}) for output in cell.outputs) for cell in cells]
        assert True in shown[: FIRST_FIGURE_BEFORE - 1]

    def test_a_reader_sees_no_plumbing(self, name):
        assert [cell.source for cell in code_cells(LESSONS[name]) if re.search(r"\brecord\(", cell.source)] == []

    def test_each_prompt_is_tried(self, name):
        """The cell after it does what it says, and holds its answer; test_lessons.py executes it."""
        cells = render(SCRIPTS[name], hidden=[TRY_TAG]).cells
        after = [
            then for cell, then in pairwise(cells) if cell.cell_type == "markdown" and "**Try it.**" in cell.source
        ]
        assert [cell.source for cell in after if TRY_TAG not in tags(cell) or "assert " not in cell.source] == []

    def test_every_place_is_filled(self, name):
        prose = re.sub(r"```.*?```|`[^`]*`", "", words(LESSONS[name]), flags=re.S)
        assert re.findall(r".*(?:\{\{|\}\}).*", prose) == []

    def test_it_needs_no_network_to_be_read(self, name):
        assert re.findall(r"!\[[^]]*\]\(\s*http|<img[^>]+http", words(LESSONS[name])) == []

    def test_no_more_than_two_code_cells_follow_each_other(self, name):
        kinds = "".join(cell.cell_type[0] for cell in LESSONS[name].cells[4:])
        assert "ccc" not in kinds

    def test_it_holds_a_sceptic_and_prompts_with_folded_answers(self, name):
        text = words(LESSONS[name])
        assert "> **Assumption:**" in text
        assert "> **Sceptic:**" in text
        assert 2 <= text.count("**Try it.**") <= 4
        assert text.count("<details><summary>") == text.count("</details>") >= text.count("**Try it.**")

    def test_it_ends_with_recap_and_what_breaks(self, name):
        text = words(LESSONS[name])
        recap = text[text.index("## In this notebook we have") : text.index("## Where it breaks")]
        goals, done = (
            re.findall(r"^- \*\*([\w-]+)\*\*", part, re.M) for part in (LESSONS[name].cells[0].source, recap)
        )
        assert [verb[:2] for verb in done] == [verb[:2] for verb in goals]  # say, said; run, run; load, loaded

    def test_its_last_words_lead_to_the_next_lesson(self, name):
        last = SCRIPTS[name].source.read_text(encoding="utf-8").rpartition("**Next:**")[2]
        following = list(SCRIPTS)[list(SCRIPTS).index(name) + 1 :]
        assert re.findall(r"[Ll]esson:(\w+)", last) == following[:1]

    def test_its_sentences_are_short(self, name):
        prose = re.sub(r"```.*?```|^\|.*$|\[!\[.*|<[^>]+>|\{\{.*?\}\}", "", words(LESSONS[name]), flags=re.S | re.M)
        for sentence in re.split(r"(?<=[.!?:])\s+|\n\s*\n|^- ", prose, flags=re.M):
            assert len(sentence.split()) <= 30, sentence

    def test_its_datasets_come_through_the_course(self, name):
        """So COURSE_HUB can stand in for the Hub, and the first cell fetches all that the lesson needs."""
        for cell in code_cells(LESSONS[name]):
            for node in ast.walk(ast.parse(TransformerManager().transform_cell(cell.source))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "load_dataset":
                    first = node.args[0]
                    assert not (isinstance(first, ast.Constant) and "/" in first.value), cell.source

    def test_it_uses_nothing_unsafe_or_hidden(self, name):
        code = "\n".join(cell.source for cell in code_cells(LESSONS[name]))
        for word in ("trust_remote_code", "pickle", "torch.load(", "!pip", "course_tools"):
            assert word not in code
