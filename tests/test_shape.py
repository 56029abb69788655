"""The shape of a lesson (design, section 4), and what a beginner must not meet."""

import ast
import re

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from course_tools.building.render import render
from course_tools.project import all_lessons

LESSONS = {lesson.slug: render(lesson) for lesson in all_lessons()}
NUMBERS = {lesson.slug: lesson.entry.number for lesson in all_lessons()}
LONGEST_CELL = 15


def words(notebook) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def code_cells(notebook) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("name", LESSONS)
class TestShape:
    def test_it_opens_with_title_badges_goals_and_time(self, name):
        opening = LESSONS[name].cells[0].source
        assert re.match(rf"# {NUMBERS[name]:02} · \w", opening)
        assert "colab-badge.svg" in opening
        assert "open-in-kaggle.svg" in opening
        assert 3 <= len(re.findall(r"^- \*\*[\w-]+\*\*", opening, re.M)) <= 5
        assert "**Time**" in opening
        assert "**Needs**" in opening

    def test_parameters_and_start_come_first(self, name):
        first, fetch, second = code_cells(LESSONS[name])[:3]
        assert fetch.metadata.tags == ["fetch"]
        assert fetch.metadata.jupyter.source_hidden
        assert first.metadata.tags == ["parameters"]
        assert first.source.startswith('PROFILE = "auto"')
        assert second.metadata.tags == ["start"]
        assert f'start("{name}", PROFILE)' in second.source

    def test_its_cells_are_short(self, name):
        for cell in code_cells(LESSONS[name])[3:]:
            lines = [line for line in cell.source.splitlines() if line.strip()]
            assert len(lines) <= LONGEST_CELL, cell.source

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
