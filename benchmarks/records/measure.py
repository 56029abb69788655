"""Measures a record. Each answer of each learner is kept, so a run that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.model_selection import StratifiedKFold

from benchmarks.records.task import Job, Rows, Task
from benchmarks.results import MEASURED_CELLS
from course_tools.project import tagged_code
from course_tools.running.report import versions
from course_tools.running.speed import gflops, reference_seconds
from course_utils.prepared import cache_folder

FOLDS = 4
THREADS = 2


class Answer(NamedTuple):
    """What a learner answered, and the reference seconds that learning and answering took."""

    answers: np.ndarray
    seconds: float


class Run(NamedTuple):
    """One measurement: a name, rows to learn from, rows to judge, a seed."""

    name: str
    learn: Rows
    judge: Rows
    seed: int


def folds(learn: Rows, seeds: list[int]) -> list[Run]:
    """Return runs that open no test row: each quarter of the rows is judged once, the other three are learned from."""
    cut = list(StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(learn.texts, learn.labels))
    return [
        Run(f"fold {number} of {FOLDS}, seed {seed}", learn.take(rest), learn.take(quarter), seed)
        for seed in seeds
        for number, (rest, quarter) in enumerate(cut)
    ]


def finals(learn: Rows, judge: Rows, seeds: list[int]) -> list[Run]:
    """Return runs that learn from all rows and open the test part."""
    return [Run(f"test part, seed {seed}", learn, judge, seed) for seed in seeds]


def measure(
    name: str, task: Task, runs: list[Run], ways: list[str], bf16: bool, tell: Callable[[str], None]
) -> dict[str, dict]:
    """Return way -> its scores over the seeds (median, lowest, highest), and its seconds.

    The folds of one seed are judged together.
    """
    needed = {learner for way in ways for learner in task.ways[way].shares}
    work = [(run, learner) for run in runs for learner in sorted(needed)]
    found: dict[tuple[str, str], Answer] = {}
    for done, (run, learner) in enumerate(work, start=1):
        found[run.name, learner] = answer = _kept(name, task, run, learner, bf16)
        tell(f"{done} of {len(work)}: {name}, {run.name}, {learner}: {answer.seconds:.0f} reference seconds")
    return {way: _row(task, way, runs, found) for way in ways}


def _row(task: Task, way: str, runs: list[Run], found: dict[tuple[str, str], Answer]) -> dict:
    shares, temperature = task.ways[way]
    seeds: dict[int, list[tuple[np.ndarray, np.ndarray]]] = {}
    for run in runs:
        mixture = task.mix([(share, found[run.name, each].answers) for each, share in shares.items()], temperature)
        seeds.setdefault(run.seed, []).append((run.judge.labels, mixture))
    scores = [task.scores(*(np.concatenate(column) for column in zip(*parts, strict=True))) for parts in seeds.values()]
    seconds = statistics.median(sum(found[run.name, each].seconds for each in shares) for run in runs)
    return {
        "scores": {name: _spread([each[name] for each in scores]) for name in scores[0]},
        "reference_seconds": round(seconds, 1),
    }


def _kept(name: str, task: Task, run: Run, learner: str, bf16: bool) -> Answer:
    """Return a learner's answer, out of the cache if it is there."""
    seed = run.seed if learner in task.seeded else 0
    what = f"{code(name)} {seed} {bf16} {run.learn.texts} {run.learn.labels.tolist()} {run.judge.texts}"
    file = _cache() / f"{name}-{learner}-{hashlib.sha256(what.encode()).hexdigest()[:16]}.npz"
    if not file.exists():
        speed = gflops(THREADS)
        begun = time.perf_counter()
        answers = task.learners[learner](Job(run.learn, run.judge.texts, seed, bf16))
        spent = reference_seconds(time.perf_counter() - begun, speed)
        file.parent.mkdir(parents=True, exist_ok=True)
        half_made = file.with_suffix(".half.npz")
        np.savez(half_made, answers=answers, seconds=spent)
        half_made.replace(file)
    kept = np.load(file)
    return Answer(kept["answers"], float(kept["seconds"]))


def code(name: str) -> str:
    """Return what a task's answers depend on beside its rows: its code, the lessons' cells, the versions."""
    files = [Path(__file__).with_name(f"{each}.py") for each in ("learners", name)]
    texts = [file.read_text(encoding="utf-8") for file in files if file.exists()]
    return json.dumps([texts, [tagged_code(*place) for place in MEASURED_CELLS], versions()])


def _cache() -> Path:
    return cache_folder() / "benchmarks" / "records"


def _spread(values: list[float]) -> dict[str, float]:
    return {
        name: round(float(how(values)), 4) for name, how in (("median", statistics.median), ("low", min), ("high", max))
    }
