"""Files that nobody ever meets half written, and folders that can be written in."""

import contextlib
import io
import os
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from course_utils import CourseError

CLOCK = (2020, 1, 1, 0, 0, 0)  # in a zip, in place of now


def write_in_one_step(path: Path, content: str | bytes) -> None:
    """Write a file beside its place and move it there; a text in UTF-8, with `?` for what is no valid Unicode.

    A text keeps its line ends, on Windows, too. Raises CourseError where the disk or the rights forbid it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            unfinished.write_bytes(content.encode(errors="replace") if isinstance(content, str) else content)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise CourseError(
            f"{path} could not be written: {error.strerror}. Free some disk space or mend the folder's rights, "
            "then run the same command again."
        ) from error


def zipped(files: dict[str, bytes], executable: Collection[str] = ()) -> bytes:
    """Return files as a zip: the same files make the same bytes, whenever, wherever and in whatever order.

    `executable`: the names of those that a person may start, where it is unpacked with its rights.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, CLOCK)
            entry.create_system = 3  # Unix: only then are there rights
            folder = 0o040000 if name.endswith("/") else 0o100000
            entry.external_attr = (folder | (0o755 if name in executable or name.endswith("/") else 0o644)) << 16
            package.writestr(entry, files[name], zipfile.ZIP_DEFLATED)
    return made.getvalue()


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
