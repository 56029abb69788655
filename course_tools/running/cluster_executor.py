"""Has notebooks executed by a Dask cluster, and keeps the records here, as the Executor of one machine does."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

from course_tools.cluster import Answer, Cluster
from course_tools.files import require_writable, write_in_one_step
from course_tools.project import BUILD
from course_tools.running.execution import Execution, find, keep
from course_tools.running.executor import Task, blank
from course_tools.running.progress import Progress
from course_tools.running.remote import Order, execute
from course_tools.scripts import shown

OF_THE_KEY = ("COURSE_SIZES", "COURSE_CHECKPOINT")  # settings of this machine that the key of the outputs knows


@dataclass
class ClusterExecutor:
    """Executes tasks as an Executor does, in the workers of a Dask cluster. No file is shared with them."""

    profile: str
    progress: Progress
    address: str
    folder: Path = BUILD
    fresh: bool = False
    time_limit: float | None = None

    def __post_init__(self):
        self.cluster = Cluster(self.address)
        self.jobs, self.where = 0, ""
        self.speeds: dict[str, float] = {}  # of each worker that has executed something

    def __enter__(self):
        require_writable(self.executed)
        self.cluster.__enter__()
        self.jobs, self.where = self.cluster.slots, str(self.cluster)
        return self

    def __exit__(self, *error):
        self.cluster.__exit__(*error)

    @property
    def executed(self) -> Path:
        """Where the records are."""
        return self.folder / "executed" / self.profile

    @property
    def gflops_of_all(self) -> float:
        """What the workers have together, as far as they have executed something."""
        return sum(self.speeds.values())

    def run(self, tasks: list[Task], on_result: Callable[[list[Execution]], None] = lambda results: None):
        """Execute, and return one Execution for each task, in their order. `on_result` gets all whenever one is there.

        What a worker that died was at is executed by another one. Raises CourseError and KeyboardInterrupt as
        `Cluster.run` does; what was executed by then is kept.
        """
        results = [blank(task, self.profile, self.executed) for task in tasks]
        for result in results:
            result.path.unlink(missing_ok=True)  # what an earlier run left must not pass for this one's

        def ended(number: int, answer: Answer) -> None:
            results[number] = self._kept(results[number], answer)
            self.progress.ended(SimpleNamespace(result=results[number], task=tasks[number]))
            on_result(results)

        self.cluster.run(execute, [(number, self._order(task)) for number, task in enumerate(tasks)], ended)
        return results

    def _order(self, task: Task) -> Order:
        settings = tuple((name, os.environ.get(name, "")) for name in OF_THE_KEY)
        return Order(task, self.profile, self.fresh, self.time_limit, settings)

    def _kept(self, result: Execution, answer: Answer) -> Execution:
        """Write the record that a worker has sent to its place here."""
        if answer.problem:
            return replace(result, status="failed", error=answer.problem)
        executed = answer.value
        self.speeds[executed.worker] = executed.gflops
        write_in_one_step(result.path, executed.record)
        result = find(result.path)
        if result.error:
            result.error = result.error.replace(executed.path, shown(result.path))
            keep(result, result.notebook)
        return result
