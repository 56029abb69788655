"""Files that other packages carry: found without importing the package, and checked before they are used."""

import hashlib
import importlib.util
import sys
from functools import cache
from pathlib import Path

from course_utils.errors import CourseError

PIP = f'"{sys.executable}" -m pip'  # a plain `pip` may belong to another Python


def packaged_file(package: str, inside: str, pin: str = "") -> Path:
    """Return the path of the file or folder `inside` an installed package. The package's own code does not run.

    `pin` is what to install where it is missing.

    Raises CourseError where the package, or the file in it, is missing.
    """
    spec = importlib.util.find_spec(package)
    path = (
        Path(next(iter(spec.submodule_search_locations))) / inside if spec and spec.submodule_search_locations else None
    )
    if path is None or not path.exists():
        name = package.replace("_", "-")
        missing = f"The package {name} is not installed" if path is None else f"The package {name} lacks {inside}"
        advice = f"Run `{PIP} install --force-reinstall --no-deps {pin or name}`, then restart the kernel."
        raise CourseError(f"{missing}. {advice}")
    return path


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hex. A file that has not changed is read once."""
    facts = path.stat()
    return _sha256(path, facts.st_size, facts.st_mtime_ns)


@cache
def _sha256(path: Path, _size: int, _changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_sha256(path: Path, expected: str, package: str) -> None:
    """Raise CourseError unless the file has the expected SHA-256."""
    found = sha256(path)
    if found != expected:
        raise CourseError(
            f"{path.name} of {package} is not the published file (SHA-256 {found[:12]}..., not {expected[:12]}...)."
            f" Run `{PIP} install --force-reinstall --no-deps --no-cache-dir {package}`, then restart the kernel."
        )
