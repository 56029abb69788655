"""The figures of this lesson: one model for two languages, and differences around zero."""

from functools import partial

from course_utils import plots
from lessons.case_two_languages.figures import around_zero, one_model, with_line
from tests.figures import check_picture


def test_both_sentences_go_into_one_model():
    tokens = {"English": ["▁She", "▁gave"], "Filipino": ["▁Is", "ina", "uli"]}
    draw = partial(one_model, tokens, (12, 384), "Two to one")
    words = "Two to one English 2 tokens begins _She _gave Filipino 3 tokens begins _Is ina uli"
    check_picture(draw, f"{words} 12 layers 384 numbers one score above 0")


def test_a_long_sentence_is_cut_in_the_picture_and_counted_whole():
    draw = partial(one_model, {"English": list("abcdefghij")}, (1, 2), "Long")
    picture = check_picture(
        draw, "Long English 10 tokens begins a b c d e f g h one model with 1 layers 2 numbers above 0"
    )
    assert "..." in [text.get_text() for text in picture.figure.axes[0].texts]


def test_what_holds_zero_is_grey():
    results = {"all": (0.1, 0.05, 0.15), "few": (0.1, -0.05, 0.25)}
    draw = partial(around_zero, results, "Gaps", "points")
    said = "Gaps points all +10.0 from +5.0 to +15.0 few +10.0 from -5.0 to +25.0"
    picture = check_picture(draw, said)
    [axes] = picture.figure.axes
    assert len({line.get_color() for line in axes.lines[1:]}) == 2


def test_a_line_is_drawn_and_named():
    def draw():
        return with_line(plots.scores({"all": (0.7, 0.6, 0.8)}, "Kept"), 0.85, "promised")

    picture = check_picture(draw, "Kept all 70.0% from 60.0% to 80.0% Line promised at 85.0%")
    [axes] = picture.figure.axes
    assert axes.lines[-1].get_xdata()[0] == 0.85
    assert picture.alt.endswith("Line: promised, at 85.0%.")
