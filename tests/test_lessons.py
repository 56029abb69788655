"""The lessons, executed headless as `course run` does it, in `smoke`, with the network shut.

The same lessons in `laptop` are executed by nbval, with their results held in bands: see
conftest.py beside this folder.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from course_tools import isolate
from course_tools.project import BUILD, all_lessons
from tests.bands import BANDS

GUARD = Path(__file__).parent / "no_network"
LOOPBACK_ONLY = [sys.executable, isolate.__file__]
LESSONS = [lesson.name for lesson in all_lessons()]
MEMORY_LIMIT_MB = 3 * 1024


def run_guarded(command: list[str], log: Path, namespace: bool = True) -> subprocess.CompletedProcess:
    """Run a command with both guards on: Python's audit hook always, the namespace where the system allows one."""
    environment = {**os.environ, "PYTHONPATH": str(GUARD), "NO_NETWORK_LOG": str(log)}
    if namespace:
        result = subprocess.run([*LOOPBACK_ONLY, *command], env=environment, capture_output=True, text=True)
        if result.returncode != 125:
            return result
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def test_the_guard_writes_down_and_refuses_what_leaves(tmp_path):
    code = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=2)"
    result = run_guarded([sys.executable, "-c", code], tmp_path / "log", namespace=False)
    assert "refused" in result.stderr
    assert "192.0.2.1" in (tmp_path / "log").read_text()


def test_the_namespace_has_loopback_and_nothing_else(tmp_path):
    code = (
        "import socket; server = socket.create_server(('127.0.0.1', 0)); "
        "socket.create_connection(server.getsockname(), timeout=2); print('loopback is up'); "
        "socket.create_connection(('192.0.2.1', 80), timeout=2)"
    )
    result = subprocess.run([*LOOPBACK_ONLY, sys.executable, "-c", code], capture_output=True, text=True)
    if result.returncode == 125:
        pytest.skip("this system allows no new network namespace; the audit hook guards alone")
    assert "loopback is up" in result.stdout
    assert "Network is unreachable" in result.stderr


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> dict:
    """What `course run --profile smoke` reports, run without a network."""
    log = tmp_path_factory.mktemp("network") / "log"
    command = [sys.executable, "-m", "course_tools.cli", "run", "--profile", "smoke", "--jobs", "2"]
    result = run_guarded(command, log)
    print(result.stdout, result.stderr)
    guarded = log.with_name(log.name + ".guarded").read_text()
    assert guarded.count("ipykernel_launcher") == len(LESSONS), "the guard is not in the kernels"
    assert not log.exists(), log.read_text()
    assert result.returncode == 0, result.stdout
    return json.loads((BUILD / "report.json").read_text())


@pytest.mark.slow
@pytest.mark.timeout(3600)  # the run has limits of its own, one for each lesson
class TestEveryLesson:
    """One run of all lessons."""

    def test_the_report_has_its_shape(self, report):
        assert set(report) == {"profile", "device", "versions", "total_seconds", "lessons"}
        assert [lesson["lesson"] for lesson in report["lessons"]] == LESSONS
        for lesson in report["lessons"]:
            types = {name: type(value) for name, value in lesson.items()}
            assert types == {
                "lesson": str,
                "status": str,
                "seconds": float,
                "peak_rss_mb": int,
                "budget_seconds": int,
                "cells": int,
                "error": type(None),
                "records": dict,
            }

    def test_it_passes_within_the_memory_limit(self, report):
        for lesson in report["lessons"]:
            assert lesson["status"] == "passed"
            assert 100 < lesson["peak_rss_mb"] < MEMORY_LIMIT_MB

    def test_it_records_what_the_bands_hold(self, report):
        for lesson in report["lessons"]:
            assert set(lesson["records"]) == set(BANDS[lesson["lesson"]])
