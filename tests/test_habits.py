"""What keeps the checkout in order: line ends, hooks, spelling, and the pages about the project itself."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from course_tools.project import ROOT
from course_utils.outline import repository
from tests.commands import wrong
from tests.git import commit, git

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
HOOKS = {
    hook["id"]: {**hook, "rev": each.get("rev", "")}
    for each in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    for hook in each["hooks"]
}
CHECKED = "course-build-check"
TEXTS = (".py", ".md", ".toml", ".txt", ".j2", ".yml")


def checked_out_on_windows(folder: Path, *names: str) -> dict[str, bytes]:
    """Return the bytes of some files after a commit and a checkout, as git for Windows is set up by default."""
    git(folder, "init", "--quiet")
    git(folder, "config", "core.autocrlf", "true")
    commit(folder, {})
    for name in names:
        (folder / name).unlink()
    git(folder, "checkout", "--quiet", "--", ".")
    return {name: (folder / name).read_bytes() for name in names}


def test_a_windows_checkout_keeps_the_bytes(tmp_path):
    texts = ("data/emotion/train.csv", "notebooks/00_start_here.ipynb", "lessons/lora/lesson.py", "binder/postBuild")
    names = (*texts, "docs/figures/first_result.png")
    for name in (*names, ".gitattributes"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    kept = {name: (ROOT / name).read_bytes() for name in names}
    assert checked_out_on_windows(tmp_path, *names) == kept


def test_without_gitattributes_it_would_not(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"text\nfine\n")
    assert checked_out_on_windows(tmp_path, "a.csv") == {"a.csv": b"text\r\nfine\r\n"}


def test_ruff_is_the_same_in_a_hook_and_in_the_lock():
    lock = (ROOT / "requirements-lock.txt").read_text("utf-8")
    [version] = re.findall(r"^ruff==(.*)$", lock, re.MULTILINE)
    assert {HOOKS[name]["rev"] for name in ("ruff-check", "ruff-format")} == {f"v{version}"}


def test_codespell_is_the_same_in_a_hook_and_in_make():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert re.findall(r"pipx run codespell==(\S+)", makefile) == [HOOKS["codespell"]["rev"].removeprefix("v")]


def test_an_audit_reads_each_lock_and_fails_on_what_it_cannot_look_up():
    [audit] = re.findall(r"^audit: ; @(.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert "--strict" in audit
    assert re.findall(r"--requirement (\S+)", audit) == ["requirements-lock.txt", "requirements-publish.txt"]


def test_ruff_formats_what_is_kept_formatted_and_no_lesson():
    """A lesson's cells have another width, for the notebooks."""
    pattern = re.compile(HOOKS["ruff-format"]["files"])
    assert all(pattern.match(f"{folder}/x.py") for folder in ("course_tools", "course_utils", "tests"))
    assert not pattern.match("lessons/lora/lesson.py")


def test_a_push_waits_for_the_check_of_the_stored_notebooks():
    hook = HOOKS[CHECKED]
    assert hook["stages"] == ["pre-push"]
    assert hook["always_run"] and not hook["pass_filenames"]
    [command] = re.findall(r"(course [^']+)'$", hook["entry"])
    assert command == "course build --check"
    assert wrong(command) == ""


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a script of a shell")
@pytest.mark.parametrize("folder", ["bin", "Scripts"])
@pytest.mark.parametrize("code", [0, 1])
def test_the_hook_finds_the_command_in_both_layouts_and_passes_on_what_it_says(tmp_path, folder, code):
    stand_in = tmp_path / ".venv" / folder / "course"
    stand_in.parent.mkdir(parents=True)
    stand_in.write_text(f'#!/bin/sh\necho "called with $*"\nexit {code}\n', encoding="utf-8")
    stand_in.chmod(0o755)
    result = subprocess.run(HOOKS[CHECKED]["entry"], shell=True, cwd=tmp_path, capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (code, "called with build --check\n")


def test_a_slip_on_purpose_is_listed_only_while_it_stands_somewhere():
    settings = PROJECT["tool"]["codespell"]
    folders = ("course_tools", "course_utils", "data", "docs", "lessons", "tests")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.*") if path.suffix in TEXTS]
    known = {line for path in files for line in path.read_text("utf-8").splitlines()}
    listed = (ROOT / settings["exclude-file"]).read_text("utf-8").splitlines()
    assert listed and [line for line in listed if line not in known] == []
    words = settings["ignore-words-list"].split(",")
    assert words == sorted(set(words))


def test_the_citation_says_what_the_project_says():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)  # what the format demands
    assert citation["version"] == PROJECT["project"]["version"]
    assert citation["repository-code"] == repository()
    assert " AND ".join(citation["license"]) == PROJECT["project"]["license"]
    assert (ROOT / "README.md").read_text("utf-8").startswith(f"# {citation['title']}\n")


def test_the_changelog_has_its_form():
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    versions = re.findall(r"^## \[(.+?)\]", text, re.MULTILINE)
    assert versions[0] == "Unreleased"
    links = dict(re.findall(r"^\[(.+?)\]: (\S+)$", text, re.MULTILINE))
    assert set(links) == set(versions)
    assert all(link.startswith(f"{repository()}/") for link in links.values())
    kinds = set(re.findall(r"^### (.+)$", text, re.MULTILINE))
    assert kinds and kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_the_guide_for_contributors_leads_on():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    links = re.findall(r"\]\((?!https?://)([^)#]+)", text)
    assert "docs/authors.md" in links
    assert [link for link in links if not (ROOT / link).exists()] == []
    [block] = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    commands = [line.partition("#")[0].strip() for line in block.splitlines()]
    assert [problem for line in commands if (problem := wrong(line))] == []
