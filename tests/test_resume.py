"""Lesson 06's own loop, taken out of its cells: killed in the middle, resumed by another process, the same bits."""

import os
import signal
import subprocess
import sys
import time

import pytest
import torch
from safetensors.torch import load_file

from course_tools.project import tagged_code

EPOCHS, STEPS_IN_EPOCH, SAVED_EVERY, KILLED_AFTER = 3, 4, 3, 6  # step 6: in the middle of the second epoch

# What the lesson has when it comes to its loop, in small: a BERT of two thin layers, twelve rows, dropout on.
PROGRAM = """
import sys, time
from pathlib import Path
from types import SimpleNamespace
import torch
from torch.utils.data import DataLoader
from transformers import BertConfig, BertForSequenceClassification

work, ways = Path(sys.argv[1]), sys.argv[2:]
torch.set_num_threads(1)
course = SimpleNamespace(device=torch.device("cpu"), seed=42, pick=lambda **sizes: sizes["laptop"])
labels = ["no", "yes"]
exec(compile((work / "loop.py").read_text(), "loop.py", "exec"))

def rows():
    numbers = torch.Generator().manual_seed(5)
    for row in range(12):
        yield {"input_ids": torch.randint(5, 60, (7,), generator=numbers), "labels": torch.tensor(row % 2)}

class Batch(dict):
    def to(self, device):
        return Batch({name: values.to(device) for name, values in self.items()})

def collate(rows):
    if ways == ["slowly"]:
        time.sleep(0.3)
    return Batch({name: torch.stack([row[name] for row in rows]) for name in rows[0]})

order = torch.Generator()
loader = DataLoader(list(rows()), 3, shuffle=True, collate_fn=collate, generator=order)
assert len(loader) == STEPS_IN_EPOCH
if not (work / "begin").exists():
    torch.manual_seed(0)
    sizes = dict(hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32, vocab_size=60)
    BertForSequenceClassification(BertConfig(**sizes, num_labels=2)).save_pretrained(work / "begin")

for way in ways:
    checkpoints = work / way
    checkpoints.mkdir()
    resumed = way in ("resumed", "forgetful")
    source = max((work / "slowly").glob("step-*")) if resumed else work / "begin"
    model = load(source)
    optimizer = make_optimizer(model)
    schedule = make_schedule(optimizer, EPOCHS * len(loader))
    torch.manual_seed(777 if resumed else 1)
    parts = ("optimizer", "schedule") if way == "forgetful" else ("optimizer", "schedule", "dice")
    done = restore(source, optimizer, schedule, parts) if resumed else 0
    print(way, "from step", done, flush=True)
    train(model, optimizer, schedule, loader, EPOCHS, done=done, folder=checkpoints, every=SAVED_EVERY)
    model.save_pretrained(checkpoints / "end")
"""


def start(work, *ways: str) -> subprocess.Popen:
    numbers = f"EPOCHS, STEPS_IN_EPOCH, SAVED_EVERY = {EPOCHS}, {STEPS_IN_EPOCH}, {SAVED_EVERY}\n"
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", numbers + PROGRAM, str(work), *ways]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def finish(work, *ways: str) -> str:
    process = start(work, *ways)
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    return output


def kill_after_step(work, step: int) -> None:
    """Start a slow training, and kill it as soon as the checkpoint of this step is there."""
    process = start(work, "slowly")
    checkpoint = work / "slowly" / f"step-{step:05}"
    while not checkpoint.exists() and process.poll() is None:
        time.sleep(0.01)
    process.kill()  # SIGKILL: no last words, no clean-up
    _, errors = process.communicate()
    assert checkpoint.exists(), errors
    assert process.returncode == (-signal.SIGKILL if os.name == "posix" else 1)


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """A folder with the loop, an unbroken training, the checkpoints of a killed one, and two ways to go on."""
    folder = tmp_path_factory.mktemp("resume")
    (folder / "loop.py").write_text(tagged_code("training_loop", "loop"), encoding="utf-8")
    finish(folder, "unbroken")
    kill_after_step(folder, KILLED_AFTER)
    resumed_from = finish(folder, "resumed", "forgetful").split()[3]
    assert KILLED_AFTER <= int(resumed_from) < EPOCHS * STEPS_IN_EPOCH
    return folder


def weights(folder) -> dict[str, torch.Tensor]:
    return load_file(folder / "end" / "model.safetensors")


def test_the_killed_training_did_not_finish(work):
    assert not (work / "slowly" / "end").exists()


def test_resumed_by_another_process_it_ends_with_the_same_bits(work):
    expected, found = weights(work / "unbroken"), weights(work / "resumed")
    assert set(found) == set(expected)
    for name, value in expected.items():
        assert torch.equal(found[name], value), name


def test_the_comparison_would_notice_a_part_that_is_missing(work):
    """Without the state of the dice, dropout falls otherwise, and the weights differ."""
    expected, found = weights(work / "unbroken"), weights(work / "forgetful")
    assert any(not torch.equal(found[name], value) for name, value in expected.items())


def test_training_has_moved_the_weights_and_left_the_frozen_ones(work):
    before = load_file(work / "begin" / "model.safetensors")
    after = weights(work / "unbroken")
    frozen = [name for name in before if name.startswith("bert.embeddings")]
    assert frozen
    assert all(torch.equal(before[name], after[name]) for name in frozen)
    assert not torch.equal(before["classifier.weight"], after["classifier.weight"])
