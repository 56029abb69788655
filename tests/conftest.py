"""Fixtures that several test files share."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from local_hub import content
from local_hub.server import LocalHub

from course_tools.project import BUILD, ROOT
from tests.processes import HEARING

HEADER = """\
# ---
# jupyter:
#   course:
#     title: {title}
#     teaches: testing
#     budget_seconds: 20
#     measured: seconds
#     needs: nothing
#   kernelspec: {{display_name: Python 3 (ipykernel), language: python, name: python3}}
# ---

# %% tags=["parameters"]
PROFILE = "auto"

"""


class SmallCourse:
    """A copy of the two packages in a folder of its own, with tiny lessons, driven by the real command line."""

    def __init__(self, root: Path):
        self.root = root
        root.mkdir()
        for package in ("course_utils", "course_tools"):
            shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "requirements.txt", "README.md"):
            shutil.copy(ROOT / name, root)
        (root / "lessons").mkdir()

    def add(self, name: str, *cells: str) -> None:
        """Write a lesson with these code cells."""
        text = HEADER.format(title=name) + "\n\n".join(f"# %%\n{cell}" for cell in cells) + "\n"
        (self.root / "lessons" / f"{name}.py").write_text(text, encoding="utf-8")

    def start(self, *arguments: str, **options) -> subprocess.Popen:
        """Start `course` with these arguments."""
        environment = {**os.environ, "PYTHONPATH": str(self.root), "COLUMNS": "300"}
        command = [sys.executable, "-m", "course_tools.cli", *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen(command, cwd=self.root, env=environment, **pipes, **{**HEARING, **options})

    def course(self, *arguments: str) -> tuple[int, str]:
        """Run `course` and return its exit code and all that it printed."""
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=120)
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


def pytest_terminal_summary(terminalreporter):
    """Print the tables of the graders and of the Hub's faults, where their tests passed."""
    passed = {report.nodeid.partition("::")[0] for report in terminalreporter.stats.get("passed", [])}
    if "tests/test_graders.py" in passed:
        graders_table(terminalreporter)
    if "tests/test_hub_faults.py" in passed:
        faults_table(terminalreporter)


def graders_table(reporter) -> None:
    """How many answers the graders accepted and rejected, and how many of each were expected."""
    reporter.section("graders")
    reporter.line(f"{'sheet':<6}{'exercise':<24} accepted (expected)  rejected (expected)")
    for table in sorted((BUILD / "graders").glob("*.json")):
        verdicts = json.loads(table.read_text(encoding="utf-8"))
        for exercise in dict.fromkeys(verdict["exercise"] for verdict in verdicts):
            judged = [verdict for verdict in verdicts if verdict["exercise"] == exercise]
            accepted, expected = (sum(each[key] for each in judged) for key in ("accepted", "expected"))
            rest = f"{accepted:>8} ({expected}) {len(judged) - accepted:>14} ({len(judged) - expected})"
            reporter.line(f"{judged[0]['sheet'][:2]:<6}{exercise:<24} {rest}")


def faults_table(reporter) -> None:
    """What a student reads when something is wrong between here and the Hub."""
    reporter.section("faults of the Hub")
    rows = json.loads((BUILD / "hub" / "faults.json").read_text(encoding="utf-8"))
    for fault, said in rows.items():
        reporter.line(f"{fault:<45} {said}")
