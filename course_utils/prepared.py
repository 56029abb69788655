"""Folders that are made once, in the course's cache: whole or not at all, also after a crash or with two kernels."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from course_utils.errors import CourseError
from course_utils.packaged import sha256

MANIFEST = "SHA256SUMS"


def cache_folder() -> Path:
    """Return where prepared data is kept: the environment variable COURSE_CACHE, else a folder in ~/.cache."""
    return Path(os.environ.get("COURSE_CACHE") or Path.home() / ".cache" / "finetuning-course")


def prepared(name: str, write: Callable[[Path], None], what: str, cache: Path | None = None) -> Path:
    """Return the folder `name` in the cache, after `write` filled it, where it is missing or damaged.

    `write` gets an empty folder, which takes its place in one step; a second process waits for the first. Every file is
    held against the SHA-256 that it had when it was written. `what` says in a message what the folder holds.

    Raises CourseError where the folder cannot be written.
    """
    from filelock import FileLock

    cache = cache or cache_folder()
    folder = cache / name
    if is_whole(folder):
        return folder
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(cache / f".{name}.lock"):
            if not is_whole(folder):
                _replace(folder, write)
    except Exception as error:
        if not isinstance(error, OSError) and "os error" not in str(error):  # so do libraries in Rust name one
            raise
        raise CourseError(
            f"{what} could not be written below {cache} ({getattr(error, 'strerror', None) or error}). "
            "Free some disk space, or point the environment variable COURSE_CACHE to a folder you may write in."
        ) from error
    return folder


def is_whole(folder: Path) -> bool:
    """True where the folder holds the files of its manifest, unchanged."""
    try:
        lines = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
        sums = dict(reversed(line.split("  ", 1)) for line in lines)
        return bool(sums) and all(sha256(folder / name) == digest for name, digest in sums.items())
    except (OSError, ValueError):
        return False


def _replace(folder: Path, write: Callable[[Path], None]) -> None:
    for left_over in folder.parent.glob(f".{folder.name}-*"):  # of a kernel that was killed
        shutil.rmtree(left_over, ignore_errors=True)
    unfinished = folder.with_name(f".{folder.name}-unfinished")
    unfinished.mkdir()
    try:
        write(unfinished)
        sums = [f"{sha256(path)}  {path.name}\n" for path in sorted(unfinished.iterdir())]
        (unfinished / MANIFEST).write_text("".join(sums), encoding="utf-8")
        if folder.exists():  # damaged
            shutil.rmtree(folder)
        os.replace(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
