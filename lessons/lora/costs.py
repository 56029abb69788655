"""What a way to fine-tune costs: the memory of a step, counted without arithmetic, and megabytes on disk."""

from __future__ import annotations

from pathlib import Path

import torch

from course_utils.memory import PeakMemory, dry_run


def peak_mb(model: torch.nn.Module, device: torch.device, texts: int = 16, tokens: int = 64) -> float:
    """Return the most memory that two training steps take, in MB: AdamW, `texts` of `tokens` tokens each.

    A model with nothing to learn only goes forward. The model has lost its numbers afterwards (`dry_run`).
    """
    place = device if device.type == "cuda" else torch.device("cpu")
    model = model.to(place).train()
    with dry_run(model, place), PeakMemory(model, device=place) as memory:
        ids = torch.ones(texts, tokens, dtype=torch.long, device=place)
        learning = [weight for weight in model.parameters() if weight.requires_grad]
        if not learning:
            with torch.no_grad():
                model(ids, torch.ones_like(ids))
            return memory.peak_mb
        optimizer = torch.optim.AdamW(learning)
        for _ in range(2):
            model(ids, torch.ones_like(ids), labels=ids[:, 0]).loss.backward()
            optimizer.step()
            optimizer.zero_grad()
    return memory.peak_mb


def folder_mb(folder: Path) -> float:
    """Return how many megabytes the files of a folder have."""
    return sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6


def weights_to_train(model: torch.nn.Module) -> int:
    """Return how many weights the optimizer may change."""
    return sum(weight.numel() for weight in model.parameters() if weight.requires_grad)


def probe_mb(probe) -> float:
    """Return how many megabytes the learned numbers of a fitted pipeline have: StandardScaler, LogisticRegression."""
    scaler, regression = probe[0], probe[-1]
    learned = (scaler.mean_, scaler.scale_, regression.coef_, regression.intercept_)
    return sum(numbers.nbytes for numbers in learned) / 1e6
