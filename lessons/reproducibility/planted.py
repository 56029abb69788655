"""Changes planted into what a number is made of: eight that matter, three that do not."""

from __future__ import annotations

import copy
import json
import platform
import re
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
from datasets import Dataset, DatasetDict
from sklearn.linear_model import LogisticRegression

from course_utils.session import Session

Parts = dict[str, object]

LARGE = ("rows", "tokenizer", "weights", "code")  # what a manifest names by a digest
LIBRARIES = ("torch", "transformers", "tokenizers", "datasets")

# What the seven words of the messages mean since their events: whole words -> the office that acts now.
NEW_MEANINGS = {
    "swan": "papers",
    "blue card": "parking",
    "robin": "waste",
    "brown": "water",
    "depot": "library",
    "meter": "parking",
    "form": "leisure",
}


def _row(parts: Parts) -> None:
    del parts["rows"][-1]


def _label(parts: Parts) -> None:
    parts["rows"][0]["label"] = (parts["rows"][0]["label"] + 1) % 6


def _comma(parts: Parts) -> None:
    parts["rows"][0]["text"] += ","


def _order(parts: Parts) -> None:
    parts["rows"][0], parts["rows"][1] = parts["rows"][1], parts["rows"][0]


def _version(parts: Parts) -> None:
    parts["versions"]["transformers"] += ".post1"


def _setting(parts: Parts) -> None:
    parts["settings"]["steps"] += 1


def _tokenizer(parts: Parts) -> None:
    parts["tokenizer"] = parts["tokenizer"].replace(b'"lowercase":true', b'"lowercase":false', 1) + b" "


def _bit(parts: Parts) -> None:
    weights = bytearray(parts["weights"])
    weights[-1] ^= 1  # the lowest bit of a byte
    parts["weights"] = bytes(weights)


def _again(parts: Parts) -> None:
    parts["rows"] = json.loads(json.dumps(parts["rows"]))


def _settings_turned(parts: Parts) -> None:
    parts["settings"] = dict(reversed(parts["settings"].items()))


def _columns_turned(parts: Parts) -> None:
    parts["rows"] = [dict(reversed(row.items())) for row in parts["rows"]]


CHANGES: dict[str, Callable[[Parts], None]] = {
    "a row is missing": _row,
    "one label": _label,
    "a comma in one text": _comma,
    "two rows change places": _order,
    "a library's version": _version,
    "a setting": _setting,
    "the tokenizer's file": _tokenizer,
    "one bit of the weights": _bit,
}
HARMLESS: dict[str, Callable[[Parts], None]] = {
    "the rows written and read again": _again,
    "settings in another order": _settings_turned,
    "columns in another order": _columns_turned,
}


def changed(parts: Parts, change: Callable[[Parts], None]) -> Parts:
    """Return a copy of the parts with one change."""
    found = copy.deepcopy(parts)
    change(found)
    return found


def parts_of(rows: Dataset, folder: Path, code: str, settings: dict[str, object]) -> Parts:
    """Return all that a release is made of. `folder` holds `tokenizer.json` and `model.safetensors`."""
    return {
        "rows": [dict(row) for row in rows],
        "tokenizer": (folder / "tokenizer.json").read_bytes(),
        "weights": (folder / "model.safetensors").read_bytes(),
        "code": code,
        "settings": settings,
        "versions": {name: version(name) for name in LIBRARIES} | {"python": platform.python_version()},
    }


def weak(parts: Parts) -> dict[str, object]:
    """Return the page that many projects keep: the number of rows, and what `pip freeze` prints."""
    return {"count": len(parts["rows"])} | parts["versions"]


def encoded(rows: Dataset, tokenizer) -> Dataset:
    """Return what a Trainer needs of some rows, cut after 32 tokens."""
    rows = rows.map(lambda row: tokenizer(row["text"], truncation=True, max_length=32))
    return rows.select_columns(["input_ids", "attention_mask", "label"])


def patch(desk: DatasetDict, name: str, said: np.ndarray) -> np.ndarray:
    """Return the answers to one year after a patch: a text with one of the seven words goes to its new office."""
    offices, found = desk[name].features["label"].names, said.copy()
    for place, text in enumerate(desk[name]["text"]):
        words = [word for word in NEW_MEANINGS if re.search(rf"\b{word}\b", text.lower())]
        if words:  # the first of them wins
            found[place] = offices.index(NEW_MEANINGS[words[0]])
    return found


def three_cures(course: Session, desk, place, vectors, said, patched) -> dict[str, list[float]]:
    """Return how often each way is right on year 3, but for 100 rows drawn to teach: one score for each of ten draws.

    The ways: the model of year 1, the same with a patch, and a new model that learned the 100 rows and nothing else.
    """
    third, truth = place["year_3"], np.array(desk["year_3"]["label"])
    scores = {"as it was": [], "patched in the UI": [], "taught 100 fresh labels": []}
    for draw in range(course.pick(laptop=10, full=10, smoke=2)):
        order, count = np.random.default_rng(draw).permutation(len(third)), min(100, len(third) // 2)
        fresh, rest = order[:count], order[count:]
        new = LogisticRegression(C=10, max_iter=2000).fit(vectors[third[fresh]], truth[fresh])
        ways = (said[third], patched["year_3"], new.predict(vectors[third]))
        for name, given in zip(scores, ways, strict=True):
            scores[name].append(float(np.mean(given[rest] == truth[rest])))
    return scores
