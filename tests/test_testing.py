"""`course test`: a notebook that leaves files beside itself must not pass."""

import pytest

from course_tools.grading import grade, guard, kernel
from course_tools.project import BUDGET_SECONDS, ROOT
from course_tools.running import executor, speed, testing, verdict
from course_utils.checks import limit, sheet


@pytest.mark.parametrize(
    ("drops", "code"), [([], 0), (["work/lesson/file"], 0), (["runs/events"], 1), (["stray.csv"], 1)]
)
def test_files_dropped_beside_the_notebooks_fail_the_run(tmp_path, monkeypatch, capsys, drops, code):
    (tmp_path / "00_old.ipynb").touch()

    def run_pytest(*_, **__):
        for name in drops:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()
        return 0

    monkeypatch.setattr(testing, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(testing, "SOLUTIONS", tmp_path / "none")
    monkeypatch.setattr(testing.subprocess, "call", run_pytest)
    assert testing.run_tests("fast", extra=[]) == code
    assert ("course.workdir" in capsys.readouterr().out) == bool(code)


@pytest.mark.parametrize(
    ("tier", "left_out", "anew"),
    [
        ("fast", "not slow and not nightly and not public", False),
        ("usual", "not nightly and not public", False),
        ("all", "not public", True),
        ("public", "", True),
    ],
)
def test_what_each_tier_leaves_out(tier, left_out, anew, monkeypatch):
    calls = []
    monkeypatch.setattr(testing.subprocess, "call", lambda command, **options: calls.append((command, options)) or 0)
    testing.run_tests(tier, extra=[])
    ((command, options),) = calls
    assert (command[command.index("-m", 3) + 1] if "-m" in command[3:] else "") == left_out
    assert (testing.ANEW in options["env"]) == anew


def test_the_page_for_authors_says_the_limits_that_hold():
    page = " ".join((ROOT / "docs" / "authors.md").read_text(encoding="utf-8").split())
    assert "done nothing for three minutes" in page
    assert executor.IDLE_SECONDS == 3 * 60
    assert "has worked eight budgets long" in page
    assert executor.BUDGETS_OF_WORK["laptop"] == 8
    assert "memory (3 GiB)" in page
    assert verdict.MOST_MB == 3 * 1024
    assert f"matrices of {speed.SIDE} x {speed.SIDE} reaches {speed.REFERENCE_GFLOPS} GFLOP/s" in page
    assert f"Budgets: {BUDGET_SECONDS['lesson']} a lesson, {BUDGET_SECONDS['case']} a case" in page
    assert "may use 20 s of it" in page and "when it only waits, for a minute" in page
    assert (sheet.SECONDS, limit.IDLE_SECONDS) == (20, 60)


def test_the_page_for_instructors_says_the_limits_that_hold():
    page = " ".join((ROOT / "docs" / "instructors.md").read_text(encoding="utf-8").split())
    assert f"a cell: {grade.CELL_SECONDS} s of the processor" in page
    assert "and four times that by the clock; a notebook: 16 times" in page
    assert (kernel.IDLE, kernel.WHOLE) == (4, 16)
    assert f"{guard.MEMORY_BYTES // 2**30} GiB for a process, {kernel.MEMORY_LIMIT_MB // 1024} GiB for all" in page
    assert f"| processes | {guard.MOST_PROCESSES} at a time |" in page
    assert "a million characters of text, and 40 million of pictures" in page
    assert (kernel.LONGEST_TEXT, kernel.LARGEST_OUTPUT) == (10**6, 40 * 10**6)
