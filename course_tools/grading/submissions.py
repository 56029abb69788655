"""Finds submissions in a folder, whatever a class hands in, and names all that is none, with student and reason."""

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

from nbformat import NotebookNode

from course_tools.grading.collect import files
from course_tools.grading.look import NO_NOTEBOOK, Seen, look, stem
from course_tools.grading.students import Owner, Owners, Parts, is_container
from course_tools.project import Sheet

BESIDE = {"index", "readme", "roster"}  # what platforms and teachers put beside the submissions


@dataclass(frozen=True)
class Submission:
    """One notebook that a student handed in, without its outputs.

    `where` is the file as the teacher knows it, below the folder and through zips; `path` is the file on the disk, or
    the zip. `digest` is of the file's bytes. `notes` say in sentences what was mended.
    """

    student: str
    sheet: Sheet
    path: Path
    notebook: NotebookNode
    where: str
    digest: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ungraded:
    """A file that cannot be graded, and why, in one sentence. `student` is empty for a file that is nobody's."""

    path: Path
    reason: str
    where: str
    student: str = ""
    sheet: Sheet | None = None


def find(folder: Path) -> tuple[list[Submission], list[Ungraded]]:
    """Return the submissions in a folder, and all files that are none. Nothing that lies there makes it raise.

    Of two files of one student for one sheet the newer one counts; the other is among those that are none.
    """
    seen = _with_students([look(found) for found in files(folder)])
    handed_in: dict[tuple[str, Sheet], list[Seen]] = defaultdict(list)
    for each in seen:
        if each.sheet:
            handed_in[each.student, each.sheet].append(each)
    submissions = []
    refused = [_ungraded(each, each.reason) for each in seen if not each.sheet and not _is_extra(each, handed_in)]
    for candidates in handed_in.values():
        *older, newest = sorted(candidates, key=_rank)
        submissions.append(_submission(newest, is_one_of_several=bool(older)))
        refused += [_ungraded(each, _why_not(each, newest)) for each in older]
    return sorted(submissions, key=lambda each: (each.sheet.name, each.student)), refused


def _with_students(seen: list[Seen]) -> list[Seen]:
    """Say of each file whose it is. Two students of one name are told apart by the platform's numbers."""
    owners = Owners((each.parts, each.sheet) for each in seen if each.sheet)
    owned = [(each, owners.of(each.parts)) for each in seen]
    shared = _shared_names(owned)
    return [
        replace(
            each,
            student=f"{owner.name} ({owner.number})" if owner.name in shared and owner.number else owner.name,
            time=owner.time or each.found.time,
        )
        for each, owner in owned
    ]


def _shared_names(owned: list[tuple[Seen, Owner]]) -> set[str]:
    """Return the names that stand for two students.

    Moodle gives one student another number for each exercise. So only numbers that stand beside one sheet, or in one
    export where a file of no sheet is among them, are of two students.
    """
    seen: dict[str, dict[str, set[tuple[Parts, Sheet | None]]]] = defaultdict(lambda: defaultdict(set))
    for each, owner in owned:
        if owner.number:
            seen[owner.name][owner.number].add((owner.export, each.sheet))
    return {
        name for name, numbers in seen.items() if any(_are_two(*pair) for pair in combinations(numbers.values(), 2))
    }


def _are_two(*students: set[tuple[Parts, Sheet | None]]) -> bool:
    sheets = [{sheet for _, sheet in each if sheet} for each in students]
    exports = [{export for export, _ in each} for each in students]
    return bool(set.intersection(*sheets)) or (not all(sheets) and bool(set.intersection(*exports)))


def _is_extra(seen: Seen, handed_in: dict[tuple[str, Sheet], list[Seen]]) -> bool:
    """True for a file beside the notebook in a student's zip: a zip of a whole folder has many."""
    is_beside = seen.found.is_zipped and seen.reason.startswith(NO_NOTEBOOK)
    return is_beside and any(seen.student == student for student, _ in handed_in)


def _rank(seen: Seen) -> tuple:
    """Order the files of a student: what an editor kept of before, our solution, then by time in seconds, then by name.

    Who hands in a whole checkout hands in the solution beside the sheet.

    Many zips and clouds lose the times. Then `sheet (2)` comes after `sheet`, and `sheet (10)` after that.
    """
    name = re.split(r"(\d+)", stem(seen.found.names[-1]).casefold())
    natural = [(len(part.lstrip("0")) if part.isdecimal() else -1, part.lstrip("0")) for part in name]
    return not seen.is_old_copy, not seen.is_solution, int(seen.time), natural, seen.where


def _why_not(older: Seen, newest: Seen) -> str:
    if older.digest == newest.digest:
        return f"the same, byte for byte, as {newest.where}, which was graded"
    if older.is_solution and not newest.is_solution:
        return f"the course's own solution, as it is. {newest.where} of the same student was graded"
    if int(older.time) == int(newest.time):
        return f"of the same time as {newest.where} of the same student, which was taken as the newer by its name"
    return f"older: {newest.where} of the same student is newer"


def _submission(seen: Seen, is_one_of_several: bool) -> Submission:
    several = (f"You handed in more than one file. {seen.where} was graded.",) if is_one_of_several else ()
    notes = (*several, *seen.notes)
    return Submission(seen.student, seen.sheet, seen.found.path, seen.notebook, seen.where, seen.digest, notes)


def _ungraded(seen: Seen, reason: str) -> Ungraded:
    is_nobodys = len(seen.parts) == 1 and not seen.sheet and _says_nobody(seen.found.names)
    return Ungraded(seen.found.path, reason, seen.where, "" if is_nobodys else seen.student, seen.sheet)


def _says_nobody(names: tuple[str, ...]) -> bool:
    """True for the collection itself, for what platforms put beside the submissions, and for hidden files."""
    name = names[0] if names else "."
    is_index = stem(name).casefold() in BESIDE or name.startswith(".")
    return is_index or (is_container(stem(name)) and "ipynb" not in name.lower())
