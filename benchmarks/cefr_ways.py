"""Three ways to learn an ordered label, and one trap, over three seeds, judged on validation rows: cefr_ways.json.

    python -m benchmarks.cefr_ways

The recipe is that of the lesson `case_cefr` in `laptop`, but all layers learn, and not the upper half alone. It takes
about 12 minutes.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
from datasets import DatasetDict, disable_progress_bars, load_dataset
from scipy.special import softmax
from scipy.stats import spearmanr
from sklearn.metrics import cohen_kappa_score
from transformers import AutoModelForSequenceClassification, AutoTokenizer, Trainer, TrainingArguments, set_seed
from transformers.utils import logging

from benchmarks.measure import timed
from course_tools.files import write_in_one_step
from course_utils.sources import DATA, offline_checkpoint

SEEDS = (42, 1, 2)
ROWS, VALIDATION_ROWS, TOKENS, BORDERS = 512, 240, 64, 5
# way -> (kind of problem, what the head learns from a level, the place on the scale, the level)
WAYS = {
    "six names": (
        "single_label_classification",
        int,
        lambda p: softmax(p, axis=1) @ np.arange(6),
        lambda p: p.argmax(axis=1),
    ),
    "one number": ("regression", lambda level: level - 2.5, lambda p: p[:, 0] + 2.5, None),
    "five questions": (
        "multi_label_classification",
        lambda level: [float(level > border) for border in range(BORDERS)],
        lambda p: (1 / (1 + np.exp(-p))).sum(axis=1),
        lambda p: (p > 0).sum(axis=1),
    ),
    "one number, not centred": ("regression", float, lambda p: p[:, 0], None),
}
FOUND = Path(__file__).with_suffix(".json")


def measure(way: str, seed: int, rows: DatasetDict, tokenizer) -> dict[str, float]:
    """Train one model and return its validation scores, and the seconds of its training."""
    problem, target, place_of, level_of = WAYS[way]
    outputs = np.size(target(0)) if problem != "single_label_classification" else BORDERS + 1
    data = {
        split: part.remove_columns("label").add_column("label", [target(level) for level in part["label"][:]])
        for split, part in rows.items()
    }
    set_seed(seed)
    model = AutoModelForSequenceClassification.from_pretrained(
        offline_checkpoint(), num_labels=outputs, problem_type=problem
    )
    model.base_model.embeddings.requires_grad_(False)
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            folder,
            num_train_epochs=2,
            per_device_train_batch_size=16,
            per_device_eval_batch_size=64,
            learning_rate=2e-4,
            warmup_steps=0.1,
            weight_decay=0.01,
            train_sampling_strategy="group_by_length",
            save_strategy="no",
            logging_strategy="no",
            report_to="none",
            disable_tqdm=True,
            seed=seed,
        )
        trainer = Trainer(model, arguments, train_dataset=data["train"], processing_class=tokenizer)
        seconds, _ = timed(trainer.train)
        trainer.args.train_sampling_strategy = "random"  # else `predict` answers in another order
        logits = trainer.predict(data["validation"]).predictions
    truth, place = np.array(rows["validation"]["label"]), place_of(logits)
    level = level_of(logits) if level_of else np.clip(np.rint(place), 0, BORDERS).astype(int)
    return {
        "accuracy": np.mean(level == truth),
        "within_one": np.mean(abs(level - truth) <= 1),
        "kappa": cohen_kappa_score(truth, level, weights="quadratic"),
        "spearman": spearmanr(truth, place).statistic,
        "seconds": seconds,
    }


def main() -> None:
    """Measure every way with every seed, and print each."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    disable_progress_bars()
    tokenizer = AutoTokenizer.from_pretrained(offline_checkpoint())
    texts = load_dataset(str(DATA / "cefr")).map(
        lambda batch: tokenizer(batch["text"], truncation=True, max_length=TOKENS), batched=True
    )
    rows = {
        split: texts[split].train_test_split(train_size=size, stratify_by_column="label", seed=42)["train"]
        for split, size in {"train": ROWS, "validation": VALIDATION_ROWS}.items()
    }
    measured = {}
    for seed in SEEDS:
        for way in WAYS:
            measured.setdefault(way, {})[seed] = {
                name: round(float(value), 4) for name, value in measure(way, seed, rows, tokenizer).items()
            }
            print(way, seed, measured[way][seed], flush=True)
            write_in_one_step(FOUND, json.dumps(measured, indent=1) + "\n")


if __name__ == "__main__":
    main()
