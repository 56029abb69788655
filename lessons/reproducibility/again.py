"""Train again in a new process that knows nothing of this one, and keep a small cache of the Hub to look at."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import torch

from course_utils.session import Session

SCRIPT = """
from itertools import islice

import torch
from datasets import disable_progress_bars, load_dataset
from safetensors.torch import save_file
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader
from transformers import logging
from course_utils import start
from course_utils.upper_layers import UpperLayers, read_below

disable_progress_bars()
logging.disable_progress_bar()
torch.set_num_threads({threads})
course = start({lesson!r}, {profile!r})
years = load_dataset(*course.dataset("messages"))
rows = years["year_1"].select(range({rows}))
hidden, mask = read_below(list(rows["text"]), course, 1, 48)
topic = torch.tensor(rows["label"][:], device=course.device)

{source}

save_file(train(**{settings!r}).state_dict(), {file!r})
"""


def in_new_process(train: Callable, course: Session, rows: int, settings: Mapping[str, object], name: str) -> Path:
    """Call `train(**settings)` in a new Python, after the data was read there anew; return the file of its weights.

    The source of `train` is taken from the notebook. It may use the names that `SCRIPT` makes. The new process has as
    many threads as this one, and the same environment. `rows`: how many of year 1 it learns from; `name`: of the file,
    in the lesson's folder. Raises CalledProcessError where it fails.
    """
    file = course.workdir / name
    script = SCRIPT.format(
        threads=torch.get_num_threads(),
        lesson=course.lesson,
        profile=course.profile,
        rows=rows,
        source=inspect.getsource(train),
        settings=dict(settings),
        file=str(file),
    )
    root = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, env=os.environ | {"PYTHONPATH": paths}
    )
    return file


def variables_after(switch: Callable, *arguments: object) -> dict[str, str]:
    """Call a switch, and return the environment variables that it set. Both they and torch's flag are set back."""
    before = dict(os.environ)
    try:
        switch(*arguments)
        return {name: value for name, value in os.environ.items() if before.get(name) != value}
    finally:
        torch.use_deterministic_algorithms(False)
        os.environ.clear()
        os.environ.update(before)


def hub_cache(folder: Path, versions: Mapping[str, str]) -> Path:
    """Lay out a cache as `huggingface_hub` does, of a model "town/desk" with one file, `config.json`.

    `versions`: the commit -> what the file holds there, oldest first. The branch `main` points at the last one.
    """
    model = folder / "models--town--desk"
    for commit, text in versions.items():
        snapshot = model / "snapshots" / commit
        snapshot.mkdir(parents=True, exist_ok=True)
        (snapshot / "config.json").write_text(text, encoding="utf-8")
    (model / "refs").mkdir(exist_ok=True)
    (model / "refs" / "main").write_text(list(versions)[-1], encoding="utf-8")
    return folder
