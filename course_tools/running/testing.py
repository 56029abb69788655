"""`course test`: one pytest run, in one of four tiers."""

import os
import subprocess
import sys

from course_tools.project import NOTEBOOKS, ROOT, SOLUTIONS

LEFT_OUT = {  # tier -> the marks that it leaves out
    "fast": "not slow and not nightly and not public",
    "usual": "not nightly and not public",
    "all": "not public",
    "public": "",
}
ANEW = "COURSE_TEST_ANEW"  # set: no record of an earlier execution counts
SWAPS = ("COURSE_CHECKPOINT", "COURSE_HUB", "COURSE_SIZES")  # the tests hold for the course's own only


def run_tests(tier: str, extra: list[str]) -> int:
    """Run the tests of a tier and return pytest's exit code. `extra` goes to pytest as it is."""
    command = [sys.executable, "-m", "pytest", "tests", "lessons", "-n", "2"]
    command += ["-m", LEFT_OUT[tier]] if LEFT_OUT[tier] else []
    environment = {name: value for name, value in os.environ.items() if name not in (*SWAPS, ANEW)}
    environment["COURSE_PROFILE"] = "laptop"
    environment.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // 2)))
    if tier in ("all", "public"):
        environment[ANEW] = "1"
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
