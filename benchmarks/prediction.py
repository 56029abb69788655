"""Prediction over the same tweets: one by one as notebook 1 evaluates, in batches, in other engines and precisions."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModel

from benchmarks import engines, step
from benchmarks.batched import ask
from benchmarks.fresh_process import in_fresh_process
from benchmarks.levers import products_in
from benchmarks.measure import BF16, gflop_of, rows_of, spread, timed
from benchmarks.processor import has_16_bits
from benchmarks.turns import NO_16_BITS, Turn, chosen, in_turn, shares
from course_utils import CourseError
from course_utils.sources import offline_checkpoint

TEXTS = 600
LEARN = 512  # tweets for the head of the model that answers
RANGES = 64  # of them, by which int8 finds its ranges
WARM_UP = 64  # texts that each way is asked once, and that do not count
PADDED = {"padding": "max_length", "max_length": 512}
SLOWEST = "one by one, padded to 512"
BATCHES = "batches of 64, sorted"
FP32_WAYS = (BATCHES, "ONNX Runtime", "OpenVINO")
SIXTEEN_BITS = ("bf16 autocast", "fp32, products in 16 bits", "OpenVINO, bf16")
WAYS = (
    SLOWEST,
    "one by one, not padded",
    BATCHES,
    "bf16 autocast",
    "fp32, products in 16 bits",
    "ONNX Runtime",
    "ONNX Runtime, int8",
    "OpenVINO",
    "OpenVINO, bf16",
    "OpenVINO, int8 weights",
    "OpenVINO, int8",
)
Ask = Callable[[list[str]], np.ndarray]


def predict(runs: int, rows: int | None, only: list[str] | None, tell: Callable[[str], None]) -> dict:
    """Ask a model about the same texts in all ways, in turn, `runs` times."""
    return in_fresh_process(ask_in_all_ways, runs, rows or TEXTS, chosen(WAYS, only, SLOWEST), tell=tell)


def ask_in_all_ways(runs: int, texts: int, names: list[str], tell: Callable[[str], None]) -> dict:
    """Return what `predict` returns, of these ways. For a process of its own.

    One by one at 512 is slow: each run times another part of the texts, and all parts together are its answers.
    """
    with tempfile.TemporaryDirectory() as work:
        recipe, learned = step.recipe(LEARN, Path(work))
        model, _ = recipe["begin"](AutoModel.from_pretrained(offline_checkpoint()), learned)
        model.eval()
        makers = makers_of(model, recipe["tokenizer"], learned["text"][:RANGES], Path(work))
        ways, lacking = made([name for name in names if name != SLOWEST], makers, tell)
    tweets = rows_of("tweets", 1, texts)[1]["text"][:]
    runs = min(runs, len(tweets))
    answers = Answers(model, recipe["tokenizer"], ways, tweets, runs)
    turns = in_turn(
        {name: lambda run, name=name: answers.seconds(name, run) for name in [SLOWEST, *ways]},
        runs,
        lambda line: tell(f"prediction, a text: {line}"),
    )
    gflop = gflop_a_text(model, recipe["tokenizer"], tweets)
    truth = answers.logits(SLOWEST)
    often = np.bincount(learned["label"]).argmax()
    found = {name: cost(turns, name, answers.logits(name), truth, gflop) for name in turns} | lacking
    return {
        "texts": len(tweets),
        "runs": runs,
        "gflop_a_text": gflop,
        "libraries": engines.versions(),
        "lazy_same_labels": float((truth.argmax(axis=1) == often).mean()),
        "ways": {name: found[name] for name in WAYS if name in found},
    }


def makers_of(model: torch.nn.Module, tokenizer, some: list[str], folder: Path) -> dict[str, Callable[[], Ask]]:
    """Return name -> what makes a function from texts to logits. All but the first pad a batch to its longest text."""
    exported: list[engines.Exported] = []

    def engine(kind: str, *settings: str) -> Ask:
        if not exported:
            exported.append(engines.Exported(model, tokenizer, some, folder))
        asked = getattr(exported[0], kind)(*settings)
        return lambda texts: ask(asked, tokenizer, texts)

    def bf16(texts: list[str]) -> np.ndarray:
        with torch.autocast("cpu", BF16):
            return ask(model, tokenizer, texts)

    def medium(texts: list[str]) -> np.ndarray:
        with products_in("medium"):
            return ask(model, tokenizer, texts)

    return {
        "one by one, not padded": lambda: lambda texts: one_by_one(model, tokenizer, texts),
        BATCHES: lambda: lambda texts: ask(model, tokenizer, texts),
        "bf16 autocast": lambda: bf16,
        "fp32, products in 16 bits": lambda: medium,
        "ONNX Runtime": lambda: engine("onnx_runtime"),
        "ONNX Runtime, int8": lambda: engine("onnx_runtime_int8"),
        "OpenVINO": lambda: engine("openvino"),
        "OpenVINO, bf16": lambda: engine("openvino", "bf16"),
        "OpenVINO, int8 weights": lambda: engine("openvino_int8_weights"),
        "OpenVINO, int8": lambda: engine("openvino_int8"),
    }


def made(
    names: list[str], makers: dict[str, Callable[[], Ask]], tell: Callable[[str], None]
) -> tuple[dict[str, Ask], dict[str, dict]]:
    """Return those of the named ways that this machine has, and for each other one `lacking`, a sentence."""
    ways, lacking = {}, {}
    for name in names:
        if name in SIXTEEN_BITS and not has_16_bits():
            lacking[name] = {"lacking": NO_16_BITS}
            continue
        try:
            seconds, ways[name] = timed(makers[name])
            tell(f"prediction: {name}, made in {seconds:.1f} s")
        except CourseError as error:
            lacking[name] = {"lacking": str(error)}
            tell(f"prediction: {name}, left out. {error}")
    return ways, lacking


class Answers:
    """What each way answers about the same texts, asked in several runs."""

    def __init__(self, model: torch.nn.Module, tokenizer, ways: dict[str, Ask], texts: list[str], runs: int):
        self.slowest = lambda some: one_by_one(model, tokenizer, some, **PADDED)
        self.ways, self.texts = ways, texts
        self.parts = np.array_split(np.arange(len(texts)), runs)
        self.said: dict[str, dict[int, np.ndarray]] = {name: {} for name in [SLOWEST, *ways]}
        for way in ways.values():
            way(texts[:WARM_UP])

    def seconds(self, name: str, run: int) -> float:
        """Ask all texts (the slowest way: those of this run), keep the answers, return the seconds of a text."""
        texts = [self.texts[row] for row in self.parts[run]] if name == SLOWEST else self.texts
        way = self.slowest if name == SLOWEST else self.ways[name]
        taken, self.said[name][run] = timed(lambda: way(texts))
        return taken / len(texts)

    def logits(self, name: str) -> np.ndarray:
        """Return the logits of all texts, texts x labels."""
        runs = self.said[name]
        return np.concatenate(list(runs.values())) if name == SLOWEST else runs[max(runs)]


def cost(turns: dict[str, list[Turn]], name: str, logits: np.ndarray, truth: np.ndarray, gflop: float) -> dict:
    """Return what one way costs beside the slowest, and how far its answers are from `truth`, both texts x labels.

    Its shares of the roofs count the operations of sorted batches: those of a text that are needed.
    """
    pairs = zip(turns[SLOWEST], turns[name], strict=True)
    return {
        "texts_a_second": spread([1 / turn.seconds for turn in turns[name]]),
        "times_faster": spread([slow.seconds / turn.seconds for slow, turn in pairs]),
        "same_labels": float((logits.argmax(axis=1) == truth.argmax(axis=1)).mean()),
        "largest_difference": float(np.abs(logits - truth).max()),
        **shares(turns[name], gflop),
    }


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
