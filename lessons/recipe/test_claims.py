"""What this lesson says and no cell of it checks: its folded answers, its recipe, the class of DistilBERT."""

import re

import numpy as np
import pytest
import torch
from scipy.stats import t
from transformers import DistilBertConfig, DistilBertForSequenceClassification, get_scheduler

from course_utils.statistics import interval_over_seeds
from tests.prose import WORDS, cells, made, printed, prose, said, stored_records

SLUG = "recipe"


def _forest(title: str) -> dict[str, tuple[float, ...]]:
    """Return row -> (difference, low, high), in points, from the words of a stored forest plot."""
    shown = printed(SLUG, f'"{title}"')
    rows = re.findall(r"(?:: |; )([^;]*?) ([-+.\d]+) points, from ([-+.\d]+) to ([-+.\d]+),", shown)
    return {name.removeprefix("accuracy: "): tuple(map(float, numbers)) for name, *numbers in rows}


def test_the_base_recipe_follows_the_lecture():
    assert "Where the lecture names a value, we take it. The rate is the top of its band" in prose(SLUG)
    base = made(SLUG, "BASE", torch=torch, size=made(SLUG, "size"), longest=made(SLUG, "longest"))
    beta1, beta2, eps = said(SLUG, "AdamW, with beta1 {}, beta2 {}, epsilon about {}")
    assert (base["betas"], base["eps"]) == ((beta1, beta2), eps)
    low, high = said(SLUG, "warmup over {} to {}% of the steps")
    assert low <= 100 * base["warmup"] <= high
    low, high = said(SLUG, "| batch | {} to {}, or gradient accumulation |")
    assert low <= base["batch"] <= high
    assert said(SLUG, "weight decay about {}, dropout") == [base["decay"]]
    assert base["rate"] == said(SLUG, "| rate | {}, {} or {} |")[-1] == made(SLUG, "band")


def test_the_band_has_four_times_the_epochs():
    assert "We give the band four times the epochs" in prose(SLUG)
    assert "runs((0, 1), rate=band, epochs=course.pick(laptop=8" in "\n".join(cells(SLUG))
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
    assert "It is halved: four times the posts, half the noise" in prose(SLUG)
    [times] = said(SLUG, "Multiply `judged` by {}. What happens to the curse?")
    draw = np.random.default_rng(0)
    few, many = (draw.binomial(n, 0.5, size=(4000, 100)).max(1).mean() / n - 0.5 for n in (120, times * 120))
    assert few / many == pytest.approx(2, rel=0.1)


def test_a_hundred_trials_seem_ten_points_better():
    several = "With a hundred trials the best one seems several points better, on 120 posts even more than ten"
    assert several in prose(SLUG)
    assert stored_records(SLUG)["best_of_100"] > 0.6
    of_full = np.random.default_rng(0).binomial(400, 0.5, size=(4000, 100)).max(1).mean() / 400
    assert 0.55 < of_full < 0.6


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
    assert "(laptop) that is a hundred-thousandth of it, and sixteen such steps are nothing" in prose(SLUG)
    size = made(SLUG, "size")
    base = made(SLUG, "BASE", torch=torch, size=size, longest=0)
    assert base["epochs"] * size // base["batch"] == 16
    assert "best on validation: 1e-03" in printed(SLUG, "tried = {}")
    assert 1e-3 * base["decay"] == pytest.approx(1e-5)


def test_the_warmup_of_sixteen_steps_is_two():
    assert "warmup is short in 16 steps (laptop): one step at rate zero, one at half the rate" in prose(SLUG)
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
    schedule, used = get_scheduler("linear", optimizer, round(0.1 * 16), 16), []
    for _ in range(3):
        used += schedule.get_last_lr()
        optimizer.step()
        schedule.step()
    assert used == [0, 0.5, 1]


def test_at_the_largest_rate_luck_decides():
    assert "Too large, it jumps over the goal, and luck decides who is lost" in prose(SLUG)
    rows = re.findall(r"(\de-\d+) ([\d.]+)%, ([\d.]+)%", printed(SLUG, '"The rate decides"'))
    apart = {rate: abs(float(one) - float(other)) for rate, one, other in rows}
    assert len(apart) == 4
    assert max(apart, key=apart.get) == "5e-03"


def test_the_validation_posts_are_other_posts():
    assert "Our base rate, too, has another score there" in prose(SLUG)
    [there] = set(re.findall(r"1e-03 [^;]*mean ([\d.]+)%", printed(SLUG, '"The rate decides"')))
    [here] = re.findall(r"best ([\d.]+)%", printed(SLUG, "good_rate - low_rate"))
    assert abs(float(there) - float(here)) > 2


def test_what_an_interval_over_seeds_draws():
    [draws] = said(SLUG, "draws seeds and posts anew, {} times")
    assert f"{draws:,} times" in interval_over_seeds.__doc__
    [fewest] = said(SLUG, "With fewer than {} seeds it is too narrow, says its help")
    assert f"With fewer than {WORDS[fewest]} seeds it is too narrow" in interval_over_seeds.__doc__


def test_what_the_forest_shows():
    """Points lie to the left, the base runs behind all of them had luck, and a loss of three points could hide."""
    assert "In most of the wide ones a loss of three points could hide" in prose(SLUG)
    assert "Most points lie left of zero" in prose(SLUG)
    rows = _forest("What one changed setting does")
    assert sum(middle < 0 for middle, _, _ in rows.values()) > len(rows) / 2
    grey = [(low, high) for _, low, high in rows.values() if low <= 0 <= high and high - low > 2]
    assert sum(low < -3 for low, _ in grey) > len(grey) / 2
    few, every = map(float, re.findall(r": +([\d.]+)%", printed(SLUG, "the three seeds of the rows")))
    assert few > every


def test_the_patient_band_stands_between():
    assert "With four times the epochs the band climbs, and it has not arrived" in prose(SLUG)
    found = stored_records(SLUG)
    assert found["band_accuracy"] < found["patient_accuracy"] < found["base_accuracy"]
    assert "About as good as our trained top" in prose(SLUG)
    assert found["probe_accuracy"] == pytest.approx(found["base_accuracy"], abs=0.06)


def test_who_turns_answers():
    assert "Epsilon, weight decay and the betas turn almost no answer" in prose(SLUG)
    assert "All the others turn many answers" in prose(SLUG)
    shown = dict(re.findall(r"^(.*?) +([\d.]+)% of the answers", printed(SLUG, "of the answers change sides"), re.M))
    turned = {name: float(share) for name, share in shown.items()}
    quiet = {"epsilon 1e-6", "no weight decay", "betas 0.9, 0.98"}
    assert len(turned) == 10
    assert max(turned[name] for name in quiet) < 2
    assert min(share for name, share in turned.items() if name not in quiet) > 4


def test_the_cures():
    """Four lift the mean, of two we cannot tell, and fresh seeds say the same of warmup."""
    assert "Freezing, smaller rates below, warmup and longer training lift the mean" in prose(SLUG)
    assert "Of the fresh top and of the average we cannot tell" in prose(SLUG)
    assert "In the base recipe we could not see it" in prose(SLUG)
    assert "Again a gain: in the wild case warmup helps" in prose(SLUG)
    rows = _forest("What a cure changes, against no cure")
    for name in ("freeze a layer", "rate for each layer", "warmup 10%", "twice as long"):
        assert rows[name][1] > 0
    for name in ("fresh top", "averaged weights"):
        assert rows[name][1] <= 0 <= rows[name][2]
    _, low, high = _forest("What one changed setting does")["no warmup"]
    assert low <= 0 <= high
    assert float(re.findall(r"again .*from ([-+.\d]+)", printed(SLUG, "warm_again = "))[0]) > 0


def test_the_mean_of_the_wild_case_falls_and_its_spread_does_not_show_it():
    assert "Without a cure the mean falls: the model is not far above guessing" in prose(SLUG)
    found = stored_records(SLUG)
    [guess] = re.findall(r"test +([\d.]+)%", printed(SLUG, "usual = max("))
    assert found["wild_accuracy"] - float(guess) / 100 < 0.12
    assert found["wild_accuracy"] < found["base_accuracy"] - 0.1


def test_the_factorial():
    """Length and rows are clear of zero, the batch is not; half the rows have half the steps of all of them."""
    assert "Of the batch we cannot tell. And more rows help" in prose(SLUG)
    assert "twice the rows are also twice the steps" in prose(SLUG)
    rows = _forest("Three changes, taken apart")
    assert all(rows[name][1] > 0 for name in ("rows 64 to 128", "cut 9 to 18"))
    assert rows["batch 8 to 16"][1] <= 0 <= rows["batch 8 to 16"][2]
    assert "The steps are those of all the rows" in prose(SLUG)
    assert "runs(pair, rows=size // 2, epochs=4)" in prose(SLUG)
    assert made(SLUG, "BASE", torch=torch, size=0, longest=0)["epochs"] * 2 == 4


def test_the_rate_moves_many_times_as_much_as_a_tweak():
    assert "The rate moved the score many times as much as a typical tweak, and more than the largest" in prose(SLUG)
    found = stored_records(SLUG)
    assert found["rate_gain"] > 4 * found["median_tweak"]
    assert found["rate_gain"] > found["loudest_first"]


def test_the_verdict():
    """The bullets sort the lines as the table does."""
    assert "We cannot tell: optimizer, schedule, batch, dropout, clipping and the deeper head" in prose(SLUG)
    assert "Leave it as it is: betas, epsilon and weight decay" in prose(SLUG)
    lines = [line.split() for line in printed(SLUG, "pd.DataFrame(lines").splitlines()]
    sorted_out = {" ".join(line): line[-1] for line in lines if line and line[0].isdigit()}
    quiet = [line for line, verdict in sorted_out.items() if verdict == "quiet"]
    assert [" ".join(line.split()[1:3]) for line in quiet] == ["betas 0.9,", "epsilon 1e-6", "no weight"]
    assert [line.split()[1] for line, verdict in sorted_out.items() if verdict == "harms"] == ["rate"]
    assert sum(verdict == "tell" for verdict in sorted_out.values()) == 7
    assert sum("deeper head (second trial)" in line for line in sorted_out) == 1


def test_early_stopping_kept_the_last_epoch():
    assert "If it is the last one, as in both runs on our machine, the rule changed nothing" in prose(SLUG)
    assert printed(SLUG, "watched_runs = ").count("kept epoch 3 of 3") == 2
    assert stored_records(SLUG)["early_minus_last"] == 0


def test_the_second_trial_holds_zero():
    assert "If the second interval holds zero, as on our machine, we cannot tell" in prose(SLUG)
    low, high = re.findall(r"again .*from ([-+.\d]+) to ([-+.\d]+)", printed(SLUG, "second = interval"))[0]
    assert float(low) <= 0 <= float(high)


def test_freezing_did_not_prevent_overfitting():
    assert "Both know their training posts nearly by heart, and both are far worse on the test" in prose(SLUG)
    shares = re.findall(r"train ([\d.]+)%, test ([\d.]+) points less", printed(SLUG, "gaps = {}"))
    assert len(shares) == 2
    assert all(float(train) > 85 and float(gap) > 25 for train, gap in shares)


def test_six_seeds_and_a_two_give_ten_false_alarms_in_a_hundred():
    """What the sheet says of its rule: mean, minus and plus 2 x spread / root of n."""
    [seeds, many] = said("recipe_exercises", "With {} seeds this rule has about {}, in the mean of many repeats")
    assert 100 * 2 * t.sf(2, seeds - 1) == pytest.approx(many, abs=0.5)
