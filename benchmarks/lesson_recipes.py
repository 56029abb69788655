"""The cells of the lessons that are their recipes, executed as they stand: what is measured is what is taught."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from transformers import AutoTokenizer

from course_tools.project import tagged_code
from course_utils.sources import offline_checkpoint

MAX_LENGTH = 128  # of the lesson `case_emotion`, in tokens


def mean_pooling() -> type:
    """Return the model class of the lesson `lora`."""
    return _executed("lora", "model", {})["MeanPooling"]


def emotion(work: Path, texts: Iterable[str], labels: list[str], seed: int, checkpoint: str | None = None) -> dict:
    """Return the names that the recipe of the lesson `case_emotion` defines. Writes below `work`.

    It learns its emoji from `texts`. Without a checkpoint it takes the offline one.
    """
    checkpoint = checkpoint or offline_checkpoint()
    names = {
        "course": SimpleNamespace(workdir=work, seed=seed, device=torch.device("cpu")),
        "texts": {"train": set(texts)},
        "labels": labels,
        "checkpoint": checkpoint,
        "plain_tokenizer": AutoTokenizer.from_pretrained(checkpoint),
        "MAX_LENGTH": MAX_LENGTH,
        "np": np,
        "AutoTokenizer": AutoTokenizer,
        "LogisticRegression": LogisticRegression,
    }
    return _executed("case_emotion", "recipe", names)


def _executed(slug: str, tag: str, names: dict) -> dict:
    """Execute the cells of a lesson that carry a tag, with `names` to begin with, and return all names."""
    exec(compile(tagged_code(slug, tag), f"{slug}, cells tagged {tag}", "exec"), names)
    return names
