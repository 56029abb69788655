"""`course test`: one pytest run over the tests, and over the stored notebooks with nbval."""

import os
import subprocess
import sys

from course_tools.project import NOTEBOOKS, ROOT

CELL_TIMEOUT_SECONDS = 300


def run_tests(fast: bool, extra: list[str]) -> int:
    """Run the tests and return pytest's exit code. `fast` executes no lesson; `extra` goes to pytest as it is."""
    command = [sys.executable, "-m", "pytest"]
    environment = {**os.environ, "COURSE_PROFILE": "laptop"}
    if fast:
        command += ["tests", "-m", "not slow"]
    else:  # the longest first, two files at a time, each with half the cores
        command += [NOTEBOOKS.name, "tests", "-n", "2", "--dist", "loadfile"]
        command += ["--nbval-lax", "--nbval-current-env", "-p", "course_tools.nbval_clean"]
        command += [f"--nbval-cell-timeout={CELL_TIMEOUT_SECONDS}"]
        environment.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // 2)))
    return subprocess.call([*command, *extra], cwd=ROOT, env=environment)
