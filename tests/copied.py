"""Copies of the course, for tests that change it or write into its build folder."""

import shutil
from pathlib import Path

from course_tools.project import ROOT

FILES = ("pyproject.toml", "requirements.txt", "requirements-lock.txt", "requirements-models.txt", "README.md")


def copy_course(root: Path, *folders: str) -> None:
    """Copy folders of the course, and the files beside them that it reads, into `root`."""
    for name in folders:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, root)
