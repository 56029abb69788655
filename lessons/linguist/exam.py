"""Other sentences and numbers for the card "Nearest noun, on paper", for an exam."""

import random
from collections.abc import Iterable

# The words before the verb, the place of the subject (from 0), is it plural, is the last noun plural, the verb, the
# verb with the error, the words behind it.
GIVEN = {
    "sentences": [
        ("The key to the old cabinets", 1, False, True, "is", "are", "here."),
        ("The dogs near the gate", 1, True, False, "bark", "barks", "loudly."),
        ("The boys in the gardens", 1, True, True, "sing", "sings", ""),
        ("The answers from my teacher and her sister", 1, True, False, "were", "was", "late."),
        ("The list of names on the doors", 1, False, True, "was", "were", "long."),
    ],
    "surprise": ([2.0, 7.0, 1.5, 4.5], {"are": [3.0, 1.0], "is": [2.0, 3.5]}),
    "groups": ((3, 7), (6, 4)),
    "pairs": [(0.9, 0.45), (0.4, 0.1), (0.3, 0.7), (0.8, 0.2)],
}
TOLERANCE = dict.fromkeys("abdefg", 0.0051)  # as in the sheet: two decimals are enough
POOL = [
    *GIVEN["sentences"],
    ("The windows of the small house", 1, True, False, "are", "is", "open."),
    ("The picture above the red chairs", 1, False, True, "hangs", "hang", "there."),
    ("The letters from the bank", 1, True, False, "come", "comes", "on Mondays."),
    ("The teacher of the twins", 1, False, True, "sings", "sing", "well."),
    ("The old trees behind the churches", 2, True, True, "grow", "grows", "slowly."),
    ("The box with the broken toys", 1, False, True, "stands", "stand", "outside."),
    ("The new clock in the kitchen", 2, False, False, "runs", "run", "fast."),
    ("The sister of my best friends", 1, False, True, "lives", "live", "in Rome."),
    ("The roads to the old harbour", 1, True, False, "are", "is", "closed."),
]
NUMBERS = {4: ("Four", "eight"), 5: ("Five", "ten")}
CARD = """\
Write one number, or one text, for each letter.

Five correct sentences:

{sentences}

- `a`: the distance in sentence 1, as the lesson counts it
- `b`: the rule "agree with the nearest noun" looks for the last noun before the verb. In how many of the five sentences
  does it choose the right form of the verb?
- `c`: the near-sighted reader of the lesson gets sentence 2 and the same sentence with *{wrong}*. What does it read of
  sentence 2? (a text)

The decoder's surprise for each word, in nats:

| | The | windows | of | Rome | V | open. |
|---|---|---|---|---|---|---|
{surprise}

- `d`: the sum of the sentence with *are*, minus the sum of the sentence with *is*

k-means made two groups of the 20 sentences of a word. Nobody knows which group is which sense:

| | older sense | newer sense |
|---|---|---|
{groups}

- `e`: the share right, with the naming that the lesson takes

A probe gives each sentence a score for "has an error". {number} learners' sentences and their corrections:

| pair | {places} |
|---|{lines}
{pairs}

- `f`: the share of pairs in which it finds the one with the error (the higher score counts as wrong)
- `g`: now each sentence comes alone, and above 0.5 means "has an error". Which share of the {all} sentences is
  right?"""


def draw(chance: random.Random) -> dict:
    """Return other sentences and numbers. None of the known slips leads to a right answer."""
    while True:
        one, two = chance.randint(2, 8), chance.randint(1, 9)
        scores = [round(0.05 + 0.1 * chance.randint(0, 9), 2) for _ in range(10)]
        halves = [chance.randint(2, 16) / 2 for _ in range(8)]
        given = {
            "sentences": chance.sample(POOL[5:], 5),
            "surprise": (halves[:4], {"are": halves[4:6], "is": halves[6:]}),
            "groups": ((one, 10 - one), (two, 10 - two)),
            "pairs": list(zip(scores[:5], scores[5:], strict=True)),
        }
        if _is_clear(given):
            return given


def _is_clear(given: dict) -> bool:
    right, (verb, last) = answers(given), zip(*given["surprise"][1].values(), strict=True)
    d_slips = {0, verb[0] - verb[1], last[0] - last[1], verb[1] - verb[0]}
    (one, _), (two, _) = given["groups"]
    found = sum(error > 0.5 for error, _ in given["pairs"]) / len(given["pairs"])
    is_apart = right["e"] > 0.5 and one / 10 != right["e"] != two / 10 and right["f"] not in (0, 1, 0.5, found)
    g_clear = right["g"] not in (right["f"], 1 - right["f"], found, 0.5)
    no_ties = all(error != mended for error, mended in given["pairs"])
    first, second = given["sentences"][:2]
    is_far = len(first[0].split()) - first[1] >= 4 and second[6] and 1 <= right["b"] <= 3
    return right["d"] not in d_slips and is_apart and g_clear and no_ties and bool(is_far)


def card(given: dict) -> str:
    """Return the text of the card."""
    before, verbs = given["surprise"]
    rows = [f"| V is *{verb}* | {' | '.join(map(str, [*before, *behind]))} |" for verb, behind in verbs.items()]
    errors, mended = zip(*given["pairs"], strict=True)
    number, of_all = NUMBERS[len(errors)]
    return CARD.format(
        sentences="\n".join(f"{place}. {_sentence(each)}" for place, each in enumerate(given["sentences"], 1)),
        wrong=given["sentences"][1][5],
        surprise="\n".join(rows),
        groups="\n".join(f"| group {place} | {one} | {two} |" for place, (one, two) in enumerate(given["groups"])),
        number=number,
        all=of_all,
        places=_cells(range(1, len(errors) + 1)),
        lines="---|" * len(errors),
        pairs=f"| with the error | {_cells(errors)} |\n| corrected | {_cells(mended)} |",
    )


def _cells(numbers: Iterable[float]) -> str:
    return " | ".join(map(str, numbers))


def _sentence(sentence: tuple) -> str:
    before, _, _, _, verb, _, behind = sentence
    return f"{before} {verb} {behind}" if behind else f"{before} {verb}."


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    before, subject, *_ = given["sentences"][0]
    context, *_ = given["sentences"][1]
    seen = _sentence(given["sentences"][1]).split()[len(context.split()) - 2 :]  # two words, the verb, and what follows
    verbs = given["surprise"][1]
    (a, b), (c, d) = given["groups"]
    pairs = given["pairs"]
    return {
        "a": len(before.split()) - subject - 1,
        "b": sum(plural == last for _, _, plural, last, *_ in given["sentences"]),
        "c": " ".join(seen),
        "d": sum(verbs["are"]) - sum(verbs["is"]),
        "e": max(a + d, b + c) / (a + b + c + d),
        "f": sum(error > mended for error, mended in pairs) / len(pairs),
        "g": sum((error > 0.5) + (mended <= 0.5) for error, mended in pairs) / (2 * len(pairs)),
    }
