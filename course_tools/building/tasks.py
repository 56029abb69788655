"""What the executor is handed: a rendered notebook with the key of its outputs."""

from course_tools.building.render import render
from course_tools.project import Lesson, Sheet
from course_tools.running.executor import Task
from course_tools.running.key import key_of


def task_of(script: Lesson | Sheet, profile: str) -> Task:
    """Return the task of a lesson, or of a sheet's solution."""
    notebook = render(script)
    return Task(script.name, notebook, key_of(notebook, script, profile), script.budget_seconds)
