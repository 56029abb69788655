"""What the marks of all cards share: the plain recipe, the baseline that counts words, and the spread over seeds."""

import statistics
import tempfile
from collections.abc import Callable, Iterable

import numpy as np
import torch
from datasets import Dataset
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from transformers import Trainer, TrainingArguments

RECIPE = {
    "max_steps": 300,
    "per_device_train_batch_size": 16,
    "learning_rate": 1e-4,
    "warmup_steps": 0.1,
    "weight_decay": 0.01,
    "train_sampling_strategy": "group_by_length",
}


def counting(texts: Iterable[str], labels: np.ndarray, **settings) -> Pipeline:
    """Return TF-IDF with logistic regression, fitted."""
    return make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000, **settings)).fit(list(texts), labels)


def fine_tuned(
    model: torch.nn.Module, rows: Dataset, seed: int, settings: dict, tokenizer=None, collator: Callable | None = None
) -> Trainer:
    """Return a Trainer that has trained the model. `settings`: of `TrainingArguments`, as `RECIPE`."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder,
            seed=seed,
            per_device_eval_batch_size=32,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            **settings,
        )
        trainer = Trainer(model, arguments, collator, rows, processing_class=tokenizer)
        trainer.train()
    return trainer


def over_seeds(runs: list[dict[str, float]]) -> dict[str, dict[str, float]]:
    """Return mean, lowest and highest of each score over the seeds."""
    values = {score: [run[score] for run in runs] for score in runs[0]}
    return {score: {"mean": statistics.mean(v), "low": min(v), "high": max(v)} for score, v in values.items()}
