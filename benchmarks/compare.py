"""Pairs of recipes, side by side: the same rows, checkpoint, epochs and machine, one after the other in turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import f1_score

from benchmarks.fresh_process import in_fresh_process
from benchmarks.measure import SEED, rows_of, spread, trial
from benchmarks.turns import chosen

TESTS = 500  # texts that judge
DRAWS = 1000  # of a bootstrap


@dataclass(frozen=True)
class Pair:
    """Recipes on the same data. The first is the source's, the last the lesson's."""

    data: str
    recipes: tuple[str, ...]
    rows: int
    epochs: int


PAIRS = {
    "512": Pair("tweets", ("notebook 1", "notebook 1, grouped", "lora"), rows=48, epochs=1),
    "128": Pair("tweets", ("project 2", "project 2, grouped", "case_emotion"), rows=256, epochs=1),
    "36": Pair("emotion", ("paper 3", "case_emotion, frozen", "case_emotion"), rows=320, epochs=3),
}


def compare(name: str, runs: int, rows: int | None, only: list[str] | None, tell: Callable[[str], None]) -> dict:
    """Run the recipes of a pair in turn, `runs` times with other seeds, and return what they cost and score."""
    pair = PAIRS[name]
    rows = rows or pair.rows
    trials = {recipe: [] for recipe in chosen(pair.recipes, only, pair.recipes[0])}
    for seed in range(runs):
        for recipe in trials:
            found = in_fresh_process(trial, recipe, pair.data, rows, min(TESTS, 4 * rows), pair.epochs, seed)
            trials[recipe].append(found)
            tell(f"{name}: {recipe}, run {seed + 1} of {runs}: {found['epoch_seconds']:.1f} s an epoch")
    first = trials[pair.recipes[0]]
    return {
        "data": pair.data,
        "rows": rows,
        "epochs": pair.epochs,
        "tests": len(first[0]["truth"]),
        "runs": runs,
        "lazy": lazy(pair.data, rows, min(TESTS, 4 * rows)),
        "recipes": {recipe: summary(found, first) for recipe, found in trials.items()},
    }


def lazy(data: str, rows: int, tests: int) -> dict:
    """Return what the laziest answer scores: the most frequent label of the rows to learn from, for every text."""
    train, test, _ = rows_of(data, rows, tests)
    truth = np.array(test["label"])
    said = np.full((1, len(truth)), np.bincount(train["label"]).argmax())
    return {
        "accuracy": interval(said, lambda rows, answers: (answers == truth[rows]).mean()),
        "macro_f1": interval(said, lambda rows, answers: macro_f1(truth[rows], answers)),
    }


def summary(found: list[dict], first: list[dict]) -> dict:
    """Return medians with their spread, scores with intervals, and the ratios to the first recipe, run by run."""
    truth, said = np.array(found[0]["truth"]), np.array([each["said"] for each in found])
    theirs = np.array([each["said"] for each in first])
    return {
        **{key: spread([each[key] for each in found]) for key in ("epoch_seconds", "seconds", "peak_gib")},
        "tokens": found[0]["tokens"],
        "padding": found[0]["padding"],
        "accuracy": interval(said, lambda rows, answers: (answers == truth[rows]).mean()),
        "macro_f1": interval(said, lambda rows, answers: macro_f1(truth[rows], answers)),
        "gain": interval(
            np.stack([said, theirs], axis=1),
            lambda rows, both: (both[:, 0] == truth[rows]).mean() - (both[:, 1] == truth[rows]).mean(),
        ),
        "times_faster": spread([a["epoch_seconds"] / b["epoch_seconds"] for a, b in zip(first, found, strict=True)]),
        "times_faster_in_all": spread([a["seconds"] / b["seconds"] for a, b in zip(first, found, strict=True)]),
    }


def macro_f1(truth: np.ndarray, answers: np.ndarray) -> float:
    """Return the mean, over the runs, of the macro-F1 of their answers."""
    return float(np.mean([f1_score(truth, run, average="macro", zero_division=0) for run in answers]))


def interval(said: np.ndarray, score: Callable[[np.ndarray, np.ndarray], float]) -> dict:
    """Return a score with its 95% interval: texts and runs are drawn again and again, both with replacement.

    `said` is (runs, ..., texts); `score` takes the numbers of the texts and the answers to them.
    """
    runs, texts = said.shape[0], said.shape[-1]
    draw = np.random.default_rng(SEED)
    drawn = []
    for _ in range(DRAWS):
        rows, who = draw.integers(texts, size=texts), draw.integers(runs, size=runs)
        drawn.append(score(rows, said[who][..., rows]))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {"value": float(score(np.arange(texts), said)), "low": float(low), "high": float(high)}
