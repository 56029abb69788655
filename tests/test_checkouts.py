"""The folder that the course lies in: moved, with an odd name, read-only, without git, used twice at once."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course_tools.building.build import released
from course_tools.data import page
from course_tools.grading.room import require_shut_in
from course_tools.project import ROOT, all_sheets
from course_tools.running import key
from course_tools.setup import bootstrap
from course_utils import CourseError
from course_utils.sources import DATA
from tests.conftest import SmallCourse
from tests.processes import posix
from tests.test_run import processes_of, report_of, wait_until

ENDS = ("SIGINT", "SIGHUP", "SIGQUIT")
BIN = "Scripts" if os.name == "nt" else "bin"
SET_UP = """\
import sys
sys.path.insert(0, "course_tools/setup")
import bootstrap
bootstrap.run_pip = lambda arguments, expected=0: ""  # no network: the packages are not what is tried here
bootstrap.compile_packages = lambda: None
bootstrap.GIB_NEEDED = 0
bootstrap.main()
"""


def set_up(folder: Path) -> str:
    """Run the set-up of a checkout as `make setup` does, but for the packages."""
    done = subprocess.run([sys.executable, "-c", SET_UP], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def pip_of(folder: Path) -> subprocess.CompletedProcess:
    return subprocess.run([folder / ".venv" / BIN / "pip", "--version"], capture_output=True, text=True)


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A checkout with what the set-up needs."""
    folder = tmp_path / "course"
    (folder / "course_tools" / "setup").mkdir(parents=True)
    shutil.copy(bootstrap.__file__, folder / "course_tools" / "setup")
    for name in bootstrap.INPUTS:
        shutil.copy(ROOT / name, folder)
    return folder


def test_a_moved_checkout_gets_scripts_that_start_its_own_python(checkout):
    assert "Making .venv" in set_up(checkout)
    moved = checkout.with_name("moved")
    checkout.rename(moved)
    with pytest.raises(FileNotFoundError):
        pip_of(moved)
    assert "This folder was moved or copied" in set_up(moved)
    assert str(moved) in pip_of(moved).stdout


def test_a_copied_checkout_does_not_start_the_first_ones_python(checkout):
    set_up(checkout)
    link = checkout.with_name("link")
    link.symlink_to(checkout, target_is_directory=True)
    assert set_up(link) == "", "a link is no move"
    copied = checkout.with_name("copied")
    shutil.copytree(checkout, copied, symlinks=True)
    assert str(checkout) in pip_of(copied).stdout, "the trap: it works, and is not this checkout's"
    assert "This folder was moved or copied" in set_up(copied)
    assert str(copied) in pip_of(copied).stdout


LONG = "from pathlib import Path\nPath('here').touch()\nimport time\ntime.sleep(600)"


def hear_all() -> None:
    for name in ENDS:
        signal.signal(getattr(signal, name), signal.SIG_DFL if name != "SIGINT" else signal.default_int_handler)


@posix
@pytest.mark.slow
@pytest.mark.parametrize("name", ["SIGHUP", "SIGQUIT"])
def test_a_closed_terminal_leaves_no_kernel_and_a_report(small_course, name):
    """It sends its signal more than once: the second comes while the first one's tidying up is under way."""
    small_course.add("long", LONG)
    process = small_course.start("run", "--fresh", preexec_fn=hear_all)
    wait_until((small_course.root / "build" / "cwd" / "00_long" / "here").exists)
    for _ in range(5):
        process.send_signal(getattr(signal, name))
        time.sleep(0.05)
    output, _ = process.communicate()
    assert (process.returncode, "No kernel is left running" in output) == (130, True), output
    assert "interrupted" in report_of(small_course)[0]["error"]
    assert processes_of(small_course) == []


@pytest.mark.slow
def test_a_second_command_harms_nobody(small_course):
    """It says that another one is at work; what only reads is let in, and the first one ends as if alone."""
    small_course.add("good", "print('x')")
    assert small_course.course("build")[0] == 0
    small_course.add("long", LONG.replace("600", "8"))
    first = small_course.start("run", "--fresh")
    wait_until((small_course.root / "build" / "cwd" / "01_long" / "here").exists)
    for command in ("run", "build"):
        code, output = small_course.course(command, "good")
        assert (code, output.count("\n")) == (1, 1)
        assert output.startswith("course: Another `course` command is at work in ")
    assert "good" not in small_course.course("build", "good", "--check")[1]
    assert first.wait() == 0
    assert [each["status"] for each in report_of(small_course)] == ["passed", "passed"]


NOT_THE_LESSONS = {  # below a home
    ".ipython/profile_default/startup/00.py": "secret = 1",
    ".ipython/profile_default/ipython_config.py": "c.InteractiveShellApp.exec_lines = ['secret = 1']",
    ".ipython/profile_default/ipython_kernel_config.py": "c.InteractiveShellApp.exec_lines = ['secret = 1']",
    ".jupyter/jupyter_config.py": "1 / 0",
    ".jupyter/jupyter_config.json": "{",
    ".jupyter/jupyter_nbconvert_config.py": "1 / 0",
    ".jupyter/nbgrader_config.py": "1 / 0",
    "startup.py": "secret = 1",
    "jupyter/kernels/python3/kernel.json": '{"argv": ["no-python"], "display_name": "x", "language": "python"}',
}


@pytest.mark.slow
@pytest.mark.parametrize("how", [[], ["--fresh"]])
def test_what_a_person_has_set_up_for_jupyter_is_not_the_lessons(small_course, how, tmp_path, monkeypatch):
    for name, text in NOT_THE_LESSONS.items():
        file = tmp_path / "home" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "home" / "startup.py"))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "home" / "jupyter"))
    small_course.add(
        "good", f"import sys\nassert 'secret' not in globals()\nassert sys.executable == {sys.executable!r}"
    )
    code, output = small_course.course("run", *how)
    assert code == 0, output
    assert small_course.course("build") == (0, "")


READ_ONLY = """\
import os, sys
from course_tools.cli import main
from course_tools.grading import isolate, sandbox
isolate.enter(isolate.CLONE_NEWUSER | isolate.CLONE_NEWNS)
sandbox._bind(os.getcwd(), os.getcwd())
sandbox._make_read_only(os.getcwd())
os.chdir(os.getcwd())
sys.exit(main())
"""


@pytest.mark.slow
def test_a_read_only_checkout_can_be_looked_at_and_says_what_cannot_be_done(small_course):
    try:
        require_shut_in()
    except CourseError as error:
        pytest.skip(str(error))
    small_course.add("good", "print('x')")
    assert small_course.course("build")[0] == 0

    def course(*arguments):
        command = [sys.executable, "-c", READ_ONLY, *arguments]
        environment = {**os.environ, "PYTHONPATH": str(small_course.root), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(command, cwd=small_course.root, env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    assert course("build", "--check") == (0, "")
    for command in (["run"], ["build"], ["handout", "good"]):
        code, output = course(*command)
        assert code == 1
        assert re.fullmatch(r"course: .*build.*: Read-only file system\. Free some disk space.*\n", output), output


def test_a_folder_in_which_no_environment_can_be_made_is_named(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setattr(bootstrap, "VENV", str(tmp_path / "file" / ".venv"))
    with pytest.raises(SystemExit, match=r"Python could not make .venv:\n.*\nCan you write in "):
        bootstrap.make_venv()


@pytest.mark.slow
def test_a_long_path_without_git_and_make(tmp_path, monkeypatch):
    """No command of the system is needed to run and to build."""
    folder = tmp_path.joinpath(*["a_long_name" * 15] * 4)
    folder.mkdir(parents=True)
    course = SmallCourse(folder / "course")
    course.add("good", "print('x')")
    monkeypatch.setenv("PATH", str(tmp_path))
    for command in (["run", "--fresh"], ["build"]):
        code, output = course.course(*command)
        assert code == 0, output


def test_exercises_are_made_without_a_path(monkeypatch):
    monkeypatch.delenv("PATH")
    sheet = next(sheet for sheet in all_sheets() if sheet.entry.slug == "start_here")
    assert released([sheet])[sheet] == sheet.page.read_text("utf-8")


def test_line_ends_of_windows_are_one_sentence_and_no_change_of_the_data(tmp_path, monkeypatch):
    """The gate names them once, in place of a false fault for each card; a lesson's key does not see them."""
    shutil.copytree(DATA, tmp_path / "data")
    file = tmp_path / "data" / "emotion" / "train.csv"
    with_unix_ends = key._bytes_of(DATA / "emotion" / "train.csv")
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    monkeypatch.setattr(page, "DATA", tmp_path / "data")
    [problem] = page.check()
    assert problem.startswith("1 files of data/ have the line ends of Windows (CRLF), as data/emotion/train.csv, so")
    assert page.windows_line_ends(DATA) is None
    assert key._bytes_of(file) == with_unix_ends


ODD = "-{b} {} {connection_file} %s %20 #1 'quoted\" $HOME ö 語 ئ"


@pytest.mark.slow
def test_the_folder_may_have_an_odd_name(tmp_path):
    course = SmallCourse(tmp_path / ODD)
    course.add("good", "import pathlib\nprint(pathlib.Path.cwd().name)")
    for command in (["run"], ["run", "--fresh"], ["build"]):
        code, output = course.course(*command)
        assert code == 0, output
