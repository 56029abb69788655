"""The state of a training in two files of plain data: tensors in safetensors, all else in JSON."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

TENSORS, REST = "training.safetensors", "training.json"
MARK = "tensor: "  # in the JSON file: here belongs the tensor of this name


def write(folder: Path, state: dict) -> None:
    """Write a dictionary with tensors in any of its dictionaries and lists, such as an optimizer's `state_dict`."""
    tensors: dict[str, torch.Tensor] = {}
    (folder / REST).write_text(json.dumps(_without_tensors(state, "", tensors)), encoding="utf-8")
    save_file(tensors, folder / TENSORS)


def read(folder: Path) -> dict:
    """Return the dictionary that `write` has written. Keys that are digits are numbers again, tuples are lists."""
    return _with_tensors(json.loads((folder / REST).read_text(encoding="utf-8")), load_file(folder / TENSORS))


def _without_tensors(value: object, place: str, tensors: dict[str, torch.Tensor]) -> object:
    if isinstance(value, torch.Tensor):
        tensors[place] = value.contiguous()
        return MARK + place
    if isinstance(value, dict):
        return {key: _without_tensors(each, f"{place}/{key}", tensors) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_tensors(each, f"{place}/{number}", tensors) for number, each in enumerate(value)]
    return value


def _with_tensors(value: object, tensors: dict[str, torch.Tensor]) -> object:
    if isinstance(value, str) and value.startswith(MARK):
        return tensors[value.removeprefix(MARK)]
    if isinstance(value, dict):
        return {int(key) if key.isdigit() else key: _with_tensors(each, tensors) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_tensors(each, tensors) for each in value]
    return value
