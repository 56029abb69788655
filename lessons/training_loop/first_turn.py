"""One turn of the loop with the lesson's first batch, as its cells do it line by line: for the picture at its head."""

from __future__ import annotations

import torch
from datasets import Dataset
from torch.nn.utils import clip_grad_norm_
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    DataCollatorWithPadding,
    get_linear_schedule_with_warmup,
    logging,
)

from course_utils.session import Session
from lessons.training_loop.batches import make_loader


def first_turn(course: Session, rows: Dataset, size: int, rate: float) -> tuple[list[tuple[str, str, str]], str]:
    """Return the eight stations (name, code, what came out of it), and what is said about the model.

    The random numbers of PyTorch are afterwards where they were: the lesson's own model gets the same head.
    """
    batch, steps = _first_batch(course, rows, size)
    model = _model(course, rows.features["label"].num_classes)
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    learned = sum(weight.numel() for weight in weights) / 1e6
    optimizer = torch.optim.AdamW(weights, lr=rate)
    schedule = get_linear_schedule_with_warmup(optimizer, 0, steps)

    output = model(**batch.to(course.device))
    output.loss.backward()
    norm = clip_grad_norm_(weights, 1.0).item()
    before = weights[0].detach().clone()
    optimizer.step()
    moved = (weights[0] - before).abs().median().item()
    schedule.step()
    optimizer.zero_grad()
    shape = " x ".join(map(str, batch["input_ids"].shape))
    stations = [
        ("batch", "batch.to(device)", f"{shape} ids of tokens"),
        ("forward", "model(**batch)", " x ".join(map(str, output.logits.shape)) + " logits"),
        ("loss", ".loss", f"{output.loss.item():.2f}: how wrong?"),
        ("backward", "loss.backward()", f"{learned:.1f} million gradients"),
        ("clip", "clip_grad_norm_(...)", f"their norm: {norm:.2f}, at most 1"),
        ("step", "optimizer.step()", f"a weight moves by {moved:.3g}"),
        ("scheduler", "schedule.step()", f"the next rate: {schedule.get_last_lr()[0]:.3g}"),
        ("forget", "optimizer.zero_grad()", f"gradients left: {sum(weight.grad is not None for weight in weights)}"),
    ]
    return stations, f"{model.num_parameters() / 1e6:.1f} million weights,\n{learned:.1f} million can learn"


def _first_batch(course: Session, rows: Dataset, size: int):
    tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
    tokens = rows.map(lambda row: tokenizer(row["text"], truncation=True))
    tokens = tokens.select_columns(["input_ids", "attention_mask", "label"])
    loader = make_loader(tokens, size, DataCollatorWithPadding(tokenizer))
    loader.generator.manual_seed(course.seed)
    return next(iter(loader)), len(loader)


def _model(course: Session, classes: int):
    """Return the lesson's classifier without the table that reports its new head: the lesson shows it."""
    loud = logging.get_verbosity()
    logging.set_verbosity_error()
    with torch.random.fork_rng():
        model = AutoModelForSequenceClassification.from_pretrained(course.checkpoint, num_labels=classes)
    logging.set_verbosity(loud)
    for weight in model.base_model.embeddings.parameters():
        weight.requires_grad = False
    return model.to(course.device)
