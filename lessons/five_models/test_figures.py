"""The machine of this lesson."""

from functools import partial

from lessons.five_models import figures
from tests.figures import check_picture

SIZES = {"train": 160, "validation": 100, "test": 400}
RECIPES = {
    "A": {"epochs": 3, "batch": 4, "length": 24, "steps": 120},
    "B": {"epochs": 2, "batch": 8, "length": 19, "steps": 40},
}


def test_who_sees_which_texts():
    parts = "train 160 texts to learn from validation 100 texts after each epoch test 400 texts to judge, once"
    rows = "A epochs 3 batch 4 length 24 steps 120 B epochs 2 batch 8 length 19 steps 40"
    check_picture(partial(figures.protocol, SIZES, RECIPES), f"{parts} {rows} Which one is better?")
