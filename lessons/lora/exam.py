"""Other numbers for the card "Six numbers before you run", for an exam."""

import random

GIVEN = {"shape": (32, 32), "r": 4, "alpha": 8, "other": 6}
CARD = """\
A matrix has the shape {shape}. It gets an adapter with `r={r}` and `lora_alpha={alpha}`. Write one number for each.

- `a`: how many weights does the adapter add to this matrix?
- `b`: which rank has the update before training?
- `c`: which rank has it after training, at most?
- `d`: by which number is B @ A multiplied?
- `e`: the same number, if you double `r` and leave `lora_alpha`.
- `f`: with `r={r}`, it is mixed by `cat` with another trained adapter, of `r={other}`. Which rank has the mix, at
  most?"""


def draw(chance: random.Random) -> dict:
    """Return another matrix and adapter. No two answers coincide, and none is a number of the card but the rank."""
    while True:
        r = chance.choice([2, 3, 5, 6, 8])
        given = {
            "shape": (chance.choice([24, 40, 48, 64]), chance.choice([24, 40, 48, 64])),
            "r": r,
            "alpha": chance.choice([1, 2, 3, 4, 6, 8]) * r,
            "other": chance.randint(2, 10),
        }
        right = [*answers(given).values()]
        shown = {*given["shape"], given["alpha"], given["other"]}
        if len({*right}) == len(right) and not shown & {*right} and given["other"] != r:
            return given


def card(given: dict) -> str:
    """Return the text of the card."""
    return CARD.format(**given)


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    r = given["r"]
    return {
        "a": r * sum(given["shape"]),
        "b": 0,  # B begins with zeros
        "c": min(r, *given["shape"]),
        "d": given["alpha"] / r,
        "e": given["alpha"] / (2 * r),
        "f": min(r + given["other"], *given["shape"]),
    }
