"""One look at the environment before a command works: what can be mended is mended, the rest is one sentence.

Kernels and other processes inherit what was mended. A function for each situation.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from course_tools import caches
from course_utils import CourseError, hub, prepared

WORKING = ("run", "test", "build", "grade", "bench", "canary")  # `doctor` has a line for each fault instead
WITH_THE_HUB = ("auto", "full")
IN_THIS_PROCESS = ("bench", "data")  # these import transformers; the others leave it to kernels
TEMPORARY = ("TMPDIR", "TEMP", "TMP")
PROXIES = tuple(form(f"{kind}_proxy") for kind in ("http", "https", "all") for form in (str.lower, str.upper))
TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
SPARE_MB = 20
AGAIN = "then run the same command again"


def look(command: str, profile: str | None = None) -> None:
    """Mend the environment of this process. Raises CourseError for the first thing that a command cannot work with."""
    mend()
    found = list(faults()) if command in WORKING else []
    if command in IN_THIS_PROCESS:
        found.append(_docstrings_fault())
    if profile in WITH_THE_HUB and (words := hub_fault()):
        found.append(f"The Hub cannot be asked: {words}.")
    for fault in filter(None, found):
        raise CourseError(fault)
    if command in WORKING:
        take_half_made_away()


def mend() -> None:
    """Mend what has one right answer. It never fails."""
    _set_home()
    _forget_lost_folders()
    _strip_addresses()
    os.environ.pop("PYTHONOPTIMIZE", None)  # a kernel needs docstrings and assertions
    if "PYTHONIOENCODING" in os.environ:  # pipes are read as the locale says; nothing that is printed ends a program
        os.environ["PYTHONIOENCODING"] = ":backslashreplace"


def faults() -> Iterator[str]:
    """Yield a sentence for each thing that has to be mended by hand, whatever the profile."""
    if fault := _home_fault():
        yield fault
        return
    yield from _folder_faults()
    if fault := _temporary_fault():
        yield fault


def hub_fault() -> str:
    """Return what is wrong with the variables that lead to the Hub, without a full stop, or nothing."""
    given = os.environ.get("HF_ENDPOINT", "")
    if given and not _is_address(given, ("http", "https")):
        return "HF_ENDPOINT holds no address (https://NAME, without a space); correct it, or unset it"
    for name in PROXIES:
        if (given := os.environ.get(name, "")) and not _is_address(given if "://" in given else f"http://{given}"):
            return f"{name} holds no address of a proxy (http://NAME:PORT, without a space); correct it, or unset it"
    for name in TOKENS:
        if not _is_plain(os.environ.get(name, "").strip()):
            return f"{name} holds no token (plain letters and digits, without a space); correct it, or unset it"
    return ""


def take_half_made_away() -> None:
    """Delete caches that are half made. Raises CourseError where they cannot be deleted."""
    try:
        caches.take_away_half_made()
    except OSError as error:
        raise CourseError(
            f"{error.filename} belongs to a cache that is half made, and cannot be deleted ({error.strerror}). "
            f"Delete its folder by hand, {AGAIN}."
        ) from error


def _set_home() -> None:
    """Let programs that only look at HOME find what the list of users says."""
    if os.name == "posix" and not os.environ.get("HOME"):
        os.environ.pop("HOME", None)
        if not _home_fault():
            os.environ["HOME"] = str(Path.home())


def _forget_lost_folders() -> None:
    """A folder for temporary files that is gone: Python and others then take the system's own."""
    for name in TEMPORARY:
        if name in os.environ and not _writable(Path(os.environ[name]), there=True):
            del os.environ[name]


def _strip_addresses() -> None:
    """Copied with a space or the end of a line, an address still says what it should."""
    for name in ("HF_ENDPOINT", *PROXIES):
        if name in os.environ:
            os.environ[name] = os.environ[name].strip()


def _home_fault() -> str:
    try:
        Path.home()
    except RuntimeError:
        return f"HOME is not set, and this system knows no home of yours. Set HOME to a folder of your own, {AGAIN}."
    return ""


def _folder_faults() -> Iterator[str]:
    """One sentence for a variable, and one alone where the home is what they have in common."""
    home = Path.home()
    locked = {variable: (what, folder) for variable, what, folder in _kept() if not _writable(folder)}
    if any(folder.is_relative_to(home) for _, folder in locked.values()) and not _writable(home):
        yield f"Nothing can be written in your home, {home}. Set HOME to a folder that you may write in, {AGAIN}."
        return
    for variable, (what, folder) in locked.items():
        yield (
            f"{what} cannot be written in {folder}. Mend the rights of that folder, "
            f"or set {variable} to a folder that you may write in, {AGAIN}."
        )


def _kept() -> Iterator[tuple[str, str, Path]]:
    """Yield what is kept outside of the checkout: the variable that says where, what it is, and the folder."""
    from jupyter_core.paths import jupyter_runtime_dir

    def named(variable: str) -> str:
        return variable if os.environ.get(variable) else "HF_HOME"

    yield "JUPYTER_RUNTIME_DIR", "The files of running kernels", Path(jupyter_runtime_dir())
    yield "COURSE_CACHE", "Prepared data", prepared.cache_folder()
    yield named("HF_HUB_CACHE"), "Files of the Hub", hub.cache_folder()
    yield named("HF_DATASETS_CACHE"), "Tables of datasets", caches.datasets_folder()


def _temporary_fault() -> str:
    try:
        folder = tempfile.gettempdir()
    except FileNotFoundError:
        return f"There is no folder for temporary files. Set TMPDIR to a folder that you may write in, {AGAIN}."
    free_mb = shutil.disk_usage(folder).free / 1e6
    if free_mb >= SPARE_MB:
        return ""
    return (
        f"Only {free_mb:.1f} MB are free for temporary files in {folder}. "
        f"Free some space, or set TMPDIR to a folder on a larger disk, {AGAIN}."
    )


def _docstrings_fault() -> str:
    if sys.flags.optimize < 2:
        return ""
    return f"Python runs without docstrings here, and transformers needs them. Unset PYTHONOPTIMIZE, {AGAIN}."


def _is_address(text: str, schemes: tuple[str, ...] = ()) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return False
    return bool(_is_plain(text) and parts.hostname and (not schemes or parts.scheme in schemes))


def _is_plain(text: str) -> bool:
    """True where it can stand in the head of a request, whole."""
    return text.isascii() and text.isprintable() and " " not in text


def _writable(folder: Path, there: bool = False) -> bool:
    """True where files can be written in a folder, or, unless it has to be there, where it can be made."""
    if not there:
        while not os.path.exists(folder) and folder != folder.parent:
            folder = folder.parent
    return os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK)
