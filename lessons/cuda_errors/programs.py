"""Runs a small program in a Python of its own: some errors of a GPU break the process that meets them."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def run(program: str, **settings: str) -> None:
    """Run a program; print the line of it that failed, the error, and what it printed. `settings`: its environment."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "program.py"
        file.write_text(program, encoding="utf-8")
        environment = {**os.environ, **settings}
        done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, env=environment)
    lines = done.stderr.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if file.name in line:
            print("our line:", following.strip())
        elif "Assertion `" in line or line.split(":")[0].endswith("Error"):
            print(line)
    print(done.stdout.strip())
