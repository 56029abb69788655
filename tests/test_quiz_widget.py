"""A quiz in a notebook: a click says whether it is right and why, and the answer is kept."""

import json

import pytest

from course_tools.building.quiz_cell import stored_output
from course_utils import quiz
from course_utils.errors import CourseError

TOML = """
[[questions]]
name = "one"
section = "A"
asks = "Is `1 < 2`?"
shows = "<b>"
[[questions.options]]
says = "yes & `yes`"
proof = "x"
why = "It is."
right = true
[[questions.options]]
says = "no"
proof = "y"
why = "It is not."
"""


@pytest.fixture
def asked(tmp_path, monkeypatch):
    (tmp_path / "lesson").mkdir()
    (tmp_path / "lesson" / "quiz.toml").write_text(TOML, encoding="utf-8")
    monkeypatch.setattr(quiz, "LESSONS", tmp_path)
    monkeypatch.chdir(tmp_path)
    return quiz.Quiz("lesson")


def click(asked, letter: str) -> str:
    """Click an option of the first question, and return what is said."""
    question = asked.widget.children[0]
    [button] = [row.children[0] for row in question.children[1:-1] if row.children[0].description == letter]
    button.click()
    return question.children[-1].value


def test_a_click_says_whether_it_is_right_and_why(asked):
    assert "✗ No." in click(asked, "B") and "It is not." in click(asked, "B")
    assert asked.line() == "□ 0 of 1 right"
    assert "✓ Right." in click(asked, "A")
    assert asked.widget.children[-1].value == "■ 1 of 1 right"


def test_answers_are_kept_beside_the_progress_of_the_sheets(asked, tmp_path):
    click(asked, "A")
    assert json.loads((tmp_path / "work" / "lesson" / "quiz.json").read_text("utf-8")) == {"one": True}
    assert quiz.Quiz("lesson").line() == "■ 1 of 1 right"


def test_where_nothing_can_be_clicked_each_option_unfolds(asked):
    bundle = asked._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "<summary>A. yes &amp; <code>yes</code></summary><p><b>✓ Right.</b> It is.</p>" in bundle["text/html"]
    assert "<pre>&lt;b&gt;</pre>" in bundle["text/html"]


def test_without_ipywidgets_the_folded_form_stays(asked, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ipywidgets", None)
    assert set(asked._repr_mimebundle_()) == {"text/html", "text/plain"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("right = true", "", "needs one option with `right = true`"),
        ("proof", "prof", "cannot be read"),
        ("[[questions]]", "[[question", "cannot be read"),
    ],
)
def test_a_file_of_another_form_is_named(asked, tmp_path, old, new, said):
    file = tmp_path / "lesson" / "quiz.toml"
    file.write_text(file.read_text("utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CourseError, match=said):
        quiz.read("lesson")


def test_what_is_stored_is_the_folded_form():
    output = stored_output("trainer")
    assert set(output.data) == {"text/html", "text/plain"}
    assert output.data["text/html"].count("✓ Right.") == len(quiz.read("trainer"))
