"""`course test`: one pytest run over the tests, and over the stored notebooks and solutions with nbval."""

import os
import subprocess
import sys

from course_tools.project import NOTEBOOKS, ROOT, SOLUTIONS

CELL_TIMEOUT_SECONDS = 300


def run_tests(fast: bool, public: bool, extra: list[str]) -> int:
    """Run the tests and return pytest's exit code. `extra` goes to pytest as it is.

    `fast` executes no lesson; `public` adds the lessons on public datasets.
    """
    command = [sys.executable, "-m", "pytest"]
    swaps = {"COURSE_CHECKPOINT", "COURSE_HUB"}  # the bands and the stored outputs hold for the course's own only
    environment = {name: value for name, value in os.environ.items() if name not in swaps}
    environment["COURSE_PROFILE"] = "laptop"
    if fast:
        command += ["tests", "-m", "not slow and not public"]
    else:  # the longest first, two files at a time, each with half the cores
        command += [NOTEBOOKS.name, SOLUTIONS.name, "tests", "-n", "2", "--dist", "loadfile"]
        command += ["--nbval-lax", "--nbval-current-env"]  # and as conftest.py says
        command += [f"--nbval-cell-timeout={CELL_TIMEOUT_SECONDS}"]
        command += [] if public else ["-m", "not public"]
        environment.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // 2)))
    before = _files_beside_the_notebooks()
    code = subprocess.call([*command, *extra], cwd=ROOT, env=environment)
    if dropped := sorted(_files_beside_the_notebooks() - before):
        print(f"A notebook dropped files beside itself, where students would find them: {', '.join(dropped)}.")
        print("Let the lesson write below course.workdir, and delete them.")
        return code or 1
    return code


def _files_beside_the_notebooks() -> set[str]:
    """What lies in the folders of notebooks and of solutions and does not belong there: paths relative to them."""
    folders = (NOTEBOOKS, SOLUTIONS)
    paths = (path.relative_to(folder) for folder in folders for path in folder.rglob("*") if path.is_file())
    return {str(path) for path in paths if path.parts[0] not in {"work", ".ipynb_checkpoints"}}
