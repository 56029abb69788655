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

LESSON_08, LESSON_10 = "08_lora", "10_case_emotion"
MAX_LENGTH = 128  # of lesson 10, in tokens


def mean_pooling() -> type:
    """Return lesson 08's model class."""
    names = {}
    exec(compile(tagged_code(LESSON_08, "model"), LESSON_08, "exec"), names)
    return names["MeanPooling"]


def emotion(work: Path, texts: Iterable[str], labels: list[str], seed: int) -> dict:
    """Return the names that lesson 10's recipe defines, with `texts` to learn its emoji from. Writes below `work`."""
    checkpoint = offline_checkpoint()
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
    exec(compile(tagged_code(LESSON_10, "recipe"), LESSON_10, "exec"), names)
    return names
