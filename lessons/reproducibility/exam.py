"""Other programs and places for the card "One line more", for an exam."""

import random

# The lines of a training, and what was asked: (place of the new line, whose dice it draws from, own dice for the
# loader?). A place of 0 means: no new line, but another number of threads.
GIVEN = {
    "lines": ["seed", "head", "seed", "dice"],
    "asked": [
        *[(place, "common", True) for place in (1, 2, 3, 4)],
        *[(4, "common", False), (5, "own", True), (0, "", True)],
    ],
}
PROGRAMS = [
    ["seed", "head", "seed", "dice"],
    ["seed", "dice", "head", "seed"],
    ["dice", "seed", "head", "seed"],
    ["seed", "head", "dice", "seed"],
]
TEXT = {
    "seed": ["    torch.manual_seed(42)"],
    "head": ["    model = new_model()  # draws the head from the common dice"],
    "dice": [
        "    dice = torch.Generator().manual_seed(42)",
        "    loader = DataLoader(rows, 16, shuffle=True, generator=dice)",
    ],
}
CARD = """\
Here is a training, in short. The comments mark five places.

```python
{program}
```

A colleague adds one line, `torch.rand(1)`, and trains again in the same process. Which draws change because of the
new line? Under each letter write one of these: `"nothing"`, `"head"`, `"dropout"`, `"order"`,
`"dropout and order"` or `"last bits"`. The last one means: all draws are the same, but the weights differ a little.

{asked}"""


def draw(chance: random.Random) -> dict:
    """Return another program, or other places in another order. Each of the six words is an answer."""
    while True:
        lines = chance.choice(PROGRAMS)
        behind = lines.index("dice") + 2  # the first place where the loader's own dice are there
        every = [(place, "common", own) for place in range(1, 6) for own in (True, False)]
        every += [(place, "own", True) for place in range(behind, 6)]
        asked = [*chance.sample(every, 6), (0, "", True)]
        chance.shuffle(asked)
        given = {"lines": lines, "asked": asked}
        said = [*answers(given).values()]
        if {*said} == {"nothing", "head", "dropout", "order", "dropout and order", "last bits"}:
            return given


def card(given: dict) -> str:
    """Return the text of the card."""
    program = ["def train():"]
    for place, line in enumerate(given["lines"], 1):
        program += [f"    # place {place}", *TEXT[line]]
    program += ["    # place 5", "    learn(model, loader)  # dropout draws from the common dice"]
    asked = (f"- `{letter}`: {_question(*each)}" for letter, each in zip("abcdefg", given["asked"], strict=True))
    return CARD.format(program="\n".join(program), asked="\n".join(asked))


def _question(place: int, whose: str, has_own: bool) -> str:
    if place == 0:
        return "no new line, but another number of threads"
    if whose == "own":
        return f"at place {place} there is another new line: `torch.rand(1, generator=dice)`"
    loader = "" if has_own else ", and the loader has no `generator=` (in both trainings)"
    return f"the new line stands at place {place}{loader}"


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    return {letter: _moved(given["lines"], *each) for letter, each in zip("abcdefg", given["asked"], strict=True)}


def _moved(lines: list[str], place: int, whose: str, has_own: bool) -> str:
    if place == 0:
        return "last bits"
    before, after = _draws(lines, 0, whose, has_own), _draws(lines, place, whose, has_own)
    return " and ".join(thing for thing in before if before[thing] != after[thing]) or "nothing"


def _draws(lines: list[str], place: int, whose: str, has_own: bool) -> dict[str, tuple]:
    """Throw the dice. Return the state that the head, the dropout and the order of the rows are drawn from."""
    common, own, found = ("before", 0), ("none", 0), {}
    for at, line in enumerate([*lines, "learn"], 1):
        if at == place and whose == "common":
            common = (common[0], common[1] + 1)
        elif at == place:
            own = (own[0], own[1] + 1)
        if line == "seed":
            common = (42, 0)
        elif line == "dice":
            own = (42, 0)
        elif line == "head":
            found["head"], common = common, (common[0], common[1] + 100)
    return {**found, "dropout": common, "order": own if has_own else common}
