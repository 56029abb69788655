"""Every check against the solution, other right answers, the untouched stub, wrong answers, mutants, and nonsense."""

import json
import subprocess
import sys

import pytest

from course_tools.building.render import render
from course_tools.project import BUILD, ROOT, all_sheets
from tests.mutants import mutants

TABLES = BUILD / "graders"  # conftest.py prints them when all tests are over
LONGEST_CHECK_SECONDS, LONGEST_SHEET_SECONDS = 5, 10  # of the processor: they do not grow on a busy machine
MUTANTS_AN_EXERCISE = 20  # on the average


def judged(name: str) -> list[dict]:
    command = [sys.executable, "-m", "tests.grade_the_graders", name]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_there_are_enough_mutants():
    cells = [cell for sheet in all_sheets() for cell in render(sheet).cells if "answer" in cell.metadata]
    assert sum(len(mutants(cell.source)) for cell in cells) >= MUTANTS_AN_EXERCISE * len(cells)


@pytest.mark.parametrize("name", [sheet.slug for sheet in all_sheets()])
def test_every_answer_is_judged_as_it_should_be(name):
    verdicts = judged(name)
    TABLES.mkdir(parents=True, exist_ok=True)
    (TABLES / f"{name}.json").write_text(json.dumps(verdicts), encoding="utf-8")
    wrong = [verdict for verdict in verdicts if not verdict["fine"]]
    assert not wrong, "\n\n".join(f"{each['exercise']}, {each['answer']}:\n{each['message']}" for each in wrong)
    stubs = [verdict for verdict in verdicts if verdict["answer"] == "the untouched stub"]
    for words in ("expected: ", "received: ", ".hint()"):
        assert all(words in verdict["message"] for verdict in stubs)
    by_hand = [verdict["cpu_seconds"] for verdict in verdicts if verdict["kind"] == "by hand"]
    assert max(by_hand) < LONGEST_CHECK_SECONDS
    solved = [verdict["cpu_seconds"] for verdict in verdicts if verdict["answer"] == "the reference solution"]
    assert sum(solved) < LONGEST_SHEET_SECONDS
