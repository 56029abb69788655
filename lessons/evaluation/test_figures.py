"""The pictures of this lesson: drawn from the sizes and answers that they get."""

from functools import partial

import numpy as np

from lessons.evaluation import figures
from tests.figures import check_picture

RIGHT = np.array([True, True, False, True] * 10)
SURE = np.linspace(0.55, 0.95, 40)


def test_the_three_parts():
    check_picture(
        partial(figures.three_parts, train=512, validation=400, test=1000),
        "train 512 learning validation 400 choosing test 1,000 judging",
    )


def test_from_answers():
    check_picture(
        partial(figures.from_answers, [True, False, True], score=(0.693, 0.665, 0.721), gain=-0.029),
        "right and wrong answers 1 0 1 mean 69.3% interval 66.5% 72.1% slices gain -2.9% decision",
        only_drawn=("1", "0"),
    )


def test_costs_by_threshold():
    draw = partial(figures.costs_by_threshold, [0.1, 0.5], {"validation": [0.4, 0.8], "test": [0.3, 0.9]}, chosen=0.1)
    check_picture(
        draw, "validation 0.40 0.80 0.40 0.10 test 0.30 0.90 0.30 0.10 chosen 0.10 0.40 0.10", only_drawn=("0.10:",)
    )


def test_risk_by_coverage_falls_for_a_model_that_knows():
    picture = figures.risk_by_coverage({"knows": (SURE, SURE > 0.7)}, {"bar": (0.5, 0.0)})
    assert "knows from 0% to 38%" in picture.alt


def test_reliability_counts_the_rows_of_each_bin():
    assert "(10 rows)" in figures.reliability_of({"a": (SURE, RIGHT)}, "Sure?").alt
