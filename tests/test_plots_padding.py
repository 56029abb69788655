"""The figure of lesson 04: batches as rectangles."""

import pytest
from course_utils.plots.padding import padded_batches


@pytest.fixture
def picture():
    return padded_batches({"random": [[4, 2], [3, 3]], "grouped": [[4, 3], [3, 2]]}, "Two ways.")


def test_its_words_give_the_same_numbers(picture):
    assert picture.alt == (
        "Batches as rectangles. Two ways: "
        "random, 14% padding (batch 1: 2 rows of 4, 25% padding; batch 2: 2 rows of 3, 0% padding). "
        "grouped, 14% padding (batch 1: 2 rows of 4, 12% padding; batch 2: 2 rows of 3, 17% padding)."
    )


def test_it_draws_every_token_once(picture):
    """The blue bars are as long as the rows, and the grey ones fill up the rectangle."""
    left, right = picture.figure.axes
    assert [bar.get_width() for bar in left.patches] == [4, 2, 0, 2, 3, 3, 0, 0]
    assert [bar.get_width() for bar in right.patches] == [4, 3, 0, 1, 3, 2, 0, 1]
    assert left.get_xlim() == right.get_xlim()


def test_one_way_and_batches_of_different_sizes_work():
    assert "batch 2: 1 rows of 2, 0% padding" in padded_batches({"only": [[3, 1], [2]]}, "One.").alt
