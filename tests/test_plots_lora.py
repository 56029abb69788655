"""The figures of lesson 08: what each way gives and costs, and how rich an update is."""

import base64

import pytest
from course_utils.plots.lora import gains_and_costs, singular_values


@pytest.fixture
def table():
    gains = {"always A": (0.3, 0.2, 0.4), "full": (0.6, 0.5, 0.7)}
    costs = {"seconds": {"full": 12.34}, "weights": {"full": 10_795_779}}
    return gains_and_costs(gains, costs, "Two ways")


def test_the_words_give_gains_and_costs(table):
    assert table.alt == (
        "Rows of points and bars. Two ways: accuracy always A 30.0%, from 20.0% to 40.0%; "
        "accuracy full 60.0%, from 50.0% to 70.0%; seconds: full 12.3; weights: full 10.8M."
    )


def test_a_way_without_a_cost_has_no_bar(table):
    accuracy, *panels = table.figure.axes
    assert [len(panel.patches) for panel in panels] == [1, 1]
    assert [bar.get_y() + bar.get_height() / 2 for bar in panels[0].patches] == [1.0]  # the second row
    assert len(accuracy.lines) == 4


def test_rounding_is_not_counted_as_a_direction():
    picture = singular_values({"thin": [2.0, 1.0, 1e-9], "thick": [3.0, 2.0, 1.0]}, "Two updates.", marks=2)
    assert "thin: 2 of 3 above rounding, number 2 at 0.5" in picture.alt
    assert "thick: 3 of 3 above rounding, number 2 at 0.67" in picture.alt


@pytest.mark.parametrize("name", ["table", "values"])
def test_each_shows_itself_as_a_picture(name, table):
    picture = table if name == "table" else singular_values({"A": [1.0, 0.1]}, "One.", marks=1)
    data, metadata = picture._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert 0 < metadata["image/png"]["width"] < 1200
