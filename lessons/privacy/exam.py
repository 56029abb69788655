"""Other numbers for the card "The attacker's arithmetic", for an exam."""

import random
from itertools import product
from math import log2
from statistics import mean

GIVEN = {
    "planted": 0.3,
    "candidates": [0.1, 0.2, 0.3, 0.6, 0.8, 0.9, 1.2],
    "rows": 320,
    "others": 31,
    "bits": 3,
    "inside": [0.1, 0.1, 0.2, 1.6],
    "outside": [0.3, 0.6, 1.1, 1.2],
    "right": (19, 12),
    "promise": 4,
    "lengths": [0.5, 2, 8],
    "clip": 2,
}
TOLERANCE = dict.fromkeys("abcdefg", 0.006)  # as in the sheet: two decimals are enough
NUMBERS = {4: "Four", 5: "Five", 7: "Seven"}
CARD = """\
Write one number for each letter.

A planted row has the loss {planted}. {number} candidates have the losses {candidates}.

- `a`: the exposure of the planted row, in bits. As in the lesson, a candidate with the same loss stands before it.
- `b`: a model has never seen any of {rows} rows. Each is compared with {others} candidates, and no losses are equal.
  How many of the {rows} rows do you expect to have {bits} bits or more, by luck alone?

{group} rows were in training, with the losses {inside}. {group} rows were not: {outside}.

- `c`: the AUC of the attack by loss
- `d`: the advantage. The line is the mean loss of the training rows.

Three more:

- `e`: an attacker gets labels only, and says *seen* where the label is right. {right_inside} of 20 rows inside are
  right, and {right_outside} of 20 rows outside. The advantage?
- `f`: a training keeps a promise with e^epsilon = {promise} (and delta = 0). Before, the odds that a row was inside
  were 1 to 1. How sure can an attacker become at most? Give a share between 0 and 1.
- `g`: three gradients point in the same direction. Their lengths are {lengths}. Each is clipped to {clip}. The
  length of their sum?"""


def draw(chance: random.Random) -> dict:
    """Return other numbers. None of the known slips leads to a right answer."""
    while True:
        clip = chance.choice([1, 1.5, 2, 3, 4])
        group = chance.choice([4, 5])
        candidates = sorted(tenth / 10 for tenth in chance.sample(range(1, 16), 7))
        given = {
            "planted": chance.choice(candidates),
            "candidates": candidates,
            "rows": chance.choice([160, 480, 640, 960]),
            "others": chance.choice([15, 31, 63]),
            "bits": chance.choice([2, 3]),
            "inside": sorted(tenth / 10 for tenth in chance.sample(range(1, 19), group)),
            "outside": sorted(tenth / 10 for tenth in chance.sample(range(1, 19), group)),
            "right": (chance.randint(14, 19), chance.randint(7, 13)),
            "promise": chance.choice([1.5, 3, 9, 19]),
            "lengths": [clip / chance.choice([2, 4, 5]), clip, clip * chance.randint(2, 5)],
            "clip": clip,
        }
        if _is_clear(given):
            return given


def _is_clear(given: dict) -> bool:
    right, line = answers(given), mean(given["inside"])
    is_whole = right["a"].is_integer() and 0 < right["a"] < 3
    shared = {*given["inside"]} & {*given["outside"]}
    is_near = any(abs(loss - line) < 0.04 for loss in [*given["inside"], *given["outside"]])
    caught = sum(loss < line for loss in given["inside"]) / len(given["inside"])
    marks = {round(each, 6) for each in (right["c"], right["d"], caught, caught - right["d"], 1 - right["c"])}
    attack = 0.5 < right["c"] < 1 and 0 < right["d"] < caught and len(marks) == 5
    one, other = given["right"]
    return is_whole and not shared and not is_near and attack and right["e"] not in (other / 20, one / 20)


def card(given: dict) -> str:
    """Return the text of the card."""
    texts = {key: _listed(given[key]) for key in ("candidates", "inside", "outside", "lengths")}
    inside, outside = given["right"]
    texts |= {"number": NUMBERS[len(given["candidates"])], "group": NUMBERS[len(given["inside"])]}
    return CARD.format_map({**given, **texts, "right_inside": inside, "right_outside": outside})


def _listed(numbers: list[float]) -> str:
    *first, last = (f"{number:g}" for number in numbers)
    return f"{', '.join(first)} and {last}"


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    inside, outside = given["inside"], given["outside"]
    rank = 1 + sum(loss <= given["planted"] for loss in given["candidates"])
    pairs = [(one < other) + (one == other) / 2 for one, other in product(inside, outside)]
    line = mean(inside)
    caught, blamed = (sum(loss < line for loss in losses) / len(losses) for losses in (inside, outside))
    return {
        "a": log2((1 + len(given["candidates"])) / rank),
        "b": given["rows"] / 2 ** given["bits"],
        "c": mean(pairs),
        "d": caught - blamed,
        "e": (given["right"][0] - given["right"][1]) / 20,
        "f": given["promise"] / (1 + given["promise"]),
        "g": sum(min(length, given["clip"]) for length in given["lengths"]),
    }
