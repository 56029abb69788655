"""`course canary`: what would break with tomorrow's libraries? Tried in a copy with an environment of its own.

The copy gets a lock of the newest versions, and is set up and run by the commands that anybody uses. So no record that
is made with other libraries can be taken for one of the course, and the copy's lock is the next one, if all went well.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from course_tools.files import only_one, write_in_one_step
from course_tools.processes import kill_tree
from course_tools.project import ROOT, Lesson, all_lessons
from course_tools.running.testing import ANEW, SWAPS
from course_tools.setup.findings import Finding, of_ending, of_run, of_tests, report
from course_utils import CourseError

TESTS = ("tests/test_lessons.py", "tests/test_removed.py")
IN_LAPTOP = ("hugging_face_basics", "trainer", "lora")  # they touch most of what libraries change
LEFT_OUT = {".git", ".venv", "build"}
MARK = ".made-by-course-canary"  # only a folder with this file is ever emptied
NOT_PASSED_ON = (*SWAPS, ANEW, "PYTHONPATH", "COURSE_PROFILE")


def try_newest(folder: Path, lessons: list[Lesson], *, prerelease: bool = False) -> tuple[Path, list[Finding]]:
    """Try the newest versions that requirements.txt allows. Returns the path of the report, and what went wrong.

    `folder` gets the copy (`course/`), `report.md` and a log of each step. `lessons`: for a trial with these alone, in
    `smoke` and in `laptop`; none for all in `smoke` and three in `laptop`. Raises CourseError for a folder of others.
    """
    path = folder / "report.md"
    with only_one(folder):
        path.unlink(missing_ok=True)  # an old one must not pass for one of a try that was stopped
        trial = Trial(folder)
        trial.copy_course()
        if trial.set_up(prerelease):
            trial.run(lessons)
        write_in_one_step(path, report(ROOT, trial.copy, trial.steps, trial.findings))
    return path, trial.findings


@dataclass
class Trial:
    """One try. `steps`: what was done, with its outcome in a few words."""

    folder: Path
    steps: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def copy(self) -> Path:
        """The copy of the course."""
        return self.folder / "course"

    def copy_course(self) -> None:
        """Bring the copy up to date; its environment stays, as set-up knows whether it still fits."""
        mark = self.copy / MARK
        if self.copy.exists() and not mark.exists():
            raise CourseError(f"{self.copy} is not of an earlier canary. Name another folder with --folder.")
        self.copy.mkdir(exist_ok=True)
        mark.touch()
        for path in list(self.copy.iterdir()):
            if path.name not in (MARK, ".venv"):
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        shutil.copytree(ROOT, self.copy, ignore=self._left_out, symlinks=True, dirs_exist_ok=True)

    def set_up(self, prerelease: bool) -> bool:
        """Lock the newest versions and install them. False where that fails, which is a finding, too."""
        setup = "course_tools/setup"
        lock = [sys.executable, f"{setup}/lock.py", "--newest-torch", *(["--prerelease"] if prerelease else [])]
        for what, command in (("lock", lock), ("setup", [sys.executable, f"{setup}/bootstrap.py"])):
            code, log = self._call(what, command)
            if code:
                self._conclude(what, "not done", [], code, log)
                return False
            self._conclude(what, "done", [])
        return True

    def run(self, lessons: list[Lesson]) -> None:
        """Run the smoke tier with the tests of removed arguments, then some lessons in `laptop`."""
        slugs = [lesson.slug for lesson in lessons]
        smoke = f"(test_it_runs_in_smoke and ({' or '.join(slugs)}))" if slugs else "test_it_runs_in_smoke"
        tests = [*TESTS, "-k", f"test_removed or {smoke}"]
        results = self.folder.resolve() / "tests.xml"
        results.unlink(missing_ok=True)
        code, log = self._call("smoke", [self._python, "-m", "pytest", *tests, f"--junitxml={results}"])
        passed, found = of_tests(results, self.copy)
        self._conclude("smoke", f"{passed} tests passed", found, code, log)
        in_laptop = slugs or [lesson.slug for lesson in all_lessons() if lesson.slug in IN_LAPTOP]
        code, log = self._call("laptop", [self._python, "-m", "course_tools.cli", "run", *in_laptop])
        passed, found = of_run(self.copy)
        self._conclude("laptop", f"{passed} lessons passed", found, code, log)

    @property
    def _python(self) -> str:
        return str(self.copy.resolve() / ".venv" / ("Scripts" if os.name == "nt" else "bin") / "python")

    def _conclude(self, step: str, passed: str, found: list[Finding], code: int = 0, log: Path | None = None) -> None:
        """Keep the outcome of a step. A failure that no finding explains is told by the end of its log."""
        if code and log and not found:
            found = [of_ending(step, code, log)]
        self.steps[step] = f"{passed}, {len(found)} failed" if found else passed
        self.findings += found

    def _call(self, step: str, command: list[str]) -> tuple[int, Path]:
        """Run a command in the copy, show what it says and keep that in a log. Returns its exit code and the log."""
        print(f"[canary] {step}", flush=True)
        path = self.folder / f"{step}.log"
        environment = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf-8", "errors": "replace"}
        with path.open("w", encoding="utf-8") as log:
            process = subprocess.Popen(command, cwd=self.copy, env=environment, **pipes)
            try:
                for line in process.stdout:
                    log.write(line)
                    print(line, end="", flush=True)
                return process.wait(), path
            finally:
                if process.poll() is None:
                    kill_tree(process.pid)

    def _left_out(self, where: str, names: list[str]) -> set[str]:
        here, own = Path(where), {self.folder.resolve(), self.copy.resolve()}
        out = {name for name in names if name == "__pycache__" or (here / name).resolve() in own}
        return out | (LEFT_OUT & set(names) if here == ROOT else set())
