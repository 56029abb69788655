"""The figure of lesson 06: a number for each step of a training."""

import base64

import pytest
from course_utils.plots.training import step_curve


@pytest.fixture
def picture():
    return step_curve([4, 2, 3, 1], "The loss.", "loss", 2, judged={2: 2.5, 4: 1.5}, limit=("limit", 2))


def test_its_words_give_the_same_numbers(picture):
    assert picture.alt == (
        "Lines. The loss. loss along the steps: mean of the last 2 from 3.00 to 2.00; "
        "single steps between 1.00 and 4.00; validation 2.50 at step 2, 1.50 at step 4; "
        "limit 2, with 2 of 4 steps above it."
    )


def test_it_draws_each_step_and_the_running_mean(picture):
    each, mean, limit, judged = picture.figure.axes[0].lines
    assert list(each.get_ydata()) == [4, 2, 3, 1]
    assert list(mean.get_ydata()) == [4, 3, 2.5, 2]
    assert set(limit.get_ydata()) == {2}
    assert list(judged.get_xdata()) == [2, 4]


def test_it_shows_itself_as_a_picture_also_without_the_extras():
    data, metadata = step_curve([1.0, 0.5], "Norms.", "norm", 5)._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert 0 < metadata["image/png"]["width"] < 900
    assert "validation" not in data["text/plain"]
