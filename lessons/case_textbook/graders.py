"""A grader that compares two vectors: the model answer's, which stays, and the student's answer's, which learns."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np
import torch
from torch.nn.functional import normalize
from transformers import PreTrainedModel

from course_utils.upper_layers import in_parts, through

LOUD = 10  # the parts of a vector of length 1 are small numbers; the head reads them times this


def mean_vectors(layers: Sequence[torch.nn.Module], hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return one vector of length 1 for each text: the mean of its tokens after these layers."""
    hidden, mask = hidden[:, : mask.sum(1).max()], mask[:, : mask.sum(1).max()]
    return normalize((through(layers, hidden, mask) * mask[..., None]).sum(1) / mask.sum(1, keepdim=True))


def pair_features(model_answer: torch.Tensor, answer: torch.Tensor) -> torch.Tensor:
    """Return what is compared: the answer, where both agree (product), and how far they are apart."""
    return torch.cat([answer, model_answer * answer, (model_answer - answer).abs()], dim=1)


def vectors(body: PreTrainedModel, below: tuple[torch.Tensor, torch.Tensor], upper: int) -> torch.Tensor:
    """Return the vectors that a body's last `upper` layers make of what `read_below` gave, in the texts' order."""
    layers, device = body.encoder.layer[-upper:], below[0].device
    return in_parts(lambda hidden, mask: mean_vectors(layers, hidden, mask), *below).to(device)


def features(model_answer: torch.Tensor, answer: torch.Tensor) -> np.ndarray:
    """Return `pair_features` for scikit-learn."""
    return pair_features(model_answer, answer).cpu().numpy()


class Grader(torch.nn.Module):
    """A copy of a body's last `upper` layers, and a new head that gives three grades."""

    def __init__(self, body: PreTrainedModel, upper: int):
        super().__init__()
        self.layers = copy.deepcopy(body.encoder.layer[-upper:]).requires_grad_(True)
        self.head = torch.nn.Linear(3 * body.config.hidden_size, 3, device=body.device)

    def forward(self, model_answer: torch.Tensor, hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the logits, answers x grades. `hidden`, `mask`: what the lower layers gave."""
        return self.head(LOUD * pair_features(model_answer, mean_vectors(self.layers, hidden, mask)))


@torch.no_grad()
def probabilities(grader: Grader, model_answers: torch.Tensor, hidden: torch.Tensor, mask: torch.Tensor) -> np.ndarray:
    """Return the probabilities of the three grades, in the order of the answers."""
    grader.eval()
    parts = mask.sum(1).argsort(stable=True).split(64)
    logits = torch.cat([grader(model_answers[rows], hidden[rows], mask[rows]) for rows in parts])
    return logits[torch.cat(parts).argsort()].softmax(1).cpu().numpy()


def kappa_interval(
    truth: np.ndarray, said: np.ndarray, instead: np.ndarray | None = None, seed: int = 42
) -> tuple[float, float, float]:
    """Return the mean quadratic kappa of some trainings (lines of `said`), and its 95% interval.

    Trainings and rows are drawn anew 400 times, as in `interval_over_seeds`, for kappa is no mean of rows. With
    `instead`, the answers of another method (as many lines, or one): the kappa of `said` minus that of `instead`.
    """
    rng, tables = np.random.default_rng(seed), [np.atleast_2d(said)]
    if instead is not None:
        tables.append(np.broadcast_to(np.atleast_2d(instead), tables[0].shape))

    def score(lines, rows):
        found = [[kappa(truth[rows], table[line][rows]) for line in lines] for table in tables]
        means = np.mean(found, axis=1)
        return means[0] - (means[1] if len(means) > 1 else 0)

    trainings, count = tables[0].shape
    drawn = [score(rng.integers(trainings, size=trainings), rng.integers(count, size=count)) for _ in range(400)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(score(range(trainings), np.arange(count))), float(low), float(high)


def kappa(truth: np.ndarray, said: np.ndarray) -> float:
    """Return the quadratic weighted kappa of grades 0 to 2: 1 minus the squared error, divided by that of luck."""
    luck = np.mean((truth[:, None] - said[None, :]) ** 2)
    return float(1 - np.mean((truth - said) ** 2) / luck) if luck else 1.0


def best_cuts(values: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Return the two limits that turn a number into the grades 0, 1, 2 with the highest kappa on these rows."""
    limits = np.unique(np.quantile(values, np.linspace(0.05, 0.95, 19)))
    pairs = [(low, high) for low in limits for high in limits if low <= high]
    return max(pairs, key=lambda cuts: kappa(truth, np.digitize(values, cuts)))
