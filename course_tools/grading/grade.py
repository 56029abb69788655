"""Grades submissions side by side, here or on a cluster, and keeps each result as it comes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from course_tools.cluster import Answer, Cluster
from course_tools.grading import remote
from course_tools.grading.attempt import Attempt, Order
from course_tools.grading.outcome import Outcome, in_words
from course_tools.grading.results import Results
from course_tools.grading.room import require_shut_in
from course_tools.grading.submissions import Submission
from course_tools.processes import run_side_by_side
from course_utils import CourseError

CELL_SECONDS = 30


@dataclass(frozen=True)
class Settings:
    """How to grade. A cell may use `cell_seconds` of the processor. `place`: a folder for what is thrown away.

    `jobs` at a time on this machine, or those of the Dask cluster at the address `scheduler`.
    """

    results: Results
    place: Path
    jobs: int
    cell_seconds: int
    trust: bool
    scheduler: str | None = None


def grade(submissions: list[Submission], settings: Settings, on_outcome: Callable[[Outcome], None]) -> list[Outcome]:
    """Grade what is not graded yet; `on_outcome` gets each one as it is known. No process is left behind.

    Raises CourseError where the data of a sheet cannot be made ready, or the cluster fails, and KeyboardInterrupt.
    """
    outcomes: dict[int, Outcome] = {}

    def known(submission: Submission, outcome: Outcome) -> None:
        outcomes[id(submission)] = outcome
        on_outcome(outcome)

    waiting = []
    for submission in submissions:
        if outcome := settings.results.find(submission):
            known(submission, outcome)
        else:
            waiting.append(submission)
    if waiting:
        (_grade_on_cluster if settings.scheduler else _grade_here)(waiting, settings, known)
    return [outcomes[id(submission)] for submission in submissions]


def _grade_here(waiting: list[Submission], settings: Settings, known: Callable) -> None:
    for sheet in {each.sheet.slug: each.sheet for each in waiting}.values():
        remote.make_data_ready(sheet)

    def ended(job: Grading) -> None:
        if not job.interrupted:
            known(job.submission, job.outcome())

    run_side_by_side([lambda each=each: Grading(each, settings) for each in waiting], settings.jobs, ended)


class Grading(Attempt):
    """One submission being graded on this machine."""

    def __init__(self, submission: Submission, settings: Settings):
        super().__init__(_order(submission, settings), settings.place)
        self.submission, self.settings, self.interrupted = submission, settings, False

    def stop(self, reason: str) -> None:
        """End the worker now, with all that it started. Nothing comes of it."""
        self.interrupted = True
        super().stop(reason)

    def outcome(self) -> Outcome:
        """Return what came of it, and keep it."""
        try:
            file = self.graded()
            graded = file.read_bytes() if file else None
        except OSError as error:
            graded, self.problem = None, in_words(error)
        outcome = _kept(self.submission, graded, self.problem, self.settings)
        self.tidy()
        return outcome


def _grade_on_cluster(waiting: list[Submission], settings: Settings, known: Callable) -> None:
    def ended(number: int, answer: Answer) -> None:
        known(waiting[number], _kept(waiting[number], answer.value, answer.problem, settings))

    with Cluster(settings.scheduler) as cluster:
        if not settings.trust:
            _require_shut_in(cluster)
        print(f"{len(waiting)} to grade, {cluster.slots} at a time on {cluster}", flush=True)
        cluster.run(remote.grade, [(number, _order(each, settings)) for number, each in enumerate(waiting)], ended)


def _require_shut_in(cluster: Cluster) -> None:
    """Raise CourseError, with the reason, where a worker's system cannot shut a submission in."""
    for worker, error in cluster.ask(require_shut_in).items():
        if error is not None:
            raise CourseError(f"The worker {worker}: {error}")


def _order(submission: Submission, settings: Settings) -> Order:
    return Order(submission.notebook, submission.sheet.slug, settings.cell_seconds, settings.trust)


def _kept(submission: Submission, graded: bytes | None, problem: str | None, settings: Settings) -> Outcome:
    """Keep what was graded, and return what came of a submission."""
    try:
        if graded is not None:
            settings.results.keep(submission, graded, settings.place)
    except OSError as error:
        problem = in_words(error)
    if problem is None and (found := settings.results.find(submission)):
        return found
    return Outcome(submission, problem=problem or "its result cannot be read; grade again")
