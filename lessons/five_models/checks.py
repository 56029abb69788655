"""The checks of `five_models`'s sheet."""

from course_utils.checks.sheet import Sheet
from course_utils.checks.values import as_choice, as_function, as_list, as_number, call, suspect
from course_utils.checks.wrong import Said, WrongAnswer

sheet = Sheet("five_models")

VERDICTS = ("learns on", "overfits", "learned nothing", "not fresh")
FITS = {"a": "learns on", "b": "overfits", "c": "learned nothing", "d": "not fresh"}
MISREAD = {
    ("a", "overfits"): "who overfits has a validation loss that rises: which way does this one go?",
    ("b", "learns on"): "its training loss falls, true. Which way does its validation loss go?",
    ("b", "not fresh"): "compare its first training loss with those of `a` and `c`, which began anew",
    ("d", "overfits"): "its validation loss does not rise. What is strange about its first training loss?",
    ("d", "learns on"): "are its losses still on the way down? And with which training loss does it begin?",
}


@sheet.exercise(
    section="Do they overfit?",
    hints=[
        "Overfitting shows in two curves at once. What does the training loss do, and what the validation loss?",
        "A fresh model knows nothing of the labels. Compare the first training losses of the four.",
        "Right answers are counted by the accuracy, not by the loss: look into the last column.",
        "Early stopping with patience 1 waits for one evaluation that is worse than the best. Then it goes back.",
    ],
)
def loss_verdicts(loss_verdicts) -> str:
    keys = [*FITS, "fewer_right", "stops_after", "goes_back_to"]
    if not isinstance(loss_verdicts, dict) or not set(keys) <= set(loss_verdicts):
        raise WrongAnswer(f"a dict with the keys {', '.join(keys)}", loss_verdicts)
    given = {letter: as_choice(loss_verdicts[letter], letter, VERDICTS) for letter in FITS}
    for letter, right in FITS.items():
        if given[letter] != right:
            slip = MISREAD.get((letter, given[letter]), "each verdict fits one training. Which one fits this one best?")
            raise WrongAnswer(f"another verdict on `{letter}`", given[letter], slip)
    if as_choice(loss_verdicts["fewer_right"], "fewer_right", ("yes", "no")) != "no":
        slip = "the loss and the answers are two things: which column counts right answers?"
        raise WrongAnswer("another answer in `fewer_right`", loss_verdicts["fewer_right"], slip)
    stop = as_number(loss_verdicts["stops_after"], "stops_after", whole=True, low=0)
    if stop != 2:
        slips = {
            "it needs one worse evaluation before it knows that the best is over": 1,
            "patience 1: how many worse evaluations does it wait for?": 3,
            "epochs are counted from one": 0,
        }
        raise WrongAnswer("another epoch in `stops_after`", stop, suspect(stop, slips) or "there are three epochs")
    back = as_number(loss_verdicts["goes_back_to"], "goes_back_to", whole=True, low=0)
    if back != 1:
        slip = "the best model is the one with the lowest validation loss"
        if back == stop:
            slip = "where it stops, the loss was already worse: which epoch was the best?"
        raise WrongAnswer("another epoch in `goes_back_to`", back, slip)
    return "A loss that rises can mean: too sure of its mistakes. It need not mean: more mistakes."


ASKED = [  # rows, epochs, steps, sizes
    (2000, 2, 126, [8, 16, 32, 64]),
    (3000, 3, 564, [64, 32, 16, 8]),
    (10, 3, 9, [2, 3, 4, 5]),
    (6, 3, 3, [4, 5, 6, 8, 16]),
    (100, 2, 15, [10, 12, 14, 16]),
]
ASKED_HIDDEN = [
    (640, 4, 160, [8, 16, 32]),
    (50, 5, 35, [6, 7, 8, 9]),
    (9, 2, 2, [32, 16, 9, 8]),
    (33, 4, 12, [8, 11, 12, 16]),
    (1001, 1, 501, [1, 2, 4]),
]


@sheet.exercise(
    section="Bug hunt 1: the model that was not fresh",
    hints=[
        "Turn the question round: how many steps does one size give? Then keep the sizes that give the right number.",
        "How many batches has one epoch of 10 rows, with batches of 4? Count the smaller one at the end, too.",
        "Round up in each epoch, and only then multiply by the epochs. `math.ceil` rounds up.",
    ],
)
def possible_batches(possible_batches, hidden=False) -> str:
    as_function(possible_batches, "possible_batches")
    asked = ASKED_HIDDEN if hidden else ASKED
    found = [_found(possible_batches, *question) for question in asked]
    for question, sizes in zip(asked, found, strict=True):
        right = _chosen(_steps, *question)
        if sizes != right:
            raise WrongAnswer(f"other sizes from {_called(*question)}", sizes, _slip(asked, found, sizes, question))
    return "The number of steps does not lie: it tells which batch sizes a report can have used."


def _found(possible_batches, rows: int, epochs: int, steps: int, sizes: list[int]) -> list[int]:
    handed = list(sizes)
    made = call(possible_batches, rows, epochs, steps, handed)
    if handed != sizes:
        raise WrongAnswer("that `sizes` stays as it was", handed, "make a new list: the old one is not yours")
    if not hasattr(made, "__iter__"):
        slip = "there may be several sizes, or none: return them in a list"
        raise WrongAnswer(f"a list from {_called(rows, epochs, steps, sizes)}", made, slip)
    found = [as_number(size, "the list", whole=True) for size in as_list(made, "the list")]
    if not set(found) <= set(sizes):
        slip = "choose among the sizes that were handed over"
        raise WrongAnswer(f"from {_called(rows, epochs, steps, sizes)} only such sizes", found, slip)
    return found


def _called(rows: int, epochs: int, steps: int, sizes: list[int]) -> str:
    return f"possible_batches({rows}, {epochs}, {steps}, {sizes})"


def _steps(rows: int, epochs: int, size: int) -> int:
    return -(-rows // size) * epochs


def _chosen(count, rows: int, epochs: int, steps: int, sizes: list[int]) -> list[int]:
    return [size for size in sizes if count(rows, epochs, size) == steps]


SLIPS = {  # words -> a wrong way to count the steps
    "the smaller batch at the end of an epoch is a batch, too": lambda rows, epochs, size: rows // size * epochs,
    "round up in each epoch: no batch holds rows of two epochs": lambda rows, epochs, size: -(-rows * epochs // size),
    "that is one epoch: a training walks through the rows several times": lambda rows, epochs, size: -(-rows // size),
    "round up, not to the nearest": lambda rows, epochs, size: round(rows / size) * epochs,
    "a batch is whole: round up": lambda rows, epochs, size: rows / size * epochs,
    "is there always a smaller batch at the end?": lambda rows, epochs, size: (rows // size + 1) * epochs,
}


def _slip(asked: list[tuple], found: list[list[int]], sizes: list[int], question: tuple) -> str:
    """Return the wrong way that explains all the answers, else what is strange about the first wrong one."""
    for words, count in SLIPS.items():
        if found == [_chosen(count, *each) for each in asked]:
            return words
    right = _chosen(_steps, *question)
    if sorted(sizes) == sorted(right):
        return "the sizes shall come in the order in which they were handed over"
    if set(sizes) < set(right):
        return "these are right, and they are not all: do you stop at the first one?" if sizes else "one is left out"
    size = next(size for size in question[3] if (size in sizes) != (size in right))
    return f"take one size by hand: {question[0]} rows in batches of {size}, how many batches has one epoch?"


@sheet.exercise(
    section="Bug hunt 2: which class is 1?",
    hints=[
        "Read what is printed under `upright`. Which sentiment becomes which number? What becomes of a 2?",
        "Two repairs: `filter` drops the neutral tweets, and the line with `if` must say what the card says.",
        "The names stay in their order: number 0 is the first name, number 1 is the second.",
    ],
)
def upright(upright, hidden=False) -> str:
    from datasets import Dataset

    as_function(upright, "upright")
    texts = ["What a goal!", "No seats left.", "It is Tuesday.", "Best soup in town.", "I want my money back.", "Hm."]
    sentiments = [4, 0, 2, 4, 0, 2]
    if hidden:
        texts, sentiments = [*texts[::-1], "Thank you so much!"], [*sentiments[::-1], 4]
    made = call(upright, Dataset.from_dict({"text": texts, "sentiment": sentiments}))
    if not hasattr(made, "features") or not {"text", "label"} <= set(made.column_names):
        raise WrongAnswer("a `Dataset` with the columns `text` and `label`", made)
    names = getattr(made.features["label"], "names", None)
    number = dict(zip(made["text"], made["label"], strict=True))
    wanted = {text: mood // 4 for text, mood in zip(texts, sentiments, strict=True) if mood != 2}
    for text, label in wanted.items():
        if number.get(text) != label:
            raise _turned(text, label, number.get(text), names)
    if len(made) != len(wanted):
        left = [f"{text!r} with label {number[text]}" for text in number if text not in wanted]
        said = Said(left[0] if left else f"{len(made)} rows")
        slip = "a neutral tweet became positive or negative: drop it before you give labels"
        raise WrongAnswer("the positive and the negative tweets, and no other", said, slip)
    if names != ["negative", "positive"]:
        slip = "which name stands for the number 1?" if names else "the numbers have no names: see `cast_column`"
        raise WrongAnswer("a label with two names, the one for 0 first", names, slip)
    if "sentiment" in made.column_names:
        raise WrongAnswer("`label` in place of `sentiment`", made, "remove the old column")
    return "Two tweets with their label names show what accuracy cannot: which way up the labels are."


def _turned(text: str, label: int, found: object, names: object) -> WrongAnswer:
    mood = ("negative", "positive")[label]
    if found is None:
        slip = "only neutral tweets are dropped"
        return WrongAnswer(f"that the {mood} tweet {text!r} stays", Said("a dataset without it"), slip)
    slip = "which number does your line give to a sentiment of 4, and which to 0?"
    if names == ["positive", "negative"]:
        slip = "the names were changed to fit the numbers; but 1 must be positive, or the F1 is of the other class"
    elif found not in (0, 1):
        slip = "there are two classes left: 0 and 1"
    elif label == 0:
        slip = "your line makes both kinds positive"
    return WrongAnswer(f"the label of a {mood} tweet for {text!r}", found, slip)


@sheet.exercise(
    section="Bug hunt 3: two draws from one box",
    hints=[
        "One draw, then a cut: `train_test_split` takes both sizes and the seed. But it knows rows, not texts.",
        "So let each text stand in the box once, before you draw. `rows.select([...])` takes places.",
        "A dict keeps one value for each key: with the text as key and its place as value, one place is left.",
    ],
)
def apart_by_text(apart_by_text, hidden=False) -> str:
    as_function(apart_by_text, "apart_by_text")
    box, sizes = _box(), (28, 14) if hidden else (30, 15)
    drawn = _drawn(apart_by_text, box, sizes, 7)
    shared = set(drawn[0]) & set(drawn[1])
    if shared:
        said = Said(f"{len(shared)} texts in both, for example {min(shared)!r}")
        twice = all(box["text"][:].count(text) > 1 for text in shared)
        slip = "one box, drawn from twice? Draw once, and cut that in two"
        if twice:
            slip = "these texts stand in two rows of the box: one row here, one row there"
        raise WrongAnswer("no text that stands in both parts", said, slip)
    labels = dict(zip(box["text"], box["label"], strict=True))
    for part, name in zip(drawn, ("training", "test"), strict=True):
        if len({labels[text] for text in part}) < 2:
            said = Said(f"only label {labels[part[0]]}")
            raise WrongAnswer(f"posts of both labels in the {name} part", said, "the rows come sorted: shuffle first")
    if _drawn(apart_by_text, box, sizes, 7) != drawn:
        raise WrongAnswer("the same rows for the same seed", Said("other rows"), "where does your draw get `seed`?")
    other = _drawn(apart_by_text, box, sizes, 8)
    for part, again, name in zip(drawn, other, ("training", "test"), strict=True):
        if set(part) == set(again):
            slip = "drawn with a seed of its own, or not drawn at random at all?"
            raise WrongAnswer(f"another {name} part for another seed", Said("the same one"), slip)
    return "One draw, cut in two, and no text on both sides: this test is new to the model."


def _box():
    """Return 90 rows with 70 texts, sorted by label: the first ten texts of each label stand there twice."""
    from datasets import Dataset

    numbers = [*range(35), *range(10), *range(35, 70), *range(35, 45)]
    texts = [f"post number {number}" for number in numbers]
    return Dataset.from_dict({"text": texts, "label": [int(number >= 35) for number in numbers]})


def _drawn(apart_by_text, box, sizes: tuple, seed: int) -> list[list[str]]:
    made = call(apart_by_text, box, *sizes, seed)
    if hasattr(made, "keys"):
        slip = "return the two parts themselves, with a comma between them"
        raise WrongAnswer("two datasets", Said(f"a {type(made).__name__} with the keys {list(made)}"), slip)
    parts = list(made) if isinstance(made, list | tuple) else []
    if len(parts) != 2:
        raise WrongAnswer("two datasets, the training part first", made)
    drawn = []
    for part, size, name in zip(parts, sizes, ("training", "test"), strict=True):
        if "text" not in (getattr(part, "column_names", None) or getattr(part, "columns", ())):
            raise WrongAnswer("two datasets, with the columns of the box", part)
        texts = as_list(part["text"], f"{name} part", of=str)
        if len(texts) != size:
            slip = "were rows taken away after the draw? Clean the box first, then draw"
            if sorted(len(each) for each in parts) == sorted(sizes):
                slip = "the training part comes first"
            raise WrongAnswer(f"{size} rows in the {name} part", Said(f"{len(texts)} rows"), slip)
        if not set(texts) <= set(box["text"]):
            raise WrongAnswer("texts of the box, unchanged", Said(f"for example {texts[0]!r}"))
        drawn.append(texts)
    return drawn
