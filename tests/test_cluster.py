"""`--scheduler`: two worker processes, one of which dies in the middle; nothing is lost, nothing is done twice."""

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import nbformat
import pytest

from course_tools import cluster
from course_tools.project import all_sheets
from course_tools.running.execution import METADATA
from course_utils import CourseError
from tests.copied import copy_course
from tests.dask_cluster import DaskCluster, are_gone, wait_until
from tests.processes import HEARING

pytest.importorskip("distributed")

LESSON = """\
import os, pathlib, time
from course_utils import record
with open(os.environ["STARTS"], "a") as starts:
    starts.write("{name} {{}}\\n".format(os.getpid()))
while not pathlib.Path(os.environ["GO"]).exists():
    time.sleep(0.1)
print({number} * 6)
record("answer", {number})"""
BAND = "answer = [0, 9]\n"
KILLS_ITS_WORKER = """\
import psutil
for process in psutil.Process().parents():
    if "distributed.cli.dask_worker" in process.cmdline():
        process.kill()"""
HOLD = """
        with open(os.environ["STARTS"], "a") as starts:
            starts.write(f"{zlib.crc32((folder / SUBMITTED).read_bytes())} {os.getppid()}\\n")
        while not Path(os.environ["GO"]).exists():
            time.sleep(0.1)
"""
SHEET = next(sheet for sheet in all_sheets() if sheet.entry.slug == "start_here")


class Starts:
    """Where jobs write down that they start, and the file for which each of them waits."""

    def __init__(self, folder: Path):
        self.file, self.go = folder / "starts.txt", folder / "go"
        self.environment = {"STARTS": str(self.file), "GO": str(self.go)}

    def lines(self) -> list[list[str]]:
        """Return the name of each job that has started, and a process of its."""
        return [line.split() for line in self.file.read_text().splitlines()] if self.file.exists() else []

    def names(self) -> Counter:
        """Return how often each job has started."""
        return Counter(name for name, _ in self.lines())


def kill_one_when_both_work(dask: DaskCluster, starts: Starts) -> None:
    """Wait until each worker is in the middle of a job, kill one at once, and let the other go on."""
    wait_until(lambda: len(starts.lines()) == 2)
    before = dask.children()
    os.kill(dask.workers[0].pid, signal.SIGKILL)
    dask.workers[0].wait()
    survivors = dask.children()
    wait_until(lambda: are_gone([pid for pid in before if pid not in survivors]))  # its kernel goes with it
    assert survivors
    starts.go.touch()


def executed(small_course, slug: str) -> tuple:
    """Return what a record says that does not depend on the clock: key, status, cells with their outputs."""
    notebook = nbformat.read(small_course.record(slug), as_version=4)
    facts = notebook.metadata[METADATA]
    cells = [(cell.source, cell.get("outputs")) for cell in notebook.cells]
    return facts["key"], facts["status"], facts["error"], facts["cells"], facts["network"], facts["read"], cells


@pytest.mark.slow
def test_a_run_whose_worker_dies_loses_nothing_and_is_as_on_one_machine(small_course, tmp_path):
    starts = Starts(tmp_path)
    slugs = [f"lesson{number}" for number in range(5)]
    for number, slug in enumerate(slugs):
        small_course.add(slug, LESSON.format(name=slug, number=number), bands=BAND)
    small_course.add("bad", "print('reached')", "1 / 0")
    with DaskCluster(tmp_path / "dask", small_course.root, environment=starts.environment) as dask:
        process = small_course.start("run", "--scheduler", dask.address)
        kill_one_when_both_work(dask, starts)
        output, _ = process.communicate()
        code, again = small_course.course("run", "--changed", "--scheduler", dask.address, *slugs)
    assert process.returncode == 1, output
    assert "6 lessons, 2 at a time on 2 workers at tcp://127.0.0.1:" in output
    assert sorted(starts.names().values()) == [1, 1, 1, 1, 2], "one was begun a second time: that of the dead worker"
    assert Counter(re.findall(r"^(?:passed|failed)  (\S+)", output, re.M)) == Counter(
        [*(f"{number:02}_{slug}" for number, slug in enumerate(slugs)), "05_bad"]
    )
    assert "Partial notebook: build/executed/laptop/05_bad.ipynb" in output
    assert (code, "0 lessons" in again, sum(starts.names().values())) == (0, True, 6)
    report = json.loads((small_course.root / "build/report.json").read_text())
    assert [each["records"] for each in report["lessons"]] == [{"answer": number} for number in range(5)]
    on_cluster = [executed(small_course, slug) for slug in (*slugs, "bad")]
    os.environ |= starts.environment
    try:
        small_course.course("run")
    finally:
        for name in starts.environment:
            del os.environ[name]
    assert sum(starts.names().values()) == 11
    assert on_cluster == [executed(small_course, slug) for slug in (*slugs, "bad")]


@pytest.mark.slow
def test_an_interrupt_stops_what_the_workers_are_at(small_course, tmp_path):
    starts = Starts(tmp_path)
    for slug in ("one", "two", "three"):
        small_course.add(slug, LESSON.format(name=slug, number=1), bands=BAND)
    with DaskCluster(tmp_path / "dask", small_course.root, environment=starts.environment) as dask:
        process = small_course.start("run", "--scheduler", dask.address, **HEARING)
        wait_until(lambda: len(starts.lines()) == 2)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate()
        assert (process.returncode, "Traceback" in output) == (130, False), output
        wait_until(lambda: are_gone([int(pid) for _, pid in starts.lines()]))
        starts.go.touch()
        assert small_course.course("run", "--scheduler", dask.address)[0] == 0, "the workers work on"
    assert sum(starts.names().values()) == 5, "two that were stopped, then all three"


@pytest.mark.slow
def test_a_lesson_that_kills_its_worker_each_time_is_a_fault_in_words(small_course, tmp_path):
    small_course.add("kills", KILLS_ITS_WORKER)
    small_course.add("good", "print(1)")
    once = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    with DaskCluster(tmp_path / "dask", small_course.root, environment=once) as dask:
        code, output = small_course.course("run", "--scheduler", dask.address)
    assert code == 1
    assert "the worker died while it ran, 1 time(s), the last at tcp://127.0.0.1:" in output
    assert "1 passed, 1 failed" in output


@pytest.mark.slow
def test_a_cluster_that_goes_away_is_said(small_course, tmp_path):
    file = small_course.root / "course_tools" / "cluster.py"
    file.write_text(file.read_text().replace("ALONE_SECONDS = 60", "ALONE_SECONDS = 1"))
    starts = Starts(tmp_path)
    small_course.add("one", LESSON.format(name="one", number=1), bands=BAND)
    with DaskCluster(tmp_path / "dask", small_course.root, workers=1, environment=starts.environment) as dask:
        for gone, words in (("worker", "No worker has been left at"), ("scheduler", "has gone. What was done is kept")):
            starts.file.unlink(missing_ok=True)
            process = small_course.start("run", "--scheduler", dask.address)
            wait_until(starts.lines)
            (dask.scheduler if gone == "scheduler" else dask.workers[0]).kill()
            output, _ = process.communicate()
            assert (process.returncode, words in output, "Traceback" in output) == (1, True, False), output
            if gone == "worker":
                dask.add_worker()


@pytest.mark.slow
def test_no_worker_or_another_course_is_said(small_course, tmp_path):
    small_course.add("good", "print(1)")
    with DaskCluster(tmp_path / "dask", small_course.root, workers=0) as dask:
        code, output = small_course.course("run", "--scheduler", dask.address)
        assert (code, "has no worker. Start some: `dask worker tcp://" in output) == (1, True), output
        dask.add_worker()
        assert small_course.course("run", "--scheduler", dask.address)[0] == 0
        (small_course.root / "course_utils" / "new.py").write_text("x = 1\n")
        code, output = small_course.course("run", "--scheduler", dask.address)
        assert (code, "the worker tcp://127.0.0.1:" in output, "other sources" in output) == (1, True, True), output


def test_python_and_packages_and_data_must_be_the_same():
    ours = cluster.course_here()
    assert cluster.in_words(ours, ours) == ""
    assert cluster.in_words({**ours, "Python": "2.7"}, ours) == f"Python 2.7, here {ours['Python']}"
    assert cluster.in_words({**ours, "data": "?", "sources": "?"}, ours) == "other sources, data"
    lacking = ModuleNotFoundError(name="course_tools")
    assert cluster.in_words(lacking, ours).startswith("it does not find course_tools; start it with the `dask`")


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "nonsense://127.0.0.1:1"])
def test_where_nobody_answers_it_is_said(address, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    with pytest.raises(CourseError, match=f"No Dask scheduler answers at {address} "), cluster.Cluster(address):
        pytest.fail("connected")


def test_jobs_are_for_one_machine(small_course):
    small_course.add("good", "print(1)")
    code, output = small_course.course("run", "--scheduler", "tcp://127.0.0.1:1", "--jobs", "2")
    assert (code, "--jobs is for one machine" in output) == (2, True)


def test_without_dask_a_cluster_is_refused_in_words(small_course, tmp_path):
    small_course.add("good", "print(1)")
    (small_course.root / "distributed.py").write_text("raise ModuleNotFoundError(name='distributed')")
    code, output = small_course.course("run", "--scheduler", "tcp://127.0.0.1:1")
    assert (code, "pip install 'finetuning-course[cluster]'" in output) == (1, True), output


@pytest.mark.slow
def test_one_machine_needs_no_dask(small_course):
    small_course.add("good", "print(1)")
    for name in ("dask", "distributed"):
        (small_course.root / f"{name}.py").write_text("raise ModuleNotFoundError(name=__name__)")
    code = (
        "import sys; from course_tools.cli import main; import course_tools.grading.command; code = main(['run'])\n"
        "sys.exit(code or bool({'dask', 'distributed'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(small_course.root)}
    assert subprocess.run([sys.executable, "-c", code], cwd=small_course.root, env=environment).returncode == 0


@pytest.fixture
def whole_course(tmp_path) -> Path:
    """A course of one lesson with its sheet. A worker writes down that it starts, and waits, where STARTS is set."""
    root = tmp_path / "course"
    (root / "lessons").mkdir(parents=True)
    (root / "lessons" / "course.toml").write_text(f'[[parts]]\ntitle = "All"\nlessons = ["{SHEET.entry.slug}"]\n')
    copy_course(root, "course_utils", "course_tools", f"lessons/{SHEET.entry.slug}", "solutions", "exercises", "data")
    worker = root / "course_tools" / "grading" / "worker.py"
    place = "        _, [sheet] = find_scripts([name])\n"
    text = worker.read_text(encoding="utf-8")
    assert place in text
    worker.write_text(text.replace(place, place + HOLD).replace("import time\n", "import time\nimport zlib\n"))
    return root


def hand_in(folder: Path) -> list[str]:
    """Write a class of submissions, each another one: solved, untouched, half solved, with a wrong answer."""
    solutions = {
        cell.metadata.answer: cell.source
        for cell in nbformat.read(SHEET.notebook, as_version=4).cells
        if "answer" in cell.metadata
    }
    first, second, *_ = solutions
    classmates = {
        "ann": solutions,
        "bob": {},
        "cho": {first: solutions[first], second: "this is no Python"},
        "dan": {**solutions, first: "raise ValueError('no idea')"},
    }
    for student, answers in classmates.items():
        notebook = nbformat.read(SHEET.page, as_version=4)
        for cell in notebook.cells:
            if cell.metadata.get("answer") in answers:
                cell.source = answers[cell.metadata.answer]
        (folder / student).mkdir(parents=True)
        nbformat.write(notebook, folder / student / f"{SHEET.name}.ipynb")
    return list(classmates)


@pytest.mark.slow
def test_a_class_whose_worker_dies_is_graded_once_and_as_on_one_machine(whole_course, tmp_path):
    starts, students = Starts(tmp_path), hand_in(tmp_path / "class")
    environment = {**os.environ, **starts.environment, "PYTHONPATH": str(whole_course)}
    grade = [sys.executable, "-m", "course_tools.cli", "grade", str(tmp_path / "class"), "--out"]
    options = {"cwd": whole_course, "env": environment, "stdout": subprocess.PIPE, "text": True}
    with DaskCluster(tmp_path / "dask", whole_course, environment=starts.environment) as dask:
        there = [*grade, str(tmp_path / "there"), "--scheduler", dask.address]
        process = subprocess.Popen(there, **options)
        kill_one_when_both_work(dask, starts)
        output, _ = process.communicate()
    assert process.returncode == 0, output
    assert sorted(starts.names().values()) == [1, 1, 1, 2], "one was begun a second time: that of the dead worker"
    assert sorted(re.findall(r"^\d/4  (\w+)  ", output, re.M)) == students
    assert len(list((tmp_path / "there" / "results").glob("*.json"))) == 4
    again = subprocess.run(there, **options)
    assert (again.returncode, sum(starts.names().values())) == (0, 5), "nothing is graded twice: nobody is even asked"

    assert subprocess.run([*grade, str(tmp_path / "here")], **options).returncode == 0
    for table in ("grades.csv", "exercises.csv"):
        assert (tmp_path / "there" / table).read_bytes() == (tmp_path / "here" / table).read_bytes()
    assert judged(tmp_path / "there") == judged(tmp_path / "here")


def judged(folder: Path) -> dict[str, list]:
    """Return name of the kept result -> its exercises and notes."""
    kept = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in (folder / "results").glob("*.json")}
    return {name: [each["exercises"], each["notes"]] for name, each in kept.items()}
