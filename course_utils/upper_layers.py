"""Train a copy of the upper layers on what the layers below give, which is read once (`recipe` shows it in full)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import lru_cache

import torch
from transformers import AutoModel, AutoTokenizer

from course_utils.session import Session


@lru_cache(maxsize=1)
def load_encoder(checkpoint: str, device: torch.device) -> torch.nn.Module:
    """Return the encoder of a BERT checkpoint, loaded once. Whoever changes a layer changes a copy."""
    return AutoModel.from_pretrained(checkpoint).to(device).eval()


def through(layers: Sequence[torch.nn.Module], hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return what comes out of some layers: texts x tokens x hidden size, as what goes in. Padding is not looked at."""
    hide = (1.0 - mask[:, None, None].to(hidden.dtype)) * torch.finfo(hidden.dtype).min
    for layer in layers:
        hidden = layer(hidden, attention_mask=hide)
    return hidden


def read_below(texts: Sequence[str], course: Session, upper: int, max_length: int = 128, batch_size: int = 64):
    """Return what goes into the last `upper` layers: (hidden, texts x tokens x hidden size; mask, texts x tokens).

    There are as many tokens as the longest text has, `max_length` at most. Texts of like length are read together.
    """
    encoder = load_encoder(course.checkpoint, course.device)
    form = {"truncation": True, "max_length": max_length, "padding": True, "return_tensors": "pt"}
    batch = AutoTokenizer.from_pretrained(course.checkpoint)(list(texts), **form).to(course.device)
    ids, mask = batch["input_ids"], batch["attention_mask"]
    hidden = torch.zeros(*mask.shape, encoder.config.hidden_size, device=course.device)
    for rows in mask.sum(1).argsort(stable=True).split(batch_size):
        width = int(mask[rows].sum(1).max())
        with torch.no_grad():
            part = encoder.embeddings(ids[rows, :width])
            hidden[rows, :width] = through(encoder.encoder.layer[:-upper], part, mask[rows, :width])
    return hidden, mask


class UpperLayers(torch.nn.Module):
    """A copy of the last `upper` layers, and a new head of `labels` answers. No dropout, until `train` is called."""

    def __init__(self, course: Session, upper: int, labels: int):
        super().__init__()
        encoder = load_encoder(course.checkpoint, course.device)
        self.layers = copy.deepcopy(encoder.encoder.layer[-upper:])
        self.head = torch.nn.Linear(encoder.config.hidden_size, labels, device=course.device)
        self.eval()

    def vectors(self, hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the mean over the tokens of each text: texts x hidden size. Padding on the right is cut off first."""
        hidden, mask = hidden[:, : mask.sum(1).max()], mask[:, : mask.sum(1).max()]
        return (through(self.layers, hidden, mask) * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)

    def forward(self, hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:  # the logits, texts x labels
        return self.head(self.vectors(hidden, mask))


@torch.no_grad()
def in_parts(call: Callable, hidden: torch.Tensor, mask: torch.Tensor, batch_size: int = 64) -> torch.Tensor:
    """Return what `call(hidden, mask)` gives, a row for each text, on the CPU. Texts of like length go together."""
    parts = mask.sum(1).argsort(stable=True).split(batch_size)
    found = torch.cat([call(hidden[rows], mask[rows]) for rows in parts])
    return found[torch.cat(parts).argsort()].cpu()
