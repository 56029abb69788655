"""Other labels for the card "Which loss is it?", for an exam."""

import random

# Number of labels, the labels of one text, the problem type.
GIVEN = {
    "rows": [
        (4, [2], None),
        (4, [[1.0, 0.0, 0.0, 1.0]], None),
        (4, [[0.0, 0.0, 1.0, 0.0]], None),
        (4, [[1, 0, 0, 1]], "multi_label_classification"),
        (1, [3.0], None),
        (4, [[0, 0, 1, 0]], None),
    ],
    "tags": 5,
    "words": 6,
    "pieces": 8,
}
NUMBERS = {3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 9: "nine"}
CARD = """\
Six people load `AutoModelForSequenceClassification`. Each gives it one text, with these labels in a
tensor:

| | `num_labels` | `labels` | `problem_type` |
|---|---|---|---|
{rows}

Under each letter, write what the model does with these labels: `"cross-entropy"`, `"BCE"`, `"MSE"` or `"error"`. A
word may come more than once, and it is about what happens, not about what the people wanted.

One more question, with a whole number as its answer:

- `g`: a model with a head for **words** has {tags} tags. It reads one text with {words} words. The tokenizer makes
  {pieces} pieces of them, and adds `[CLS]` and `[SEP]`. How many numbers are in `logits`, all together?"""


def draw(chance: random.Random) -> dict:
    """Return other labels in another order. All four words are among the answers."""
    while True:
        many = chance.choice([3, 4, 5])
        kinds = [
            (many, [chance.randrange(many)], None),
            (many, [_several(chance, many, 2, float)], None),
            (many, [_several(chance, many, 1, float)], None),
            (many, [_several(chance, many, 2, int)], "multi_label_classification"),
            (many, [_several(chance, many, 1, float)], "multi_label_classification"),
            (1, [float(chance.randint(1, 5))], None),
            (many, [_several(chance, many, chance.choice([1, 2]), int)], None),
            (many, [chance.randrange(many)], "single_label_classification"),
        ]
        rows = chance.sample(kinds, 6)
        words = chance.choice([5, 6, 7])
        given = {
            "rows": rows,
            "tags": chance.choice([3, 4, 7, 9]),
            "words": words,
            "pieces": words + chance.choice([3, 4]),
        }
        if {_loss(*row) for row in rows} == {"cross-entropy", "BCE", "MSE", "error"}:
            return given


def _several(chance: random.Random, many: int, ones: int, kind: type) -> list:
    marks = [kind(1)] * ones + [kind(0)] * (many - ones)
    chance.shuffle(marks)
    return marks


def card(given: dict) -> str:
    """Return the text of the card."""
    rows = (
        f"| `{letter}` | {many} | `{labels}` | {_type(kind)} |"
        for letter, (many, labels, kind) in zip("abcdef", given["rows"], strict=True)
    )
    return CARD.format_map({**given, "rows": "\n".join(rows), "tags": NUMBERS[given["tags"]]})


def _type(kind: str | None) -> str:
    return f'`"{kind}"`' if kind else "not given"


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    losses = {letter: _loss(*row) for letter, row in zip("abcdef", given["rows"], strict=True)}
    return {**losses, "g": (given["pieces"] + 2) * given["tags"]}


def _loss(many: int, labels: list, kind: str | None) -> str:
    """Return what the library does: without a type it looks at the number of labels, then at the type of numbers."""
    first = labels[0][0] if isinstance(labels[0], list) else labels[0]
    if kind is None and many == 1:
        return "MSE"
    if kind == "multi_label_classification" or (kind is None and isinstance(first, float)):
        return "BCE" if isinstance(first, float) else "error"
    return "error" if isinstance(labels[0], list) else "cross-entropy"  # one class number for one text
