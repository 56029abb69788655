"""Makes requirements-lock.txt: the newest versions that fit requirements.txt and the extra `tools`, in a clean place.

torch is pinned by hand, because an unpinned one brings gigabytes of CUDA on Linux.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TORCH = "2.13.0"
HEAD = """\
# The exact versions that `make` and CI install. Made by `make lock`, on Linux with Python 3.11.
# torch carries no build tag here, so that each system takes its own build.
"""


def main() -> None:
    """Install everything into a new environment, and write down what came."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = Path(folder) / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", f"torch=={TORCH}", f"{ROOT}[tools]"], check=True)
        frozen = subprocess.run([*pip, "freeze", "--all"], check=True, stdout=subprocess.PIPE, text=True).stdout
    pins = [line for line in frozen.splitlines() if not re.match(r"(pip|finetuning-course|nvidia-.*|triton)\b", line)]
    pins = [re.sub(r"^(torch==[\d.]+)\+\w+$", r"\1", line) for line in pins]
    (ROOT / "requirements-lock.txt").write_text(HEAD + "\n".join(pins) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
