"""Where the time of the course goes: the last `make run`, read from its report."""

from __future__ import annotations

import json

from course_tools.project import all_lessons
from course_tools.report import JSON
from course_utils import CourseError


def lessons() -> dict:
    """Return seconds, limit and peak memory of each lesson.

    Raises CourseError where there is no report of all lessons in `laptop`, all of them passed.
    """
    report = json.loads(JSON.read_text(encoding="utf-8")) if JSON.exists() else {"profile": None, "lessons": []}
    ran = {lesson["lesson"] for lesson in report["lessons"] if lesson["status"] == "passed"}
    if report["profile"] != "laptop" or ran != {lesson.name for lesson in all_lessons()}:
        raise CourseError("The part `lessons` reads the report of a whole run. Make one first: `make run`.")
    columns = ("lesson", "seconds", "budget_seconds", "peak_rss_mb")
    return {
        "total_seconds": report["total_seconds"],
        "lessons": [{column: lesson[column] for column in columns} for lesson in report["lessons"]],
    }
