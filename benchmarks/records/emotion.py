"""The record on public tweets: four emotions, TweetEval. To learn from: train and validation, to judge: test."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import numpy as np
import torch
from datasets import Dataset, concatenate_datasets, load_dataset
from sklearn.metrics import accuracy_score, f1_score, log_loss
from tokenizers import normalizers
from transformers import AutoModel

from benchmarks import lesson_recipes
from benchmarks.records.learners import commonest, counting, frozen_decoder, half
from benchmarks.records.task import Job, Rows, Task, Way, mixed_probabilities
from course_utils.checkpoints import named

LABELS = ["anger", "joy", "optimism", "sadness"]
GENTLE, BOLD = 1e-4, 3e-4
EPOCHS = 1.75
E5, E5_FROZEN, E5_RATE, E5_EPOCHS = "query: ", 6, 4e-4, 1.5


def load(public: Path) -> tuple[Rows, Rows]:
    """Return the rows to learn from, and those to judge."""
    parts = load_dataset(str(public / "cardiffnlp/tweet_eval"), "emotion")
    learn = concatenate_datasets([parts["train"], parts["validation"]])
    return tuple(Rows(part["text"][:], np.array(part["label"][:])) for part in (learn, parts["test"]))


@contextmanager
def recipe(job: Job, checkpoint: str | None = None, frozen: int = 0) -> Iterator[dict]:
    """Yield what the recipe cells of the lesson `case_emotion` define, for these rows, while their folder is there.

    Without a checkpoint it takes the offline one. `frozen`: how many of the lower layers do not learn. The moving
    average skips what does not learn: the numbers are the same.
    """
    with tempfile.TemporaryDirectory() as work:
        with redirect_stdout(None):  # the lesson's cells print
            names = lesson_recipes.emotion(Path(work), job.learn.texts, LABELS, job.seed, checkpoint)
        if job.bf16:
            names["common"] |= {"bf16": True, "use_cpu": True}
        names["AveragedModel"] = AverageOfTrained
        encoder = AutoModel.from_pretrained(names["checkpoint"], attn_implementation="eager")  # in 16 bits the faster
        encoder.encoder.layer[:frozen].requires_grad_(False)
        names["learn"] = names["prepare"](_dataset(job.learn), len(job.learn.texts))
        with half(job.bf16):
            names["begun"], _ = names["begin"](encoder, names["learn"])
        yield names


class AverageOfTrained:
    """The moving average of the weights that learn. The others are copied, once."""

    def __init__(self, model: torch.nn.Module, multi_avg_fn: Callable):
        self.module, self.average, self.steps = copy.deepcopy(model), multi_avg_fn, 0

    @torch.no_grad()
    def update_parameters(self, model: torch.nn.Module) -> None:
        """Take the weights after one more step into the average. It begins with those after the first."""
        pairs = zip(self.module.parameters(), model.parameters(), strict=True)
        mine, theirs = zip(*((own, new.detach()) for own, new in pairs if new.requires_grad), strict=True)
        if self.steps == 0:
            torch._foreach_copy_(mine, theirs)
        else:
            self.average(mine, theirs, self.steps)
        self.steps += 1


def answers(names: dict, model: torch.nn.Module, job: Job) -> np.ndarray:
    """Return the probabilities of the job's texts, in their order: (texts, 4)."""
    texts = Rows(job.texts, np.arange(len(job.texts)))  # the number of a text stands where its label would be
    asked = names["prepare"](_dataset(texts), len(job.texts))
    with half(job.bf16):
        logits = names["ask_all"](lambda **batch: model.eval()(**batch)["logits"].float(), asked)
    probabilities = np.empty_like(logits)
    probabilities[np.array(asked["label"])] = names["soften"](logits)
    return probabilities


def frozen_encoder(job: Job) -> np.ndarray:
    """Logistic regression on the encoder's mean vectors, as in the lesson."""
    with recipe(job) as names:
        return answers(names, names["begun"], job)


def one_training(job: Job) -> np.ndarray:
    """The lesson's gentle training."""
    with recipe(job) as names:
        trained = names["fine_tune"](names["begun"], names["learn"], GENTLE, EPOCHS, job.seed, "one")
        return answers(names, trained, job)


def two_trainings(job: Job) -> np.ndarray:
    """The mean of the weights of the lesson's gentle and bold training."""
    with recipe(job) as names:
        pair = [
            names["fine_tune"](names["begun"], names["learn"], rate, EPOCHS, 2 * job.seed + number, rate)
            for number, rate in enumerate((GENTLE, BOLD))
        ]
        return answers(names, names["mix"]([(model, 0.5) for model in pair]), job)


def multilingual(job: Job) -> np.ndarray:
    """The lesson's recipe with the multilingual encoder of 12 layers: the upper ones learn."""
    job = job._replace(
        learn=Rows([E5 + t for t in job.learn.texts], job.learn.labels), texts=[E5 + t for t in job.texts]
    )
    with recipe(job, named("multilingual", "laptop").name, E5_FROZEN) as names:
        trained = names["fine_tune"](names["begun"], names["learn"], E5_RATE, E5_EPOCHS, job.seed, "multilingual")
        return answers(names, trained, job)


def clean(text: str) -> str:
    """Return a tweet as the decoder reads it: what a web page has encoded is decoded, rows of @user are one."""
    return CLEANING.normalize_str(text)


def scores(labels: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    """Return accuracy and log-loss, the paper's scores, and macro-F1, the benchmark's."""
    said = probabilities.argmax(axis=1)
    return {
        "accuracy": accuracy_score(labels, said),
        "macro-F1": f1_score(labels, said, average="macro"),
        "log-loss": log_loss(labels, probabilities, labels=range(len(LABELS))),
    }


def _dataset(rows: Rows) -> Dataset:
    return Dataset.from_dict({"text": list(rows.texts), "label": rows.labels.tolist()})


CLEANING = normalizers.Sequence(
    [normalizers.Replace(old, new) for old, new in (("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("\\n", " "))]
)

# The shares and the temperatures were chosen on the four folds of the rows to learn from: no test row was open.
TASK = Task(
    load=load,
    learners={
        "commonest": commonest,
        "counting": counting,
        "decoder": frozen_decoder(clean, before="Tweet: ", prompt="\nEmotion:"),
        "frozen": frozen_encoder,
        "one": one_training,
        "two": two_trainings,
        "e5": multilingual,
    },
    seeded=frozenset({"one", "two", "e5"}),
    ways={
        "the commonest label": Way({"commonest": 1}),
        "counting words and letters": Way({"counting": 1}),
        "frozen encoder": Way({"frozen": 1}),
        "frozen decoder": Way({"decoder": 1}),
        "one training": Way({"one": 1}),
        "two trainings, mean of the weights (the lesson's recipe)": Way({"two": 1}),
        "multilingual encoder, one training": Way({"e5": 1}),
        "encoder and counting": Way({"one": 0.7, "counting": 0.3}, 0.8),
        "encoder and frozen decoder": Way({"one": 0.6, "decoder": 0.4}, 0.8),
        "encoder, frozen decoder, counting": Way({"one": 0.55, "decoder": 0.3, "counting": 0.15}, 0.8),
        "both encoders": Way({"one": 0.5, "e5": 0.5}, 0.85),
        "both encoders, frozen decoder": Way({"one": 0.4, "e5": 0.35, "decoder": 0.25}, 0.8),
        "both encoders, frozen decoder, counting": Way({"one": 0.37, "e5": 0.33, "decoder": 0.2, "counting": 0.1}, 0.8),
    },
    scores=scores,
    mix=mixed_probabilities,
    goal={"accuracy": 0.845, "macro-F1": 0.817, "log-loss": 0.45},
)
