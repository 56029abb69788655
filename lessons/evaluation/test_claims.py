"""What this lesson says and no cell of it checks: costs, seeds, sizes of test sets, what its own run showed."""

import ast
import re
import warnings

import numpy as np
import pandas as pd
import pytest
import sklearn
import torch
from datasets import load_dataset
from scipy.special import softmax
from scipy.stats import binom, binomtest
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import classification_report, f1_score, log_loss
from statsmodels.stats.contingency_tables import mcnemar
from torchmetrics.functional.classification import multiclass_calibration_error

from course_utils.sources import dataset
from lessons.evaluation.luck import f1_gain_over_seeds, macro_f1
from lessons.evaluation.messy import CHANGES, PAIRS
from lessons.evaluation.page import against
from tests.prose import cell, executed, made, printed, prose, said, stored_records

SLUG = "evaluation"


def numbers(pattern: str, code: str) -> list[tuple[float, ...]]:
    """Return the groups of each match in the stored output of a cell, as numbers."""
    found = re.findall(pattern, printed(SLUG, code), re.MULTILINE)
    return [tuple(map(float, [each] if isinstance(each, str) else each)) for each in found]


@pytest.fixture(scope="module")
def tweets():
    return load_dataset(*dataset("tweets", "laptop"))


class TestTheLazyModel:
    def test_recall_precision_and_f1_of_negative(self, tweets):
        recall, precision = said(
            SLUG, "all of them, {}. Precision: of the tweets that were *called* so, how many are so? Only {}."
        )
        two, p, r, below, also, f1 = said(SLUG, "{} × {} × {} / ({} + {}) = {}")
        assert (two, p, r, below, also) == (2, precision, recall, precision, recall)
        truth = np.array(tweets["test"].select(range(1000))["label"])
        assert np.bincount(tweets["train"].select(range(4800))["label"]).argmax() == 0
        assert (recall, precision) == (1, round(np.mean(truth == 0), 2))
        lazy = np.zeros_like(truth)
        [good] = f1_score(truth, lazy, labels=[0], average=None)
        assert round(good, 2) == f1

    def test_the_averages_of_the_table(self, tweets):
        truth = np.array(tweets["test"].select(range(1000))["label"])
        [accuracy] = said(SLUG, "| right by all tweets | {} |")
        share, good, weighted = said(SLUG, "| {} × {} = {} |")
        also_good, classes, macro = said(SLUG, "| {} / {} = {} |")
        assert accuracy == share == round(np.mean(truth == 0), 2)
        assert good == also_good
        for average, shown in (("micro", accuracy), ("weighted", weighted), ("macro", macro)):
            assert shown == round(f1_score(truth, np.zeros_like(truth), average=average), 2)
        assert classes == 3


class TestTheOwnRun:
    """Sentences about what the cell above them prints, held against the stored outputs."""

    def test_positive_is_the_weak_class_and_the_smallest(self):
        assert "*Positive* is the weak class, and the smallest" in prose(SLUG)
        report = printed(SLUG, "report(truth, said, target")
        rows = re.findall(r"(\w+) +[\d.]+ +[\d.]+ +([\d.]+) +(\d+)$", report, re.MULTILINE)
        f1, support = ({name: float(row[place]) for name, *row in rows[:3]} for place in (0, 1))
        assert min(f1, key=f1.get) == min(support, key=support.get) == "positive"

    def test_the_topics(self):
        code = "by_topic = table.groupby"
        rows = re.findall(r"^(\w+) +\d+ +([\d.]+) +([\d.]+) +(-?[\d.]+)$", printed(SLUG, code), re.MULTILINE)
        right, lazy, gain = ({name: float(row[place]) for name, *row in rows} for place in range(3))
        assert len(rows) == 5
        assert "By `right`, *cars* is the best topic, and by far. By `gain` it is not" in prose(SLUG)
        assert sorted(right.values())[-2] + 0.05 < right["cars"] == max(right.values())
        assert gain["cars"] < max(gain.values())
        assert "nearly all tweets about cars have the same label, and the laziest answer does as well" in prose(SLUG)
        assert lazy["cars"] >= 0.9
        assert "In *football* and *festival* the model does not beat it either" in prose(SLUG)
        assert max(gain["football"], gain["festival"], gain["cars"]) < 0.02

    def test_the_smallest_slice_is_the_least_sure_and_hashtag_stands_low(self):
        slices = numbers(r", (\d+): right \d+% \((\d+)% to (\d+)%\)", "slices = surface_slices(")
        assert "The smallest slice has the widest interval" in prose(SLUG)
        assert min(slices) == max(slices, key=lambda each: each[2] - each[1])
        assert "*Hashtag* stands, on the low side" in prose(SLUG)
        assert re.search(r"^hashtag +-[\d.]+ +stands$", printed(SLUG, 'found["verdict"]'), re.MULTILINE)

    def test_one_step_of_luck_and_z(self):
        gap, points, few = said(SLUG, "{} / {} is more than {}")
        assert said(SLUG, "Luck moves this slice by about {} points") == [points]
        code = "by_luck = "
        [[shown, step, z]] = numbers(r"gap ([-+][\d.]+)%, step ([\d.]+)%, z = ([-+][\d.]+)", code)
        assert (shown, step) == (gap, points)
        assert abs(z) > few
        assert "Luck goes beyond 1.96 steps in one shuffle of twenty" in prose(SLUG)
        [[beyond]] = numbers(r"beyond 1.96 steps: (\d+)%", code)
        assert 3 <= beyond <= 7

    def test_the_most_extreme_slice_goes_beyond_it_in_more_than_a_third(self):
        assert 'we would cry "weak spot!" in more than a third of the shuffles' in prose(SLUG)
        [[share]] = numbers(r"beyond 1.96: in (\d+)% of shuffles", "extreme = ")
        assert 34 < share < 60

    def test_which_changes_change_anything(self):
        changed = dict(re.findall(r"^(.+?) +(\d+) of 1000", printed(SLUG, "touched = {}"), re.MULTILINE))
        assert "*Capitals* change nothing" in prose(SLUG)
        assert changed["capitals"] == "0"
        assert int(changed["no emoji"]) < 150

    def test_typos_have_the_lowest_point(self):
        figure = r"(\w[\w ]*): fine-tuned ([-+]\d+)% \(([-+]\d+)% to ([-+]\d+)%\)"
        found = re.findall(figure, printed(SLUG, '"What a change costs'))
        drops = {name: tuple(map(int, ends)) for name, *ends in found}
        assert "Typos have the lowest point" in prose(SLUG)
        assert min(drops, key=drops.get) == "typos"
        [tweets] = said(SLUG, "But all these intervals hold zero: {} tweets cannot tell")
        assert f"number = course.pick(laptop={tweets}, " in cell(SLUG, "number = course.pick(")
        assert all(low <= 0 <= high for _, low, high in drops.values())
        assert "*No emoji* touches even fewer" in prose(SLUG)

    def test_an_epoch_is_better_and_worse_at_once_and_surer(self):
        table = printed(SLUG, "in enumerate(model.epochs")
        epochs = [list(map(float, row)) for row in re.findall(r"^\d +" + r" +".join([r"([\d.]+)"] * 4), table, re.M)]
        first, second, last = epochs
        assert "The second epoch has more right answers than the first and a higher log-loss" in prose(SLUG)
        assert second[0] > first[0]
        assert second[1] > first[1]
        assert second[3] > first[3]
        [points] = said(SLUG, "Here the confidence rises by {} points, and the accuracy ends where it began")
        assert last[2] - first[2] == pytest.approx(points / 100, abs=0.006)
        assert last[0] == pytest.approx(first[0], abs=0.02)

    def test_it_is_overconfident_in_the_last_three_bins(self):
        bins = numbers(r"^\d +([\d.]+) +([\d.]+) +\d+$", "def bins(")
        [percent] = said(SLUG, "In the last bin the model is {}% sure, and right less often")
        assert round(100 * bins[-1][0]) == percent
        assert bins[-1][1] < bins[-1][0]
        assert "In the two before, it says 10 points too much or more" in prose(SLUG)
        assert all(sure - right >= 0.1 for sure, right in bins[-3:-1])

    def test_the_calibration_error_is_no_luck(self):
        assert "Ours lies far above: the overconfidence is real" in prose(SLUG)
        [[ours, most]] = numbers(r"our model: ([\d.]+)\n.*at most ([\d.]+)", "honest = [")
        assert ours > 2 * most
        assert "the ECE is now one that an honest model could have" in prose(SLUG)
        [[mended]] = numbers(r"ECE [\d.]+ -> ([\d.]+)", "ece_after = ")
        assert mended <= most

    def test_torchmetrics_agrees(self):
        assert "Does the library `torchmetrics` agree with our sum?" in prose(SLUG)
        [[ours, theirs]] = numbers(r"ours ([\d.]+), torchmetrics ([\d.]+)", "import multiclass_calibration_error")
        assert ours == pytest.approx(theirs, abs=1e-5)

    def test_the_surest_tweets_are_right_more_often_than_cooled(self):
        assert "The surest tweets are now right *more* often than it says" in prose(SLUG)
        *_, (sure, right) = numbers(r"(\d+)% sure (\d+)% right", "figures.reliability_of(")
        assert right > sure
        assert "the same answers: True" in printed(SLUG, "ece_after = ")

    def test_the_usual_threshold_costs_more_than_reading_everything(self):
        costs = dict(re.findall(r"^(.+?) +([\d.]+) a tweet", printed(SLUG, "rules = {"), re.MULTILINE))
        everything, usual, theory, chosen = map(float, costs.values())
        assert "The usual threshold costs more than reading everything" in prose(SLUG)
        assert usual > everything
        assert "The last two lines are close" in prose(SLUG)
        assert theory == pytest.approx(chosen, abs=0.06)

    def test_no_class_is_left_out_far_more(self):
        assert "No class is left out far more than the others" in prose(SLUG)
        shares = re.findall(r"no answer for (\d+)% of the (\w+) tweets", printed(SLUG, "answered_right, low, high"))
        assert len(shares) == 3
        assert max(int(share) for share, _ in shares) - min(int(share) for share, _ in shares) < 12

    def test_p_is_the_share_of_games(self):
        [percent] = said(SLUG, "or more uneven? Here in about {}% of games")
        [[first, second, p]] = numbers(r"^(\d+) to (\d+): p = ([\d.]+)$", "only_tuned = ")
        assert round(100 * p) == percent
        games = np.random.default_rng(0).binomial(int(first + second), 0.5, size=100_000)
        gaps = np.abs(2 * games - first - second)
        assert np.mean(gaps >= abs(first - second)) == pytest.approx(p, abs=0.005)

    def test_both_intervals_of_the_one_training_hold_zero(self):
        assert "Both intervals hold zero" in prose(SLUG)
        for code in ("gain = interval(", "f1_gain = "):
            [[low, high]] = numbers(r"\(([-+][\d.]+)%? to ([-+][\d.]+)%?\)", code)
            assert low < 0 < high

    def test_the_trainings(self):
        assert "nearly three points between the best and the worst training." in prose(SLUG)
        assert "Ours is the worst of the five" in prose(SLUG)
        [line] = re.findall(r"fine-tuned (.*)", printed(SLUG, "for name, table_of_right"))
        scores = [float(each) for each in re.findall(r"([\d.]+)%", line)]
        assert len(scores) == 5
        assert scores[0] == min(scores)
        assert 2.4 < max(scores) - min(scores) < 3

    def test_the_verdict_has_two_halves(self):
        assert "With the same number of labels, fine-tuning wins: the whole interval lies above zero" in prose(SLUG)
        assert "Against all labels it does not win. Zero lies inside" in prose(SLUG)
        assert "tell. And macro-F1?" in prose(SLUG)
        for code in ("same_labels = ", "f1_same = "):
            same, more = numbers(r"labels: +[-+][\d.]+%? \(([-+][\d.]+)%? to ([-+][\d.]+)%?\)", code)
            assert same[0] > 0
            assert more[0] < 0 < more[1]

    def test_luck_is_rarer_where_models_differ_less(self):
        few, many = said(SLUG, "a third of games if they differ on {}% of the texts, in more than half if on {}%")
        games = dict(numbers(r"differ on (\d+)%: a point ahead in (\d+)%", "def play("))
        assert 34 <= games[few] < 50 < games[many]


@pytest.fixture
def scores():
    """Logits for three labels that are too sure, and the labels."""
    rng = np.random.default_rng(0)
    truth = rng.integers(3, size=2000)
    logits = rng.normal(size=(2000, 3)) + 1.5 * np.eye(3)[truth]
    return 3 * logits, truth


def best_temperature(logits, truth) -> float:
    """Run the lesson's own cell."""
    names = {"val_logits": logits, "val_truth": truth, "softmax": softmax, "log_loss": log_loss}
    return executed(SLUG, "def validation_loss(", **names)["best"].x


class TestTemperature:
    def test_it_finds_the_factor_by_which_logits_were_stretched(self, scores):
        assert "Which T? The one with the lowest log-loss on validation" in prose(SLUG)
        logits, truth = scores
        assert best_temperature(3 * logits, truth) == pytest.approx(3 * best_temperature(logits, truth), rel=1e-2)

    @pytest.mark.skipif(tuple(map(int, sklearn.__version__.split(".")[:2])) < (1, 8), reason="new in scikit-learn 1.8")
    def test_scikit_learn_finds_the_same(self, scores):
        from sklearn.calibration import _TemperatureScaling

        logits, truth = scores
        theirs = _TemperatureScaling().fit(logits, truth)
        assert 1 / theirs.beta_ == pytest.approx(best_temperature(logits, truth), rel=1e-2)

    def test_the_order_inside_a_tweet_stays(self):
        assert "inside one tweet, a temperature never changes the order of the labels" in prose(SLUG)
        logits = np.random.default_rng(0).normal(size=(500, 3)) * 4
        orders = [softmax(logits / t, axis=1).argsort(axis=1).tolist() for t in (1, 3)]
        assert orders[0] == orders[1]


def test_what_a_wrong_answer_costs():
    """At least so much: with all the rest on the right label, and more if it is shared with the third."""
    sure, costs, less_sure, costs_less = said(SLUG, "A wrong answer at {}% costs at least {}, at {}% at least {}")
    for percent, loss in ((sure, costs), (less_sure, costs_less)):
        wrong = percent / 100
        assert loss == round(log_loss([0], [[1 - wrong, wrong, 0]], labels=[0, 1, 2]), 1)
        assert log_loss([0], [[0.9 - 0.9 * wrong, wrong, 0.1 - 0.1 * wrong]], labels=[0, 1, 2]) > loss


class TestThresholds:
    def cheapest(self, missed: float) -> float:
        """Return the threshold at which the lesson's `cost` is lowest if all probabilities are true."""
        cost = made(SLUG, "cost", MISSED=missed, FALSE_ALARM=1)
        chance, thresholds = np.linspace(0.0005, 0.9995, 1000), np.linspace(0.001, 0.999, 999)
        means = [
            np.mean(chance * cost(chance, np.array(True), t) + (1 - chance) * cost(chance, np.array(False), t))
            for t in thresholds
        ]
        return thresholds[np.argmin(means)]

    def test_the_costs_alone_give_the_lessons_threshold(self):
        missed, alarm = said(SLUG, "A complaint that nobody sees costs {}. A false alarm costs {}")
        assert f"MISSED, FALSE_ALARM = {missed}, {alarm}\n" in cell(SLUG, "FALSE_ALARM = ")
        assert said(SLUG, "Silence costs {}p on average. An alarm costs {} − p") == [missed, alarm]
        one, five, also, about = said(SLUG, "Both are equal at p = {} / ({} + {}), about {}")
        assert [one, five, also] == [alarm, missed, alarm]
        assert about == round(alarm / (missed + alarm), 2)
        p, silence, cost = said(SLUG, "for p = {}, silence costs {} and an alarm {}")
        assert (silence, cost) == (pytest.approx(missed * p), pytest.approx(alarm * (1 - p)))
        assert self.cheapest(missed) == pytest.approx(1 / (missed + 1), abs=0.003)

    def test_and_those_of_the_folded_answer(self):
        low, high = said(SLUG, "go with `MISSED = {}`? And with `MISSED = {}`?")
        one, two, other, fifty_one = said(SLUG, "An answer</summary> {} / {}, and {} / {}.")
        assert self.cheapest(low) == pytest.approx(one / two, abs=0.003)
        assert self.cheapest(high) == pytest.approx(other / fifty_one, abs=0.003)
        missed, sure = said(SLUG, "With {}, a tweet stays unread only if the model is {}% sure that it is no complaint")
        assert (missed, sure) == (high, round(100 * (1 - other / fifty_one)))
        assert said(SLUG, "`(chance < {} / {}).sum()`") == [other, fifty_one]


class TestAPoint:
    """0.84 against 0.85, and how many texts find a real point."""

    def found(self, rows: int, percent: float) -> float:
        """Return the share of the lesson's games in which McNemar's exact test finds a real point."""
        play = made(SLUG, "play", np=np, binom=binom, rng=np.random.default_rng(0))
        return np.mean(play(rows, 0.01, percent / 100)[1] < 0.05)

    def test_the_report_is_the_same_each_time(self):
        low, high, rows = said(SLUG, "What does {} against {} on {} texts mean?")
        assert said(SLUG, "says that a model went from {} to {}, on {} texts") == [low, high, rows]
        assert said(SLUG, "So {} after {} may well be luck") == [high, low]
        assert said(SLUG, "With {} texts a real point is nearly always missed") == [rows]
        assert f"play({rows}, 0, disagree)" in cell(SLUG, "def play(")
        assert high - low == pytest.approx(0.01)

    def test_so_many_texts_find_a_real_point_in_four_of_five_games(self):
        power, twice = said(SLUG, "find a real point in {}% of games, if the models differ on {}%?")
        many, disagree, fewer, disagree_less = said(SLUG, "More: about {} with {}%, and about {} with {}%.")
        assert said(SLUG, "Guess first: more or fewer than with {}%?") == [disagree_less]
        assert disagree == twice
        assert self.found(many, disagree) == pytest.approx(power / 100, abs=0.015)
        assert self.found(fewer, disagree_less) == pytest.approx(power / 100, abs=0.015)

    def test_mcnemars_exact_test_is_a_coin_toss_on_the_rows_where_they_differ(self):
        assert "each of these would be a coin toss" in prose(SLUG)
        assert "(This is McNemar's exact test.)" in prose(SLUG)
        assert mcnemar([[635, 80], [98, 187]], exact=True).pvalue == pytest.approx(binomtest(80, 178).pvalue)

    def test_a_loaded_coin(self):
        on, those, wins, loses = said(
            SLUG, "is {} points on the {}% where they differ: the better model wins {}% of these, the other {}%"
        )
        assert (wins - loses, wins + loses) == (on, 100)
        assert on * those / 100 == 1  # a point on all texts


class TestLeaderboard:
    def test_models_that_toss_a_coin_on_some_texts_differ_on_half_of_them(self):
        tossed, differ = said(SLUG, "Say that each tosses a coin on {}% of the texts. Then any two differ on {}%.")
        assert tossed == 2 * differ
        assert f"int({tossed / 100:.2f} * 2610)" in cell(SLUG, "tosses = ")

    def test_the_table_of_the_paper(self):
        [texts] = said(SLUG, "on MELD, with {} test utterances (Poria and others 2019)")
        low, high = said(SLUG, "Their scores go from {} to {}.")
        assert f"/ {texts}\n" in cell(SLUG, "tosses = ")
        assert f">= {(high - low) / 100:.4f}" in cell(SLUG, "tosses = ")
        [[spread]] = numbers(r"first minus last: ([\d.]+)% on average", "tosses = ")
        assert "further than that table, in most games" in prose(SLUG)
        assert spread > high - low
        assert stored_records(SLUG)["leaderboard_by_luck"] > 0.5


class TestHelpers:
    def test_macro_f1_is_scikit_learns(self):
        rng = np.random.default_rng(0)
        truth, given = rng.integers(3, size=(2, 300))
        assert macro_f1(truth, given) == pytest.approx(f1_score(truth, given, average="macro"))

    def test_the_gain_over_seeds_is_zero_for_equal_answers_and_wide_for_few_trainings(self):
        rng = np.random.default_rng(0)
        truth = rng.integers(3, size=200)
        first = np.where(rng.random((3, 200)) < 0.8, truth, 0)
        assert f1_gain_over_seeds(truth, first, first, 0, draws=50) == (0, 0, 0)
        gain, low, high = f1_gain_over_seeds(truth, first, np.zeros((3, 200), int), 0, draws=200)
        assert 0 < low < gain < high

    def test_the_page_says_what_the_interval_says(self):
        assert against((0.07, 0.05, 0.1)) == "better: +7.0% (+5.0% to +10.0%)"
        assert against((-0.01, -0.04, 0.01)).startswith("not to be told apart")
        assert against((-0.05, -0.08, -0.01)).startswith("worse")

    def test_the_changes(self):
        text = "@user Great, cancelled again"
        assert CHANGES["typos"](text) == CHANGES["typos"](text)
        assert sorted(CHANGES["typos"]("cancelled again")) == sorted("cancelled again")
        assert CHANGES["no names"](text) == " Great, cancelled again"
        assert len(PAIRS) == 10
        assert "ten pairs by hand, five complaints and five thanks" in prose(SLUG)


class TestWhereItBreaks:
    def test_a_class_that_is_never_predicted(self):
        assert "| `Precision is ill-defined` (`UndefinedMetricWarning`) | a class was never predicted |" in prose(SLUG)
        with pytest.warns(UndefinedMetricWarning, match="Precision is ill-defined"):
            classification_report([0, 1, 2], [0, 0, 0])
        assert "`zero_division=0` only hides the warning" in prose(SLUG)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            classification_report([0, 1, 2], [0, 0, 0], zero_division=0)

    def test_rows_without_all_classes(self):
        message = "y_true and y_prob contain different number of classes"
        assert f"| `{message}` in `log_loss` |" in prose(SLUG)
        probs = [[0.1, 0.8, 0.1], [0.2, 0.2, 0.6]]
        with pytest.raises(ValueError, match=message):
            log_loss([0, 1], probs)
        assert "| pass `labels=` |" in prose(SLUG)
        assert log_loss([0, 1], probs, labels=[0, 1, 2]) > 0

    def test_a_small_calibration_error_on_few_rows_is_luck(self):
        """Even a calibrated model has a larger one, nearly always."""
        error, rows = said(SLUG, "| an ECE of {} on {} rows | luck | compare with a calibrated model")
        bins = made(SLUG, "bins", np=np, pd=pd)
        calibration_error = made(SLUG, "expected_calibration_error", np=np, bins=bins)
        rng = np.random.default_rng(0)
        errors = []
        for _ in range(200):
            sure = rng.uniform(1 / 3, 1, size=rows)
            errors.append(calibration_error(sure, rng.random(rows) < sure))
        assert np.mean(np.array(errors) <= error) < 0.05


def test_the_lessons_calibration_error_is_torchmetrics(scores):
    logits, truth = scores
    probabilities = softmax(logits, axis=1)
    bins = made(SLUG, "bins", np=np, pd=pd)
    ours = made(SLUG, "expected_calibration_error", np=np, bins=bins)
    theirs = multiclass_calibration_error(torch.tensor(probabilities), torch.tensor(truth), num_classes=3, n_bins=10)
    right = probabilities.argmax(axis=1) == truth
    assert ours(probabilities.max(axis=1), right) == pytest.approx(float(theirs), abs=1e-5)


def test_the_sheet_shows_averages_that_move_in_opposite_directions():
    shown = printed(f"{SLUG}_exercises", '{"A": model_a, "B": model_b}')
    scores = {line[0]: ast.literal_eval(line[2:]) for line in shown.strip().splitlines()}
    assert scores["A"] == {"accuracy": 0.6, "micro": 0.6, "macro": 0.25, "weighted": 0.45}
    assert scores["A"]["accuracy"] > scores["B"]["accuracy"]
    assert scores["A"]["macro"] < scores["B"]["macro"]
