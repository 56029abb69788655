"""What the lessons import. Thin on purpose: read all of it in an hour."""

from course_utils.errors import CourseError
from course_utils.records import record
from course_utils.session import Session, start

__all__ = ["CourseError", "Session", "record", "start"]
