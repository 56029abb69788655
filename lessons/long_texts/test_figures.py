"""The figures of this lesson: rulers, lengths, shares by place, counted operations."""

from functools import partial

from lessons.long_texts.figures import (
    four_ways,
    length_histogram,
    operations,
    rulers,
    scores_by_fives,
    shares_by_place,
)
from tests.figures import check_picture


def test_each_ruler_tells_what_is_read():
    draw = partial(rulers, 300, {"head": [(0, 64)], "windows": [(0, 64), (48, 112), (96, 160)]}, "One review.")
    check_picture(draw, "One review Of 300 tokens head reads 0 to 64 windows reads 0 to 64 48 to 112 96 to 160")


def test_four_ways_read_what_the_library_would_cut():
    ways = four_ways(100, room=40, overlap=10)
    assert ways["head"] + ways["tail"] == [(0, 40), (60, 100)]
    assert ways["head + tail"] == [(0, 20), (80, 100)]
    assert ways["windows"] == [(0, 40), (30, 70), (60, 100)]


def test_each_limit_tells_what_it_cuts():
    draw = partial(length_histogram, [10, 20, 30, 40], (15, 25), "Four texts.")
    check_picture(draw, "Four texts has 40 tokens 15 tokens cut 75% 25 tokens cut 50%")


def test_shares_are_told_row_by_row():
    shares = {"head": {"start": 0.8, "end": 0.5}, "maximum": {"start": 0.7, "end": 0.9}}
    words = "Two ways head start 80% end 50% maximum 70% 90%"
    check_picture(partial(shares_by_place, shares, "Two ways."), words)
    check_picture(partial(shares_by_place, shares, "Two ways.", span=(0.5, 0.9)), words)


def test_scores_have_a_tick_at_each_five_percent():
    draw = partial(scores_by_fives, {"64 tokens": (0.6, 0.52, 0.68)}, "One limit")
    check_picture(draw, "One limit accuracy 64 tokens 60.0% from 52.0% to 68.0%")
    assert [round(100 * tick) for tick in draw().figure.axes[0].get_xticks()][1:-1] == [55, 60, 65]


def test_operations_are_told_at_both_ends():
    draw = partial(operations, {"all": ([64, 128, 256], [1.0, 2.5, 8.0])}, "One way.")
    check_picture(draw, "One way from 64 to 256 tokens all 1.00 to 8.0")
