"""Other numbers for the card "Three readers", for an exam."""

import random

LABELS = ["anger", "joy", "optimism", "sadness"]
# Reader -> a line for each true label, a column for each label that the reader wrote.
GIVEN = {
    "readers": {
        "Ann": [[15, 3, 3, 4], [4, 15, 3, 3], [3, 4, 15, 3], [3, 3, 4, 15]],
        "Ben": [[25, 0, 0, 0], [0, 25, 0, 0], [0, 20, 5, 0], [20, 0, 0, 5]],
        "Cleo": [[25, 0, 0, 0], [13, 12, 0, 0], [13, 0, 12, 0], [14, 0, 0, 11]],
    },
    "asked": "Cleo",
    "label": "anger",
}
TOLERANCE = dict.fromkeys(("agreement", "kappa", "honest"), 0.006)  # the card says: two decimals are enough
SIZES = [(20, 36), (30, 52), (25, 44), (40, 68), (40, 72), (30, 54)]  # posts of a label, errors of a reader
CARD = """\
Three readers wrote labels for the same {posts} posts. We know the true labels: {each} posts of each. In the table, a
line is a true label. A column is what the reader wrote.

| reader | true label | anger | joy | optimism | sadness |
|---|---|---|---|---|---|
{rows}

First about {asked}, as shares between 0 and 1. Two decimals are enough.

- `agreement`: the share of all posts to which {asked} gave the true label
- `kappa`: Cohen's kappa of {asked} and the truth. For each label, multiply its share in the truth and its share in
  {asked}'s labels. The sum of these four products is the luck.
- `honest`: of the posts that {asked} calls *{label}*, the share that really is *{label}*

Each reader has a pupil. For each true label, the pupil learns which word its reader wrote **most often**. The test
has {each} new posts of each label. The pupil is told the true label of each of them, and answers with the word that it
has learned for this label. Which share of its answers is right?

- `ann`, `ben`, `cleo`: the pupil of Ann, of Ben, of Cleo

At last, think of a real model for each reader. It learns from the labels of this reader, and `find_label_issues`
looks for wrong ones.

- `finder`: for which one of the three does the finder clearly beat a blind choice? `"Ann"`, `"Ben"` or `"Cleo"`"""


def draw(chance: random.Random) -> dict:
    """Return three readers of the same kinds: without a rule, with two confusions, with one label when in doubt."""
    each, errors = chance.choice(SIZES)
    label = chance.choice(LABELS)
    kinds = {
        "no rule": _no_rule(chance, each, errors),
        "confuses": _confuses(chance, each, errors),
        "in doubt": _in_doubt(chance, each, errors, LABELS.index(label)),
    }
    names = chance.sample(["Ann", "Ben", "Cleo"], 3)
    readers = dict(zip(names, kinds.values(), strict=True))
    return {"readers": dict(sorted(readers.items())), "asked": names[2], "label": label}


def _no_rule(chance: random.Random, each: int, errors: int) -> list[list[int]]:
    lines = []
    for true, wrong in enumerate(_shares(chance, errors, 4)):
        others = _shares(chance, wrong, 3)
        lines.append([*others[:true], each - wrong, *others[true:]])
    return lines


def _confuses(chance: random.Random, each: int, errors: int) -> list[list[int]]:
    lines = [[each if said == true else 0 for said in range(4)] for true in range(4)]
    one, two, *into = chance.sample(range(4), 4)
    for true, said, wrong in zip((one, two), into, _shares(chance, errors, 2), strict=True):
        lines[true][true], lines[true][said] = each - wrong, wrong
    return lines


def _in_doubt(chance: random.Random, each: int, errors: int, label: int) -> list[list[int]]:
    lines = [[each if said == true else 0 for said in range(4)] for true in range(4)]
    others = [true for true in range(4) if true != label]
    for true, wrong in zip(others, _shares(chance, errors, 3), strict=True):
        lines[true][true], lines[true][label] = each - wrong, wrong
    return lines


def _shares(chance: random.Random, total: int, parts: int) -> list[int]:
    """Return a total in almost equal parts."""
    made = [total // parts + (part < total % parts) for part in range(parts)]
    chance.shuffle(made)
    return made


def card(given: dict) -> str:
    """Return the text of the card."""
    rows = []
    for name, lines in given["readers"].items():
        for place, (true, line) in enumerate(zip(LABELS, lines, strict=True)):
            rows.append(
                f"| {name if place == 0 else ''} | {true} | {' | '.join(map(str, line))} |".replace("|  |", "| |")
            )
    each = _each(given)
    text = CARD.format(posts=4 * each, each=each, rows="\n".join(rows), asked=given["asked"], label=given["label"])
    return text


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    readers, each = given["readers"], _each(given)
    lines, label = readers[given["asked"]], LABELS.index(given["label"])
    written = [sum(column) for column in zip(*lines, strict=True)]
    agreement = sum(lines[true][true] for true in range(4)) / (4 * each)
    luck = sum(each * many for many in written) / (4 * each) ** 2
    return {
        "agreement": agreement,
        "kappa": (agreement - luck) / (1 - luck),
        "honest": lines[label][label] / written[label],
        **{name.lower(): _pupil(of_reader) for name, of_reader in readers.items()},
        "finder": max(readers, key=lambda name: _pupil(readers[name])),  # no error of this reader can be learned
    }


def _each(given: dict) -> int:
    return sum(next(iter(given["readers"].values()))[0])


def _pupil(lines: list[list[int]]) -> float:
    return sum(line[true] == max(line) for true, line in enumerate(lines)) / len(lines)
