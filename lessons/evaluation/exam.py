"""Other numbers for the card "What will the averages say?", for an exam."""

import random
from statistics import mean

GIVEN = {"counts": {"bill": 60, "delivery": 30, "praise": 10}, "found": 5, "lost": 8}
TOLERANCE = {"micro": 1e-3, "macro": 1e-3, "weighted": 1e-3}
# The largest class and all messages, such that its F1 is short.
SIZES = [(60, 90), (30, 70), (100, 150), (120, 200), (60, 140), (40, 60), (90, 210)]
CARD = """\
A desk gets {total} messages: {bill} about a *bill*, {delivery} about a *delivery*, {praise} with *praise*. Model A
calls all of them *bill*. Its F1 for *bill* is {f1:.2f}. Write down, from 0 to 1:

- `micro`, `macro`, `weighted`: the three averages of F1 for model A.

Model B finds {found} of the {praise} messages with *praise*. But it also calls {lost} messages about a *bill* praise.
All other answers are those of A. Where do two scores go from A to B? Write `"up"`, `"down"` or `"same"`:

- `accuracy_moves`: the accuracy;
- `macro_moves`: the macro average of F1."""


def draw(chance: random.Random) -> dict:
    """Return other messages. The three averages lie apart, and the macro average clearly moves."""
    while True:
        largest, total = chance.choice(SIZES)
        praise = chance.randrange(6, 25, 2)
        given = {
            "counts": {"bill": largest, "delivery": total - largest - praise, "praise": praise},
            "found": chance.randint(1, praise - 1),
            "lost": chance.randint(2, largest // 2),
        }
        right = answers(given)
        averages = [right["micro"], right["macro"], right["weighted"], _f1(largest, total, largest)]
        is_apart = all(abs(one - other) > 0.02 for one in averages for other in averages if one is not other)
        moves = right["accuracy_moves"], right["macro_moves"]
        is_smallest = given["counts"]["delivery"] > praise and given["counts"]["delivery"] < largest
        if is_apart and is_smallest and abs(_macro_b(given) - right["macro"]) > 0.01 and moves != ("down", "up"):
            return given


def card(given: dict) -> str:
    """Return the text of the card."""
    counts, total = given["counts"], sum(given["counts"].values())
    f1 = _f1(counts["bill"], total, counts["bill"])
    return CARD.format(**counts, total=total, f1=f1, found=given["found"], lost=given["lost"])


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    counts, total = given["counts"], sum(given["counts"].values())
    of_bill = _f1(counts["bill"], total, counts["bill"])
    macro = of_bill / len(counts)
    return {
        "micro": counts["bill"] / total,
        "macro": macro,
        "weighted": of_bill * counts["bill"] / total,
        "accuracy_moves": _move(given["lost"], given["found"]),
        "macro_moves": _move(macro, _macro_b(given)),
    }


def _macro_b(given: dict) -> float:
    counts, total = given["counts"], sum(given["counts"].values())
    moved = given["found"] + given["lost"]
    of_bill = _f1(counts["bill"] - given["lost"], total - moved, counts["bill"])
    return mean([of_bill, 0, _f1(given["found"], moved, counts["praise"])])


def _f1(right: int, said: int, true: int) -> float:
    return 2 * right / (said + true)


def _move(before: float, after: float) -> str:
    return "up" if after > before else "down" if after < before else "same"
