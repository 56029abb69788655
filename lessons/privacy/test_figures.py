"""The figures of this lesson: the leak beside the use, and the clip of each row's gradient."""

from functools import partial

import numpy as np

from lessons.privacy.figures import clip_each, leak_and_use, machine
from tests.figures import check_picture


def test_the_attack_as_a_machine():
    check_picture(partial(machine, 20, 6), "one row 20 tokens 1 label the model 6 probabilities the loss 1 number")


def test_the_leak_beside_the_use():
    ways = {"layer": {1: (0.4, 0.7), 3: (0.5, 0.8)}, "head": {1: (0.35, 0.6), 3: (0.45, 0.75)}}
    said = "The leak layer epoch 1 0.40 and 0.70 epoch 3 0.50 and 0.80"
    check_picture(partial(leak_and_use, ways, "The leak"), said + " head epoch 1 0.35 and 0.60 epoch 3 0.45 and 0.75")


def test_no_arrow_is_longer_than_the_clip():
    draw = partial(clip_each, [0.5, 2.0, 1.25], [False, True, False], 1.0, "Each row")
    picture = check_picture(draw, "Each row 3 rows lengths from 0.50 to 2.00 none is longer than 1")
    for axes, longest in zip(picture.figure.axes, (2.0, 1.0), strict=True):
        ends = [np.hypot(*line.get_xydata()[-1]) for line in axes.lines if len(line.get_xdata())]
        assert max(ends) <= longest + 1e-9
