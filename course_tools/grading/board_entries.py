"""Reads what a class hands in for the leaderboard, and the labels that stay with the instructor."""

import csv
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from course_tools.grading.collect import files
from course_tools.grading.found import HIDDEN, Found
from course_tools.grading.spreadsheets import from_csv
from course_tools.grading.students import Owner, Owners
from course_tools.running.speed import reference_seconds
from course_utils import CourseError

FORMAT = 1  # of `entry.json`, see capstone/entry.py
LARGEST_BYTES = 20 * 2**20
SPEEDS = (0.1, 1e6)  # GFLOP/s that a machine can have


class Broken(Exception):
    """An entry that cannot be judged. The message is the reason, and gives no label away."""


@dataclass(frozen=True)
class Entry:
    """What a student handed in: an answer for each id, and the seconds of the reference machine."""

    student: str
    answers: dict[str, str]
    seconds: float
    device: str


def read_labels(path: Path) -> dict[str, str]:
    """Return id -> label. Raises CourseError, with the line, for a file that is not such a table."""
    try:
        (_, header), *body = from_csv(path) or [(0, [])]
    except OSError as error:
        raise CourseError(f"The labels {path} cannot be read: {error.strerror}. Look at the name.") from error
    except csv.Error as error:
        raise CourseError(f"The labels {path} are no CSV file ({error}). Save them anew as CSV.") from error
    names = [cell.strip().casefold() for cell in header]
    if not {"id", "label"} <= set(names):
        raise CourseError(f"The labels {path} need the columns id,label. The first line is `{','.join(header)}`.")
    truth: dict[str, str] = {}
    for line, cells in body:
        row = {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
        if not any(row.values()):
            continue
        if not row.get("id") or not row.get("label"):
            raise CourseError(f"{path}, line {line}: the id or the label is empty. Fill it in.")
        if row["id"] in truth:
            raise CourseError(f"{path}, line {line}: the id {row['id']} stands there twice. Keep one.")
        truth[row["id"]] = row["label"]
    if not truth:
        raise CourseError(f"The labels {path} have no row below the first line.")
    return truth


def read_entries(folder: Path, truth: dict[str, str]) -> tuple[list[Entry], list[tuple[str, str]]]:
    """Return the entries in a folder, one a student, and (student, reason) for each that cannot be judged.

    Of two files of one student the newer one counts.
    """
    handed_in = [_held(each) for each in files(folder) if _is_meant(each)]
    owners = Owners((each.parts, "entry") for each in handed_in)
    by_owner: dict[Owner, list[HandedIn]] = defaultdict(list)
    for each in handed_in:
        owner = owners.of(each.parts)
        by_owner[Owner(owner.name, owner.number)].append(each)
    entries, broken = [], []
    for owner, mine in sorted(by_owner.items(), key=lambda item: item[0].name):
        is_alone = sum(other.name == owner.name for other in by_owner) == 1
        student = owner.name if is_alone or not owner.number else f"{owner.name} ({owner.number})"
        try:
            entries.append(_entry(student, mine, truth))
        except Broken as reason:
            broken.append((student, f"{reason}."))
    return entries, broken


@dataclass(frozen=True)
class HandedIn:
    """A file as it was handed in. `parts` is its path without suffixes; `data` is None for what is no entry."""

    parts: tuple[str, ...]
    time: float
    data: bytes | None
    problem: str


def _is_meant(found: Found) -> bool:
    """True for what a student handed in, and False for what lies beside the students' folders."""
    return len(found.names) > 1 or _is_entry(found) or bool(found.problem and found.problem != HIDDEN)


def _is_entry(found: Found) -> bool:
    return found.names[-1].lower().endswith(".json")


def _held(found: Found) -> HandedIn:
    """Read a file now: those in a zip can be read only in their turn."""
    *folders, name = found.names
    parts = (*(re.sub(r"(?i)\.zip$", "", folder) for folder in folders), re.sub(r"\.\w+$", "", name))
    data, problem = None, found.problem
    if _is_entry(found) and not problem:
        if found.size > LARGEST_BYTES:
            problem = f"the file is larger than {LARGEST_BYTES // 2**20} MiB"
        else:
            try:
                data = found.read()
            except OSError as error:
                problem = f"the file cannot be opened ({error.strerror})"
    return HandedIn(parts, found.time, data, problem)


def _entry(student: str, mine: list[HandedIn], truth: dict[str, str]) -> Entry:
    """Return a student's newest entry. Raises Broken with what is wrong with it."""
    readable = [each for each in mine if each.data is not None]
    if not readable:
        problem = next((each.problem for each in mine if each.problem), "")
        raise Broken(problem or "there is no entry.json. Call `write_entry` in the notebook, and hand in its file")
    held = _loaded(max(readable, key=lambda each: each.time).data)
    answers = held.get("answers")
    if held.get("format") != FORMAT or not isinstance(answers, dict):
        raise Broken("the file is not what `write_entry` writes. Let it write the file anew")
    if not all(isinstance(answer, str) for answer in answers.values()):
        raise Broken("an answer is no text. Let `write_entry` write the file anew")
    lacking, strange = truth.keys() - answers.keys(), answers.keys() - truth.keys()
    if lacking or strange:
        raise Broken(f"{len(lacking)} of {len(truth)} ids have no answer, and {len(strange)} ids are unknown")
    seconds, speed = (_positive(held, name) for name in ("seconds", "gflops"))
    if not SPEEDS[0] < speed < SPEEDS[1]:
        raise Broken(f"`gflops` is {speed:g}: no machine is like this. Let `write_entry` measure it")
    return Entry(student, answers, reference_seconds(seconds, speed), str(held.get("device", "cpu")))


def _loaded(data: bytes) -> dict:
    try:
        held = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Broken(
            f"the file is no JSON ({type(error).__name__}). Hand in the file as `write_entry` wrote it"
        ) from None
    return held if isinstance(held, dict) else {}


def _positive(held: dict, name: str) -> float:
    value = held.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 < value < 1e12:
        raise Broken(f"`{name}` is no number above 0. Let `write_entry` write the file anew")
    return float(value)
