"""What this lesson says and no cell of it checks: its folded answers, its recipe, the class of DistilBERT."""

import re

import numpy as np
import pytest
import torch
from transformers import DistilBertConfig, DistilBertForSequenceClassification

from course_utils.statistics import interval_over_seeds
from tests.prose import cells, made, printed, prose, said, stored_records

SLUG = "recipe"


def test_the_base_recipe_follows_the_lecture():
    assert "All but the rate follow the lecture" in prose(SLUG)
    base = made(SLUG, "BASE", torch=torch, size=made(SLUG, "size"), longest=made(SLUG, "longest"))
    beta1, beta2, eps = said(SLUG, "AdamW, with beta1 {}, beta2 {}, epsilon about {}")
    assert (base["betas"], base["eps"]) == ((beta1, beta2), eps)
    low, high = said(SLUG, "warmup over {} to {}% of the steps")
    assert low <= 100 * base["warmup"] <= high
    low, high = said(SLUG, "| batch | {} to {}, or gradient accumulation |")
    assert low <= base["batch"] <= high
    assert said(SLUG, "weight decay about {}, dropout") == [base["decay"]]


def test_the_band_has_four_times_the_epochs():
    assert "We give the band four times the epochs" in prose(SLUG)
    assert "runs((0,), rate=band, epochs=course.pick(laptop=8" in "\n".join(cells(SLUG))
    assert made(SLUG, "BASE", torch=torch, size=0, longest=0)["epochs"] * 4 == 8


def test_distilberts_own_class_has_the_layer_and_dropout_between():
    assert "DistilBERT's own class has such a `pre_classifier` already" in prose(SLUG)
    model = DistilBertForSequenceClassification(DistilBertConfig(vocab_size=50, dim=16, n_layers=1, n_heads=2))
    assert isinstance(model.pre_classifier, torch.nn.Linear)


def test_adam_puts_the_decay_into_the_gradient():
    """With no gradient, AdamW shrinks a weight by rate x decay; Adam makes a whole step of the rate."""
    assert "Adam adds the weight decay to the gradient, where Adam then scales it" in prose(SLUG)
    after = {}
    for kind in (torch.optim.Adam, torch.optim.AdamW):
        weight = torch.nn.Parameter(torch.ones(1))
        weight.grad = torch.zeros(1)
        kind([weight], lr=0.1, weight_decay=0.01).step()
        after[kind] = weight.item()
    assert after[torch.optim.Adam] == pytest.approx(0.9, abs=1e-3)
    assert after[torch.optim.AdamW] == pytest.approx(0.999, abs=1e-5)


def test_the_rows_of_the_forest_are_counted():
    changes = made(SLUG, "changes", torch=torch)
    [looked] = said(SLUG, "And we looked at {} rows")
    assert looked == len(changes)
    assert len(re.findall(r"\| ten tweaks", "\n".join(cells(SLUG, "markdown")))) == 1


def test_four_times_the_posts_halve_the_curse():
    """The folded answer."""
    assert "It is halved: four times the rows, half the noise" in prose(SLUG)
    [more] = said(SLUG, "Set `rows = {}`, four times as many")
    assert more == 4 * 120
    draw = np.random.default_rng(0)
    few, many = (draw.binomial(n, 0.5, size=(4000, 100)).max(1).mean() / n - 0.5 for n in (120, more))
    assert few / many == pytest.approx(2, rel=0.1)


def test_a_hundred_trials_seem_ten_points_better():
    assert "With a hundred trials the best one seems more than ten points better" in prose(SLUG)
    assert stored_records(SLUG)["best_of_100"] > 0.6


def test_the_message_of_a_flat_table():
    assert "| `ValueError: The table must have two axes` |" in prose(SLUG)
    with pytest.raises(ValueError, match="The table must have two axes"):
        interval_over_seeds([1, 0, 1])


def test_to_halve_the_limit_takes_four_times_the_seeds():
    assert "To halve the limit you need four times the seeds" in prose(SLUG)
    assert "for k in (1, 3, 6, 24):" in "\n".join(cells(SLUG))


def test_a_factorial_gives_eight_differences():
    assert "That makes four pairs, and two seeds each: eight differences for one factor" in prose(SLUG)
    assert "product((0, 1), repeat=3)" in "\n".join(cells(SLUG))


def test_weight_decay_shrinks_by_a_hundred_thousandth_in_sixteen_steps():
    assert "That is a hundred-thousandth of it. Sixteen such steps are nothing" in prose(SLUG)
    size = made(SLUG, "size")
    base = made(SLUG, "BASE", torch=torch, size=size, longest=0)
    assert base["epochs"] * size // base["batch"] == 16
    assert "best on validation: 1e-03" in printed(SLUG, "tried = {")
    assert 1e-3 * base["decay"] == pytest.approx(1e-5)


def test_the_patient_band_stands_between():
    assert "the band learns more, and is still behind" in prose(SLUG)
    found = stored_records(SLUG)
    assert found["band_accuracy"] < found["patient_accuracy"] < found["base_accuracy"]
    assert "About as good as our trained top" in prose(SLUG)
    assert found["probe_accuracy"] == pytest.approx(found["base_accuracy"], abs=0.06)


def test_who_turns_answers():
    assert "Epsilon and weight decay turn almost no answer" in prose(SLUG)
    assert "Adam, schedule, batch and head turn many answers" in prose(SLUG)
    shown = dict(re.findall(r"^(.*?) +([\d.]+)% of the answers", printed(SLUG, "of the answers change sides"), re.M))
    turned = {name: float(share) for name, share in shown.items()}
    assert max(turned["epsilon 1e-6"], turned["no weight decay"]) < 2
    assert min(turned[name] for name in ("Adam, not AdamW", "constant rate", "batch 32", "deeper head")) > 4


def test_cures_that_help_and_cures_that_do_not():
    assert "Freezing, smaller rates below, warmup and longer training help, most of them by several points" in prose(
        SLUG
    )
    assert "The fresh top does not help here" in prose(SLUG)
    shown = dict(re.findall(r"^(.*?) +mean ([\d.]+)%", printed(SLUG, "against = {"), re.M))
    mean = {name: float(share) for name, share in shown.items()}
    for name in ("freeze a layer", "rate for each layer", "warmup 10%", "twice as long"):
        assert mean[name] > mean["no cure"] + 3
    for name in ("fresh top", "averaged weights"):
        assert mean[name] < mean["no cure"] + 6


def test_the_rate_moves_many_times_as_much_as_a_tweak():
    assert "The rate moved the score many times as much as a typical tweak" in prose(SLUG)
    found = stored_records(SLUG)
    assert found["rate_gain"] > 4 * found["median_tweak"]


def test_freezing_did_not_prevent_overfitting():
    assert "Both know their training posts nearly by heart, and both are far worse on the test" in prose(SLUG)
    shares = re.findall(r"train ([\d.]+)%, gap to test \+([\d.]+)%", printed(SLUG, "gaps = {}"))
    assert len(shares) == 2
    assert all(float(train) > 85 and float(gap) > 25 for train, gap in shares)
