"""Small repositories of git, for tests."""

import os
import subprocess
from pathlib import Path

WHO = ("-c", "user.name=x", "-c", "user.email=x@example.org")
NO_SETTINGS = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}  # those of whoever runs the tests


def git(folder: Path, *command: str, check: bool = True) -> str:
    """Return what a command prints, without the space around it."""
    settings = {"env": {**os.environ, **NO_SETTINGS}, "encoding": "utf-8"}
    return subprocess.run(
        ["git", *WHO, *command], cwd=folder, capture_output=True, check=check, **settings
    ).stdout.strip()


def write(folder: Path, files: dict[str, str | None]) -> None:
    """Write files; None deletes one."""
    for name, text in files.items():
        if text is None:
            (folder / name).unlink()
        else:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")


def commit(folder: Path, files: dict[str, str | None]) -> None:
    """Write files, and commit all that is there, what git ignores included."""
    write(folder, files)
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--message", "x")
