"""The figures of this lesson: the loop as a circle, and a number for each step of a training."""

from functools import partial

import pytest

from lessons.training_loop.figures import circle, norm_lines, step_curve
from tests.figures import check_picture

loss = partial(step_curve, [4, 2, 3, 1], "The loss.", "loss", 2, judged={2: 2.5, 4: 1.5}, limit=("limit", 2))


def test_means_extremes_judgements_and_the_limit_are_told():
    values = "The loss mean of the last 2 from 3.00 to 2.00 single steps between 1.00 and 4.00"
    check_picture(loss, values, "validation 2.50 at step 2 1.50 at step 4 limit 2 with 2 of 4 steps above")


def test_it_works_without_the_extras():
    draw = partial(step_curve, [1.0, 0.5], "Norms.", "norm", 5)
    picture = check_picture(draw, "Norms norm mean of the last 5 from 0.75 to 0.75 between 0.50 and 1.00")
    assert "validation" not in picture.alt


def test_it_draws_each_step_and_the_running_mean():
    each, mean, limit, judged = loss().figure.axes[0].lines
    assert list(each.get_ydata()) == [4, 2, 3, 1]
    assert list(mean.get_ydata()) == [4, 3, 2.5, 2]
    assert set(limit.get_ydata()) == {2}
    assert list(judged.get_xdata()) == [2, 4]


STATIONS = [
    (f"station {letter}", f"{letter}()", f"{number} x {number + 1}") for number, letter in enumerate("abcdefgh")
]


def test_a_circle_tells_its_stations_in_their_order_and_the_model():
    said = " ".join(f"{name}, {code} {value} ->" for name, code, value in STATIONS)
    check_picture(
        partial(circle, STATIONS, "7 weights,\n3 learn", "One turn"), said, "the next station a 7 weights, 3 learn"
    )


def test_a_circle_has_eight_stations():
    with pytest.raises(ValueError, match="zip"):
        circle(STATIONS[:7], "", "")


def test_norms_are_drawn_and_losses_are_not():
    draw = partial(norm_lines, {"a": [(9, 1.5), (8, 2.5)], "b": [(7, 3), (6, 4)]}, "Norms.")
    check_picture(draw, "Norms gradient norm along step a from 1.5 to 2.5 b from 3 to 4")
