"""Is this machine ready? One line for each thing that a lesson needs, with what to do about a bad one."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata

from course_utils import devices, sources
from course_utils.errors import CourseError
from course_utils.install import ROOT, requirements, satisfied

GIB_OF_MEMORY, GIB_OF_DISK = 4, 2


@dataclass(frozen=True)
class Line:
    """One thing looked at: `state` is ok, note or bad; `advice` says what to do about it."""

    name: str
    found: str
    state: str = "ok"
    advice: str = ""

    def __str__(self) -> str:
        advice = f"\n     -> {self.advice}" if self.advice else ""
        return f"{self.state:<4} {self.name:<12} {self.found}{advice}"


def check_machine() -> None:
    """Print one line for each thing that a lesson needs, and a verdict."""
    lines = list(examine())
    bad = sum(line.state == "bad" for line in lines)
    print(*lines, sep="\n")
    print("This machine is ready." if not bad else f"Mend the {bad} bad line(s) above first.")


def examine() -> Iterator[Line]:
    """Yield one line for each thing looked at. Asks no network."""
    yield look_at_python()
    yield from look_at_packages()
    yield look_at_device()
    yield look_at_memory()
    yield look_at_disk()
    yield _usable("checkpoint", sources.offline_checkpoint, "all-MiniLM-L6-v2, checksum right")
    yield _usable("tweets", lambda: sources.dataset("tweets", "laptop"), "prepared, checksum right")


def look_at_python() -> Line:
    """Look at Python's version."""
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return _line("python", platform.python_version(), good, "Use Python 3.11 to 3.13: `make setup PYTHON=python3.13`.")


def look_at_packages() -> Iterator[Line]:
    """Look for each package of requirements.txt: there, and in range."""
    wanted = requirements()
    wrong = [requirement for requirement in wanted if not satisfied(requirement)]
    for requirement in wrong:
        advice = f"Run `make setup`, or `pip install '{requirement}'`."
        yield Line(requirement.name, "missing, or out of range", "bad", advice)
    if not wrong:
        shown = ", ".join(f"{name} {metadata.version(name)}" for name in ("torch", "transformers", "datasets"))
        yield Line("packages", f"all {len(wanted)} in range ({shown})")


def look_at_device() -> Line:
    """Look for the device that lessons use, and for an NVIDIA card that torch does not see."""
    device = devices.choose_device()
    if device.type == "cpu" and shutil.which("nvidia-smi"):
        advice = "An NVIDIA card is here, but this torch does not see it. Install torch's CUDA build to use it."
        return Line("device", devices.describe(device), "note", advice)
    return Line("device", devices.describe(device))


def look_at_memory() -> Line:
    """Look at the free main memory."""
    free = devices.free_memory_gib()
    advice = f"Close other programs and kernels: a lesson may need {GIB_OF_MEMORY} GiB."
    return _line("memory", f"{free:.0f} GiB free", free >= GIB_OF_MEMORY, advice)


def look_at_disk() -> Line:
    """Look at the free space where the course lies."""
    free = shutil.disk_usage(ROOT).free / 2**30
    return _line("disk", f"{free:.0f} GiB free", free >= GIB_OF_DISK, f"Free some space: {GIB_OF_DISK} GiB are enough.")


def _line(name: str, found: str, good: bool, advice: str) -> Line:
    return Line(name, found) if good else Line(name, found, "bad", advice)


def _usable(name: str, find: Callable, good: str) -> Line:
    try:
        find()
    except CourseError as error:
        return Line(name, "not usable", "bad", str(error))
    return Line(name, good)
