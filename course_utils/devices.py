"""Which device the model runs on, and how much memory is free."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from course_utils.errors import CourseError
from course_utils.sources import DATA

if TYPE_CHECKING:
    import torch


def choose_device() -> torch.device:
    """Return the best device of this machine: CUDA, else Apple's MPS, else the CPU."""
    import torch

    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def describe(device: torch.device) -> str:
    """Return the device in words: the name of the card, or the number of CPU threads that torch uses."""
    import torch

    if device.type == "cuda":
        total = torch.cuda.get_device_properties(device).total_memory / 2**30
        return f"cuda ({torch.cuda.get_device_name(device)}, {total:.0f} GiB)"
    if device.type == "cpu":
        threads = torch.get_num_threads()
        return f"cpu ({threads} thread{'s' if threads > 1 else ''})"
    return device.type


def free_memory_gib() -> float:
    """Return the main memory, in GiB, that programs can still take, as psutil counts it."""
    import psutil

    return psutil.virtual_memory().available / 2**30


def gpu_message(name: str) -> str:
    """Return what a GPU says in one of the errors of the lesson on CUDA, and under it where the words are from.

    Source: `data/cuda_messages.toml`. Raises CourseError for an unknown name.
    """
    messages = tomllib.loads((DATA / "cuda_messages.toml").read_text(encoding="utf-8"))
    if name not in messages:
        raise CourseError(f"There is no GPU message {name!r}. There are: {', '.join(messages)}.")
    entry = messages[name]
    if "source" in entry:
        origin = f"quoted from a bug report of {entry['date']}: {entry['source']}"
    else:
        origin = f"recorded on {entry['recorded_on']}, {entry['versions']}"
    return f"{entry['message'].strip()}\n[{origin}]"
