"""Files that nobody ever meets half written, and folders that can be written in."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from course_utils import CourseError


def write_in_one_step(path: Path, text: str) -> None:
    """Write a file beside its place and move it there, in UTF-8, with `?` for what is no valid Unicode.

    Raises CourseError where the disk or the rights forbid it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            unfinished.write_text(text, encoding="utf-8", errors="replace")
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise CourseError(
            f"{path} could not be written: {error.strerror}. Free some disk space or mend the folder's rights, "
            "then run the same command again."
        ) from error


def require_writable(*folders: Path) -> None:
    """Make folders. Raises CourseError where one cannot be written in."""
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / f".probe.{os.getpid()}"
            probe.write_text("probe", encoding="utf-8")
            probe.unlink()
        except OSError as error:
            raise CourseError(
                f"Nothing can be written in {folder}: {error.strerror}. "
                "Free some disk space, or give yourself the right to write there, then run the same command again."
            ) from error


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold a folder while the block runs. Raises CourseError where another process holds it."""
    require_writable(folder)
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise CourseError(
            f"Another `course` command is at work in {folder.parent}. Wait until it ends, or stop it."
        ) from None
    try:
        yield
    finally:
        lock.release()
