"""What this lesson says and no cell of it checks: its counts, its queries, the messages of its table."""

import re

import numpy as np
import pytest
from datasets import load_dataset
from sklearn.cluster import KMeans
from sklearn.model_selection import GroupKFold

from course_utils import sources
from lessons.linguist import reading
from lessons.linguist.queries import QUERIES
from tests.prose import made, prose, said, stored_records

SLUG = "linguist"


@pytest.fixture(scope="module")
def senses():
    return load_dataset(*sources.dataset("sentences", "laptop"), "senses")["train"].to_pandas()


class TestTheSentences:
    def test_each_word_has_as_many_of_each_sense(self, senses):
        count, each = said(SLUG, "Each word stands in {} sentences, {} for each sense")
        assert set(senses.groupby("word").size()) == {count}
        assert set(senses.groupby(["word", "sense"]).size()) == {each}

    def test_four_of_today_have_the_older_sense(self, senses):
        [four] = said(SLUG, "{} older-sense sentences of each word are of today")
        older = set(map(tuple, senses[senses["period"] == "old"][["word", "sense"]].to_numpy()))
        recent = senses[senses["period"] == "new"]
        mask = [pair in older for pair in zip(recent["word"], recent["sense"], strict=True)]
        assert set(recent[mask].groupby("word").size()) == {four}

    def test_each_word_is_found_once(self, senses):
        for text, word in zip(senses["text"], senses["word"], strict=True):
            begin, end = reading.find_word(text, word)
            with pytest.raises(ValueError, match="does not stand in"):
                reading.find_word(text[:begin] + text[end:], word)


class TestTheQueries:
    def test_there_is_one_for_each_sense_without_the_word(self, senses):
        [count] = said(SLUG, "We wrote one for each of the {} senses")
        assert len(QUERIES) == count
        assert set(QUERIES) == set(zip(senses["word"], senses["sense"], strict=True))
        for (word, _), query in QUERIES.items():
            with pytest.raises(ValueError, match="does not stand in"):
                reading.find_word(query, word)


class TestAgreement:
    def test_what_stands_between_keys_and_are(self):
        assert "three words stand between" in prose(SLUG)
        words = ["The", "keys", "to", "the", "cabinet", "are", "here."]
        assert words.index("are") - words.index("keys") - 1 == 3

    def test_two_words_are_left(self):
        short = made(SLUG, "near_sighted")("Some keys to the cabinet are here.", "Some keys to the cabinet is here.")
        assert short == ["the cabinet are here.", "the cabinet is here."]

    def test_the_determiners_come_first(self):
        pairs = load_dataset(*sources.dataset("sentences", "laptop"), "agreement")["train"].to_pandas()
        shorten = made(SLUG, "near_sighted")
        for row in pairs[pairs["kind"] == "determiner"].itertuples():
            good, bad = shorten(row.good, row.bad)
            assert re.search(r"\b(this|that|these|those)\b", good + bad, re.IGNORECASE)
            assert len(good.split()) >= row.distance + 2


class TestTheWordsOfADecoder:
    def test_a_word_has_the_loss_of_its_first_piece_and_the_sum(self):
        table = reading._by_word("an example", [1.0, 2.0, 4.0], [(0, 2), (2, 5), (5, 10)])
        assert table.tolist() == [[1.0, 1.0], [2.0, 6.0]]

    def test_a_space_belongs_to_the_word_after_it(self):
        table = reading._by_word("no way", [1.0, 2.0, 4.0], [(0, 2), (2, 3), (3, 6)])
        assert table[:, 1].tolist() == [1.0, 6.0]


class TestTheVerdict:
    def test_four_are_kept(self):
        kept, lost = said(SLUG, "{} are kept, {} is lost")
        assert stored_records(SLUG)["promises_kept"] == kept
        assert kept + lost == 5


class TestTheMessages:
    def test_too_few_groups(self):
        with pytest.raises(
            ValueError, match="Cannot have number of splits n_splits=4 greater than the number of group"
        ):
            next(GroupKFold(4).split(np.zeros((6, 1)), groups=[1, 2, 3] * 2))
        assert "`Cannot have number of splits n_splits=4 greater than the number of groups: 3.`" in prose(SLUG)

    def test_too_few_sentences(self):
        with pytest.raises(ValueError, match=r"n_samples=1 should be >= n_clusters=2\."):
            KMeans(2).fit([[1.0, 2.0]])
        assert "`n_samples=1 should be >= n_clusters=2.`" in prose(SLUG)

    def test_no_piece_of_the_word(self):
        vector = made(SLUG, "word_vector")
        with np.errstate(invalid="ignore"), pytest.warns(RuntimeWarning, match="Mean of empty slice"):
            assert np.isnan(vector(np.zeros((1, 2, 3)), [(0, 1), (1, 2)], (5, 6))).all()
        assert "`Mean of empty slice`" in prose(SLUG)
