"""Makes requirements-lock.txt: the newest versions that fit requirements.txt and the extras. Installs nothing.

What only the extra `publish` needs goes into requirements-publish.txt: no lesson imports it, so a newer Sphinx makes no
stored output stale. All are resolved for the oldest Python that the course promises, down to its last digit: a system's
Python 3.11 may be 3.11.2. torch is pinned by hand, because an unpinned one brings gigabytes of CUDA on Linux. The
canary asks for more: the newest torch with a CPU build, and what comes before a release of what requirements.txt names.
"""

import argparse
import json
import platform
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OLDEST_PYTHON = "3.11.0"
TORCH = "2.13.0"
CPU_BUILD = "+cpu"
PUBLISH = "publish"
LOCK_HEAD = """\
# The exact versions that `make` and CI install. Made by `make lock`, on Linux, for Python 3.11.0 and newer.
# torch carries no build tag here, so that each system takes its own build.
"""
PUBLISH_HEAD = """\
# What the site and the quiz packages need on top. No lesson imports it. Made by `make lock`.
"""


def main() -> None:
    """Ask pip what it would install, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("--newest-torch", action="store_true", help="instead of the torch that is pinned here")
    parser.add_argument("--prerelease", action="store_true", help="release candidates and the like, too")
    options = parser.parse_args()
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    torch = newest_torch(options.prerelease) if options.newest_torch else TORCH
    wanted = [package for name, packages in extras.items() if name != PUBLISH for package in packages]
    pins = resolve([f"torch=={torch}", *wanted, *(before_release() if options.prerelease else [])])
    more = resolve([*pins, *extras[PUBLISH]])
    write("requirements-lock.txt", LOCK_HEAD, pins)
    write("requirements-publish.txt", PUBLISH_HEAD, [pin for pin in more if pin not in pins])


def before_release() -> list[str]:
    """Return a range for each package of requirements.txt that begins before a release: then pip takes those, too."""
    names = re.findall(r"^[\w.-]+", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    return [f"{name}>=0.dev0" for name in names]


def newest_torch(prerelease: bool = False) -> str:
    """Return the newest version of torch that brings no CUDA here. Ends the program where no index offers one."""
    command = [sys.executable, "-m", "pip", "index", "versions", "torch", "--python-version", OLDEST_PYTHON]
    command += ["--only-binary", ":all:", *(["--pre"] if prerelease else [])]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    versions = re.search(r"Available versions: (.*)", told).group(1).split(", ")  # the newest first
    if platform.system() == "Linux":  # elsewhere, torch of PyPI is a CPU build
        versions = [version for version in versions if version.endswith(CPU_BUILD)]
    if not versions:
        sys.exit(
            "No index offers a CPU build of torch. "
            "Set PIP_EXTRA_INDEX_URL to the CPU index that PyTorch's install page names, then run the same again."
        )
    return versions[0].removesuffix(CPU_BUILD)


def resolve(packages: list[str]) -> list[str]:
    """Return a pin for each package that these and requirements.txt need, all the way down."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--report", report]
        command += ["--target", folder, "--python-version", OLDEST_PYTHON, "--only-binary", ":all:"]
        command += ["--requirement", ROOT / "requirements.txt", *packages]
        subprocess.run(command, check=True)
        chosen = [package["metadata"] for package in json.loads(report.read_text("utf-8"))["install"]]
    return sorted((f"{package['name']}=={package['version'].split('+')[0]}" for package in chosen), key=str.lower)


def write(name: str, head: str, pins: list[str]) -> None:
    """Write one list of pins."""
    (ROOT / name).write_text(head + "\n".join(pins) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
