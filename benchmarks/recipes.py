"""The recipes that are compared: as the source documents print them, and as the lessons teach them.

A source's recipe is brought to today's API and to the offline checkpoint, and nothing else is changed. What does not
train is left out on both sides: evaluating and saving on the way. A recipe marked "grouped" is the source's own with
one change: batches of similar length, each as wide as its longest text. It tells how much of the gain is padding.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import torch
from datasets import Dataset
from peft import LoraConfig, get_peft_model
from transformers import (
    AutoModel,
    AutoTokenizer,
    BertForSequenceClassification,
    DataCollatorWithPadding,
    PrinterCallback,
    Trainer,
    TrainingArguments,
    set_seed,
)

from benchmarks import lesson_recipes
from course_utils.sources import offline_checkpoint

GROUPED = {"train_sampling_strategy": "group_by_length"}


@dataclass
class Counter:
    """A collator that counts what it hands out: places in the batches, and those that hold a real token."""

    collate: Callable[[list[dict]], dict]
    places: int = 0
    tokens: int = 0

    def __call__(self, rows: list[dict]) -> dict:
        batch = self.collate(rows)
        self.places += batch["attention_mask"].numel()
        self.tokens += int(batch["attention_mask"].sum())
        return batch


@dataclass(frozen=True)
class Trained:
    """A trained model, how to ask it (texts in, logits out), and what it cost.

    `seconds` is the training, `extra_seconds` what comes before it (a logistic regression for the head). Texts are cut
    at `max_length` tokens, in training and afterwards.
    """

    model: torch.nn.Module
    tokenizer: object
    counter: Counter
    seconds: float
    extra_seconds: float = 0.0
    max_length: int = 512


@dataclass(frozen=True)
class Recipe:
    """`name` and `what` for people; `train(rows, labels, epochs, seed, work)` returns `Trained`.

    A recipe that a lesson teaches names its slug as `lesson`; its name begins with it.
    """

    name: str
    what: str
    train: Callable[[Dataset, list[str], int, int, Path], Trained]
    lesson: str | None = None


@dataclass(frozen=True)
class Plain:
    """A training with the Trainer: how the texts become tokens, how the model is made, and the printed settings."""

    build: Callable[[int], torch.nn.Module]
    settings: dict
    tokens: dict = field(default_factory=dict)
    optimizer: Callable[[torch.nn.Module], torch.optim.Optimizer] | None = None

    def __call__(self, rows: Dataset, labels: list[str], epochs: int, seed: int, work: Path) -> Trained:
        tokenizer = AutoTokenizer.from_pretrained(offline_checkpoint())
        set_seed(seed)
        model = self.build(len(labels))
        rows = rows.map(lambda batch: tokenizer(batch["text"], truncation=True, **self.tokens), batched=True)
        counter = Counter(DataCollatorWithPadding(tokenizer))
        arguments = TrainingArguments(
            output_dir=str(work),
            num_train_epochs=epochs,
            seed=seed,
            save_strategy="no",
            logging_strategy="no",
            report_to="none",
            disable_tqdm=True,
            **self.settings,
        )
        optimizers = (self.optimizer(model) if self.optimizer else None, None)
        trainer = Trainer(model, arguments, counter, rows, optimizers=optimizers)
        trainer.remove_callback(PrinterCallback)
        seconds = trainer.train().metrics["train_runtime"]
        return Trained(model, tokenizer, counter, seconds, max_length=self.tokens.get("max_length", 512))


def full(classes: int) -> torch.nn.Module:
    """Return the checkpoint with a new head, all of it to be trained."""
    return BertForSequenceClassification.from_pretrained(offline_checkpoint(), num_labels=classes)


def printed_lora(classes: int) -> torch.nn.Module:
    """Return the model of notebook 1: LoRA on query and value, and the head."""
    return _with_lora(full(classes))


def lesson_lora(classes: int) -> torch.nn.Module:
    """Return the model of the lesson `lora`: the same LoRA, with a head that reads the mean."""
    return _with_lora(lesson_recipes.mean_pooling().from_pretrained(offline_checkpoint(), num_labels=classes))


def frozen_body(classes: int) -> torch.nn.Module:
    """Return the model of paper 3: the body frozen, a dense layer (BERT's pooler) and the classifier trained."""
    model = full(classes)
    model.bert.requires_grad_(False)
    model.bert.pooler.requires_grad_(True)
    return model


def _with_lora(model: torch.nn.Module) -> torch.nn.Module:
    plan = LoraConfig(task_type="SEQ_CLS", r=8, lora_alpha=16, lora_dropout=0.1, target_modules=["query", "value"])
    return get_peft_model(model, plan)


def train_case_emotion(rows: Dataset, labels: list[str], epochs: int, seed: int, work: Path, frozen: bool) -> Trained:
    """Run the cells of `case_emotion`: a regression as the head; if not `frozen`, one training at its gentle rate."""
    names = lesson_recipes.emotion(work, rows["text"], labels, seed)
    counter = names["collate"] = Counter(names["collate"])
    rows = names["prepare"](rows, len(rows))
    begun = time.perf_counter()
    model, _ = names["begin"](AutoModel.from_pretrained(names["checkpoint"]), rows)
    extra = time.perf_counter() - begun
    if frozen:
        return Trained(model, names["tokenizer"], _one_reading(rows, counter), extra)
    model = names["fine_tune"](model, rows, 1e-4, epochs, seed, "training")
    return Trained(model, names["tokenizer"], counter, names["spent"]["training"], extra)


def _one_reading(rows: Dataset, counter: Counter) -> Counter:
    """Count one reading of the rows, 64 at a time, as the `ask_all` of `case_emotion` pads them."""
    for batch in rows.select_columns(["input_ids", "attention_mask"]).iter(64):
        counter([dict(zip(batch, row, strict=True)) for row in zip(*batch.values(), strict=True)])
    return counter


def padded(places: int) -> dict:
    """Return the tokenizer's settings that pad and cut every text to one length."""
    return {"padding": "max_length", "max_length": places}


NOTEBOOK_1 = {"per_device_train_batch_size": 8, "learning_rate": 2e-4}
LORA = {"per_device_train_batch_size": 8, "learning_rate": 5e-3, "warmup_steps": 0.1, "weight_decay": 0.01}
PROJECT_2 = {"per_device_train_batch_size": 16, "learning_rate": 2e-5, "weight_decay": 0.01}
PAPER_3 = {"per_device_train_batch_size": 32, "learning_rate": 1e-3}  # Keras's defaults: the paper prints neither

RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("notebook 1", "LoRA, all padded to 512", Plain(printed_lora, NOTEBOOK_1, padded(512))),
        Recipe("notebook 1, grouped", "the same, no fixed length", Plain(printed_lora, NOTEBOOK_1 | GROUPED)),
        Recipe("lora", "LoRA, mean pooling, its own rate", Plain(lesson_lora, LORA | GROUPED), "lora"),
        Recipe("project 2", "all weights, all padded to 128", Plain(full, PROJECT_2, padded(128))),
        Recipe("project 2, grouped", "the same, no fixed length", Plain(full, PROJECT_2 | GROUPED)),
        Recipe(
            "case_emotion",
            "regression as head, then fine-tuned",
            partial(train_case_emotion, frozen=False),
            "case_emotion",
        ),
        Recipe(
            "paper 3",
            "body frozen, all padded and cut to 36",
            Plain(frozen_body, PAPER_3, padded(36), lambda model: torch.optim.Adam(model.parameters(), 1e-3)),
        ),
        Recipe(
            "case_emotion, frozen",
            "regression as head, nothing else",
            partial(train_case_emotion, frozen=True),
            "case_emotion",
        ),
    )
}
