"""The figures of this lesson: the machine, samples that move, and attention as shades."""

from functools import partial

from lessons.distillation.figures import looks, machine, paths
from tests.figures import check_picture


def test_the_machine():
    draw = partial(machine, 1500, 4, 384)
    check_picture(draw, "here 1,500 real rows 4 learned samples of 384 numbers There 1 step trained model")


def test_the_paths():
    draw = partial(paths, [[0, 1], [1, 0]], [0, 1], [[[0, 0], [1, 1]], [[0, 2], [3, 1]]], "They move")
    check_picture(
        draw, "They move label 0 goes from (0.0, 0.0) to (0.0, 2.0) label 1 goes from (1.0, 1.0) to (3.0, 1.0)"
    )


def test_where_places_look():
    draw = partial(looks, {"before": [[0.5, 0.5], [0.2, 0.8]], "after": [[0.1, 0.9], [0.9, 0.1]]}, "Looks")
    check_picture(draw, "places 1 to 2 Looks before another 80% after another 90%")
