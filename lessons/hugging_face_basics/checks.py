"""The checks of `hugging_face_basics`'s sheet."""

import copy
import csv
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path

from course_utils import sources
from course_utils.checks.cases import judge, unchanged
from course_utils.checks.elsewhere import in_another_process
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_function, as_list, as_number, call, predict
from course_utils.checks.wrong import Said, WrongAnswer, WrongForm, shown_call

sheet = Sheet("hugging_face_basics")

NAMES = ["question", "complaint", "thanks"]  # in the order of the lesson's dataset


@sheet.exercise(
    section="How does data get in?",
    hints=[
        "Is it a `DatasetDict`, a `Dataset`, or a plain dictionary of Python? Decide that for each line first.",
        "A dictionary has the length of its keys. A `DatasetDict` is a dictionary of splits.",
        "A row is a dictionary, says the lesson. `[:5]` asks for five rows at once, and gives a dictionary of lists.",
    ],
    form_point=False,
)
def what_len_counts(what_len_counts) -> str:
    columns = "columns are counted here, and this is no dictionary of columns"
    parts = {
        "a": (
            3,
            {
                "rows are counted here; what does a `DatasetDict` hold?": 60,
                "only the rows of one split? And what does a `DatasetDict` hold?": 36,
                columns: 2,
            },
        ),
        "b": (2, {"five rows come out, but in which form? Print it, and count again": 5, "not one row: five": 1}),
        "c": (5, {"`select` gives a `Dataset`, not a dictionary of columns": 2}),
        "d": (
            12,
            {
                columns: 3,
                "`map` adds a column, not a row": 13,
                "how many rows has the split `test`?": 36,
                "which split is taken here?": 60,
            },
        ),
        "e": (
            1,
            {
                "there is one file. Is it a `Dataset` already, or is something around it?": 36,
                columns: 2,
                "three splits were in the folder. How many files are named here?": 3,
            },
        ),
    }
    read = partial(as_number, whole=True, low=0)
    predict(
        what_len_counts,
        "what_len_counts",
        {letter: Part(right, slips, read) for letter, (right, slips) in parts.items()},
    )
    return "A `DatasetDict` counts its splits, a `Dataset` its rows, and a slice of rows is a dictionary of columns."


def _new_rows(hidden: bool) -> list[tuple]:
    """Return datasets with words for labels: one label, two, all, in several orders, and one that is drawn."""
    from datasets import Dataset

    question, complaint, thanks = NAMES
    lists = [[thanks], [thanks, complaint], [thanks, question, question], [complaint, thanks, question, complaint]]
    if hidden:
        lists = [[complaint], [thanks, question], [complaint, thanks, question, thanks]]
    dice = random.Random(13 if hidden else 12)
    lists += [dice.choices(NAMES, k=11), dice.choices(NAMES, k=40)]
    texts = [[f" {word.title()} {place % 9}" for place, word in enumerate(words)] for words in lists]
    return [(Dataset.from_dict({"text": each, "label": words}),) for each, words in zip(texts, lists, strict=True)]


def _with_labels(rows, labels: Sequence, names: list[str] | None) -> Said:
    """Describe rows whole: each text with its label, and the names that stand behind the numbers."""
    each = ", ".join(f"{text!r} has {label!r}" for text, label in zip(rows["text"], labels, strict=True))
    return Said(f"names: {', '.join(names) if names else 'none'}; {each}")


def _as_labelled(made: object) -> Said:
    rows = _plain_rows(made, "a Dataset with the columns `text` and `label`, and no other")
    return _with_labels(rows, rows["label"], getattr(rows.features["label"], "names", None))


def _numbered(order: Callable[[list[str]], list[str]], *, names=True, first=0) -> Callable:
    """Return a function that numbers the labels of rows, in an order of names that may depend on them."""

    def number(rows) -> Said:
        used = order(list(rows["label"]))
        labels = [used.index(word) + first for word in rows["label"]]
        return _with_labels(rows, labels, used if names else None)

    return number


def _the_classifiers(words: list[str]) -> list[str]:
    return NAMES


LABEL_SLIPS = {
    "the names of these rows, in the order of the alphabet; in which order has the classifier learned them?": _numbered(
        lambda words: sorted(set(words))
    ),
    "the order of the alphabet; in which order has the classifier learned the names?": _numbered(
        lambda words: sorted(NAMES)
    ),
    "the alphabet backwards; in which order has the classifier learned the names?": _numbered(
        lambda words: sorted(set(words), reverse=True)
    ),
    "the names stand in the order in which they first appear; another file has another order": _numbered(
        lambda words: list(dict.fromkeys(words))
    ),
    "the most common name stands first; another file has another order": _numbered(
        lambda words: [word for word, _ in Counter(words).most_common()]
    ),
    "the names are turned round; in which order has the classifier learned them?": _numbered(lambda words: NAMES[::-1]),
    "only the names of these rows; what if one label is missing?": _numbered(
        lambda words: [name for name in NAMES if name in words]
    ),
    "the numbers begin at 1? The first name has the number 0": _numbered(_the_classifiers, names=False, first=1),
    "the numbers are right, but their names are lost: `cast_column` with a ClassLabel keeps both": _numbered(
        _the_classifiers, names=False
    ),
    "still words: is the new dataset returned?": lambda rows: _with_labels(rows, rows["label"], None),
}


@sheet.exercise(
    section="How does data get in?",
    hints=[
        "Print `numbered_labels(new).features`, and compare it with `messages['train'].features`.",
        "`sorted` puts the names in the order of the alphabet. In which order does the classifier have them?",
        "And if no row of a file is a thanks? The names must not come out of the new rows at all.",
    ],
    form_point=False,
)
def numbered_labels(numbered_labels, hidden=False) -> str:
    judge(
        numbered_labels,
        "numbered_labels",
        _new_rows(hidden),
        _numbered(_the_classifiers),
        slips=LABEL_SLIPS,
        read=_as_labelled,
    )
    return "The order of the names belongs to the classifier, whatever rows come in."


def _plain_rows(made: object, wanted: str, *, more_columns: bool = False):
    """Return a Dataset with `text` and `label` as Python values. `made` itself keeps its format."""
    from datasets import Dataset, DatasetDict

    if not isinstance(made, Dataset):
        slip = "a dictionary? Square brackets give one; `select` gives a Dataset" if isinstance(made, dict) else ""
        slip = "a DatasetDict: which split?" if isinstance(made, DatasetDict) else slip
        slip = "a list? `cast_column` returns a Dataset" if isinstance(made, list) else slip
        raise WrongForm(wanted, made, slip)
    columns = set(made.column_names)
    if missing := {"text", "label"} - columns:
        raise WrongForm(wanted, made, f"is the column `{sorted(missing)[0]}` lost, or renamed?")
    if not more_columns and (more := columns - {"text", "label"}):
        raise WrongForm(wanted, made, f"where does the column `{sorted(more)[0]}` come from? Remove it")
    return made.with_format(None)


def _boxes(hidden: bool) -> list:
    """Return datasets of several sizes: sorted by label, and mixed. No label is rare."""
    dice = random.Random(25 if hidden else 24)
    sizes = [(84, 2), (150, 3), (205, 4)] if hidden else [(48, 2), (120, 3), (202, 4)]
    mixed = [dice.sample([place % kinds for place in range(size)], size) for size, kinds in sizes]
    return [_box(labels) for labels in (sorted(mixed[0]), mixed[1], sorted(mixed[2]), mixed[2])]


def _box(labels: list[int]):
    from datasets import ClassLabel, Dataset

    rows = Dataset.from_dict({"text": [f"Message {place:03}" for place in range(len(labels))], "label": labels})
    return rows.cast_column("label", ClassLabel(names=[*NAMES, "offer"][: max(labels) + 1]))


def _parts(made: object) -> tuple[list[tuple], list[tuple]]:
    """Return (text, label) of all rows, part by part."""
    wanted = "two datasets: `return train, test`"
    if isinstance(made, dict):
        raise WrongForm(
            wanted, made, "a dictionary with both parts: take them out, and return them with a comma between"
        )
    if not isinstance(made, tuple | list) or len(made) != 2:
        raise WrongForm(wanted, made)
    parts = [_plain_rows(part, "two datasets with the columns `text` and `label`, and no other") for part in made]
    return tuple(list(zip(part["text"], part["label"], strict=True)) for part in parts)


def _split(two_parts, rows) -> tuple[list[tuple], list[tuple]]:
    return _parts(call(two_parts, rows, name="two_parts"))


def _two_draws(rows):
    """Return what the function on the card returns."""
    train = rows.shuffle(seed=1).select(range(len(rows) * 3 // 4))
    return train, rows.shuffle(seed=2).select(range(len(rows) // 4))


def _require_rows(train: list, test: list, rows, given: str) -> None:
    """Require that both parts hold rows of `rows`, with their labels, and each row once."""
    own = dict(zip(rows["text"], rows["label"], strict=True))
    for text, label in train + test:
        if text not in own:
            slip = "the messages of the notebook: use the argument `rows`" if text in _messages() else ""
            raise WrongAnswer("rows of the dataset that comes in", Said(f"for example {text!r}"), slip, given=given)
        if label != own[text]:
            received = Said(f"{text!r} has the label {label!r}, not {own[text]!r}")
            raise WrongAnswer("each text with its own label", received, given=given)
    both = set(train) & set(test)
    if both:
        received = Said(f"{len(both)} of the {len(test)} rows of the second part are in the first one, too")
        raise WrongAnswer("no row in both parts", received, _why_in_both(train, test, rows), given=given)
    for name, part in (("first", train), ("second", test)):
        if len(set(part)) < len(part):
            received = Said(f"{len(part)} rows in the {name} part, {len(set(part))} of them different")
            raise WrongAnswer("each row once", received, "drawn with replacement?", given=given)


def _why_in_both(train: list, test: list, rows) -> str:
    if (train, test) == _parts(_two_draws(rows)):
        return "two shuffles are two independent draws: draw once, then divide"
    if train[-1] == test[0] and len(set(train) & set(test)) == 1:
        return "the first part ends with the row that begins the second: where does the second range begin?"
    if train[: len(test)] == test:
        return "the second part has the same rows from the beginning: which rows are left for it?"
    return ""


def _require_sizes(train: list, test: list, size: int, given: str) -> None:
    if len(train) + len(test) == size and abs(len(test) - size / 4) < 1:
        return
    slip = f"rows in neither part: {size - len(train) - len(test)}" if len(train) + len(test) < size else ""
    if len(train) + len(test) == size and abs(len(train) - size / 4) < 1:
        slip = "the larger part is the first one, to learn from"
    received = Said(f"{len(train)} rows and {len(test)} rows")
    raise WrongAnswer(f"three quarters and one quarter of {size} rows, none left out", received, slip, given=given)


def _require_all_kinds(train: list, test: list, rows, given: str) -> None:
    names = rows.features["label"].names
    for name, part in (("first", train), ("second", test)):
        found = Counter(label for _, label in part)
        if len(found) == len(names):
            continue
        received = Said("only " + " and ".join(names[label] for label in sorted(found)))
        in_order = [text for text, _ in train] in (rows["text"][: len(train)], rows["text"][len(test) :])
        slip = "the rows lie sorted: shuffle them once" if in_order else ""
        raise WrongAnswer(f"all {len(names)} labels in the {name} part", received, slip, given=given)


def _require_the_same(two_parts, rows, first: tuple, given: str) -> None:
    """Require the same parts again, also where texts have other hashes, as they have after a restart."""
    if _split(two_parts, copy.deepcopy(rows)) != first:
        slip = "each call draws anew: where does its seed come from?"
        raise WrongAnswer("the same two parts for the same rows", Said("others at the second call"), slip, given=given)
    renamed = {"text": [text.replace("Message", "Letter") for text in rows["text"]], "label": rows["label"]}
    renamed = type(rows).from_dict(renamed, features=rows.features)
    alike = [
        [(text.replace("Letter", "Message"), label) for text, label in part] for part in _split(two_parts, renamed)
    ]
    if alike == list(first):  # it depends on the places and the order of the rows, not on their letters
        return
    there = in_another_process(two_parts, rows)
    if there is not NotImplemented and _parts(there) != first:
        slip = "a set has another order in each process, and `hash` gives other numbers: sort first"
        received = Said("others in another process of Python")
        raise WrongAnswer("the same two parts after a restart of the kernel", received, slip, given=given)


@sheet.exercise(
    section="Only a part, please",
    hints=[
        "How many texts are in both parts? `set(train['text']) & set(test['text'])` tells you.",
        "Two shuffles with two seeds are two independent draws. Draw once, then divide.",
        "The lesson has a method that shuffles once and returns both parts. What does it return, exactly?",
    ],
    form_point=False,
)
def two_parts(two_parts, hidden=False) -> str:
    as_function(two_parts, "two_parts")
    for rows in _boxes(hidden):
        given, before = shown_call("two_parts", (rows,)), copy.deepcopy(rows)
        train, test = _split(two_parts, rows)
        unchanged(before, rows, "two_parts", "rows")
        _require_rows(train, test, rows, given)
        _require_sizes(train, test, len(rows), given)
        _require_all_kinds(train, test, rows, given)
        _require_the_same(two_parts, rows, (train, test), given)
    return "One draw, then divide: the test part holds no text that the model has learned from."


BORROW = [
    "how many books can i take home at once",
    "Would it be possible to keep this novel for one more week?",
    "The book I reserved went to another reader. I had waited six weeks for it.",
]
SILENCE = [
    "Somebody talked on the phone for an hour yesterday and nobody of the staff said a word.",
    "it is warm, it is quiet, everybody smiles. nothing to add",
    "The silent room is really silent. Finally!",
]
ONLINE = [
    "Your website sends me in circles, I still cannot renew anything",
    "i forgot my pin, what now??",
    "ur app logged me out AGAIN and my list is gone",
]
HOUSE = [
    "The lamp at table nine blinks all the time; I wrote to you about it last month.",
    "What time do you close on Saturdays?",
    "We are a class of 24. May we visit one morning in May?",
]
FEES = [
    "Do the e-books work on a phone as well, or just on a tablet?",
    "Does a late fee grow every day, or is it paid once?",
]
SNOW = "Hats off to the driver of the book bus, who waited for us in the snow."
PEACEFUL = "I love how peaceful your building is"
ASKED = [
    "Thanks",
    "It is far too cold in here",
    "Is there a group for small children?",
    "How much does a card cost?",
]


def _searches(hidden: bool) -> list[tuple]:
    """Return (text, known): the best one at any place, all cosines negative, the same text, and drawn ones.

    The seeds are such that each of OTHER_WAYS chooses another text than the right way, somewhere.
    """
    if hidden:
        cases = [(PEACEFUL, FEES), (ASKED[0], [SNOW, FEES[1]]), ("Until when are you open at the weekend?", HOUSE)]
        cases += [("The online catalogue does not let me extend my loan.", ONLINE)]
    else:
        cases = [(ASKED[0], BORROW[:1]), (ASKED[1], FEES), (ASKED[0], [SNOW, FEES[1]]), (ONLINE[1], ONLINE)]
        cases += [("I cannot log in any more", ONLINE), (PEACEFUL, SILENCE)]
        cases += [("Can I renew the book that I have at home?", BORROW)]
    dice = random.Random(3240 if hidden else 838)
    return cases + [(text, dice.sample(_messages(), count)) for text, count in zip(ASKED, (2, 3, 4, 5), strict=True)]


@cache
def _messages() -> list[str]:
    """Return the texts of the library's sixty messages."""
    texts = []
    for file in sorted(Path(sources.dataset("helpdesk", "laptop")[0]).glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            texts += [row["text"] for row in csv.DictReader(lines)]
    return texts


@cache
def _rows_of(text: str):
    """Return what the lesson's extractor gives for a text: a row for each piece."""
    import torch

    tokenizer, model = _encoder()
    with torch.no_grad():
        return model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].double()


@cache
def _encoder():
    from transformers import AutoModel, AutoTokenizer

    folder = sources.offline_checkpoint()
    return AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()


def _best(score: Callable, start: int = 0) -> Callable[[str, list[str]], str]:
    """Return a search: it takes the known text with the largest `score(text, known)`, the first ones left out."""
    return lambda text, known: max(known[start:], key=lambda each: float(score(text, each)))


def _cosine(vector: Callable) -> Callable[[str, str], float]:
    """Return the cosine of two texts, with `vector` to make one of the rows of a text."""

    def cosine(one: str, other: str) -> float:
        one, other = vector(_rows_of(one)), vector(_rows_of(other))
        return one @ other / one.norm() / other.norm()

    return cosine


def _mean(rows):
    return rows.mean(dim=0)


_by_meaning = _cosine(_mean)


def _common_words(one: str, other: str) -> int:
    return len(set(one.lower().split()) & set(other.lower().split()))


OTHER_WAYS = {
    "the new message itself: search in `known`": lambda text, known: text,
    "this is the least similar one: the largest cosine, not the smallest": _best(lambda *pair: -_by_meaning(*pair)),
    "a minus sign is lost: a cosine below 0 is small": _best(lambda *pair: abs(_by_meaning(*pair))),
    "not divided by the lengths? A product of long vectors is large, whatever they mean": _best(
        lambda one, other: _mean(_rows_of(one)) @ _mean(_rows_of(other))
    ),
    "sums grow with the number of rows. Take the mean of the rows": _best(
        lambda one, other: _rows_of(one).sum(dim=0) @ _rows_of(other).sum(dim=0)
    ),
    "a distance between the means? Divide each mean by its length first": _best(
        lambda one, other: -(_mean(_rows_of(one)) - _mean(_rows_of(other))).norm()
    ),
    "only the first row? Take the mean of all rows": _best(_cosine(lambda rows: rows[0])),
    "only the last row? Take the mean of all rows": _best(_cosine(lambda rows: rows[-1])),
    "the largest number of each column? Take the mean of the rows": _best(_cosine(lambda rows: rows.amax(dim=0))),
    "the first and the last row are left out? Take the mean of all rows": _best(
        _cosine(lambda rows: rows[1:-1].mean(dim=0))
    ),
    "the median? Take the mean of the rows": _best(_cosine(lambda rows: rows.quantile(0.5, dim=0))),
    "each row is divided by its length? First the mean, then divide": _best(
        _cosine(lambda rows: (rows / rows.norm(dim=1, keepdim=True)).mean(dim=0))
    ),
    "common words are counted? Compare what `extractor` gives": _best(_common_words),
    "the first of `known` is never looked at": lambda text, known: _best(_by_meaning, start=len(known) > 1)(
        text, known
    ),
    "always the first of `known`?": lambda text, known: known[0],
    "always the last of `known`?": lambda text, known: known[-1],
}


def _as_found(value: object) -> str:
    """Return the text that was found, or say what came in its place."""
    if isinstance(value, str):
        return str(value)
    slip = ""
    if isinstance(value, list | tuple):
        slip = "one text is asked for: the best one"
    elif getattr(value, "shape", ()):
        slip = "many numbers: which one is the largest, and which text stands at its place?"
    elif isinstance(value, float):
        slip = "a similarity? The text that has it is asked for"
    elif hasattr(value, "__index__") and not isinstance(value, bool):
        slip = "a place in the list? The text that stands there is asked for"
    raise WrongForm("one of the texts in `known`", value, slip)


@sheet.exercise(
    section="Can a model compare two sentences?",
    hints=[
        "`np.array(extractor(text)[0])` is a table, with a row for each piece. You want one vector: which axis goes?",
        "For the cosine, divide each vector by its own length, `np.linalg.norm(vector)`. Then multiply with `@`.",
        "One number for each text of `known`. `np.argmax` finds the place of the largest. Which text stands there?",
    ],
)
def nearest_message(nearest_message, hidden=False) -> str:
    judge(nearest_message, "nearest_message", _searches(hidden), _best(_by_meaning), slips=OTHER_WAYS, read=_as_found)
    return "Your search finds the same meaning in other words, and nobody taught the model that task."


LESSON = [
    "When do you open on Monday?",
    "What are your hours at the beginning of the week?",
    "The lift is broken again.",
    "I am stuck downstairs with my pram!",
    "Thank you for the lovely concert.",
    "When do you open the window?",
    "Where is the exit?",
    "You are the best!",
    "Do you have a map of the town?",
    "The map is ten years old and useless.",
    "Your map saved our day!",
    "Is it open today?",
    "May I keep my novel a bit longer?",
]
OURS = "the library's messages, the lesson or this sheet"


@sheet.exercise(
    section="How do I keep it?",
    hints=[
        "Begin with `Dataset.from_dict`, and two lists of the same length: the texts, and their labels as words.",
        "`cast_column` with `ClassLabel(names=[...])` turns the words into numbers that keep their names.",
        "`train_test_split` makes the two splits. With `stratify_by_column`, each gets its share of every label.",
    ],
)
def own_texts(own_texts) -> str:
    splits = _splits(own_texts)
    kinds = {split: rows.features["label"] for split, rows in splits.items()}
    for split, kind in kinds.items():
        _require_names(split, kind)
        if kind.names != kinds["train"].names:
            slip = "was each split numbered by itself? One `cast_column` before they part gives the same names to both"
            received = Said(f"{kinds['train'].names} and {kind.names}")
            raise WrongAnswer("the same names, in the same order, in all splits", received, slip)
    texts = [text for rows in splits.values() for text in as_list(rows["text"][:], "text", of=str)]
    if len(texts) < 12:
        raise WrongAnswer("12 texts or more, in all splits together", Said(f"{len(texts)} texts"), "write a few more")
    _require_labels(splits)
    _require_new(splits)
    return "Numbers with names, and a test that shares no text with what is learned: a Trainer can start."


def _splits(own: object) -> dict:
    from datasets import Dataset, DatasetDict

    wanted = "a DatasetDict with the splits `train` and `test`"
    if not isinstance(own, DatasetDict):
        slip = "one Dataset has no splits yet: which method divides it?" if isinstance(own, Dataset) else ""
        slip = "a plain dictionary: put your two datasets into `DatasetDict(...)`" if isinstance(own, dict) else slip
        slip = "begin with `Dataset.from_dict`, then divide" if isinstance(own, list | tuple) else slip
        raise WrongForm(wanted, own, slip)
    if not {"train", "test"} <= set(own):
        received = Said(f"a DatasetDict with {', '.join(map(str, own)) or 'no split'}")
        raise WrongForm(wanted, received, "what are your splits called?")
    wanted = "the columns `text` and `label` in `{}`"
    return {split: _plain_rows(rows, wanted.format(split), more_columns=True) for split, rows in own.items()}


def _require_names(split: str, kind: object) -> None:
    names, wanted = getattr(kind, "names", None), f"a ClassLabel with two or more names in `{split}`"
    if names is None:
        text = "string" in str(getattr(kind, "dtype", ""))
        slip = "words: `cast_column` makes numbers of them" if text else "numbers without names: what does 0 mean?"
        raise WrongForm(wanted, Said(kind), slip)
    if len(names) < 2:
        raise WrongAnswer(wanted, names, "with one label there is nothing to decide")
    if any(_means_nothing(name) for name in names):
        slip = "a number or a single letter for a name: what does it mean to a person?"
        raise WrongAnswer(f"names that a person understands in `{split}`", names, slip)


def _means_nothing(name: str) -> bool:
    """Return whether a name is a number or a single letter, also behind a word, as in `LABEL_0`."""
    word = "(label|class|category|group|type)"
    return bool(re.fullmatch(rf"{word}?[\W_]*\d+|({word}[\W_]+)?[a-z]|[\W_]*", name.strip(), re.I))


def _require_labels(splits: dict) -> None:
    """Require a label for each text, and in `train` and `test` every label."""
    found = {split: set(rows["label"]) for split, rows in splits.items()}
    for split, labels in found.items():
        if labels & {None, -1}:
            raise WrongAnswer(f"a label for each text in `{split}`", Said("a text without one"), "each text needs one")
    for split in ("train", "test"):
        for number, name in enumerate(splits[split].features["label"].names):
            if number not in found[split]:
                slip = "the other texts have it: `stratify_by_column` gives each split its share of every label"
                slip = slip if number in set().union(*found.values()) else "no text at all has this label"
                raise WrongAnswer(f"every label in `{split}`", Said(f"no text with {name!r}"), slip)


def _require_new(splits: dict) -> None:
    """Require texts with letters of their own: none twice, none of ours."""
    seen = {_letters(text): (text, OURS) for text in [*_messages(), *LESSON]}
    for split, rows in splits.items():
        for text in rows["text"]:
            if not text.strip() or re.fullmatch(r"([a-z])\1*|[-_.,;:!?… ]*", text.strip(), re.I):
                raise WrongAnswer("texts that say something", Said(f"{text!r} in `{split}`"), "no words are in it")
            other, where = seen.setdefault(_letters(text), (text, ""))
            if where:
                received = Said(f"{text!r} in `{split}`, and {other!r} in {where}")
                raise WrongAnswer("no text twice, and none of ours", received, _why_not_new(text, other, split, where))
            seen[_letters(text)] = (text, f"`{split}`")


def _why_not_new(text: str, other: str, split: str, where: str) -> str:
    if where == OURS:
        return "write texts of your own"
    if text != other:
        return "another number, sign, capital or single letter makes no new text"
    if where == f"`{split}`":
        return "the same text twice in one split"
    return "a model that has seen the text in one split needs no skill in the other"


def _letters(text: str) -> str:
    """Return the words of a text, without capitals, signs, numbers and single letters; or the text, if none is left."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    return " ".join(word for word in words if not re.fullmatch("[a-z]", word)) or text.strip()
