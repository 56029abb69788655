"""What is checked of a project's predictions and numbers: whose they are, and whether the card says what they say."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from capstone.numbers import GAIN, METHODS, Number, measure
from course_tools.grading.capstone_project import Project
from course_tools.grading.capstone_rows import Fault

NEAR = 0.0051  # a value is right if it is right in two places
NEAR_END = 0.02  # an end of an interval may come from other draws
NUMBER = r"[+\-−–]?\s?\d+(?:[.,]\d+)?(?:\s?%)?"
CELL = re.compile(
    rf"(?P<value>{NUMBER})\s*(?:\(\s*(?:from\s+)?(?P<low>{NUMBER})\s*(?:to|,|;)\s*(?P<high>{NUMBER})\s*\))?"
)


def complete(project: Project) -> Iterator[Fault]:
    """A row for each row of test.csv, in its order, with its label as the truth."""
    lacking = project.missing("test", "predictions")
    for sentence in lacking:
        yield 4, sentence
    if lacking:
        return
    truth = [row.cells["label"] for row in project.tables["test"]]
    rows = project.tables["predictions"]
    told = [row.cells["truth"] for row in rows]
    if len(rows) != len(truth):
        yield 4, f"predictions.csv has {len(rows)} rows, test.csv has {len(truth)}. Write one for each, in its order."
    elif told != truth:
        at = next(number for number, pair in enumerate(zip(told, truth, strict=True)) if pair[0] != pair[1])
        order = (
            "The same labels in another order: keep the order of test.csv." if Counter(told) == Counter(truth) else ""
        )
        yield (
            4,
            (
                f"{rows[at].place}: truth is `{told[at]}`, and {project.tables['test'][at].place} has the label "
                f"`{truth[at]}`. {order or 'Run the notebook again from the top, after the last change of test.csv.'}"
            ),
        )


def lazy(project: Project) -> Iterator[Fault]:
    """The column `lazy` is the commonest label of train.csv, in every row."""
    lacking = project.missing("train", "predictions")
    for sentence in lacking:
        yield 2, sentence
    if lacking:
        return
    counts = Counter(row.cells["label"] for row in project.tables["train"])
    commonest = [label for label, count in counts.items() if count == max(counts.values())]
    said = Counter(row.cells["lazy"] for row in project.tables["predictions"])
    if len(said) > 1:
        yield 2, f"The column `lazy` has {len(said)} labels. The lazy baseline gives all rows the same one."
    elif said and next(iter(said)) not in commonest:
        yield (
            2,
            (
                f"The column `lazy` says `{next(iter(said))}`. The commonest label of train.csv is `{commonest[0]}` "
                f"({max(counts.values())} rows). Take that one: test.csv must choose nothing."
            ),
        )


def different(project: Project) -> Iterator[Fault]:
    """`counting` and `model` are two methods, and answer with labels of train.csv."""
    lacking = project.missing("train", "predictions")
    for sentence in lacking:
        yield 2, sentence
    if lacking or not project.tables["predictions"]:
        return
    rows = project.tables["predictions"]
    known = {row.cells["label"] for row in project.tables["train"]}
    if all(row.cells["counting"] == row.cells["model"] for row in rows):
        yield 2, "The columns `counting` and `model` are the same in every row. Was one of them written twice?"
    for column in METHODS:
        if all(row.cells[column] == row.cells["truth"] for row in rows):
            yield 1, f"The column `{column}` is right in every row. Was the truth copied? Look for a leak, too."
        strange = next((row for row in rows if row.cells[column] not in known), None)
        if strange and column != "lazy":
            yield 1, f"{strange.place}: `{strange.cells[column]}` in the column `{column}` is no label of train.csv."


def accuracies(project: Project) -> Iterator[Fault]:
    """The three accuracies of the card, with their intervals."""
    yield from _compared(project, [f"accuracy of {words}" for words in METHODS.values()], most=3)


def macro_f1s(project: Project) -> Iterator[Fault]:
    """The three macro-F1 of the card, with their intervals."""
    yield from _compared(project, [f"macro-F1 of {words}" for words in METHODS.values()], most=2)


def gain(project: Project) -> Iterator[Fault]:
    """The gain of the card, row by row, with its interval."""
    yield from _compared(project, [GAIN], most=4)


def _compared(project: Project, names: list[str], most: int) -> Iterator[Fault]:
    """Compare numbers of the card with those that follow from predictions.csv."""
    lacking = project.missing("predictions", "card")
    for sentence in lacking:
        yield most, sentence
    if lacking or not project.tables["predictions"]:
        return
    rows = project.tables["predictions"]
    columns = {column: tuple(row.cells[column] for row in rows) for column in ("truth", *METHODS)}
    due = _measured(tuple(columns.items()))
    each = -(-most // len(names))
    for name in names:
        if sentence := _wrong(name, _cell(project.texts["card"], name), due[name]):
            yield each, sentence


@cache
def _measured(columns: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, Number]:
    table = dict(columns)
    return measure(table["truth"], table)


def _cell(card: str, name: str) -> str | None:
    """Return what stands beside a name in the card's table, or None where the name stands nowhere."""
    found = re.search(rf"^\|\s*{re.escape(name)}\s*\|([^|\n]*)", card, re.MULTILINE | re.IGNORECASE)
    return found[1].strip().replace("*", "") if found else None


def _wrong(name: str, cell: str | None, due: Number) -> str:
    """Return what is wrong with a cell of the card, or nothing."""
    right = "{:+.2f} ({:+.2f} to {:+.2f})" if name == GAIN else "{:.2f} ({:.2f} to {:.2f})"
    shown = f"predictions.csv gives {right.format(*due)}"
    if cell is None:
        return f"card.md has no row `{name}`. Copy the table of the template as it is."
    found = CELL.fullmatch(cell)
    if not found:
        return f"card.md, `{name}`: `{cell[:40]}` is no number with an interval. Write it as: 0.71 (0.66 to 0.76)."
    if abs(_number(found["value"]) - due[0]) > NEAR:
        return f"card.md, `{name}` is {found['value'].strip()}, and {shown}. Copy the table of the notebook again."
    if found["low"] is None:
        return f"card.md, `{name}` has no interval: {shown}."
    if max(abs(_number(found["low"]) - due[1]), abs(_number(found["high"]) - due[2])) > NEAR_END:
        return f"card.md, `{name}` has the interval {found['low']} to {found['high']}, and {shown}."
    return ""


def _number(text: str) -> float:
    plain = re.sub(r"\s", "", text).replace(",", ".").replace("−", "-").replace("–", "-")
    return float(plain.rstrip("%")) / (100 if plain.endswith("%") else 1)
