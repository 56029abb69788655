"""The folder that the course lies in: moved, with an odd name, read-only, without git, used twice at once."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course_tools.project import ROOT
from course_tools.setup import bootstrap

BIN = "Scripts" if os.name == "nt" else "bin"
SET_UP = """\
import sys
sys.path.insert(0, "course_tools/setup")
import bootstrap
bootstrap.run_pip = lambda arguments, expected=0: ""  # no network: the packages are not what is tried here
bootstrap.compile_packages = lambda: None
bootstrap.GIB_NEEDED = 0
bootstrap.main()
"""


def set_up(folder: Path) -> str:
    """Run the set-up of a checkout as `make setup` does, but for the packages."""
    done = subprocess.run([sys.executable, "-c", SET_UP], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def pip_of(folder: Path) -> subprocess.CompletedProcess:
    return subprocess.run([folder / ".venv" / BIN / "pip", "--version"], capture_output=True, text=True)


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A checkout with what the set-up needs."""
    folder = tmp_path / "course"
    (folder / "course_tools" / "setup").mkdir(parents=True)
    shutil.copy(bootstrap.__file__, folder / "course_tools" / "setup")
    for name in bootstrap.INPUTS:
        shutil.copy(ROOT / name, folder)
    return folder


def test_a_moved_checkout_gets_scripts_that_start_its_own_python(checkout):
    assert "Making .venv" in set_up(checkout)
    moved = checkout.with_name("moved")
    checkout.rename(moved)
    with pytest.raises(FileNotFoundError):
        pip_of(moved)
    assert "This folder was moved or copied" in set_up(moved)
    assert str(moved) in pip_of(moved).stdout


def test_a_copied_checkout_does_not_start_the_first_ones_python(checkout):
    set_up(checkout)
    link = checkout.with_name("link")
    link.symlink_to(checkout, target_is_directory=True)
    assert set_up(link) == "", "a link is no move"
    copied = checkout.with_name("copied")
    shutil.copytree(checkout, copied, symlinks=True)
    assert str(checkout) in pip_of(copied).stdout, "the trap: it works, and is not this checkout's"
    assert "This folder was moved or copied" in set_up(copied)
    assert str(copied) in pip_of(copied).stdout
