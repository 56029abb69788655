"""Prediction over the same tweets: one by one as notebook 1 evaluates, and in batches, in several precisions."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModel

from benchmarks import step
from benchmarks.batched import ask
from benchmarks.fresh_process import in_fresh_process
from benchmarks.measure import gflop_of, roof, rows_of, spread, timed
from course_utils.sources import offline_checkpoint

TEXTS = 1000
LEARN = 512  # tweets for the head of the model that answers
PADDED = {"padding": "max_length", "max_length": 512}
SLOWEST = "one by one, padded to 512"


def predict(runs: int, rows: int | None, tell: Callable[[str], None]) -> dict:
    """Ask a model about the same texts in all ways, in turn, `runs` times."""
    found = in_fresh_process(ask_in_all_ways, runs, rows or TEXTS)
    fast = found["ways"]["batches of 64, sorted"]
    tell(f"prediction: batches {fast['times_faster']['median']:.0f} times as fast as one by one at 512")
    return found


def ask_in_all_ways(runs: int, texts: int) -> dict:
    """Return what `predict` returns. For a process of its own.

    One by one at 512 is slow: each run times another part of the texts, and all parts together are its answers.
    """
    with tempfile.TemporaryDirectory() as work:
        names, learned = step.recipe(LEARN, Path(work))
        model, _ = names["begin"](AutoModel.from_pretrained(offline_checkpoint()), learned)
    model.eval()
    tokenizer = names["tokenizer"]
    tweets = rows_of("tweets", 1, texts)[1]["text"][:]
    ways = ways_of(model, tokenizer)
    seconds = {name: [] for name in [SLOWEST, *ways]}
    slow, logits, roofs = [], {}, []
    for part in np.array_split(np.arange(len(tweets)), runs):
        some = [tweets[row] for row in part]
        taken, answer = timed(lambda some=some: one_by_one(model, tokenizer, some, **PADDED))
        seconds[SLOWEST].append(taken / len(some))
        slow.append(answer)
        roofs.append(roof())
        for name, way in ways.items():
            taken, logits[name] = timed(lambda way=way: way(tweets))
            seconds[name].append(taken / len(tweets))
    logits[SLOWEST] = np.concatenate(slow)
    truth = logits[SLOWEST].argmax(axis=1)
    gflop = gflop_a_text(model, tokenizer, tweets)
    fast = seconds["batches of 64, sorted"]
    return {
        "texts": len(tweets),
        "runs": runs,
        "gflop_a_text": gflop,
        "share_of_roof": spread([gflop / a / b for a, b in zip(fast, roofs, strict=True)]),
        "ways": {
            name: {
                "texts_a_second": spread([1 / each for each in taken]),
                "times_faster": spread([a / b for a, b in zip(seconds[SLOWEST], taken, strict=True)]),
                "same_labels": float((logits[name].argmax(axis=1) == truth).mean()),
                "largest_difference": float(np.abs(logits[name] - logits[SLOWEST]).max()),
            }
            for name, taken in seconds.items()
        },
    }


def ways_of(model: torch.nn.Module, tokenizer) -> dict[str, Callable]:
    """Return name -> a function from texts to logits. The first is the function of notebook 1, which pads nothing."""
    small = eight_bits(model)

    def bf16(texts):
        with torch.autocast("cpu", torch.bfloat16):
            return ask(model, tokenizer, texts)

    return {
        "one by one, not padded": lambda texts: one_by_one(model, tokenizer, texts),
        "batches of 64, sorted": lambda texts: ask(model, tokenizer, texts),
        "the same, bf16 autocast": bf16,
        "the same, int8 (dynamic quantization)": lambda texts: ask(small, tokenizer, texts),
    }


def eight_bits(model: torch.nn.Module) -> torch.nn.Module:
    """Return a copy whose linear layers hold 8-bit weights."""
    return torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)


def one_by_one(model: torch.nn.Module, tokenizer, texts: list[str], **padding) -> np.ndarray:
    """Return the logits of the texts, each asked alone."""
    return np.concatenate([ask(model, tokenizer, [text], **padding) for text in texts])


def gflop_a_text(model: torch.nn.Module, tokenizer, texts: list[str]) -> float:
    """Return the mean operations of a text in batches, in GFLOP (10^9), padding included."""
    kept = model.encoder.config._attn_implementation
    model.encoder.set_attn_implementation("eager")
    counted = gflop_of(lambda: ask(model, tokenizer, texts))
    model.encoder.set_attn_implementation(kept)
    return counted / len(texts)
