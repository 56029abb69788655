"""The training of lesson `trainer`, for pairs and for words: the lower layers stay frozen, to save time."""

from __future__ import annotations

from transformers import Trainer, TrainingArguments

BATCH = 16


def fine_tune(course, model, tokenizer, rows, rate: float, steps: int, collator=None) -> Trainer:
    """Train the upper layers and the head, and return the Trainer."""
    model.base_model.embeddings.requires_grad_(False)
    model.base_model.encoder.layer[:3].requires_grad_(False)
    arguments = TrainingArguments(
        output_dir=course.workdir / "checkpoints",
        per_device_train_batch_size=BATCH,
        per_device_eval_batch_size=32,
        warmup_steps=0.1,  # a share of the steps
        save_strategy="no",
        report_to="none",
        seed=course.seed,
        max_steps=steps,
        learning_rate=rate,
    )
    tools = {"processing_class": tokenizer, "data_collator": collator}
    trainer = Trainer(model=model, args=arguments, train_dataset=rows, **tools)
    trainer.train()
    return trainer
