"""`course run` on tiny lessons: what is reported, what is judged, what is stopped, and that nothing is left behind."""

import json
import os
import signal
import time

import nbformat
import psutil
import pytest

GOOD = "from course_utils import record\nrecord('answer', 42)"
BAND = "answer = [41, 43]\n"
pytestmark = pytest.mark.slow


def report_of(course) -> list[dict]:
    return json.loads((course.root / "build" / "report.json").read_text())["lessons"]


def processes_of(course) -> list[int]:
    """Return the processes that belong to a small course and are not the test's own."""
    found = []
    for process in psutil.process_iter(["cwd", "status"]):
        here = process.info["cwd"] or ""
        if process.pid != os.getpid() and here.startswith(str(course.root)) and process.info["status"] != "zombie":
            found.append(process.pid)
    return found


def wait_until(true, seconds=120) -> None:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.1)
    assert true()


@pytest.mark.parametrize("how", [[], ["--fresh"]])
def test_a_failing_cell_is_named_and_the_others_still_run(small_course, how):
    small_course.add("bad", "x = 1", "# a comment first\nprint('reached')\n1 / 0", "print('never')")
    small_course.add("good", GOOD, bands=BAND)
    code, output = small_course.course("run", *how)
    assert code == 1
    bad, good = report_of(small_course)
    assert (bad["status"], good["status"]) == ("failed", "passed"), output
    assert good["records"] == {"answer": 42}
    assert bad["error"] == (
        "code cell 4 of 5 (`print('reached')`): ZeroDivisionError: division by zero. "
        "Partial notebook: build/executed/laptop/00_bad.ipynb"
    )
    assert output.count(bad["error"]) == 1
    partial = nbformat.read(small_course.record("bad"), as_version=4)
    assert any(output.get("text") == "reached\n" for cell in partial.cells for output in cell.get("outputs", []))
    page = (small_course.root / "build/report.html").read_text()
    assert "1 of 2 lessons passed" in page
    assert "1 / 0" in page
    assert "ZeroDivisionError" in page


@pytest.mark.parametrize("how", [[], ["--fresh"]])
def test_a_kernel_is_its_own_however_it_starts(small_course, how):
    """The profile, the folder, the threads, the network's guard, a seed of its own: forked or not."""
    facts = (
        "import os, sys, socket, numpy, random\nfrom pathlib import Path\nfrom course_utils import record\n"
        "record('profile', os.environ['COURSE_PROFILE'])\nrecord('folder', Path.cwd().name)\n"
        "record('threads', os.environ['OMP_NUM_THREADS'])\nrecord('main', __name__)\n"
        "record('draw', numpy.random.randint(10**9))\n"
        "try:\n    socket.getaddrinfo('example.org', 80)\nexcept OSError as error:\n    record('network', str(error))"
    )
    draws = []
    for slug in ("one", "two"):
        small_course.add(slug, facts)
    code, output = small_course.course("run", "--profile", "smoke", "--jobs", "1", *how)
    assert code == 1, output
    for row in report_of(small_course):
        records = row["records"]
        draws.append(records.pop("draw"))
        assert records == {
            "profile": "smoke",
            "folder": row["lesson"],
            "threads": str(os.cpu_count()) if "OMP_NUM_THREADS" not in os.environ else os.environ["OMP_NUM_THREADS"],
            "main": "__main__",
            "network": "no_network: socket.getaddrinfo to 'example.org' refused",
        }
        assert "it tried to reach the network: socket.getaddrinfo example.org" in row["faults"]
    assert draws[0] != draws[1]


def test_a_result_outside_of_its_band_fails_the_run(small_course):
    small_course.add("low", GOOD, bands="answer = [50, 60]\n")
    small_course.add("unknown", GOOD, bands=BAND + "other = [0, 1]\n")
    code, output = small_course.course("run", "--fresh")
    assert code == 1
    low, unknown = report_of(small_course)
    assert low["faults"] == ["the record answer is 42, outside of its band from 50 to 60 in lesson.toml"]
    assert unknown["faults"] == ["its records and the bands in lesson.toml do not name the same: other"]
    assert low["faults"][0] in output


def test_a_warning_of_an_old_way_fails_the_run(small_course):
    warn = "import warnings\nwarnings.warn('x is deprecated', FutureWarning)"
    small_course.add("warns", warn)
    code, _ = small_course.course("run", "--fresh")
    assert code == 1
    assert "code cell 3 warns of an old way" in report_of(small_course)[0]["faults"][0]


def test_what_was_run_and_has_not_changed_is_left_out(small_course):
    small_course.add("same", GOOD, bands=BAND)
    small_course.add("other", "print(1)")
    assert small_course.course("run", "--fresh")[0] == 0
    small_course.add("other", "print(2)")
    source = small_course.lessons / "same" / "lesson.py"
    source.write_text(source.read_text() + "\n# %% [markdown]\n# More prose.\n")
    code, output = small_course.course("run", "--changed", "--fresh")
    assert code == 0
    assert "1 lessons" in output
    assert "00_same  started" not in output
    assert "01_other  started" in output
    assert report_of(small_course)[0]["records"] == {"answer": 42}


def test_only_what_makes_no_progress_is_stopped(small_course):
    """A lesson that computes or prints on is left alone; one that waits for nothing is not."""
    settings = small_course.root / "course_tools" / "running" / "executor.py"
    settings.write_text(settings.read_text().replace("IDLE_SECONDS = 180", "IDLE_SECONDS = 10"))
    small_course.add("waits", "print('working', flush=True)", "import threading\nthreading.Event().wait()")
    small_course.add("works", "import time\nend = time.process_time() + 13\nwhile time.process_time() < end: pass")
    code, _ = small_course.course("run", "--fresh", "--jobs", "2")
    waits, works = report_of(small_course)
    assert code == 1
    assert works["status"] == "passed"
    assert waits["error"].startswith(
        "code cell 4 of 4 (`import threading`): stopped after 10 s in which it did nothing."
    )
    assert processes_of(small_course) == []


def test_a_loop_without_an_end_is_stopped_by_its_work(small_course):
    settings = small_course.root / "course_tools" / "running" / "executor.py"
    settings.write_text(settings.read_text().replace('"laptop": 8', '"laptop": 0.05'))
    small_course.add("loops", "while True: pass")
    code, _ = small_course.course("run", "--fresh")
    assert code == 1
    assert "s of work of the processor: a loop without an end?" in report_of(small_course)[0]["error"]
    assert processes_of(small_course) == []


def test_a_person_may_set_a_limit(small_course):
    small_course.add("hangs", "import time\nwhile True: time.sleep(1)")
    code, _ = small_course.course("run", "--time-limit", "8", "--fresh")
    (hangs,) = report_of(small_course)
    assert code == 1
    assert hangs["error"].startswith("code cell 3 of 3 (`import time`): stopped at its time limit of 8 s.")


@pytest.mark.parametrize("how", [[], ["--fresh"]])
def test_a_kernel_that_dies_is_reported(small_course, how):
    small_course.add("dies", "import os\nos._exit(3)")
    code, _ = small_course.course("run", *how)
    assert code == 1
    assert "DeadKernelError" in report_of(small_course)[0]["error"]


@pytest.mark.parametrize(("how", "kernels"), [(signal.SIGINT, []), (signal.SIGTERM, ["--fresh"])])
def test_an_interrupt_leaves_no_kernel_and_keeps_what_was_done(small_course, how, kernels):
    small_course.add("good", GOOD, bands=BAND)
    small_course.add("long", "import time\ntime.sleep(600)")
    small_course.add("never", "x = 1")
    process = small_course.start("run", "--jobs", "1", *kernels)
    wait_until((small_course.root / "build" / "logs" / "01_long.log").exists)
    time.sleep(2)
    process.send_signal(how)
    output, _ = process.communicate()
    assert process.returncode == 130
    assert "No kernel is left running" in output
    good, long, never = report_of(small_course)
    assert [each["status"] for each in (good, long, never)] == ["passed", "failed", "skipped"]
    assert "interrupted by Ctrl-C" in long["error"]
    assert processes_of(small_course) == []


@pytest.mark.parametrize(("kernels", "count"), [([], 3), (["--fresh"], 2)])
def test_a_killed_runner_takes_its_kernels_along(small_course, kernels, count):
    small_course.add("long", "from pathlib import Path\nPath('here').touch()\nimport time\ntime.sleep(600)")
    process = small_course.start("run", *kernels)
    wait_until((small_course.root / "build" / "cwd" / "00_long" / "here").exists)
    assert len(processes_of(small_course)) >= count  # the command, its kernel, and the server that forks it
    process.kill()
    process.wait()
    wait_until(lambda: processes_of(small_course) == [])


def test_lessons_run_side_by_side(small_course):
    meet = (
        "import pathlib, time\npathlib.Path('../{mine}').touch()\nend = time.monotonic() + 120\n"
        "while not pathlib.Path('../{other}').exists():\n    assert time.monotonic() < end\n    time.sleep(0.1)"
    )
    small_course.add("left", meet.format(mine="left", other="right"))
    small_course.add("right", meet.format(mine="right", other="left"))
    code, output = small_course.course("run", "--jobs", "2")
    assert code == 0, output


def test_peak_memory_is_measured(small_course):
    small_course.add("memory", "import time\nblock = bytearray(400 * 2**20)\ntime.sleep(1)")
    small_course.course("run", "--fresh")
    assert 400 < report_of(small_course)[0]["peak_rss_mb"] < 700


def test_a_second_run_in_the_same_checkout_says_so(small_course):
    small_course.add("long", "from pathlib import Path\nPath('here').touch()\nimport time\ntime.sleep(600)")
    first = small_course.start("run", "--fresh")
    wait_until((small_course.root / "build" / "cwd" / "00_long" / "here").exists)
    code, output = small_course.course("run")
    assert code == 1
    assert output.startswith("course: Another `course` command is at work in ")
    assert first.poll() is None
    first.send_signal(signal.SIGINT)
    first.communicate()


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda path: path.write_text("{"), "is damaged"),
        (lambda path: path.write_text(path.read_text().replace('"version": 1', '"version": 0')), "of another version"),
    ],
)
def test_a_damaged_record_is_named_and_made_anew(small_course, harm, words):
    small_course.add("good", GOOD, bands=BAND)
    assert small_course.course("run", "--fresh")[0] == 0
    harm(small_course.record("good"))
    code, output = small_course.course("run", "--changed", "--fresh")
    assert code == 0
    assert words in output
    assert "00_good  started" in output


def test_a_build_folder_that_is_none_stops_with_a_sentence(small_course):
    small_course.add("good", GOOD)
    (small_course.root / "build").write_text("a file")
    code, output = small_course.course("run")
    assert code == 1
    assert output.startswith("course: Nothing can be written in")
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
    small_course.add("good", GOOD)
    code, output = small_course.course(*arguments)
    assert code == 2
    assert sentence in output
    assert output.count("\n") == 1


def test_results_of_an_earlier_run_do_not_pass_for_new_ones(small_course):
    small_course.add("lesson", GOOD, bands=BAND)
    small_course.course("run", "--fresh")
    assert report_of(small_course)[0]["records"] == {"answer": 42}
    small_course.add("lesson", "import os\nos._exit(3)")
    small_course.course("run", "--fresh")
    assert report_of(small_course)[0]["records"] == {}
