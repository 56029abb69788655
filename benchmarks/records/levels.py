"""The record on levels: learned from the course's own rows, judged on public sentences that teachers levelled."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import torch
from datasets import ClassLabel, Dataset, load_dataset
from scipy.special import softmax
from scipy.stats import spearmanr, zscore
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from transformers import AutoModelForCausalLM, AutoTokenizer

from benchmarks.batched import ask
from benchmarks.data_marks import PER_LEVEL, at_most, fine_tune, public_rows, tokenized
from benchmarks.plain import counting
from benchmarks.records.learners import Decoder, half
from benchmarks.records.task import Job, Rows, Task, Way
from course_utils.checkpoints import named, offline_checkpoint
from course_utils.sources import DATA

LABELS = ["A1", "A2", "B1", "B2", "C1", "C2"]
LAYERS = (8, 14, 20)
FOUND_IN = "CEFR-SP sentences"


def load(public: Path) -> tuple[Rows, Rows]:
    """Return the course's own rows to learn from, and the public sentences to judge."""
    own = load_dataset(str(DATA / "cefr"), split="train")
    sentences = dict(public_rows("cefr", public, LABELS))[FOUND_IN]
    return tuple(Rows(part["text"][:], np.array(part["label"][:])) for part in (own, sentences))


def length(job: Job) -> np.ndarray:
    """The logarithm of the number of words, and nothing is learned."""
    return np.log1p([len(text.split()) for text in job.texts])


def words_counted(job: Job) -> np.ndarray:
    """TF-IDF with logistic regression: the expected level."""
    return counting(job.learn.texts, job.learn.labels).predict_proba(job.texts) @ np.arange(len(LABELS))


def fine_tuned(job: Job) -> np.ndarray:
    """The offline encoder, fine-tuned as the card of the data says: the expected level."""
    tokenizer = AutoTokenizer.from_pretrained(offline_checkpoint())
    learn = Dataset.from_dict({"text": job.learn.texts, "label": job.learn.labels})
    learn = learn.cast_column("label", ClassLabel(names=LABELS))
    trainer = fine_tune(tokenized(learn, tokenizer, 256), tokenizer, job.seed)
    numbered = Dataset.from_dict({"text": job.texts, "label": list(range(len(job.texts)))})
    said = trainer.predict(tokenized(numbered, tokenizer, 512))
    places = np.empty(len(job.texts))
    places[said.label_ids] = softmax(said.predictions, axis=1) @ np.arange(len(LABELS))
    return places


def rare_words(job: Job) -> np.ndarray:
    """Gradient boosting on how rare and how long the words are, and how surprised a decoder is."""
    described = [np.hstack([words_of(texts), surprisals(texts, job.bf16)]) for texts in (job.learn.texts, job.texts)]
    model = HistGradientBoostingRegressor(max_iter=200, learning_rate=0.05, random_state=0)
    return model.fit(described[0], job.learn.labels).predict(described[1])


def words_of(texts: list[str]) -> np.ndarray:
    """Return eight numbers for each text: of its words' log-frequencies the mean, the lowest, the lowest tenth and
    quarter, the middle, the spread; the mean and the longest length of a word.

    A word's log-frequency is the sum of its pieces' scores in the multilingual tokenizer (a unigram model).
    """
    tokenizer = AutoTokenizer.from_pretrained(named("multilingual", "laptop").name)
    scores = dict(json.loads(tokenizer.backend_tokenizer.to_str())["model"]["vocab"])
    rows = []
    for text in texts:
        words = re.findall(r"[A-Za-z']+", text) or ["a"]
        common = np.array([sum(scores.get(piece, -20) for piece in tokenizer.tokenize(word.lower())) for word in words])
        lengths = [len(word) for word in words]
        few = np.quantile(common, [0, 0.1, 0.25, 0.5])
        rows.append([common.mean(), *few, common.std(), np.mean(lengths), max(lengths)])
    return np.array(rows)


class Surprise(torch.nn.Module):
    """SmolLM2-135M-Instruct, asked how surprised it is: mean, highest and spread over a text's tokens, in nats."""

    def __init__(self):
        super().__init__()
        checkpoint = named("generative", "laptop")
        self.tokenizer = AutoTokenizer.from_pretrained(checkpoint.name, **checkpoint.options)
        self.model = AutoModelForCausalLM.from_pretrained(
            checkpoint.name, dtype=torch.float32, attn_implementation="eager", **checkpoint.options
        )

    def tokenized(self, texts: list[str], **padding) -> dict[str, torch.Tensor]:
        """Return the ids of the texts, each after a new line: so the first word has a surprisal, too."""
        ids = self.tokenizer(["\n" + text for text in texts], truncation=True, max_length=160)
        return self.tokenizer.pad(ids, padding_side="right", return_tensors="pt")

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return three numbers for each text, (texts, 3), under the name by which `ask` finds them."""
        logits = self.model(input_ids, attention_mask=attention_mask, use_cache=False).logits[:, :-1].flatten(0, 1)
        told = input_ids[:, 1:]
        nats = torch.nn.functional.cross_entropy(logits, told.flatten(), reduction="none").float().view(told.shape)
        rows = [nats[row, : length - 1] for row, length in enumerate(attention_mask.sum(dim=1))]
        return {"logits": torch.stack([torch.stack([r.mean(), r.max(), r.std(correction=0)]) for r in rows])}


def surprisals(texts: list[str], bf16: bool) -> np.ndarray:
    """Return three numbers for each text: see `Surprise`."""
    model = Surprise()
    with half(bf16):
        return ask(model, model.tokenized, texts, batch_size=16)


def frozen_decoder(job: Job) -> np.ndarray:
    """Ridge regression on the mean vectors of three layers of a frozen decoder."""
    decoder = Decoder(layers=LAYERS)
    learn, asked = (decoder.vectors(texts, job.bf16) for texts in (job.learn.texts, job.texts))
    return make_pipeline(StandardScaler(), Ridge(10_000)).fit(learn, job.learn.labels).predict(asked)


def scores(labels: np.ndarray, places: np.ndarray) -> dict[str, float]:
    """Return the rank correlation with the teachers' levels: on all sentences, and on at most 40 of each level."""
    even = np.array(at_most(PER_LEVEL, Dataset.from_dict({"label": labels, "row": range(len(labels))}))["row"])
    return {
        "Spearman": spearmanr(labels, places).statistic,
        "Spearman, at most 40 of each level": spearmanr(labels[even], places[even]).statistic,
    }


def mixed_places(shares: list[tuple[float, np.ndarray]], _: float) -> np.ndarray:
    """Return the weighted sum of places on a scale, each in standard deviations: (texts,)."""
    return sum(share * zscore(places) for share, places in shares)


TASK = Task(
    load=load,
    learners={
        "length": length,
        "counting": words_counted,
        "tuned": fine_tuned,
        "rare words": rare_words,
        "decoder": frozen_decoder,
    },
    seeded=frozenset({"tuned"}),
    ways={
        "the length alone, nothing learned": Way({"length": 1}),
        "counting words": Way({"counting": 1}),
        "fine-tuned encoder": Way({"tuned": 1}),
        "rare words and surprise": Way({"rare words": 1}),
        "frozen decoder": Way({"decoder": 1}),
        "frozen decoder, rare words": Way({"decoder": 0.6, "rare words": 0.4}),
        "frozen decoder, rare words, fine-tuned encoder": Way({"decoder": 0.4, "rare words": 0.3, "tuned": 0.3}),
        "the same, with a dial for length": Way({"decoder": 0.4, "rare words": 0.3, "tuned": 0.3, "length": 0.2}),
    },
    scores=scores,
    mix=mixed_places,
    goal={"Spearman": 0.72},
)
