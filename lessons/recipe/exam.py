"""Other numbers for the card "How small a difference can you see?", for an exam."""

import random
from math import sqrt

GIVEN = {
    "spread": 3,
    "few": 2,
    "many": 8,
    "see": 1,
    "factors": 3,
    "seeds": 2,
    "changes": 3,
    "differences": 8,
    "nothing": 10,
}
TOLERANCE = dict.fromkeys("abcdefg", 0.006)  # as in the sheet: two decimals are enough
NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 10: "ten", 20: "twenty", 30: "thirty", 40: "forty"}
CARD = """\
The accuracy of a recipe has a spread of {spread} points over its seeds. So has each changed recipe. You compare the
means of two recipes, each with k seeds. The lesson has a line for the smallest difference that you can see:
`2 * spread * sqrt(2 / k)`. Count in points: {spread}, not 0.0{spread}.

Write one number for each letter.

- `a`: the smallest difference that you can see with {few} seeds for each recipe, in points
- `b`: the same with {many} seeds for each recipe
- `c`: how many seeds **each** recipe needs, so that you can see {see} {points}
- `d`: how many trainings a factorial has: {factors} factors with two levels, all combinations, {seeds} seeds for each
  cell
- `e`: how many differences it gives for **one** factor, if each run is paired with its twin of the same seed
- `f`: the other way, one setting at a time. A base recipe, {changes} changed ones, and {differences} differences for
  each change. The base runs may serve all {changes} changes. How many trainings is that?
- `g`: {nothing} changes that truly do nothing. Each gets an honest 95% interval. How many of the {nothing} intervals
  are clear of zero, in the mean?"""


def draw(chance: random.Random) -> dict:
    """Return other numbers. No two answers coincide, and each root is a short number."""
    while True:
        few, many = sorted(chance.sample([2, 8, 18, 32, 50], 2))
        given = {
            "spread": chance.choice([2, 4, 5, 6]),
            "few": few,
            "many": many,
            "see": chance.choice([1, 2, 3, 4]),
            "factors": chance.choice([2, 3, 4]),
            "seeds": chance.choice([2, 3, 4, 5]),
            "changes": chance.choice([2, 4, 5, 6]),
            "differences": chance.choice([5, 6, 9, 10, 12]),
            "nothing": chance.choice([20, 30, 40]),
        }
        right = {key: round(each, 6) for key, each in answers(given).items()}
        is_whole = right["c"] % 1 == 0 and 8 <= right["c"] <= 300
        is_short = all(right[key] * 10 % 1 < 1e-6 for key in "ab")
        if is_whole and is_short and len({*right.values(), few, many, given["seeds"]}) == len(right) + 3:
            return given


def card(given: dict) -> str:
    """Return the text of the card."""
    words = {key: NUMBERS[given[key]] for key in ("factors", "changes", "nothing")}
    return CARD.format_map({**given, **words, "points": "point" if given["see"] == 1 else "points"})


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    spread = given["spread"]
    trainings = 2 ** given["factors"] * given["seeds"]
    return {
        "a": 2 * spread * sqrt(2 / given["few"]),
        "b": 2 * spread * sqrt(2 / given["many"]),
        "c": 2 * (2 * spread / given["see"]) ** 2,
        "d": trainings,
        "e": trainings // 2,  # each run has one twin
        "f": (1 + given["changes"]) * given["differences"],
        "g": given["nothing"] * 0.05,
    }
