"""Other numbers for the card "Count the windows", for an exam."""

import random

GIVEN = {"width": 12, "stride": 4, "long": 27, "full": 10, "over": 11, "token": 14}
CARD = """\
A very small model reads {width} tokens. The library cuts with `truncation=True,
max_length={width}, stride={stride}, return_overflowing_tokens=True`. `[CLS]` and `[SEP]` stand around each window, and
count among its {width} tokens. The lengths of the texts below are given **without** these two. Nothing is padded.

- `step`: by how many tokens of the text the next window moves on
- `of_{long}`: how many windows a text of {long} tokens gives
- `of_{full}`: the same for a text of {full} tokens
- `of_{over}`: the same for a text of {over} tokens
- `sent`: how many tokens the model gets for the text of {long}, in all its windows, with each `[CLS]` and `[SEP]`
- `unread`: how many of the {long} tokens nobody reads, with head + tail: {width} tokens in all, `[CLS]` and `[SEP]`
  among them, and the rest in two equal halves
- `reads_{token}`: the tokens have the numbers 0 to {last}. Which way reads number {token}? Write `"head"`, `"tail"`,
  `"head + tail"` or `"windows"`. Head and tail have {width} tokens, too. Only one is right."""


def draw(chance: random.Random) -> dict:
    """Return other lengths. The last window is shorter, and none of the known slips leads to a right answer."""
    while True:
        width, stride = chance.choice([10, 14, 16, 18, 20, 22, 24]), chance.randint(2, 9)
        room = width - 2
        long = chance.randint(2 * room + 2, 4 * room)
        given = {"width": width, "stride": stride, "long": long, "full": room, "over": room + 1, "token": 0}
        given["token"] = chance.randint(room, max(room, long - room - 1))
        if _is_clear(given):
            return given


def _is_clear(given: dict) -> bool:
    room, step, long = given["width"] - 2, _step(given), given["long"]
    if step < 2 or step == given["stride"] or not room <= given["token"] < long - room:
        return False
    parts = _parts(long, room, step)
    slips = {-(-long // room), -(-long // step), -(-(long - given["width"]) // step) + 1}
    return 3 <= len(parts) <= 6 and parts[-1] < room and len(parts) not in slips


def card(given: dict) -> str:
    """Return the text of the card."""
    return CARD.format(**given, last=given["long"] - 1)


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    room, step, long = given["width"] - 2, _step(given), given["long"]
    ways = {"head": range(room), "tail": range(long - room, long)}
    ways["head + tail"] = [*range(room // 2), *range(long - room // 2, long)]
    reads = [way for way, tokens in ways.items() if given["token"] in tokens]
    return {
        "step": step,
        **{f"of_{given[key]}": len(_parts(given[key], room, step)) for key in ("long", "full", "over")},
        "sent": sum(part + 2 for part in _parts(long, room, step)),
        "unread": long - len(ways["head + tail"]),
        f"reads_{given['token']}": reads[0] if reads else "windows",
    }


def _step(given: dict) -> int:
    return given["width"] - 2 - given["stride"]


def _parts(tokens: int, room: int, step: int) -> list[int]:
    """Return how many tokens of the text each window holds. The one that reaches the end is the last one."""
    parts, first = [min(room, tokens)], 0
    while first + room < tokens:
        first += step
        parts.append(min(room, tokens - first))
    return parts
