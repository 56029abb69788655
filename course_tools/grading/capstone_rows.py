"""What is checked of a project's rows: enough of them, labels, splits that share nothing, nobody's private data."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations, product

from course_tools.data.rules import PRIVATE, SHINGLE, TOO_ALIKE, shingles
from course_tools.grading.capstone_project import SPLITS, Project, Row

ROWS, TEST_ROWS = 200, 50
DATE = re.compile(r"\b\d{4}-\d{1,2}-\d{1,2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{4}\b")
PHONE = re.compile(r"(?<!\w)(?:\+\s?)?\(?\d(?:[ ()./-]{0,2}\d){6,}")
Fault = tuple[int, str]  # the points that it costs, and the sentence


def enough(project: Project) -> Iterator[Fault]:
    """200 rows, and 50 of them to judge on: with fewer, an interval says nothing."""
    for sentence in project.missing(*SPLITS):
        yield 3, sentence
    count, judged = len(project.rows()), len(project.tables.get("test", []))
    if count < ROWS:
        yield 2, f"There are {count} rows, and {ROWS} are asked for. Collect {ROWS - count} more."
    if judged < TEST_ROWS:
        yield 1, f"test.csv has {judged} rows. Give it {TEST_ROWS} or more: with fewer, each interval is too wide."


def labels(project: Project) -> Iterator[Fault]:
    """Two labels or more, each in every split, and none spelled in two ways."""
    for sentence in project.missing(*SPLITS):
        yield 3, sentence
    counts = {split: Counter(row.cells["label"] for row in rows) for split, rows in _splits(project).items()}
    known = sorted(set().union(*counts.values()))
    if len(known) == 1:
        yield 3, "There is only one label. A classifier needs two or more."
    spelled = defaultdict(set)
    for label in known:
        spelled[label.casefold()].add(label)
    for twins in spelled.values():
        if len(twins) > 1:
            yield 2, f"One label is written in two ways: {' and '.join(sorted(twins))}. Write it in one way."
    for label in (label for label in known if len(spelled[label.casefold()]) == 1):
        for split, count in counts.items():
            if not count[label]:
                places = [row.place for row in project.rows() if row.cells["label"] == label]
                yield 1, f"{split}.csv has no row with the label `{label}` (it stands in {places[0]}). {RESPLIT}"


RESPLIT = "Split anew, so that each split has every label (`stratify=` in `train_test_split`), or leave the label out."


def exact_copies(project: Project) -> Iterator[Fault]:
    """No text in two splits, case and spaces aside."""
    for sentence in project.missing(*SPLITS):
        yield 3, sentence
    for first, other in _across(project, lambda row: [_plain(row)]):
        yield 2, f"{other.place} has the same text as {first.place}. Keep one of them."


def near_copies(project: Project) -> Iterator[Fault]:
    """No two texts in two splits that share half of their runs of five words (the lesson on leakage)."""
    for sentence in project.missing(*SPLITS):
        yield 3, sentence
    runs = {row.place: shingles(row.cells["text"]) for row in project.rows()}
    for first, other in _across(project, lambda row: runs[row.place], every=True):
        one, two = runs[first.place], runs[other.place]
        share = len(one & two) / len(one | two)
        if share >= TOO_ALIKE and _plain(first) != _plain(other):
            alike = f"{share:.0%} of their runs of {SHINGLE} words are the same"
            yield 2, f"{other.place} and {first.place} are near-copies: {alike}. Put both into one split, or keep one."


def groups(project: Project) -> Iterator[Fault]:
    """All rows of one group in one split."""
    for sentence in project.missing(*SPLITS):
        yield 2, sentence
    has = {split for split, rows in _splits(project).items() if rows and "group" in rows[0].cells}
    if has and has != set(_splits(project)):
        lacking = ", ".join(f"{split}.csv" for split in SPLITS if split not in has)
        yield 1, f"The column `group` stands in some splits and not in {lacking}. Add it there."
    if _splits(project) and not has:
        yield 0, "There is no column `group`. That is right only where no two rows belong together: by writer, say."
    for first, other in _across(project, lambda row: [row.cells["group"]] if row.cells.get("group") else []):
        yield (
            1,
            (
                f"The group `{other.cells['group']}` is in two splits: {first.place} and {other.place}. "
                "Put all its rows into one split (`GroupShuffleSplit`)."
            ),
        )


def private(project: Project) -> Iterator[Fault]:
    """No text with an e-mail address or a phone number. The sentence names the place, and not what stands there."""
    for sentence in project.missing(*SPLITS):
        yield 3, sentence
    for row in project.rows():
        text = DATE.sub(" ", row.cells["text"])
        if PRIVATE["an e-mail address"].search(text):
            yield 2, f"{row.place}: an e-mail address. Write `ADDRESS` in its place, or delete the row."
        if PHONE.search(text):
            yield 2, f"{row.place}: a phone number, or a number as long. Write `NUMBER` in its place."


def _splits(project: Project) -> dict[str, list[Row]]:
    return {split: project.tables[split] for split in SPLITS if split in project.tables}


def _plain(row: Row) -> str:
    return " ".join(row.cells["text"].casefold().split())


def _across(project: Project, keys, every: bool = False) -> list[tuple[Row, Row]]:
    """Return the pairs of rows of two splits that share a key.

    Of one key and two splits it is the first pair; with `every`, all of them.
    """
    holders: dict[object, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in project.rows():
        for key in keys(row):
            holders[key][row.file].append(row)
    pairs = {}
    for found in holders.values():
        for one, other in combinations(found.values(), 2):
            for first, second in product(one, other) if every else [(one[0], other[0])]:
                pairs[first.place, second.place] = first, second
    return list(pairs.values())
