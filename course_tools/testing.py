"""`course test`: one pytest run over the tests, and over the stored notebooks with nbval."""

import os
import subprocess
import sys

from course_tools.project import NOTEBOOKS, ROOT

CELL_TIMEOUT_SECONDS = 300


def run_tests(fast: bool, extra: list[str]) -> int:
    """Run the tests and return pytest's exit code. `fast` executes no lesson; `extra` goes to pytest as it is."""
    command = [sys.executable, "-m", "pytest", "tests"]
    if fast:
        command += ["-m", "not slow"]
    else:
        command += [NOTEBOOKS.name, "--nbval-lax", "--nbval-current-env"]
        command += [f"--nbval-cell-timeout={CELL_TIMEOUT_SECONDS}"]
    # Stored outputs hold no progress bars, so none may appear in the outputs that nbval compares with them.
    environment = {**os.environ, "COURSE_PROFILE": "laptop", "TQDM_DISABLE": "1"}
    return subprocess.call([*command, *extra], cwd=ROOT, env=environment)
