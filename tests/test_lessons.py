"""Every lesson and every solution, executed headless as `course run` does it, and judged from the record.

In `smoke` all of them, with all that a reader is told to try; in `laptop` those whose stored outputs are not those of
the sources as they stand now. What an earlier run has recorded under the same key is judged, and not executed again.
`course test --all` counts no record, and holds the answers of what is tried: they are those of `laptop`.
"""

import os
import subprocess
import sys
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course_tools.building.build import is_stale, recorded
from course_tools.building.render import stored
from course_tools.building.tasks import task_of
from course_tools.grading import isolate
from course_tools.project import all_lessons, all_sheets
from course_tools.running.executor import GUARD, Executor, Task
from course_tools.running.progress import Progress
from course_tools.running.testing import ANEW
from course_tools.running.verdict import faults

LESSONS = {lesson.slug: lesson for lesson in all_lessons()}
SCRIPTS = {**LESSONS, **{sheet.slug: sheet for sheet in all_sheets()}}
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
LOOPBACK_ONLY = [sys.executable, isolate.__file__]


@pytest.fixture(scope="session")
def executor():
    """A function that returns the executor of a profile; they stay open until all tests are over."""
    with ExitStack() as stack:
        settings = {"jobs": os.cpu_count() or 1, "fresh": ANEW in os.environ}
        yield cache(lambda profile: stack.enter_context(Executor(profile, Progress(), **settings)))


@pytest.fixture
def execute(executor):
    """A function that returns a record of a script in a profile, and executes it where there is none."""

    def run(script, profile, **which):
        task = task_of(script, profile, **which)
        known = None if ANEW in os.environ else recorded(script, task.key)
        return known or executor(profile).run([task])[0]

    return run


@pytest.mark.slow
@pytest.mark.parametrize("slug", SCRIPTS)
def test_it_runs_in_smoke(slug, execute):
    """A reader who tries each prompt where it stands can go on with the lesson."""
    assert faults(execute(SCRIPTS[slug], "smoke", tries=slug in LESSONS), SCRIPTS[slug]) == []


@pytest.mark.nightly
@pytest.mark.parametrize("slug", LESSONS)
def test_the_answers_of_its_prompts_hold(slug, execute):
    execution = execute(LESSONS[slug], "laptop", tries=True)
    assert execution.status == "passed", execution.error


@pytest.mark.slow
@pytest.mark.parametrize("slug", LESSONS)
def test_its_stored_outputs_are_true(slug, execute):
    lesson = LESSONS[slug]
    key = task_of(lesson, "laptop").key
    if ANEW in os.environ or is_stale(lesson, key) or recorded(lesson, key):
        assert faults(execute(lesson, "laptop"), lesson, stored(lesson)) == []


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


ASKED = """
import logging, sys, warnings
import tqdm.auto, torch, transformers.trainer
from transformers import logging as of_transformers
from course_utils import record
record("callback", transformers.trainer.DEFAULT_PROGRESS_CALLBACK.__name__)
record("bar", [each.__module__ for each in tqdm.auto.tqdm.__mro__][1])
record("threads", torch.get_num_threads())
record("argv", sys.argv[1])
record("main", __name__)
record("process", __import__("multiprocessing").current_process().name)
print(torch.initial_seed(), file=open("seed", "w"))
print(sys.path[0] in ("", None), [each.rsplit("/", 1)[-1] for each in sys.path if "no_network" in each])
of_transformers.get_logger("transformers.some").warning("said by a logger")
warnings.warn("said by a warning")
"""


@pytest.mark.slow
def test_a_forked_kernel_is_as_a_fresh_one(tmp_path):
    """What libraries find out when they are imported: that they are in a notebook, its streams, threads and seeds."""
    found, seeds = [], set()
    for name, fresh in (("fresh", True), ("forked", False)):
        task = Task(name, new_notebook(cells=[new_code_cell(ASKED)], metadata=KERNEL), {}, 45)
        with Executor("smoke", Progress(), folder=tmp_path, fresh=fresh) as executor:
            [result] = executor.run([task])
        assert result.status == "passed", result.error
        [ran] = result.notebook.cells
        said = {name: "".join(o.text for o in ran.outputs if o.get("name") == name) for name in ("stdout", "stderr")}
        assert "said by a logger" in said["stderr"]
        assert "said by a warning" in said["stderr"]
        seeds.add((tmp_path / "cwd" / name / "seed").read_text())
        found.append((result.records, said["stdout"]))
    assert found[0] == found[1]
    assert len(seeds) == 2
    assert found[0][0]["callback"] == "NotebookProgressCallback"
