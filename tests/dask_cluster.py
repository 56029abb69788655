"""A Dask cluster on this machine, of processes that a test may kill."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from course_tools.processes import family_of

QUIET = ("--no-dashboard", "--host", "127.0.0.1")


class DaskCluster:
    """A scheduler and workers with one thread each. Use it in a `with`: no process of it is left behind."""

    def __init__(self, folder: Path, course: Path, workers: int = 2, environment: Mapping[str, str] | None = None):
        """`folder` gets its files. The processes import the course in the folder `course`."""
        folder.mkdir()
        self.folder, self.count = folder, workers
        self.environment = {**os.environ, "PYTHONPATH": str(course), **(environment or {})}
        self.workers: list[subprocess.Popen] = []

    def __enter__(self):
        file = self.folder / "scheduler.json"
        self.scheduler = self._start("dask_scheduler", "--port", "0", "--scheduler-file", str(file))
        try:
            wait_until(file.exists)
            self.address = json.loads(file.read_text(encoding="utf-8"))["address"]
            for _ in range(self.count):
                self.add_worker()
            wait_until(lambda: self._log().count("Register worker") == self.count)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        ours = [*self.workers, self.scheduler]
        for each in [each for process in ours for each in family_of(process.pid)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        for process in ours:
            process.wait()

    def add_worker(self) -> None:
        """Start one more worker, without a nanny: who is killed stays dead."""
        place = str(self.folder / f"worker-{len(self.workers)}")
        options = ("--nthreads", "1", "--no-nanny", "--local-directory", place)
        self.workers.append(self._start("dask_worker", self.address, *options))

    def children(self) -> list[int]:
        """Return the processes that its workers have started: servers, kernels, what a notebook starts."""
        of_workers = {worker.pid for worker in self.workers}
        return [each.pid for pid in of_workers for each in family_of(pid) if each.pid != pid]

    def _start(self, module: str, *arguments: str) -> subprocess.Popen:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments, *QUIET]
        with (self.folder / "log").open("ab") as log:
            options = {"stdout": log, "stderr": log, "cwd": self.folder, "env": self.environment}
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, **options)

    def _log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")


def wait_until(true, seconds: float = 60) -> None:
    """Wait until a function returns something true. Fails where it does not."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.1)


def are_gone(pids: list[int]) -> bool:
    """True where none of these processes runs."""
    return not any(_runs(pid) for pid in pids)


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
