"""What came of each submission, kept as it comes: who grades again goes on where the last time stopped."""

import contextlib
import dataclasses
import hashlib
import json
from functools import cache
from pathlib import Path

import nbformat

from course_tools.grading.outcome import Judged, Outcome
from course_tools.grading.submissions import Submission
from course_tools.project import Sheet
from course_tools.running.key import key_of


class Results:
    """A folder with one JSON file for each submission that was graded."""

    def __init__(self, folder: Path, cell_seconds: int):
        self.folder, self.cell_seconds = folder, cell_seconds

    def find(self, submission: Submission) -> Outcome | None:
        """Return what is kept of a submission, or None where it was not graded yet as it stands now."""
        try:
            kept = json.loads(self.path_of(submission).read_text(encoding="utf-8"))
            exercises = [Judged(**exercise) for exercise in kept["exercises"]]
            notebook, notes = nbformat.from_dict(kept["notebook"]), tuple(kept["notes"])
        except (OSError, ValueError, KeyError, TypeError):  # not there, cut off, or of another version
            return None
        noted = dataclasses.replace(submission, notes=(*submission.notes, *notes))
        return Outcome(noted, exercises, notebook)

    def keep(self, submission: Submission, graded: bytes, place: Path) -> None:
        """Put what a worker has written to its place, by way of the folder `place`, in one step. Raises OSError."""
        unfinished = place / "graded.json"
        unfinished.write_bytes(graded)
        unfinished.replace(self.path_of(submission))

    def forget(self, submission: Submission) -> None:
        """Remove what is kept of a submission."""
        with contextlib.suppress(FileNotFoundError):
            self.path_of(submission).unlink()

    def path_of(self, submission: Submission) -> Path:
        """Return its place: another one, where the submission, its sheet, what judges it or its limit is another."""
        digest = hashlib.sha256()
        for part in (submission.digest, _key(submission.sheet), _code(), str(self.cell_seconds)):
            digest.update(hashlib.sha256(part.encode()).digest())
        return self.folder / f"{digest.hexdigest()[:32]}.json"


@cache
def _key(sheet: Sheet) -> str:
    solution = nbformat.read(sheet.notebook, as_version=4)
    return json.dumps(key_of(solution, sheet, "laptop"))


@cache
def _code() -> str:
    here = Path(__file__).parent
    return "\0".join(path.read_text(encoding="utf-8") for path in sorted(here.glob("*.py")))
