"""Batches as `dataloader` makes them, and the order in which a model predicts fastest."""

from __future__ import annotations

from collections.abc import Callable

import torch
from datasets import Dataset
from torch.utils.data import DataLoader
from transformers.trainer_pt_utils import LengthGroupedSampler


def make_loader(tokens: Dataset, size: int, collate: Callable) -> DataLoader:
    """Return a loader that groups rows of similar length. One generator, `loader.generator`, draws its order."""
    order = torch.Generator()
    lengths = [len(ids) for ids in tokens["input_ids"]]
    sampler = LengthGroupedSampler(size, lengths=lengths, generator=order)
    return DataLoader(tokens, size, sampler=sampler, collate_fn=collate, generator=order)


def shortest_first(rows: Dataset, many: int) -> Dataset:
    """Return the first rows of a dataset, or all where there are fewer, short texts first."""
    rows = rows.select(range(min(many, len(rows))))
    return rows.map(lambda row: {"length": len(row["text"])}).sort("length")
