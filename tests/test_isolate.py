"""The sandbox: what a command in it sees, what it can change, and that nothing outlives it."""

import os
import subprocess
import sys
import time
import uuid
from pathlib import Path

import psutil
import pytest

from course_tools.grading import isolate, room
from course_tools.grading.sandbox import HOME
from course_tools.project import ROOT, all_sheets
from course_utils import CourseError

SHEET = next(sheet for sheet in all_sheets() if sheet.entry.slug == "tokenization")
TRY = """
import sys
try:
    {code}
except Exception as error:
    print(type(error).__name__, error)
else:
    print("done")
"""


@pytest.fixture(autouse=True)
def possible():
    try:
        room.require_shut_in()
    except CourseError as error:
        pytest.skip(str(error))


def started(code: str, *shown: Path, **options) -> subprocess.Popen:
    """Start Python code in the sandbox, with what a submission of SHEET sees, and more."""
    command = [*room.without_network(), *room.shut_in([*room.in_sight(SHEET), *shown]), sys.executable, "-c", code]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, **options}
    given = {"HOME": HOME, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(command, env={**os.environ, **given}, **options)


def said(code: str, *shown: Path) -> str:
    """Return what Python code prints in the sandbox."""
    return started(code, *shown).communicate()[0].strip()


def left(mark: str) -> list[str]:
    """Return the processes that carry a mark, ended ones apart."""
    return [
        str(each.info["cmdline"])
        for each in psutil.process_iter(["cmdline", "status"])
        if mark in str(each.info["cmdline"]) and each.info["status"] != psutil.STATUS_ZOMBIE
    ]


def test_the_checks_run_in_it_and_nothing_else_of_the_course_is_there(tmp_path):
    (tmp_path / "another submission").write_text("private")
    code = f"""
import os, pathlib
from lessons.tokenization import checks
root = pathlib.Path({str(ROOT)!r})
files = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
packages = {os.path.relpath(sys.prefix, ROOT)!r}
print(*sorted(name for name in files if not name.startswith(("course_utils", "data", packages))), sep="\\n")
print(os.path.exists({str(tmp_path)!r}), os.path.exists(os.path.expanduser("~root/.ssh")), os.listdir("/student"))
"""
    *seen, last = said(code).splitlines()
    lessons = [f"lessons/{sheet.entry.slug}/lesson.toml" for sheet in all_sheets()]
    assert set(seen) == {
        *("course_tools/grading/guard.py", "course_tools/grading/accidents.py", "lessons/__init__.py"),
        *("lessons/course.toml", "lessons/tokenization/checks.py", "pyproject.toml", "requirements.txt"),
        *lessons,
    }
    assert last == "False False []"


@pytest.mark.parametrize("place", ["/", "/usr", "/etc", "/proc/sys/kernel", str(ROOT), str(ROOT / "data")])
def test_nothing_can_be_written_outside_of_its_folders(place):
    answer = said(TRY.format(code=f"open({place!r} + '/sign of life', 'w').write('x')"))
    assert not Path(place, "sign of life").exists()
    assert "Error" in answer or Path(place).is_relative_to("/tmp")  # a checkout there stands in a memory of its own


def test_its_own_folders_are_of_limited_size():
    code = "[open(f'{sys.argv[0]}{n}', 'wb').write(bytes(2**26)) for n in range(99)]"
    for folder in (HOME, "/tmp", "/dev/shm"):
        assert "No space left" in said(TRY.format(code=code.replace("{sys.argv[0]}", f"{folder}/")))


def test_what_is_shown_may_lie_in_a_folder_for_what_is_thrown_away(tmp_path):
    shown = tmp_path / "shown.txt"
    shown.write_text("shown")
    assert said(f"print(open({str(shown)!r}).read())", shown) == "shown"


def test_it_sees_no_other_process_and_ends_none():
    code = "import os; print(sorted(int(name) for name in os.listdir('/proc') if name.isdigit()), os.getpid())"
    assert said(code) == "[1, 2] 2"
    assert "ProcessLookupError" in said(TRY.format(code=f"import os, signal; os.kill({os.getpid()}, signal.SIGKILL)"))


def test_it_gets_no_rights_in_namespaces_of_its_own():
    assert said(f"import ctypes; print(ctypes.CDLL(None).unshare({isolate.CLONE_NEWUSER}))") == "-1"
    capabilities = said("print([line for line in open('/proc/self/status') if line.startswith('Cap')])")
    assert capabilities.count("0000000000000000") == 5


def test_nothing_outlives_the_command():
    mark = f"mark-{uuid.uuid4().hex}"
    child = f"import subprocess, sys; subprocess.Popen(['sh', '-c', 'sleep 600; : {mark}'], start_new_session=True)"
    said(child)
    assert left(mark) == []


def test_it_ends_with_the_one_who_started_it():
    mark = f"mark-{uuid.uuid4().hex}"
    starter = started(f"import time; print('there', flush=True); time.sleep(600); '{mark}'")
    assert starter.stdout.readline() == "there\n"
    starter.kill()
    starter.wait()
    while left(mark):
        time.sleep(0.1)


def test_where_there_is_none_the_grader_refuses_and_says_what_to_do(tmp_path):
    """In the sandbox itself there can be no second one."""
    (tmp_path / "submissions").mkdir()
    code = f"""
import sys
from course_tools.cli import main
sys.exit(main(["grade", {str(tmp_path / "submissions")!r}, "--out", "{HOME}/grades"]))
"""
    process = started(code, ROOT, tmp_path)
    words = process.communicate()[0]
    assert process.returncode == 1
    assert "This system cannot shut a submission in" in words
    assert "--trust" in words
