"""The figures of this lesson: the way of a request, how long each request waits, and one batch for two processes."""

from functools import partial

from lessons.serve_and_scale.figures import request_way, shared_batch, waiting
from tests.figures import check_picture


def test_a_queue_that_grows():
    due = [0.1 * number for number in range(10)]
    draw = partial(waiting, {"alone": (due, [0.01 * 2**n for n in range(10)]), "limited": (due, [0.02] * 10)}, "Flood")
    words = "Flood alone from 0.01 s in the first fifth to 3.84 s in the last limited from 0.02 s to 0.02 s"
    picture = check_picture(draw, words)
    [axes] = picture.figure.axes
    assert axes.get_yscale() == "log"


def test_a_batch_is_cut_for_two_processes():
    words = "one batch of 16 rows process 0 takes rows 0 to 7 process 1 takes rows 8 to 15"
    check_picture(partial(shared_batch, 16, 2, "Shared"), words)


def test_the_way_of_a_request():
    words = "queue at most 16 wait batch up to 8 texts waits 5 ms model answers 4 probabilities"
    check_picture(partial(request_way, 8, 0.005, 16, 4), words)
