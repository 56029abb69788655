"""The figure of this lesson: which difference stands clear of zero."""

from functools import partial

from lessons.recipe.figures import forest
from tests.figures import check_picture

DIFFERENCES = {"no warmup": (-0.02, -0.05, 0.01), "another rate": (-0.2, -0.3, -0.1)}

plot = partial(forest, DIFFERENCES, "Two changes")


def test_it_tells_each_difference_and_whether_it_is_clear_of_zero():
    quiet = "no warmup -2.0 points -5.0 +1.0 holds zero"
    loud = "another rate -20.0 points -30.0 -10.0 clear of zero"
    check_picture(plot, "Two changes", quiet, loud)


def test_a_quiet_difference_is_hollow():
    [axes] = plot().figure.axes
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert [dot.get_markerfacecolor() == "white" for dot in dots] == [True, False]
