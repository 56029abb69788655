"""The figures of this lesson: who may look at whom, and what a training gains and loses."""

from functools import partial

import numpy as np

from lessons.pretraining.figures import gained_and_lost, masks
from tests.figures import check_picture


def test_a_closed_square_is_white():
    panels = {"all": (["a", "b"], ["a", "b"], np.ones((2, 2))), "back": (["a", "b"], ["a", "b"], np.tri(2))}
    picture = check_picture(partial(masks, panels, "Who looks"), "Who looks all 4 of 4 open back 3 of 4 open")
    faces = [[patch.get_facecolor()[:3] for patch in axes.patches] for axes in picture.figure.axes]
    assert [sum(face == (1, 1, 1) for face in panel) for panel in faces] == [0, 1]


def test_gained_and_lost_are_both_told():
    draw = partial(gained_and_lost, {"all, slow": (0.3, 0.5), "LoRA": (0.6, 0.25)}, 0.55, "Two prices")
    check_picture(
        draw,
        "Two prices before any training 55% neighbours all, slow new task 30% neighbours 50%"
        " LoRA new task 60% neighbours 25%",
    )
