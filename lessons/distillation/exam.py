"""Other numbers for the card "One step with a pencil", for an exam."""

import random
from math import floor

GIVEN = {
    "rate": 0.2,
    "sample": (2, 4),
    "soft": 0.75,
    "second": (4, 8),
    "posts": 451,
    "accuracies": (80, 70, 40),
    "batches": 400,
    "size": 32,
    "rows": 1500,
}
TOLERANCE = dict.fromkeys("abcdefg", 0.006)  # as in the sheet: two decimals are enough
CARD = """\
Write one number for each letter.

A linear head has two lines of weights, one for each label. All weights are zero. It makes one step with the rate
{rate}, as in the lesson.

- `a`: there is one sample, {sample}, with the first label. What is the second number of the head's first line, after
  the step?
- `b`: the same, but the sample has the soft label ({soft}, {rest})
- `c`: there are two samples: {sample} with the first label, and {second} with the second. What is the first number of
  the first line, after the step?
- `d`: four learned samples make one step from a head of zeros, and {posts} test posts get an answer. Then the same with
  twice the rate. How many of the {posts} answers change?

All rows give {whole}% right answers, four learned samples {few}%, the lazy answer {lazy}%.

- `e`: the share above lazy that the four samples keep. Write it as a number such as 0.12.
- `f`: how many times as many mistakes do the four samples make as all rows?

And the price. Learning the samples reads {batches} batches of {size} posts. A training on all rows reads {rows:,} posts
three times. A training on the samples reads four rows.

- `g`: from how many trainings on does the way over the samples read less in all?"""


def draw(chance: random.Random) -> dict:
    """Return other numbers. None of the known slips leads to a right answer."""
    while True:
        whole, few, lazy = chance.randint(70, 92), chance.randint(60, 85), chance.randint(30, 55)
        given = {
            "rate": chance.choice([0.1, 0.2, 0.4, 0.5]),
            "sample": (chance.randint(1, 6), 2 * chance.randint(1, 6)),
            "soft": chance.choice([0.6, 0.7, 0.8, 0.9]),
            "second": (chance.randint(1, 9), chance.randint(1, 9)),
            "posts": chance.randint(300, 900),
            "accuracies": (whole, few, lazy),
            "batches": chance.randrange(200, 900, 50),
            "size": chance.choice([16, 32, 64]),
            "rows": chance.randrange(800, 3000, 100),
        }
        if _is_clear(given):
            return given


def _is_clear(given: dict) -> bool:
    (x, y), (z, _), (whole, few, lazy) = given["sample"], given["second"], given["accuracies"]
    right, half = answers(given), given["rate"] / 2
    if whole - few < 5 or few - lazy < 5 or x == y or not 3 <= right["g"] <= 12:
        return False
    is_short = all(abs(right[key] * 20 - round(right[key] * 20)) < 1e-9 for key in "ef")
    c_slips = {half * (x - z), half * x, half * x / 2, half * (x + z) / 2, half * (x + z), 0}
    exact = given["batches"] * given["size"] / (3 * given["rows"] - 4)
    is_apart = all(abs(right["c"] - slip) > 0.02 for slip in c_slips) and 0.05 < exact % 1 < 0.95
    lines = {right["a"], right["b"], half * x, right["c"]}
    return is_short and is_apart and len({round(each, 2) for each in lines}) == 4 and right["e"] != few / whole


def card(given: dict) -> str:
    """Return the text of the card."""
    whole, few, lazy = given["accuracies"]
    rest = round(1 - given["soft"], 2)
    return CARD.format(**given, rest=rest, whole=whole, few=few, lazy=lazy)


def answers(given: dict) -> dict[str, object]:
    """Return the right answers. Weights of zero give each label the chance 1/2."""
    (x, y), (z, _), (whole, few, lazy) = given["sample"], given["second"], given["accuracies"]
    rate = given["rate"]
    saved = 3 * given["rows"] - 4  # by each training
    return {
        "a": -rate * (0.5 - 1) * y,
        "b": round(-rate * (0.5 - given["soft"]) * y, 9),
        "c": round(-rate * ((0.5 - 1) * x + (0.5 - 0) * z) / 2, 9),
        "d": 0,  # twice the rate doubles all scores, and the highest one stays the highest
        "e": (few - lazy) / (whole - lazy),
        "f": (100 - few) / (100 - whole),
        "g": floor(given["batches"] * given["size"] / saved) + 1,
    }
