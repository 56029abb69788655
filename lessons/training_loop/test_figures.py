"""The figure of this lesson: a number for each step of a training."""

from functools import partial

from lessons.training_loop.figures import step_curve
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
