"""The figure of this lesson: tables of counts side by side."""

from functools import partial

from lessons.labels.figures import tables
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
