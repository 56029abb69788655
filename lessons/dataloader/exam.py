"""Other numbers for the card "Count before you pay", for an exam."""

import random

GIVEN = {"lengths": [4, 20, 6, 10, 5, 20, 8, 7, 5, 9], "batch_size": 4, "width": 32}
NUMBERS = {8: "eight", 9: "nine", 10: "ten", 11: "eleven"}
CARD = """\
{number_capital} rows have these lengths: {lengths}. They go through a DataLoader with `batch_size={batch_size}`, in
this order. Write one whole number for each letter. From `c` on, all {number} rows are sent, as in `a`.

- `a`: how many steps an epoch has
- `b`: the same with `drop_last=True`
- `c`: how many tokens are sent in an epoch, when every row is padded to {width}
- `d`: how many tokens are sent with dynamic padding
- `e`: the same, but the rows are sorted first, from the shortest to the longest
- `f`: how many of the tokens in `d` are padding"""


def draw(chance: random.Random) -> dict:
    """Return other rows. The last batch is smaller, and none of the known slips leads to a right answer."""
    while True:
        rows, size = chance.choice([(8, 3), (10, 3), (11, 3), (10, 4), (11, 4), (9, 4), (11, 5)])
        given = {
            "lengths": [chance.randint(3, 22) for _ in range(rows)],
            "batch_size": size,
            "width": chance.choice([24, 30, 40, 48]),
        }
        if _is_clear(given):
            return given


def _is_clear(given: dict) -> bool:
    right, lengths, size = answers(given), given["lengths"], given["batch_size"]
    full = len(lengths) // size * size
    d_slips = {_sent(lengths[:full], size), max(lengths) * len(lengths), sum(lengths), right["e"]}
    e_slips = {_sent(sorted(lengths)[:full], size), _sent(sorted(lengths, reverse=True), size), sum(lengths)}
    f_slips = {right["e"] - sum(lengths), right["c"] - sum(lengths), sum(lengths), right["d"]}
    return not (right["d"] in d_slips or right["e"] in e_slips or right["f"] in f_slips)


def card(given: dict) -> str:
    """Return the text of the card."""
    number = NUMBERS[len(given["lengths"])]
    return CARD.format(**given, number=number, number_capital=number.capitalize())


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    lengths, size = given["lengths"], given["batch_size"]
    sent = _sent(lengths, size)
    return {
        "a": -(-len(lengths) // size),
        "b": len(lengths) // size,
        "c": len(lengths) * given["width"],
        "d": sent,
        "e": _sent(sorted(lengths), size),
        "f": sent - sum(lengths),
    }


def _sent(lengths: list[int], size: int) -> int:
    batches = [lengths[first : first + size] for first in range(0, len(lengths), size)]
    return sum(max(batch) * len(batch) for batch in batches)
