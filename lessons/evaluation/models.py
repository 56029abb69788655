"""The fine-tuned candidate: the upper layer and the head, on what the lower layers gave once (`recipe` shows it)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from datasets import Dataset
from torch.nn.functional import cross_entropy
from transformers import logging

from course_utils.session import Session
from course_utils.upper_layers import UpperLayers, in_parts, read_below

logging.disable_progress_bar()  # of loading the checkpoint
MAX_LENGTH = 48
UPPER = 1
BATCH = 16
Below = tuple[torch.Tensor, torch.Tensor]


def read(course: Session, texts: Sequence[str]) -> Below:
    """Return what the lower layers give for some texts: read once, used for every training and every model."""
    return read_below(list(texts), course, UPPER, max_length=MAX_LENGTH)


class FineTuned:
    """A model that was trained on the rows of `train`: call it with what `read` gives, and get logits.

    `epochs`: the logits for `watched` after each epoch.
    """

    def __init__(self, course: Session, train: Dataset, seed: int, watched: Below | None = None):
        torch.manual_seed(seed)
        hidden, mask = read(course, train["text"])
        labels = torch.tensor(train["label"][:], device=course.device)
        self.model = UpperLayers(course, UPPER, train.features["label"].num_classes)
        self.epochs = []
        epochs = course.pick(laptop=3, full=3, smoke=2)
        steps = epochs * -(-len(labels) // BATCH)
        optimizer = torch.optim.AdamW(self.model.parameters(), lr=course.pick(laptop=1e-3, full=3e-4, smoke=1e-3))
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps))
        for _ in range(epochs):
            self.model.train()
            for rows in _batches(mask):
                cut = int(mask[rows].sum(1).max())
                cross_entropy(self.model(hidden[rows, :cut], mask[rows, :cut]), labels[rows]).backward()
                torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1)
                optimizer.step()
                schedule.step()
                optimizer.zero_grad()
            self.model.eval()
            if watched is not None:
                self.epochs.append(self(watched))

    def __call__(self, below: Below) -> np.ndarray:
        return in_parts(self.model, *below).numpy()


def _rate(step: int, steps: int) -> float:
    """Return the share of the learning rate: up over a tenth of the steps, then down to zero in a straight line."""
    return min((step + 1) / max(1, 0.1 * steps), (steps - step) / (0.9 * steps))


def _batches(mask: torch.Tensor) -> list[torch.Tensor]:
    """Return all rows in an order drawn anew, in batches of texts of like length: less padding, less time."""
    lengths = mask.sum(1).cpu()
    drawn = torch.randperm(len(lengths)).split(8 * BATCH)
    batches = [batch for part in drawn for batch in part[lengths[part].argsort(stable=True)].split(BATCH)]
    return [batches[place] for place in torch.randperm(len(batches))]
