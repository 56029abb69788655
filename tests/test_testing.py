"""`course test`: a notebook that leaves files beside itself must not pass."""

import pytest

from course_tools.running import testing


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
    assert testing.run_tests(fast=True, public=False, extra=[]) == code
    assert ("course.workdir" in capsys.readouterr().out) == bool(code)


@pytest.mark.parametrize(
    ("fast", "public", "left_out"),
    [(True, False, "not slow and not public"), (False, False, "not public"), (False, True, "")],
)
def test_what_each_way_leaves_out(fast, public, left_out, monkeypatch):
    commands = []
    monkeypatch.setattr(testing.subprocess, "call", lambda command, **_: commands.append(command) or 0)
    testing.run_tests(fast, public, extra=[])
    (command,) = commands
    assert (command[command.index("-m", 3) + 1] if "-m" in command[3:] else "") == left_out
