"""What all parts measure with: the clock, the roof, counted operations, the peak of memory, one trial of a recipe."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import TypeVar

import torch
from datasets import ClassLabel, Dataset, load_dataset
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.batched import ask
from benchmarks.recipes import RECIPES
from course_tools.running.speed import OPERATIONS, product_seconds
from course_utils.sources import dataset

SEED = 42
FP32, BF16 = torch.float32, torch.bfloat16
Returned = TypeVar("Returned")


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return the median, the lowest and the highest of several measurements of one thing, in their unit."""
    return {"median": float(median(values)), "low": float(min(values)), "high": float(max(values))}


def timed(function: Callable[[], Returned]) -> tuple[float, Returned]:
    """Return the seconds that a call takes, and what it returns."""
    begun = time.perf_counter()
    returned = function()
    return time.perf_counter() - begun, returned


def roof(kind: torch.dtype = FP32, products: int = 8) -> float:
    """Return the GFLOP/s (10^9 operations a second) that this machine reaches in a product of two large matrices.

    It is the median of several products, after one that does not count.
    """
    return OPERATIONS / median(product_seconds(products + 1, kind)[1:]) / 1e9


def gflop_of(work: Callable[[], object]) -> float:
    """Return the operations of a call, in GFLOP (10^9), padding included.

    Attention must be written out (`eager`): PyTorch does not count its own kernel for the CPU.
    """
    with FlopCounterMode(display=False) as counter:
        work()
    return counter.get_total_flops() / 1e9


def peak_gib() -> float:
    """Return the most memory that this process has held so far, in GiB (2^30 bytes)."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        import psutil

        return psutil.Process().memory_info().peak_wset / 2**30
    unit = 2**30 if sys.platform == "darwin" else 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


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


def trial(recipe: str, data: str, rows: int, tests: int, epochs: int, seed: int) -> dict:
    """Train one recipe, ask it about the test rows, and return what it cost and what it answered.

    `epoch_seconds` is the training divided by its epochs, `seconds` all of it, with what comes before; `peak_gib` is
    the peak of this process, so each trial wants a fresh one.
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
