"""What lesson 06 says in its folded answers, tried with the lesson's own cells."""

import math

import jupytext
import pytest
from transformers import get_linear_schedule_with_warmup

from course_tools.project import ROOT

LESSON = ROOT / "lessons" / "06_training_loop.py"


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """The names of the lesson after its cells up to the race, in `laptop`."""
    names = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("lesson"))
        patch.setenv("HF_HUB_OFFLINE", "1")
        for cell in (cell for cell in jupytext.read(LESSON).cells if cell.cell_type == "code"):
            source = 'PROFILE = "laptop"' if "parameters" in cell.metadata.get("tags", []) else cell.source
            exec(compile(source, "a cell of lesson 06", "exec"), names)
            if "def race(" in source:
                return names
    raise AssertionError("the lesson has no race")


def norms(steps) -> list[float]:
    return [norm for _, norm in steps]


def test_clipping_hides_that_zero_grad_was_forgotten(lesson):
    """`Does its line still climb?` Without clipping it does, with clipping hardly."""
    raw = norms(lesson["race"](seed=1, zeroed=False))
    step = lesson["training_step"]
    lesson["training_step"] = lambda *things, max_norm: step(*things, max_norm=1.0)
    try:
        clipped = norms(lesson["race"](seed=1, zeroed=False))
    finally:
        lesson["training_step"] = step
    assert max(raw) > 2 * max(clipped)


def test_at_five_times_the_rate_nothing_is_learned_with_a_scheduler_or_without(lesson):
    turns = lesson["turns"]

    def warm(optimizer):
        return get_linear_schedule_with_warmup(optimizer, turns // 10, turns)

    before = lesson["learning_rate"]
    lesson["learning_rate"] = 1e-3
    try:
        races = [lesson["race"](seed=1), lesson["race"](seed=1, schedule_for=warm)]
    finally:
        lesson["learning_rate"] = before
    for steps in races:
        assert sum(loss for loss, _ in steps[-5:]) / 5 > math.log(4) - 0.06


def test_other_frozen_weights_are_noticed_when_the_optimizer_is_restored(lesson):
    thawed = lesson["copy"].deepcopy(lesson["untrained"]).requires_grad_(True)
    memory = lesson["make_optimizer"](lesson["untrained"]).state_dict()
    with pytest.raises(ValueError, match=r"doesn't match the size of optimizer's group"):
        lesson["make_optimizer"](thawed).load_state_dict(memory)
