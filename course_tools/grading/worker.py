"""Grades one submission, in a process of its own that stands outside of the sandbox.

    python -m course_tools.grading.worker FOLDER SHEET SECONDS [--trust]

FOLDER/submitted.json is the notebook that was handed in, FOLDER/graded.json what comes of it. A cell may use SECONDS of
the processor. It ends, with all that it started, when the process that started it is gone.
"""

import json
import os
import shutil
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path

import nbformat
from nbformat.v4.rwbase import rejoin_lines

from course_tools.grading.judge import judge, limits_met
from course_tools.grading.kernel import execute
from course_tools.grading.outcome import in_words
from course_tools.grading.restore import restored
from course_tools.grading.room import Room
from course_tools.processes import kill_tree
from course_tools.project import Sheet, find_scripts

SUBMITTED, GRADED = "submitted.json", "graded.json"
LOOK_SECONDS = 0.5


def main() -> None:
    """Grade the submission named on the command line. An error becomes one line on standard error."""
    folder, name, seconds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    threading.Thread(target=_end_with_the_grader, args=(os.getppid(), folder), daemon=True).start()
    try:
        _, [sheet] = find_scripts([name])
        room = Room(folder, sheet, seconds, trusted="--trust" in sys.argv)
        submitted = nbformat.from_dict(json.loads((folder / SUBMITTED).read_text(encoding="utf-8")))
        graded = grade(submitted, sheet, room)
        (folder / GRADED).write_text(well_formed(json.dumps(graded, ensure_ascii=False)), encoding="utf-8")
    except Exception as error:  # whatever a submission makes a library raise, it is this one's problem alone
        print(in_words(error), file=sys.stderr, flush=True)
        os._exit(1)  # before a library adds its own last words


def grade(submitted: nbformat.NotebookNode, sheet: Sheet, room: Room) -> dict:
    """Return what a submission has earned: exercises, the executed notebook, and notes on what was mended or met."""
    notebook, notes = restored(submitted, sheet)
    execute(notebook, room)
    rejoin_lines(notebook)  # a kernel may send a list of lines; whoever reads a notebook wants a text
    exercises = judge(notebook, sheet)
    return {
        "exercises": [asdict(exercise) for exercise in exercises],
        "notebook": notebook,
        "notes": [*notes, *limits_met(notebook)],
    }


def well_formed(text: str) -> str:
    """Return a text that can be written: half a pair of surrogates becomes U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _end_with_the_grader(grader: int, folder: Path) -> None:
    while os.getppid() == grader:
        time.sleep(LOOK_SECONDS)
    shutil.rmtree(folder, ignore_errors=True)
    kill_tree(os.getpid())


if __name__ == "__main__":
    main()
