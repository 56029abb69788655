"""What a model can still do: compare texts, and carry a probe. The rows are opinions that no training has seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import torch
from datasets import Dataset
from sklearn.linear_model import LogisticRegression
from transformers import PreTrainedTokenizerBase

from course_utils.statistics import interval_over_seeds
from lessons.pretraining import school


class Opinions:
    """Opinions with their question (`topic`) and their stance (`label`). The first `known` rows fit the probe."""

    def __init__(self, rows: Dataset, known: int, tokenizer: PreTrainedTokenizerBase, device: torch.device):
        self.posts, self.known = school.read(rows, tokenizer, device), known
        self.topic, self.stance = np.array(rows["topic"]), np.array(rows["label"])

    def vectors(self, encoder: torch.nn.Module, most: int | None = None) -> np.ndarray:
        """Return one vector for each opinion, or for the first `most` of them."""
        return school.vectors(encoder, self.posts.first(most))

    def abilities(self, encoder: torch.nn.Module) -> tuple[np.ndarray, np.ndarray]:
        """Return 1 or 0 for each row: is its nearest other text about the same question; is the probe right?

        The probe is judged on the rows behind the first `known`, which it has not seen.
        """
        vectors = self.vectors(encoder)
        alike = vectors @ vectors.T
        np.fill_diagonal(alike, -1)  # nobody is a neighbour of itself
        probe = LogisticRegression(max_iter=2000, C=10).fit(vectors[: self.known], self.stance[: self.known])
        probed = probe.predict(vectors[self.known :]) == self.stance[self.known :]
        return (self.topic[alike.argmax(1)] == self.topic) * 1.0, probed * 1.0


def bert_of(model: torch.nn.Module) -> torch.nn.Module:
    """Return the encoder of a classifier, or of one that wears an adapter."""
    return getattr(model, "get_base_model", lambda: model)().bert


def as_points(results: Mapping[str, tuple[float, float, float]]) -> pd.DataFrame:
    """Return a table of differences in points, with their intervals."""
    return pd.DataFrame({name: {"points, with the interval": points(values)} for name, values in results.items()}).T


def points(values: tuple[float, float, float]) -> str:
    """Return a difference in points with its interval, as in "+3 (+1 to +5)"."""
    mean, low, high = (100 * value for value in values)
    return f"{mean:+.0f} ({low:+.0f} to {high:+.0f})"


def changes(opinion: Opinions, before: tuple[np.ndarray, np.ndarray], models: Sequence) -> dict[str, np.ndarray]:
    """Return, for each ability, what changed for each row since `before`: models (one for each seed) x rows."""
    after = [opinion.abilities(bert_of(model)) for model in models]
    return {name: np.array([each[i] for each in after]) - before[i] for i, name in enumerate(("neighbours", "probe"))}


def table(changed: Mapping[str, Mapping[str, np.ndarray]], won: Mapping[str, Sequence[np.ndarray]]) -> pd.DataFrame:
    """Return a line for each way to train: its accuracy on the new task, and how its abilities changed, in points."""
    lines = {}
    for name, each in changed.items():
        lines[name] = {"new task": f"{np.mean(won[name]):.0%}"}
        lines[name] |= {f"{ability}, change": points(interval_over_seeds(rows)) for ability, rows in each.items()}
    return pd.DataFrame(lines).T
