"""Other numbers for the card "What do four raters score?", for an exam."""

import random
from itertools import product

LEVELS = ["A1", "A2", "B1", "B2", "C1", "C2"]
GIVEN = {
    "a": ["B1", "B1", "B1", "B1", "B1", "B1"],
    "b": ["A2", "A1", "B2", "B1", "C2", "C1"],
    "c": ["C2", "A2", "B1", "B2", "C1", "A1"],
    "d": ["C2", "C1", "B2", "B1", "A2", "A1"],
}
CARD = """\
Four raters gave a level to the same six texts. Their true levels stand at the head of the table.

| rater | A1 | A2 | B1 | B2 | C1 | C2 |
|---|---|---|---|---|---|---|
{rows}

Write three things for each rater, as in `[2, 5, "above"]`. First how many of the six texts are exactly right, then
how many are within one level. Last, where kappa (quadratic weighted) lies: `"below"` zero, at `"zero"` or `"above"`."""


def draw(chance: random.Random) -> dict:
    """Return four raters of the four kinds: one level for all, near, often right and far off, turned round."""
    while True:
        raters = [
            [chance.choice(LEVELS[1:5])] * 6,
            _rater(chance, {0, 1}, {5, 6}, "above"),
            _rater(chance, {3, 4}, {3, 4}, "below"),
            _rater(chance, {0, 1}, {1, 2}, "below"),
        ]
        chance.shuffle(raters)
        given = dict(zip("abcd", raters, strict=True))
        counts = [tuple(answer[:2]) for answer in answers(given).values()]
        if len(set(counts)) == 4:
            return given


def _rater(chance: random.Random, exact: set[int], within: set[int], side: str) -> list[str]:
    """Return levels with these counts. The side of zero must be seen without much work."""
    while True:
        said = [chance.choice(LEVELS) for _ in LEVELS]
        one, two, found = _score(said)
        own, by_luck = _distances(said)
        if one in exact and two in within and found == side and abs(own - by_luck) > 0.2 * by_luck:
            return said


def card(given: dict) -> str:
    """Return the text of the card."""
    return CARD.format(rows="\n".join(f"| {name} | {' | '.join(said)} |" for name, said in given.items()))


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    return {name: _score(said) for name, said in given.items()}


def _score(said: list[str]) -> list:
    off = [abs(place - LEVELS.index(level)) for place, level in enumerate(said)]
    own, by_luck = _distances(said)
    return [off.count(0), sum(each <= 1 for each in off), ["zero", "above", "below"][_sign(by_luck - own)]]


def _distances(said: list[str]) -> tuple[int, int]:
    """Return the squared distances, six times: with each text's own level, and with the levels dealt out by luck."""
    places = [LEVELS.index(level) for level in said]
    own = 6 * sum((truth - place) ** 2 for truth, place in enumerate(places))
    return own, sum((truth - place) ** 2 for truth, place in product(range(6), places))


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
