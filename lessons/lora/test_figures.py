"""The figures of this lesson: what each way gives and costs, and how rich an update is."""

from functools import partial

from lessons.lora.figures import gains_and_costs, singular_values
from tests.figures import check_picture

GAINS = {"always A": (0.3, 0.2, 0.4), "full": (0.6, 0.5, 0.7)}
COSTS = {"seconds": {"full": 12.34}, "weights": {"full": 10_795_779}}

table = partial(gains_and_costs, GAINS, COSTS, "Two ways")


def test_gains_and_costs_of_each_way_are_told():
    gains = "accuracy always A 30.0% 20.0% 40.0% accuracy full 60.0% 50.0% 70.0%"
    costs = "seconds full 12.3 weights full 10.8M"
    check_picture(table, "Two ways", gains, costs, largest=1200, only_drawn=("95%", "30%", "60%"))


def test_a_way_without_a_cost_has_no_bar():
    accuracy, *panels = table().figure.axes
    assert [len(panel.patches) for panel in panels] == [1, 1]
    assert [bar.get_y() + bar.get_height() / 2 for bar in panels[0].patches] == [1.0]  # the second row
    assert len(accuracy.lines) == 4


def test_rounding_is_not_counted_as_a_direction():
    draw = partial(singular_values, {"thin": [2.0, 1.0, 1e-9], "thick": [3.0, 2.0, 1.0]}, "Two updates.", marks=2)
    check_picture(draw, "Two updates", "thin 2 of 3 number 2 at 0.5", "thick 3 of 3 number 2 at 0.67")
