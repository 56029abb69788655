"""Other numbers for the card "Which rate does each step get?", for an exam."""

import random

GIVEN = {"steps": 10, "warmup": 2, "unit": 1, "rate": 8, "asked": (2, 4)}
CARD = """\
A training has {steps} steps, and the first {warmup} are the warmup. The optimizer has `lr={rate}`. The schedule is
`get_linear_schedule_with_warmup(optimizer, {warmup}, {steps})`. Each step calls `optimizer.step()` and then
`schedule.step()`. Write the learning rate that each of these steps uses, as a number such as `5e-4`.

- `a`: step 1, the first one
- `b`: step {one}
- `c`: step {two}
- `d`: step {steps}, the last one
- `e`: step {steps} again, in a training that never calls `schedule.step()`"""


def draw(chance: random.Random) -> dict:
    """Return another schedule. Each part of the way down is a short number."""
    while True:
        warmup, down = chance.choice([2, 3, 4, 5]), chance.choice([5, 6, 8, 10])
        unit = chance.choice([1, 2, 3])
        given = {"steps": warmup + down, "warmup": warmup, "unit": unit, "rate": unit * down}
        given["asked"] = (chance.randint(2, warmup), warmup + chance.randint(2, down - 1))
        right = answers(given)
        is_short = right["b"] / 1e-5 % 1 < 1e-6 or right["b"] / 1e-5 % 1 > 1 - 1e-6
        moving = {f"{right[key]:.3e}" for key in "abcd"} | {f"{given['rate'] * 1e-4:.3e}"}
        if is_short and len(moving) == 5:
            return given


def card(given: dict) -> str:
    """Return the text of the card."""
    one, two = given["asked"]
    rate = f"{given['rate'] * 1e-4:.1e}".replace(".0e", "e").replace("e-0", "e-")
    return CARD.format(steps=given["steps"], warmup=given["warmup"], rate=rate, one=one, two=two)


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    one, two = given["asked"]
    return {
        "a": _rate(given, 1),
        "b": _rate(given, one),
        "c": _rate(given, two),
        "d": _rate(given, given["steps"]),
        "e": _rate(given, 1),  # a schedule that nobody moves stands at its first step
    }


def _rate(given: dict, step: int) -> float:
    """Return the rate of a step, counted from 1: `step - 1` times the schedule has moved."""
    moved, warmup, top = step - 1, given["warmup"], given["rate"] * 1e-4
    part = moved / warmup if moved < warmup else (given["steps"] - moved) / (given["steps"] - warmup)
    return round(top * part, 12)
