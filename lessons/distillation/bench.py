"""The bench for upper layers: the loop that learns samples, the judge of samples, and the training on all rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.func import functional_call
from torch.nn.functional import cross_entropy

from course_utils.session import Session
from course_utils.upper_layers import UpperLayers, in_parts, load_encoder, read_below, through

Kept = dict[str, torch.Tensor]
SPEEDS = {"places": 0.05, "looks": 0.1, "labels": 0.1, "rates": 0.1, "pull": 0.1}  # Adam's rate for each part
BATCH = 32


class FirstToken(UpperLayers):
    """Upper layers whose head reads the first place, in place of the mean of all."""

    def vectors(self, hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return through(self.layers, hidden, mask)[:, 0]


@dataclass
class Bench:
    """The posts as they enter the last `upper` layers. `after_step(model, weights, kept)` is the lesson's own."""

    course: Session
    upper: int
    train: tuple[Sequence[str], Sequence[int]]
    test: tuple[Sequence[str], Sequence[int]]
    cut: int

    def __post_init__(self):
        # The default attention cannot be differentiated twice, and does not give its probabilities.
        load_encoder(self.course.checkpoint, self.course.device).set_attn_implementation("eager")
        self.lower, self.mask = read_below(self.train[0], self.course, self.upper, max_length=self.cut)
        self.test_lower, self.test_mask = read_below(self.test[0], self.course, self.upper, max_length=self.cut)
        self.labels = torch.tensor(self.train[1], device=self.course.device)
        self.classes = int(self.labels.max()) + 1

    def model(self, seed: int, kind: type[UpperLayers] = UpperLayers, deep: bool = False) -> UpperLayers:
        """Return the pretrained upper layers with a new head. `deep`: a head of two layers.

        `model.looks` holds, after each call, the attention probabilities of its layers, the lowest first.
        """
        torch.manual_seed(seed)
        model = kind(self.course, self.upper, self.classes)
        if deep:
            width = model.head.in_features
            first = torch.nn.Linear(width, width, device=self.course.device)
            model.head = torch.nn.Sequential(first, torch.nn.ReLU(), model.head)
        model.looks = [None] * self.upper
        for number, layer in enumerate(model.layers):

            def keep(module, given, out, number=number):
                model.looks[number] = out[1]

            layer.attention.self.register_forward_hook(keep)
        return model

    def begin_with(self, rows: Sequence[int], places: int) -> Kept:
        """Return samples to start from: what real posts give at their first places, their labels, two rates."""
        start = {"places": self.lower[rows, :places].clone(), "labels": 4 * torch.eye(self.classes)}
        start["rates"] = torch.tensor([3.0, 0.02]).log()
        return {name: part.to(self.course.device) for name, part in start.items()}

    def distil(self, kept: Kept, after_step: Callable, rounds: int) -> tuple[Kept, list[float]]:
        """Return the learned samples, and the loss after the step, round by round. Each round has a new head."""
        torch.manual_seed(self.course.seed)
        batches = torch.randint(len(self.lower), (rounds, BATCH))
        kept = {name: part.clone().requires_grad_() for name, part in kept.items()}
        optimizer = torch.optim.Adam([{"params": [part], "lr": SPEEDS[name]} for name, part in kept.items()])
        decay = torch.optim.lr_scheduler.LinearLR(optimizer, 1, 0.1, rounds)
        losses = []
        for number, batch in enumerate(batches):
            model = self.model(number)
            new = after_step(model, dict(model.named_parameters()), kept)
            logits = functional_call(model, new, (self.lower[batch], self.mask[batch]))
            loss = cross_entropy(logits, self.labels[batch])
            loss.backward(inputs=list(kept.values()))
            torch.nn.utils.clip_grad_norm_(kept.values(), 1.0)
            optimizer.step()
            decay.step()
            optimizer.zero_grad()
            losses.append(loss.item())
        return {name: part.detach() for name, part in kept.items()}, losses

    def right(self, model: UpperLayers) -> np.ndarray:
        """Return 1 for each test post that the model answers rightly, else 0."""
        said = in_parts(model, self.test_lower, self.test_mask).argmax(1)
        return (said.numpy() == np.array(self.test[1])) * 1.0

    def judged(self, kept: Kept, after_step: Callable, seeds: Sequence[int], steps: int = 1, **form) -> np.ndarray:
        """Return `right` after `steps` steps with the samples, for some new heads: seeds x test posts."""
        table = []
        for seed in seeds:
            model = self.model(seed, **form)
            for _ in range(steps):
                new = after_step(model, dict(model.named_parameters()), kept)
                model.load_state_dict({name: weight.detach() for name, weight in new.items()})
            table.append(self.right(model))
        return np.array(table)

    def moved(self, kept: Kept, after_step: Callable) -> float:
        """Return how far one step moves the layers, as a share of the length of their weights."""
        model = self.model(seed=0)
        weights = dict(model.named_parameters())
        new = after_step(model, weights, kept)
        names = [name for name in weights if not name.startswith("head")]
        before, after = (torch.cat([each[name].detach().flatten() for name in names]) for each in (weights, new))
        return ((after - before).norm() / before.norm()).item()

    def train_all(self, epochs: int, rate: float = 3e-4) -> UpperLayers:
        """Return upper layers and a head that were trained on all rows with AdamW."""
        model = self.model(self.course.seed)
        optimizer = torch.optim.AdamW(model.parameters(), lr=rate)
        for _ in range(epochs):
            for batch in torch.randperm(len(self.lower)).split(BATCH):
                cross_entropy(model(self.lower[batch], self.mask[batch]), self.labels[batch]).backward()
                optimizer.step()
                optimizer.zero_grad()
        return model
