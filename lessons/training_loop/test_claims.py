"""What this lesson says and no cell of it checks: its folded answers, tried with its own cells, and its own run."""

import copy
import inspect
import math
import re

import numpy as np
import pytest

from course_tools.project import ROOT, tagged_code
from tests.prose import cell, cells, printed, prose, said, stored_records

SLUG = "training_loop"


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """The names of the lesson in `laptop` after its cells up to `race`, and its `make_schedule`."""
    names, sources = {}, cells(SLUG)
    [last] = [number for number, source in enumerate(sources) if "def race(" in source]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("lesson"))
        patch.setenv("HF_HUB_OFFLINE", "1")
        for source in [*sources[: last + 1], cell(SLUG, "def make_schedule(")]:
            exec(compile('PROFILE = "laptop"' if source.startswith("PROFILE") else source, SLUG, "exec"), names)
    return names


@pytest.fixture(scope="module")
def default_limit(lesson) -> float:
    """The `max_norm` that a step has if nobody says another."""
    return inspect.signature(lesson["training_step"]).parameters["max_norm"].default


def norms(steps) -> list[float]:
    return [norm for _, norm in steps]


def last_loss(steps) -> float:
    return np.mean([loss for loss, _ in steps[-5:]])


def test_each_of_ten_questions_has_its_heading():
    assert "answer ten questions of a lecture" in prose(SLUG)
    assert sorted(map(int, re.findall(r"## Question (\d+)", prose(SLUG)))) == list(range(1, 11))


def test_a_batch_has_sixteen_posts_and_a_race_sixteen_batches(lesson):
    assert "Sixteen posts, as wide as the longest of them" in prose(SLUG)
    assert lesson["loader"].batch_size == 16
    assert "sixteen batches shout at once" in prose(SLUG)
    assert lesson["turns"] == 16


def test_a_race_teaches_hardly_more_than_guessing(lesson):
    steps, classes, guessing = said(SLUG, "nobody has learned much after {} steps: guessing costs ln({}) = {}")
    assert (steps, classes) == (lesson["turns"], len(lesson["labels"]))
    assert guessing == round(math.log(classes), 2)
    records = stored_records(SLUG)
    for race in ("race_without", "race_zero_grad_forgotten"):
        assert records[race] > guessing - 0.06


def test_backward_adds(lesson):
    assert "Twice the size, three times the size. `backward` adds to what is there" in prose(SLUG)
    model, sizes = copy.deepcopy(lesson["untrained"]), []
    for _ in range(3):
        model(**lesson["batch"]).loss.backward()
        sizes.append(model.get_parameter(lesson["head"]).grad.norm().item())
    assert sizes == pytest.approx([sizes[0], 2 * sizes[0], 3 * sizes[0]], rel=1e-3)


def test_clipping_hides_that_zero_grad_was_forgotten(lesson, default_limit):
    """`Does its line still climb?` Without clipping it does, with clipping hardly."""
    [limit] = said(SLUG, "Give the runner that forgets `max_norm={}`. Does its line still climb?")
    assert said(SLUG, "Hardly. After each step the pile is cut to length {}") == [limit] == [default_limit]
    raw, step = norms(lesson["race"](seed=1, zeroed=False)), lesson["training_step"]
    lesson["training_step"] = lambda *things, max_norm: step(*things, max_norm=limit)
    try:
        clipped = norms(lesson["race"](seed=1, zeroed=False))
    finally:
        lesson["training_step"] = step
    assert max(raw) > 2 * max(clipped)


def test_the_schedule_climbs_in_the_first_tenth_and_walks_half_of_the_way(lesson):
    [steps] = said(SLUG, "We ask it for {} steps")
    assert f"range({steps})" in cell(SLUG, "def rates(")
    optimizer = lesson["make_optimizer"](lesson["untrained"])
    schedule, rates = lesson["make_schedule"](optimizer, steps), []
    for _ in range(steps):
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    assert "climbs in the first tenth of the steps (this is the warmup), and then falls to zero" in prose(SLUG)
    assert (np.argmax(rates), schedule.get_last_lr()) == (steps / 10, [0])
    assert "Look at the first number: zero" in prose(SLUG)
    assert rates[0] == 0
    assert "The scheduler walks only half of the way" in prose(SLUG)
    assert np.mean(rates) == pytest.approx(lesson["learning_rate"] / 2, rel=0.02)


def test_two_seeds_differ_as_much_as_the_two_ways():
    assert "the seeds differ as much as the ways" in prose(SLUG)
    pairs = re.findall(r"seed 1: ([\d.]+), seed 2: ([\d.]+)", printed(SLUG, "def warm("))
    losses = np.array(pairs, dtype=float)
    assert losses.shape == (2, 2)
    assert np.abs(np.diff(losses, axis=1)).max() >= abs(np.diff(losses.mean(axis=1)).item())


def test_at_five_times_the_rate_nothing_is_learned_with_a_scheduler_or_without(lesson):
    turns, before = lesson["turns"], lesson["learning_rate"]
    digit, power = said(SLUG, "Set `learning_rate = {}e{}` above `make_optimizer`, five times our rate")
    assert digit * 10**power == pytest.approx(5 * before)
    [classes] = said(SLUG, "Neither loss gets clearly below ln({})")
    assert classes == len(lesson["labels"])
    lesson["learning_rate"] = digit * 10**power
    try:
        warm = lesson["race"](seed=1, schedule_for=lambda optimizer: lesson["make_schedule"](optimizer, turns))
        races = [lesson["race"](seed=1), warm]
    finally:
        lesson["learning_rate"] = before
    for race in races:
        assert last_loss(race) > math.log(classes) - 0.06


def test_the_loss_rises_at_nearly_every_second_step_while_its_means_fall():
    records = stored_records(SLUG)
    assert "the loss rose at nearly every second step" in prose(SLUG)
    assert records["share_of_rises"] == pytest.approx(0.5, abs=0.1)
    assert "The means of the five parts tell the true story: they fall" in prose(SLUG)
    assert records["rises_of_fifths"] == 0


def test_most_steps_are_clipped(default_limit):
    assert said(SLUG, "most steps lie above the limit. So {} is no emergency brake here") == [default_limit]
    assert stored_records(SLUG)["clipped_share"] > 0.5


class TestThePowerFails:
    def test_at_the_step_that_the_text_names(self):
        [step] = said(SLUG, "The power fails at step {}")
        assert said(SLUG, "breaks off when step {} asks for its posts, in the middle of the second epoch") == [step]
        assert f"batches_asked_for == {step}:" in cell(SLUG, "def collate_until")
        assert "two epochs of five steps" in prose(SLUG)
        assert any("range(5 * size)" in source and "epochs=2" in source for source in cells(SLUG))

    def test_and_the_step_before_is_lost(self):
        [step] = said(SLUG, "The power fails at step {}")
        every = int(re.search(r"def train\(.*every=(\d+)", tagged_code(SLUG, "loop"))[1])
        lost, saved = said(SLUG, "Step {} was done, but nobody had saved it. We go on from step {}")
        assert (lost, saved) == (step - 1, (step - 1) // every * every)
        assert f"step-{saved:05}" in printed(SLUG, "def collate_until")

    def test_other_frozen_weights_are_noticed_when_the_optimizer_is_restored(self, lesson):
        message = "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
        assert f"`{message}`" in prose(SLUG)
        thawed = copy.deepcopy(lesson["untrained"]).requires_grad_(True)
        memory = lesson["make_optimizer"](lesson["untrained"]).state_dict()
        with pytest.raises(ValueError, match=message):
            lesson["make_optimizer"](thawed).load_state_dict(memory)


class TestWhereItBreaks:
    def test_the_messages_stand_in_the_table(self, lesson):
        devices = "Expected all tensors to be on the same device"
        assert f"| `{devices}` | the batch stayed behind |" in prose(SLUG)
        assert devices in (ROOT / "data" / "cuda_messages.toml").read_text(encoding="utf-8")
        nothing = "'NoneType' object has no attribute 'backward'"
        assert f"| `{nothing}` | the batch has no `labels` |" in prose(SLUG)
        with pytest.raises(AttributeError, match=nothing):
            lesson["untrained"](**lesson["unnamed"]).loss.backward()
        assert "| `doesn't match the size of optimizer's group` when you resume |" in prose(SLUG)
