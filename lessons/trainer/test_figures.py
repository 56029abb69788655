"""The machine of this lesson."""

from functools import partial

from lessons.trainer import figures
from tests.figures import check_picture


def test_the_loop_and_the_groups_around_it():
    told = enumerate(figures.GROUPS.items(), 1)
    groups = " ".join(f"{number} {question} ({name})" for number, (question, name) in told)
    check_picture(partial(figures.machine, 114), f"114 arguments batch, loss, backward, step, and again {groups}")
