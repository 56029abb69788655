"""The figures of this lesson: how train and test touch, and shares along time."""

from functools import partial

from lessons.leakage.figures import months, touches
from tests.figures import check_picture


def test_every_way_to_touch_has_its_arrow():
    draw = partial(touches, {"same words": 0.12, "same writer": 0.5}, "Where they touch")
    picture = check_picture(draw, "Where they touch same words 12% of test rows same writer 50% of test rows")
    [axes] = picture.figure.axes
    thin, thick = [patch.get_linewidth() for patch in axes.patches][-2:]
    assert thin < thick


def test_shares_along_time_and_the_alarm():
    draw = partial(months, {"right": [0.8, 0.3], "sure": [0.5, 0.45]}, ["first", "last"], "Two", ("alarm", 0.4))
    check_picture(draw, "first to last Two right from 80% to 30% sure from 50% to 45% alarm 40%")
