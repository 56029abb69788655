"""`course grade`: finds submissions, grades them, and says how it goes."""

import time
from pathlib import Path

from course_tools.grading import pages
from course_tools.grading.grade import CELL_SECONDS, Outcome, grade
from course_tools.grading.submissions import find


def grade_folder(folder: Path, out: Path, jobs: int, cell_seconds: int | None = None) -> int:
    """Grade what lies in a folder into `out`, with one line as each is done. Returns the number of problems."""
    started, done = time.monotonic(), 0
    submissions, refused = find(folder)
    for each in refused:
        print(f"not graded: {each.path.relative_to(folder)}: {each.reason}")
    width = len(str(len(submissions)))

    def tell(outcome: Outcome) -> None:
        nonlocal done
        done += 1
        points = outcome.problem or f"{outcome.points:g} of {outcome.most:g} points"
        who = f"{outcome.submission.student}  {outcome.submission.sheet.name}"
        print(f"{done:>{width}}/{len(submissions)}  {who}  {points}", flush=True)

    outcomes = grade(submissions, jobs, tell, cell_seconds or CELL_SECONDS)
    pages.write(out, outcomes, refused)
    problems = len(refused) + sum(outcome.problem is not None for outcome in outcomes)
    print(
        f"{len(outcomes)} graded in {time.monotonic() - started:.0f} s, {problems} problems. See {out / 'class.html'}"
    )
    return problems
