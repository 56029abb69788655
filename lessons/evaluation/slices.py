"""Parts of a set of tweets that somebody may ask about: topics, found by their words, and marks of the surface."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

TOPICS = {
    "football": r"deflate|patriots|brady|belichick",
    "cars": r"\bcars?\b|driverless|self.?driving|autonomous",
    "festival": r"coachella",
    "airline": r"flight|plane|airport|\bbags?\b|airline|\bgate\b|delayed|\bseats?\b",
}
EMOJI = r"[:;]-?[()DP]|<3|[\U0001F300-\U0001FAFF]"
MARKS = {
    "has a link": "http",
    "starts with a name": r"^@user",
    "retweet": r"\bRT\b",
    "hashtag": r"#\w",
    "question mark": r"\?",
    "exclamation mark": "!",
    "negation": r"(?i:\b(?:not|no|never|nothing|\w+n't)\b)",
    "a word in capitals": r"\b[A-Z]{4,}\b",
    "emoticon or emoji": EMOJI,
}


def topic_of(text: str) -> str:
    """Return the first topic of which a word stands in the text, or "other"."""
    found = (name for name, words in TOPICS.items() if re.search(words, text.lower()))
    return next(found, "other")


def surface_slices(texts: Sequence[str]) -> dict[str, np.ndarray]:
    """Return a mask for each slice: True where a text belongs to it. Slices of fewer than two texts are left out."""
    words = np.array([len(text.split()) for text in texts])
    masks = {"short (10 words at most)": words <= 10, "long (20 words and more)": words >= 20}
    masks |= {name: np.array([bool(re.search(mark, text)) for text in texts]) for name, mark in MARKS.items()}
    return {name: mask for name, mask in masks.items() if mask.sum() > 1}
