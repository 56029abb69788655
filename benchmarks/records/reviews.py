"""The record on film reviews: 2,000 to learn from, good or bad (Maas et al., 2011), the test part to judge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from datasets import load_dataset
from sklearn.metrics import accuracy_score, log_loss

from benchmarks.records.learners import commonest, counting, frozen_decoder
from benchmarks.records.task import Rows, Task, Way, mixed_probabilities

ROWS = 2000
PROMPT = "\nOverall, this movie is"


def load(public: Path) -> tuple[Rows, Rows]:
    """Return the rows to learn from, and those to judge. Reviews that stand twice are taken once, for judging."""
    parts = load_dataset(str(public / "stanfordnlp/imdb"), "plain_text")
    seen = {_clean(text) for text in parts["test"]["text"]}
    new = parts["train"].filter(lambda text: not (_clean(text) in seen or seen.add(_clean(text))), input_columns="text")
    learn = new.train_test_split(train_size=ROWS, stratify_by_column="label", seed=0)["train"]
    return tuple(Rows([_clean(t) for t in part["text"]], np.array(part["label"][:])) for part in (learn, parts["test"]))


def scores(labels: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    """Return accuracy and log-loss."""
    return {
        "accuracy": accuracy_score(labels, probabilities.argmax(axis=1)),
        "log-loss": log_loss(labels, probabilities, labels=[0, 1]),
    }


def _clean(text: str) -> str:
    return text.replace("<br />", " ")


TASK = Task(
    load=load,
    learners={
        "commonest": commonest,
        "counting": counting,
        "tail": frozen_decoder(prompt=PROMPT, tail=64),
        "head and tail": frozen_decoder(prompt=PROMPT, head=32, tail=64),
    },
    seeded=frozenset(),
    ways={
        "the commonest label": Way({"commonest": 1}),
        "counting words and letters": Way({"counting": 1}),
        "frozen decoder, the last 64 tokens": Way({"tail": 1}),
        "frozen decoder, the first 32 tokens and the last 64": Way({"head and tail": 1}),
        "counting, and the last 64 tokens": Way({"counting": 0.6, "tail": 0.4}, 0.6),
        "counting, the first 32 tokens and the last 64": Way({"counting": 0.5, "head and tail": 0.5}, 0.6),
    },
    scores=scores,
    mix=mixed_probabilities,
    goal={"accuracy": 0.88},
)
