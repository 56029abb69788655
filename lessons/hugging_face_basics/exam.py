"""Other numbers for the card "What does `len` count?", for an exam."""

import random

GIVEN = {
    "splits": {"train": 36, "validation": 12, "test": 12},
    "columns": ["text", "label"],
    "rows": 5,
    "mapped": "test",
    "files": "one",
}
# How `load_dataset` is told its files -> how many splits come out.
FILES = {"one": 1, "list": 1, "named": 2}
CALLS = {
    "one": '`len(load_dataset("csv", data_files=train_csv))`, where `train_csv` is the path of the {train} training '
    "messages",
    "list": '`len(load_dataset("csv", data_files=[train_csv, test_csv]))`, with the paths of the {train} training '
    "messages and of the {test} test messages",
    "named": '`len(load_dataset("csv", data_files={{"train": train_csv, "test": test_csv}}))`, with the paths of '
    "the {train} training messages and of the {test} test messages",
}
CARD = """\
`messages` is a `DatasetDict` with {number} splits: {splits}. Each has the columns {columns}.

`len` counts something else in each kind of thing. Write one whole number for each line.

- `a`: `len(messages)`
- `b`: `len(messages["train"][:{rows}])`
- `c`: `len(messages["train"].select(range({rows})))`
- `d`: `len(messages["{mapped}"].map(count_words, batched=True))`, with the `count_words` of the lesson
- `e`: {call}"""


def draw(chance: random.Random) -> dict:
    """Return other splits, columns and calls. All that can be counted differs."""
    while True:
        names = ["train", "test", *chance.sample(["validation", "unlabelled", "later"], chance.randint(0, 3))]
        splits = {name: chance.randint(8, 60) for name in names}
        given = {
            "splits": splits,
            "columns": ["text", "label", *chance.sample(["day", "sender", "length", "language"], chance.randint(1, 4))],
            "rows": chance.randint(7, 9),
            "mapped": chance.choice([*splits]),
            "files": chance.choice([*FILES]),
        }
        columns = len(given["columns"])
        counts = [*splits.values(), len(splits), columns, columns + 1, given["rows"], FILES[given["files"]]]
        if len({*counts}) == len(counts):
            return given


def card(given: dict) -> str:
    """Return the text of the card."""
    splits = given["splits"]
    call = CALLS[given["files"]].format(**splits)
    return CARD.format(
        number=len(splits),
        splits=", ".join(f"`{name}` with {rows} rows" for name, rows in splits.items()),
        columns=" and ".join([", ".join(f"`{name}`" for name in given["columns"][:-1]), f"`{given['columns'][-1]}`"]),
        rows=given["rows"],
        mapped=given["mapped"],
        call=call,
    )


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    return {
        "a": len(given["splits"]),
        "b": len(given["columns"]),  # a slice of rows is a dictionary of columns
        "c": given["rows"],
        "d": given["splits"][given["mapped"]],
        "e": FILES[given["files"]],
    }
