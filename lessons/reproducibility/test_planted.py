"""The planted changes change something, and what was given to them stays as it was."""

import copy

import numpy as np
import pytest
from datasets import ClassLabel, Dataset

from lessons.reproducibility.planted import CHANGES, HARMLESS, changed, patch

PARTS = {
    "rows": [{"text": "one", "label": 5}, {"text": "two", "label": 1}],
    "tokenizer": b'{"lowercase":true}',
    "weights": b"\x00\x01",
    "settings": {"steps": 10, "rate": 0.1},
    "versions": {"transformers": "5"},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_changes_a_copy(change):
    before = copy.deepcopy(PARTS)
    assert changed(PARTS, change) != PARTS == before


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_a_harmless_one_changes_nothing(change):
    assert changed(PARTS, change) == PARTS


def test_the_patch_knows_whole_words_only():
    names = ["leisure", "library", "papers", "parking", "waste", "water"]
    texts = ["The Swan rang.", "some swansong", "My blue card", "a formal letter"]
    rows = Dataset.from_dict({"text": texts, "label": [0, 0, 1, 2]}).cast_column("label", ClassLabel(names=names))
    assert patch({"year": rows}, "year", np.array([0, 0, 1, 2])).tolist() == [2, 0, 3, 2]
