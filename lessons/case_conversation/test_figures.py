"""The figures of this lesson: the ladder of turns, points around zero, means with their range."""

from functools import partial

from lessons.case_conversation.figures import around_zero, ladder, mean_and_range
from tests.figures import check_picture

TURNS = [("A", "You are late.", "anger"), ("B", "Fine.", "neutral"), ("A", "Sit down.", "anger")]


def test_each_turn_has_its_rung_and_each_way_its_column():
    ways = {"alone": [False, True, False], "past": [True, True, False]}
    words = "turn 1 A anger You are late turn 2 B neutral Fine turn 3 A anger Sit down"
    looks = "Turn 2 may look at these turns alone 2 past 1 2"
    picture = check_picture(partial(ladder, TURNS, 1, ways, "What may it see?"), "What may it see?", words, looks)
    [axes] = picture.figure.axes
    assert [text.get_text() for text in axes.texts].count("yes") == 3


def test_what_is_clear_of_zero_is_blue():
    results = {"a gain": (0.06, 0.02, 0.1), "nothing": (-0.01, -0.04, 0.02)}
    words = "a gain +6.0 from +2.0 to +10.0 nothing -1.0 from -4.0 to +2.0"
    picture = check_picture(partial(around_zero, results, "Who gains?", "gain"), "Who gains?", "in points", words)
    [axes] = picture.figure.axes
    zero, *lines = axes.lines
    assert list(zero.get_xdata()) == [0, 0]
    assert lines[0].get_color() != lines[2].get_color()


def test_the_range_of_the_draws_is_drawn():
    series = {"alone": {10: [0.2, 0.3], 90: [0.4, 0.4]}, "past": {10: [0.1, 0.3], 90: [0.5, 0.6]}}
    words = "alone 10: 0.250 (0.200 to 0.300), 90: 0.400 (0.400 to 0.400)", "past 10: 0.200 (0.100 to 0.300), 90: 0.550"
    picture = check_picture(partial(mean_and_range, series, "Few talks"), "Few talks", *words, "(0.500 to 0.600)")
    assert [text.get_text() for text in picture.figure.axes[0].get_xticklabels()] == ["10", "90"]
