"""`course run` on tiny lessons: what is reported, what is stopped, and that nothing is left behind."""

import json
import os
import signal
import time

import nbformat
import psutil
import pytest

GOOD = "from course_utils import record\nrecord('answer', 42)"


def report_of(course) -> dict:
    return json.loads((course.root / "build" / "report.json").read_text())


def kernels_of(course) -> list[int]:
    """Return the processes that belong to a small course and are not the test's own."""
    found = []
    for process in psutil.process_iter(["cmdline", "cwd"]):
        here = process.info["cwd"] or ""
        if process.pid != os.getpid() and here.startswith(str(course.root)):
            found.append(process.pid)
    return found


@pytest.mark.slow
def test_a_failing_cell_is_named_and_the_others_still_run(small_course):
    small_course.add("00_bad", "x = 1", "# a comment first\nprint('reached')\n1 / 0", "print('never')")
    small_course.add("01_good", GOOD)
    code, output = small_course.course("run")
    assert code == 1
    bad, good = report_of(small_course)["lessons"]
    assert (bad["status"], good["status"]) == ("failed", "passed")
    assert good["records"] == {"answer": 42}
    assert bad["error"] == (
        "code cell 3 of 4 (`print('reached')`): ZeroDivisionError: division by zero. "
        "Partial notebook: build/executed/00_bad.ipynb"
    )
    assert bad["error"] in output
    partial = nbformat.read(small_course.root / "build/executed/00_bad.ipynb", as_version=4)
    assert any(output.get("text") == "reached\n" for cell in partial.cells for output in cell.get("outputs", []))
    page = (small_course.root / "build/report.html").read_text()
    assert "1 of 2 lessons passed" in page
    assert "1 / 0" in page
    assert "ZeroDivisionError" in page


@pytest.mark.slow
def test_the_profile_is_injected_as_a_parameter(small_course):
    small_course.add("00_profile", "from course_utils import record\nrecord('profile', PROFILE)")
    code, _ = small_course.course("run", "--profile", "smoke")
    assert code == 0
    assert report_of(small_course)["lessons"][0]["records"] == {"profile": "smoke"}


@pytest.mark.slow
def test_a_lesson_that_hangs_is_stopped_at_its_limit(small_course):
    small_course.add("00_hangs", "print('working', flush=True)", "import time\nwhile True: time.sleep(1)")
    small_course.add("01_good", GOOD)
    code, _ = small_course.course("run", "--time-limit", "15")
    hangs, good = report_of(small_course)["lessons"]
    assert code == 1
    assert good["status"] == "passed"
    assert hangs["error"].startswith("code cell 3 of 3 (`import time`): stopped at its time limit of 15 s.")
    assert kernels_of(small_course) == []


@pytest.mark.slow
def test_a_kernel_that_dies_is_reported(small_course):
    small_course.add("00_dies", "import os\nos._exit(3)")
    code, _ = small_course.course("run")
    assert code == 1
    assert "DeadKernelError" in report_of(small_course)["lessons"][0]["error"]


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_no_kernel_and_keeps_what_was_done(small_course, how):
    small_course.add("00_good", GOOD)
    small_course.add("01_long", "import time\ntime.sleep(600)")
    small_course.add("02_never", "x = 1")
    process = small_course.start("run")
    started = small_course.root / "build" / "executed" / "01_long.ipynb"
    deadline = time.monotonic() + 60
    while not started.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(2)
    process.send_signal(how)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "No kernel is left running" in output
    assert [lesson["status"] for lesson in report_of(small_course)["lessons"]] == ["passed", "failed", "skipped"]
    assert "interrupted by Ctrl-C" in report_of(small_course)["lessons"][1]["error"]
    assert kernels_of(small_course) == []


@pytest.mark.slow
def test_a_killed_runner_takes_its_kernels_along(small_course):
    small_course.add("00_long", "import time\ntime.sleep(600)")
    process = small_course.start("run")
    deadline = time.monotonic() + 60
    while len(kernels_of(small_course)) < 3 and time.monotonic() < deadline:  # the command, its worker, the kernel
        time.sleep(0.2)
    process.kill()
    process.wait()
    while kernels_of(small_course) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert kernels_of(small_course) == []


@pytest.mark.slow
def test_lessons_run_side_by_side(small_course):
    meet = (
        "import pathlib, time\npathlib.Path('{mine}').touch()\nend = time.monotonic() + 30\n"
        "while not pathlib.Path('{other}').exists():\n    assert time.monotonic() < end\n    time.sleep(0.1)"
    )
    small_course.add("00_left", meet.format(mine="left", other="right"))
    small_course.add("01_right", meet.format(mine="right", other="left"))
    code, output = small_course.course("run", "--jobs", "2")
    assert code == 0, output


@pytest.mark.slow
def test_peak_memory_is_measured(small_course):
    small_course.add("00_memory", "import time\nblock = bytearray(400 * 2**20)\ntime.sleep(1)")
    small_course.course("run")
    assert 400 < report_of(small_course)["lessons"][0]["peak_rss_mb"] < 700


def test_a_build_folder_that_is_none_stops_with_a_sentence(small_course):
    small_course.add("00_good", GOOD)
    (small_course.root / "build").write_text("a file")
    code, output = small_course.course("run")
    assert code == 1
    assert output.startswith("course: Nothing can be written in")
    assert "Traceback" not in output


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_stops_with_a_sentence(small_course):
    small_course.add("00_good", GOOD)
    (small_course.root / "build").mkdir()
    (small_course.root / "build" / "source").mkdir()
    (small_course.root / "build" / "source" / "00_good.ipynb").symlink_to("/dev/full")
    code, output = small_course.course("run")
    assert code == 1
    assert "No space left on device" in output
    assert "Traceback" not in output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "00_goood"], "There is no lesson '00_goood'. Did you mean 00_good?"),
        (["run", "--profile", "laptob"], "There is no profile 'laptob'. Did you mean laptop"),
        (["run", "--jobs", "0"], "'0' is not a whole number above 0"),
        (["walk"], "invalid choice: 'walk'"),
    ],
)
def test_a_wrong_call_leaves_with_2_and_one_sentence(small_course, arguments, sentence):
    small_course.add("00_good", GOOD)
    code, output = small_course.course(*arguments)
    assert code == 2
    assert sentence in output
    assert output.count("\n") == 1


@pytest.mark.parametrize("name", ["00", "0", "good", "00_good", "lessons/00_good.py"])
def test_a_lesson_has_many_names(small_course, name, monkeypatch):
    from course_tools import project

    small_course.add("00_good", GOOD)
    monkeypatch.setattr(project, "LESSONS", small_course.root / "lessons")
    assert [lesson.name for lesson in project.find_lessons([name])] == ["00_good"]


@pytest.mark.slow
def test_results_of_an_earlier_run_do_not_pass_for_new_ones(small_course):
    small_course.add("00_lesson", GOOD)
    small_course.course("run")
    assert report_of(small_course)["lessons"][0]["records"] == {"answer": 42}
    small_course.add("00_lesson", "import os\nos._exit(3)")
    small_course.course("run")
    assert report_of(small_course)["lessons"][0]["records"] == {}
