"""The figures of this lesson: what LoRA adds, what each way gives and costs, and how rich an update is."""

from functools import partial

import pytest

from lessons.lora.figures import adapter, gains_and_costs, product, singular_values
from tests.figures import check_picture

GAINS = {"always A": (0.3, 0.2, 0.4), "full": (0.6, 0.5, 0.7)}
COSTS = {"seconds": {"full": 12.34}, "weights": {"full": 10_795_779}}

table = partial(gains_and_costs, GAINS, COSTS, "Two ways")


def test_a_matrix_and_its_two_thin_ones():
    said = "rank 8 to scale 384 numbers W 384 384 147,456 numbers stays A 8 384 8 numbers B 384 8 384 numbers 6,144 384"
    check_picture(partial(adapter, 384, 8), said, largest=1000)


@pytest.mark.parametrize(("side", "rank"), [(384, 8), (768, 16), (100, 50)])
def test_the_matrices_are_drawn_to_scale(side, rank):
    whole, thin, tall = (patch.get_bbox() for patch in adapter(side, rank).figure.axes[0].patches[:3])
    assert (whole.width, thin.width, tall.height) == (pytest.approx(whole.height),) * 3
    assert thin.height / whole.height == pytest.approx(rank / side)
    assert tall.width / whole.width == pytest.approx(rank / side)


def test_the_table_is_the_product():
    draw = partial(product, [[2], [-1]], [[0, 3, 1]], "One rule")
    check_picture(draw, "One rule A what to read: 0 3 1 B where to write 2 -1 B @ A 0 6 2 0 -3 -1")


def test_the_table_of_two_rules():
    draw = partial(product, [[1, 0], [0, 2]], [[1, 0], [4, 5]], "Two rules")
    check_picture(draw, "Two rules A 1 0 4 5 B 1 0 0 2 B @ A 1 0 8 10")


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
