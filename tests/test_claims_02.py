"""What lesson 02 says without computing it."""

import tomllib
from mmap import ACCESS_READ, mmap
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, TaskType, get_peft_model
from transformers import AutoConfig, AutoModelForSequenceClassification, BertConfig

from course_utils import CourseError, sources
from course_utils.devices import gpu_message
from course_utils.memory import PeakMemory, dry_run

MESSAGES = tomllib.loads((sources.DATA / "cuda_messages.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", MESSAGES)
def test_every_gpu_message_says_where_it_is_from(name):
    entry = MESSAGES[name]
    assert {"source", "date"} <= set(entry) or {"recorded_on", "versions"} <= set(entry)
    assert entry["message"].strip() in gpu_message(name)
    assert "quoted from a bug report" in gpu_message(name) or "recorded on" in gpu_message(name)


def test_an_unknown_gpu_message_is_refused_with_the_known_names():
    with pytest.raises(CourseError, match="two_devices"):
        gpu_message("no_such_error")


@pytest.mark.parametrize(
    "words",
    [b"found at least two devices, ", b", different from other tensors on "],
)
def test_the_installed_torch_still_says_the_quoted_words(words):
    libraries = (Path(torch.__file__).parent / "lib").glob("*torch_cpu*")
    assert any(mmap(file.fileno(), 0, access=ACCESS_READ).find(words) > 0 for file in map(Path.open, libraries))


def test_on_a_cpu_the_five_errors_say_what_the_lesson_reads_out_of_them():
    logits, target = torch.zeros(1, 4), torch.tensor([4])
    with pytest.raises(RuntimeError, match="Tensor on device cpu is not on the expected device meta"):
        torch.nn.functional.cross_entropy(logits, target.to("meta"))
    with pytest.raises(RuntimeError, match="allocate"):
        torch.empty(10**15)
    with pytest.raises(IndexError, match="Target 4 is out of bounds"):
        torch.nn.functional.cross_entropy(logits, target)
    with pytest.raises(IndexError, match="index out of range"):
        torch.nn.Embedding(100, 8)(torch.tensor([100]))


def test_minus_100_is_left_out_of_the_loss_and_minus_1_is_not():
    logits = torch.zeros(2, 4)
    kept = torch.nn.functional.cross_entropy(logits[:1], torch.tensor([1]))
    assert torch.nn.functional.cross_entropy(logits, torch.tensor([1, -100])) == kept
    with pytest.raises(IndexError, match="Target -1 is out of bounds"):
        torch.nn.functional.cross_entropy(logits, torch.tensor([1, -1]))


def test_without_num_labels_a_third_class_is_out_of_bounds():
    model = AutoModelForSequenceClassification.from_pretrained(sources.offline_checkpoint())
    with pytest.raises(IndexError, match="Target 2 is out of bounds"):
        model(input_ids=torch.ones(4, 3, dtype=torch.long), labels=torch.tensor([1, 0, 2, 3]))


def test_checkpointing_has_a_new_name_and_the_old_one_says_so():
    model = AutoModelForSequenceClassification.from_config(BertConfig(num_hidden_layers=1))
    with pytest.warns(FutureWarning, match="activation_checkpointing_enable"):
        model.gradient_checkpointing_enable()


def test_numbers_do_not_come_back_from_meta():
    with pytest.raises(NotImplementedError, match="Cannot copy out of meta tensor"):
        torch.ones(2).to("meta").to("cpu")


def test_lora_checkpointing_and_pieces_together_need_about_a_tenth():
    """Against the 1,446 MB of the lesson, which `tests/test_lessons.py` holds in a band."""
    config = AutoConfig.from_pretrained(sources.offline_checkpoint(), num_labels=4)
    model = AutoModelForSequenceClassification.from_config(config).train()
    model = get_peft_model(model, LoraConfig(TaskType.SEQ_CLS, target_modules=["query", "value"]))
    model.gradient_checkpointing_enable()
    with dry_run(model), PeakMemory(model) as memory:
        optimizer = torch.optim.AdamW(weight for weight in model.parameters() if weight.requires_grad)
        for _ in range(4):
            ids = torch.ones(8, 128, dtype=torch.long)
            (model(input_ids=ids, labels=ids[:, 0]).loss / 4).backward()
        optimizer.step()
    weights = sum(weight.numel() for weight in model.parameters()) * 4 / 1e6
    assert 0.07 < memory.peak_mb / 1446 < 0.13
    assert weights > memory.peak_mb / 2
