"""Fixtures that several test files share."""

import faulthandler
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from course_tools.processes import Watch
from course_tools.project import BUILD
from tests.copied import copy_course
from tests.local_hub import content
from tests.local_hub.server import LocalHub
from tests.processes import HEARING

LONG_FILES = (  # the longest first, so that none of them is left over at the end
    "test_full.py",
    "test_lessons.py",
    "test_grade.py",
    "test_hub_faults.py",
    "test_graders.py",
    "test_run.py",
    "test_situations.py",
    "test_cluster.py",
    "test_bench.py",
    "test_build.py",
)
HANGS_SECONDS = 600
LESSON = """\
# ---
# jupyter:
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% tags=["parameters"]
PROFILE = "auto"

"""
SPEED = """\
REFERENCE_GFLOPS = 150
def gflops(threads):
    return 75.0 * threads
def reference_seconds(seconds, gflops):
    return seconds * gflops / REFERENCE_GFLOPS
"""
PRELOADED = ("ipykernel.kernelapp", "ipykernel.zmqshell", "numpy", "course_tools.running.speed")
FACTS = """\
title = "{title}"
teaches = "testing"
minutes = 1
needs = []
data = []

[bands]
"""


class SmallCourse:
    """A copy of the two packages in a folder of its own, with tiny lessons, driven by the real command line."""

    def __init__(self, root: Path):
        self.root, self.lessons = root, root / "lessons"
        root.mkdir()
        copy_course(root, "course_utils", "course_tools")
        self.lessons.mkdir()
        running = root / "course_tools" / "running"  # tiny lessons need no torch: their kernels start sooner
        (running / "speed.py").write_text(SPEED, encoding="utf-8")
        server = (running / "fork_server.py").read_text("utf-8")
        server = re.sub(r"PRELOADED = \(.*?\n\)", f"PRELOADED = {PRELOADED}", server, flags=re.S)
        (running / "fork_server.py").write_text(server, encoding="utf-8")

    def add(self, slug: str, *cells: str, bands: str = "") -> None:
        """Write a lesson with these code cells at the end of the order, or anew where it is there. `bands`: TOML."""
        folder = self.lessons / slug
        folder.mkdir(exist_ok=True)
        text = LESSON + "\n\n".join(f"# %%\n{cell}" for cell in cells) + "\n"
        (folder / "lesson.py").write_text(text, encoding="utf-8")
        (folder / "lesson.toml").write_text(FACTS.format(title=slug.capitalize()) + bands, encoding="utf-8")
        self.order = [*dict.fromkeys([*getattr(self, "order", []), slug])]
        self.write_order(self.order)

    def write_order(self, slugs: list[str]) -> None:
        """Write course.toml with one part."""
        text = f'[[parts]]\ntitle = "All"\nlessons = {json.dumps(slugs)}\n'
        (self.lessons / "course.toml").write_text(text, encoding="utf-8")

    def record(self, slug: str) -> Path:
        """Return where `course run` keeps the executed notebook of a lesson, in `laptop`."""
        return self.root / "build" / "executed" / "laptop" / f"{self.order.index(slug):02}_{slug}.ipynb"

    def start(self, *arguments: str, **options) -> subprocess.Popen:
        """Start `course` with these arguments."""
        environment = {**os.environ, "PYTHONPATH": str(self.root), "COLUMNS": "300"}
        command = [sys.executable, "-m", "course_tools.cli", *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen(command, cwd=self.root, env=environment, **pipes, **{**HEARING, **options})

    def course(self, *arguments: str) -> tuple[int, str]:
        """Run `course` and return its exit code and all that it printed."""
        process = self.start(*arguments)
        output, _ = process.communicate()
        return process.returncode, output


@pytest.fixture
def small_course(tmp_path) -> SmallCourse:
    """An empty small course."""
    return SmallCourse(tmp_path / "course copy")  # a space in the path, as people have


@pytest.fixture(scope="session")
def repositories(tmp_path_factory) -> Path:
    """The repositories of the local Hub. Nobody changes them."""
    folder = tmp_path_factory.mktemp("repositories")
    content.fill(folder)
    return folder


@pytest.fixture
def hub(repositories) -> Iterator[LocalHub]:
    """A Hub on loopback, with no faults yet."""
    with LocalHub(repositories) as running:
        yield running


class Hang(threading.Thread):
    """Ends this process where a test has done nothing for ten minutes. No clock fails a slow machine."""

    def __init__(self):
        super().__init__(daemon=True)
        self.test, self.moved = None, time.monotonic()

    def run(self) -> None:
        """Look at the work of this process and its children now and then."""
        watch = Watch(os.getpid())
        while True:
            time.sleep(10)
            before = watch.cpu_seconds
            watch.look()
            if watch.cpu_seconds > before + 0.1 or self.test is None:
                self.moved = time.monotonic()
            if time.monotonic() - self.moved > HANGS_SECONDS:
                print(f"{self.test} has done nothing for {HANGS_SECONDS} s:", file=sys.__stderr__, flush=True)
                faulthandler.dump_traceback(file=sys.__stderr__)
                os._exit(3)


hang = Hang()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Watch each test."""
    if not hang.is_alive():
        hang.start()
    hang.test, hang.moved = item.nodeid, time.monotonic()
    try:
        return (yield)
    finally:
        hang.test = None


def pytest_collection_modifyitems(items):
    """Begin with the long files: each stays in one process, as its fixtures want."""
    items.sort(key=lambda item: LONG_FILES.index(item.path.name) if item.path.name in LONG_FILES else len(LONG_FILES))


def pytest_terminal_summary(terminalreporter):
    """Print the tables of the graders and of the Hub's faults, where their tests passed."""
    passed = {report.nodeid.partition("::")[0] for report in terminalreporter.stats.get("passed", [])}
    if "tests/test_graders.py" in passed:
        graders_table(terminalreporter)
    if "tests/test_hub_faults.py" in passed:
        faults_table(terminalreporter)


def graders_table(reporter) -> None:
    """How many answers the graders accepted and rejected as they should, and what became of the mutants."""
    reporter.section("graders")
    heads = f"{'right ones accepted':>21}{'wrong ones rejected':>21}{'mutants killed':>16}{'listed as no mistake':>22}"
    reporter.line(f"{'sheet':<6}{'exercise':<22}{heads}")
    whole = Counter()
    for table in sorted((BUILD / "graders").glob("*.json")):
        verdicts = json.loads(table.read_text(encoding="utf-8"))
        for exercise in dict.fromkeys(verdict["exercise"] for verdict in verdicts):
            mine = [verdict for verdict in verdicts if verdict["exercise"] == exercise]
            counts = counted(mine)
            whole += counts
            reporter.line(f"{mine[0]['sheet'].partition('_')[0]:<6}{exercise:<22}{shares(counts)}")
    reporter.line(f"{'all':<28}{shares(whole)}")
    share = whole["mutants", True] / max(1, whole["mutants", True] + whole["mutants", False])
    reporter.line(f"Mutants that are not listed: {share:.1%} killed.")


def counted(verdicts: list[dict]) -> Counter:
    """Return (what, judged as it should be) -> how many."""
    whats = {"mutant": "mutants", "equivalent": "equivalent"}
    return Counter(
        (whats.get(each["kind"]) or ("right" if each["expected"] else "wrong"), each["fine"]) for each in verdicts
    )


def shares(counts: Counter) -> str:
    """Return "judged as it should be / all" for each kind of answer."""
    parts = [(counts[what, True], counts[what, False]) for what in ("right", "wrong", "mutants", "equivalent")]
    widths = (21, 21, 16, 22)
    return "".join(f"{f'{fine}/{fine + bad}':>{width}}" for (fine, bad), width in zip(parts, widths, strict=True))


def faults_table(reporter) -> None:
    """What a student reads when something is wrong between here and the Hub."""
    reporter.section("faults of the Hub")
    rows = json.loads((BUILD / "hub" / "faults.json").read_text(encoding="utf-8"))
    for fault, said in rows.items():
        reporter.line(f"{fault:<45} {said}")
