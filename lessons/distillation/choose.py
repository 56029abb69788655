"""Choose a few real rows: drawn, or far apart. (`most_typical` is written in the lesson.)"""

from __future__ import annotations

import numpy as np
import torch


def draw(labels: torch.Tensor, count: int, seed: int) -> list[int]:
    """Return the places of `count` random rows of each label."""
    rng = np.random.default_rng(seed)
    groups = [np.flatnonzero(labels.numpy() == label) for label in labels.unique().tolist()]
    return [int(place) for rows in groups for place in rng.choice(rows, count, replace=False)]


def far_apart(vectors: torch.Tensor, labels: torch.Tensor, count: int, begin: list[int]) -> list[int]:
    """Return `count` rows of each label: the one in `begin`, then always the row farthest from those taken.

    This is the greedy rule for k centers (Gonzalez, 1985).
    """
    chosen = []
    for label, first in zip(labels.unique().tolist(), begin, strict=True):
        places, mine = torch.nonzero(labels == label).flatten(), [first]
        while len(mine) < count:
            gaps = torch.cdist(vectors[places], vectors[mine]).min(1).values
            mine.append(places[gaps.argmax()].item())
        chosen += mine
    return chosen
