"""The folded cell that fetches the course, as Colab meets it: a git address that is a folder here."""

import os
import shutil
import subprocess
import sys

import pytest

from course_tools.building import render
from course_tools.project import ROOT

WHERE = "\nimport course_utils\nprint('COURSE AT', course_utils.__file__)"


@pytest.fixture
def repository(tmp_path):
    """A git repository with the part of the course that a notebook needs."""
    folder = tmp_path / "on the net" / "my-course"
    shutil.copytree(ROOT / "course_utils", folder / "course_utils", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "requirements.txt", folder)
    commit = ["-c", "user.name=test", "-c", "user.email=test@example.org", "commit", "-q", "-m", "all"]
    for command in (["init", "-q"], ["add", "."], commit):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def run_cell(tmp_path, address, monkeypatch, before="", **environment):
    monkeypatch.setattr(render, "repository", lambda: str(address))
    home = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    code = before + render.fetch_cell().source + WHERE
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=tmp_path, env={**os.environ, **home, **environment}, capture_output=True, text=True
    )


@pytest.mark.parametrize("cloud", ["COLAB_RELEASE_TAG", "KAGGLE_KERNEL_RUN_TYPE"])
def test_on_colab_and_kaggle_it_clones_once(tmp_path, repository, monkeypatch, cloud):
    first = run_cell(tmp_path, repository, monkeypatch, **{cloud: "1"})
    assert f"COURSE AT {tmp_path / 'my-course' / 'course_utils'}" in first.stdout, first.stderr
    shutil.rmtree(repository)  # a second clone would fail now
    second = run_cell(tmp_path, repository, monkeypatch, **{cloud: "1"})
    assert second.stdout == first.stdout


def test_a_clone_that_fails_shows_gits_words_and_a_way_out(tmp_path, monkeypatch):
    result = run_cell(tmp_path, tmp_path / "nowhere", monkeypatch, COLAB_RELEASE_TAG="1")
    assert "does not exist" in result.stderr
    assert "Is the internet on" in result.stderr


def test_anywhere_else_it_fetches_nothing(tmp_path, monkeypatch):
    result = run_cell(tmp_path, tmp_path / "nowhere", monkeypatch)
    assert "COURSE AT" in result.stdout, result.stderr
    assert list(tmp_path.iterdir()) == []


def test_without_the_course_it_says_how_to_get_it(tmp_path, monkeypatch):
    blind = "import importlib.util\nimportlib.util.find_spec = lambda name: None\n"
    result = run_cell(tmp_path, "https://example.org/my-course", monkeypatch, before=blind)
    assert "Clone https://example.org/my-course and run `make lab` in it." in result.stderr
