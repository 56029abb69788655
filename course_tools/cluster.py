"""A Dask cluster whose workers have the course: hands jobs out, and gives each answer to whoever asked, exactly once.

Queue, retries and the watch over the workers are Dask's own (`distributed`). Nothing here is imported by a command that
stays on one machine, and `distributed` is imported where a cluster is asked for.
"""

import hashlib
import logging
import os
import platform
import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from course_tools.processes import POLL_SECONDS, Job
from course_tools.project import LESSONS, ROOT, SOLUTIONS
from course_utils import CourseError
from course_utils.sources import DATA

CONNECT_SECONDS = 10
ALONE_SECONDS = 60  # without any worker: then nobody is going to do the rest
LOOK_SECONDS = 2
SOURCES = (ROOT / "course_tools", ROOT / "course_utils", LESSONS)
SUFFIXES = {".py", ".toml", ".j2"}
KEPT = "What was done is kept: the same command goes on from there."


@dataclass
class Answer:
    """What came of one job: the value that its function returned, or a problem in one sentence."""

    value: object = None
    problem: str | None = None


class Cluster:
    """The workers of the scheduler at an address. Use it in a `with`: at its end no job of ours is left there."""

    def __init__(self, address: str):
        self.address = address
        self.course = course_here()

    def __enter__(self):
        try:
            from distributed import Client
            from distributed.comm import get_address_host
        except ModuleNotFoundError:
            raise CourseError(
                "--scheduler needs Dask, which is not installed: `pip install 'finetuning-course[cluster]'`"
            ) from None
        for name in ("distributed", "distributed.client"):  # what concerns a person is said in words, here
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            get_address_host(self.address)  # an address that is none, before anybody tries to connect to it
            self.client = Client(self.address, timeout=CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            raise CourseError(
                f"No Dask scheduler answers at {self.address} ({_first_line(error)}). "
                "Start one with `dask scheduler`, and name the address that it prints."
            ) from None
        try:
            self._require_our_course()
        except BaseException:
            self.client.close()
            raise
        return self

    def __exit__(self, *_):
        self.client.close()  # the scheduler forgets what nobody waits for, and the workers stop it

    @property
    def slots(self) -> int:
        """How many jobs run at a time, with the workers that are there now."""
        return sum(worker["nthreads"] for worker in self._workers().values())

    def __str__(self):
        count = len(self._workers())
        return f"{count} worker{'s' * (count != 1)} at {self.address}"

    def ask(self, function: Callable, *arguments) -> dict[str, object]:
        """Call a function in each worker at once: the worker's address -> what it returned, or the exception."""
        return self.client.run(function, *arguments, on_error="return")

    def run(self, function: Callable, jobs: Iterable[tuple[Hashable, object]], ended: Callable) -> None:
        """Call `function(job)` on some worker for each (name, job); `ended(name, answer)` is called once for each.

        A job whose worker dies is given to another one. Raises CourseError where the scheduler is gone, or no worker is
        left; KeyboardInterrupt stops all.
        """
        from distributed import CancelledError, wait

        name_of = {self.client.submit(_checked, self.course, function, job, pure=False): name for name, job in jobs}
        alone_since = None
        try:
            while name_of:
                try:
                    done = wait(list(name_of), timeout=LOOK_SECONDS, return_when="FIRST_COMPLETED").done
                except TimeoutError:
                    alone_since = self._alone_since(alone_since)
                    continue
                for future in done:
                    ended(name_of.pop(future), _answer(future))
        except (CancelledError, OSError) as error:
            if isinstance(error, OSError) and self.client.status == "running":
                raise  # our own disk, not the way to the scheduler
            raise CourseError(f"The scheduler at {self.address} has gone. {KEPT}") from None
        finally:
            self.client.cancel(list(name_of), force=True)

    def _alone_since(self, since: float | None) -> float | None:
        """Return since when there is no worker. Raises CourseError where that is too long ago."""
        if self.client.status != "running":
            raise CourseError(f"The scheduler at {self.address} has gone. {KEPT}")
        if self._workers():
            return None
        since = since or time.monotonic()
        if time.monotonic() - since > ALONE_SECONDS:
            raise CourseError(f"No worker has been left at {self.address} for {ALONE_SECONDS} s. {KEPT}")
        return since

    def _workers(self) -> dict[str, dict]:
        return self.client.scheduler_info(n_workers=-1)["workers"]

    def _require_our_course(self) -> None:
        """Raise CourseError where there is no worker, or where one of them, or the scheduler, has another course."""
        if not self._workers():
            raise CourseError(
                f"The scheduler at {self.address} has no worker. Start some: `dask worker {self.address} --nthreads 1`"
            )
        try:
            found = {"the scheduler": self.client.run_on_scheduler(course_at_start)}
        except Exception as error:  # whatever the scheduler's Python makes of ours
            found = {"the scheduler": error}
        found |= {f"the worker {worker}": course for worker, course in self.ask(course_at_start).items()}
        wrong = [f"{who}: {words}" for who, theirs in found.items() if (words := in_words(theirs, self.course))]
        if wrong:
            raise CourseError(
                f"Not all of the cluster at {self.address} has this course. "
                f"{'; '.join(wrong)}. Bring the checkouts to the same state, then start these processes anew."
            )


def run_in_worker(start: Callable[[], Job]) -> Job:
    """Run one job in a Dask worker, until it is over, or until nobody waits for it any more: then it is stopped."""
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()
    job = start()
    try:
        while not job.finished():
            if not _is_wanted(worker, key):
                raise CourseError("nobody waits for it any more")
            time.sleep(POLL_SECONDS)
    except BaseException as reason:
        job.stop(f"stopped: {reason}")
        raise
    return job


def worker_folder() -> Path:
    """Return the folder of this Dask worker, which Dask removes when the worker ends."""
    from distributed import get_worker

    return Path(get_worker().local_directory).absolute()


def worker_threads() -> int:
    """Return how many threads of the processor one job of this Dask worker has."""
    from distributed import get_worker

    cores = os.cpu_count() or 1
    return min(cores, int(os.environ.get("OMP_NUM_THREADS") or max(1, cores // get_worker().state.nthreads)))


def course_here() -> dict[str, str]:
    """Return part -> what a result depends on, as it lies on this machine's disk now."""
    sources = [path for folder in SOURCES for path in folder.rglob("*") if path.suffix in SUFFIXES]
    return {
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "packages (requirements-lock.txt)": _digest([ROOT / "requirements-lock.txt"]),
        "sources": _digest(sources),
        "sheets (solutions/)": _digest(SOLUTIONS.glob("*.ipynb")),
        "data": _digest(path for path in DATA.rglob("*") if path.is_file() and "__pycache__" not in path.parts),
    }


@cache
def course_at_start() -> dict[str, str]:
    """Return the course that this process has imported: it stays what it was, whatever is on the disk later."""
    return course_here()


def _checked(course: dict[str, str], function: Callable, job):
    """What a worker executes. It may have come after the others were asked, and its disk may have changed."""
    for mine in (course_at_start(), course_here()):
        if words := in_words(mine, course):
            from distributed import get_worker

            raise CourseError(f"the worker {get_worker().address} has another course: {words}")
    return function(job)


def _answer(future) -> Answer:
    from distributed import KilledWorker

    try:
        return Answer(future.result())
    except KilledWorker as error:
        deaths = f"{error.allowed_failures + 1} time(s), the last at {error.last_worker.address}"
        return Answer(problem=f"the worker died while it ran, {deaths}: too little memory? Look at it by hand")
    except CourseError as error:
        return Answer(problem=str(error))
    except Exception as error:  # whatever a worker meets, it is this job's problem alone
        if future.status == "cancelled":
            raise
        return Answer(problem=f"{type(error).__name__}: {_first_line(error)}")


def _is_wanted(worker, key: str) -> bool:
    """False where the one who asked has left or taken it back, or this worker is closing."""
    task = worker.state.tasks.get(key)
    return task is not None and task.state != "cancelled" and worker.status.name in ("running", "paused")


def in_words(theirs: dict[str, str] | BaseException, ours: dict[str, str]) -> str:
    """Return in what a course is another one than ours, or nothing."""
    if isinstance(theirs, ModuleNotFoundError):
        return f"it does not find {theirs.name}; start it with the `dask` of the course's environment"
    if isinstance(theirs, BaseException):
        return f"it could not tell its course ({type(theirs).__name__}: {_first_line(theirs)})"
    other = [part for part in ours if theirs.get(part) != ours[part]]
    if other == ["Python"]:
        return f"Python {theirs['Python']}, here {ours['Python']}"
    return f"other {', '.join(other)}" if other else ""


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in paths if path.is_file()):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__).rstrip(".")
