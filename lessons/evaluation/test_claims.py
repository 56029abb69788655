"""What this lesson says and no cell of it checks: costs, seeds, sizes of test sets, what its own run showed."""

import ast
import json
import re
import warnings
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import sklearn
from datasets import load_dataset
from scipy.special import softmax
from scipy.stats import binom, binomtest
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report, f1_score, log_loss
from sklearn.pipeline import make_pipeline
from statsmodels.stats.contingency_tables import mcnemar

from course_tools.project import ROOT
from course_utils.sources import dataset
from tests.prose import cell, executed, made, printed, prose, said

SLUG = "evaluation"
RUNS = json.loads((ROOT / "benchmarks" / "evaluation_seeds.json").read_text(encoding="utf-8"))


def numbers(pattern: str, code: str) -> list[tuple[float, ...]]:
    """Return the groups of each match in the stored output of a cell, as numbers."""
    found = re.findall(pattern, printed(SLUG, code), re.MULTILINE)
    return [tuple(map(float, [each] if isinstance(each, str) else each)) for each in found]


@pytest.fixture(scope="module")
def tweets():
    return load_dataset(*dataset("tweets", "laptop"))


class TestTheLazyModel:
    def test_recall_and_precision_of_negative(self, tweets):
        recall, precision = said(
            SLUG, "all of them, {}. Precision: of the tweets that were *called* so, how many are so? Only {}."
        )
        truth = np.array(tweets["test"].select(range(1000))["label"])
        assert np.bincount(tweets["train"].select(range(4800))["label"]).argmax() == 0
        assert (recall, precision) == (1, round(np.mean(truth == 0), 2))
        assert "Two classes of three were never found. Only macro says it loudly: a third of one good F1" in prose(SLUG)
        lazy = np.zeros_like(truth)
        [good] = f1_score(truth, lazy, labels=[0], average=None)
        assert f1_score(truth, lazy, average="macro") == pytest.approx(good / 3)


class TestTheOwnRun:
    """Sentences about what the cell above them prints, held against the stored outputs."""

    def test_positive_is_the_weak_class_and_the_smallest(self):
        assert "*positive* is the weak one, and it is the smallest" in prose(SLUG)
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
        assert "whoever knows the topic is right far more often than the laziest answer for all" in prose(SLUG)
        [[informed]] = numbers(r"most common label: (\d+)% right", code)
        [[laziest]] = numbers(r"^accuracy +([\d.]+)$", "for average in (")
        assert informed / 100 > laziest + 0.1

    def test_the_smallest_slice_is_the_least_sure_and_hashtag_stands_low(self):
        figure = r", (\d+): right \d+% \((\d+)% to (\d+)%\)"
        slices = numbers(figure, "slices |= {")
        assert "The smallest slice has the widest interval" in prose(SLUG)
        assert min(slices) == max(slices, key=lambda each: each[2] - each[1])
        assert "*hashtag* stands, on the low side" in prose(SLUG)
        assert re.search(r"^hashtag, \d+ +-[\d.]+ stands$", printed(SLUG, "stand_out = "), re.MULTILINE)

    def test_which_changes_change_anything(self):
        changed = dict(re.findall(r"^(.+?) +changes +(\d+) of 1000", printed(SLUG, "messy = {}"), re.MULTILINE))
        assert "*Capitals* change nothing" in prose(SLUG)
        assert changed["capitals"] == "0"
        assert "*no emoji* touches only a few of the offline tweets" in prose(SLUG)
        assert int(changed["no emoji"]) < 30

    def test_typos_cost_most(self):
        figure = r"(\w[\w ]*), \d+: fine-tuned ([-+]\d+)% \(([-+]\d+)% to ([-+]\d+)%\)"
        found = re.findall(figure, printed(SLUG, '"What a change costs'))
        drops = {name: tuple(map(int, ends)) for name, *ends in found}
        assert "typos cost the fine-tuned model most" in prose(SLUG)
        assert min(drops, key=drops.get) == "typos"
        assert "For names and punctuation the intervals hold zero" in prose(SLUG)
        for name in ("no names", "no punctuation"):
            assert drops[name][1] <= 0 <= drops[name][2]
        assert "And *no emoji* has so wide an interval" in prose(SLUG)
        assert max(drops, key=lambda name: drops[name][2] - drops[name][1]) == "no emoji"

    def test_an_epoch_is_better_and_worse_at_once(self):
        assert "Look for the arrow" in prose(SLUG)
        assert "<- better and worse" in printed(SLUG, "from itertools import combinations")

    def test_all_groups_are_overconfident_and_two_by_ten_points(self):
        code = "for low, high in ((0.7, 0.8)"
        gaps = [sure - right for (sure,), (right,) in zip(
            numbers(r"sure, ([\d.]+)% on average", code), numbers(r"tweets, ([\d.]+)% right", code), strict=True
        )]  # fmt: skip
        assert "each group is right less often than it says, and the lower two by ten points or more" in prose(SLUG)
        assert min(gaps) > 0
        assert min(gaps[:2]) >= 10

    def test_the_calibration_error_is_no_luck(self):
        assert "Ours lies above: the overconfidence is real" in prose(SLUG)
        [[ours, most]] = numbers(r"our model: ([\d.]+)\n.*at most ([\d.]+)", "lucky = [")
        assert ours > most

    def test_the_surest_tweets_are_right_more_often_than_cooled(self):
        assert "the surest tweets are now right *more* often than it says" in prose(SLUG)
        *_, (sure, right) = numbers(r"(\d+)% sure (\d+)% right", "import marked_lines, reliability")
        assert right > sure

    def test_the_usual_threshold_costs_more_than_reading_everything(self):
        costs = dict(re.findall(r"^(.+?) +([\d.]+) a tweet$", printed(SLUG, "rules = {"), re.MULTILINE))
        everything, usual, theory, chosen = map(float, costs.values())
        assert "the usual threshold costs more than reading everything" in prose(SLUG)
        assert usual > everything
        assert "The threshold from the costs does about as well as the chosen one" in prose(SLUG)
        assert theory == pytest.approx(chosen, abs=0.05)

    def test_the_complaints_stay_unanswered_most_often(self):
        assert "it is the complaints that stay unanswered most often" in prose(SLUG)
        shares = re.findall(r"no answer for (\d+)% of the (\w+) tweets", printed(SLUG, 'record("answered_accuracy"'))
        assert len(shares) == 3
        assert max(shares, key=lambda each: int(each[0]))[1] == "negative"

    def test_where_people_agreed_less_it_is_right_less_often(self):
        assert "where people agreed less, the model is right less often" in prose(SLUG)
        assert "Its confidence falls too, but far less" in prose(SLUG)
        groups = numbers(r"is right (\d+)% .*?confidence (\d+)%", "shown = intervals(")
        (little, unsure), *_, (much, sure) = groups
        assert [right for right, _ in groups] == sorted(right for right, _ in groups)
        assert 0 <= sure - unsure < (much - little) / 2

    def test_luck_is_rarer_where_models_differ_less(self):
        assert 'one of them is "better" by a point in most games' in prose(SLUG)
        assert "The fewer rows they differ on, the rarer it is" in prose(SLUG)
        games = numbers(r"differ on (\d+)% of rows: a point ahead in (\d+)%", "def play(")
        assert games == sorted(games)
        assert [luck for _, luck in games] == sorted(luck for _, luck in games)
        assert games[-1][1] > 50


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
    return executed(SLUG, "def validation_loss(", record=lambda name, value: None, **names)["temperature"]


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

    def test_with_two_labels_the_order_of_the_rows_stays(self):
        assert "With two labels it would be exact" in prose(SLUG)
        logits = np.random.default_rng(0).normal(size=(500, 2)) * 4
        orders = [softmax(logits / t, axis=1).max(axis=1).argsort().tolist() for t in (1, 3)]
        assert orders[0] == orders[1]

    def test_with_three_labels_two_rows_can_change_places(self):
        assert "Inside one tweet: always. Between two tweets, with three labels: nearly" in prose(SLUG)
        logits = np.array([[2.0, 0, -9], [3.2, 0.2, 0.2]])
        cold, hot = (softmax(logits / t, axis=1).max(axis=1) for t in (1, 6))
        assert (cold[0] > cold[1]) != (hot[0] > hot[1])


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
        assert said(SLUG, "raise your hand from {} / ({} + {}) on") == [alarm, missed, alarm]
        assert self.cheapest(missed) == pytest.approx(1 / (missed + 1), abs=0.003)

    def test_and_those_of_the_folded_answer(self):
        low, high = said(SLUG, "Set `MISSED = {}`. Before you run it: where will the threshold go? And `MISSED = {}`?")
        one, two, other, fifty_one = said(SLUG, "From the costs alone: {} / {}, and {} / {}.")
        assert self.cheapest(low) == pytest.approx(one / two, abs=0.003)
        assert self.cheapest(high) == pytest.approx(other / fifty_one, abs=0.003)
        missed, sure = said(SLUG, "With {}, a tweet stays unread only if the model is {}% sure that it is no complaint")
        assert (missed, sure) == (high, round(100 * (1 - other / fifty_one)))
        assert said(SLUG, "`(chance < {} / {}).sum()`") == [other, fifty_one]


def test_the_curve_begins_where_the_text_says():
    [percent] = said(SLUG, "Left of {}% there are too few tweets to draw")
    assert f"start_at = len(order) // {100 / percent:.0f}\n" in cell(SLUG, "start_at = ")


class TestAPoint:
    """0.84 against 0.85, and how many texts find a real point."""

    def found(self, rows: int, percent: float) -> float:
        """Return the share of the lesson's games in which McNemar's exact test finds a real point."""
        play = made(SLUG, "play", np=np, binom=binom, rng=np.random.default_rng(0))
        return np.mean(play(rows, 0.01, percent / 100)[1] < 0.05)

    def test_the_report_is_the_same_each_time(self):
        low, high, rows = said(SLUG, "What does {} against {} on {} texts mean?")
        assert said(SLUG, "says that a model went from {} to {}, on {} texts") == [low, high, rows]
        assert said(SLUG, "So {} after {} is what luck does") == [high, low]
        assert said(SLUG, "With {} texts a real point is nearly always missed") == [rows]
        assert said(SLUG, "a difference of one point: on {} texts it says next to nothing") == [rows]
        assert f"play({rows}, 0, disagree)" in cell(SLUG, "def play(")
        assert high - low == pytest.approx(0.01)

    def test_so_many_texts_find_a_real_point_in_four_of_five_games(self):
        power, twice = said(SLUG, "find a real point in {}% of games, if the models differ on {}% of rows?")
        many, disagree, fewer, disagree_less = said(SLUG, "More: about {} with {}%, and about {} with {}%.")
        assert said(SLUG, "First guess: more or fewer than with {}%?") == [disagree_less]
        assert disagree == twice
        assert self.found(many, disagree) == pytest.approx(power / 100, abs=0.015)
        assert self.found(fewer, disagree_less) == pytest.approx(power / 100, abs=0.015)

    def test_mcnemars_exact_test_is_a_coin_toss_on_the_rows_where_they_differ(self):
        assert "each of these tweets would be a coin toss" in prose(SLUG)
        assert mcnemar([[635, 80], [98, 187]], exact=True).pvalue == pytest.approx(binomtest(80, 178).pvalue)

    def test_mcnemar_wants_an_array(self):
        assert "Hand it an array" in prose(SLUG)
        table = pd.DataFrame([[635, 80], [98, 187]], index=["right", "wrong"], columns=["other right", "other wrong"])
        with pytest.raises(ValueError, match=r"2x2 .* shape \(4, 4\)"):
            mcnemar(table, exact=True)


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
        bins = made(SLUG, "bins", np=np, binomtest=binomtest)
        calibration_error = made(SLUG, "expected_calibration_error", bins=bins)
        rng = np.random.default_rng(0)
        errors = []
        for _ in range(200):
            sure = rng.uniform(1 / 3, 1, size=rows)
            errors.append(calibration_error(sure, rng.random(rows) < sure))
        assert np.mean(np.array(errors) <= error) < 0.05

    def test_scikit_learns_tool_for_thresholds(self):
        assert "(Scikit-learn has a tool for its own models: `TunedThresholdClassifierCV`.)" in prose(SLUG)
        from sklearn.model_selection import TunedThresholdClassifierCV  # noqa: F401


def test_the_word_counter_says_too_little(tweets):
    """The folded answer: its mean confidence lies below its share of right answers."""
    assert "it is not overconfident. It rather says too little" in prose(SLUG)
    many, test = tweets["train"].select(range(4800)), tweets["test"].select(range(1000))
    counter = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000)).fit(many["text"][:], many["label"])
    probs = counter.predict_proba(test["text"][:])
    right = probs.argmax(axis=1) == np.array(test["label"])
    assert probs.max(axis=1).mean() < right.mean() - 0.01


class TestSeeds:
    """The paragraphs about `benchmarks/evaluation_seeds.py`."""

    def test_the_scores_of_the_seeds(self):
        scores = said(SLUG, "Three seeds, the same tweets: {}%, {}% and {}% right on test")
        assert scores == sorted(round(100 * run["test"]["accuracy"], 1) for run in RUNS)
        assert "the seed alone moves it by more than two points" in prose(SLUG)
        assert max(scores) - min(scores) > 2

    def test_every_training_is_overconfident_and_a_temperature_helps(self):
        ends = said(SLUG, "All three are overconfident, with T from {} to {}, and in all three the temperature brings")
        temperatures = [run["temperature"] for run in RUNS]
        assert ends == [round(min(temperatures), 1), round(max(temperatures), 1)]
        assert "the temperature brings log-loss and ECE down" in prose(SLUG)
        assert len(RUNS) == 3
        for run in RUNS:
            assert run["temperature"] > 1
            assert run["test_with_temperature"]["ece"] < run["test"]["ece"]
            assert run["test_with_temperature"]["log_loss"] < run["test"]["log_loss"]
            assert run["test_with_temperature"]["accuracy"] == run["test"]["accuracy"]

    def test_in_two_of_three_some_epoch_is_better_and_worse_than_an_earlier_one(self):
        assert "Two of the three have such an arrow, one has none" in prose(SLUG)
        mixed = [
            any(
                later["accuracy"] > first["accuracy"] and later["log_loss"] > first["log_loss"]
                for first, later in combinations(run["epochs"], 2)
            )
            for run in RUNS
        ]
        assert sorted(mixed) == [False, True, True]


def test_the_sheet_shows_averages_that_move_in_opposite_directions():
    shown = printed(f"{SLUG}_exercises", '{"A": model_a, "B": model_b}')
    scores = {line[0]: ast.literal_eval(line[2:]) for line in shown.strip().splitlines()}
    assert scores["A"] == {"accuracy": 0.6, "micro": 0.6, "macro": 0.25, "weighted": 0.45}
    assert scores["A"]["accuracy"] > scores["B"]["accuracy"]
    assert scores["A"]["macro"] < scores["B"]["macro"]
