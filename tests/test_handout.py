"""A page to print: with all answers, or with none."""

import nbformat
import pytest

from course_tools.project import find_lessons
from course_tools.publishing.handout import handout, write_handout

[LESSON] = find_lessons(["dataloader"])


@pytest.fixture
def lesson():
    return nbformat.read(LESSON.notebook, as_version=4)


def test_without_answers_nothing_is_folded_and_nothing_told(tmp_path):
    lesson_page, sheet_page = write_handout(LESSON, tmp_path)
    for path in (lesson_page, sheet_page):
        text = path.read_text("utf-8")
        assert "An answer" not in text and "Hint 1" not in text and "✓ Right." not in text
        assert "Open in Colab" not in text and "Fetch the course" not in text
    assert "Question 1" in lesson_page.read_text("utf-8")
    assert "BEGIN SOLUTION" not in sheet_page.read_text("utf-8")


def test_with_answers_all_stand_there(tmp_path):
    lesson_page, sheet_page = (path.read_text("utf-8") for path in write_handout(LESSON, tmp_path, answers=True))
    assert "✓ Right." in lesson_page and "An answer" in lesson_page
    assert "<details>" not in lesson_page
    assert "Hint 1" in sheet_page


def test_long_lines_of_code_are_wrapped_on_paper(tmp_path):
    text = write_handout(LESSON, tmp_path)[0].read_text("utf-8")
    assert "pre-wrap" in text.partition("@media print")[2]


def test_the_words_below_a_figure_are_left_to_those_who_need_them(lesson):
    made = handout(lesson, answers=True)
    assert not any("The figure in words" in str(cell.get("outputs", "")) for cell in made.cells)
