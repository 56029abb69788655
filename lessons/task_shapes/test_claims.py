"""What this lesson says and no cell of it checks: worked lines, the data card, folded answers."""

import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from transformers import DistilBertConfig, DistilBertModel

from course_utils.sources import DATA
from lessons.task_shapes import data, training
from lessons.task_shapes.proposals import PROPOSALS
from lessons.task_shapes.scores import interval_of
from tests.prose import cell, made, printed, prose, said, stored_records

SLUG = "task_shapes"
LESSON = Path(__file__).parent
TOPICS = ["waste", "parking", "roads", "water", "noise", "documents"]
TEST = pd.read_csv(DATA / "requests" / "test.csv")[TOPICS].astype(bool).to_numpy()


class TestSeveralLabels:
    def test_messages_have_0_to_4_of_6_topics(self):
        least, most, topics = said(SLUG, "Each has {} to {} of {} topics")
        assert (TEST.sum(axis=1).min(), TEST.sum(axis=1).max(), len(TOPICS)) == (least, most, topics)

    def test_the_worked_f1(self):
        true, named, both = said(SLUG, "{} messages are about noise, the model says noise {} times, {} of them rightly")
        *_, f1 = said(SLUG, "Then F1 is {} · {} / ({} + {}) = {}")
        assert f1 == round(2 * both / (true + named), 2)

    def test_the_card_has_the_fine_tuned_model(self):
        steps, score = said(SLUG, "The data card did it with {} steps: macro-F1 {}")
        card = (DATA / "requests" / "README.md").read_text(encoding="utf-8")
        assert f"| fine-tuned | test | 145 | {score:.3f}" in card
        assert f"{steps} steps" in card
        assert "our head has about ten points less" in prose(SLUG)
        assert 0.05 < score - stored_records(SLUG)["f1_sigmoid_over_05"] < 0.15

    def test_saying_everything(self):
        macro_f1 = made(SLUG, "macro_f1", np=np)
        *_, score = said(SLUG, "So F1 is about {} · {} / {} = {}")
        assert macro_f1(TEST, np.ones_like(TEST)) == pytest.approx(score, abs=0.01)
        assert "Exact match is 0: no message has all six topics" in prose(SLUG)
        assert not TEST.all(axis=1).any()
        assert TEST.mean() == pytest.approx(0.27, abs=0.005)

    def test_two_labels_in_cross_entropy(self):
        both, *each = said(SLUG, "{} = {} + {}, the loss of one label plus that of the other")
        logits = np.array([2.0, -1.0, 0.5])
        losses = np.log(np.exp(logits).sum()) - logits[:2]
        assert (losses.sum().round(4), *losses.round(4)) == (both, *each)

    def test_rows_are_drawn_for_all_tables_alike(self):
        macro_f1 = made(SLUG, "macro_f1", np=np)
        assert interval_of(macro_f1, TEST, TEST) == (1, 1, 1)
        gain = interval_of(lambda truth, one, other: macro_f1(truth, one) - macro_f1(truth, other), TEST, TEST, TEST)
        assert gain == (0, 0, 0)

    def test_top_two_lost(self):
        assert "The first interval lies far above zero: the sceptic was right" in prose(SLUG)
        assert stored_records(SLUG)["exact_minus_top_two_low"] > 0.02


class TestPairs:
    def test_each_half_comes_with_both_answers(self, monkeypatch):
        assert "each plan is the wrong one for exactly one other plan" in prose(SLUG)
        vectors = np.random.default_rng(0).normal(size=(4, 5))
        monkeypatch.setattr(data, "encode", lambda texts, course: vectors[: len(texts)])
        plans = sorted(PROPOSALS)[:4]
        found = data.match_pairs({"text": ["p", "q", "r", "s"], "topic": plans}, None)
        for side in (0, 1):
            for text in {pair[side] for pair in found}:
                assert sorted(pair[2] for pair in found if pair[side] == text) == [0, 1]

    def test_there_is_a_sentence_for_each_plan(self):
        files = [DATA / "stance" / f"{split}.csv" for split in ("train", "validation", "test")]
        assert set().union(*(pd.read_csv(file)["topic"] for file in files)) == set(PROPOSALS)

    def test_distilbert_has_no_segment_ids(self):
        assert "DistilBERT has no segment ids" in prose(SLUG)
        model = DistilBertModel(DistilBertConfig(vocab_size=50, dim=16, n_layers=1, n_heads=2, hidden_dim=32))
        assert not [name for name, _ in model.named_parameters() if "token_type" in name]

    def test_the_pair_model_has_not_learned(self):
        assert "The pair model has not learned, so we know nothing about it" in prose(SLUG)
        loss, coin = said(SLUG, "Its loss is about {}, that of a coin ({})")
        assert coin == round(math.log(2), 2)
        assert stored_records(SLUG)["pair_model_loss"] == pytest.approx(loss, abs=0.05)

    def test_the_steps(self):
        few, seen, pairs = said(SLUG, "In {} steps it saw {} of {} pairs")
        [many] = said(SLUG, "it gets {} steps and many more pairs")
        assert f"course.pick(laptop={few}, full={many}," in cell(SLUG, "pair_trainer = fine_tune")
        [batch] = said(SLUG, "with batches of {} and frozen lower layers")
        assert (batch, seen) == (training.BATCH, training.BATCH * few)
        assert pairs == 2 * 480
        assert "laptop=(480, 90)" in cell(SLUG, "data.pairs(")

    def test_the_plans_of_the_test(self):
        [plans] = said(SLUG, "Our test has only {} plans")
        assert pd.read_csv(DATA / "stance" / "test.csv")["topic"].nunique() == plans


class TestANumber:
    def test_the_worked_errors(self):
        sentence = "the errors {}, {}, {} and {} have an MAE of {} / {} = {} and an MSE of {} / {} = {}"
        *errors, _, _, mae, _, _, mse = said(SLUG, sentence)
        assert (np.mean(errors), np.mean(np.square(errors))) == (mae, mse)

    def test_mean_and_median(self):
        sentence = "For the values {}, {}, {} and {}, the mean ({}) wins in MSE, the median ({}) in MAE"
        *values, mean, median = said(SLUG, sentence)
        assert (np.mean(values), np.median(values)) == (mean, median)
        to_mean, to_median = np.subtract(values, mean), np.subtract(values, median)
        assert np.mean(to_mean**2) < np.mean(to_median**2)
        assert np.mean(abs(to_mean)) > np.mean(abs(to_median))

    def test_places_of_the_margin(self):
        margin = made(SLUG, "margin", np=np)
        assert "take number (9 + 1) · 0.9 = 9, the largest" in prose(SLUG)
        assert margin(np.arange(1, 10)) == 9
        place, of = said(SLUG, "Place {} of {}, which does not exist")
        assert (place, of) == (math.ceil(51 * 0.99), 50)
        [enough] = said(SLUG, "You need at least {} errors")
        assert math.ceil((enough + 1) * 0.99) <= enough
        assert math.ceil(enough * 0.99) > enough - 1

    def test_the_breach(self):
        assert "The breach is no luck: errors on learned texts are too small" in prose(SLUG)
        assert stored_records(SLUG)["coverage_from_learned_texts"] < 0.83


class TestWords:
    def test_an_i_without_b_begins_a_span(self):
        assert "an `I` without a `B` before it, or of another kind, begins a span, too" in prose(SLUG)
        spans = made(SLUG, "spans", tags=["O", "B-WHERE", "I-WHERE", "B-WHEN", "I-WHEN"])
        assert spans([2, 2, 0]) == {(0, 2, "WHERE")}
        assert spans([1, 2, 2]) == {(0, 3, "WHERE")}
        assert spans([1, 1, 4]) == {(0, 1, "WHERE"), (1, 2, "WHERE"), (2, 3, "WHEN")}

    def test_many_spans_begin_with_an_i(self):
        assert "many spans begin with an `I`" in prose(SLUG)
        loose, every = re.search(r"(\d+) of (\d+) spans", printed(SLUG, "loose = sum(")).groups()
        assert int(loose) > 0.2 * int(every)

    def test_the_man(self):
        assert '"Mr Lane from the Rowing Club"' in prose(SLUG)
        assert "Mr Lane from the Rowing Club" in (DATA / "where_when" / "train.csv").read_text(encoding="utf-8")

    def test_always_o_has_most_words_right_and_no_span(self):
        assert "*Always O* has most of the words right, and finds nothing" in prose(SLUG)
        share = int(re.search(r"always O +words (\d+)%, F1 0.00", printed(SLUG, "def span_f1("))[1])
        assert share > 60

    def test_no_place_of_one_word(self):
        assert "no place in `test` has only one word" in " ".join(
            line.removeprefix("# ") for line in (LESSON / "exercises.py").read_text(encoding="utf-8").splitlines()
        )
        for tags in pd.read_csv(DATA / "where_when" / "test.csv")["tags"]:
            after = [*tags.split()[1:], "O"]
            assert all(b == "I-WHERE" for a, b in zip(tags.split(), after, strict=True) if a == "B-WHERE")

    def test_the_tagger_finds_most_spans_and_the_list_few(self):
        assert "finds most of the whole spans, the list very few" in prose(SLUG)
        records = stored_records(SLUG)
        assert 2 * records["spans_list_of_words"] < 0.5 <= records["spans_fine_tuned"]
