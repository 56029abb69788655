"""The figures of lesson 11: levels in order."""

import base64

import pytest
from course_utils.plots.case_cefr import metric_panels, spreads, word_shades


@pytest.mark.parametrize(
    "picture",
    [
        spreads({"words": {"A1": [1, 2, 3], "A2": []}}, "Spread."),
        metric_panels({"one": {"kappa": (0.5, 0.4, 0.6)}}, "Methods.", strong=1),
        word_shades(["a", "cat"], [0.0, 0.0], "Words.", "levels"),
    ],
)
def test_it_shows_itself_as_a_picture(picture):
    data, metadata = picture._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert 0 < metadata["image/png"]["width"] < 900


class TestSpreads:
    def test_its_words_give_median_and_middle_of_each_level(self):
        picture = spreads({"words": {"A1": range(11), "A2": [7]}, "grade": {"A1": [1], "A2": []}}, "Spread.")
        assert picture.alt == (
            "Dots on lines, median and middle 80% for each level. Spread. "
            "words: A1 5 (1 to 9), A2 7 (7 to 7); grade: A1 1 (1 to 1), A2 no texts."
        )

    def test_it_draws_one_panel_for_each_measure(self):
        picture = spreads({"words": {"A1": range(11)}, "grade": {"A1": range(3)}}, "Spread.")
        first, second = picture.figure.axes
        assert first.get_xlabel() == "words"
        assert list(first.lines[0].get_xdata()) == [1, 9]
        assert second.get_xlabel() == "grade"


METRIC_RESULTS = {
    "length": {"accuracy": (0.2, 0.1, 0.3), "kappa": (0.25, 0.2, 0.3)},
    "model": {"accuracy": (0.7, 0.6, 0.8), "kappa": (0.9, 0.85, 0.95)},
}


class TestMetricPanels:
    def test_its_words_give_every_score_with_its_interval(self):
        assert metric_panels(METRIC_RESULTS, "Two.", strong=1).alt == (
            "Dots with 95% intervals, one panel for each metric. Two. "
            "length: accuracy 0.20 (0.10 to 0.30), kappa 0.25 (0.20 to 0.30); "
            "model: accuracy 0.70 (0.60 to 0.80), kappa 0.90 (0.85 to 0.95)."
        )

    def test_the_strong_methods_differ_in_colour_and_in_mark(self):
        panel = metric_panels(METRIC_RESULTS, "Two.", strong=1).figure.axes[0]
        _, weak, _, strong = panel.lines
        assert weak.get_color() != strong.get_color()
        assert weak.get_marker() != strong.get_marker()


class TestWordShades:
    def test_its_words_give_the_same_numbers(self):
        picture = word_shades(["a", "ravine"], [-0.1, 0.52], "Words.", "levels")
        assert picture.alt == "Words in shades. Words. levels: a -0.10, ravine +0.52."

    def test_the_sign_chooses_the_colour_and_the_size_the_shade(self):
        axes = word_shades(["a", "ravine"], [-0.1, 0.5], "Words.", "levels").figure.axes[0]
        low, _, high, _ = axes.patches
        assert low.get_facecolor()[:3] != high.get_facecolor()[:3]
        assert low.get_alpha() < high.get_alpha()

    def test_a_long_text_begins_a_new_line(self):
        axes = word_shades(["incomprehensible"] * 6, [0.1] * 6, "Words.", "levels").figure.axes[0]
        assert len({round(patch.get_y(), 1) for patch in axes.patches}) == 2
