"""`course grade`: finds submissions, grades them, and says how it goes."""

import contextlib
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from course_tools.files import only_one, require_writable
from course_tools.grading import pages, roster
from course_tools.grading.grade import CELL_SECONDS, Settings, grade
from course_tools.grading.outcome import Outcome, in_words
from course_tools.grading.results import Results
from course_tools.grading.room import require_shut_in
from course_tools.grading.submissions import find
from course_utils import CourseError


def grade_folder(
    folder: Path,
    out: Path,
    *,
    jobs: int,
    cell_seconds: int | None = None,
    roster_file: Path | None = None,
    anew: bool = False,
    trust: bool = False,
    scheduler: str | None = None,
) -> int:
    """Grade what lies in a folder into `out`, with one line as each is done. Returns the number of problems.

    `scheduler` is the address of a Dask cluster that grades instead of this machine.

    Raises CourseError where the folder is empty, `out` cannot be written or holds the folder, the roster cannot be
    read, or this system cannot shut code in.
    """
    started, out = time.monotonic(), out.absolute()
    students = roster.read(roster_file) if roster_file else []
    if folder.absolute().is_relative_to(out):
        raise CourseError(f"{folder} lies in {out}, where the grades go. Name another folder with --out.")
    require_writable(out, out / "results")
    if not trust and not scheduler:
        require_shut_in()
    with only_one(out / "results"), scratch(out / ".running") as place:
        submissions, refused = (_without([out, roster_file], found) for found in find(folder))
        if not submissions and not refused:
            raise CourseError(f"There is no file in {folder}. Is it the folder with the submissions?")
        results = Results(out / "results", cell_seconds or CELL_SECONDS)
        if anew:
            for submission in submissions:
                results.forget(submission)
        for each in refused:
            print(f"not graded: {each.where}: {each.reason}", flush=True)
        settings = Settings(results, place, jobs, results.cell_seconds, trust, scheduler)
        try:
            outcomes = grade(submissions, settings, teller(out, len(submissions)))
        except KeyboardInterrupt:
            print("What was graded is kept. The same command goes on from there.", file=sys.stderr)
            raise
        for problem in pages.write(out, outcomes, refused, students):
            print(problem)
    problems = len(refused) + sum(outcome.problem is not None for outcome in outcomes)
    print(
        f"{len(outcomes)} graded in {time.monotonic() - started:.0f} s, {problems} problems. See {out / 'class.html'}"
    )
    return problems


def _without(places: list[Path | None], found: list) -> list:
    """Leave out what an earlier call has written, and the roster, where they lie among the submissions."""
    own = [place.absolute() for place in places if place]
    return [each for each in found if not any(each.path.absolute().is_relative_to(place) for place in own)]


def teller(out: Path, count: int):
    """Return what writes the page of each outcome and says its points, numbered up to `count`."""
    done, width = 0, len(str(count))

    def tell(outcome: Outcome) -> None:
        nonlocal done
        done += 1
        try:
            pages.write_submission(out, outcome)
        except Exception as error:  # what is on a page is a student's: it must stop nobody
            outcome.problem = f"its page could not be written: {in_words(error)}"
        points = outcome.problem or f"{outcome.points:g} of {outcome.most:g} points"
        who = f"{outcome.submission.student}  {outcome.submission.sheet.name}"
        print(f"{done:>{width}}/{count}  {who}  {points}", flush=True)

    return tell


@contextlib.contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """Hold an empty folder while the block runs. What a call that was killed has left in it is removed first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
