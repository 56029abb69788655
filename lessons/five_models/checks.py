"""The checks of `five_models`'s sheet."""

from collections import Counter
from functools import partial

from course_utils.checks.cases import judge, unchanged
from course_utils.checks.elsewhere import in_another_process
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_choice, as_function, as_list, as_number, call, predict
from course_utils.checks.wrong import Said, WrongAnswer, WrongForm, shown_call

sheet = Sheet("five_models")

VERDICTS = ("learns on", "overfits", "learned nothing", "not fresh")


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
    verdict = partial(as_choice, choices=VERDICTS)
    epoch = partial(as_number, whole=True, low=0)
    began = "compare its first training loss with those of `a` and `c`, which began anew"
    parts = {
        "a": (
            "learns on",
            verdict,
            {
                "overfits": "who overfits has a validation loss that rises: does this one?",
                "learned nothing": "look at its losses from epoch to epoch: do they stay where they are?",
                "not fresh": "its first training loss is near ln(2): so a model begins that only guesses",
            },
        ),
        "b": (
            "overfits",
            verdict,
            {
                "learns on": "its training loss falls, true. Which way does its validation loss go?",
                "not fresh": began,
                "learned nothing": "look at its training loss from epoch to epoch: does it stay where it is?",
            },
        ),
        "c": (
            "learned nothing",
            verdict,
            {
                "not fresh": "its first training loss is that of a model that guesses between two labels: ln(2)",
                "learns on": "do its losses move at all?",
                "overfits": "who overfits learns the training part by heart: does its training loss fall?",
            },
        ),
        "d": (
            "not fresh",
            verdict,
            {
                "overfits": "its validation loss does not rise. What is strange about its first training loss?",
                "learns on": "are its losses still on the way down? And with which training loss does it begin?",
                "learned nothing": "does its accuracy say so? And with which training loss does it begin?",
            },
        ),
        "fewer_right": (
            "no",
            partial(as_choice, choices=("yes", "no")),
            {"yes": "the loss and the answers are two things: which column counts right answers?"},
        ),
        "stops_after": (
            2,
            epoch,
            {
                1: "it needs one worse evaluation before it knows that the best is over",
                3: "patience 1: how many worse evaluations does it wait for?",
                0: "epochs are counted from one",
            },
        ),
        "goes_back_to": (
            1,
            epoch,
            {
                2: "there the validation loss was worse already: which epoch was the best?",
                3: "the best model is the one with the lowest validation loss",
                0: "epochs are counted from one",
            },
        ),
    }
    predict(
        loss_verdicts,
        "loss_verdicts",
        {
            key: Part(right, {words: value for value, words in slips.items()}, read)
            for key, (right, read, slips) in parts.items()
        },
    )
    return "A loss that rises can mean: too sure of its mistakes. It need not mean: more mistakes."


ASKED = [  # rows, epochs, steps, sizes
    (6, 3, 3, [4, 5, 6, 8, 16]),
    (10, 3, 9, [5, 2, 4, 3]),
    (100, 2, 15, [10, 12, 14, 16]),
    (2000, 2, 126, [8, 16, 32, 64]),
    (3000, 3, 564, [64, 32, 16, 8]),
]
ASKED_HIDDEN = [
    (9, 2, 2, [32, 16, 9, 8]),
    (33, 4, 12, [8, 11, 12, 16]),
    (50, 5, 35, [9, 8, 6, 7]),
    (640, 4, 160, [8, 16, 32]),
    (1001, 1, 501, [1, 2, 4]),
]


def _asked_anew(hidden: bool) -> list[tuple]:
    """Return questions drawn from a seed: rows, epochs, steps that one of the sizes gives, sizes in any order."""
    import numpy as np

    random = np.random.default_rng(2 if hidden else 1)
    asked = []
    for _ in range(3):
        rows, epochs = int(random.integers(5, 90)), int(random.integers(1, 6))
        sizes = random.permutation(np.arange(2, 30))[:9].tolist()
        asked.append((rows, epochs, _steps(rows, epochs, sizes[0]), sizes))
    return asked


def _steps(rows: int, epochs: int, size: int) -> int:
    return -(-rows // size) * epochs


def _chosen_by(count):
    """Return what chooses the sizes that make so many steps, if the steps are counted in this way."""
    return lambda rows, epochs, steps, sizes: [size for size in sizes if count(rows, epochs, size) == steps]


def _possible(rows: int, epochs: int, steps: int, sizes: list[int]) -> list[int]:
    return _chosen_by(_steps)(rows, epochs, steps, sizes)


STEP_SLIPS = {
    "the smaller batch at the end of an epoch is a batch, too": _chosen_by(lambda r, e, size: r // size * e),
    "round up in each epoch: no batch holds rows of two epochs": _chosen_by(lambda r, e, size: -(-r * e // size)),
    "that is one epoch: a training walks through the rows several times": _chosen_by(lambda r, e, size: -(-r // size)),
    "round up, not to the nearest": _chosen_by(lambda r, e, size: round(r / size) * e),
    "a batch is whole: round up": _chosen_by(lambda r, e, size: r / size * e),
    "is there always a smaller batch at the end?": _chosen_by(lambda r, e, size: (r // size + 1) * e),
    "do you stop at the first one? There may be several": lambda *asked: _possible(*asked)[:1],
    "in the order of `sizes`, not sorted by size": lambda *asked: sorted(_possible(*asked)),
    "in the order of `sizes`, not the largest first": lambda *asked: sorted(_possible(*asked), reverse=True),
    "at least so many steps? Exactly so many": lambda rows, epochs, steps, sizes: [
        size for size in sizes if _steps(rows, epochs, size) >= steps
    ],
    "at most so many steps? Exactly so many": lambda rows, epochs, steps, sizes: [
        size for size in sizes if _steps(rows, epochs, size) <= steps
    ],
    "computed, not chosen: choose among the sizes that were handed over": lambda rows, epochs, steps, sizes: [
        round(rows * epochs / steps)
    ],
}


def _sizes(made: object) -> list[int]:
    if not hasattr(made, "__iter__"):
        raise WrongForm("a list of sizes", made, "there may be several sizes, or none: return them in a list")
    return [as_number(size, "the list", whole=True) for size in as_list(made, "the list")]


@sheet.exercise(
    section="Bug hunt 1: the model that was not fresh",
    hints=[
        "Turn the question round: how many steps does one size give? Then keep the sizes that give the right number.",
        "How many batches has one epoch of 10 rows, with batches of 4? Count the smaller one at the end, too.",
        "Round up in each epoch, and only then multiply by the epochs. `math.ceil` rounds up.",
    ],
)
def possible_batches(possible_batches, hidden=False) -> str:
    cases = [*(ASKED_HIDDEN if hidden else ASKED), *_asked_anew(hidden)]
    judge(possible_batches, "possible_batches", cases, _possible, slips=STEP_SLIPS, read=_sizes)
    return "The number of steps does not lie: it tells which batch sizes a report can have used."


TWEETS = ["What a goal!", "No seats left.", "It is Tuesday.", "Best soup in town.", "I want my money back.", "Hm."]
NAMES = ["negative", "positive"]


def _raw(hidden: bool) -> list:
    """Return raw tweets, a few and more, where every text comes twice, and with odd texts."""
    import numpy as np
    from datasets import Dataset

    moods = np.random.default_rng(4 if hidden else 3).choice([0, 2, 4], 9).tolist()
    boxes = [
        (TWEETS[:2], [4, 0]),
        (TWEETS, [4, 0, 2, 4, 0, 2]),
        ([f"tweet number {number}" for number in range(9)], moods),
        ([*TWEETS[:2], *TWEETS[:2]], [4, 0, 4, 0]),
        (["", "  Late AGAIN ", "Sold\nout", "late again", " "], [0, 0, 4, 4, 2]),
    ]
    return [Dataset.from_dict({"text": texts, "sentiment": moods}) for texts, moods in boxes]


@sheet.exercise(
    section="Bug hunt 2: which class is 1?",
    hints=[
        "Read what is printed under `upright`. Which sentiment becomes which number? What becomes of a 2?",
        "Two repairs: `filter` drops the neutral tweets, and the line with `if` must say what the card says.",
        "The names stay in their order: number 0 is the first name, number 1 is the second.",
    ],
    form_point=False,
)
def upright(upright, hidden=False) -> str:
    as_function(upright, "upright")
    for raw in _raw(hidden):
        before = raw.with_format(None)
        made = call(upright, raw, name="upright")
        unchanged(before, raw, "upright", "raw")
        _judge_upright(made, raw[:]["text"], raw[:]["sentiment"])
    return "Two tweets with their label names show what accuracy cannot: which way up the labels are."


def _judge_upright(made, texts: list[str], moods: list[int]) -> None:
    given = f"tweets with the sentiments {moods}"
    if not hasattr(made, "features") or not {"text", "label"} <= set(made.column_names):
        raise WrongForm("a `Dataset` with the columns `text` and `label`", made, given=given)
    names = getattr(made.features["label"], "names", None)
    found = sorted(zip(made["text"], made["label"], strict=True), key=str)
    for text, label in found:
        if isinstance(label, str):
            raise WrongForm(
                "a number in `label`", label, "the name belongs into the names: see `ClassLabel`", given=given
            )
        if text not in texts:
            nothing = not set(texts) & set(made["text"])
            slip = "is it the argument `raw` that you use, or a variable of the notebook?" if nothing else ""
            raise WrongAnswer("the texts of `raw`, as they are", Said(f"for example {text!r}"), slip, given=given)
    wanted = sorted(((text, mood // 4) for text, mood in zip(texts, moods, strict=True) if mood != 2), key=str)
    if found != wanted:
        raise _other_tweets(found, wanted, names, dict(zip(texts, moods, strict=True)), given)
    if names != NAMES:
        slip = "the numbers have no names: see `cast_column`" if not names else ""
        if names == NAMES[::-1]:
            slip = "which name stands for the number 1?"
        elif names and [str(name).lower() for name in names] == NAMES:
            slip = "the names as the card writes them, without capital letters"
        raise WrongAnswer("a label with the names of the card, the one for 0 first", names, slip, given=given)
    if set(made.column_names) != {"text", "label"}:
        slip = "remove the old column" if "sentiment" in made.column_names else "one column too many came along"
        raise WrongAnswer("the columns `text` and `label`, and no other", made.column_names, slip, given=given)


def _other_tweets(found: list, wanted: list, names: object, moods: dict, given: str) -> WrongAnswer:
    """Say which tweet is not as it should be: the first one that is wrong, else one that is missing or too many."""
    kept, label_of = {text for text, _ in found}, dict(wanted)
    for text, label in found:
        if text in label_of and label != label_of[text]:
            slips = {
                "there are two classes left: 0 and 1": label not in (0, 1),
                "the names were changed to fit the numbers; but 1 must be positive": names == NAMES[::-1],
                "your line makes both kinds positive": all(each == 1 for _, each in found),
                "your line makes both kinds negative": all(each == 0 for _, each in found),
                "the two numbers are the wrong way round": all(1 - each == label_of.get(one, 0) for one, each in found),
            }
            slip = next((words for words, is_so in slips.items() if is_so), "")
            return WrongAnswer(f"the label of a {NAMES[label_of[text]]} tweet: {text!r}", label, slip, given=given)
    neutral = [text for text in kept if text not in label_of]
    if neutral and moods.get(neutral[0]) == 2:
        slip = "a neutral tweet became positive or negative: drop it before you give labels"
        said = Said(f"{min(neutral)!r} with label {dict(found)[min(neutral)]}")
        return WrongAnswer("the positive and the negative tweets, and no other", said, slip, given=given)
    missing = [text for text, _ in wanted if text not in kept]
    slip = "only neutral tweets are dropped" if missing else ""
    if not missing and kept == set(label_of) and len(found) == len(kept):
        slip = "a text that comes twice stays twice: only neutral tweets are dropped"
    return WrongAnswer(f"{len(wanted)} tweets", Said(f"{len(found)} tweets"), slip, given=given)


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
    boxes = [("the box of the check", _box(), (30, 15)), ("a smaller box", _box(12), (9, 11))]
    if hidden:
        boxes = [("a hidden box", _box(25), (22, 12)), ("a smaller hidden box", _box(10), (5, 12))]
    for name, box, sizes in boxes:
        _judge_draws(partial(_drawn, apart_by_text, box, sizes, name), box)
    _, box, sizes = boxes[0]
    _come_from_everywhere(partial(_drawn, apart_by_text, box, sizes, boxes[0][0]), box)
    _stay_after_a_restart(apart_by_text, box, sizes)
    return "One draw, cut in two, and no text on both sides: this test is new to the model."


def _box(size: int = 35):
    """Return rows sorted by label, `size` texts of each: some stand in two rows, some with two labels."""
    from datasets import Dataset

    both = range(size // 3, 2 * size // 3)  # these stand there with either label
    numbers = [*range(size), *range(size // 3), *range(size, 2 * size), *range(size, size + size // 3), *both]
    labels = [int(number >= size) for number in numbers[: -len(both)]] + [1] * len(both)
    texts = [f"A post of the common kind, number {number}" for number in numbers]
    return Dataset.from_dict({"text": texts, "label": labels, "source": [number % 3 for number in numbers]})


def _judge_draws(draw, box) -> None:
    drawn = draw(7)
    _share_no_text(drawn, box)
    known = Counter(zip(*(box[column] for column in box.column_names), strict=True))
    for part, name in zip(drawn, ("training", "test"), strict=True):
        for row, times in Counter(part).items():
            if row not in known:
                of_box = "its text is in the box: does it still have its own label and the rest of its row?"
                slip = of_box if row[0] in box["text"][:] else ""
                raise WrongAnswer(f"rows of `rows` in the {name} part", Said(f"for example {row}"), slip)
            if times > known[row]:
                slip = "drawn with replacement? A row that has been drawn is gone"
                raise WrongAnswer(
                    f"no row more often than in `rows`, in the {name} part", Said(f"{row} {times} times"), slip
                )
    if draw(7) != drawn:
        slip = "where does your draw get `seed`?"
        raise WrongAnswer("the same rows for the same seed", Said("other rows"), slip)
    seen = {tuple(set(part) for part in each) == tuple(set(part) for part in drawn) for each in map(draw, (8, 9, 10))}
    if True in seen:
        slip = "drawn with a seed of its own, or not drawn at random at all?"
        raise WrongAnswer("other rows for another seed", Said("the same ones"), slip)


def _come_from_everywhere(draw, box) -> None:
    """Raise WrongAnswer where twenty draws leave out a quarter of the texts, or take neighbours of the sorted box."""
    draws = [draw(seed) for seed in range(11, 31)]
    once = {text for text, times in Counter(box["text"]).items() if times == 1}
    for number, name in enumerate(("training", "test")):
        taken = {row[0] for each in draws for row in each[number]} & once
        if len(taken) < 0.75 * len(once):
            said = Said(f"{len(once - taken)} of {len(once)} texts never come there, with twenty seeds")
            slip = "always the same end of the box? Draw both parts from all rows"
            raise WrongAnswer(f"any text of `rows` in the {name} part", said, slip)
    alike = sum(len({row[1] for row in test}) == 1 for _, test in draws)
    if alike > 2:
        said = Said(f"one label only in {alike} of twenty test parts")
        raise WrongAnswer("rows drawn at random", said, "the box is sorted by label: are these rows neighbours?")


def _stay_after_a_restart(apart_by_text, box, sizes: tuple) -> None:
    """Raise WrongAnswer where the draw hangs on hashes of texts, which are others in each process."""
    renamed = box.map(lambda row: {"text": row["text"].replace("post", "page")})
    here = _sources(apart_by_text(box, *sizes, 7))
    if here == _sources(apart_by_text(renamed, *sizes, 7)):
        return  # it hangs on the places of the rows, or on their order
    there = in_another_process(apart_by_text, box, *sizes, 7)
    if there is not NotImplemented and here != _sources(there):
        slip = "a set of texts has another order in each process, and `hash` gives other numbers: sort first"
        raise WrongAnswer("the same rows after a restart", Said("others in another process of Python"), slip)


def _sources(parts) -> list[list]:
    return [list(part["source"]) for part in parts]


def _share_no_text(drawn: list, box) -> None:
    shared = {row[0] for row in drawn[0]} & {row[0] for row in drawn[1]}
    if shared:
        said = Said(f"texts in both: {len(shared)}, for example {min(shared)!r}")
        slip = "one box, drawn from twice? Draw once, and cut that in two"
        drawn_of = Counter(row[0] for part in drawn for row in part)
        if all(1 < drawn_of[text] <= box["text"][:].count(text) for text in shared):
            slip = "these texts stand in two rows of the box: one row here, one row there"
        raise WrongAnswer("no text that stands in both parts", said, slip)


def _drawn(apart_by_text, box, sizes: tuple, name: str, seed: int) -> list[list[tuple]]:
    """Return the rows of both parts, or say what is wrong with the parts."""
    given = f"{shown_call('apart_by_text', (Said(name), *sizes, seed))}, {len(box)} rows"
    before = box.with_format(None)
    made = call(apart_by_text, box, *sizes, seed, name="apart_by_text")
    unchanged(before, box, "apart_by_text", "rows")
    if hasattr(made, "keys"):
        slip = "return the two parts themselves, with a comma between them"
        said = Said(f"a {type(made).__name__} with the keys {list(made)}")
        raise WrongForm("two datasets", said, slip, given=given)
    parts = list(made) if isinstance(made, list | tuple) else []
    if len(parts) != 2:
        raise WrongForm("two datasets, the training part first", made, given=given)
    _come_from(parts, box, given)
    drawn = [_rows(part, box.column_names, given) for part in parts]
    for rows, size, which in zip(drawn, sizes, ("training", "test"), strict=True):
        if len(rows) != size:
            slip = "were rows taken away after the draw? Clean the box first, then draw" if len(rows) < size else ""
            if sorted(map(len, drawn)) == sorted(sizes):
                slip = "the training part comes first"
            elif len(rows) > size:
                slip = "all that are left? Only so many as are asked for"
            raise WrongAnswer(f"{size} rows in the {which} part", Said(f"{len(rows)} rows"), slip, given=given)
    return drawn


def _come_from(parts: list, box, given: str) -> None:
    """Raise WrongAnswer where no text at all is one of the box."""
    try:
        texts = [text for part in parts for text in part["text"]]
    except Exception:
        raise WrongForm(
            "two datasets, the training part first", Said(str([type(part).__name__ for part in parts])), given=given
        ) from None
    if texts and not set(texts) & set(box["text"]):
        slip = "is it the argument `rows` that you draw from, or a variable of the notebook?"
        if {text.strip().lower() for text in texts} & {text.strip().lower() for text in box["text"]}:
            slip = "the texts were changed: compare them as you like, but hand over the rows as they are"
        raise WrongAnswer("rows of `rows`", Said(f"for example {texts[0]!r}"), slip, given=given)


def _rows(part, columns: list[str], given: str) -> list[tuple]:
    names = list(getattr(part, "column_names", getattr(part, "columns", part)))
    if set(names) != set(columns):
        lost, more = set(columns) - set(names), set(names) - set(columns)
        slip = f"`{min(lost)}` was lost on the way" if lost else f"`{min(more)}` came along"
        slip += ": the index of pandas" if more and min(more).startswith("__index") else ""
        raise WrongAnswer(f"the columns of `rows`: {', '.join(columns)}", Said(", ".join(names)), slip, given=given)
    return list(zip(*(as_list(part[name], name) for name in columns), strict=True))
