"""`course capstone`: judges a project on the learner's own texts, as far as a program can."""

import shutil
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from course_tools.grading import capstone_answers, capstone_rows, capstone_words
from course_tools.grading.capstone_project import Project, read
from course_tools.grading.capstone_rows import Fault

SHOWN = 3  # faults of one check: the others are counted
NARROW, WIDE = 60, 120


@dataclass(frozen=True)
class Check:
    """One check: what it is called, its points, what finds faults, and what is true where it finds none."""

    name: str
    most: int
    find: Callable[[Project], Iterator[Fault]]
    fine: str


@dataclass(frozen=True)
class Judged:
    """What one check gave: points and sentences."""

    check: Check
    points: int
    says: tuple[str, ...]


def readable(project: Project) -> Iterator[Fault]:
    """Every file is there and could be read, row by row."""
    for sentences in project.faults.values():
        for sentence in sentences:
            yield 1, sentence


CHECKS = (
    Check("files", 4, readable, "All files are there and can be read."),
    Check("enough rows", 3, capstone_rows.enough, "There are enough rows, also to judge on."),
    Check("labels", 3, capstone_rows.labels, "Each label is in each split."),
    Check("same texts", 3, capstone_rows.exact_copies, "No text is in two splits."),
    Check("near-copies", 3, capstone_rows.near_copies, "No two splits share nearly the same text."),
    Check("groups", 2, capstone_rows.groups, "No group is in two splits."),
    Check("private data", 3, capstone_rows.private, "No e-mail address and no phone number was found."),
    Check("predictions", 4, capstone_answers.complete, "There is one row for each row of test.csv, with its label."),
    Check("lazy baseline", 2, capstone_answers.lazy, "It is the commonest label of train.csv."),
    Check("two methods", 2, capstone_answers.different, "`counting` and `model` differ, and know the labels."),
    Check("accuracy", 3, capstone_answers.accuracies, "The card says what predictions.csv gives."),
    Check("macro-F1", 2, capstone_answers.macro_f1s, "The card says what predictions.csv gives."),
    Check("gain", 4, capstone_answers.gain, "The card says what predictions.csv gives."),
    Check("card, headings", 3, capstone_words.card_headings, "Each heading has words of your own."),
    Check("card, contents", 4, capstone_words.card_names, "Licences, labellers, use, misuse and limits are named."),
    Check("guide", 3, capstone_words.guide, "Each label is explained, and border cases are decided."),
    Check("notebook", 2, capstone_words.notebook, "It was run from the top to the end."),
)
MOST = sum(check.most for check in CHECKS)


def judge(project: Project) -> list[Judged]:
    """Return what each check gives. A fault costs points of its check, down to 0."""
    judged = []
    for check in CHECKS:
        faults = list(check.find(project))
        points = max(0, check.most - sum(cost for cost, _ in faults))
        judged.append(Judged(check, points, tuple(sentence for _, sentence in faults)))
    return judged


def judge_folder(folder: Path) -> int:
    """Print the points of a project with their reasons, and return them. Raises CourseError where it cannot be read."""
    project = read(folder)
    judged = judge(project)
    points = sum(each.points for each in judged)
    for line in report(project, judged):
        print(line)
    return points


def report(project: Project, judged: list[Judged]) -> list[str]:
    """Return the lines to print: the points, a block for each check, what was odd, and what comes next."""
    width = min(WIDE, max(NARROW, shutil.get_terminal_size((WIDE, 24)).columns))
    points = sum(each.points for each in judged)
    lines = [f"{project.name}: {points} of {MOST} points by checks", ""]
    for each in judged:
        said = list(each.says[:SHOWN]) or [each.check.fine]
        if len(each.says) > SHOWN:
            said.append(f"And {len(each.says) - SHOWN} more.")
        mark = "✓" if each.points == each.check.most else "✗" if not each.points else "◐"
        head = f"{mark} {each.points}/{each.check.most}  {each.check.name:<15} "
        lines += _block(head, said, width)
    for note in project.notes:
        lines += _block("  note  ", [note], width)
    rest = f"The other {MOST} points are given by a reader: `capstone/rubric.md`."
    return [*lines, "", *textwrap.wrap(rest, width)]


def _block(head: str, sentences: list[str], width: int) -> list[str]:
    lines = []
    for sentence in sentences:
        indent = " " * len(head)
        lines += textwrap.wrap(sentence, width, initial_indent=head, subsequent_indent=indent, break_long_words=False)
        head = indent
    return lines
