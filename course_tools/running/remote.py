"""What a Dask worker does with a notebook: executes it as one machine does, and sends the record back."""

import io
import os
import threading
from dataclasses import dataclass

from rich.console import Console

from course_tools.cluster import run_in_worker, worker_folder, worker_threads
from course_tools.running.executor import Executor, Task
from course_tools.running.progress import Progress

_executors: dict[tuple, Executor] = {}  # one for each way to execute: its fork server is started once in a worker
_starting = threading.Lock()


@dataclass(frozen=True)
class Order:
    """A task, and how to execute it. `settings`: variables of the environment, as they are where the record is kept."""

    task: Task
    profile: str
    fresh: bool
    time_limit: float | None
    settings: tuple[tuple[str, str], ...]

    @property
    def way(self) -> tuple:
        """What two orders of one executor have in common."""
        return self.profile, self.fresh, self.time_limit, self.settings


@dataclass(frozen=True)
class Executed:
    """The record of a notebook, as a text. `path` is where it lay; the worker's notebooks have `gflops`, each."""

    record: str
    path: str
    worker: str
    gflops: float


def execute(order: Order) -> Executed:
    """Execute a task in the Dask worker that this is called in."""
    from distributed import get_worker

    executor = _executor(order)
    result = run_in_worker(lambda: executor.start(order.task)).result
    record = result.path.read_text(encoding="utf-8")
    result.path.unlink()
    return Executed(record, str(result.path), get_worker().address, executor.gflops)


def _executor(order: Order) -> Executor:
    """Return this worker's executor. It ends with the worker: a fork server ends where its standard input does."""
    with _starting:
        executor = _executors.get(order.way)
        if executor is None or (executor.server and executor.server.process.poll() is not None):
            executor = _executors[order.way] = _opened(order)
        return executor


def _opened(order: Order) -> Executor:
    jobs = 1 if order.profile == "full" else (os.cpu_count() or 1) // worker_threads()
    return Executor(
        order.profile,
        Progress(Console(file=io.StringIO())),
        jobs,
        worker_folder() / f"course-{len(_executors)}",
        order.fresh,
        order.time_limit,
        dict(order.settings),
    ).__enter__()
