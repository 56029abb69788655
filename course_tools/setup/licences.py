"""The licence of each package that set-up installs, as its own metadata says. No network.

`python -m course_tools.setup.licences` prints them all, and leaves with 1 where one is not in licences.toml.
"""

import re
import sys
import tomllib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from course_tools.project import ROOT

LOCKS = ("requirements-lock.txt", "requirements-publish.txt", "requirements-models.txt")
RULES = Path(__file__).with_name("licences.toml")
CLASSIFIER = "License :: "
WORDS_OF_SPDX = {"AND", "OR", "WITH"}


@dataclass(frozen=True)
class Package:
    """An installed package, with what it says about its licence: each saying in its own words."""

    name: str
    version: str
    sayings: tuple[str, ...]

    def licence(self, rules: dict) -> str | None:
        """Return the licence in SPDX's names, or None where no rule knows it."""
        if self.name.lower() in rules["packages"]:
            return rules["packages"][self.name.lower()]
        found = [rules["spellings"].get(saying, saying) for saying in self.sayings]
        if not found or any(_names(licence) - set(rules["known"]) for licence in found):
            return None
        return " AND ".join(dict.fromkeys(found))


def installed() -> list[Package]:
    """Return the packages of the three locks, in their order, as far as they are installed."""
    return [read(metadata.metadata(name)) for name in locked() if _is_there(name)]


def locked() -> list[str]:
    """Return the names in the three locks."""
    texts = [(ROOT / name).read_text("utf-8") for name in LOCKS]
    return [name for text in texts for name in re.findall(r"^([\w.-]+)==", text, re.MULTILINE)]


def read(about: metadata.PackageMetadata) -> Package:
    """Return what the metadata of a package says, the newest of its three forms first."""
    classifiers = [each for each in about.get_all("Classifier") or [] if each.startswith(CLASSIFIER)]
    said = [each.rpartition(" :: ")[2] for each in classifiers if each != f"{CLASSIFIER}OSI Approved"]
    if expression := about.get("License-Expression"):
        said = [expression]
    elif not said and about.get("License"):
        said = [about["License"].strip().splitlines()[0]]
    return Package(about["Name"], about["Version"], tuple(said))


def rules() -> dict:
    """Return what licences.toml says."""
    return tomllib.loads(RULES.read_text("utf-8"))


def problems(packages: list[Package], known: dict) -> list[str]:
    """Return a sentence for each package whose licence no rule knows."""
    return [
        f"{package.name} {package.version} says about its licence: {'; '.join(package.sayings) or 'nothing'}. "
        f"Read it. If the course may use it, add it to {RULES.relative_to(ROOT).as_posix()}."
        for package in packages
        if package.licence(known) is None
    ]


def main() -> int:
    """Print a line for each package, then what is wrong."""
    packages, known = installed(), rules()
    for package in packages:
        print(f"{package.name} {package.version}: {package.licence(known) or 'not known'}")
    wrong = problems(packages, known)
    for problem in wrong:
        print(problem, file=sys.stderr)
    return 1 if wrong else 0


def _names(licence: str) -> set[str]:
    return set(re.findall(r"[^\s()]+", licence)) - WORDS_OF_SPDX


def _is_there(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
