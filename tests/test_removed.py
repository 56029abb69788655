"""What older courses print and today's libraries no longer take: each old line fails as stated, the new one works.

This is the course's migration table. When a library changes again, a test here says so before a student does.
"""

import inspect

import datasets
import evaluate
import pytest
import torch
import transformers
from transformers import (
    AutoModel,
    AutoTokenizer,
    BertForSequenceClassification,
    DataCollatorWithPadding,
    Trainer,
    TrainingArguments,
)
from transformers.integrations import TensorBoardCallback

from course_utils import sources
from course_utils.session import seed_everything


@pytest.fixture(scope="module")
def checkpoint():
    return sources.offline_checkpoint()


@pytest.fixture(scope="module")
def tokenizer(checkpoint):
    return AutoTokenizer.from_pretrained(checkpoint)


@pytest.fixture
def model(checkpoint):
    seed_everything(0)
    return BertForSequenceClassification.from_pretrained(checkpoint, num_labels=3)


REPLACED = [
    ({"evaluation_strategy": "epoch"}, {"eval_strategy": "epoch"}),
    ({"warmup_ratio": 0.1}, {"warmup_steps": 0.1}),
    ({"group_by_length": True}, {"train_sampling_strategy": "group_by_length"}),
    ({"no_cuda": True}, {"use_cpu": True}),
    ({"per_gpu_train_batch_size": 8}, {"per_device_train_batch_size": 8}),
    ({"logging_dir": "logs"}, {"report_to": "none"}),
    ({"overwrite_output_dir": True}, {}),
    ({"save_safetensors": True}, {}),
]


@pytest.mark.parametrize(("old", "new"), REPLACED, ids=lambda arguments: next(iter(arguments), "nothing"))
def test_training_arguments(old, new, tmp_path):
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{next(iter(old))}'"):
        TrainingArguments(output_dir=tmp_path, **old)
    arguments = TrainingArguments(output_dir=tmp_path, **new)
    for name, value in new.items():
        assert getattr(arguments, name) in (value, [], [value])


def test_warmup_steps_below_one_is_a_share_of_all_steps(tmp_path):
    assert TrainingArguments(output_dir=tmp_path, warmup_steps=0.1).get_warmup_steps(200) == 20


def test_the_trainer_takes_processing_class_and_no_tokenizer(model, tokenizer, tmp_path):
    arguments = TrainingArguments(output_dir=tmp_path, report_to="none")
    with pytest.raises(TypeError, match="unexpected keyword argument 'tokenizer'"):
        Trainer(model=model, args=arguments, tokenizer=tokenizer)
    trainer = Trainer(model=model, args=arguments, processing_class=tokenizer)
    assert isinstance(trainer.data_collator, DataCollatorWithPadding)


def test_the_tensorboard_callback_takes_no_folder():
    with pytest.raises(TypeError, match="unexpected keyword argument 'log_dir'"):
        TensorBoardCallback(log_dir="logs")
    assert list(inspect.signature(TensorBoardCallback.__init__).parameters) == ["self", "tb_writer"]


def test_safe_serialization_is_swallowed_and_changes_nothing(model, tmp_path):
    model.save_pretrained(tmp_path, safe_serialization=False)
    assert (tmp_path / "model.safetensors").exists()
    assert not list(tmp_path.glob("*.bin"))


@pytest.mark.parametrize(
    ("library", "name"),
    [
        (datasets, "list_datasets"),
        (datasets, "load_metric"),
        (transformers, "TFBertForSequenceClassification"),
        (transformers, "AdamW"),
    ],
)
def test_names_that_are_gone(library, name):
    assert not hasattr(library, name)


def test_their_successors_are_there():
    from huggingface_hub import HfApi

    assert callable(HfApi().list_datasets)
    assert callable(evaluate.load)
    assert hasattr(torch.optim, "AdamW")


def test_batch_encode_plus_is_gone_and_calling_the_tokenizer_works(tokenizer):
    with pytest.raises(AttributeError, match="batch_encode_plus"):
        tokenizer.batch_encode_plus(["one", "two"])
    assert len(tokenizer(["one", "two"])["input_ids"]) == 2


def test_use_auth_token_is_gone(checkpoint):
    with pytest.raises(TypeError, match="use_auth_token"):
        AutoModel.from_pretrained(checkpoint, use_auth_token=False)
    AutoModel.from_pretrained(checkpoint, token=False)


def test_datasets_that_are_loading_scripts_are_refused(tmp_path):
    script = tmp_path / "old_dataset.py"
    script.write_text("import datasets\n")
    with pytest.raises(RuntimeError, match="Dataset scripts are no longer supported"):
        datasets.load_dataset(str(script))
    (tmp_path / "data").mkdir()
    datasets.Dataset.from_dict({"text": ["a"]}).to_parquet(tmp_path / "data" / "train.parquet")
    assert len(datasets.load_dataset(str(tmp_path / "data"), split="train")) == 1


def test_a_local_folder_with_a_card_is_served_from_the_cache_after_its_rows_changed(tmp_path):
    folder, cache = tmp_path / "folder", tmp_path / "cache"
    folder.mkdir()
    (folder / "README.md").write_text("---\nconfigs: [{config_name: default, data_files: rows.csv}]\n---\n")
    (folder / "rows.csv").write_text("text\nold\n")
    assert datasets.load_dataset(str(folder), cache_dir=cache)["train"]["text"][0] == "old"
    (folder / "rows.csv").write_text("text\nnew and longer\n")
    assert datasets.load_dataset(str(folder), cache_dir=cache)["train"]["text"][0] == "old"
    again = datasets.load_dataset(str(folder), cache_dir=cache, download_mode="force_redownload")
    assert again["train"]["text"][0] == "new and longer"


def test_a_metric_by_name_needs_the_hub_and_a_folder_does_not(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(evaluate.config, "HF_EVALUATE_OFFLINE", True)
    with pytest.raises((FileNotFoundError, ConnectionError)):
        evaluate.load("a_metric_of_nobody")
    accuracy = evaluate.load(sources.metric("accuracy"))
    assert accuracy.compute(predictions=[0, 1, 1], references=[0, 1, 0]) == {"accuracy": pytest.approx(2 / 3)}
    f1 = evaluate.load(sources.metric("f1"))
    assert f1.compute(predictions=[0, 1, 1], references=[0, 1, 0], average="macro")["f1"] == pytest.approx(2 / 3)


def test_bert_takes_label_without_a_word_and_gives_no_loss(model, tokenizer):
    batch = tokenizer(["hello"], return_tensors="pt")
    assert model(**batch, label=torch.tensor([0])).loss is None
    assert model(**batch, labels=torch.tensor([0])).loss is not None


def test_the_trainers_collator_renames_label(tokenizer):
    batch = DataCollatorWithPadding(tokenizer)([{**tokenizer("hello"), "label": 1}])
    assert "label" not in batch
    assert batch["labels"].tolist() == [1]


def test_internationalization_has_two_pieces(tokenizer):
    assert tokenizer.tokenize("internationalization") == ["international", "##ization"]


def test_grouping_by_length_also_reorders_predictions(model, tokenizer, tmp_path):
    """Not in any source document, and easy to miss: predictions come back in another order than the rows."""
    texts = ["word " * (length % 7 + 1) for length in range(32)]
    rows = datasets.Dataset.from_dict({"text": texts, "label": list(range(32))})
    rows = rows.map(lambda row: tokenizer(row["text"])).map(lambda row: {"labels": row["label"] % 3})
    order = {}
    for strategy in ("random", "group_by_length"):
        arguments = TrainingArguments(
            output_dir=tmp_path,
            report_to="none",
            train_sampling_strategy=strategy,
            per_device_eval_batch_size=4,
            disable_tqdm=True,
        )
        trainer = Trainer(model=model, args=arguments, processing_class=tokenizer)
        order[strategy] = trainer.predict(rows.remove_columns("label")).label_ids.tolist()
    assert order["random"] == [row % 3 for row in range(32)]
    assert order["group_by_length"] != order["random"]
