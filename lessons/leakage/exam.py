"""Other rows for the card "What has this model seen?", for an exam."""

import random
import re

# Part, day, month, writer, text.
GIVEN = {
    "rows": [
        ("train", 3, "May", "Ada", "The lamp in Mill Street is out"),
        ("test", 4, "May", "Ben", "THE LAMP in Mill Street is out!"),
        ("train", 6, "May", "Ben", "My green bin was not emptied"),
        ("test", 9, "May", "Ada", "My blue card does not open the door"),
        ("train", 11, "May", "Cem", "My blue card does not open the door"),
        ("test", 12, "May", "Dora", "The night bus was late once more"),
        ("train", 15, "May", "Eva", "RT The night bus was late once again"),
        ("test", 20, "May", "Finn", "Who cuts the tree in front of my house?"),
    ],
    "near": (6, 7),
    "asked": {"next_year": "dates", "new_people": "writers", "lost_labels": "rows"},
}
TOLERANCE = {"similarity": 0.006}
QUESTIONS = {
    "next_year": "how good will the model be for the same writers, a year later?",
    "new_people": "how good is it on messages of the same months, from people whom it has never read?",
    "lost_labels": "some of these messages, a random part, lost their labels. How well does the model fill them in?",
}
ASKED = {
    "dates": [
        "how good will the model be for the same writers, a year later?",
        "how good will it be from tomorrow on?",
    ],
    "writers": [
        "how good is it on messages of the same months, from people whom it has never read?",
        "the people of another part of the town wrote in the same months. How good is it for them?",
    ],
    "rows": [
        "some of these messages, a random part, lost their labels. How well does the model fill them in?",
        "a clerk labels a random half of these messages, and the model the other half. How good will it be?",
    ],
}
SAME = [
    "The lamp in Mill Street is out",
    "My green bin was not emptied",
    "My blue card does not open the door",
    "The lift in the town hall is stuck",
    "Nobody answers the phone on Monday mornings",
    "The fountain in the park is dry",
]
NEAR = [
    ("The night bus was late once more", "The night bus was late once again"),
    ("The swimming pool was closed the whole long week", "The swimming pool was closed the whole long month"),
    ("There was no warm water in the sports hall", "There was no warm water in the school"),
    ("Please send me the form for a new card", "Please send me the form for a second card"),
    ("The paths in the park are full of broken glass", "The paths in the park are full of old glass"),
]
ALONE = [
    "Who cuts the tree in front of my house?",
    "When does the library open on Sundays?",
    "How much is a ticket for two zones?",
    "Where can I leave old paint?",
]
WRITERS = ["Ada", "Ben", "Cem", "Dora", "Eva", "Finn", "Gül", "Hans"]
CARD = """\
Eight messages were split at random, into four rows to learn (train) and four to test:

| row | part | date | writer | text |
|---|---|---|---|---|
{rows}

Count, and write a number:

- `copies`: how many test rows have the same **wording** as a train row, after the lesson's `same_words`? (It drops
  case, punctuation and `RT`.)
- `similarity`: the Jaccard similarity of rows {one} and {two}, with their runs of five words. Drop the `RT` first.
- `known`: how many test rows have a writer whom the model has read?
- `future`: for how many test rows has the model read a message of a **later** day?

Then three questions that somebody may ask. Which split answers each best: `"rows"`, `"writers"` or `"dates"`? Each
fits once.

{questions}"""


def draw(chance: random.Random) -> dict:
    """Return eight other messages. The four counts are not all the same, and near-copies are no copies."""
    while True:
        texts = _texts(chance)
        parts = chance.sample(["train"] * 4 + ["test"] * 4, 8)
        days = sorted(chance.sample(range(2, 30), 8))
        writers = [chance.choice(WRITERS) for _ in texts]
        month = chance.choice(["March", "June", "August", "October"])
        rows = [
            (part, day, month, writer, text)
            for part, day, writer, text in zip(parts, days, writers, texts, strict=True)
        ]
        near = [place for place, text in enumerate(texts, 1) if _same_words(text) in _near_words()]
        kinds = chance.sample(["rows", "writers", "dates"], 3)
        given = {"rows": rows, "near": tuple(near), "asked": {f"split_{n}": kind for n, kind in enumerate(kinds, 1)}}
        given["wording"] = [chance.choice(ASKED[kind]) for kind in kinds]
        if _is_clear(given):
            return given


def _texts(chance: random.Random) -> list[str]:
    """Return a pair with the same letters, one with the same words, one that is near, and two that stand alone."""
    letters, words = chance.sample(SAME, 2)
    one, other = chance.choice(NEAR)
    changed = chance.choice([f"{words.upper()}!", f"RT {words}", f"{words.lower()}..."])
    near = [one, f"RT {other}"] if chance.random() < 0.5 else [f"RT {one}", other]
    texts = [letters, letters, words, changed, *near, *chance.sample(ALONE, 2)]
    chance.shuffle(texts)
    return texts


def _near_words() -> set[str]:
    return {_same_words(text) for pair in NEAR for text in pair}


def _is_clear(given: dict) -> bool:
    rows, right = given["rows"], answers(given)
    counts = [right[key] for key in ("copies", "known", "future")]
    train, test = ([row for row in rows if row[0] == part] for part in ("train", "test"))
    by_letters = sum(row[4] in {each[4] for each in train} for row in test)
    earlier = sum(any(each[3] == row[3] and each[1] < row[1] for each in train) for row in test)
    is_split = len({rows[place - 1][0] for place in given["near"]}) == 2
    return is_split and 0 < by_letters < right["copies"] and earlier < right["known"] < 4 and len({*counts, 0, 4}) >= 4


def card(given: dict) -> str:
    """Return the text of the card."""
    lines = (
        f"| {place} | {part} | {day} {month} | {writer} | `{text}` |"
        for place, (part, day, month, writer, text) in enumerate(given["rows"], 1)
    )
    wording = given.get("wording") or [QUESTIONS[key] for key in given["asked"]]
    questions = (f"- `{key}`: {words}" for key, words in zip(given["asked"], wording, strict=True))
    one, two = given["near"]
    return CARD.format(rows="\n".join(lines), one=one, two=two, questions="\n".join(questions))


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    rows = given["rows"]
    train, test = ([row for row in rows if row[0] == part] for part in ("train", "test"))
    one, two = (_runs(rows[place - 1][4]) for place in given["near"])
    return {
        "copies": sum(_same_words(row[4]) in {_same_words(each[4]) for each in train} for row in test),
        "similarity": len(one & two) / len(one | two),
        "known": sum(row[3] in {each[3] for each in train} for row in test),
        "future": sum(row[1] < max(each[1] for each in train) for row in test),
        **given["asked"],
    }


def _same_words(text: str) -> str:
    return " ".join(word for word in re.findall(r"\w+", text.lower()) if word != "rt")


def _runs(text: str) -> set[tuple]:
    words = _same_words(text).split()
    return {tuple(words[first : first + 5]) for first in range(len(words) - 4)}
