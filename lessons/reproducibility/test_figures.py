"""The figure of this lesson: what goes into one number."""

from functools import partial

from lessons.reproducibility.figures import ingredients
from tests.figures import check_picture


def test_every_part_has_its_box_and_its_value():
    groups = {"files": {"rows": "419 messages", "weights": "22.7 million"}, "dice": {"order": "seed 7"}}
    draw = partial(ingredients, groups, "1 number", "What goes in")
    picture = check_picture(
        draw, "What goes in files rows 419 messages weights 22.7 million dice order seed 7 1 number"
    )
    [axes] = picture.figure.axes
    assert len(axes.patches) >= 4
