"""What this lesson says and no cell of it computes: the project's steps, the Trainer's rules, the errors of its table."""

import math
from dataclasses import fields

import pytest
import torch
from datasets import Dataset
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    EarlyStoppingCallback,
    Trainer,
    TrainingArguments,
)


def count_steps(rows, epochs, batch):
    return math.ceil(rows / batch) * epochs


@pytest.fixture
def model():
    size = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    return BertForSequenceClassification(BertConfig(vocab_size=50, num_labels=8, **size))


@pytest.fixture
def rows():
    """Eight rows of unequal length."""
    ids = [[5 + row] * (1 + row % 4) for row in range(8)]
    return Dataset.from_dict({"input_ids": ids, "label": list(range(8))})


def arguments(folder, **more):
    fixed = {"output_dir": folder, "report_to": "none", "use_cpu": True, "disable_tqdm": True, "max_steps": 2}
    fixed |= {"per_device_train_batch_size": 1, "per_device_eval_batch_size": 1}
    return TrainingArguments(**(fixed | more))


class TestTheProjectsSteps:
    """The folded answer about 126 and 564 steps."""

    def test_model_5_used_batches_of_32(self):
        assert count_steps(2000, 2, 16) == 250
        assert count_steps(2000, 2, 32) == 126

    def test_the_later_training_used_batches_of_16(self):
        assert count_steps(3000, 3, 32) == 282
        assert count_steps(3000, 3, 16) == 564


class TestArguments:
    def test_every_argument_in_the_six_tables_exists(self):
        named = """num_train_epochs max_steps per_device_train_batch_size gradient_accumulation_steps learning_rate
        warmup_steps lr_scheduler_type weight_decay max_grad_norm logging_steps eval_strategy eval_steps report_to
        save_strategy save_steps save_total_limit load_best_model_at_end metric_for_best_model seed
        per_device_eval_batch_size bf16 fp16 use_cpu gradient_checkpointing optim push_to_hub hub_model_id hub_strategy
        hub_private_repo hub_token train_sampling_strategy"""
        assert set(named.split()) <= {field.name for field in fields(TrainingArguments)}

    def test_the_default_is_not_to_evaluate(self, tmp_path):
        assert arguments(tmp_path).eval_strategy == "no"

    def test_best_needs_no_matching_strategies(self, tmp_path):
        settings = {"eval_strategy": "steps", "eval_steps": 3, "save_strategy": "best", "metric_for_best_model": "loss"}
        assert arguments(tmp_path, load_best_model_at_end=True, **settings).load_best_model_at_end

    def test_a_share_of_the_steps_may_be_given(self, model, rows, tmp_path):
        """The folded answer: eval_steps=0.25 means four times."""
        settings = {"eval_strategy": "steps", "eval_steps": 0.25, "save_strategy": "no", "max_steps": 8}
        trainer = Trainer(model, arguments(tmp_path, **settings), train_dataset=rows, eval_dataset=rows)
        trainer.train()
        assert sum("eval_loss" in entry for entry in trainer.state.log_history) == 4

    def test_accumulated_batches_make_one_step(self, model, rows, tmp_path):
        """The folded answer: `count_steps(160, 3, 4, accumulation=4)` is 30. Here: 8 batches, 3 at a time."""
        assert math.ceil(math.ceil(160 / 4) / 4) * 3 == 30
        settings = {"gradient_accumulation_steps": 3, "max_steps": -1, "num_train_epochs": 1, "save_strategy": "no"}
        trainer = Trainer(model, arguments(tmp_path, **settings), train_dataset=rows)
        trainer.train()
        assert trainer.state.global_step == 3

    def test_max_steps_wins_over_epochs(self, model, rows, tmp_path):
        trainer = Trainer(model, arguments(tmp_path, num_train_epochs=3, save_strategy="no"), train_dataset=rows)
        trainer.train()
        assert trainer.state.global_step == 2


class TestWhereItBreaks:
    def test_an_old_name(self, tmp_path):
        with pytest.raises(TypeError, match="unexpected keyword argument 'evaluation_strategy'"):
            arguments(tmp_path, evaluation_strategy="epoch")

    def test_evaluation_without_data(self, model, rows, tmp_path):
        with pytest.raises(ValueError, match=r"eval_strategy.* but you didn't pass an `eval_dataset`"):
            Trainer(model, arguments(tmp_path, eval_strategy="epoch"), train_dataset=rows)

    def test_a_metric_that_nobody_computes(self, model, rows, tmp_path):
        settings = {"eval_strategy": "steps", "eval_steps": 1, "save_steps": 1, "metric_for_best_model": "accuracy"}
        trainer = Trainer(
            model, arguments(tmp_path, load_best_model_at_end=True, **settings), train_dataset=rows, eval_dataset=rows
        )
        with pytest.raises(KeyError, match="eval_accuracy"):
            trainer.train()

    def test_early_stopping_without_evaluation(self, model, rows, tmp_path):
        trainer = Trainer(
            model, arguments(tmp_path, metric_for_best_model="loss"), train_dataset=rows,
            callbacks=[EarlyStoppingCallback()],
        )  # fmt: skip
        with pytest.raises(AssertionError, match="EarlyStoppingCallback requires IntervalStrategy"):
            trainer.train()

    def test_resume_without_a_checkpoint(self, model, rows, tmp_path):
        trainer = Trainer(model, arguments(tmp_path), train_dataset=rows)
        with pytest.raises(ValueError, match="No valid checkpoint found"):
            trainer.train(resume_from_checkpoint=True)

    @pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
    def test_bf16_on_a_cpu_must_be_asked_for_twice(self, tmp_path):
        with pytest.raises(ValueError, match="You need to assign use_cpu"):
            arguments(tmp_path, bf16=True, use_cpu=False)
        assert arguments(tmp_path, bf16=True, use_cpu=True).bf16


def test_grouping_by_length_reorders_the_answers(model, rows, tmp_path):
    """Its `label_ids` come in the order of the answers, a column of the dataset does not."""
    orders = {}
    for strategy in ("random", "group_by_length"):
        trainer = Trainer(model, arguments(tmp_path, train_sampling_strategy=strategy), eval_dataset=rows)
        orders[strategy] = trainer.predict(rows).label_ids.tolist()
    assert orders["random"] == rows["label"][:]
    assert orders["group_by_length"] != rows["label"][:]
    assert sorted(orders["group_by_length"]) == rows["label"][:]


def test_a_second_train_goes_on_where_the_first_ended(model, rows, tmp_path):
    trainer = Trainer(model, arguments(tmp_path, save_strategy="no"), train_dataset=rows)
    before = model.classifier.weight.clone()
    trainer.train()
    assert trainer.model is model
    assert not torch.equal(before, model.classifier.weight)


def test_tensorboard_writes_where_the_environment_says(model, rows, tmp_path, monkeypatch):
    monkeypatch.setenv("TENSORBOARD_LOGGING_DIR", str(tmp_path / "there"))
    Trainer(model, arguments(tmp_path, report_to="tensorboard", logging_steps=1), train_dataset=rows).train()
    assert list((tmp_path / "there").glob("events.out.tfevents*"))
