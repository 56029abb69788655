"""What the alarms look at: the quarter of a day, and words that a model has read. And the copies made on purpose."""

import numpy as np

from lessons.leakage.copies import KINDS, plant
from lessons.leakage.tables import known_words, leak_table, quarters_of


def test_the_quarter_of_a_day():
    days = np.array(["2023-01-01", "2023-03-31", "2024-04-01", "2025-12-31"], "datetime64[D]")
    assert quarters_of(days).tolist() == ["23Q1", "23Q1", "24Q2", "25Q4"]


def test_a_text_does_not_know_itself():
    words = [["a", "b"], ["a", "c"], ["b", "d"]]
    assert known_words(words, np.array([True, True, False])).tolist() == [0.5, 0.5, 0.5]


def test_a_leak_is_told_in_points_with_its_interval():
    gains = np.full((3, 1, 1), 0.125)
    [line] = leak_table(gains, np.full((3, 1, 1), 0.5), ["touched"], ["copying"]).to_dict("records")
    assert line == {"honest score": "50.0%", "the leak adds": "+12.5 points", "from": "+12.5", "to": "+12.5"}


def test_the_kinds_take_turns():
    planted, kinds = plant(["one two three four five six"] * 10, np.random.default_rng(0))
    assert kinds == KINDS * 2
    assert planted[0].startswith("RT @user: one") and "#" in planted[1] and "something" in planted[3]
