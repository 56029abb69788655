"""A training in one or two languages, above frozen layers that have read the texts (`course_utils.upper_layers`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from course_utils.session import Session
from course_utils.upper_layers import UpperLayers

RATE = 3e-4
Below = tuple[torch.Tensor, torch.Tensor]  # what the frozen layers gave, and the mask
Batch = tuple[str, np.ndarray]  # the language, and the rows


def train(who: Session, below: Mapping[str, Below], labels: np.ndarray, upper: int, steps: int, seed: int):
    """Return upper layers and a head of one score, trained. `below`: language -> what goes into them.

    The row with one number has the same label in all languages.
    """
    torch.manual_seed(seed)  # the new head, and dropout
    top = UpperLayers(who, upper, 1).train()
    optimizer = torch.optim.AdamW(top.parameters(), lr=RATE)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.1 * steps), 1 - step / steps)
    )
    lengths = {language: mask.sum(1).tolist() for language, (_, mask) in below.items()}
    for language, rows in batches(lengths, steps, seed):
        hidden, mask = (each[rows] for each in below[language])
        goal = torch.tensor(labels[rows], dtype=hidden.dtype, device=hidden.device)
        binary_cross_entropy_with_logits(top(hidden, mask)[:, 0], goal).backward()
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    return top.eval()


def batches(lengths: Mapping[str, Sequence[int]], steps: int, seed: int, size: int = 16) -> list[Batch]:
    """Return `steps` batches, as many of each language as can be, in any order. Each row comes equally often.

    `lengths`: language -> how many tokens each of its texts has.
    """
    rng = np.random.default_rng(seed)
    piles = {language: _endless(np.asarray(each), rng, size) for language, each in lengths.items()}
    languages = [list(lengths)[step % len(lengths)] for step in range(steps)]
    return [(language, next(piles[language])) for language in rng.permutation(languages).tolist()]


def _endless(lengths: np.ndarray, rng: np.random.Generator, size: int):
    while True:  # an epoch: like length together, in any order
        order = rng.permutation(len(lengths))
        order = order[np.argsort(lengths[order], kind="stable")]
        parts = np.split(order, range(size, len(order), size))
        for number in rng.permutation(len(parts)):
            yield parts[number]
