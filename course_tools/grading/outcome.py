"""What grading one submission leads to."""

import errno
from dataclasses import dataclass, field

from nbformat import NotebookNode

from course_tools.grading.submissions import Submission
from course_utils import CourseError


@dataclass
class Judged:
    """One exercise of a submission, judged."""

    name: str  # of the check, as in `share_cut`
    points: float
    most: float
    answer: str  # the source of the answer's cell
    tried: bool  # False where the answer is what was handed out
    trouble: str  # the error in the answer's own cell, or nothing
    said: str  # what the check said
    hints: list[str]

    @property
    def right(self) -> bool:
        """True where there is nothing left to gain."""
        return self.points >= self.most


@dataclass
class Outcome:
    """What became of one submission: its judged exercises and the notebook as it ran, or a problem in one sentence."""

    submission: Submission
    exercises: list[Judged] = field(default_factory=list)
    notebook: NotebookNode | None = None
    problem: str | None = None

    @property
    def points(self) -> float:
        """The points of the whole sheet."""
        return sum(exercise.points for exercise in self.exercises)

    @property
    def most(self) -> float:
        """The most points there are."""
        return sum(exercise.most for exercise in self.exercises)


def in_words(error: Exception) -> str:
    """Return one sentence on why a submission could not be handled."""
    if isinstance(error, CourseError):
        return str(error)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full. Free some space, then run the same command again"
    return f"{type(error).__name__}: {' '.join(str(error).split())[:500]}"
