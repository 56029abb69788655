"""What the executor is handed: a rendered notebook with the key of its outputs."""

from course_tools.building.render import TRY_TAG, render
from course_tools.project import Lesson, Sheet
from course_tools.running.execution import RECORD_TAG
from course_tools.running.executor import Task
from course_tools.running.key import key_of


def task_of(script: Lesson | Sheet, profile: str, *, tries: bool = False) -> Task:
    """Return the task of a lesson, or of a sheet's solution: what a reader runs, and the cells that record results.

    `tries`: also what a reader is told to try, in cells of their own, at the place where they are told.
    """
    notebook = render(script, hidden=(RECORD_TAG, TRY_TAG) if tries else (RECORD_TAG,))
    name = f"{script.name}_tries" if tries else script.name
    return Task(name, notebook, key_of(notebook, script, profile), script.budget_seconds)
