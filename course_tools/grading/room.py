"""Where a submission's kernel runs: shut in, with what its sheet needs in sight and nothing else, or trusted."""

import os
import site
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import nbformat

from course_tools.grading import isolate, sandbox
from course_tools.project import LESSONS, ROOT, Sheet
from course_tools.running.key import modules
from course_utils import CourseError
from course_utils.prepared import cache_folder
from course_utils.sources import DATA

KERNEL = Path(__file__).with_name("guard.py")
IN_SIGHT = ("course_utils", "pyproject.toml", "requirements.txt", "lessons/course.toml")
KEPT = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "SYSTEMROOT")
NOT_SHUT_IN = (
    "This system cannot shut a submission in ({reason}), and so its code could read and change whatever you can. "
    "Grade on Linux 5.12 or newer, outside of a container or in one that allows user namespaces. (Ubuntu asks for "
    "`sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`.) With --trust, `course grade` does without: "
    "only for submissions that you would run on your own machine yourself."
)


class Room:
    """Where the kernels of one submission run, one after the other. Each finds it empty."""

    def __init__(self, folder: Path, sheet: Sheet, cell_seconds: int, *, trusted: bool):
        """`folder` belongs to this submission alone. `cell_seconds` of the processor are what one cell may use."""
        self.folder, self.sheet, self.cell_seconds, self.trusted = folder, sheet, cell_seconds, trusted
        self.connection_file = folder / "kernel.json"

    def start_options(self) -> dict:
        """Return what a new kernel is started with: the options of `Popen`."""
        if self.trusted:
            home = tempfile.mkdtemp(dir=self.folder, prefix="home-")
            temporary = tempfile.mkdtemp(dir=self.folder, prefix="tmp-")
        else:
            home, temporary = sandbox.HOME, "/tmp"
        return {
            "cwd": home if self.trusted else str(self.folder),  # the sandbox goes home by itself
            "env": {**environment(self.cell_seconds), "HOME": home, "TMPDIR": temporary},
            "stdout": subprocess.DEVNULL,  # what a notebook shows comes another way
            "stderr": subprocess.DEVNULL,
        }

    @property
    def command(self) -> list[str]:
        """The command of a kernel, as in a kernel spec."""
        kernel = [sys.executable, str(KERNEL), "-f", "{connection_file}"]
        if self.trusted:
            return [*kernel, "--refuse"]
        return [*shut_in([*in_sight(self.sheet), self.connection_file]), *kernel]


def shut_in(shown: list[Path]) -> list[str]:
    """Return what to put before a command so that it sees Python and `shown` alone."""
    python = [sys.prefix, sys.base_prefix, *site.getsitepackages()]
    if site.ENABLE_USER_SITE:
        python.append(site.getusersitepackages())
    python = filter(os.path.exists, python)  # Debian names folders that it lacks
    shows = [f"--show={path}" for path in dict.fromkeys([*python, *map(str, shown)])]
    return [sys.executable, "-m", sandbox.__name__, f"--hide={ROOT}", *shows, "--"]


def in_sight(sheet: Sheet) -> list[Path]:
    """Return what a submission may read: the checks of its sheet, the data, the settings; no answer and no solution."""
    given = [cell.source for cell in nbformat.read(sheet.notebook, as_version=4).cells if cell.cell_type == "code"]
    own = [path for path in modules(given) if path.is_relative_to(LESSONS)]
    settings = [*(ROOT / name for name in IN_SIGHT), *sorted(LESSONS.glob("*/lesson.toml"))]
    kernel = [KERNEL, KERNEL.with_name("accidents.py")]
    return [*settings, *own, *kernel, *(folder for folder in (DATA, cache_folder()) if folder.is_dir())]


def environment(cell_seconds: int) -> dict[str, str]:
    """Return the environment of a kernel, but for its folders: no secrets of the grader's, one thread."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "NBGRADER_EXECUTION": "autograde",
        "COURSE_CHECK_SECONDS": str(cell_seconds / 2),  # a check judges twice: what students see, and hidden inputs
        "COURSE_CACHE": str(cache_folder()),
        "OMP_NUM_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
    }


def require_shut_in() -> None:
    """Raise CourseError, with the reason, where this system cannot shut a kernel in."""
    if reason := _try():
        raise CourseError(NOT_SHUT_IN.format(reason=reason))


@cache
def _try() -> str:
    """Shut one command in that needs what a kernel needs. Returns what went wrong, or nothing."""
    if isolate.libc is None:
        return "only Linux can"
    command = [*without_network(), *shut_in([]), sys.executable, "-c", "import ipykernel"]
    tried = subprocess.run(command, capture_output=True, text=True, errors="replace", env={**os.environ, "HOME": "/"})
    words = tried.stderr.strip().splitlines() or [f"status {tried.returncode}"]
    return words[-1] if tried.returncode else ""


def without_network() -> list[str]:
    """Return what to put before a command so that it has loopback alone."""
    return [sys.executable, isolate.__file__]
