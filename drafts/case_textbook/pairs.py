"""Two texts read as a pair by the lower layers once, and a small grader above them (`recipe` takes this idea apart)."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from transformers import AutoTokenizer, PreTrainedModel

from course_utils.session import Session
from course_utils.upper_layers import load_encoder, through


@torch.no_grad()
def read_pairs(first: Sequence[str], second: Sequence[str], course: Session, upper: int, max_length: int):
    """Return what goes into the last `upper` layers when each pair is read: (hidden, mask), as `read_below` does."""
    encoder = load_encoder(course.checkpoint, course.device)
    form = {"truncation": True, "max_length": max_length, "padding": True, "return_tensors": "pt"}
    tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
    batch = tokenizer(list(first), list(second), **form).to(course.device)
    ids, kinds, mask = batch["input_ids"], batch["token_type_ids"], batch["attention_mask"]
    hidden = torch.zeros(*mask.shape, encoder.config.hidden_size, device=course.device)
    for rows in mask.sum(1).argsort(stable=True).split(32):
        width = int(mask[rows].sum(1).max())
        part = encoder.embeddings(ids[rows, :width], token_type_ids=kinds[rows, :width])
        hidden[rows, :width] = through(encoder.encoder.layer[:-upper], part, mask[rows, :width])
    return hidden, mask


class Grader(torch.nn.Module):
    """A copy of a body's last `upper` layers, and a new head of three grades on the mean of the tokens."""

    def __init__(self, body: PreTrainedModel, upper: int, seed: int):
        super().__init__()
        torch.manual_seed(seed)
        self.layers = copy.deepcopy(body.encoder.layer[-upper:]).requires_grad_(True)
        self.head = torch.nn.Linear(body.config.hidden_size, 3, device=body.device)

    def vectors(self, hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the mean over the tokens of each pair. Padding on the right is cut off first."""
        hidden, mask = hidden[:, : mask.sum(1).max()], mask[:, : mask.sum(1).max()]
        return (through(self.layers, hidden, mask) * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)

    def forward(self, hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:  # the logits, pairs x grades
        return self.head(self.vectors(hidden, mask))
