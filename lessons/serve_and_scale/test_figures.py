"""The figures of this lesson: the way of a request, how long each request waits, and one batch for two processes."""

from functools import partial

from lessons.serve_and_scale.figures import request_way, shared_batch, waiting
from tests.figures import check_picture


def test_a_queue_that_grows():
    due = [0.1 * number for number in range(10)]
    series = {"alone": (due, [0.01 * 2**n for n in range(10)]), "limited": (due, [0.02] * 10), "503": ([], [])}
    words = "Flood alone from 0.01 s in the first fifth to 3.84 s in the last limited from 0.02 s to 0.02 s"
    words += " 503: none a line at the promised 0.3 s"
    picture = check_picture(partial(waiting, series, "Flood", promised=0.3), words)
    [axes] = picture.figure.axes
    assert axes.get_ylim()[0] == 0
    assert "reply after (seconds)" in axes.get_ylabel()


def test_a_batch_is_cut_for_two_processes():
    words = "one batch of 16 rows process 0 takes rows 0 to 7 process 1 takes rows 8 to 15"
    words += " the mean of their gradients goes back to all the same step"
    check_picture(partial(shared_batch, 16, 2, "Shared"), words)


def test_the_way_of_a_request():
    words = "queue at most 16 wait batch up to 8 texts open for 5 ms model answers 4 probabilities"
    words += " 16 wait already: 503, try again later"
    check_picture(partial(request_way, 8, 0.005, 16, 4), words)
