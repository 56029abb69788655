"""The figures of this lesson: the way of a label, and tables of counts side by side."""

from functools import partial

import numpy as np

from lessons.labels.figures import contest_table, machine, tables
from tests.figures import check_picture

draw = partial(tables, {"random": [[7, 3], [2, 8]], "lazy": [[9, 0], [5, 4]]}, ["anger", "joy"], ["angry", "glad"])


def test_each_count_is_told():
    counts = "random anger angry 7 glad 3 joy angry 2 glad 8 lazy anger angry 9 glad 0 joy angry 5 glad 4"
    check_picture(partial(draw, "Two kinds"), "Two kinds", counts, largest=1200)


def test_one_table_for_each_panel():
    assert [axes.get_title(loc="left") or axes.get_title() for axes in draw("Two kinds").figure.axes] == [
        "random",
        "lazy",
    ]


def test_the_sides_are_named():
    picture = draw("Two kinds", down="true label", across="written")
    first, second = picture.figure.axes
    assert (first.get_ylabel(), first.get_xlabel()) == ("true label", "written")
    assert (second.get_ylabel(), second.get_xlabel()) == ("", "written")
    assert picture.alt.endswith("Rows: true label. Columns: written.")


def test_the_way_of_a_label():
    said = "The way of a label posts 800 texts reader writes 1 of 4 labels model learns score 400 test labels"
    check_picture(partial(machine, 800, 4, 400), said)


def test_a_contest_tells_right_answers_doubt_and_confidence():
    sure, unsure = np.array([[0.75, 0.25], [0.75, 0.25]]), np.array([[0.5, 0.5], [0.5, 0.5]])
    table = contest_table({"sure": sure, "unsure": unsure}, np.array([0, 1]))
    assert table.loc["sure"].tolist() == ["50.0%", "0.84", "75%"]
    assert table.loc["unsure"].tolist() == ["50.0%", "0.69", "50%"]
