"""What this lesson says and no cell of it checks: its counts, its folded answers, its words about the alarms."""

import re
from collections import Counter, defaultdict
from types import SimpleNamespace

import numpy as np
import pytest
from datasets import load_dataset
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupShuffleSplit, ShuffleSplit, cross_validate

from course_utils import sources, tweets
from course_utils.vectors import encode
from tests.prose import made, printed, prose, said, stored_records

SLUG = "leakage"


def same_words(text: str) -> str:
    return made(SLUG, "same_words", re=re)(text)


def near_pairs(texts: list[str], least: float) -> list:
    runs = made(SLUG, "runs", same_words=same_words)
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
        assert f"{rows:,} tweets" in printed(SLUG, "def same_words")
        assert millions <= rows * (rows - 1) / 2 / 1e6 < millions + 50

    def test_the_planted_copies(self):
        [planted] = said(SLUG, "So we plant one: {} changed copies")
        assert printed(SLUG, "KINDS = [").startswith(f"{planted} planted")

    def test_the_normaliser_is_that_of_the_course(self):
        for text in ("RT @user: So TRUE!! http", "Art is smart, don't @user", "#Rt rt http://x"):
            assert same_words(text) == tweets.same_words(text)

    def test_a_family_of_three_hundred(self):
        assert "One family has about three hundred members" in prose(SLUG)
        largest = re.search(r"the largest have \d+ \d+ (\d+)", printed(SLUG, "connected_components"))[1]
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
        assert stored_records(SLUG)["reworded_nearest"] > len(made(SLUG, "reworded")) / 2

    def test_each_method_loses_more_than_ten_points(self):
        assert "Both methods lose more than ten points with new writers, and again with new years" in prose(SLUG)
        falls = re.findall(r"loses ([\d.]+)% with new writers, ([\d.]+)% two", printed(SLUG, "falls = {}"))
        assert len(falls) == 2
        assert min(float(fall) for pair in falls for fall in pair) > 10


class TestTheFoldedAnswers:
    def test_a_lower_share_finds_a_typo_and_strangers(self):
        assert "a typo breaks at most five runs, so 0.2 of all runs often survive" in prose(SLUG)
        one = "a b c d e f g h i j k l"
        assert near_pairs([one, one.replace("f", "x")], 0.5) == []
        assert near_pairs([one, one.replace("f", "x")], 0.2) == [[0, 1]]

    @pytest.mark.slow
    def test_a_weak_penalty_widens_the_gap(self, desk):
        assert "The training score goes to 100%, the test score falls a little, the gap grows" in prose(SLUG)
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
        labels, fall, small = said(SLUG, "{} labels see a fall of {} points. They do not see a fall of {}.")
        rng = np.random.default_rng(0)
        line = np.percentile(rng.binomial(labels, 0.7, 4000), 1)
        seen = [np.mean(rng.binomial(labels, 0.7 - points / 100, 4000) < line) for points in (fall, small)]
        assert seen[0] > 0.4
        assert seen[1] < 0.1

    def test_the_message_of_a_split_without_groups(self):
        with pytest.raises(ValueError, match="The 'groups' parameter should not be None"):
            next(GroupShuffleSplit(1).split([1, 2, 3]))
        assert "`The 'groups' parameter should not be None.`" in prose(SLUG)
