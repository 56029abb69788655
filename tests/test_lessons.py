"""Every lesson and every solution, executed headless as `course run` does it, and judged from the record.

In `smoke` all of them; in `laptop` those whose stored outputs are not those of the sources as they stand now. What
`make run` has recorded is judged, and not executed again. `course test --all` counts no record.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from course_tools.building.build import is_stale, recorded, stored
from course_tools.building.tasks import task_of
from course_tools.grading import isolate
from course_tools.project import all_lessons, all_sheets
from course_tools.running.executor import GUARD, Executor
from course_tools.running.progress import Progress
from course_tools.running.testing import ANEW
from course_tools.running.verdict import faults

LESSONS = {lesson.slug: lesson for lesson in all_lessons()}
SCRIPTS = {**LESSONS, **{sheet.slug: sheet for sheet in all_sheets()}}
LOOPBACK_ONLY = [sys.executable, isolate.__file__]


@pytest.fixture(scope="session")
def execute(tmp_path_factory):
    """A function that executes one script in a profile; its two executors stay open until all tests are over."""
    anew, opened = ANEW in os.environ, {}

    def run(script, profile):
        if profile not in opened:
            folder = tmp_path_factory.mktemp(f"run_{profile}")
            executor = Executor(profile, Progress(), jobs=os.cpu_count() or 1, folder=folder, fresh=anew)
            opened[profile] = executor.__enter__()
        [result] = opened[profile].run([task_of(script, profile)])
        return result

    yield run
    for executor in opened.values():
        executor.__exit__()


@pytest.mark.slow
@pytest.mark.spread
@pytest.mark.parametrize("slug", SCRIPTS)
def test_it_runs_in_smoke(slug, execute):
    assert faults(execute(SCRIPTS[slug], "smoke"), SCRIPTS[slug]) == []


@pytest.mark.slow
@pytest.mark.spread
@pytest.mark.parametrize("slug", LESSONS)
def test_its_stored_outputs_are_true(slug, execute):
    lesson = LESSONS[slug]
    key = task_of(lesson, "laptop").key
    result = None if ANEW in os.environ else recorded(lesson, key)
    if result is None and (ANEW in os.environ or is_stale(lesson, key)):
        result = execute(lesson, "laptop")
    if result:
        assert faults(result, lesson, stored(lesson)) == []


def test_the_guard_writes_down_and_refuses_what_leaves(tmp_path):
    code = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=2)"
    environment = {**os.environ, "PYTHONPATH": str(GUARD), "NO_NETWORK_LOG": str(tmp_path / "log")}
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert "refused" in result.stderr
    assert "192.0.2.1" in (tmp_path / "log").read_text()


def test_the_namespace_has_loopback_and_nothing_else():
    code = (
        "import socket; server = socket.create_server(('127.0.0.1', 0)); "
        "socket.create_connection(server.getsockname(), timeout=2); print('loopback is up'); "
        "socket.create_connection(('192.0.2.1', 80), timeout=2)"
    )
    result = subprocess.run([*LOOPBACK_ONLY, sys.executable, "-c", code], capture_output=True, text=True)
    if result.returncode == isolate.NOT_ALLOWED:
        pytest.skip("this system allows no new network namespace; the audit hook guards alone")
    assert "loopback is up" in result.stdout
    assert "Network is unreachable" in result.stderr


@pytest.mark.nightly
def test_no_compiled_code_needs_the_network_either():
    """All lessons in a namespace that has loopback alone, with kernels that start from nothing."""
    command = [sys.executable, "-m", "course_tools.cli", "run", "--profile", "smoke", "--fresh"]
    result = subprocess.run([*LOOPBACK_ONLY, *command], capture_output=True, text=True, cwd=Path(__file__).parents[1])
    if result.returncode == isolate.NOT_ALLOWED:
        pytest.skip("this system allows no new network namespace")
    assert result.returncode == 0, result.stdout + result.stderr
