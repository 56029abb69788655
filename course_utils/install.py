"""Installs what Colab or Kaggle lacks. Nothing that is there is replaced, torch and numpy least of all."""

import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from course_utils.errors import CourseError

ROOT = Path(__file__).resolve().parents[1]


def install_missing() -> None:
    """Install each requirement that is missing or out of range, with everything else held at its version.

    Raises CourseError where pip fails, with all of pip's own words above it.
    """
    missing = [str(requirement) for requirement in requirements() if not satisfied(requirement)]
    if not missing:
        return
    print("Installing what is missing here:", ", ".join(missing), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        held = Path(folder) / "held.txt"
        held.write_text("\n".join(_held(("torch", "numpy"))), encoding="utf-8")
        command = [sys.executable, "-m", "pip", "install", "--progress-bar=off", "--constraint", str(held), *missing]
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode:
        print(result.stdout, end="")
        raise CourseError(
            f"pip could not install {', '.join(missing)}; its own words are above. "
            "Is the internet switched on (on Kaggle: Settings, Internet)? Then restart the session and run this cell."
        )
    print(*result.stdout.splitlines()[-1:], sep="\n")


def requirements() -> list:
    """Return requirements.txt as a list of `packaging.requirements.Requirement`."""
    from packaging.requirements import Requirement

    lines = (line.split("#")[0].strip() for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines())
    return [Requirement(line) for line in lines if line]


def satisfied(requirement) -> bool:
    """True where the package is installed, in the range asked for."""
    try:
        return requirement.specifier.contains(metadata.version(requirement.name), prereleases=True)
    except metadata.PackageNotFoundError:
        return False


def _held(names: tuple[str, ...]) -> list[str]:
    lines = []
    for name in names:
        try:
            lines.append(f"{name}=={metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return lines
