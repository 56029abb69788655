"""Reads a Dockerfile and a .dockerignore as far as the tests need it. Nothing is built."""

import re
import shlex
from pathlib import Path, PurePosixPath


def instructions(dockerfile: Path) -> list[tuple[str, str]]:
    """Return (instruction, the rest of its line) for each one, comments left out, continued lines joined."""
    text = re.sub(r"^\s*#.*\n", "", dockerfile.read_text("utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    return [(line.split()[0].upper(), line.split(maxsplit=1)[1].strip()) for line in text.splitlines() if line.strip()]


def commands(run: str) -> list[str]:
    """Return the commands of a RUN, one by one."""
    return [command.strip() for command in run.split("&&")]


def copied_from(copy: str) -> list[str]:
    """Return the sources of a COPY: neither its options nor its target."""
    return [word for word in shlex.split(copy) if not word.startswith("--")][:-1]


def left_out(path: str, ignore: Path) -> bool:
    """True where a .dockerignore of plain names and of `**/name` keeps this path out of the image."""
    lines = [line for line in ignore.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return any(_matches(PurePosixPath(path), line) for line in lines)


def _matches(path: PurePosixPath, pattern: str) -> bool:
    anywhere = pattern.removeprefix("**/")
    if any(sign in anywhere for sign in "/!?["):
        raise ValueError(f".dockerignore: the tests cannot read {pattern!r}. Write NAME or **/NAME.")
    parts = path.parts if anywhere != pattern else path.parts[:1]
    return any(PurePosixPath(part).match(anywhere) for part in parts)
