"""Intervals: one over values, one over seeds and rows, and what each of them counts."""

import numpy as np
import pytest

from course_utils.statistics import interval, interval_over_seeds

RIGHT = np.random.default_rng(0).random((8, 200)) < 0.7


def test_the_interval_holds_its_mean_and_narrows_with_more_values():
    mean, low, high = interval([0, 1, 1, 1] * 25)
    assert (mean, low, high) == pytest.approx((0.75, 0.66, 0.83), abs=0.02)
    _, low_of_more, high_of_more = interval([0, 1, 1, 1] * 250)
    assert high_of_more - low_of_more < (high - low) / 2


def test_seeds_that_agree_add_no_width():
    one = RIGHT[0].astype(float)
    _, low, high = interval(one)
    assert interval_over_seeds([one] * 8) == pytest.approx((one.mean(), low, high), abs=0.02)


def test_seeds_that_differ_make_it_wider():
    shifts = np.linspace(-0.2, 0.2, 8)[:, None]
    mean, low, high = interval_over_seeds(np.zeros((8, 200)) + shifts)
    assert mean == pytest.approx(0)
    assert 0.12 < high - low < 0.24  # 3.9 standard errors of a mean of eight


def test_it_keeps_what_it_promises():
    """Of 200 tables with a true mean of 0.6, made of luck of seeds and luck of rows, nine in ten intervals hold it."""
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(200):
        table = 0.6 + rng.normal(0, 0.05, (10, 1)) + rng.normal(0, 0.5, (1, 100)) + rng.normal(0, 0.3, (10, 100))
        _, low, high = interval_over_seeds(table)
        held += low <= 0.6 <= high
    assert 175 <= held <= 199


def test_a_single_row_of_values_is_refused_in_words():
    with pytest.raises(ValueError, match=r"seeds x rows\. Its shape is \(3,\)"):
        interval_over_seeds([0.1, 0.2, 0.3])
