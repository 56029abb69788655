"""Other numbers for the card "What does the laziest method score?", for an exam."""

import random

LABELS = ["negative", "neutral", "positive"]
# How many tweets have each label, in the order of LABELS.
GIVEN = {"learn": [6, 3, 1], "Monday": [4, 3, 1], "Friday": [1, 2, 5], "asked": ["neutral", "negative"]}
TOLERANCE = dict.fromkeys("abcd", 0.006)  # as in the sheet: two decimals are enough
CARD = """\
These are the labels of three small groups of tweets. The first group is there to learn from. The other two are test
sets, from two days.

| group | negative | neutral | positive |
|---|---|---|---|
{rows}

The lazy method of the lesson learns from `learn`. Then it must label the tweets of Monday and
of Friday. Write four shares, each a number from 0 to 1.

- `a`: the share of Monday's tweets that get the right label
- `b`: the share of Friday's tweets that get the right label
- `c`: of Monday's *{first}* tweets, the share that gets the right label
- `d`: of Friday's *{second}* tweets, the share that gets the right label"""


def draw(chance: random.Random) -> dict:
    """Return other groups. Friday has another most common label, and the shares of each group differ."""
    while True:
        given = {
            "learn": _counts(chance, 10),
            "Monday": _counts(chance, chance.choice([8, 10, 12])),
            "Friday": _counts(chance, chance.choice([8, 10, 12])),
            "asked": chance.sample(LABELS, 2),
        }
        if _is_clear(given):
            return given


def _counts(chance: random.Random, total: int) -> list[int]:
    first, second = sorted(chance.sample(range(1, total), 2))
    return [first, second - first, total - second]


def _is_clear(given: dict) -> bool:
    groups = [given[name] for name in ("learn", "Monday", "Friday")]
    lazy = given["learn"].index(max(given["learn"]))
    shares = [group[lazy] / sum(group) for group in groups]
    slips = [*shares, max(given["Friday"]) / sum(given["Friday"]), 1 - shares[1], 1 - shares[2], 0, 1]
    no_ties = all(sorted(group)[1] < max(group) for group in groups)
    return no_ties and len({*slips}) == len(slips) and LABELS[lazy] in given["asked"]


def card(given: dict) -> str:
    """Return the text of the card."""
    rows = (f"| {name} | {' | '.join(map(str, given[name]))} |" for name in ("learn", "Monday", "Friday"))
    first, second = given["asked"]
    return CARD.format(rows="\n".join(rows).replace("| learn", "| `learn`"), first=first, second=second)


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    lazy = given["learn"].index(max(given["learn"]))
    first, second = given["asked"]
    return {
        "a": given["Monday"][lazy] / sum(given["Monday"]),
        "b": given["Friday"][lazy] / sum(given["Friday"]),
        "c": int(first == LABELS[lazy]),
        "d": int(second == LABELS[lazy]),
    }
