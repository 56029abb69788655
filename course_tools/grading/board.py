"""`course grade --board`: a leaderboard of a class, on labels that stay with the instructor. A game, no exam."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from jinja2 import Environment, PackageLoader

from course_tools.files import require_writable, write_in_one_step
from course_tools.grading.board_entries import Entry, read_entries, read_labels
from course_tools.grading.spreadsheets import to_csv
from course_utils import CourseError
from course_utils.session import SEED

DRAWS = 9999
LAZY = "(lazy baseline)"
COLUMNS = ["place", "student", "accuracy", "low", "high", "reference_seconds", "front", "tied_with", "note"]


@dataclass
class Line:
    """A line of the board. `seconds` is None for the lazy baseline. `tied` are those of whom nobody can say who is
    better."""

    student: str
    accuracy: float
    low: float
    high: float
    seconds: float | None
    place: int = 0
    front: bool = False
    tied: list[str] = field(default_factory=list)
    note: str = ""


def write_board(folder: Path, labels: Path, out: Path) -> int:
    """Write `board.csv` and `board.html` into `out`, and print a line a student. Returns how many entries are broken.

    Raises CourseError where the labels cannot be read, nothing was handed in, or nothing can be written.
    """
    truth = read_labels(labels)
    require_writable(out)
    entries, broken = read_entries(folder, truth)
    if not entries and not broken:
        raise CourseError(f"There is no entry.json in {folder}. Is it the folder with what the students handed in?")
    lines = board(entries, truth)
    write_in_one_step(out / "board.csv", _csv(lines))
    page = _environment().get_template("grading/board.html.j2")
    write_in_one_step(out / "board.html", page.render(lines=lines, broken=broken, rows=len(truth)))
    for line in lines:
        print(f"{line.place:>3}  {line.student}  {line.accuracy:.3f}{'  front' if line.front else ''}")
    for student, reason in broken:
        print(f"not on the board: {student}: {reason}")
    print(f"{len(entries)} on the board, {len(broken)} not. See {out / 'board.html'}")
    return len(broken)


def board(entries: list[Entry], truth: dict[str, str]) -> list[Line]:
    """Return the lines, the best first: accuracy with its interval, front and ties; and the lazy baseline."""
    commonest = Counter(truth.values()).most_common(1)[0][0]
    lazy = Entry(LAZY, dict.fromkeys(truth, commonest), math.nan, "")
    everybody = [*entries, lazy]
    right = np.array(
        [[each.answers[one].strip() == label for one, label in truth.items()] for each in everybody], float
    )
    drawn = _draws(right)
    lines = []
    for each, mine, draws in zip(everybody, right, drawn, strict=True):
        low, high = np.percentile(draws, [2.5, 97.5])
        seconds = None if each is lazy else each.seconds
        lines.append(Line(each.student, float(mine.mean()), float(low), float(high), seconds, note=_note(each)))
        lines[-1].tied = [
            other.student
            for other, theirs in zip(everybody, drawn, strict=True)
            if other is not each and _holds_zero(draws - theirs)
        ]
    racing = [line for line, each in zip(lines, everybody, strict=True) if each.device == "cpu"]
    for line in racing:
        line.front = not any(_beats(other, line) for other in racing)
    lines.sort(key=lambda line: (-line.accuracy, line.seconds or math.inf, line.student))
    for line in lines:
        line.place = 1 + sum(other.accuracy > line.accuracy for other in lines)
    return lines


def _draws(right: np.ndarray) -> np.ndarray:
    """Return the accuracies of all in 9,999 bootstrap draws, students x draws.

    It is the interval of `course_utils.statistics`, with one set of draws for everybody: a class has hundreds of pairs.
    """
    rows = right.shape[1]
    rng = np.random.default_rng(SEED)
    drawn = [rng.multinomial(rows, np.full(rows, 1 / rows), size=size) @ right.T for size in _batches()]
    return (np.concatenate(drawn) / rows).T


def _batches(size: int = 1000) -> list[int]:
    return [size] * (DRAWS // size) + [DRAWS % size]


def _holds_zero(differences: np.ndarray) -> bool:
    low, high = np.percentile(differences, [2.5, 97.5])
    return bool(low <= 0 <= high)


def _beats(other: Line, line: Line) -> bool:
    """True where another one is as good in both, accuracy and seconds, and better in one."""
    one, two = (other.accuracy, -other.seconds), (line.accuracy, -line.seconds)
    return one != two and all(a >= b for a, b in zip(one, two, strict=True))


def _note(entry: Entry) -> str:
    if entry.device in ("cpu", ""):
        return ""
    return f"used {entry.device[:10]}: its seconds cannot be compared, so it is not on the front"


def _csv(lines: Iterable[Line]) -> str:
    rows = [COLUMNS]
    for line in lines:
        numbers = [f"{each:.4f}" for each in (line.accuracy, line.low, line.high)]
        seconds = "" if line.seconds is None else f"{line.seconds:.1f}"
        front = "yes" if line.front else "no"
        rows.append([str(line.place), line.student, *numbers, seconds, front, "; ".join(line.tied), line.note])
    return to_csv(rows)


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("course_tools", "."), autoescape=True, trim_blocks=True)
