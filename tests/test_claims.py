"""Sentences in the lessons that state a fact which no cell of theirs computes: each is measured here."""

from pathlib import Path

import numpy as np
import pytest
from transformers import pipeline

from course_utils import sources


@pytest.fixture(scope="module")
def similarity():
    extractor = pipeline("feature-extraction", model=sources.offline_checkpoint())

    def cosine(first: str, second: str) -> float:
        one, other = (np.array(extractor(text)[0]).mean(axis=0) for text in (first, second))
        return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))

    return cosine


def test_lesson_00_the_model_knows_that_awful_and_terrible_are_close(similarity):
    assert similarity("awful", "terrible") > similarity("awful", "wonderful") + 0.1
    assert similarity("awful", "terrible") > similarity("awful", "table") + 0.1


def test_lesson_00_the_offline_model_was_trained_on_more_than_a_billion_pairs():
    """The card's own table of training data gives the total."""
    assert "1,170,060,424" in (Path(sources.offline_checkpoint()) / "README.md").read_text(encoding="utf-8")


def test_lesson_01_the_window_is_nearer_to_opening_hours_than_to_the_lift(similarity):
    window = "When do you open the window?"
    assert similarity(window, "When do you open on Monday?") == pytest.approx(0.57, abs=0.01)
    assert similarity(window, "The lift is broken again.") == pytest.approx(0.10, abs=0.01)
