"""Finds every file of a collection, in folders and in zips, and says of each that cannot be read why."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from course_tools.grading import unpack
from course_tools.grading.found import HIDDEN, LARGEST_BYTES, LEFT_BY_SYSTEMS, LINK, TOO_LARGE, Found
from course_tools.grading.students import shown

EMPTY = "an empty folder"
NO_FILE = "no ordinary file: nothing can be read from it"
CLOSED = "cannot be opened ({}). Look at its rights"


def files(folder: Path) -> Iterator[Found]:
    """Return all files below a folder, and whatever is passed over, in the order of their names."""
    waiting = [(folder, (), True)]
    while waiting:
        place, names, is_beside_files = waiting.pop()
        try:
            entries = _meant(place)
        except OSError as error:
            yield Found(place, names, problem=CLOSED.format(error.strerror))
            continue
        if not entries and not is_beside_files:
            yield Found(place, names, problem=EMPTY)
        folders = [entry for entry in entries if _is_folder(entry)]
        has_files = bool(names) and len(folders) < len(entries)
        waiting += [(Path(entry.path), _below(names, entry), has_files) for entry in reversed(folders)]
        for entry in entries:
            if entry not in folders:
                yield from _look(entry, _below(names, entry))


def _meant(place: Path) -> list[os.DirEntry]:
    """Return what lies in a folder, without what systems leave there, and without macOS's `._NAME` beside NAME."""
    with os.scandir(place) as entries:
        found = {entry.name: entry for entry in entries}
    companions = {f"._{name}" for name in found}
    return [found[name] for name in sorted(found) if name not in LEFT_BY_SYSTEMS | companions]


def _is_folder(entry: os.DirEntry) -> bool:
    return entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")


def _below(names: tuple[str, ...], entry: os.DirEntry) -> tuple[str, ...]:
    return (*names, shown(os.fsencode(entry.name)))


def _look(entry: os.DirEntry, names: tuple[str, ...]) -> Iterator[Found]:
    path = Path(entry.path)
    try:
        if entry.is_symlink():
            yield Found(path, names, problem=LINK)
        elif entry.name.startswith("."):
            yield Found(path, names, problem=HIDDEN)
        elif not entry.is_file(follow_symlinks=False):
            yield Found(path, names, problem=NO_FILE)
        else:
            status = entry.stat(follow_symlinks=False)
            found = Found(path, names, status.st_mtime, status.st_size, path.read_bytes)
            if found.is_zip:
                yield from unpack.members(found, path)
            else:
                yield replace(found, problem=TOO_LARGE) if found.size > LARGEST_BYTES else found
    except OSError as error:
        yield Found(path, names, problem=CLOSED.format(error.strerror))
