"""The roster of a class, as spreadsheets write it."""

import pytest

from course_tools.grading import roster
from course_utils import CourseError

TEXT = "student,name\nann,Ann Lee\n zoë ,Zoë\n\nann,again\n,nobody\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.replace(",", ";").replace("\n", "\r\n").encode("cp1252"),
        TEXT.replace(",", "\t").encode("utf-16"),
        b"No;Student\n1;ann\n2;zoe\xcc\x88\n",
    ],
    ids=["plain", "byte order mark", "semicolons, Windows", "Excel's Unicode text", "another column first, NFD"],
)
def test_students_are_read_once_each(tmp_path, data):
    path = tmp_path / "roster.csv"
    path.write_bytes(data)
    assert roster.read(path) == ["ann", "zoë"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"name\nann\n", "has no column `student`. Its first line is name."),
        (b"", "Its first line is empty"),
        (b"student\n\n", "names no student"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "has no column"),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_roster_that_is_none_is_refused_in_words(tmp_path, data, words):
    path = tmp_path / "roster.csv"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(CourseError, match=r"roster\.csv") as error:
        roster.read(path)
    assert words in str(error.value)
