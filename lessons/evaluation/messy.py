"""Ways in which people write that a test set may not hold: slips of the hand, and the same thing in other words."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from lessons.evaluation.slices import EMOJI

PAIRS = [  # five complaints, five thanks: plain, and in other words
    ("My flight was cancelled.", "They scrapped my flight."),
    ("The staff were very rude.", "Manners? The staff had none."),
    ("I have waited two hours.", "Two hours, and I am still standing here."),
    ("You lost my suitcase.", "Where is my suitcase? Your desk has no idea."),
    ("I hate this airline.", "Never again with this airline."),
    ("Thank you, great service.", "You made my day, and you did it fast."),
    ("I love the new seats.", "The new seats? I did not want to get up."),
    ("The crew was wonderful.", "Hats off to the crew."),
    ("Best flight ever.", "No flight of mine was ever better."),
    ("I am so happy with your help.", "Your help put a smile on my face."),
]


def typos(text: str) -> str:
    """Swap two letters in every second long word, the same ones each time for the same text."""
    dice = random.Random(text)
    return " ".join(_swapped(word, dice) for word in text.split())


def _swapped(word: str, dice: random.Random) -> str:
    if len(word) < 4 or word[0] in "@#" or dice.random() > 0.5:
        return word
    at = dice.randrange(1, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


CHANGES: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "typos": typos,
    "no names": lambda text: text.replace("@user", ""),
    "no punctuation": lambda text: re.sub(r"[^\w\s@#']", " ", text),
    "no emoji": lambda text: re.sub(EMOJI, "", text),
}
