"""Every check against the reference solution, other right answers, the untouched stub, wrong answers, and nonsense."""

import json
import subprocess
import sys

import pytest

from course_tools.project import BUILD, ROOT, all_sheets

TABLES = BUILD / "graders"  # conftest.py prints them when all tests are over
LONGEST_CHECK_SECONDS, LONGEST_SHEET_SECONDS = 5, 10  # of the processor: they do not grow on a busy machine


@pytest.mark.parametrize("name", [sheet.slug for sheet in all_sheets()])
def test_every_answer_is_judged_as_it_should_be(name):
    command = [sys.executable, "-m", "tests.grade_the_graders", name]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr
    verdicts = [json.loads(line) for line in result.stdout.splitlines()]
    TABLES.mkdir(parents=True, exist_ok=True)
    (TABLES / f"{name}.json").write_text(json.dumps(verdicts), encoding="utf-8")
    wrong = [verdict for verdict in verdicts if not verdict["fine"]]
    assert not wrong, "\n\n".join(f"{each['exercise']}, {each['answer']}:\n{each['message']}" for each in wrong)
    stubs = [verdict for verdict in verdicts if verdict["answer"] == "the untouched stub"]
    for words in ("expected: ", "received: ", "perhaps: ", ".hint()"):
        assert all(words in verdict["message"] for verdict in stubs)
    assert max(verdict["cpu_seconds"] for verdict in verdicts) < LONGEST_CHECK_SECONDS
    solved = [verdict["cpu_seconds"] for verdict in verdicts if verdict["answer"] == "the reference solution"]
    assert sum(solved) < LONGEST_SHEET_SECONDS
