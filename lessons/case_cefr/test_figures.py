"""The figures of this lesson: the machine, levels in order, methods by metrics, words in shades."""

from functools import partial

import numpy as np
import pytest

from lessons.case_cefr.figures import machine, metric_panels, spreads, word_shades
from tests.figures import check_picture

METRIC_RESULTS = {
    "length": {"accuracy": (0.2, 0.1, 0.3), "kappa": (0.25, 0.2, 0.3)},
    "model": {"accuracy": (0.7, 0.6, 0.8), "kappa": (0.9, 0.85, 0.95)},
}

two_metrics = partial(metric_panels, METRIC_RESULTS, "Two.", strong=1)


class TestMachine:
    @pytest.mark.parametrize("windows", [[64, 64, 20], [9], [32] * 8])
    def test_every_window_and_the_distance_are_told(self, windows):
        draw = partial(machine, windows, ["easy", "middle", "hard"], "easy", "hard")
        counts = " ".join(map(str, windows))
        check_picture(draw, f"windows of {counts} tokens easy middle hard label is easy says hard distance 2")

    def test_no_distance_where_the_label_is_said(self):
        check_picture(partial(machine, [7], ["low", "high"], "low", "low"), "7 tokens label is low says low distance 0")


class TestSpreads:
    def test_median_and_middle_of_each_level_are_told(self):
        measures = {"words": [*range(11), 7], "grade": np.arange(12)}
        labels = np.array([0] * 11 + [1])
        said = "80% Spread words A1 5 1 to 9 A2 7 7 to 7 B1 no texts grade A1 5 1 to 9 A2 11 11 to 11 B1 no texts"
        check_picture(partial(spreads, measures, labels, ["A1", "A2", "B1"], "Spread."), said)

    def test_it_draws_one_panel_for_each_measure(self):
        picture = spreads({"words": range(11), "grade": range(11)}, np.zeros(11), ["A1"], "Spread.")
        first, second = picture.figure.axes
        assert first.get_xlabel() == "words"
        assert list(first.lines[0].get_xdata()) == [1, 9]
        assert second.get_xlabel() == "grade"


class TestMetricPanels:
    def test_every_score_is_told_with_its_interval(self):
        length = "length accuracy 0.20 0.10 to 0.30 kappa 0.25 0.20 to 0.30"
        model = "model accuracy 0.70 0.60 to 0.80 kappa 0.90 0.85 to 0.95"
        check_picture(two_metrics, "95% Two", length, model)

    def test_one_method_and_one_metric_work(self):
        draw = partial(metric_panels, {"one": {"kappa": (0.5, 0.4, 0.6)}}, "Methods.", strong=1)
        check_picture(draw, "95% Methods one kappa 0.50 0.40 to 0.60")

    def test_the_strong_methods_differ_in_colour_and_in_mark(self):
        _, weak, _, strong = two_metrics().figure.axes[0].lines
        assert weak.get_color() != strong.get_color()
        assert weak.get_marker() != strong.get_marker()


class TestWordShades:
    def test_each_word_is_told_with_its_number(self):
        check_picture(
            partial(word_shades, ["a", "ravine"], [-0.1, 0.52], "Words.", "levels"),
            "Words levels a -0.10 ravine +0.52",
        )

    def test_words_that_count_for_nothing_are_drawn_as_well(self):
        check_picture(partial(word_shades, ["a", "cat"], [0.0, 0.0], "Words.", "levels"), "a +0.00 cat +0.00")

    def test_the_sign_chooses_the_colour_and_the_size_the_shade(self):
        axes = word_shades(["a", "ravine"], [-0.1, 0.5], "Words.", "levels").figure.axes[0]
        low, _, high, _ = axes.patches
        assert low.get_facecolor()[:3] != high.get_facecolor()[:3]
        assert low.get_alpha() < high.get_alpha()

    def test_a_long_text_begins_a_new_line(self):
        axes = word_shades(["incomprehensible"] * 6, [0.1] * 6, "Words.", "levels").figure.axes[0]
        assert len({round(patch.get_y(), 1) for patch in axes.patches}) == 2

    def test_a_word_within_the_noise_has_no_shade(self):
        draw = partial(word_shades, ["a", "ravine"], [-0.1, 0.5], "Words.", "levels", noise=0.2)
        picture = check_picture(draw, "a -0.10 ravine +0.50 as noise up to 0.20")
        low, _, high, _ = picture.figure.axes[0].patches
        assert low.get_alpha() == 0 < high.get_alpha()
