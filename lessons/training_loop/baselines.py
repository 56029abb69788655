"""The two simple methods of `start_here`, to be compared with."""

from __future__ import annotations

from collections import Counter

import numpy as np
from datasets import Dataset
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline


def simple_methods(train_rows: Dataset, rows: Dataset) -> dict[str, np.ndarray]:
    """Return the labels that each method gives to `rows`: always the most common one, and a counter of words."""
    names, learned = train_rows.features["label"].names, train_rows["label"][:]
    [(most_common, _)] = Counter(learned).most_common(1)
    word_counter = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
    word_counter.fit(train_rows["text"][:], learned)
    return {
        f"always {names[most_common]}": np.full(len(rows), most_common),
        "counting words": word_counter.predict(rows["text"][:]),
    }
