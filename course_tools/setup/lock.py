"""Makes requirements-lock.txt: the newest versions that fit requirements.txt and the extras. Installs nothing.

They are resolved for the oldest Python that the course promises, down to its last digit: a system's Python 3.11 may be
3.11.2. torch is pinned by hand, because an unpinned one brings gigabytes of CUDA on Linux.
"""

import itertools
import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OLDEST_PYTHON = "3.11.0"
TORCH = "2.13.0"
HEAD = """\
# The exact versions that `make` and CI install. Made by `make lock`, on Linux, for Python 3.11.0 and newer.
# torch carries no build tag here, so that each system takes its own build.
"""


def main() -> None:
    """Ask pip what it would install, and write it down."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--report", report]
        command += ["--target", folder, "--python-version", OLDEST_PYTHON, "--only-binary", ":all:"]
        command += ["--requirement", ROOT / "requirements.txt", f"torch=={TORCH}", *itertools.chain(*extras.values())]
        subprocess.run(command, check=True)
        chosen = [package["metadata"] for package in json.loads(report.read_text("utf-8"))["install"]]
    pins = sorted(f"{package['name']}=={package['version'].split('+')[0]}" for package in chosen)
    (ROOT / "requirements-lock.txt").write_text(HEAD + "\n".join(sorted(pins, key=str.lower)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
