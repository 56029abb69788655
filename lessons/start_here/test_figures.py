"""The figure of this lesson: a picture for those who see it, and the same numbers in words."""

from functools import partial

from lessons.start_here.figures import machine
from tests.figures import check_picture


def test_the_machine_from_tweets_to_answers():
    check_picture(
        partial(machine, 2600, ["angry", "calm", "glad"], 1000),
        "2,600 tweets with labels pretrained model fine-tuning your model",
        "a sentence of yours angry calm or glad 1,000 other tweets how often it is right",
    )
