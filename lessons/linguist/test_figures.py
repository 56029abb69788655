"""The figures of this lesson: the map of a word, and the score along a distance."""

from functools import partial

import numpy as np

from lessons.linguist.figures import by_distance, by_layer, sense_map
from tests.figures import check_picture


def test_each_sentence_is_a_point_of_its_sense_and_period():
    points = np.array([[0, 0], [1, 1], [2, 0], [0, 2]])
    panels = {"mouse": (points, ["animal", "animal", "device", "animal"], ["old", "new", "new", "old"])}
    picture = check_picture(
        partial(sense_map, panels, "A map"), "A map mouse: 2 animal, old 1 animal, new 1 device, new"
    )
    [axes] = picture.figure.axes
    assert sum(len(cloud.get_offsets()) for cloud in axes.collections) == 4


def test_both_readers_stand_side_by_side():
    whole = {"near": (1.0, 0.9, 1.0), "far": (0.93, 0.87, 0.99)}
    short = {"near": (0.98, 0.85, 1.0), "far": (0.3, 0.2, 0.4)}
    said = ("near 100% 90% to 100%", "far 93% 87% to 99%", "short near 98% 85% to 100%", "far 30% 20% to 40%")
    check_picture(partial(by_distance, {"whole": whole, "short": short}, "How far?"), *said)


def test_each_question_has_its_line():
    lines = {"sense (50% is free)": [0.5, 0.8], "style (69% is free)": [0.82, 0.85]}
    said = ("from 0 on", "Layers sense 50% is free 50% 80%", "style 69% is free 82% 85%")
    check_picture(partial(by_layer, lines, "Layers"), *said)
