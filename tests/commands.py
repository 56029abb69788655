"""Is a command that a workflow, an image or a hook runs one that this project has? Nothing is executed."""

import re
import shlex
from pathlib import Path

from course_tools.cli import UsageError, parse
from course_tools.project import ROOT

COURSE = re.compile(r"(?:\.venv/(?:bin|Scripts)/)?course")
INTERPRETERS = ("bash", "python", "python3")
PUBLISHES = ["gh", "release", "create"]  # GitHub's own command, which its machines have


def wrong(command: str, root: Path = ROOT) -> str:
    """Return what is wrong with one line of a shell in one sentence, or "" for a command of this project."""
    program, *arguments = shlex.split(command)
    if program == "make":
        lost = [target for target in arguments if target not in make_targets(root)]
        return f"The Makefile has no target {', '.join(lost)}." if lost else ""
    if program in INTERPRETERS:
        return "" if arguments and (root / arguments[0]).is_file() else f"There is no script for `{command}`."
    if [program, *arguments[:2]] == PUBLISHES:
        return ""
    if COURSE.fullmatch(program):
        return _wrong_call(arguments)
    return f"`{program}` is no command of this project."


def make_targets(root: Path = ROOT) -> set[str]:
    """Return what `make` can be called with."""
    return set(re.findall(r"^([a-z][\w-]*):", (root / "Makefile").read_text("utf-8"), re.MULTILINE))


def _wrong_call(arguments: list[str]) -> str:
    if not arguments:
        return "`course` is called without a command."
    try:
        parse(arguments)
    except UsageError as error:
        return f"course {' '.join(arguments)}: {error}"
    return ""
