"""The figure of this lesson: batches as rectangles."""

from functools import partial

from lessons.dataloader.figures import padded_batches
from tests.figures import check_picture

two_ways = partial(padded_batches, {"random": [[4, 2], [3, 3]], "grouped": [[4, 3], [3, 2]]}, "Two ways.")


def test_each_batch_is_told_with_its_rows_its_length_and_its_padding():
    random = "random 14% padding batch 1 2 rows of 4 25% padding batch 2 2 rows of 3 0% padding"
    grouped = "grouped 14% padding batch 1 2 rows of 4 12% padding batch 2 2 rows of 3 17% padding"
    check_picture(two_ways, "Two ways", random, grouped)


def test_one_way_and_batches_of_different_sizes_work():
    said = "One only 25% padding batch 1 2 rows of 3 33% padding batch 2 1 rows of 2 0% padding"
    check_picture(partial(padded_batches, {"only": [[3, 1], [2]]}, "One."), said)


def test_it_draws_every_token_once():
    """The blue bars are as long as the rows, and the grey ones fill up the rectangle."""
    left, right = two_ways().figure.axes
    assert [bar.get_width() for bar in left.patches] == [4, 2, 0, 2, 3, 3, 0, 0]
    assert [bar.get_width() for bar in right.patches] == [4, 3, 0, 1, 3, 2, 0, 1]
    assert left.get_xlim() == right.get_xlim()
