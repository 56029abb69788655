"""The rows of this lesson, each kind in one form: what the course keeps offline, and what `full` takes in its place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from datasets import Dataset, disable_progress_bars, load_dataset
from scipy.optimize import linear_sum_assignment

from course_utils.vectors import encode
from lessons.task_shapes.proposals import PROPOSALS

LEVELS = ["A1", "A2", "B1", "B2", "C1", "C2"]
TAGS = ["O", "B-WHERE", "I-WHERE", "B-WHEN", "I-WHEN"]

disable_progress_bars()


def requests(course, size: int) -> tuple[dict[str, Dataset], list[str], dict[str, np.ndarray]]:
    """Return at most `size` messages of each split, the topics, and a table of yes and no: a column for each topic."""
    rows = load_dataset(*course.dataset("go_emotions" if course.profile == "full" else "requests"))
    messages = {split: each.select(range(min(size, len(each)))) for split, each in rows.items()}
    features = messages["train"].features
    if "labels" in features:  # a list of numbers for each text
        topics = features["labels"].feature.names
        return messages, topics, {s: _from_lists(each["labels"], len(topics)) for s, each in messages.items()}
    topics = [name for name, kind in features.items() if kind.dtype == "bool" and name != "hard"]
    return messages, topics, {s: np.array([each[t] for t in topics]).T for s, each in messages.items()}


def pairs(course, sizes: Sequence[int]) -> dict[str, Dataset]:
    """Return pairs of texts with a label, for training and for the test."""
    name = "snli" if course.profile == "full" else "stance"
    rows, made = load_dataset(*course.dataset(name)), {}
    for split, size in zip(("train", "test"), sizes, strict=True):
        part = rows[split].shuffle(seed=course.seed).select(range(size))
        found = match_pairs(part, course) if name == "stance" else _agreed(part)
        columns = zip(("first", "second", "label"), zip(*found, strict=True), strict=True)
        made[split] = Dataset.from_dict({key: list(each) for key, each in columns})
    return made


def match_pairs(rows, course) -> list[tuple[str, str, int]]:
    """Return each post twice: with its own plan (1), and with another one (0), near where it can be.

    Each plan is the wrong one of exactly one other plan.
    """
    plans = sorted(set(rows["topic"]))
    sentence = encode([PROPOSALS[plan] for plan in plans], course)
    near = sentence @ sentence.T - 9 * np.eye(len(plans))  # never itself
    wrong = dict(zip(plans, linear_sum_assignment(-near)[1], strict=True))
    found = []
    for post, plan in zip(rows["text"], rows["topic"], strict=True):
        found += [(PROPOSALS[plan], post, 1), (PROPOSALS[plans[wrong[plan]]], post, 0)]
    return found


def levels(course, sizes: Sequence[int]) -> tuple[dict[str, list[str]], dict[str, np.ndarray]]:
    """Return texts for training, validation and test, and their levels from 0 (A1) to 5 (C2)."""
    rows = load_dataset(*course.dataset("cefr"))
    if "test" not in rows:  # the public texts come in one part
        rows = rows["train"].shuffle(seed=course.seed)
        parts = zip(("test", "validation", "train"), (0, 1, 2), strict=True)
        rows = {name: rows.shard(3, place) for name, place in parts}
    texts, level = {}, {}
    for split, size in zip(("train", "validation", "test"), sizes, strict=True):
        part = rows[split].select(range(min(size, len(rows[split]))))
        names = part["cefr_level"] if "cefr_level" in part.column_names else None
        level[split] = np.array([LEVELS.index(name) for name in names] if names else part["label"])
        texts[split] = part["text"]
    return texts, level


def reports(course, size: int) -> tuple[dict[str, Dataset], list[str]]:
    """Return texts as lists of words and of numbered tags, and the names of the tags."""
    rows = load_dataset(*course.dataset("wikiann" if course.profile == "full" else "where_when"))
    named = "ner_tags" in rows["train"].column_names
    tags = rows["train"].features["ner_tags"].feature.names if named else TAGS

    def in_form(row):
        if named:
            return {"words": row["tokens"], "tags": row["ner_tags"]}
        return {"words": row["words"].split(), "tags": [TAGS.index(tag) for tag in row["tags"].split()]}

    found = {}
    for split in ("train", "test"):
        part = rows[split].select(range(min(size, len(rows[split]))))
        found[split] = part.map(in_form, remove_columns=part.column_names)
    return found, tags


def encode_once(texts: Sequence[str], course, max_length: int) -> np.ndarray:
    """Return a vector for each text; a text that comes again is read once."""
    once, place = np.unique(list(texts), return_inverse=True)
    return encode(once.tolist(), course, max_length)[place]


def _from_lists(lists: Sequence[Sequence[int]], topics: int) -> np.ndarray:
    return np.array([np.isin(range(topics), each) for each in lists])


def _agreed(rows) -> list[tuple[str, str, int]]:
    found = zip(rows["premise"], rows["hypothesis"], rows["label"], strict=True)
    return [pair for pair in found if pair[2] >= 0]  # -1: readers did not agree
