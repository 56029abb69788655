"""Other numbers for the card "Who sees what, and what does it cost?", for an exam."""

import random
from statistics import mean

GIVEN = {
    "turns": [("A", 3, 9), ("B", 2, 2), ("A", 1, 5), ("C", 4, 1), ("B", 2, 6)],
    "looks": 3,
    "padding": 2,
}
NUMBERS = {2: "Two", 3: "Three", 4: "Four"}
CARD = """\
A talk has five turns. The last column is a turn's vector; here it is one number.

| turn | speaker | tokens | vector |
|---|---|---|---|
{rows}

The talk is read once, as one row of tokens. {padding} places of padding stand behind it, and nothing else. Leave
`[CLS]` out: count only the tokens of the table.

- `past`: the mask is `past`. How many tokens may the token of turn {looks} look at? It may look at itself.
- `all`: the same, with the mask `all`.
- `moved`: somebody changes the word of turn {looks}. The mask is `past`. The vectors of how many turns may move?

Now each turn is read by itself, with its past in its own input text. Names, `[CLS]` and `[SEP]` cost nothing here.

- `again`: the whole past stands before each turn. How many tokens are read in all, for the five turns?
- `two_before`: the same with `most=2`: up to two turns before the asked one.

Last, `by_speaker` joins three numbers for **turn 5**: its own vector, {own}, and two means.

- `own`: the mean of the speaker's own past
- `others`: the mean of the others' past"""


def draw(chance: random.Random) -> dict:
    """Return another talk. The turn that looks has one token, and none of the known slips leads to a right answer."""
    while True:
        looks = chance.choice([2, 3, 4])
        speakers = chance.choice(["ABACB", "ABCAB", "ABBCA", "ABCBA", "ABACA", "ABCAC"])
        tokens = [1 if turn == looks else chance.randint(2, 6) for turn in range(1, 6)]
        turns = [(who, many, chance.randint(1, 12)) for who, many in zip(speakers, tokens, strict=True)]
        given = {"turns": turns, "looks": looks, "padding": chance.choice([2, 3, 4])}
        if _is_clear(given):
            return given


def _is_clear(given: dict) -> bool:
    right = answers(given)
    vectors = [vector for _, _, vector in given["turns"]]
    means = [right["own"], right["others"], mean(vectors[:4]), mean(vectors), vectors[3], vectors[4]]
    counts = [right[key] for key in ("past", "all", "moved", "again", "two_before")]
    is_short = all(float(right[key]).is_integer() for key in ("own", "others"))
    return is_short and len(set(means)) == len(means) and len({*counts, 5, given["looks"]}) == len(counts) + 2


def card(given: dict) -> str:
    """Return the text of the card."""
    rows = (f"| {turn} | {who} | {many} | {vector} |" for turn, (who, many, vector) in enumerate(given["turns"], 1))
    return CARD.format(
        rows="\n".join(rows), padding=NUMBERS[given["padding"]], looks=given["looks"], own=given["turns"][4][2]
    )


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    tokens = [many for _, many, _ in given["turns"]]
    *past, (speaker, _, _) = given["turns"]
    return {
        "past": sum(tokens[: given["looks"]]),
        "all": sum(tokens),
        "moved": len(tokens) - given["looks"] + 1,
        "again": sum(sum(tokens[: turn + 1]) for turn in range(5)),
        "two_before": sum(sum(tokens[max(0, turn - 2) : turn + 1]) for turn in range(5)),
        "own": mean(vector for who, _, vector in past if who == speaker),
        "others": mean(vector for who, _, vector in past if who != speaker),
    }
