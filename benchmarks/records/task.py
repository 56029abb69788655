"""What a record is about: rows, the ways that are compared on them, and how answers are judged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np


class Rows(NamedTuple):
    """Texts and their labels, numbers from 0."""

    texts: list[str]
    labels: np.ndarray

    def take(self, places: np.ndarray) -> Rows:
        """Return the rows at these places."""
        return Rows([self.texts[place] for place in places], self.labels[places])


class Job(NamedTuple):
    """What a learner is given: rows to learn from, texts to answer, a seed, and whether to multiply in 16 bits."""

    learn: Rows
    texts: list[str]
    seed: int
    bf16: bool


# A learner takes a job and returns its answers: probabilities, (texts, classes), or places on a scale, (texts,)
Learner = Callable[[Job], np.ndarray]


class Way(NamedTuple):
    """One row of a record's table: learners with their weights, mixed, and a temperature (1: as it is)."""

    shares: dict[str, float]
    temperature: float = 1.0


class Task(NamedTuple):
    """A record. `load` takes the folder of public datasets and returns the rows to learn from and those to judge."""

    load: Callable[[Path], tuple[Rows, Rows]]
    learners: dict[str, Learner]
    seeded: frozenset[str]  # learners whose answers depend on the seed
    ways: dict[str, Way]
    scores: Callable[[np.ndarray, np.ndarray], dict[str, float]]  # of labels and a mixture's answers
    mix: Callable[[list[tuple[float, np.ndarray]], float], np.ndarray]
    goal: dict[str, float]


def mixed_probabilities(shares: list[tuple[float, np.ndarray]], temperature: float) -> np.ndarray:
    """Return the weighted mean of log-probabilities, divided by a temperature, as probabilities: (texts, classes)."""
    logs = sum(share * np.log(np.clip(answers, 1e-9, 1)) for share, answers in shares) / temperature
    powers = np.exp(logs - logs.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
