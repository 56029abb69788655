"""Reads zips in memory: nothing is written to the disk, so no path in a zip can lead anywhere."""

import contextlib
import io
import stat
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from zipfile import ZipFile, ZipInfo

from course_tools.grading.found import HIDDEN, LARGEST_BYTES, LEFT_BY_SYSTEMS, LINK, TOO_LARGE, Found
from course_tools.grading.students import shown

MOST_FILES = 20_000
MOST_BYTES = 4 * 2**30  # of all files together, unpacked
MOST_NESTED = 3  # a zip in a zip in a zip
LOCKED = "locked with a password. Ask for it without one"
LEADS_OUT = "in the zip with a path that leads out of it. It is not unpacked"
TOO_MUCH = f"a zip with more than {MOST_FILES:,} files or {MOST_BYTES // 2**30} GiB in it. Unpack it yourself"
TOO_DEEP = f"a zip inside of {MOST_NESTED} others. Unpack it yourself"
DAMAGED = "a damaged zip, or one of a kind that cannot be unpacked here. Unpack it yourself, or ask for it again"
BARREN = "a zip without any file in it"
IN_UTF8 = 0x800  # the flag of a name that zipfile has read as UTF-8


@dataclass
class Budget:
    """What may still be unpacked of one zip, with all the zips in it."""

    files: int = MOST_FILES
    bytes: int = MOST_BYTES

    def take(self, info: ZipInfo) -> bool:
        """Take one file. False where there is no room for it."""
        self.files -= 1
        self.bytes -= info.file_size
        return self.files >= 0 and self.bytes >= 0


def members(zipped: Found, source: Path | io.BytesIO, left: Budget | None = None, depth: int = 1) -> Iterator[Found]:
    """Return the files of a zip; in their place, or at their end, what keeps one or all from being read.

    Raises PermissionError where the zip itself may not be opened.
    """
    left = left or Budget()
    empty = True
    try:
        with ZipFile(source) as archive:
            for found in _files(archive, zipped, left):
                empty = False
                yield from _nested(found, left, depth) if found.is_zip and not found.problem else [found]
    except PermissionError:
        raise
    except Exception:  # a zip that somebody built makes zipfile raise anything
        yield replace(zipped, problem=DAMAGED)
    else:
        if empty:
            yield replace(zipped, problem=BARREN)


def _nested(found: Found, left: Budget, depth: int) -> Iterator[Found]:
    if depth == MOST_NESTED:
        return iter([replace(found, problem=TOO_DEEP)])
    return members(found, io.BytesIO(found.read()), left, depth + 1)


def _files(archive: ZipFile, zipped: Found, left: Budget) -> Iterator[Found]:
    infos = {_name(info): info for info in archive.infolist() if not info.is_dir()}
    hidden = set()
    for name, info in infos.items():
        if not left.take(info):
            yield replace(zipped, problem=TOO_MUCH)
            return
        found = _member(archive, info, PurePosixPath(name), zipped)
        if _is_left_behind(PurePosixPath(name), infos) or found.names in hidden:
            continue
        if found.problem == HIDDEN:
            hidden.add(found.names)
        yield found


def _member(archive: ZipFile, info: ZipInfo, path: PurePosixPath, zipped: Found) -> Found:
    names = tuple(map(shown, path.parts)) or ("(no name)",)
    dots = [at for at, name in enumerate(names, start=1) if name.startswith(".")]
    problem = ""
    if path.is_absolute() or ".." in path.parts or ":" in names[0]:
        problem = LEADS_OUT
    elif stat.S_ISLNK(info.external_attr >> 16):
        problem = LINK
    elif dots:
        problem, names = HIDDEN, names[: dots[0]]
    elif info.flag_bits & 1:
        problem = LOCKED
    elif info.file_size > LARGEST_BYTES:
        problem = TOO_LARGE
    return Found(
        path=zipped.path,
        names=(*zipped.names, *names),
        time=_time(info) or zipped.time,
        size=info.file_size,
        read=lambda: _read(archive, info),
        problem=problem,
    )


def _read(archive: ZipFile, info: ZipInfo) -> bytes:
    """Raises OSError, and nothing else."""
    try:
        return archive.read(info)
    except Exception as error:
        raise OSError(f"damaged in the zip, {error}") from error


def _name(info: ZipInfo) -> str:
    """Return a member's path. Many programs write UTF-8 and do not say so."""
    name = info.filename
    if not info.flag_bits & IN_UTF8:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _is_left_behind(path: PurePosixPath, beside: Container[str]) -> bool:
    companion = path.name.startswith("._") and str(path.parent / path.name[2:]) in beside
    return companion or bool(LEFT_BY_SYSTEMS.intersection(path.parts))


def _time(info: ZipInfo) -> float:
    """Return when a member was changed; 0 for 1980, which stands for no time."""
    try:
        return datetime(*info.date_time).timestamp() if info.date_time[0] > 1980 else 0.0
    except (ValueError, OverflowError, OSError):
        return 0.0
