"""The ways to start: each file leads to the course's own set-up, each link to this repository. No image is built."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import ipykernel
import pytest

from course_tools.project import ROOT
from course_tools.setup import bootstrap
from course_utils.outline import repository
from tests.commands import wrong
from tests.images import commands, copied_from, instructions, left_out

DOCKERFILE, IGNORE = ROOT / "Dockerfile", ROOT / ".dockerignore"
STEPS = instructions(DOCKERFILE)
START = (ROOT / "docs" / "start.md").read_text("utf-8")
SET_UP = "python course_tools/setup/bootstrap.py"
OF_THE_SYSTEM = ("useradd", "install")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
NOTEBOOKS = "notebooks"
STAND_IN = """
import sys, venv
print("set-up by", sys.argv[0])
venv.create(".venv")
"""


def rests(instruction: str) -> list[str]:
    return [rest for name, rest in STEPS if name == instruction]


def python_of(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.search(r"(\d+)\.(\d+)", text).groups())


def test_each_start_has_a_python_that_the_course_promises():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    runtime = (ROOT / "binder" / "runtime.txt").read_text("utf-8")
    for text in (*rests("FROM"), container["image"], runtime):
        assert bootstrap.OLDEST <= python_of(text) <= bootstrap.NEWEST, text
    assert re.fullmatch(r"python-3\.\d+\n", runtime)  # what repo2docker reads


def test_the_image_is_set_up_by_the_course_and_by_nobody_else():
    run = [command for rest in rests("RUN") for command in commands(rest)]
    ours = [command for command in run if command.split()[0] not in OF_THE_SYSTEM]
    assert ours == [SET_UP]
    assert wrong(SET_UP) == ""


def test_whoever_works_in_the_image_is_not_root():
    names = [name for name, _ in STEPS]
    assert rests("USER") == ["student"]
    assert names.index("USER") < names.index("COPY") < STEPS.index(("RUN", SET_UP))
    [home] = rests("WORKDIR")
    assert f"--owner student --group student {home}" in rests("RUN")[0]
    assert rests("COPY")[0].startswith("--chown=student ")


def test_the_image_holds_all_that_set_up_installs_from():
    sources = [source for rest in rests("COPY") for source in copied_from(rest)]
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert "." in sources
    packages = [name.replace(".", "/") for name in PROJECT["tool"]["setuptools"]["packages"]]
    lessons = [path.relative_to(ROOT).as_posix() for path in (ROOT / NOTEBOOKS).glob("*.ipynb")]
    needed = [*bootstrap.INPUTS, *PROJECT["project"]["license-files"], PROJECT["project"]["readme"], *packages]
    for name in [*needed, SET_UP.split()[1], "data/emotion/train.csv", *lessons]:
        assert (ROOT / name).exists(), name
        assert not left_out(name, IGNORE), name


def test_the_image_holds_nothing_that_git_ignores():
    for line in (ROOT / ".gitignore").read_text("utf-8").splitlines():
        name = line.strip("/").replace("*", "x")
        assert left_out(name, IGNORE), line
        if not line.startswith("/"):
            assert left_out(f"notebooks/{name}", IGNORE), line
    assert left_out(".git/config", IGNORE)


def test_a_pattern_that_these_tests_cannot_read_is_refused(tmp_path):
    (tmp_path / "ignore").write_text("!data/x\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"cannot read '!data/x'"):
        left_out("data/x", tmp_path / "ignore")


def test_the_image_opens_jupyterlab_where_the_makefile_does():
    [command] = rests("CMD")
    program, *flags = ast.literal_eval(command)
    [port] = rests("EXPOSE")
    assert program == ".venv/bin/jupyter"
    assert {"lab", f"--port={port}", "--ip=0.0.0.0", "--no-browser"} <= set(flags)
    [first] = [flag for flag in flags if flag.startswith("--LabApp.default_url=")]
    assert first in (ROOT / "Makefile").read_text("utf-8")
    assert (ROOT / first.partition("/lab/tree/")[2]).is_file()
    assert f"--publish 127.0.0.1:{port}:{port} " in START  # nobody else in the network reaches it


def test_the_dev_container_is_set_up_by_the_course():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    assert container["postCreateCommand"] == SET_UP
    settings = container["customizations"]["vscode"]["settings"]
    assert settings["python.defaultInterpreterPath"] == "${containerWorkspaceFolder}/.venv/bin/python"


@pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="Binder is Linux: its script needs bash")
def test_binder_hands_the_notebooks_the_python_that_set_up_made(tmp_path):
    """The script itself, with a stand-in for the set-up that makes an empty `.venv`."""
    script = tmp_path / SET_UP.split()[1]
    script.parent.mkdir(parents=True)
    script.write_text(STAND_IN, encoding="utf-8")
    shutil.copytree(ROOT / "binder", tmp_path / "binder")
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "python").symlink_to(sys.executable)
    installed = str(Path(ipykernel.__file__).parents[1])
    places = {"HOME": str(tmp_path / "home"), "NB_PYTHON_PREFIX": str(tmp_path / "server")}
    environment = {**os.environ, **places, "PATH": f"{tools}:{os.environ['PATH']}"}
    result = subprocess.run(
        ["bash", "binder/postBuild"],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": installed},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert "set-up by course_tools/setup/bootstrap.py" in result.stdout
    kernel = json.loads((tmp_path / "server/share/jupyter/kernels/python3/kernel.json").read_text("utf-8"))
    assert kernel["argv"][0] == str(tmp_path / ".venv" / "bin" / "python")


def test_binder_can_execute_its_script():
    assert (ROOT / "binder" / "postBuild").read_text("utf-8").startswith("#!/usr/bin/env bash\n")
    if os.name != "nt":
        assert os.access(ROOT / "binder" / "postBuild", os.X_OK)


def test_each_link_of_the_page_leads_to_this_repository():
    slug = repository().removeprefix("https://github.com/")
    assert f"<https://mybinder.org/v2/gh/{slug}/main?urlpath=lab/tree/{NOTEBOOKS}>" in START
    assert f"<https://codespaces.new/{slug}>" in START
    assert f"git clone {repository()}\n" in START
    assert set(re.findall(r"https://github\.com/([\w-]+/[\w-]+)", START)) == {slug}


def test_the_link_for_a_hub_is_as_nbgitpuller_reads_it():
    [link] = re.findall(r"^https://YOUR-HUB/\S+$", START, re.MULTILINE)
    assert urlsplit(link).path == "/hub/user-redirect/git-pull"
    assert parse_qs(urlsplit(link).query, strict_parsing=True) == {
        "repo": [repository()],
        "branch": ["main"],
        "urlpath": [f"lab/tree/{repository().rpartition('/')[2]}/{NOTEBOOKS}"],
    }


def test_the_page_names_files_that_are_there_and_is_found():
    for link in re.findall(r"\]\((?!https?://|#)([^)#]+)", START):
        assert (ROOT / "docs" / link).exists(), link
    headings = {
        re.sub(r"[^\w -]", "", line[3:]).lower().replace(" ", "-") for line in START.splitlines() if line[:3] == "## "
    }
    assert set(re.findall(r"\]\(#([\w-]+)\)", START)) == headings
    assert "(docs/start.md)" in (ROOT / "README.md").read_text("utf-8").partition("## The lessons")[0]


def test_a_hub_installs_what_set_up_installs():
    lines = re.findall(r"^pip install (.*)$", START, re.MULTILINE)
    assert "--requirement requirements-lock.txt" in lines
    assert "--no-deps --editable ." in lines
    assert f"--no-deps --require-hashes --requirement {bootstrap.MODELS}" in lines
