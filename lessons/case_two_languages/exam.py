"""Other numbers for the card "Two languages on paper", for an exam."""

import random
from statistics import mean, median

GIVEN = {
    "words": 4,
    "English": [1, 1, 1, 1, 1, 1, 1, 1, 0, 0],
    "Filipino": [1, 1, 1, 1, 1, 0, 0, 0, 1, 0],
    "training": [-0.4, 0.1, 0.3, 0.5, 0.9, 1.2, 1.4, 2.0],
    "posts": [0.2, 0.4, 1.0, 1.5, 2.5],
    "moral": 20,
    "pairs": [(0.6, 0.4), (0.9, 0.7), (0.3, 0.6), (0.2, 0.3), (0.7, 0.6)],
}
TOLERANCE = dict.fromkeys("abcdefg", 0.0051)  # as in the sheet: two decimals are enough
CARD = """\
Write one number for each letter.

A text has {words} words. A full stop stands behind the last one. The tokenizer returns `[{tokens}]`.

- `a`: the tokens per word

One model judged ten scenarios in both languages. 1 means right:

| scenario | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 |
|---|---|---|---|---|---|---|---|---|---|---|
| English | {English} |
| Filipino | {Filipino} |

- `b`: the gap, English minus Filipino. Write shares, not points: 0.14 for 14 points.
- `c`: the share of its English accuracy that it keeps in Filipino

Eight Filipino texts of the training part have the scores {training}. Half of such
texts are moral. So a threshold is chosen for Filipino, without labels. Then five posts come, with the scores {posts}.

- `d`: how many of the five posts does it call moral?

On a bad day 100 posts come, and only {moral} of them are moral. Somebody cuts at the median of the scores of that day.
No two scores are equal.

- `e`: at least how many posts about wrongs does this call moral?

Five pairs of texts differ in a name. The probabilities of *moral*, the two sides of each pair: {pairs}. Above 0.5 means
moral.

- `f`: the share of the pairs that flip
- `g`: how far the probability moves, the mean over the pairs"""


def draw(chance: random.Random) -> dict:
    """Return other numbers. None of the known slips leads to a right answer."""
    while True:
        given = {
            "words": chance.choice([5, 8, 10]),
            "English": _marks(chance, chance.choice([5, 8, 10])),
            "Filipino": _marks(chance, chance.choice([4, 5, 6, 7])),
            "training": sorted(chance.sample([tenth / 10 for tenth in range(-8, 21)], 8)),
            "posts": sorted(chance.sample([tenth / 10 for tenth in range(1, 27)], 5)),
            "moral": chance.choice([5, 10, 15, 30, 35, 40]),
            "pairs": [tuple(chance.sample([tenth / 10 for tenth in (1, 2, 3, 4, 6, 7, 8, 9)], 2)) for _ in range(5)],
        }
        if _is_clear(given):
            return given


def _marks(chance: random.Random, right: int) -> list[int]:
    marks = [1] * right + [0] * (10 - right)
    chance.shuffle(marks)
    return marks


def _is_clear(given: dict) -> bool:
    right, posts = answers(given), given["posts"]
    english, filipino = sum(given["English"]) / 10, sum(given["Filipino"]) / 10
    only = sum(one > other for one, other in zip(given["English"], given["Filipino"], strict=True)) / 10
    both = english - only
    shares_clear = right["b"] > 0 and right["b"] not in (only, both) and len({right["c"], filipino, english, both}) == 4
    above = {limit: sum(post > limit for post in posts) for limit in (0, median(posts), median(given["training"]))}
    is_near = any(abs(post - median(given["training"])) < 0.06 for post in posts)
    moves = [one - other for one, other in given["pairs"]]
    moves_clear = abs(right["g"] - abs(mean(moves))) > 0.02 and 0 < right["f"] < 1 and right["f"] != right["g"]
    return shares_clear and len(set(above.values())) == 3 and not is_near and moves_clear and abs(mean(moves)) > 0.01


def card(given: dict) -> str:
    """Return the text of the card."""
    return CARD.format(
        words=given["words"],
        tokens=", ".join(['"[UNK]"'] * given["words"] + ['"."']),
        English=" | ".join(map(str, given["English"])),
        Filipino=" | ".join(map(str, given["Filipino"])),
        training=_listed(given["training"]),
        posts=_listed(given["posts"]),
        moral=given["moral"],
        pairs=", ".join(f"{one} and {other}" for one, other in given["pairs"]),
    )


def _listed(numbers: list[float]) -> str:
    *first, last = map(str, numbers)
    return f"{', '.join(first)} and {last}"


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    english, filipino = sum(given["English"]), sum(given["Filipino"])
    threshold = median(given["training"])
    flips = sum((one > 0.5) != (other > 0.5) for one, other in given["pairs"])
    return {
        "a": (given["words"] + 1) / given["words"],
        "b": (english - filipino) / 10,
        "c": filipino / english,
        "d": sum(post > threshold for post in given["posts"]),
        "e": 50 - given["moral"],
        "f": flips / 5,
        "g": round(sum(abs(one - other) for one, other in given["pairs"]) / 5, 6),
    }
