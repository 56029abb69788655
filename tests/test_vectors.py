"""One vector for each text, as one call: the numbers of the library's own pipeline, whatever stands beside a text."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from transformers import pipeline

from course_utils import sources
from course_utils.vectors import encode

COURSE = SimpleNamespace(checkpoint=sources.offline_checkpoint(), device=torch.device("cpu"))
TEXTS = ["Where is my train?", "No.", "The museum opens at ten and closes at six, every day but Monday.", ""]


def test_they_are_the_means_of_the_pipelines_vectors_in_the_order_of_the_texts():
    extractor = pipeline("feature-extraction", model=COURSE.checkpoint)
    means = np.array([np.array(extractor(text)[0]).mean(axis=0) for text in TEXTS])
    wanted = means / np.linalg.norm(means, axis=1, keepdims=True)
    np.testing.assert_allclose(encode(TEXTS, COURSE, batch_size=2), wanted, atol=1e-5)


def test_a_text_is_cut_after_max_length():
    long = "one two three four five six seven eight"
    [cut], [short] = encode([long], COURSE, max_length=6), encode(["one two three four"], COURSE)
    assert cut == pytest.approx(short, abs=1e-5)
    assert encode([long], COURSE)[0] != pytest.approx(short, abs=1e-3)
