"""The count of memory: exact for tensors, the same without arithmetic, and near to what the system says."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification

from course_utils.memory import PeakMemory, dry_run

SMALL = BertConfig(vocab_size=500, hidden_size=64, num_hidden_layers=2, num_attention_heads=4, intermediate_size=128)


def two_steps(model):
    optimizer = torch.optim.AdamW(weight for weight in model.parameters() if weight.requires_grad)
    for _ in range(2):
        ids = torch.ones(4, 16, dtype=torch.long)
        model(input_ids=ids, labels=ids[:, 0]).loss.backward()
        optimizer.step()
        optimizer.zero_grad()


def test_it_counts_what_lives_at_the_same_time():
    with PeakMemory() as memory:
        first = torch.zeros(250_000)  # 1 MB
        view = first.view(500, 500)
        del first, view
        second = torch.zeros(500_000)  # 2 MB
        third = second + 1  # 2 MB more
    assert memory.peak_mb == pytest.approx(4.0, abs=0.001)
    assert third.sum() == 500_000


def test_a_module_is_counted_from_the_beginning():
    assert PeakMemory(torch.nn.Linear(1000, 250, bias=False)).peak_mb == pytest.approx(1.0)


@pytest.mark.parametrize("checkpointing", [False, True])
def test_a_dry_run_counts_the_same_and_computes_nothing(checkpointing):
    peaks = []
    for dry in (False, True):
        model = BertForSequenceClassification(SMALL).train()
        if checkpointing:
            model.activation_checkpointing_enable()
        if dry:
            with dry_run(model), PeakMemory(model) as memory:
                two_steps(model)
        else:
            with PeakMemory(model) as memory:
                two_steps(model)
        peaks.append(memory.peak_mb)
    assert peaks[0] == peaks[1] > 1


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux's own record of the peak")
def test_the_system_sees_the_count_and_a_part_more():
    """The same training in a fresh process, its peak read from the kernel."""
    program = """
import torch
from transformers import BertConfig, BertForSequenceClassification
from course_utils.memory import PeakMemory

def status(name):
    return int(next(line for line in open("/proc/self/status") if line.startswith(name)).split()[1]) * 1024 / 1e6

def step(model, rows):
    ids = torch.ones(rows, 64, dtype=torch.long)
    model(input_ids=ids, labels=ids[:, 0]).loss.backward()

config = BertConfig(vocab_size=500, hidden_size=128, num_hidden_layers=3, num_attention_heads=4, intermediate_size=512)
model = BertForSequenceClassification(config).train()
step(model, 1)
model.zero_grad()
before = status("VmRSS")
open("/proc/self/clear_refs", "w").write("5")
step(model, 64)
system = status("VmHWM") - before
model.zero_grad()
held = PeakMemory(model).peak_mb
with PeakMemory(model) as memory:
    step(model, 64)
print(system, memory.peak_mb - held)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    if "Permission" in done.stderr:
        pytest.skip("this system does not let a process reset its record")
    system, counted = map(float, done.stdout.split())
    assert counted > 100
    assert 1.0 < system / counted < 1.6, done.stdout  # what operations need inside themselves comes on top
