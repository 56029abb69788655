"""Other numbers for the card "What will the lengths be?", for an exam."""

import random

GIVEN = {
    "lengths": [5, 8, 5],
    "most": 6,
    "calls": ["padding", "truncation", "padding, most", "padding to most, truncation"],
}
SETTINGS = {
    "padding": "padding=True",
    "truncation": "truncation=True, max_length={most}",
    "padding, most": "padding=True, max_length={most}",
    "padding to most, truncation": 'padding="max_length", truncation=True, max_length={most}',
    "padding, truncation": "padding=True, truncation=True, max_length={most}",
    "padding to most": 'padding="max_length", max_length={most}',
}
CARD = """\
Three messages have {first}, {second} and {third} tokens, with `[CLS]` and `[SEP]`. How long is each of the three rows
with these settings? Write a list of three whole numbers for each line, in the order of the messages.

{calls}"""


def draw(chance: random.Random) -> dict:
    """Return other lengths and another order of the settings. One message at least is cut, and one is filled up."""
    while True:
        lengths, most = [chance.randint(4, 14) for _ in range(3)], chance.randint(6, 11)
        if most not in lengths and min(lengths) < most < max(lengths) and len({*lengths}) == 3:
            return {"lengths": lengths, "most": most, "calls": chance.sample([*SETTINGS], 4)}


def card(given: dict) -> str:
    """Return the text of the card."""
    calls = (
        f"- `{letter}`: `{SETTINGS[call].format(most=given['most'])}`"
        for letter, call in zip("abcd", given["calls"], strict=True)
    )
    first, second, third = given["lengths"]
    return CARD.format(first=first, second=second, third=third, calls="\n".join(calls))


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    return {letter: _sizes(given, call) for letter, call in zip("abcd", given["calls"], strict=True)}


def _sizes(given: dict, call: str) -> list[int]:
    most, sizes = given["most"], given["lengths"]
    if "truncation" in call:
        sizes = [min(size, most) for size in sizes]
    if call.startswith("padding to most"):
        return [max(size, most) for size in sizes]
    return [max(sizes)] * 3 if call.startswith("padding") else sizes
