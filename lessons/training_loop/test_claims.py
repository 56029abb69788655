"""What this lesson says and no cell of it checks: its folded answers, tried with its own cells, and its own run."""

import copy
import inspect
import math
import re

import numpy as np
import pytest
import torch

from course_tools.project import ROOT, tagged_code
from lessons.training_loop import files, first_turn
from tests.prose import cell, cells, printed, prose, said, stored_records

SLUG = "training_loop"


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """The names of the lesson in `laptop` after its cells up to `trial`, and its `make_schedule`."""
    names, sources = {}, cells(SLUG)
    [last] = [number for number, source in enumerate(sources) if "def trial(" in source]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("lesson"))
        patch.setenv("HF_HUB_OFFLINE", "1")
        for source in [*sources[: last + 1], cell(SLUG, "def make_schedule(")]:
            exec(compile('PROFILE = "laptop"' if source.startswith("PROFILE") else source, SLUG, "exec"), names)
    return names


def gradient(lesson, *parts) -> torch.Tensor:
    """Return all gradients of the untrained model, after `backward` for the loss of each part, times its factor."""
    model = copy.deepcopy(lesson["untrained"])
    for batch, factor in parts:
        (factor * model(**batch).loss).backward()
    return torch.cat([weight.grad.flatten() for weight in model.parameters() if weight.requires_grad])


def test_each_of_ten_questions_has_its_heading_in_their_order():
    assert "answer ten questions of a lecture" in prose(SLUG)
    assert list(map(int, re.findall(r"## Question (\d+)", prose(SLUG)))) == list(range(1, 11))


class TestThePicture:
    def test_its_numbers_are_those_of_the_lessons_first_batch(self, lesson):
        values = {name: value for name, _, value in lesson["stations"]}
        rows, width = lesson["batch"]["input_ids"].shape
        assert values["batch"].startswith(f"{rows} x {width} ")
        assert values["forward"].startswith(f"{rows} x {len(lesson['labels'])} ")
        assert values["loss"].startswith(f"{lesson['loss'].item():.2f}:")
        assert f"norm: {gradient(lesson, (lesson['batch'], 1)).norm():.2f}," in values["clip"]

    def test_the_step_has_the_length_of_the_learning_rate(self, lesson):
        values = {name: value for name, _, value in lesson["stations"]}
        assert values["step"].endswith(f"{lesson['learning_rate']:.3g}")

    def test_it_leaves_the_random_numbers_alone(self, lesson):
        course, before = lesson["course"], torch.random.get_rng_state()
        first_turn.first_turn(course, lesson["train_rows"].select(range(8)), 4, 1e-4)
        assert torch.equal(before, torch.random.get_rng_state())


def test_a_state_comes_back_as_it_was(tmp_path):
    state = {"optimizer": {"state": {0: {"step": torch.tensor(3.0)}, 7: {}}, "groups": [{"lr": 0.1, "fused": None}]}}
    files.write(tmp_path, state | {"dice": torch.get_rng_state(), "step": 6})
    found = files.read(tmp_path)
    assert torch.equal(found.pop("dice"), torch.get_rng_state())
    assert found == state | {"step": 6}


def test_counts_of_posts_steps_and_weights(lesson):
    [few] = said(SLUG, "`few` are {} short posts")
    assert len(lesson["few"]) == few
    assert said(SLUG, "the {} short posts, read four times") == [few]
    assert said(SLUG, "The {} posts again, four times") == [few]
    assert said(SLUG, "step {} still gets the gradients of step 1") == [4 * few / 8]
    assert said(SLUG, "{} batches make one epoch") == [len(lesson["loader"])]
    [million] = said(SLUG, "finds all {} million slopes")
    weights = lesson["untrained"].parameters()
    assert million == round(sum(weight.numel() for weight in weights if weight.requires_grad) / 1e6, 1)


def test_an_untrained_model_guesses(lesson):
    classes, guessing = said(SLUG, "The loss is near ln({}) = {}")
    assert (classes, guessing) == (len(lesson["labels"]), round(math.log(classes), 2))
    assert lesson["loss"].item() == pytest.approx(guessing, abs=0.1)


def test_weight_decay_shrinks_by_two_millionths(lesson):
    [decay] = said(SLUG, "of each weight: the learning rate times {}.")
    assert "`weight_decay` takes two millionths of each weight" in prose(SLUG)
    millionths = 2
    [group] = lesson["make_optimizer"](lesson["untrained"]).param_groups
    assert (group["weight_decay"], group["lr"] * decay) == (decay, pytest.approx(millionths / 1e6))


def test_backward_adds(lesson):
    assert "Twice the length, three times the length. `backward` adds to what is there" in prose(SLUG)
    once = gradient(lesson, (lesson["batch"], 1))
    assert torch.allclose(gradient(lesson, (lesson["batch"], 1), (lesson["batch"], 1)), 2 * once, atol=1e-5)


def test_two_halves_divided_by_two_are_the_batch_if_they_are_equally_big(lesson):
    [whole, half, divisor] = said(
        SLUG,
        "A batch of {} does not fit into your GPU? Take two of {}, call `backward` for each, and then step. "
        "But divide each loss by {} first",
    )
    batch = lesson["batch"]
    assert len(batch["labels"]) == whole == 2 * half
    once = gradient(lesson, (batch, 1))

    def in_two(first):
        parts = [{name: values[:first] for name, values in batch.items()}]
        parts += [{name: values[first:] for name, values in batch.items()}]
        return gradient(lesson, *((part, 1 / divisor) for part in parts))

    assert (in_two(half) - once).norm() < 1e-3 * once.norm()
    assert (in_two(4) - once).norm() > 0.05 * once.norm()


def test_clipping_hides_that_zero_grad_was_forgotten(lesson):
    """Its try cell holds the answer."""
    [limit] = said(SLUG, "Forget `zero_grad` again, with clipping: `trial(kind=Forgetful, max_norm={})`")
    assert said(SLUG, "Hardly. After each step the pile is cut to length {}") == [limit]
    assert inspect.signature(lesson["training_step"]).parameters["max_norm"].default == limit


def test_the_losses_do_not_tell_who_forgets():
    assert "nothing crashes, and the losses tell nothing" in prose(SLUG)
    records = stored_records(SLUG)
    assert records["trial_piled"] == pytest.approx(records["trial_plain"], abs=0.1)
    assert records["norm_without_zero_grad"] > 2 * records["norm_with_zero_grad"]


def test_a_tenth_is_the_best_rate_for_sgd_and_adamw_is_better(lesson):
    [best] = said(SLUG, "We tried five, and {} was the best")

    def end(rate):
        found = lesson["trial"](kind=torch.optim.SGD, rate=rate)
        return lesson["end_loss"](found)

    ends = {rate: end(rate) for rate in (best / 2, best, 2 * best)}
    assert min(ends, key=ends.get) == best
    assert "SGD learns, but less" in prose(SLUG)
    assert stored_records(SLUG)["trial_plain"] < ends[best] < math.log(4)


def test_smaller_batches_learn_more():
    assert "here more steps learn more" in prose(SLUG)
    records = stored_records(SLUG)
    assert records["trial_size_4"] < records["trial_plain"] < records["trial_size_12"]


def test_the_schedule_climbs_in_the_first_tenth_and_is_not_yet_zero_in_the_last_step(lesson):
    [steps] = said(SLUG, "We ask it for {} steps")
    assert f"range({steps})" in cell(SLUG, "rates.append")
    optimizer = lesson["make_optimizer"](lesson["untrained"])
    schedule, rates = lesson["make_schedule"](optimizer, steps), []
    for _ in range(steps + 1):
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    assert "climbs in the first tenth of the steps: this is the warmup. Then it falls in equal parts" in prose(SLUG)
    assert np.argmax(rates) == steps / 10
    assert np.ptp(np.diff(rates[steps // 10 :])) < 1e-9
    [after] = said(
        SLUG, "The first step moves nothing at all. The last step still gets a little: zero would come in step {}"
    )
    assert (after, rates[0], rates[after - 1]) == (steps + 1, 0, 0)
    assert rates[steps - 1] > 0
    assert "The mean is half of our rate" in prose(SLUG)
    assert np.mean(rates[:steps]) == pytest.approx(lesson["learning_rate"] / 2, rel=0.02)


def test_the_schedule_loses_at_our_rate_and_wins_at_five_times_the_rate():
    assert "At our rate the scheduler seems to lose" in prose(SLUG)
    assert "At five times the rate it wins" in prose(SLUG)
    assert "with it, better than all others" in prose(SLUG)
    records = stored_records(SLUG)
    plain, slow, fast, fast_with = (records[f"schedule_{name}"] for name in ("plain", "with", "fast", "fast_with"))
    assert fast_with < plain < min(slow, fast)


def test_the_loss_rises_at_nearly_every_second_step_while_its_means_fall():
    records = stored_records(SLUG)
    assert "the loss rose at nearly every second step" in prose(SLUG)
    assert records["share_of_rises"] == pytest.approx(0.5, abs=0.1)
    assert "The means of its five parts fall" in prose(SLUG)
    assert records["rises_of_fifths"] == 0


def test_most_steps_are_clipped():
    assert "Most steps lie above the limit" in prose(SLUG)
    assert stored_records(SLUG)["clipped_share"] > 0.5


class TestThePowerFails:
    def test_at_the_step_that_the_text_names(self):
        [step] = said(SLUG, "The power fails at step {}")
        assert said(SLUG, "breaks off when step {} asks for its posts, in the middle of the second epoch") == [step]
        assert f"fails_at({step}, collator)" in cell(SLUG, "import fails_at")
        assert "two epochs of five steps" in prose(SLUG)
        assert any("range(5 * posts_in)" in source and "epochs=2" in source for source in cells(SLUG))

    def test_and_the_step_before_is_lost(self):
        [step] = said(SLUG, "The power fails at step {}")
        every = int(re.search(r"def train\(.*every=(\d+)", tagged_code(SLUG, "loop"))[1])
        lost, saved = said(SLUG, "Step {} was done, but nobody had saved it. We go on from step {}")
        assert (lost, saved) == (step - 1, (step - 1) // every * every)
        assert f"step-{saved:05}" in printed(SLUG, "import fails_at")

    def test_without_any_part_some_weights_end_a_step_away(self, lesson):
        difference, step = said(SLUG, "Is {} much? One step at our rate is about {}")
        assert step == lesson["learning_rate"]
        smallest = stored_records(SLUG)["resume_smallest"]
        assert smallest > step
        assert smallest == pytest.approx(difference, rel=0.5)

    def test_other_frozen_weights_are_noticed_when_the_optimizer_is_restored(self):
        """Its try cell holds the answer."""
        message = "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
        assert f"`{message}`" in prose(SLUG)


class TestWhereItBreaks:
    def test_the_messages_stand_in_the_table(self, lesson):
        devices = "Expected all tensors to be on the same device"
        assert f"| `{devices}` | on a GPU: the batch stayed behind |" in prose(SLUG)
        assert devices in (ROOT / "data" / "cuda_messages.toml").read_text(encoding="utf-8")
        nothing = "'NoneType' object has no attribute 'backward'"
        assert f"| `{nothing}` | the batch has no `labels` |" in prose(SLUG)
        unnamed = {"label" if name == "labels" else name: values for name, values in lesson["batch"].items()}
        with pytest.raises(AttributeError, match=nothing):
            lesson["untrained"](**unnamed).loss.backward()
        assert "| `doesn't match the size of optimizer's group` when you resume |" in prose(SLUG)
