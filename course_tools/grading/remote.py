"""What a Dask worker does with a submission: grades it in a process of its own, and sends the result back."""

from course_tools.cluster import run_in_worker, worker_folder
from course_tools.grading.attempt import Attempt, Order
from course_tools.grading.room import require_shut_in
from course_tools.project import Sheet, find_scripts
from course_utils import CourseError, sources


def grade(order: Order) -> bytes:
    """Grade in the Dask worker that this is called in. Raises CourseError with what kept it from grading."""
    if not order.trust:
        require_shut_in()  # this worker may have come after the others were asked
    _, [sheet] = find_scripts([order.slug])
    make_data_ready(sheet)
    attempt = run_in_worker(lambda: Attempt(order, worker_folder()))
    try:
        graded = attempt.graded()
        if graded is None:
            raise CourseError(attempt.problem)
        return graded.read_bytes()
    finally:
        attempt.tidy()


def make_data_ready(sheet: Sheet) -> None:
    """Prepare the datasets of a sheet that are made on first use: a kernel that is shut in can make none."""
    for name in sheet.entry.data:
        if name in sources.DATASETS:
            sources.dataset(name, "laptop")
