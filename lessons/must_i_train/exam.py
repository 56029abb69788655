"""Other changes for the card "What moves?", for an exam."""

import random

# What the answers of a way depend on.
WAYS = {
    "describe": {"encoder", "sentences"},
    "prompt": {"decoder", "question", "empty post"},
    "few-shot": {"decoder", "question", "empty post", "four posts", "labels of the four"},
    "nearest": {"encoder", "labelled posts", "labels of all", "voters"},
    "head": {"encoder", "labelled posts", "labels of all", "penalty"},
    "fine-tuned": {"encoder", "labelled posts", "labels of all", "learning rate"},
}
# A change, and what it touches.
CHANGES = {
    "A third of the labels are broken, also among the four in the prompt.": {"labels of all", "labels of the four"},
    "The question gets other words.": {"question"},
    "Another encoder takes the place of the old one.": {"encoder"},
    "192 more posts get labels. `few-shot` keeps its four.": {"labelled posts"},
    "The sentences for the labels get other words.": {"sentences"},
    "Another decoder takes the place of the old one.": {"decoder"},
    "The four posts in the prompt are exchanged for four others of the 64.": {"four posts"},
    "A third of the labels are broken, but not those of the four in the prompt.": {"labels of all"},
    "Three nearest posts vote, where five voted before.": {"voters"},
    "The habit is measured with a full stop in place of the empty post.": {"empty post"},
    "The logistic regression gets a stronger penalty.": {"penalty"},
    "The learning rate of the upper layers is halved.": {"learning rate"},
    "Only the labels of the four posts in the prompt are broken; all other ways get them as they were.": {
        "labels of the four"
    },
    "Encoder and decoder are both exchanged.": {"encoder", "decoder"},
    "The question gets other words, and so do the sentences for the labels.": {"question", "sentences"},
}
WEIGHTS = {"head": "its own", "fine-tuned": "the encoder's"}  # that a way fits or trains
LABELS = {"labels of all", "labels of the four"}
# A question about the ways as they are, and for which ways the answer is yes.
AS_THEY_ARE = {
    "Which ways have weights that are fitted or trained with our labels?": lambda way: way in WEIGHTS,
    "Which ways change weights of the *encoder*?": lambda way: WEIGHTS.get(way) == "the encoder's",
    "Which ways need no labelled post at all?": lambda way: not WAYS[way] & LABELS,
    "Which ways read our labels, but change no weight?": lambda way: WAYS[way] & LABELS and way not in WEIGHTS,
    "Which ways use the decoder?": lambda way: "decoder" in WAYS[way],
    "Which ways use the encoder, and leave its weights as they are?": lambda way: (
        "encoder" in WAYS[way] and WEIGHTS.get(way) != "the encoder's"
    ),
}
GIVEN = {"changes": [*CHANGES][:5], "questions": [*AS_THEY_ARE][:2]}
CARD = """\
A project sorts posts in six ways. It has 64 labelled posts. (Here few-shot counts as a way, and pairs are left out.)

| way | how it answers |
|---|---|
| `describe` | a sentence for each label; the encoder compares it with the post |
| `prompt` | a question to the decoder; its habit is measured with an empty post |
| `few-shot` | the same, with four of the labelled posts in the prompt |
| `nearest` | vectors of the frozen encoder; the nearest labelled posts vote |
| `head` | vectors of the frozen encoder; a logistic regression is fitted to the labelled posts |
| `fine-tuned` | a head and the upper layers of the encoder, trained on the labelled posts |

`a` to `e` are changes. Each is made alone, then everything that depends on it is done again.
**Which ways can give other answers after it?** Write a set of names, such as `{"head", "prompt"}`.

CHANGES

Two questions about the six ways as they are:

QUESTIONS"""


def draw(chance: random.Random) -> dict:
    """Return other changes and questions, in another order. No two of the changes have the same answer."""
    while True:
        given = {"changes": chance.sample([*CHANGES], 5), "questions": chance.sample([*AS_THEY_ARE], 2)}
        new = [*given["changes"], *given["questions"]]
        sets = {frozenset(answer) for key, answer in answers(given).items() if key in "abcde"}
        if len(sets) == 5 and len({*new} - {*GIVEN["changes"], *GIVEN["questions"]}) >= 4:
            return given


def card(given: dict) -> str:
    """Return the text of the card."""
    changes = (f"- `{letter}`: {words}" for letter, words in zip("abcde", given["changes"], strict=True))
    questions = (f"- `{letter}`: {words}" for letter, words in zip("fg", given["questions"], strict=True))
    return CARD.replace("CHANGES", "\n".join(changes)).replace("QUESTIONS", "\n".join(questions))


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    moved = [{way for way, needs in WAYS.items() if needs & CHANGES[change]} for change in given["changes"]]
    asked = [{way for way in WAYS if AS_THEY_ARE[question](way)} for question in given["questions"]]
    return dict(zip("abcdefg", [*moved, *asked], strict=True))
