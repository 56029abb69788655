"""Sentences in this lesson that state a fact which no cell of it computes: each is measured here."""

import json
import logging
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from datasets import load_dataset
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from transformers import AutoTokenizer, BertForSequenceClassification

from course_utils import sources

SENTENCES = ["The river broke its bank.", "She keeps her savings in a small bank."]
LABELS = ["anger", "joy", "optimism", "sadness"]


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(sources.offline_checkpoint())


@pytest.fixture
def model():
    return BertForSequenceClassification.from_pretrained(sources.offline_checkpoint(), num_labels=4)


@torch.no_grad()
def test_without_the_root_a_token_looks_at_one_token_only(model, tokenizer):
    """The folded answer: 0.45 before, 0.87 after."""
    batch = tokenizer(SENTENCES, padding=True, return_tensors="pt")
    heads, attention = model.config.num_attention_heads, model.bert.encoder.layer[0].attention.self
    embedded = model.bert.embeddings(batch["input_ids"])
    queries, keys = (
        part(embedded).unflatten(-1, (heads, -1)).transpose(1, 2) for part in (attention.query, attention.key)
    )
    scores = queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])
    scores = scores.masked_fill(batch["attention_mask"][:, None, None, :] == 0, float("-inf"))
    assert torch.softmax(scores, -1).amax(-1).mean() == pytest.approx(0.45, abs=0.01)
    unscaled = torch.softmax(scores * math.sqrt(queries.shape[-1]), -1)
    assert unscaled.amax(-1).mean() == pytest.approx(0.87, abs=0.01)


@torch.no_grad()
def test_without_positions_the_order_of_words_is_lost(model, tokenizer):
    batch = tokenizer(["the dog bit the man", "the man bit the dog"], return_tensors="pt")
    one, other = model(**batch).logits
    assert not torch.allclose(one, other, atol=1e-4)
    model.bert.embeddings.position_embeddings.weight.zero_()
    one, other = model(**batch).logits
    assert torch.allclose(one, other, atol=1e-6)


def test_the_offline_checkpoint_was_trained_for_the_mean():
    folder = Path(sources.offline_checkpoint())
    assert json.loads((folder / "1_Pooling" / "config.json").read_text())["pooling_mode_mean_tokens"] is True
    assert "mean_pooling(model_output" in (folder / "README.md").read_text(encoding="utf-8")


def test_the_offline_pooler_looks_as_random_numbers_look(model):
    """Not only its biases are untouched: its singular values are those of a random matrix, unlike a trained layer's."""

    def stretch(weight):  # the largest singular value, against that of random numbers with the same spread
        random = torch.randn(weight.shape, generator=torch.Generator().manual_seed(0)) * weight.std()
        return float(torch.linalg.matrix_norm(weight, 2) / torch.linalg.matrix_norm(random, 2))

    assert stretch(model.bert.pooler.dense.weight.detach()) == pytest.approx(1, abs=0.03)
    assert stretch(model.bert.encoder.layer[-1].attention.self.query.weight.detach()) > 1.5


def test_the_log_says_what_the_lesson_quotes(model, tokenizer, tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(logging.getLogger("transformers"), "handlers", [_Keeper(said)])
    model(**tokenizer(SENTENCES[0], return_tensors="pt"), output_attentions=True)
    tokenizer("word " * 600)
    model.save_pretrained(tmp_path)
    with pytest.raises(RuntimeError, match="For details look at the above report"):
        BertForSequenceClassification.from_pretrained(tmp_path, id2label={0: "a", 1: "b"}, label2id={"a": 0, "b": 1})
    text = "\n".join(said)
    assert "`sdpa` attention does not support `output_attentions=True`" in text
    assert "indexing errors" in text
    assert "classifier.weight | MISMATCH" in text


def test_small_windows_show_where_the_mood_turns(model, tokenizer):
    """The folded answer: 12 windows; joy leads in the first five, anger in the last two."""
    posts = load_dataset(*sources.dataset("emotion", "laptop"))
    train, test = posts["train"].select(range(800)), posts["test"]
    with torch.no_grad():
        vectors = [
            model.bert(**_batch(tokenizer, part["text"])).pooler_output.numpy() for part in train.sort("text").iter(32)
        ]
    probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
    probe.fit(np.concatenate(vectors), train.sort("text")["label"])
    texts = [post["text"] for name in ("joy", "anger") for post in _with_label(test, name)[:25]]
    windows = _batch(
        tokenizer, " ".join(texts), max_length=128, stride=32, return_overflowing_tokens=True, padding="max_length"
    )
    windows.pop("overflow_to_sample_mapping")
    with torch.no_grad():
        leads = probe.predict(model.bert(**windows).pooler_output.numpy())
    names = [LABELS[number] for number in leads]
    assert len(names) == 12
    assert names[:5] == ["joy"] * 5
    assert names[5] != "joy"
    assert names[-2:] == ["anger"] * 2
    assert "anger" not in names[:-2]


class _Keeper(logging.Handler):
    def __init__(self, said):
        super().__init__()
        self.said = said

    def emit(self, entry):
        self.said.append(entry.getMessage())


def _batch(tokenizer, texts, **settings):
    settings = {"padding": True, "max_length": 64} | settings
    return tokenizer(texts, truncation=True, return_tensors="pt", **settings)


def _with_label(dataset, name):
    return [post for post in dataset if LABELS[post["label"]] == name]
