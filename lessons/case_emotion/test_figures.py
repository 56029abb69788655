"""The figures of this lesson: a picture for those who see it, and the same numbers in words."""

from functools import partial

from lessons.case_emotion.figures import study, way
from tests.figures import check_picture


def test_three_parts_three_jobs():
    check_picture(
        partial(study, {"train": 1440, "validation": 300, "test": 450}),
        "Three parts train 1,440 posts four methods learn validation 300 posts it chooses",
        "test 450 posts it judges, once a folder for others model, card, script",
    )


def test_the_way_of_a_post():
    check_picture(
        partial(way, (16, 384), (4, 384)),
        "One vector for each post, then one layer tokens 16 posts encoder, then mean 16 vectors of 384",
        "head 4 x 384 weights probabilities 4 for each post",
    )
