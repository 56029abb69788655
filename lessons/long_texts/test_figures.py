"""The figures of this lesson: rulers, lengths, shares by place, counted operations."""

from functools import partial

from lessons.long_texts.figures import length_histogram, operations, rulers, shares_by_place
from tests.figures import check_picture


def test_each_ruler_tells_what_is_read():
    draw = partial(rulers, 300, {"head": [(0, 64)], "windows": [(0, 64), (48, 112), (96, 160)]}, "One review.")
    check_picture(draw, "One review Of 300 tokens head reads 0 to 64 windows reads 0 to 64 48 to 112 96 to 160")


def test_each_limit_tells_what_it_cuts():
    draw = partial(length_histogram, [10, 20, 30, 40], (15, 25), "Four texts.")
    check_picture(draw, "Four texts has 40 tokens 15 tokens cut 75% 25 tokens cut 50%")


def test_shares_are_told_row_by_row():
    shares = {"head": {"start": 0.8, "end": 0.5}, "maximum": {"start": 0.7, "end": 0.9}}
    check_picture(partial(shares_by_place, shares, "Two ways."), "Two ways head start 80% end 50% maximum 70% 90%")


def test_operations_are_told_at_both_ends():
    draw = partial(operations, {"all": ([64, 128, 256], [1.0, 2.5, 8.0])}, "One way.")
    check_picture(draw, "One way from 64 to 256 tokens all 1.00 to 8.0")
