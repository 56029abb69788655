"""How the gate looks at each dataset: which column is the text and which the label, and which rules hold for it."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from course_tools.data import rules
from course_tools.data.strict_csv import Row, read_rows, read_schemas

Check = Callable[[list[Row]], list[str]]
PRONOUNS = frozenset(["he", "she", "him", "her", "his", "hers", "himself", "herself"])
TAGS = ("O", "B-WHERE", "I-WHERE", "B-WHEN", "I-WHEN")  # of `where_when`
TOPICS = ("waste", "parking", "roads", "water", "noise", "documents")  # of `requests`


@dataclass(frozen=True)
class Look:
    """One look at a table. `whole`: rows with one value in this column are read as one text. `first_of`: of those only
    the first. `least_words`: shorter texts are passed over, as short turns of a talk repeat themselves. `keep`: columns
    of the first row that a rule reads besides."""

    checks: tuple[Check, ...] = rules.CHECKS
    text: str = "text"
    label: str = "label"
    whole: str = ""
    first_of: str = ""
    least_words: int = 0
    keep: tuple[str, ...] = ()

    def views(self, rows: list[Row]) -> list[Row]:
        """Return rows with a text, a label and what is kept besides, as the rules read them."""
        groups: dict[str, list[Row]] = defaultdict(list)
        for number, row in enumerate(rows):
            column = self.whole or self.first_of
            groups[row.columns[column] if column else str(number)].append(row)
        found = []
        for group in groups.values():
            first = group[0]
            text = " ".join(row.columns[self.text] for row in group[: None if self.whole else 1])
            label = first.columns.get(self.label, "")
            if self.label in TOPICS:
                label = self.label if label == "true" else rules.OTHER
            kept = {column: first.columns[column] for column in self.keep}
            found.append(Row(first.place, first.split, {"text": text, "label": label} | kept))
        return [view for view in found if len(view.text.split()) >= self.least_words]


def balanced(limit: float) -> Check:
    """Return the rule that no label has over `limit` times the rows of another, in any split."""
    return partial(rules.unbalanced_labels, balance=limit)


def twins_differ_in_more(rows: list[Row]) -> list[str]:
    """The two rows of a minimal pair that differ in anything but a name or a pronoun (one text each for both sides)."""
    twins: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        twins[row.label].append(row)
    faults = []
    for pair, found in twins.items():
        sides = [row.text.split() for row in found]
        if len(sides) != 2 or len(sides[0]) != len(sides[1]) or not _only_a_name_or_pronoun(*sides):
            faults.append(f"{found[0].place}: pair {pair} must be two texts that differ in one name or pronoun.")
    return faults


def _only_a_name_or_pronoun(one: list[str], other: list[str]) -> bool:
    changed = {(a.strip(".,;:!?"), b.strip(".,;:!?")) for a, b in zip(one, other, strict=True) if a != b}
    names = {pair for pair in changed if not all(word.lower() in PRONOUNS for word in pair)}
    return bool(changed) and len(names) <= 1 and all(word[:1].isupper() for pair in names for word in pair)


def faulty_tags(rows: list[Row]) -> list[str]:
    """Words with another number of tags, tags that are none, and words that do not spell the text."""
    faults = []
    for row in rows:
        words, tags = row.columns["words"].split(" "), row.columns["tags"].split(" ")
        if "".join(words) != "".join(row.text.split()):
            faults.append(f"{row.place}: the words do not spell the text.")
        if len(words) != len(tags):
            faults.append(f"{row.place}: {len(words)} words, {len(tags)} tags.")
        for before, tag in zip(["O", *tags], tags, strict=False):
            if tag not in TAGS:
                faults.append(f"{row.place}: {tag!r} is none of {', '.join(TAGS)}.")
            elif tag.startswith("I-") and before[2:] != tag[2:]:
                faults.append(f"{row.place}: {tag} after {before} begins no span.")
    return faults


PROSE = (rules.near_duplicates, *rules.CLEAN)
NO_LABEL = (*rules.COPIES, *rules.CLEAN)
LOOKS: dict[tuple[str, str], tuple[Look, ...]] = {
    ("requests", "default"): (
        Look(NO_LABEL),
        *(Look((rules.telling_tokens,), label=topic) for topic in TOPICS),
    ),
    ("messages", "default"): (
        Look((*rules.COPIES, rules.telling_tokens, balanced(1.35), *rules.CLEAN)),  # words of time tell the urgency
    ),
    ("reviews", "default"): (Look((rules.near_duplicates, *rules.LABELS, *rules.CLEAN)),),
    ("textbook", "default"): (Look(PROSE),),
    ("answers", "default"): (
        Look((*PROSE, rules.telling_tokens, balanced(1.6), rules.telling_lengths)),
        Look(rules.CLEAN, text="question", first_of="question_id"),
        Look(rules.CLEAN, text="model_answer", first_of="question_id"),
    ),
    ("dialogues", "default"): (
        Look(PROSE, whole="dialogue"),
        Look((rules.near_duplicates,), least_words=5),
        Look((rules.telling_tokens, balanced(1.9))),
    ),
    ("scenarios", "default"): (Look(text="en"), Look((*rules.LABELS, *PROSE), text="fil")),
    ("scenarios", "swapped"): (
        Look((*PROSE, balanced(1.2)), text="en", first_of="pair"),
        Look(rules.CLEAN, text="fil"),
        Look((twins_differ_in_more,), text="en", label="pair"),
    ),
    ("two_guides", "default"): (Look(NO_LABEL),),
    ("sentences", "senses"): (Look(NO_LABEL),),
    ("sentences", "agreement"): (Look(PROSE, text="good"), Look(PROSE, text="bad")),
    ("sentences", "learners"): (Look(PROSE), Look(PROSE, text="corrected")),
    ("where_when", "default"): (Look(NO_LABEL), Look((faulty_tags,), keep=("words", "tags"))),
}


def texts_of(name: str, config: str) -> tuple[str, ...]:
    """Return the columns of a table that hold texts, in the order in which the gate reads them."""
    return tuple(dict.fromkeys(look.text for look in LOOKS.get((name, config), (Look(),))))


def faults(folder: Path) -> Iterator[str]:
    """Yield everything that is wrong with the rows of a dataset, one sentence each."""
    for schema in read_schemas(folder):
        rows = read_rows(folder, schema.config)
        for look in LOOKS.get((folder.name, schema.config), (Look(),)):
            yield from rules.faults(look.views(rows), look.checks)
