"""Talks as lists of turns, and the numbers of all talks as one table, talks x turns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import torch
from datasets import Dataset

Talk = list[dict]


def talks_of(rows: Dataset) -> list[Talk]:
    """Return the talks of a part, each a list of its turns in order. A talk begins where `turn` is 1."""
    talks: list[Talk] = []
    for row in rows:
        if row["turn"] == 1:
            talks.append([])
        talks[-1].append(row)
    return talks


def column(talks: Iterable[Talk], name: str) -> list:
    """Return one value for each turn of all talks, in order."""
    return [turn[name] for talk in talks for turn in talk]


def padded(lists: Sequence[Sequence[int]], empty: int) -> torch.Tensor:
    """Return lists of numbers as one table, a line each; `empty` fills what is not there."""
    width = max(map(len, lists))
    return torch.tensor([[*line, *[empty] * (width - len(line))] for line in lists])


def batches(sizes: torch.Tensor, batch_size: int) -> Iterator[torch.Tensor]:
    """Yield the places of all talks in random order, `batch_size` at once, talks of like length together."""
    parts = []
    for some in torch.randperm(len(sizes)).split(8 * batch_size):
        parts += some[sizes[some].argsort()].split(batch_size)
    for number in torch.randperm(len(parts)).tolist():
        yield parts[number]
