"""The Hugging Face Hub: where it is, whether it answers, and what its errors mean for a student."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import textwrap
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from course_utils.errors import CourseError

TIMEOUT_SECONDS = 5
WAITS_SECONDS = (1, 2)  # before the second and the third try
PATIENCE_SECONDS = 10  # no further try after that
LAPTOP = "Or choose the profile 'laptop', which needs no network."
FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}  # Windows knows no quota
LOCKED = {errno.EACCES, errno.EROFS}
T = TypeVar("T")


def address() -> str:
    """Return the address of the Hub: the environment variable HF_ENDPOINT, else the public one."""
    return (os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")


def use_plain_http() -> None:
    """Fetch files over plain HTTP, before huggingface_hub is imported.

    There a connection that stalls or breaks ends in a sentence, and goes on where it broke. Over the Xet protocol,
    which is faster for files of many GB, it does neither. Set HF_HUB_DISABLE_XET=0 to use it all the same.
    """
    os.environ.setdefault("HF_HUB_DISABLE_XET", "1")


def problem() -> str | None:
    """Return None where the Hub answers within a few seconds, else what is wrong and what to do, in a sentence."""
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}:
        return "the environment variable HF_HUB_OFFLINE is set; unset it and restart the kernel"
    try:
        patiently(_open)
    except (OSError, ValueError) as error:
        return explained(error)
    return None


def _open() -> None:
    try:
        with urllib.request.urlopen(address(), timeout=TIMEOUT_SECONDS):
            return
    except urllib.error.HTTPError as error:
        if error.code >= 500 or error.code == 429:  # any other answer comes from somebody who is there
            raise


def patiently(work: Callable[[], T]) -> T:
    """Return what `work` returns; try again where an error is likely to pass, but not for long."""
    started = time.monotonic()
    for wait in WAITS_SECONDS:
        try:
            return work()
        except Exception as error:
            if not may_pass(error) or time.monotonic() - started > PATIENCE_SECONDS:
                raise
            time.sleep(wait)
    return work()


def may_pass(error: BaseException) -> bool:
    """True for the Hub's own troubles and for a slow or broken connection."""
    code = status(error)
    return code >= 500 if code else any(_silent(each) or _broken(each) for each in chain(error))


def explained(error: BaseException, name: str = "the Hub") -> str:
    """Return what an error means and what to do about it, without a full stop. `name`: what was asked for."""
    for explain in (_explained_refusal, _explained_disk, _explained_connection, _explained_content):
        if words := explain(error, name):
            return words
    first_line = (str(error).strip().splitlines() or [""])[0]
    return f"{type(error).__name__}: {textwrap.shorten(first_line, 120)}"


def as_course_error(error: BaseException, name: str) -> CourseError:
    """Return the error that a student sees when something could not be fetched."""
    return CourseError(f"{name} could not be fetched from {address()}: {explained(error, name)}. {LAPTOP}")


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those behind it, each once."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        reason = getattr(error, "reason", None)  # urllib's
        error = error.__cause__ or error.__context__ or (reason if isinstance(reason, BaseException) else None)


def status(error: BaseException) -> int:
    """Return the HTTP status behind an error, or 0."""
    for each in chain(error):
        code = getattr(getattr(each, "response", None), "status_code", None) or getattr(each, "code", None)
        if isinstance(code, int):
            return code
    return 0


def _explained_refusal(error: BaseException, name: str) -> str:
    kinds = {type(each).__name__ for each in chain(error)}
    code = status(error)
    if "GatedRepoError" in kinds:
        return (
            f"its owners ask you to accept their conditions first; open {address()}/{name}, accept them, "
            "and log in with `hf auth login` (on Colab: a secret named HF_TOKEN)"
        )
    if "RepositoryNotFoundError" in kinds or code == 404:
        return "nothing public has that name; look for a slip in it, or, if it is private, log in with `hf auth login`"
    if code in (401, 403):
        return f"it is refused (error {code}); your token may have ended, and `hf auth login` sets a new one"
    if code == 429:
        return f"no more requests are allowed from here for now (error 429); wait {_wait(error)}, or log in for more"
    if code >= 500:
        return f"the Hub has a trouble of its own (error {code}); try again in some minutes"
    return ""


def _wait(error: BaseException) -> str:
    for each in chain(error):
        headers = getattr(getattr(each, "response", None), "headers", None) or getattr(each, "headers", None) or {}
        seconds = str(headers.get("Retry-After") or "")
        if seconds.isdigit():
            return f"{seconds} seconds"
    return "five minutes"


def _explained_disk(error: BaseException, name: str) -> str:
    codes = {getattr(each, "errno", None) for each in chain(error)}
    if codes & FULL:
        return f"the disk is full ({free_mb():.0f} MB left); free some space, or set HF_HOME to a folder elsewhere"
    if codes & LOCKED:
        return f"{cache_folder()} cannot be written; set HF_HOME to a folder that you may write in"
    return ""


def _explained_connection(error: BaseException, name: str) -> str:
    errors = list(chain(error))
    if any(isinstance(each, socket.gaierror) or "Name or service" in str(each) for each in errors):
        return f"the name of {address()} is not known here (DNS); look whether the internet connection is on"
    for each in errors:
        text = str(each)
        if "Connection refused" in text:
            return "Connection refused: nobody answers at that address; look at HF_ENDPOINT, and for a proxy"
        if "unreachable" in text:
            return "there is no way to it from here (network unreachable); look whether the internet connection is on"
    if any(_silent(each) for each in errors):
        return "it went silent; try again, and what has come whole is kept"
    if any(_broken(each) for each in errors):
        return "the connection broke; try again, and what has come whole is kept"
    return ""


def _explained_content(error: BaseException, name: str) -> str:
    if any("Consistency check failed" in str(each) for each in chain(error)):
        return "a file came cut short; try again, and if it stays so, use another network: a proxy may spoil it"
    return ""


def _silent(error: BaseException) -> bool:
    return isinstance(error, TimeoutError) or "Timeout" in type(error).__name__


def _broken(error: BaseException) -> bool:
    return isinstance(error, ConnectionError) or type(error).__name__ in {"RemoteProtocolError", "ReadError"}


def cache_folder() -> Path:
    """Return where the Hub's files are kept: below HF_HOME, else in ~/.cache."""
    home = os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface"
    return Path(os.environ.get("HF_HUB_CACHE") or Path(home) / "hub").expanduser()


def free_mb() -> float:
    """Return the free space there, in MB."""
    return shutil.disk_usage(_existing(cache_folder())).free / 1e6


def _existing(folder: Path) -> Path:
    return folder if folder.exists() else _existing(folder.parent)
