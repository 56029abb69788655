"""Tables of this lesson, and the quarters and the known words that its alarms look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from course_utils.statistics import interval


def leak_table(gains: np.ndarray, honest: np.ndarray, parts: Sequence[str], methods: Sequence[str]) -> pd.DataFrame:
    """Return what the leak adds, with its 95% interval over the draws, beside the score without it. All in percent.

    `gains`, `honest`: draws x parts x methods.
    """
    lines = {}
    for number, part in enumerate(parts):
        for place, method in enumerate(methods):
            gain, low, high = interval(gains[:, number, place])
            lines[part, method] = {
                "honest score": f"{honest[:, number, place].mean():.1%}",
                "the leak adds": f"{100 * gain:+.1f} points",
                "from": f"{100 * low:+.1f}",
                "to": f"{100 * high:+.1f}",
            }
    return pd.DataFrame(lines).T


def quarters_of(dates: np.ndarray) -> np.ndarray:
    """Return the quarter of each day: "24Q1", say."""
    return np.array([f"{day[2:4]}Q{(int(day[5:7]) + 2) // 3}" for day in dates.astype(str)])


def known_words(words_of: Sequence[Sequence[str]], read: np.ndarray) -> np.ndarray:
    """Return for each text the share of its words that stand in a text of `read` (a mask), itself not counted."""
    heard = Counter(word for place in np.flatnonzero(read) for word in set(words_of[place]))
    return np.array([np.mean([heard[word] > read[place] for word in words]) for place, words in enumerate(words_of)])


def question_table(
    methods: Sequence[str], found: np.ndarray, by_split: Mapping[tuple[str, str], np.ndarray], grid: pd.DataFrame
) -> pd.DataFrame:
    """Return one line for each split of the lesson: which question it answers, and the score of each method.

    `found`: draws x (with, without relatives) x parts x methods. `by_split`: (method, what was dealt) -> right answers.
    `grid`: a column for each "method: years learned from", a row for each year of the test.
    """
    lines = {
        "tweets, rows": ("tweets like these, copies too", *found[:, 0, 2, 1:].mean(0)),
        "tweets, no relatives": ("tweets, copies unread", *found[:, 1, 2, 1:].mean(0)),
    }
    for split, question in {"rows": "mostly known writers", "writers": "new writers"}.items():
        lines[f"messages, {split} dealt"] = question, *(by_split[name, split].mean() for name in methods)
    for source, question in {"all years": "any day", "year 1": "two years later"}.items():
        scores = (grid[f"{name}: {source}"].iloc[2] for name in methods)
        lines[f"year 3, learned from {source}"] = question, *scores
    return pd.DataFrame(lines, index=["question", *methods]).T


def print_falls(page: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Print and return what each method of a `question_table` loses: with new writers, and in two years."""
    falls = {}
    for name in page.columns[1:]:
        known, new, any_day, later = page[name].iloc[2:]
        falls[name] = known - new, any_day - later
        print(f"{name:<15} loses {100 * falls[name][0]:.1f} points with new writers,", end=" ")
        print(f"{100 * falls[name][1]:.1f} in two years")
    return falls
