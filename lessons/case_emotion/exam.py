"""Other numbers for the card "Sure, or right?", for an exam."""

import random
from math import log

GIVEN = {
    "models": {
        "sure": [(0.97, 0.01, 0.01, 0.01), (0.01, 0.97, 0.01, 0.01)],
        "modest": [(0.40, 0.30, 0.20, 0.10), (0.40, 0.30, 0.20, 0.10)],
        "careful": [(0.60, 0.20, 0.10, 0.10), (0.30, 0.50, 0.10, 0.10)],
    },
    "softer": "sure",
}
SURE = [(0.97, 0.01), (0.94, 0.02), (0.91, 0.03)]  # one chance, and each of the others
EVEN = [(0.40, 0.30, 0.20, 0.10), (0.40, 0.20, 0.20, 0.20), (0.50, 0.20, 0.20, 0.10), (0.40, 0.30, 0.15, 0.15)]
LIKELY = [(0.60, 0.20, 0.10, 0.10), (0.70, 0.10, 0.10, 0.10), (0.80, 0.10, 0.05, 0.05)]
UNLIKELY = [(0.30, 0.50, 0.10, 0.10), (0.20, 0.40, 0.20, 0.20), (0.10, 0.60, 0.20, 0.10), (0.05, 0.85, 0.05, 0.05)]
NAMES = ["Anna", "Ben", "Cleo"]
CARD = """\
Three models answer the same four posts. A cell holds the four chances that a model gives to the four labels of a
post. The first chance always belongs to the right label.

| model | posts 1, 2 and 3, each | post 4 |
|---|---|---|
{rows}

The loss of one post is {losses}.
Write the name of a model for the first three, and `"up"`, `"down"` or `"same"` for the others.

- `most_right`: the highest accuracy. `lowest_loss`, `highest_loss`: the log-loss.
- `softer_accuracy`, `softer_loss`: what happens to `{softer}` with a temperature of 2?"""


def draw(chance: random.Random) -> dict:
    """Return three other models. Their losses lie apart, and the most accurate one is not the one of the lowest."""
    while True:
        high, low = chance.choice(SURE)
        kinds = [
            [(high, low, low, low), (low, high, low, low)],
            [chance.choice(EVEN)] * 2,
            [chance.choice(LIKELY), chance.choice(UNLIKELY)],
        ]
        names = chance.sample(NAMES, 3)
        given = {"models": dict(sorted(zip(names, kinds, strict=True))), "softer": chance.choice(names)}
        losses = sorted(_loss(rows) for rows in given["models"].values())
        right = answers(given)
        is_apart = losses[1] - losses[0] > 0.1 and losses[2] - losses[1] > 0.1
        moved = abs(_loss(_soft(given["models"][given["softer"]])) - _loss(given["models"][given["softer"]]))
        if is_apart and right["most_right"] != right["lowest_loss"] and moved > 0.05:
            return given


def card(given: dict) -> str:
    """Return the text of the card."""
    rows = (
        f"| `{name}` | {' | '.join(', '.join(f'{each:.2f}' for each in row) for row in cells)} |"
        for name, cells in given["models"].items()
    )
    chances = sorted({row[0] for cells in given["models"].values() for row in cells}, reverse=True)
    first, *middle, last = (f"{-log(each):.2f} for {each:.2f}" for each in chances)
    first = first.replace("for ", "for a chance of ")
    losses = f"{first}, then {', '.join([*middle, last])}"
    return CARD.format(rows="\n".join(rows), losses=losses, softer=given["softer"])


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    models, asked = given["models"], given["models"][given["softer"]]
    return {
        "most_right": max(models, key=lambda name: _accuracy(models[name])),
        "lowest_loss": min(models, key=lambda name: _loss(models[name])),
        "highest_loss": max(models, key=lambda name: _loss(models[name])),
        "softer_accuracy": _move(_accuracy(asked), _accuracy(_soft(asked))),
        "softer_loss": _move(_loss(asked), _loss(_soft(asked))),
    }


def _accuracy(rows: list[tuple]) -> float:
    often, once = (row[0] == max(row) for row in rows)
    return (3 * often + once) / 4


def _loss(rows: list[tuple]) -> float:
    often, once = (-log(row[0]) for row in rows)
    return (3 * often + once) / 4


def _soft(rows: list[tuple]) -> list[tuple]:
    """Return the chances with a temperature of 2: half of each logarithm, and the sum is one again."""
    roots = [[each**0.5 for each in row] for row in rows]
    return [tuple(each / sum(row) for each in row) for row in roots]


def _move(before: float, after: float) -> str:
    return "up" if after > before else "down" if after < before else "same"
