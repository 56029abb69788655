"""The figure of this lesson: points on intervals, a line at zero, and blue for what is not zero."""

from functools import partial

import numpy as np
from matplotlib.colors import to_hex

from course_utils.plots.picture import COLOURS, GREY
from lessons.case_textbook.figures import around_zero, difference_interval
from tests.figures import check_picture


def test_blue_is_away_from_zero():
    results = {"plain": (0.2, 0.1, 0.3), "terse": (-0.1, -0.3, 0.2)}
    draw = partial(around_zero, results, "Two voices", "grades")
    plain, terse = "plain +0.20, from +0.10 to +0.30", "terse -0.10, from -0.30 to +0.20"
    picture = check_picture(draw, f"Two voices, grades: {plain}; {terse}")
    [axes] = picture.figure.axes
    bars = [line for line in axes.lines if line.get_linewidth() == 3]
    assert [to_hex(line.get_color()) for line in bars] == [COLOURS[0].lower(), GREY.lower()]


def test_a_difference_of_unpaired_means():
    rng = np.random.default_rng(0)
    value, low, high = difference_interval(rng.normal(1, 1, 200), rng.normal(0, 1, 100))
    assert low < value < high
    assert abs((high - low) / (2 * 1.96) - (1 / 200 + 1 / 100) ** 0.5) < 0.02
