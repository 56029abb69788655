"""Other numbers for the card "Seven numbers before you run", for an exam."""

import random

GIVEN = {"tokens": 8, "changed": 3, "own": 5, "own_changed": 3, "chosen_from": 200, "table": 20, "layers": 8, "each": 5}
PLACES = {2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth", 7: "seventh", 8: "eighth"}
CARD = """\
A text has {tokens} tokens. One token is changed, and we look which **outputs** move. Write one whole number
for each letter.

- `a`: An encoder reads the text. Its {changed} token is changed. How many of the {tokens} outputs move?
- `b`: A decoder reads it. Its {changed} token is changed. How many of the {tokens} outputs move?

Now an encoder-decoder: the {tokens} tokens are its source, and its writing half has got {own} tokens of its own. We
look at the {own} outputs of the writing half.

- `c`: The {own_changed} of the {own} **own** tokens is changed. How many of the {own} outputs move?
- `d`: The {changed} token of the **source** is changed. How many of the {own} outputs move?

Three numbers from other parts of the lesson:

- `e`: Words are hidden as BERT hid them, and {chosen_from} tokens may be chosen. How many of them become `[MASK]`, on
  average?
- `f`: A model has a table of tokens with {table} million weights, and {layers} layers with {each} million each. A
  student keeps the table, and every second layer. How many **million** weights has the student?
- `g`: The **large** model of `f` is stored in int8, all of its weights. How many million bytes (MB) does that take?"""


def draw(chance: random.Random) -> dict:
    """Return other numbers. No two answers coincide, and none is the place of a changed token."""
    while True:
        tokens, own = chance.randint(9, 14), chance.randint(5, 9)
        given = {
            "tokens": tokens,
            "changed": chance.randint(3, 7),
            "own": own,
            "own_changed": chance.randint(2, own - 1),
            "chosen_from": chance.choice([100, 300, 400, 500, 600]),
            "table": chance.choice([10, 15, 25, 30, 40]),
            "layers": chance.choice([4, 6, 10, 12]),
            "each": chance.choice([2, 3, 4, 6, 7]),
        }
        right = [*answers(given).values()]
        if len({*right, given["changed"], given["own_changed"], given["changed"] - 1}) == len(right) + 3:
            return given


def card(given: dict) -> str:
    """Return the text of the card."""
    return CARD.format_map({**given, "changed": PLACES[given["changed"]], "own_changed": PLACES[given["own_changed"]]})


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    return {
        "a": given["tokens"],
        "b": given["tokens"] - given["changed"] + 1,
        "c": given["own"] - given["own_changed"] + 1,
        "d": given["own"],
        "e": given["chosen_from"] * 15 * 80 // 10_000,  # 15% are chosen, 80% of these are hidden
        "f": given["table"] + given["layers"] // 2 * given["each"],
        "g": given["table"] + given["layers"] * given["each"],  # a byte for each weight
    }
