"""git, asked without a person at the keyboard: it waits for no password, and its last words become one sentence."""

import os
import shutil
import subprocess
from pathlib import Path

from course_utils import CourseError

OF_ANOTHER_CALL = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")  # a hook hands them on
SILENT = {"GIT_TERMINAL_PROMPT": "0", "GIT_LITERAL_PATHSPECS": "1", "GIT_EDITOR": "true"}


class Git:
    """git in one checkout."""

    def __init__(self, root: Path):
        """Raises CourseError where `root` is not the top of a checkout, or git is not installed."""
        self.root = root
        if not (root / ".git").exists():
            raise CourseError(f"{root} is no checkout of git. Get one with `git clone`, then try again in it.")
        if not shutil.which("git"):
            raise CourseError("git is not installed. Install it (https://git-scm.com/downloads), then try again.")

    def __call__(self, *arguments: str) -> str:
        """Return what a command prints, without the last line end. Raises CourseError with git's own words."""
        done = self._run(*arguments)
        if done.returncode:
            words = done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}"
            raise CourseError(f"`git {arguments[0]}` failed: {' '.join(words.split())}")
        return os.fsdecode(done.stdout).removesuffix("\n")

    def says(self, *arguments: str) -> bool:
        """Return whether a command leaves with 0: git's way to answer a question with yes."""
        return not self._run(*arguments).returncode

    def names(self, *arguments: str) -> list[str]:
        """Return what a command prints with `-z`: one entry for each name, whatever characters it holds."""
        return [name for name in self(*arguments).split("\0") if name]

    def _run(self, *arguments: str) -> subprocess.CompletedProcess:
        environment = {name: value for name, value in os.environ.items() if name not in OF_ANOTHER_CALL}
        return subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env={**environment, **SILENT},
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
