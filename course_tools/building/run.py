"""`course run`: renders lessons, has them executed, judges each as it ends, and keeps the report up to date."""

import time
from functools import partial

from course_tools.building.build import recorded
from course_tools.building.render import stored
from course_tools.building.tasks import task_of
from course_tools.project import Lesson
from course_tools.running import report
from course_tools.running.cluster_executor import ClusterExecutor
from course_tools.running.execution import Execution
from course_tools.running.executor import Executor
from course_tools.running.progress import Progress
from course_tools.running.speed import reference_seconds
from course_tools.running.verdict import faults


def run_lessons(
    lessons: list[Lesson], profile: str, reason: str, *, changed: bool = False, scheduler: str | None = None, **settings
) -> list[Lesson]:
    """Execute lessons and return those with a fault, which is printed. `reason`: why this profile, in a few words.

    `changed` leaves out each lesson whose record of an earlier run is still true. `scheduler`: the address of the Dask
    cluster that executes them, instead of this machine. `settings` are those of the Executor, or the ClusterExecutor.
    """
    started = time.monotonic()
    for old in (report.JSON, report.HTML):
        old.unlink(missing_ok=True)
    tasks = {lesson: task_of(lesson, profile) for lesson in lessons}
    known = {lesson: recorded(lesson, task.key) for lesson, task in tasks.items()} if changed else {}
    waiting = [lesson for lesson in lessons if not known.get(lesson)]
    execute_by = partial(ClusterExecutor, address=scheduler) if scheduler else Executor
    with Progress() as progress, execute_by(profile, progress, **settings) as executor:
        told = f"{len(waiting)} lessons, {executor.jobs} at a time on {executor.where}"
        progress.say(f"Profile {profile} ({reason}), {told}")
        judged: dict[Lesson, list[str]] = {}

        def look(results: list[Execution]) -> None:
            found = {**known, **dict(zip(waiting, results, strict=True))}
            for lesson in lessons:
                if lesson not in judged and found[lesson].status != "skipped":
                    judged[lesson] = faults(found[lesson], lesson, stored(lesson))
                    progress.faults(lesson.name, judged[lesson], told=found[lesson].error)
            seconds = time.monotonic() - started
            words = [judged.get(lesson, []) for lesson in lessons]
            report.write_report(lessons, [found[lesson] for lesson in lessons], words, executor, seconds)

        results = executor.run([tasks[lesson] for lesson in waiting], look)
        look(results)
        failed = [lesson for lesson in lessons if judged[lesson]]
        seconds = time.monotonic() - started
        progress.say(
            f"{len(lessons) - len(failed)} passed, {len(failed)} failed in {seconds:.0f} s "
            f"({reference_seconds(seconds, executor.gflops_of_all):.0f} reference seconds: "
            f"{executor.where}: {executor.gflops_of_all:.0f} GFLOP/s in products of matrices)"
        )
    return failed
