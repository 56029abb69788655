"""A short training, its answers and its vectors, the same for every network of this lesson."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import torch
from datasets import Dataset
from onnxruntime import InferenceSession, SessionOptions
from torch.nn.functional import cross_entropy, normalize
from torch.nn.utils import clip_grad_norm_
from transformers import BertForSequenceClassification, PreTrainedTokenizerBase, get_scheduler
from transformers.modeling_outputs import SequenceClassifierOutput


class MeanPooling(BertForSequenceClassification):
    """A BERT whose head reads the mean of the tokens (`lora` builds it step by step)."""

    def __init__(self, config):
        super().__init__(config)
        self.bert.pooler = None  # nobody reads it

    def forward(self, input_ids, attention_mask, **more):
        """Return the logits for each text."""
        hidden = self.bert(input_ids, attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1)
        return SequenceClassifierOutput(logits=self.classifier(self.dropout((hidden * mask).sum(1) / mask.sum(1))))


@dataclass(frozen=True)
class Posts:
    """Texts as a network reads them: ids and mask, texts x tokens, and the true label of each text."""

    ids: torch.Tensor
    mask: torch.Tensor
    truth: torch.Tensor

    def batch(self, rows) -> dict[str, torch.Tensor]:
        """Return some texts as arguments of a model, without padding that none of them needs."""
        width = int(self.mask[rows].sum(1).max())
        return {"input_ids": self.ids[rows, :width], "attention_mask": self.mask[rows, :width]}

    def parts(self, size: int = 64) -> tuple[torch.Tensor, ...]:
        """Return the rows in parts, texts of like length together: so there is little padding."""
        return self.mask.sum(1).argsort(stable=True).split(size)

    def first(self, most: int | None) -> Posts:
        """Return the first `most` posts (None: all)."""
        return Posts(self.ids[:most], self.mask[:most], self.truth[:most])

    def cpu(self) -> Posts:
        """Return the same posts on the CPU."""
        return Posts(self.ids.cpu(), self.mask.cpu(), self.truth.cpu())


def read(rows: Dataset, tokenizer: PreTrainedTokenizerBase, device: torch.device) -> Posts:
    """Return the texts and labels of a dataset as tensors on the device."""
    tokens = tokenizer(rows["text"][:], padding=True, return_tensors="pt").to(device)
    return Posts(tokens["input_ids"], tokens["attention_mask"], torch.tensor(rows["label"][:], device=device))


def train(
    model: torch.nn.Module,
    posts: Posts,
    rate: float,
    steps: int,
    seed: int,
    count: int | None = None,
    batch_size: int = 8,
    loss_of: Callable[[torch.Tensor, torch.Tensor], torch.Tensor] | None = None,
) -> list[float]:
    """Train on the first `count` posts (None: all), and return the loss of each step.

    AdamW, warmup over a tenth of the steps, linear decay, clipping. `loss_of(logits, rows)`: another loss than the
    cross-entropy with the true labels.
    """
    torch.manual_seed(seed)
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=rate, weight_decay=0.01, fused=True)
    schedule = get_scheduler("linear", optimizer, max(1, steps // 10), steps)
    losses = []
    model.train()
    for rows in draw_batches(count or len(posts.truth), batch_size, steps, seed):
        logits = model(**posts.batch(rows)).logits
        loss = loss_of(logits, rows) if loss_of else cross_entropy(logits, posts.truth[rows])
        loss.backward()
        clip_grad_norm_(weights, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    model.eval()
    return losses


def draw_batches(count: int, size: int, steps: int, seed: int) -> list[torch.Tensor]:
    """Return the rows of each step: all of them in a new order, again and again."""
    luck, batches = torch.Generator().manual_seed(seed), []
    while len(batches) < steps:
        batches += torch.randperm(count, generator=luck).split(size)
    return batches[:steps]


@torch.no_grad()
def ask(model: torch.nn.Module, posts: Posts) -> torch.Tensor:
    """Return the logits for each text, on the CPU."""
    parts = posts.parts()
    found = torch.cat([model.eval()(**posts.batch(rows)).logits for rows in parts])
    return found[torch.cat(parts).argsort()].cpu()


def right(model: torch.nn.Module, posts: Posts) -> np.ndarray:
    """Return 1 or 0 for each text: was the label right?"""
    return (ask(model, posts).argmax(1) == posts.truth.cpu()).numpy() * 1.0


def ask_onnx(file: Path, posts: Posts) -> np.ndarray:
    """Return the label that an ONNX file gives each text, with as many threads as PyTorch has."""
    options = SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = InferenceSession(file, options, providers=["CPUExecutionProvider"])
    parts = posts.parts()
    batches = [{name: part.numpy() for name, part in posts.batch(rows).items()} for rows in parts]
    found = np.concatenate([session.run(None, batch)[0].argmax(1) for batch in batches])
    return found[torch.cat(parts).argsort().numpy()]


def seconds(model: torch.nn.Module, posts: Posts) -> float:
    """Return how long a model needs for all texts."""
    began = perf_counter()
    ask(model, posts)
    return perf_counter() - began


@torch.no_grad()
def vectors(encoder: torch.nn.Module, posts: Posts) -> np.ndarray:
    """Return the mean of the tokens of each text, of length 1: the vector with which sentences are compared."""
    found, parts = [], posts.parts()
    for rows in parts:
        batch = posts.batch(rows)
        mask = batch["attention_mask"].unsqueeze(-1)
        found.append(normalize((encoder.eval()(**batch).last_hidden_state * mask).sum(1) / mask.sum(1)))
    return torch.cat(found)[torch.cat(parts).argsort()].cpu().numpy()


def smooth(losses: Sequence[float], width: int = 6) -> list[float]:
    """Return the mean of each loss and of those shortly before it."""
    return [float(np.mean(losses[max(0, end - width) : end])) for end in range(1, len(losses) + 1)]
