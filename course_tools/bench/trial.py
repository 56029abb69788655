"""One trial: train one recipe, then ask it about the test rows. Runs in a process of its own (`alone`)."""

from __future__ import annotations

import tempfile
from pathlib import Path

from datasets import ClassLabel, Dataset, load_dataset

from course_tools.bench.alone import peak_gib
from course_tools.bench.answers import ask
from course_tools.bench.recipes import RECIPES
from course_utils.sources import dataset

SEED = 42


def rows_of(name: str, train: int, test: int) -> tuple[Dataset, Dataset, list[str]]:
    """Return rows to learn from, rows to judge by, and the labels' names of a dataset of the course."""
    parts = load_dataset(*dataset(name, "laptop"))
    label: ClassLabel = parts["train"].features["label"]
    parts = {part: parts[part].shuffle(seed=SEED).select_columns(["text", "label"]) for part in ("train", "test")}
    return (
        parts["train"].select(range(min(train, len(parts["train"])))),
        parts["test"].select(range(min(test, len(parts["test"])))),
        label.names,
    )


def run(recipe: str, data: str, rows: int, tests: int, epochs: int, seed: int) -> dict:
    """Train a recipe and return what it cost and what it answered.

    `epoch_seconds` is the training divided by its epochs, `seconds` all of it, with what comes before.
    """
    train, test, labels = rows_of(data, rows, tests)
    with tempfile.TemporaryDirectory() as work:
        trained = RECIPES[recipe].train(train, labels, epochs, seed, Path(work))
    memory = peak_gib()
    logits = ask(trained.model, trained.tokenizer, test["text"][:], max_length=trained.max_length)
    counter = trained.counter
    return {
        "epoch_seconds": trained.seconds / epochs,
        "seconds": trained.seconds + trained.extra_seconds,
        "tokens": counter.tokens,
        "padding": 1 - counter.tokens / counter.places,
        "peak_gib": memory,
        "said": logits.argmax(axis=1).tolist(),
        "truth": list(test["label"]),
    }
