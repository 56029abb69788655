"""Other numbers for the card "Which shapes come out?", for an exam."""

import random

GIVEN = {"texts": 3, "columns": 9, "layers": 6, "width": 48, "heads": 4, "labels": 5}
CARD = """\
Here is the plan of a very small BERT:

```python
plan = BertConfig(
    num_hidden_layers={layers},
    hidden_size={width},
    num_attention_heads={heads},
    intermediate_size={inner},
    num_labels={labels},
)
```

A model with this plan gets a batch of {texts} sentences in {columns} columns, and we ask for all that happens on the
way. Write a whole number for `a`, and a shape for each of the others, such as `(2, 7)`.

- `a`: how many hidden states are there?
- `b`: the last hidden state
- `c`: one table of attention, which belongs to one layer
- `d`: what the pooler makes
- `e`: the logits"""


def draw(chance: random.Random) -> dict:
    """Return another plan and batch. No two of their numbers are equal, so each place of a shape tells what it is."""
    while True:
        heads = chance.choice([2, 4, 6, 8])
        given = {
            "texts": chance.randint(2, 7),
            "columns": chance.randint(8, 15),
            "layers": chance.randint(3, 10),
            "width": heads * chance.choice([8, 12, 16]),
            "heads": heads,
            "labels": chance.randint(3, 9),
        }
        if len({*given.values(), given["layers"] + 1, given["width"] // heads}) == len(given) + 2:
            return given


def card(given: dict) -> str:
    """Return the text of the card."""
    return CARD.format(**given, inner=4 * given["width"])


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    texts, columns, width = given["texts"], given["columns"], given["width"]
    return {
        "a": given["layers"] + 1,  # and the embeddings
        "b": (texts, columns, width),
        "c": (texts, given["heads"], columns, columns),
        "d": (texts, width),
        "e": (texts, given["labels"]),
    }
