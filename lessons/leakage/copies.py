"""Copies made on purpose, to judge a finder: texts changed by rule, and thoughts said again in other words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

KINDS = ["retweet", "a hashtag more", "the end cut", "a word changed", "a typo"]
REWORDED = {  # written by hand: the same thought in other words
    "My suitcase never arrived in Rome": "Landed in Rome, but my luggage did not",
    "The waiter was rude to us all evening": "Such impolite service at dinner",
    "This phone dies after two hours": "The battery of this mobile is empty so soon",
    "I passed my driving test today": "Got my licence this morning, I can drive now",
    "The concert was cancelled by rain": "No show tonight because of bad weather",
    "Our train stood still for an hour": "Sixty minutes of waiting on the railway",
    "She sings better than anybody": "Nobody has a voice as beautiful as hers",
    "The update broke my laptop": "Since I upgraded, my computer does not work",
}


def change(text: str, kind: str, rng: np.random.Generator) -> str:
    """Return a text of at least five words, changed in one way of `KINDS`."""
    words = text.split()
    place = int(rng.integers(2, len(words) - 2))
    if kind == "retweet":
        words = ["RT", "@user:", *words]
    elif kind == "a hashtag more":
        words = [*words, str(rng.choice(["#truth", "#news", "#mustread"]))]
    elif kind == "the end cut":
        words = words[: -len(words) // 3]
    elif kind == "a word changed":
        words = [*words[:place], "something", *words[place + 1 :]]
    else:  # a typo: one letter doubled, another one lost
        word = words[place]
        words = [*words[:place], word[:1] + word[:1] + word[2:], *words[place + 1 :]]
    return " ".join(words)


def plant(texts: Sequence[str], rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """Return a changed copy of each text, and of which kind it is: the kinds take turns."""
    kinds = [KINDS[place % len(KINDS)] for place in range(len(texts))]
    return [change(text, kind, rng) for text, kind in zip(texts, kinds, strict=True)], kinds
