"""A file of a collection, on the disk or in a zip."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LARGEST_BYTES = 100 * 2**20  # of one file
# What systems leave behind by themselves. No student means to hand it in.
LEFT_BY_SYSTEMS = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"}
LINK = "a link. Links are not followed: ask for the file itself"
HIDDEN = "hidden, because its name begins with a dot: nothing in it is read. Rename it if it is meant"
TOO_LARGE = f"larger than {LARGEST_BYTES // 2**20} MiB. Ask for it without outputs"


@dataclass(frozen=True)
class Found:
    """A file, or what stands in a file's place: then `problem` says in words why nothing can be read.

    `names` lead to it from the collection's folder, through zips, as they can be shown. `time` is of its last change,
    in seconds since 1970. `read` raises OSError, and is to be called before the next file is asked for.
    """

    path: Path  # on the disk: the file itself, or the zip that it lies in
    names: tuple[str, ...]
    time: float = 0.0
    size: int = 0  # bytes
    read: Callable[[], bytes] = bytes
    problem: str = ""

    @property
    def is_zip(self) -> bool:
        """True for a zip, by its name."""
        return self.names[-1].lower().endswith(".zip")

    @property
    def is_zipped(self) -> bool:
        """True for a file in a zip."""
        return any(name.lower().endswith(".zip") for name in self.names[:-1])
