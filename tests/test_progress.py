"""A student's own machine: the sheets find their checks from any folder, and `course progress` tells how far one is."""

import json
import os
import subprocess
import sys

from course_tools.cli import main
from course_utils.quiz import read

PLAIN = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def test_a_kernel_in_any_folder_finds_the_checks(tmp_path):
    """Jupyter starts kernels in the folder of the notebook, with no path of ours."""
    code = "from lessons.start_here import checks as check; print(check.sheet.lesson)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, env=PLAIN)
    assert (done.stdout, done.stderr) == ("start_here\n", "")


def test_the_progress_of_all_sheets_is_told(tmp_path, capsys):
    kept = tmp_path / "work" / "start_here_exercises" / "progress.json"
    kept.parent.mkdir(parents=True)
    kept.write_text('{"paired_gain": true, "lazy_scores": false}')
    assert main(["progress", str(tmp_path)]) == 0
    first, *others = capsys.readouterr().out.splitlines()
    assert first.startswith("00  □■ 1 of 2 right")
    assert all(" 0 of " in line for line in others)


def test_the_quizzes_are_told_too_from_the_folder_of_the_lessons(tmp_path, capsys):
    first = read("start_here")[0].name
    kept = tmp_path / "notebooks" / "work" / "start_here" / "quiz.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(json.dumps({first: True}))
    (tmp_path / "exercises").mkdir()
    assert main(["progress", str(tmp_path / "exercises")]) == 0
    assert "quiz ■□" in capsys.readouterr().out.splitlines()[0]


def test_a_folder_that_is_not_there_is_said(capsys):
    assert main(["progress", "no-such-folder"]) == 2
    assert "There is no folder no-such-folder" in capsys.readouterr().err
