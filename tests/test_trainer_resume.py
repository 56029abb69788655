"""The Trainer, killed after a checkpoint and resumed, ends with the weights of a training that nobody killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

STEPS, SAVE_AT, KILL_AT = 8, 4, 6
CHILD = """
import os, signal, sys
import torch
from datasets import Dataset
from transformers import BertConfig, BertForSequenceClassification, set_seed
from transformers import Trainer, TrainerCallback, TrainingArguments

folder, steps, save_at, kill_at = sys.argv[1], *map(int, sys.argv[2:])


class Kill(TrainerCallback):
    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


set_seed(7)
size = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
model = BertForSequenceClassification(BertConfig(vocab_size=50, num_labels=2, **size))
ids = torch.randint(5, 50, (20, 6)).tolist()
rows = Dataset.from_dict({"input_ids": ids, "attention_mask": [[1] * 6] * 20, "label": [row[0] % 2 for row in ids]})
arguments = TrainingArguments(
    output_dir=folder, max_steps=steps, save_steps=save_at, per_device_train_batch_size=4, learning_rate=1e-2,
    report_to="none", disable_tqdm=True, use_cpu=True, seed=3,
)
trainer = Trainer(model, arguments, train_dataset=rows, callbacks=[Kill()])
trainer.train(resume_from_checkpoint=True if os.path.isdir(f"{folder}/checkpoint-{save_at}") else None)
trainer.save_model(f"{folder}/end")
"""


def child(folder: Path, kill_at: int) -> int:
    """Train in a process of its own, or go on from the folder's newest checkpoint; return the exit code."""
    numbers = [str(number) for number in (STEPS, SAVE_AT, kill_at)]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", CHILD, str(folder), *numbers]
    return subprocess.run(command, env=environment, capture_output=True).returncode


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
def test_killed_and_resumed_is_the_same_as_never_killed(tmp_path):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    assert child(whole, kill_at=0) == 0

    assert child(cut, kill_at=KILL_AT) == -signal.SIGKILL
    assert not (cut / "end").exists()
    assert [path.name for path in cut.iterdir()] == [f"checkpoint-{SAVE_AT}"]
    assert child(cut, kill_at=0) == 0

    one, other = (load_file(folder / "end" / "model.safetensors") for folder in (whole, cut))
    halfway = load_file(cut / f"checkpoint-{SAVE_AT}" / "model.safetensors")
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert not all(torch.equal(one[name], halfway[name]) for name in one), "nothing was learned after the checkpoint"
