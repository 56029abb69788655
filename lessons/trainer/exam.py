"""Other numbers for the card "When will it evaluate?", for an exam."""

import random

GIVEN = {"posts": 100, "size": 16, "epochs": 3, "every": 8, "gather": 2, "rarely": 50, "most": 10}
NUMBERS = {2: "two", 3: "three", 4: "four"}
CARD = """\
A training has {posts} posts, batches of {size}, {epochs} epochs. Write the number of its steps into `steps`.

Each line below is one more training: the same one, with these arguments added. After which steps does the Trainer
evaluate? Write a list of steps for each line, in the order of time, each step once.

- `a`: `eval_strategy="steps", eval_steps={every}`
- `b`: `eval_strategy="epoch", gradient_accumulation_steps={gather}`
- `c`: `eval_strategy="steps", eval_steps={rarely}`
- `d`: `eval_strategy="epoch", max_steps={most}`"""


def draw(chance: random.Random) -> dict:
    """Return other numbers. Each epoch ends with a smaller batch, and with a step of fewer batches."""
    while True:
        given = {
            "posts": chance.randrange(70, 150, 5),
            "size": chance.choice([8, 12, 16, 20]),
            "epochs": chance.choice([2, 3, 4]),
            "every": chance.randint(5, 9),
            "gather": chance.choice([2, 3, 4]),
            "rarely": chance.choice([50, 60, 80]),
            "most": chance.randint(8, 18),
        }
        if _is_clear(given):
            return given


def _is_clear(given: dict) -> bool:
    epoch = _up(given["posts"], given["size"])
    steps = epoch * given["epochs"]
    has_rests = given["posts"] % given["size"] and epoch % given["gather"] and steps % given["every"]
    is_short = 2 <= steps // given["every"] <= 4 and steps < given["rarely"] and epoch < given["most"] < steps
    return bool(has_rests) and is_short and given["most"] % epoch != 0 and given["every"] != epoch


def card(given: dict) -> str:
    """Return the text of the card."""
    return CARD.format_map({**given, "epochs": NUMBERS[given["epochs"]]})


def answers(given: dict) -> dict[str, object]:
    """Return the right answers. At its last step the Trainer evaluates in any case."""
    epoch = _up(given["posts"], given["size"])
    steps = epoch * given["epochs"]
    fewer = _up(epoch, given["gather"])
    return {
        "steps": steps,
        "a": _until(steps, given["every"]),
        "b": _until(fewer * given["epochs"], fewer),
        "c": _until(steps, given["rarely"]),
        "d": _until(given["most"], epoch),
    }


def _until(last: int, each: int) -> list[int]:
    return sorted({*range(each, last + 1, each), last})


def _up(number: int, by: int) -> int:
    return -(-number // by)
