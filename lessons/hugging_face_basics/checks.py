"""The checks of `hugging_face_basics`'s sheet."""

import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

from course_utils import sources
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import as_function, as_list, as_number, call, suspect
from course_utils.checks.wrong import Said, WrongAnswer

sheet = Sheet("hugging_face_basics")

LIBRARY = "the library's messages"
SIZES = {"train": 36, "validation": 12, "test": 12}
NAMES = ["question", "complaint", "thanks"]  # in the order of the lesson's dataset
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
# text -> the known texts, and which of them is right. Chosen so that each usual slip chooses another list of texts.
ASKED = {
    "Can I renew the book that I have at home?": (BORROW, 1),
    "I love how peaceful your building is": (SILENCE, 2),
    "I cannot log in any more": (ONLINE, 2),
}
ASKED_HIDDEN = {
    "Until when are you open at the weekend?": (HOUSE, 1),
    "The online catalogue does not let me extend my loan.": (ONLINE, 0),
}


@sheet.exercise(
    section="How does data get in?",
    hints=[
        "Is it a `DatasetDict`, a `Dataset`, or a plain dictionary of Python? Decide that for each line first.",
        "A dictionary has the length of its keys. A `DatasetDict` is a dictionary of splits.",
        "A row is a dictionary, says the lesson. `[:5]` asks for five rows at once, and gives a dictionary of lists.",
    ],
)
def what_len_counts(what_len_counts) -> str:
    if not isinstance(what_len_counts, dict) or not set("abcde") <= set(what_len_counts):
        raise WrongAnswer('a dict with the keys "a" to "e"', what_len_counts)
    from datasets import Dataset, DatasetDict

    rows = {split: Dataset.from_dict({"text": [""] * size, "label": [0] * size}) for split, size in SIZES.items()}
    messages, one_file = DatasetDict(rows), DatasetDict(train=rows["train"])
    with_words = rows["test"].add_column("words", [0] * len(rows["test"]))
    answers = {
        "a": (
            len(messages),
            {
                "rows are counted here; what does a `DatasetDict` hold?": 60,
                "only one split? There are more": 36,
                "columns are counted here": 2,
            },
        ),
        "b": (
            len(rows["train"][:5]),
            {"five rows come out, but in which form? Print it, and count again": 5, "not one row: five": 1},
        ),
        "c": (len(rows["train"].select(range(5))), {"`select` gives a `Dataset`, not a dictionary of columns": 2}),
        "d": (
            len(with_words),
            {
                "columns are counted here; this is a `Dataset`": 3,
                "`map` adds a column, not a row": 13,
                "how many rows has the split `test`?": 36,
                "which split is taken here?": 60,
            },
        ),
        "e": (
            len(one_file),
            {
                "there is one file. Is it a `Dataset` already, or is something around it?": 36,
                "columns are counted here": 2,
                "three splits were in the folder. How many files are named here?": 3,
            },
        ),
    }
    for letter, (right, slips) in answers.items():
        number = as_number(what_len_counts[letter], letter, whole=True, low=0)
        if number != right:
            slip = suspect(number, slips) or "name the kind of thing first, then what it is made of"
            raise WrongAnswer(f"another length for `{letter}`", number, slip)
    return "A `DatasetDict` counts its splits, a `Dataset` its rows, and a slice of rows is a dictionary of columns."


@sheet.exercise(
    section="How does data get in?",
    hints=[
        "Print `numbered_labels(new).features`, and compare it with `messages['train'].features`.",
        "`sorted` puts the names in the order of the alphabet. In which order does the classifier have them?",
        "And if no row of a file is a thanks? The names must not come out of the new rows at all.",
    ],
)
def numbered_labels(numbered_labels, hidden=False) -> str:
    from datasets import Dataset

    as_function(numbered_labels, "numbered_labels")
    tries = [["thanks", "question", "complaint", "thanks"], ["complaint", "thanks"]]
    if hidden:
        tries = [["complaint", "question", "question", "thanks", "complaint"], ["thanks"], ["thanks", "question"]]
    for words in tries:
        texts = [f"Message {place}" for place in range(len(words))]
        made = call(numbered_labels, Dataset.from_dict({"text": texts, "label": words}))
        rows = _plain_rows(made, "a Dataset with the columns `text` and `label`")
        found, kind = rows["label"][:], rows.features["label"]
        if rows["text"][:] != texts:
            raise WrongAnswer("all rows, in their order, with their texts", made, "change nothing but the label")
        if any(isinstance(label, str) for label in found):
            raise WrongAnswer("numbers in `label`", found, "still words: did you return the new dataset?")
        right = [NAMES.index(word) for word in words]
        if found != right:
            raise WrongAnswer(
                f"the classifier's numbers for {', '.join(words)}",
                found,
                suspect(found, _other_orders(words)) or "look at the names that the classifier has, and their order",
            )
        if getattr(kind, "names", None) != NAMES:
            slip = "the numbers are right, but their names are lost: `cast_column` with a ClassLabel keeps both"
            if hasattr(kind, "names"):
                slip = "the numbers are right; has each one the classifier's name?"
            raise WrongAnswer("a ClassLabel with the names of the classifier", Said(kind), slip)
    return "The order of the names belongs to the classifier, whatever rows come in."


def _other_orders(words: list[str]) -> dict[str, list[int]]:
    alphabet = "the names stand in the order of the alphabet; in which order has the classifier learned them?"
    own = "these are numbers among the names of these rows only; what if one label is missing?"
    return {
        own: [sorted(set(words)).index(word) for word in words] if len(set(words)) < 3 else None,
        alphabet: [sorted(NAMES).index(word) for word in words],
        "the names stand in the order in which they first appear; another file has another order": [
            list(dict.fromkeys(words)).index(word) for word in words
        ],
        "the numbers begin at 1? The first name has the number 0": [NAMES.index(word) + 1 for word in words],
    }


def _plain_rows(made: object, wanted: str):
    """Return a Dataset with `text` and `label` as Python values. `made` itself keeps its format."""
    from datasets import Dataset, DatasetDict

    if not isinstance(made, Dataset):
        slip = "a dictionary? Square brackets give one; `select` gives a Dataset" if isinstance(made, dict) else ""
        if isinstance(made, DatasetDict):
            slip = "a DatasetDict: which split?"
        if isinstance(made, list):
            slip = "a list? `cast_column` returns a Dataset"
        raise WrongAnswer(wanted, made, slip)
    missing = {"text", "label"} - set(made.column_names)
    if missing:
        raise WrongAnswer(wanted, made, f"is the column `{sorted(missing)[0]}` lost, or renamed?")
    return made.with_format(None)


@sheet.exercise(
    section="Only a part, please",
    hints=[
        "How many texts are in both parts? `set(train['text']) & set(test['text'])` tells you.",
        "Two shuffles with two seeds are two independent draws. Draw once, then divide.",
        "The lesson has a method that shuffles once and returns both parts. What does it return, exactly?",
    ],
)
def two_parts(two_parts, hidden=False) -> str:
    as_function(two_parts, "two_parts")
    rows = _sorted_rows(168 if hidden else 120)
    train, test = _parts(call(two_parts, rows))
    size, all_texts = len(rows) // 4, set(rows["text"])
    both = set(train["text"]) & set(test["text"])
    sizes = Said(f"{len(train)} rows and {len(test)} rows")
    if both:
        slip = "two shuffles are two independent draws: draw once, then divide"
        if len(both) == len(test):
            slip = "the same order twice, and the same rows from its beginning: which rows are left for the test?"
        raise WrongAnswer("no text in both parts", Said(f"{len(both)} texts of {len(test)} in both"), slip)
    if not set(train["text"]) | set(test["text"]) <= all_texts:
        raise WrongAnswer("the rows as they were", train, "change no text: only divide the rows")
    if (len(train), len(test)) != (len(rows) - size, size):
        slip = "look at the two sizes: three quarters, and one quarter"
        if (len(train), len(test)) == (size, len(rows) - size):
            slip = "the larger part is the first one, to learn from"
        elif len(train) + len(test) < len(rows):
            slip = f"rows in neither part: {len(rows) - len(train) - len(test)}. Where did they go?"
        raise WrongAnswer(f"{len(rows) - size} rows and {size} rows, out of {len(rows)}", sizes, slip)
    for name, part in {"first": train, "second": test}.items():
        found = Counter(part["label"])
        if len(found) < len(NAMES):
            received = Said("only " + " and ".join(NAMES[label] for label in sorted(found)))
            raise WrongAnswer(
                f"all three labels in the {name} part", received, "the rows lie sorted: shuffle them once"
            )
    again = [set(part["text"]) for part in _parts(call(two_parts, _sorted_rows(len(rows))))]
    if again != [set(train["text"]), set(test["text"])]:
        raise WrongAnswer(
            "the same two parts for the same rows", Said("others at the second call"), "is a seed missing?"
        )
    return "One draw, then divide: the test part holds no text that the model has learned from."


def _sorted_rows(size: int):
    from datasets import ClassLabel, Dataset

    labels = sorted(place % len(NAMES) for place in range(size))
    rows = Dataset.from_dict({"text": [f"Message {place}" for place in range(size)], "label": labels})
    return rows.cast_column("label", ClassLabel(names=NAMES))


def _parts(made: object) -> list:
    if isinstance(made, dict):
        slip = "a dictionary with both parts: take them out, and return them with a comma between"
        raise WrongAnswer("two datasets: `return train, test`", made, slip)
    if not isinstance(made, tuple | list) or len(made) != 2:
        raise WrongAnswer("two datasets: `return train, test`", made)
    return [_plain_rows(part, "two datasets with the columns `text` and `label`") for part in made]


@sheet.exercise(
    section="Can a model compare two sentences?",
    hints=[
        "`np.array(extractor(text)[0])` is a table, with a row for each piece. You want one vector: which axis goes?",
        "For the cosine, divide each vector by its own length, `np.linalg.norm(vector)`. Then multiply with `@`.",
        "One number for each text of `known`. `np.argmax` finds the place of the largest. Which text stands there?",
    ],
)
def nearest_message(nearest_message, hidden=False) -> str:
    as_function(nearest_message, "nearest_message")
    asked = ASKED_HIDDEN if hidden else ASKED
    found = []
    for text, (known, _) in asked.items():
        answer = call(nearest_message, text, list(known))
        if not isinstance(answer, str) or answer not in known:
            raise WrongAnswer(f"one of the {len(known)} texts in `known`", answer, _no_text(answer, text))
        found.append(answer)
    for answer, (text, (known, place)) in zip(found, asked.items(), strict=True):
        if answer != known[place]:
            chosen = [_choices(text, tuple(known)) for text, (known, _) in asked.items()]
            slips = {rule: [each[rule] for each in chosen] for rule in chosen[0]}
            slip = suspect(found, slips) or "the mean of the rows, then the cosine similarity, then the largest"
            raise WrongAnswer(f"the text that is most similar to {text!r}", answer, slip)
    return "Your search finds the same meaning in other words, and nobody taught the model that task."


def _no_text(answer: object, text: str) -> str:
    if isinstance(answer, str):
        return "the new message itself: search in `known`" if answer == text else "take it out of `known` as it is"
    if isinstance(answer, list | tuple):
        return "one text is asked for: the best one"
    if hasattr(answer, "shape") and answer.shape:
        return "many numbers: which one is the largest, and which text stands at its place?"
    if isinstance(answer, float):
        return "a similarity? The text that has it is asked for"
    return "a place in the list? The text that stands there is asked for"


@cache
def _choices(text: str, known: tuple[str, ...]) -> dict[str, str]:
    """Return slip -> the text that it chooses. It needs the model, so it is only asked about a wrong answer."""
    import torch

    tokenizer, model = _encoder()
    batch = tokenizer([text, *known], padding=True, return_tensors="pt")
    with torch.no_grad():
        rows = model(**batch).last_hidden_state
    mask = batch["attention_mask"].unsqueeze(-1)
    sums = (rows * mask).sum(dim=1)
    means, first = sums / mask.sum(dim=1), rows[:, 0]
    words = [set(each.lower().split()) for each in (text, *known)]
    numbers = {
        "this is the least similar one: the largest cosine, not the smallest": -torch.cosine_similarity(
            means[:1], means[1:]
        ),
        "not divided by the lengths? A product of long vectors is large, whatever they mean": means[1:] @ means[0],
        "sums, or the largest numbers, grow with the length of a text. Take the mean of the rows": sums[1:] @ sums[0],
        "a distance between the means? Divide each mean by its length first": -(means[1:] - means[0]).norm(dim=1),
        "only the first row? Take the mean of all rows": torch.cosine_similarity(first[:1], first[1:]),
        "common words are counted? Compare what `extractor` gives": torch.tensor(
            [len(words[0] & w) for w in words[1:]]
        ),
        "always the first of `known`?": -torch.arange(len(known)),
        "always the last of `known`?": torch.arange(len(known)),
    }
    return {rule: known[int(each.argmax())] for rule, each in numbers.items()}


@cache
def _encoder():
    from transformers import AutoModel, AutoTokenizer

    folder = sources.offline_checkpoint()
    return AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder)


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
    for split, rows in splits.items():
        _require_all_labels(split, rows)
    _require_new(splits)
    return "Numbers with names, and a test that shares no text with what is learned: a Trainer can start."


def _splits(own: object) -> dict:
    from datasets import Dataset, DatasetDict

    wanted = "a DatasetDict with the splits `train` and `test`"
    if not isinstance(own, DatasetDict):
        slip = "one Dataset has no splits yet: which method divides it?" if isinstance(own, Dataset) else ""
        if isinstance(own, dict):
            slip = "a plain dictionary: put your two datasets into `DatasetDict(...)`"
        elif isinstance(own, list | tuple):
            slip = "begin with `Dataset.from_dict`, then divide"
        raise WrongAnswer(wanted, own, slip)
    if not {"train", "test"} <= set(own):
        raise WrongAnswer(
            wanted, Said(f"a DatasetDict with {', '.join(map(str, own)) or 'no split'}"), "what are your splits called?"
        )
    return {split: _plain_rows(rows, f"the columns `text` and `label` in `{split}`") for split, rows in own.items()}


def _require_names(split: str, kind: object) -> None:
    names, wanted = getattr(kind, "names", None), f"a ClassLabel with two or more names in `{split}`"
    if names is None:
        text = "string" in str(getattr(kind, "dtype", ""))
        slip = "words: `cast_column` makes numbers of them" if text else "numbers without names: what does 0 mean?"
        raise WrongAnswer(wanted, Said(kind), slip)
    if len(names) < 2:
        raise WrongAnswer(wanted, names, "with one label there is nothing to decide")
    if all(not name.strip() or name.strip().isdigit() for name in names):
        raise WrongAnswer(wanted, names, "numbers for names: what do they mean to a person?")


def _require_all_labels(split: str, rows) -> None:
    names = rows.features["label"].names
    found = Counter(rows["label"])
    if None in found or -1 in found:
        raise WrongAnswer(f"a label for each text in `{split}`", Said("a text without one"))
    missing = [name for number, name in enumerate(names) if number not in found]
    if missing:
        slip = "sorted by label, and cut without a shuffle? Or is this label too rare?"
        raise WrongAnswer(f"every label in `{split}`", Said(f"no text with {missing[0]!r}"), slip)


def _require_new(splits: dict) -> None:
    seen = dict.fromkeys(_library_texts(), LIBRARY)
    for split, rows in splits.items():
        for text in rows["text"]:
            if not text.strip():
                raise WrongAnswer("texts that say something", Said(f"an empty text in `{split}`"))
            where = seen.setdefault(_letters(text), "")
            if where:
                slip = "a model that has seen the text in one split needs no skill in the other"
                if where == f"`{split}`":
                    slip = "another number or comma makes no new text"
                if where == LIBRARY:
                    slip = "write texts of your own"
                received = Said(f"{text!r}, and the same words in {where}")
                raise WrongAnswer("no text twice, and none of the library's", received, slip)
            seen[_letters(text)] = f"`{split}`"


@cache
def _library_texts() -> list[str]:
    texts = []
    for file in sorted(Path(sources.dataset("helpdesk", "laptop")[0]).glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            texts += [_letters(row["text"]) for row in csv.DictReader(lines)]
    return texts


def _letters(text: str) -> str:
    """Return what is left of a text without capitals, numbers and commas; a text without letters stays as it is."""
    return " ".join(re.findall(r"[^\W\d_]+", text.lower())) or text.strip()
