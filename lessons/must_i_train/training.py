"""Draws of labelled rows, and the training loop above frozen layers (`course_utils.upper_layers`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import torch
from torch.nn.functional import normalize

from course_utils.upper_layers import UpperLayers, in_parts


def draw_alike(labels: np.ndarray, size: int, seed: int) -> np.ndarray:
    """Return rows, equally many of each label, one of each again and again: a small set is the beginning of a large."""
    rng, names = np.random.default_rng(seed), range(labels.max() + 1)
    piles = [np.flatnonzero(labels == name) for name in names]
    drawn = [rng.choice(pile, size // len(names), replace=False) for pile in piles]
    return np.stack(drawn, axis=1).ravel()


def vectors_of(top: UpperLayers, below) -> np.ndarray:
    """Return a vector of length 1 for each text that the lower layers have read."""
    return normalize(in_parts(top.vectors, *below)).numpy()


class Loop:
    """Train upper layers on some of the rows that the lower layers have read."""

    def __init__(self, below, rate: float):
        self.below, self.rate = below, rate
        self.lengths = below[1].sum(1).cpu().numpy()

    def __call__(
        self,
        top: UpperLayers,
        weights: Iterable[torch.nn.Parameter],
        loss: Callable[..., torch.Tensor],
        rows: np.ndarray,
        known: np.ndarray,
        steps: int,
        seed: int,
        falling: bool = False,
    ) -> None:
        """Take `steps` steps down `loss(top, hidden, mask, label)`. `falling`: the rate falls to zero."""
        optimizer = torch.optim.AdamW(weights, lr=self.rate, fused=True)
        schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1, 0 if falling else 1, steps)
        for batch in self._batches(rows, steps, seed):
            hidden, mask = (each[batch] for each in self.below)
            loss(top, hidden, mask, torch.tensor(known[batch], device=hidden.device)).backward()
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()

    def _batches(self, rows: np.ndarray, steps: int, seed: int, size: int = 16) -> list[np.ndarray]:
        rng, found = np.random.default_rng(seed), []
        while len(found) < steps:  # an epoch: like length together, in any order
            order = rng.permutation(rows)
            order = order[np.argsort(self.lengths[order], kind="stable")]
            parts = np.split(order, range(size, len(order), size))
            found += [parts[number] for number in rng.permutation(len(parts))]
        return found[:steps]
