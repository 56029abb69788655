"""Other numbers for the card "Who waits for whom?", for an exam."""

import random
from math import ceil

GIVEN = {"planned": [0, 10, 20, 30, 200], "one": 40, "shared": 60}
CARD = """\
A service answers one by one: `most=1`, without any limit. A pass takes {one} ms. Five requests are planned, and sent,
at {planned} ms. Write a number for each letter. A time is in ms, from the planned moment to
the answer. p50 and p99 are those of the lesson: one of the times, put in order. Its place is rounded up.

- `a`: the time of the fourth request (planned at {fourth})
- `b`: the time of the fifth request (planned at {fifth})
- `c`: p50 of the five times
- `d`: p99 of the five times
- `e`: another program sends the next request only after the answer to the last one, and not before its planned
  moment. It counts from the **sending**. Which p99 does it report?
- `f`: now up to 8 requests share a pass, and `wait` is 0. A pass takes {shared} ms, for any number of texts. What is
  the time of the fourth request?
- `g`: one by one again, {one} ms, and now with a limit: if 1 request waits in the queue already, the next one gets 503.
  How many of the five get 503? (A request leaves the queue when its pass begins.)"""


def draw(chance: random.Random) -> dict:
    """Return other requests. No two happen at the same moment, and the known slips lead to other answers."""
    while True:
        planned = [0]
        for gap in [chance.choice([5, 10, 15, 20, 25, 30, 35, 45]) for _ in range(3)] + [chance.choice([40, 90, 150])]:
            planned.append(planned[-1] + gap)
        given = {"planned": planned, "one": chance.choice([30, 40, 50, 60]), "shared": chance.choice([70, 80, 90, 110])}
        if _is_clear(given):
            return given


def _is_clear(given: dict) -> bool:
    right, planned = answers(given), given["planned"]
    moments = {each for passes in (given["one"], given["shared"]) for each in _ends(planned, passes)}
    if moments & {*planned} or {passes * given["one"] for passes in range(1, 6)} & {*planned}:
        return False
    times = [end - at for at, end in zip(planned, _ends(planned, given["one"]), strict=True)]
    is_long = right["a"] > 2 * given["one"] and right["f"] != given["shared"] and right["f"] != right["a"]
    return is_long and times[2] != right["c"] and len({*times}) >= 4 and right["g"] in (1, 2, 3)


def card(given: dict) -> str:
    """Return the text of the card."""
    *first, last = map(str, given["planned"])
    planned = f"{', '.join(first)} and {last}"
    return CARD.format_map({**given, "planned": planned, "fourth": first[-1], "fifth": last})


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    planned, one = given["planned"], given["one"]
    times = [end - at for at, end in zip(planned, _ends(planned, one), strict=True)]
    return {
        "a": times[3],
        "b": times[4],
        "c": _percentile(times, 0.50),
        "d": _percentile(times, 0.99),
        "e": one,  # who sends after an answer never waits in a queue
        "f": _shared(planned, given["shared"])[3] - planned[3],
        "g": _refused(planned, one),
    }


def _percentile(times: list[int], share: float) -> int:
    return sorted(times)[ceil(share * len(times)) - 1]


def _ends(planned: list[int], each: int) -> list[int]:
    ends, free = [], 0
    for at in planned:
        free = max(free, at) + each
        ends.append(free)
    return ends


def _shared(planned: list[int], each: int) -> list[int]:
    """Return the moments of the answers where all who wait share the next pass."""
    ends, free = [], 0
    while len(ends) < len(planned):
        start = max(free, planned[len(ends)])
        together = sum(at <= start for at in planned[len(ends) :])
        free = start + each
        ends += [free] * min(together, 8)
    return ends


def _refused(planned: list[int], each: int) -> int:
    """Count who comes while one request waits and one is in its pass."""
    begins, refused = [], 0
    for at in planned:
        if any(begin > at for begin in begins):
            refused += 1
        else:
            begins.append(max(at, begins[-1] + each if begins else 0))
    return refused
