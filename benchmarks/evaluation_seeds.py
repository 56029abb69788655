"""Trains the model of the lesson `evaluation` with several seeds: what do its scores owe to the seed?

It also counts how often an epoch is better and worse at once.

    python -m benchmarks.evaluation_seeds --seeds 0 1 2

The lesson's own recipe in `laptop`: the same rows, two layers and the head, three epochs (`RECIPE`). Each run is
written to `benchmarks/evaluation_seeds.json` as soon as it is done; a run that is there already is not repeated.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import torch
from datasets import load_dataset
from scipy.optimize import minimize_scalar
from scipy.special import softmax
from sklearn.metrics import f1_score, log_loss
from torchmetrics.functional.classification import multiclass_calibration_error
from transformers import AutoModelForSequenceClassification, AutoTokenizer, Trainer, TrainingArguments, set_seed

from course_tools.files import write_in_one_step
from course_utils.sources import dataset, offline_checkpoint

FOUND = Path(__file__).with_suffix(".json")
ROWS = {"train": 512, "validation": 400, "test": 1000}
RECIPE = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 16,
    "learning_rate": 5e-4,
    "warmup_steps": 0.1,
    "weight_decay": 0.01,
}
TRAINED_LAYERS = 2
MAX_LENGTH = 48


def train(seed: int, rows: dict, tokenizer) -> tuple[list, np.ndarray]:
    """Return the logits for the validation rows after each epoch, and those for the test rows at the end."""
    set_seed(seed)
    model = AutoModelForSequenceClassification.from_pretrained(offline_checkpoint(), num_labels=3)
    layers = model.base_model.encoder.layer
    model.base_model.embeddings.requires_grad_(False)
    layers[: len(layers) - TRAINED_LAYERS].requires_grad_(False)
    kept = []

    def keep(prediction):
        kept.append(prediction.predictions)
        return {}

    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder,
            per_device_eval_batch_size=64,
            eval_strategy="epoch",
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            seed=seed,
            **RECIPE,
        )
        trainer = Trainer(
            model,
            arguments,
            train_dataset=rows["train"],
            eval_dataset=rows["validation"],
            processing_class=tokenizer,
            compute_metrics=keep,
        )
        trainer.train()
        epochs = list(kept)
        return epochs, trainer.predict(rows["test"]).predictions


def calibration_error(probs: np.ndarray, truth: np.ndarray) -> float:
    """Return the expected calibration error with ten bins of equal width, as the lesson computes it."""
    return float(multiclass_calibration_error(torch.tensor(probs), torch.tensor(truth), num_classes=3, n_bins=10))


def judged(logits: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Return accuracy, macro-F1, log-loss and calibration error."""
    probs, said = softmax(logits, axis=1), logits.argmax(axis=1)
    scores = {
        "accuracy": np.mean(said == truth),
        "macro_f1": f1_score(truth, said, average="macro"),
        "log_loss": log_loss(truth, probs),
        "ece": calibration_error(probs, truth),
    }
    return {name: round(float(score), 4) for name, score in scores.items()}


def main() -> None:
    """Make the runs that are asked for and not there yet, and print each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    options = parser.parse_args()
    tokenizer = AutoTokenizer.from_pretrained(offline_checkpoint())
    tweets = load_dataset(*dataset("tweets", "laptop"))
    rows = {}
    for name, size in ROWS.items():
        part = tweets[name].select(range(size)).map(
            lambda batch: tokenizer(batch["text"], truncation=True, max_length=MAX_LENGTH), batched=True
        )  # fmt: skip
        rows[name] = part.select(np.argsort([len(ids) for ids in part["input_ids"]], kind="stable"))
    val_truth, truth = np.array(rows["validation"]["label"]), np.array(rows["test"]["label"])
    runs = json.loads(FOUND.read_text(encoding="utf-8")) if FOUND.exists() else []
    for seed in options.seeds:
        if any(run["seed"] == seed for run in runs):
            continue
        epochs, logits = train(seed, rows, tokenizer)
        last = epochs[-1]
        best = minimize_scalar(lambda t, last=last: log_loss(val_truth, softmax(last / t, axis=1)), bounds=(0.2, 10))
        run = {"seed": seed, "epochs": [judged(stored, val_truth) for stored in epochs]}
        run |= {"temperature": round(float(best.x), 3), "test": judged(logits, truth)}
        run["test_with_temperature"] = judged(logits / best.x, truth)
        runs.append(run)
        write_in_one_step(FOUND, json.dumps(runs, indent=1) + "\n")
        print(run, flush=True)


if __name__ == "__main__":
    main()
