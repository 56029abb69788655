"""Measures what the course's own data is good for: `python -m benchmarks.data_marks --public FOLDER`.

For each dataset in `data/`, on rows it was not trained on: word counting (TF-IDF with logistic regression), and the
offline checkpoint fine-tuned by `RECIPE`, three seeds. With `--public` also transfer: the same models, judged on public
texts that people labelled. FOLDER holds repositories as the Hub lays them out (`cardiffnlp/tweet_eval`, ...). The
datasets of the second half have measures of their own: `benchmarks/planted.py`.
Writes `benchmarks/data_marks.json`; `course data` puts its numbers into the cards.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import torch
import transformers
from datasets import ClassLabel, Dataset, load_dataset
from scipy.special import softmax
from scipy.stats import spearmanr
from sklearn.metrics import accuracy_score, f1_score
from transformers import AutoModelForSequenceClassification, AutoTokenizer, Trainer

from benchmarks import planted
from benchmarks.measure import timed
from benchmarks.plain import RECIPE, counting, fine_tuned, over_seeds
from course_tools.data.cards import LEVELS, MARKS, digest
from course_tools.data.page import MEASURED, NAMES
from course_tools.files import write_in_one_step
from course_utils.sources import DATA, offline_checkpoint

VERSIONS = f"torch {torch.__version__.split('+')[0]}, transformers {transformers.__version__}"
MAX_LENGTH = {"train": 256, "test": 512}  # tokens
PER_LEVEL = 40
CEFR_SP = "UniversalCEFR/cefr_sp_en/cefr_sp_en.json"


def tokenized(rows: Dataset, tokenizer, max_length: int) -> Dataset:
    """Return the rows with the tokenizer's columns."""
    return rows.map(lambda batch: tokenizer(batch["text"], truncation=True, max_length=max_length), batched=True)


def fine_tune(train: Dataset, tokenizer, seed: int) -> Trainer:
    """Return a Trainer that has fine-tuned the offline checkpoint, all but its embeddings, on `train`."""
    classes = train.features["label"].num_classes
    model = AutoModelForSequenceClassification.from_pretrained(offline_checkpoint(), num_labels=classes)
    model.base_model.embeddings.requires_grad_(False)
    return fine_tuned(model, train, seed, RECIPE, tokenizer)


def scores_of(name: str, truth: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    """Return the scores of predicted class probabilities, rows x classes: for `cefr` also those of an ordered label.

    The Spearman correlations are with the expected level (the classes' numbers weighted by their probabilities) and
    with the most likely level.
    """
    said = probabilities.argmax(axis=1)
    found = {"accuracy": accuracy_score(truth, said), "macro_f1": f1_score(truth, said, average="macro")}
    if name == LEVELS:
        expected = probabilities @ np.arange(probabilities.shape[1])
        found["spearman"] = spearmanr(truth, expected).statistic
        found["spearman_of_most_likely"] = spearmanr(truth, said).statistic
        found["within_one_level"] = np.mean(np.abs(truth - said) <= 1)
    return {score: float(value) for score, value in found.items()}


def word_counting(name: str, train: Dataset, test: Dataset) -> dict[str, float]:
    """Return the scores of TF-IDF with logistic regression."""
    model = counting(train["text"], train["label"])
    return scores_of(name, np.array(test["label"]), model.predict_proba(list(test["text"])))


def public_rows(name: str, folder: Path, labels: list[str]) -> Iterator[tuple[str, Dataset]]:
    """Yield the public test sets below `folder` for one dataset, with the label numbers of `labels`."""
    if name == "emotion" and (tweets := folder / "cardiffnlp/tweet_eval").is_dir():
        for split in ("train", "validation", "test"):
            yield f"TweetEval {split}", load_dataset(str(tweets), "emotion", split=split)
    if name == LEVELS and (file := folder / CEFR_SP).is_file():
        rows = json.loads(file.read_text(encoding="utf-8"))
        columns = {"text": [row["text"] for row in rows], "label": [row["cefr_level"] for row in rows]}
        sentences = Dataset.from_dict(columns).cast_column("label", ClassLabel(names=labels))
        yield "CEFR-SP sentences", sentences
        yield f"CEFR-SP, at most {PER_LEVEL} of each level", at_most(PER_LEVEL, sentences)


def at_most(limit: int, rows: Dataset) -> Dataset:
    """Return the first rows of each label in a fixed random order: a rank correlation needs more than two levels."""
    mixed = rows.shuffle(seed=0)
    labels = np.array(mixed["label"])
    kept = np.concatenate([np.flatnonzero(labels == label)[:limit] for label in np.unique(labels)])
    return mixed.select(kept)


def measure(name: str, seeds: list[int], public: Path | None) -> dict:
    """Return the scores of one dataset: for each test set the two methods, and the rows counted."""
    with tempfile.TemporaryDirectory() as cache:  # the usual cache may hold older rows
        data = load_dataset(str(DATA / name), cache_dir=cache, keep_in_memory=True)
    labels = data["train"].features["label"].names
    tests = {"own test rows": data["test"]}
    if name == LEVELS:
        tests["own passages among them"] = data["test"].filter(lambda row: row["format"] == "passage")
    tests |= public_rows(name, public, labels) if public else {}
    result = {
        test: {"rows": len(rows), "counting": word_counting(name, data["train"], rows)} for test, rows in tests.items()
    }

    tokenizer = AutoTokenizer.from_pretrained(offline_checkpoint())
    train = tokenized(data["train"], tokenizer, MAX_LENGTH["train"])
    ready = {test: tokenized(rows, tokenizer, MAX_LENGTH["test"]) for test, rows in tests.items()}
    runs: dict[str, list] = {test: [] for test in tests}
    for seed in seeds:
        seconds, trainer = timed(lambda seed=seed: fine_tune(train, tokenizer, seed))
        print(f"{name}, seed {seed}: {seconds:.0f} s of training", flush=True)
        for test, rows in ready.items():
            said = trainer.predict(rows)  # in an order of its own, because of group_by_length
            runs[test].append(scores_of(name, said.label_ids, softmax(said.predictions, axis=1)))
            print("   ", test, {score: round(value, 3) for score, value in runs[test][-1].items()}, flush=True)
    for test in tests:
        result[test]["fine_tuned"] = over_seeds(runs[test])
    return {
        "recipe": {**RECIPE, "max_length": MAX_LENGTH["train"]},
        "seeds": seeds,
        "train_rows": len(train),
        "tests": result,
    }


def main() -> None:
    """Measure the named datasets and keep the other datasets' earlier scores."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = (*NAMES, *MEASURED)
    parser.add_argument("--data", nargs="+", default=names, choices=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--public", type=Path, help="a folder with public datasets, as the Hub lays them out")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    options = parser.parse_args()
    found = json.loads(MARKS.read_text(encoding="utf-8")) if MARKS.exists() else {}
    for name in options.data:
        one = measure(name, options.seeds, options.public) if name in NAMES else planted.measure(name, options.seeds)
        found[name] = {"digest": digest(DATA / name), "date": f"{date.today():%Y-%m-%d}", "versions": VERSIONS, **one}
        write_in_one_step(MARKS, json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
