"""What this lesson says and no cell of it computes: the data's card, the repeated trainings, the errors of its table."""

import csv
import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from datasets import ClassLabel, Dataset
from scipy.stats import spearmanr
from sklearn.metrics import cohen_kappa_score
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

from course_utils.sources import DATA, offline_checkpoint

MEASURED = Path(__file__).parents[1] / "benchmarks" / "cefr_ways.json"
CARD = " ".join((DATA / "cefr" / "README.md").read_text(encoding="utf-8").split())
LEVELS = ["A1", "A2", "B1", "B2", "C1", "C2"]


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(offline_checkpoint())


def rows_of(split):
    with (DATA / "cefr" / f"{split}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class TestTheData:
    def test_the_second_reader(self):
        assert "the same level for 645 (90%, Cohen's kappa 0.88), never more than one level apart" in CARD

    def test_the_public_sentences(self):
        assert "90% of them A2 or B1" in CARD
        assert re.search(r"CEFR-SP sentences \| 1,853 \| 0\.208 \| 0\.503", CARD)
        assert "the length in words alone reaches 0.40" in CARD

    def test_always_a2_is_within_one_for_half_of_the_test_texts(self):
        levels = np.array([LEVELS.index(row["label"]) for row in rows_of("test")])
        assert np.mean(abs(levels - 1) <= 1) == pytest.approx(0.50, abs=0.005)
        assert cohen_kappa_score(levels, np.full(len(levels), 1), weights="quadratic") == pytest.approx(0)

    def test_the_vocabulary_begins_with_common_words(self, tokenizer):
        words = Counter(re.findall(r"[a-z']+", " ".join(row["text"] for row in rows_of("train")).lower()))
        vocabulary = tokenizer.get_vocab()
        known = [word for word, count in words.items() if count >= 5 and word in vocabulary]
        ranks, counts = [vocabulary[word] for word in known], [words[word] for word in known]
        assert spearmanr(ranks, counts).statistic < -0.5


class TestTheRepeatedTrainings:
    """The numbers that the lesson takes from benchmarks/cefr_ways.json."""

    @pytest.fixture
    def measured(self):
        return json.loads(MEASURED.read_text())

    def test_three_seeds_of_each_way(self, measured):
        assert {way: len(seeds) for way, seeds in measured.items()} == dict.fromkeys(
            ("six names", "one number", "five questions", "one number, not centred"), 3
        )

    def test_six_names_was_ahead_in_accuracy_in_each_seed(self, measured):
        for seed, scores in measured["six names"].items():
            for other in ("one number", "five questions"):
                assert scores["accuracy"] > measured[other][seed]["accuracy"]

    def test_the_means_in_the_text(self, measured):
        def mean(way, score):
            return round(np.mean([scores[score] for scores in measured[way].values()]), 2)

        assert [mean(way, "accuracy") for way in measured] == [0.69, 0.65, 0.64, 0.47]
        assert [mean(way, "kappa") for way in measured] == [0.94, 0.93, 0.93, 0.88]
        assert mean("one number, not centred", "spearman") == 0.93


class TestWhereItBreaks:
    def test_one_row_of_a_level_cannot_be_stratified(self):
        rows = Dataset.from_dict({"text": list("abcde"), "label": [0, 0, 0, 0, 1]})
        rows = rows.cast_column("label", ClassLabel(names=["A1", "A2"]))
        with pytest.raises(ValueError, match="The least populated class in label column has only 1 member"):
            rows.train_test_split(test_size=2, stratify_by_column="label")

    def test_stride_is_the_overlap(self, tokenizer):
        one, two = tokenizer(
            "a b c d e f g h", truncation=True, max_length=7, stride=2, return_overflowing_tokens=True
        )["input_ids"]
        assert one[-3:-1] == two[1:3]
        assert len(two) == 7

    def test_whole_numbers_where_the_loss_wants_floats(self):
        size = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
        config = BertConfig(vocab_size=50, num_labels=5, problem_type="multi_label_classification", **size)
        labels = torch.tensor([[1, 1, 0, 0, 0]])
        with pytest.raises(RuntimeError, match="result type Float can't be cast to"):
            BertForSequenceClassification(config)(input_ids=torch.tensor([[1, 2]]), labels=labels)

    def test_kappa_of_one_level_is_not_a_number(self):
        with np.errstate(all="ignore"):
            zeros = np.zeros(3)
            assert np.isnan(1 - np.mean(zeros) / np.mean((zeros[:, None] - zeros[None, :]) ** 2))
