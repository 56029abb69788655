"""What this lesson says and no cell of it checks: the card's numbers, the table's intervals, its masks."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from datasets import load_dataset
from sklearn.metrics import f1_score

from course_utils import sources
from lessons.case_conversation.judging import f1_gain, macro_f1, tables
from lessons.case_conversation.talks import talks_of
from lessons.case_conversation.tracing import TAKEN, kept, labels_before
from tests.prose import made, prose, said

SLUG = "case_conversation"
CARD = Path("data/dialogues/README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def data():
    return load_dataset(*sources.dataset("dialogues", "laptop"))


class TestTheCard:
    def test_what_a_short_training_reached(self):
        turns, steps, context, without = said(
            SLUG, "It read the {} turns before, for {} steps: macro-F1 {} with them, {} without"
        )
        assert f"Context: the {turns} turns before" in CARD
        assert f"{steps} steps" in CARD
        assert re.search(rf"fine-tuned, turn with its context \| test \| 602 \| {context} ", CARD)
        assert re.search(rf"fine-tuned, turn alone \| test \| 602 \| {without} ", CARD)

    def test_one_turn_in_four_is_short(self, data):
        assert "One turn in four is marked `short`" in prose(SLUG)
        shares = [np.mean(rows["short"]) for rows in data.values()]
        assert all(0.23 < share < 0.27 for share in shares)

    def test_a_talk_is_in_one_part(self, data):
        parts = [set(rows["dialogue"]) for rows in data.values()]
        assert sum(map(len, parts)) == len(set.union(*parts))
        assert all(len(talks_of(rows)) == len(names) for rows, names in zip(data.values(), parts, strict=True))

    def test_the_shown_talk(self, data):
        assert "Read rungs 3 and 9: the same words, first angry, then glad" in prose(SLUG)
        shown = [row for row in data["train"] if row["dialogue"] == "d011"]
        names = data["train"].features["label"].names
        assert shown[2]["text"] == shown[8]["text"]
        assert [names[shown[place]["label"]] for place in (2, 8)] == ["anger", "joy"]

    def test_how_much_there_is_to_judge(self, data):
        assert said(SLUG, "Drawing single turns acts as if we had {} witnesses") == [len(data["test"])]
        assert said(SLUG, "Short turns are only {}, so") == [sum(data["test"]["short"])]
        assert said(SLUG, "our test part has {} talks") == [len(talks_of(data["test"]))]

    def test_the_turn_before_a_short_one_is_another_speakers(self, data):
        assert "which is always another speaker's" in prose(SLUG)
        turns = [(talk[i - 1], talk[i]) for talk in talks_of(data["test"]) for i in range(len(talk))]
        assert all(old["speaker"] != turn["speaker"] for old, turn in turns if turn["short"])
        assert not any(talk[0]["short"] for talk in talks_of(data["test"]))

    def test_most_talks_have_two_speakers_who_take_turns(self, data):
        assert "in most talks two people take turns: every second turn is the speaker's own" in prose(SLUG)
        for part in ("train", "test"):
            names = ["".join(turn["speaker"] for turn in talk) for talk in talks_of(data[part])]
            strict = [len(set(name)) == 2 and len({*name[::2]}) == len({*name[1::2]}) == 1 for name in names]
            assert np.mean(strict) > 0.55


class TestTheTable:
    def test_each_number_is_good_to_two_points(self):
        [turns] = said(SLUG, "MELD's test part has about {} turns")
        share, other, written, half = said(SLUG, "One worked line: 1.96 × √({} × {} / {}) = {}.")
        assert (written, share + other) == (turns, 1)
        assert 1.96 * (share * other / turns) ** 0.5 == pytest.approx(half, abs=0.0006)
        points, gap = said(SLUG, "good to about {} points up or down. From the worst to the best it is {}.")
        pilot = (62.80, 63.02, 63.12, 63.39, 63.61, 63.65)
        assert max(pilot) - min(pilot) == pytest.approx(gap)
        assert points == pytest.approx(100 * half, abs=0.06)


class TestTheMachine:
    def test_the_mask_by_turns(self):
        turn_mask = made(SLUG, "turn_mask")
        turn = torch.tensor([[0, 0, 1, -1]])
        assert turn_mask(turn, "past")[0, 0].tolist() == [True, True, False, False]
        assert turn_mask(turn, "past")[0, 2].tolist() == [True, True, True, False]
        assert turn_mask(turn, "alone")[0, 2].tolist() == [False, False, True, False]
        assert turn_mask(turn, "all")[0, 0].tolist() == [True, True, True, False]

    def test_a_row_that_looks_nowhere_gives_nan(self):
        scores = torch.full((1, 3), -torch.inf)
        assert scores.softmax(1).isnan().all()
        assert not torch.full((1, 3), torch.finfo(torch.float32).min).softmax(1).isnan().any()

    def test_the_message_of_a_label_too_many(self):
        with pytest.raises(IndexError, match=r"Target 5 is out of bounds\."):
            torch.nn.functional.cross_entropy(torch.zeros(1, 5), torch.tensor([5]))
        assert "`IndexError: Target 5 is out of bounds.`" in prose(SLUG)


class TestJudging:
    def test_macro_f1_is_that_of_the_library(self):
        rng = np.random.default_rng(0)
        truth, answers = rng.integers(5, size=(2, 80))
        ours = macro_f1(tables(truth, answers, np.arange(80) // 8).sum(0))
        assert ours == pytest.approx(f1_score(truth, answers, average="macro"))

    def test_a_method_gains_nothing_over_itself(self):
        truth = np.arange(20) % 5
        assert f1_gain(truth, truth, truth, np.arange(20) // 4, 0) == (0, 0, 0)


class TestTracing:
    def test_what_is_taken(self):
        turns = [{"speaker": who, "label": place} for place, who in enumerate("ABAB")]
        stranger = [{"speaker": "A", "label": 9}] * 5
        left = {taken: [turn["label"] for turn in kept(turns, 3, taken, stranger)] for taken in TAKEN}
        expected = ([0, 1, 2, 3], [0, 1, 3], [1, 2, 3], [0, 2, 3], [1, 3], [3], [9, 9, 9, 3])
        assert list(left.values()) == list(expected)

    def test_labels_before(self):
        turns = [{"speaker": who, "label": place} for place, who in enumerate("ABA")]
        assert labels_before([turns]) == {"turn before": [-1, 0, 1], "speaker's last turn": [-1, -1, 0]}
