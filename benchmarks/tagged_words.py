"""Spans of tagged words: what a list of the training spans finds, and what a fine-tuned encoder finds."""

from collections import Counter, defaultdict

import numpy as np
import torch
from datasets import Dataset
from transformers import (
    AutoModelForTokenClassification,
    AutoTokenizer,
    DataCollatorForTokenClassification,
)

from benchmarks.plain import RECIPE, fine_tuned
from course_tools.data.looks import TAGS
from course_utils.sources import offline_checkpoint

STEPS = 200
KINDS = ("WHERE", "WHEN")
PASSED_OVER = -100  # what the loss does not read
Tags = list[list[str]]
HOW = (
    f"Fine-tuned: the offline checkpoint with a head on each token, all but its embeddings, batches of 16, a rate of "
    f"1e-4 after 10% of warmup, {STEPS} steps; a word's tag is that of its first token. A span is right if its kind "
    "and both its ends are. List of spans: the spans of train, the longest first, in small letters. List of words: "
    "each word gets the kind that it had most often in train, and neighbours of one kind are one span."
)


def split(rows: Dataset, column: str) -> list[list[str]]:
    """Return the words, or their tags, of each row."""
    return [text.split() for text in rows[column]]


def spans(tags: list[str]) -> set[tuple[str, int, int]]:
    """Return kind, first word and end of each span. An I- that goes on with nothing begins a span."""
    found, start = set(), 0
    for place, (before, tag) in enumerate(zip(["O", *tags], [*tags, "O"], strict=True)):
        if before != "O" and (tag[:2] != "I-" or tag[2:] != before[2:]):
            found.add((before[2:], start, place))
        if tag != "O" and (tag[:2] == "B-" or tag[2:] != before[2:]):
            start = place
    return found


def scores(truth: Tags, said: Tags) -> dict[str, float]:
    """Return F1 over exact spans, of both kinds and of each, and the share of words with the right tag."""
    pairs = [(spans(one), spans(other)) for one, other in zip(truth, said, strict=True)]

    def f1(kinds: tuple[str, ...]) -> float:
        true, guessed, both = (
            sum(span[0] in kinds for pair in pairs for span in chosen(*pair))
            for chosen in (lambda one, _: one, lambda _, other: other, set.intersection)
        )
        return 2 * both / (true + guessed)

    right = [a == b for one, other in zip(truth, said, strict=True) for a, b in zip(one, other, strict=True)]
    return (
        {"span F1": f1(KINDS)} | {f"{kind} F1": f1((kind,)) for kind in KINDS} | {"words right": float(np.mean(right))}
    )


def list_of_spans(train: Dataset, rows: Dataset) -> Tags:
    """Tag what is one of the training spans."""
    known: dict[tuple[str, ...], str] = {}
    for words, tags in zip(split(train, "words"), split(train, "tags"), strict=True):
        for kind, start, end in spans(tags):
            known[tuple(word.lower() for word in words[start:end])] = kind
    longest = max(map(len, known))
    said = []
    for words in split(rows, "words"):
        small, tags, place = [word.lower() for word in words], ["O"] * len(words), 0
        while place < len(words):
            lengths = range(min(longest, len(words) - place), 0, -1)
            size = next((size for size in lengths if tuple(small[place : place + size]) in known), 0)
            if size:
                kind = known[tuple(small[place : place + size])]
                tags[place : place + size] = [f"B-{kind}", *[f"I-{kind}"] * (size - 1)]
            place += size or 1
        said.append(tags)
    return said


def list_of_words(train: Dataset, rows: Dataset) -> Tags:
    """Tag each word as it was tagged most often."""
    counts: dict[str, Counter] = defaultdict(Counter)
    for words, tags in zip(split(train, "words"), split(train, "tags"), strict=True):
        for word, tag in zip(words, tags, strict=True):
            counts[word.lower()][tag[2:]] += 1
    kind = {word: found.most_common(1)[0][0] for word, found in counts.items()}
    said = []
    for words in split(rows, "words"):
        kinds = [kind.get(word.lower(), "") for word in words]
        said.append(
            [
                f"{'I' if own == before else 'B'}-{own}" if own else "O"
                for before, own in zip(["", *kinds], kinds, strict=False)
            ]
        )
    return said


class Tagger:
    """An encoder with a head on each token."""

    def __init__(self, train: Dataset, seed: int):
        self.tokenizer = AutoTokenizer.from_pretrained(offline_checkpoint())
        torch.manual_seed(seed)
        model = AutoModelForTokenClassification.from_pretrained(offline_checkpoint(), num_labels=len(TAGS))
        model.base_model.embeddings.requires_grad_(False)
        collator = DataCollatorForTokenClassification(self.tokenizer)
        self.trainer = fine_tuned(
            model, self._ready(train), seed, RECIPE | {"max_steps": STEPS}, self.tokenizer, collator
        )

    def _ready(self, rows: Dataset) -> Dataset:
        def tokenized(row: dict) -> dict:
            found = self.tokenizer(row["words"].split(), is_split_into_words=True, truncation=True, max_length=128)
            tags, places, labels = row["tags"].split(), found.word_ids(), []
            for before, place in zip([None, *places], places, strict=False):
                first = place is not None and place != before
                labels.append(TAGS.index(tags[place]) if first else PASSED_OVER)
            return {**found, "labels": labels}

        return rows.map(tokenized, remove_columns=rows.column_names, load_from_cache_file=False)

    def tags(self, rows: Dataset) -> Tags:
        """Return a tag for each word, in the order of the rows."""
        self.trainer.args.train_sampling_strategy = "sequential"
        said = self.trainer.predict(self._ready(rows))
        return [
            [TAGS[number] for number in logits.argmax(1)[labels != PASSED_OVER]]
            for logits, labels in zip(said.predictions, said.label_ids, strict=True)
        ]
