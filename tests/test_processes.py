"""Jobs side by side, the watch over a process and its children, and what ends all of them."""

import os
import subprocess
import sys

import psutil
import pytest

from course_tools.processes import Watch, family_of, kill_tree, run_side_by_side
from course_tools.running.executor import Executor
from course_tools.running.speed import REFERENCE_GFLOPS, gflops, reference_seconds

SPENDS = """
import subprocess, sys, time
block = bytearray(200 * 2**20)
end = time.process_time() + 1
while time.process_time() < end: pass
child = subprocess.Popen([sys.executable, "-c", "import time; print('there', flush=True); time.sleep(600)"])
child.wait()
"""


class Fake:
    """A job that is over after some looks."""

    running = most = 0

    def __init__(self, looks: int, fails: bool = False):
        self.looks, self.fails, self.stopped = looks, fails, None
        Fake.running += 1
        Fake.most = max(Fake.most, Fake.running)

    def finished(self) -> bool:
        self.looks -= 1
        if self.fails:
            raise KeyboardInterrupt
        if self.looks == 0:
            Fake.running -= 1
        return self.looks == 0

    def stop(self, reason: str) -> None:
        self.stopped = reason


@pytest.fixture(autouse=True)
def nobody_runs():
    Fake.running = Fake.most = 0


def test_so_many_run_at_a_time_and_all_end():
    ended = []
    run_side_by_side([lambda looks=looks: Fake(looks) for looks in (3, 1, 2, 1)], 2, ended.append)
    assert (len(ended), Fake.most, Fake.running) == (4, 2, 0)


def test_an_interrupt_stops_those_that_run_and_starts_no_other():
    ended, started = [], []
    starts = [
        lambda: started.append(Fake(9)) or started[-1],
        lambda: Fake(9, fails=True),
        lambda: pytest.fail("started"),
    ]
    with pytest.raises(KeyboardInterrupt):
        run_side_by_side(starts, 2, ended.append)
    assert [job.stopped for job in ended] == ["interrupted by Ctrl-C"] * 2


def test_a_watch_counts_memory_and_work_of_the_whole_family():
    with subprocess.Popen([sys.executable, "-c", SPENDS], stdout=subprocess.PIPE) as process:
        watch = Watch(process.pid)
        process.stdout.readline()  # the child is there
        watch.look()
        assert watch.processes == 2
        assert 200 < watch.peak_mb < 400
        assert 1 <= watch.cpu_seconds < 10
        family = family_of(process.pid)
        kill_tree(process.pid)
    assert not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in family)
    spent = watch.cpu_seconds
    watch.look()
    assert (watch.processes, watch.cpu_seconds) == (0, spent)


def test_reference_seconds_convert_by_the_product():
    assert reference_seconds(10, REFERENCE_GFLOPS) == 10
    assert reference_seconds(10, REFERENCE_GFLOPS / 2) == 5


@pytest.mark.parametrize(("asked", "threads"), [("1", 1), ("3", 3), (None, 4), ("", 4)])
def test_the_speed_is_measured_with_the_threads_of_a_notebook(asked, threads, monkeypatch, tmp_path):
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if asked is not None:
        monkeypatch.setenv("OMP_NUM_THREADS", asked)
    assert Executor("laptop", progress=None, jobs=2, folder=tmp_path).threads == threads


def test_the_product_is_counted_by_its_operations(monkeypatch):
    """With a clock that ticks once a second, one product of 2048 x 2048 is 17.18 GFLOP."""
    from course_tools.running import speed

    ticks = iter(range(100))
    monkeypatch.setattr(speed.time, "perf_counter", lambda: next(ticks))
    assert gflops(1) == pytest.approx(2 * 2048**3 / 1e9)
