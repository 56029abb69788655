"""What this lesson says and no cell of it computes: the seeds, temperatures, thresholds, and the sizes of test sets."""

import json
import math
from itertools import combinations

import numpy as np
import pytest
import sklearn
from datasets import load_dataset
from scipy.optimize import minimize_scalar
from scipy.special import softmax
from scipy.stats import binom, binomtest
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report, log_loss
from sklearn.pipeline import make_pipeline
from statsmodels.stats.contingency_tables import mcnemar

from course_utils.sources import DATA, dataset

RUNS = json.loads((DATA.parent / "benchmarks" / "evaluation_seeds.json").read_text(encoding="utf-8"))


@pytest.fixture
def scores():
    """Logits for three labels that are too sure, and the labels."""
    rng = np.random.default_rng(0)
    truth = rng.integers(3, size=2000)
    logits = rng.normal(size=(2000, 3)) + 1.5 * np.eye(3)[truth]
    return 3 * logits, truth


def best_temperature(logits, truth):
    return minimize_scalar(lambda t: log_loss(truth, softmax(logits / t, axis=1)), bounds=(0.2, 10), method="bounded").x


class TestTemperature:
    def test_it_finds_the_factor_by_which_logits_were_stretched(self, scores):
        logits, truth = scores
        assert best_temperature(3 * logits, truth) == pytest.approx(3 * best_temperature(logits, truth), rel=1e-2)

    @pytest.mark.skipif(tuple(map(int, sklearn.__version__.split(".")[:2])) < (1, 8), reason="new in scikit-learn 1.8")
    def test_scikit_learn_finds_the_same(self, scores):
        from sklearn.calibration import _TemperatureScaling

        logits, truth = scores
        theirs = _TemperatureScaling().fit(logits, truth)
        assert 1 / theirs.beta_ == pytest.approx(best_temperature(logits, truth), rel=1e-2)

    def test_with_two_labels_the_order_of_the_rows_stays(self):
        logits = np.random.default_rng(0).normal(size=(500, 2)) * 4
        orders = [softmax(logits / t, axis=1).max(axis=1).argsort().tolist() for t in (1, 3)]
        assert orders[0] == orders[1]

    def test_with_three_labels_two_rows_can_change_places(self):
        logits = np.array([[2.0, 0, -9], [3.2, 0.2, 0.2]])
        cold, hot = (softmax(logits / t, axis=1).max(axis=1) for t in (1, 6))
        assert (cold[0] > cold[1]) != (hot[0] > hot[1])


def test_what_a_wrong_answer_costs():
    """A wrong answer at 99% costs at least 4.6, at 60% 0.9: if all the rest is on the right label."""
    assert -math.log(0.01) == pytest.approx(4.6, abs=0.05)
    assert -math.log(0.4) == pytest.approx(0.9, abs=0.05)


@pytest.mark.parametrize("missed", [1, 5, 50])
def test_with_true_probabilities_the_costs_alone_give_the_threshold(missed):
    """The cost is lowest at 1 / (missed + 1)."""
    chance = np.linspace(0.0005, 0.9995, 1000)

    def cost(threshold):
        return np.where(chance >= threshold, 1 - chance, missed * chance).sum()

    thresholds = np.linspace(0.001, 0.999, 999)
    best = thresholds[np.argmin([cost(threshold) for threshold in thresholds])]
    assert best == pytest.approx(1 / (missed + 1), abs=0.003)


def found(rows, disagree, games=4000):
    """Return the share of games in which McNemar's exact test finds a real point."""
    rng = np.random.default_rng(0)
    differ = rng.binomial(rows, disagree, games)
    better = rng.binomial(differ, 0.5 + 0.01 / disagree / 2)
    p_values = np.minimum(1, 2 * binom.cdf(np.minimum(better, differ - better), differ, 0.5))
    return np.mean(p_values < 0.05)


@pytest.mark.parametrize(("disagree", "rows"), [(0.10, 8000), (0.20, 16000)])
def test_so_many_texts_find_a_real_point_in_four_of_five_games(disagree, rows):
    assert found(rows, disagree) == pytest.approx(0.8, abs=0.05)


def test_mcnemars_exact_test_is_a_coin_toss_on_the_rows_where_they_differ():
    assert mcnemar([[635, 80], [98, 187]], exact=True).pvalue == pytest.approx(binomtest(80, 178).pvalue)


class TestWhereItBreaks:
    def test_a_class_that_is_never_predicted(self):
        with pytest.warns(UndefinedMetricWarning, match="Precision is ill-defined"):
            classification_report([0, 1, 2], [0, 0, 0])

    def test_rows_without_all_classes(self):
        probs = [[0.1, 0.8, 0.1], [0.2, 0.2, 0.6]]
        with pytest.raises(ValueError, match="y_true and y_prob contain different number of classes"):
            log_loss([0, 1], probs)
        assert log_loss([0, 1], probs, labels=[0, 1, 2]) > 0


def test_the_word_counter_says_too_little():
    """The folded answer: not overconfident. Its mean confidence lies below its share of right answers."""
    tweets = load_dataset(*dataset("tweets", "laptop"))
    many, test = tweets["train"].select(range(4800)), tweets["test"].select(range(1000))
    counter = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000)).fit(many["text"][:], many["label"])
    probs = counter.predict_proba(test["text"][:])
    right = probs.argmax(axis=1) == np.array(test["label"])
    assert probs.max(axis=1).mean() < right.mean() - 0.01


class TestSeeds:
    """The paragraphs about `benchmarks/evaluation_seeds.py`."""

    def test_every_training_is_overconfident_and_a_temperature_helps(self):
        for run in RUNS:
            assert run["temperature"] > 1
            assert run["test_with_temperature"]["ece"] < run["test"]["ece"]
            assert run["test_with_temperature"]["log_loss"] < run["test"]["log_loss"]
            assert run["test_with_temperature"]["accuracy"] == run["test"]["accuracy"]

    def test_the_scores_of_the_seeds(self):
        assert sorted(run["test"]["accuracy"] for run in RUNS) == [0.686, 0.693, 0.71]
        temperatures = [run["temperature"] for run in RUNS]
        assert (round(min(temperatures), 1), round(max(temperatures), 1)) == (1.5, 1.8)

    def test_in_two_of_three_some_epoch_is_better_and_worse_than_an_earlier_one(self):
        mixed = [
            any(
                later["accuracy"] > first["accuracy"] and later["log_loss"] > first["log_loss"]
                for first, later in combinations(run["epochs"], 2)
            )
            for run in RUNS
        ]
        assert sum(mixed) == 2
        assert len(mixed) == 3
