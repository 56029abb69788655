"""What this lesson says and no cell of it checks: its counts, its folded answers, its words about the alarms."""

import re
from collections import Counter, defaultdict
from types import SimpleNamespace

import numpy as np
import pytest
from datasets import load_dataset
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.stats import binom
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupShuffleSplit, ShuffleSplit, cross_validate

from course_utils import sources, tweets
from course_utils.vectors import encode
from lessons.leakage.copies import KINDS, REWORDED, change
from tests.prose import cell, made, printed, prose, said, stored_records

SLUG = "leakage"


def same_words(text: str) -> str:
    return made(SLUG, "same_words", re=re)(text)


def near_pairs(texts: list[str], least: float) -> list:
    runs = made(SLUG, "runs", same_words=made(SLUG, "same_words", re=re))
    names = {"runs": runs, "defaultdict": defaultdict, "Counter": Counter, "np": np}
    return made(SLUG, "near_pairs", **names)(texts, least).tolist()


@pytest.fixture
def desk():
    return load_dataset(*sources.dataset("messages", "laptop"))


class TestTheCounts:
    def test_one_tweet_in_eight_is_copied(self):
        assert "About one tweet in eight has its own words in the training part" in prose(SLUG)
        assert 1 / 9 < stored_records(SLUG)["copied_share"] < 1 / 7.5

    def test_all_pairs_are_too_many(self):
        rows, millions = said(SLUG, "But {} tweets make over {} million pairs")
        assert f"{rows:,} tweets" in printed(SLUG, "concatenate_datasets([")
        assert millions <= rows * (rows - 1) / 2 / 1e6 < millions + 50

    def test_the_planted_copies(self):
        [planted] = said(SLUG, "we plant a truth: {} changed copies")
        assert f"laptop={planted}," in cell(SLUG, "copies.plant(")

    def test_the_normaliser_is_that_of_the_course(self):
        for text in ("RT @user: So TRUE!! http", "Art is smart, don't @user", "#Rt rt http://x"):
            assert same_words(text) == tweets.same_words(text)

    def test_a_family_of_three_hundred(self):
        assert "One family has about three hundred members" in prose(SLUG)
        largest = re.search(r"the largest have \d+ \d+ (\d+)", printed(SLUG, "import connected_components"))[1]
        assert 280 < int(largest) < 330

    def test_the_regulars(self, desk):
        [regulars] = said(SLUG, "Its {} regulars write again and again")
        writers = Counter(writer for rows in desk.values() for writer in rows["writer"])
        assert sum(count > 5 for count in writers.values()) == regulars
        assert max(count for writer, count in writers.items() if int(writer[1:]) > regulars) <= 2
        assert len(desk["year_1"].features["label"].names) == 6

    def test_an_old_word_with_the_same_letters(self, desk):
        assert "In year 1 the blue card is for the library; later it is for parking" in prose(SLUG).replace("*", "")
        names = desk["year_1"].features["label"].names
        for year, name in (("year_1", "library"), ("year_3", "parking")):
            topics = [row["label"] for row in desk[year] if row["event"] == 2]
            assert {names[topic] for topic in topics} == {name}


class TestTheTwoFinders:
    def test_other_words_are_found_by_rank(self):
        assert "for most of these pairs, the twin was the nearest text of all" in prose(SLUG)
        assert stored_records(SLUG)["reworded_nearest"] > len(REWORDED) / 2

    def test_other_words_share_no_run(self):
        assert "Other words share no run, so the runs are blind" in prose(SLUG)
        runs = made(SLUG, "runs", same_words=same_words)
        assert not any(runs(one) & runs(other) for one, other in REWORDED.items())

    def test_a_change_leaves_five_words_in_a_row(self):
        assert "each of our changes left five words in a row as they were" in prose(SLUG)
        rng, text = np.random.default_rng(0), "anna bought cheap dark eggs from great hens in june"
        for kind in KINDS:
            for _ in range(50):
                assert near_pairs([text, change(text, kind, rng)], 0.01) == [[0, 1]]

    def test_each_method_loses_more_than_ten_points(self):
        assert "Both methods lose more than ten points with new writers, and again with new years" in prose(SLUG)
        falls = re.findall(r"loses ([\d.]+) points with new writers, ([\d.]+) in two", printed(SLUG, "falls = "))
        assert len(falls) == 2
        assert min(float(fall) for pair in falls for fall in pair) > 10


class TestTheFoldedAnswers:
    def test_one_common_run_joins_a_crowd(self):
        before, after = said(SLUG, "It grows from about {} tweets to about {}.")
        texts = load_dataset(*sources.dataset("raw_tweets", "laptop"))["train"]["text"][:]
        for least, size in ((0.5, before), (0.01, after)):
            pairs = np.array(near_pairs(texts, least))
            links = coo_matrix((np.ones(len(pairs)), pairs.T), shape=(len(texts), len(texts)))
            largest = np.bincount(connected_components(links, directed=False)[1]).max()
            assert largest == pytest.approx(size, rel=0.05)

    @pytest.mark.slow
    def test_a_weak_penalty_widens_the_gap(self, desk):
        assert "The training score goes to 100%, the test score falls by some points, the gap grows" in prose(SLUG)
        texts = [text for rows in desk.values() for text in rows["text"]]
        topic = np.array([label for rows in desk.values() for label in rows["label"]])
        session = SimpleNamespace(checkpoint=sources.offline_checkpoint(), device="cpu")
        vectors = encode(texts, session, max_length=48)
        split = ShuffleSplit(4, train_size=0.7, random_state=0)
        weak, usual = (
            cross_validate(LogisticRegression(max_iter=2000, C=c), vectors, topic, cv=split, return_train_score=True)
            for c in (1000, 10)
        )
        assert weak["train_score"].mean() > 0.99 > usual["train_score"].mean()
        assert 0 < usual["test_score"].mean() - weak["test_score"].mean() < 0.08


class TestTheAlarms:
    def test_what_thirty_labels_see(self):
        [labels] = said(SLUG, "Here {} labels saw the fall about half a year after it began")
        assert re.search(r"raise the alarm first in 24Q[23]", printed(SLUG, "likely = "))
        fall, more = said(SLUG, "A fall of {} points they miss about half the time. That takes about {} labels")
        for rows, low, high in ((labels, 0.35, 0.6), (more, 0.9, 1)):
            for good in (0.73, 0.75):
                line = binom.ppf(0.01, rows, good)
                assert low < binom.cdf(line - 1, rows, good - fall / 100) < high

    def test_what_fresh_labels_teach(self):
        text = prose(SLUG)
        assert "Beside year 1, the labels win about ten points. Alone they win more than twenty" in text
        assert "20 labels alone are too few: about as weak as before" in text
        kept = stored_records(SLUG)
        before = kept["year_3_as_it_was"]
        assert 0.07 < kept["year_3_year_1_and_100_labels"] - before < 0.13
        assert kept["year_3_100_labels_alone"] - before > 0.2
        assert abs(kept["year_3_20_labels_alone"] - before) < 0.05

    def test_the_message_of_a_split_without_groups(self):
        with pytest.raises(ValueError, match="The 'groups' parameter should not be None"):
            next(GroupShuffleSplit(1).split([1, 2, 3]))
        assert "`The 'groups' parameter should not be None.`" in prose(SLUG)
