"""The canary: what it copies, which versions it locks, what it reads from what broke, and the issue that it becomes."""

import json
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course_tools import cli
from course_tools.project import ROOT, find_lessons
from course_tools.running import testing
from course_tools.running.execution import Execution, keep
from course_tools.setup import canary, findings, lock
from course_tools.setup.canary import MARK, Trial, try_newest
from course_tools.setup.findings import Finding, of_run, of_tests, report
from course_utils import CourseError

BROKEN = "code cell 1 of 1 (`arguments = dict(`): TypeError: unexpected keyword argument 'warmup'"
TRACE = (
    "\x1b[31mTypeError\x1b[39m   Traceback (most recent call last)",
    "Cell \x1b[32mIn[1]\x1b[39m, line 2\n      1 arguments = dict(\n\x1b[32m----> 2\x1b[39m     warmup=1, x='```')\n",
    "File library.py:9\n----> 9 raise TypeError\n",
    "TypeError: unexpected keyword argument 'warmup'",
)
COUNTS = [
    "<testcase classname='tests.test_removed' name='test_a'/>",
    "<testcase classname='tests.test_removed' name='test_b'><skipped/></testcase>",
]


def wheel(folder: Path, name: str, version: str, *needs: str) -> None:
    """Write a package that pip can look at: it has metadata and no code."""
    info = f"{name}-{version}.dist-info"
    about = "".join(
        [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", *map("Requires-Dist: {}\n".format, needs)]
    )
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as file:
        file.writestr(f"{info}/METADATA", about)
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", "")


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A folder of packages, the only place where pip looks; lock.py works in an empty checkout that wants `thing`."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    (tmp_path / "requirements.txt").write_text("# what a lesson needs\nthing>=1.0,<2\n")
    (tmp_path / "pyproject.toml").write_text('[project.optional-dependencies]\ntools = ["tool"]\npublish = ["pages"]\n')
    monkeypatch.setattr(lock, "ROOT", tmp_path)
    for name, *versions in (("thing", "1.0", "1.1", "1.2rc1", "2.0"), ("tool", "3.0", "3.1rc1"), ("pages", "4.0")):
        for version in versions:
            wheel(folder, name, version)
    return folder


ON_LINUX = pytest.mark.skipif(platform.system() != "Linux", reason="elsewhere each build of torch is one for the CPU")


@pytest.mark.nightly
@ON_LINUX
def test_the_lock_takes_the_newest_that_is_allowed_and_the_newest_torch_without_cuda(index, monkeypatch):
    for version in ("2.13.0", "2.14.0+cpu", "2.15.0", "2.15.0rc1+cpu"):
        wheel(index, "torch", version)
    assert lock.newest_torch() == "2.14.0"
    assert lock.resolve(["torch==2.14.0"]) == ["thing==1.1", "torch==2.14.0"]
    monkeypatch.setattr(sys, "argv", ["lock.py", "--newest-torch", "--prerelease"])
    lock.main()
    newest = {"thing": "1.2rc1", "torch": "2.15.0rc1", "tool": "3.0", "pages": "4.0"}
    assert findings.versions(lock.ROOT) == newest


@ON_LINUX
def test_where_no_index_offers_a_torch_without_cuda_none_is_taken(index):
    wheel(index, "torch", "2.15.0")
    with pytest.raises(SystemExit, match=r"No index offers a CPU build of torch\. Set PIP_EXTRA_INDEX_URL"):
        lock.newest_torch()


@pytest.fixture
def checkout(tmp_path, monkeypatch) -> Path:
    """A checkout with a few files, which a canary takes for the course."""
    root = tmp_path / "checkout"
    for name in ("a.txt", "lessons/x.py", "lessons/__pycache__/x.pyc", ".venv/big", "build/old", "lessons/build/kept"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    (root / ".git").write_text("gitdir: elsewhere")
    monkeypatch.setattr(canary, "ROOT", root)
    return root


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("where", ["build/canary", "trial", ".", "lessons/trial", "../elsewhere"])
def test_the_copy_holds_the_sources_and_nothing_that_is_made(checkout, where):
    trial = Trial(checkout / where)
    trial.folder.mkdir(parents=True, exist_ok=True)
    trial.copy_course()
    assert files(trial.copy) == {MARK, "a.txt", "lessons/x.py", "lessons/build/kept"}


def test_a_second_copy_keeps_the_environment_alone(checkout, tmp_path):
    trial = Trial(tmp_path / "trial")
    for _ in range(2):
        trial.folder.mkdir(exist_ok=True)
        trial.copy_course()
        for name in (".venv/kept", "build/record", "lessons/lost.py"):
            (trial.copy / name).parent.mkdir(exist_ok=True)
            (trial.copy / name).write_text("x")
    trial.copy_course()
    assert files(trial.copy) == {MARK, ".venv/kept", "a.txt", "lessons/x.py", "lessons/build/kept"}


def test_a_folder_of_somebody_else_is_left_alone(checkout, tmp_path):
    mine = tmp_path / "home" / "course" / "answers.ipynb"
    mine.parent.mkdir(parents=True)
    mine.write_text("a term of work")
    with pytest.raises(CourseError, match=r"is not of an earlier canary\. Name another folder"):
        try_newest(tmp_path / "home", [])
    assert mine.read_text() == "a term of work"


def locks(folder: Path, lines: str, more: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in zip(findings.LOCKS, (lines, more), strict=True):
        (folder / name).write_text(f"# made\n{text}")
    return folder


def test_the_report_tells_what_is_newer(tmp_path):
    old, new = (
        locks(tmp_path / "old", "a==1\nb==1\nc==1\n", "d==1\n"),
        locks(tmp_path / "new", "a==2\nb==1\ne==1\n", "d==3\n"),
    )
    text = report(old, new, {"lock": "done"}, [])
    assert text.startswith("# The canary: nothing broke\n")
    assert [line for line in text.splitlines() if line.startswith(("| a ", "| b ", "| c ", "| d ", "| e "))] == [
        "| a | 1 | 2 |",
        "| c | 1 | not there |",
        "| d | 1 | 3 |",
        "| e | not there | 1 |",
    ]
    assert "Nothing: the lock holds the newest versions" in report(old, old, {"lock": "done"}, [])
    assert "No versions were found that fit each other." in report(old, old, {"lock": "not done, 1 failed"}, [])


def executed(copy: Path, profile: str, name: str, **facts) -> None:
    """Write the record of a notebook whose second line fails."""
    cell = new_code_cell("arguments = dict(\n    warmup=1, x='```')")
    cell.outputs = [new_output("error", ename="TypeError", evalue="no", traceback=list(TRACE))]
    path = copy / "build" / "executed" / profile / f"{name}.ipynb"
    keep(Execution(name, profile, {}, path=path, **facts), new_notebook(cells=[cell]))


def junit(path: Path, *cases: str) -> Path:
    path.write_text(f"<testsuites><testsuite>{''.join([*COUNTS, *cases])}</testsuite></testsuites>")
    return path


def failed(name: str, message: str, where: str = "tests.test_lessons", kind: str = "failure") -> str:
    return f"<testcase classname='{where}' name='{name}'><{kind} message='{message}'>E  the\nend</{kind}></testcase>"


@pytest.mark.parametrize("suffix", ["_tries", ""])
def test_a_lesson_that_broke_is_named_with_its_cell_and_the_call(tmp_path, suffix):
    [lesson] = find_lessons(["trainer"])
    executed(tmp_path, "smoke", f"{lesson.name}{suffix}", status="failed", error=BROKEN)
    results = junit(tmp_path / "tests.xml", failed("test_it_runs_in_smoke[trainer]", "AssertionError: assert [..."))
    passed, [found] = of_tests(results, tmp_path)
    assert passed == 1
    assert (found.where, found.what) == (f"`{lesson.name}`, smoke", (BROKEN,))
    assert found.call == "      1 arguments = dict(\n----> 2     warmup=1, x='```')"
    assert found.trace.startswith("TypeError   Traceback") and "\x1b" not in found.trace


def test_what_broke_without_a_record_is_told_in_the_words_of_the_test(tmp_path):
    results = junit(
        tmp_path / "tests.xml",
        failed("test_it_runs_in_smoke[trainer]", "RuntimeError: no kernel&#10;more"),
        failed("test_names_that_are_gone[x]", "assert not True", "tests.test_removed"),
        failed("tests.test_run", "collection failure", "", "error"),
    )
    passed, found = of_tests(results, tmp_path)
    assert passed == 1
    assert [(each.where, each.what) for each in found] == [
        ("`tests.test_lessons::test_it_runs_in_smoke[trainer]`", ("RuntimeError: no kernel",)),
        ("`tests.test_removed::test_names_that_are_gone[x]`", ("assert not True",)),
        ("`tests.test_run`", ("collection failure",)),
    ]
    assert found[0].trace == "E  the\nend"


def test_a_result_outside_of_its_band_is_told(tmp_path):
    lessons = [
        {"lesson": "07_x", "status": "failed", "faults": ["the record f1 is 0.1, outside of its band"]},
        {"lesson": "08_y", "status": "passed", "faults": []},
        {"lesson": "09_z", "status": "skipped", "faults": []},
    ]
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "report.json").write_text(json.dumps({"lessons": lessons}))
    assert of_run(tmp_path) == (
        1,
        [
            Finding("`07_x`, laptop", ("the record f1 is 0.1, outside of its band",)),
            Finding("`09_z`, laptop", ("it was not executed",)),
        ],
    )


def test_marks_of_code_in_the_code_end_no_block(tmp_path):
    same = locks(tmp_path / "same", "a==1\n")
    text = report(same, same, {}, [Finding("here", ("broke",), call="x = '````'")])
    assert "`````\nx = '````'\n`````" in text
    assert text.startswith("# The canary: 1 failed\n")


@pytest.fixture
def stand_in(checkout, monkeypatch, tmp_path):
    """A checkout whose commands are stood in for: each step leaves with its code, and its calls are kept."""
    locks(checkout, "a==1\n")
    calls, codes = {}, {}

    def call(trial, step, command):
        calls[step] = command
        log = trial.folder / f"{step}.log"
        log.write_text(f"the last words of {step}\n")
        return codes.get(step, 0), log

    monkeypatch.setattr(Trial, "_call", call)
    return tmp_path / "trial", calls, codes


def test_all_steps_are_taken_and_nothing_broke(stand_in, capsys):
    folder, calls, _ = stand_in
    assert cli.main(["canary", "--folder", str(folder)]) == 0
    assert list(calls) == ["lock", "setup", "smoke", "laptop"]
    assert "--prerelease" not in calls["lock"]
    assert set(canary.TESTS) <= set(calls["smoke"])
    lessons, removed = ((ROOT / name).read_text("utf-8") for name in canary.TESTS)
    assert "\ndef test_it_runs_in_smoke(slug, " in lessons and "REPLACED = [" in removed  # what is chosen is there
    assert calls["smoke"][calls["smoke"].index("-k") + 1] == "test_removed or test_it_runs_in_smoke"
    assert calls["laptop"][-3:] == sorted(canary.IN_LAPTOP, key=calls["laptop"].index)
    assert set(calls["laptop"][-3:]) == set(canary.IN_LAPTOP)
    assert (folder / "report.md").read_text().startswith("# The canary: nothing broke\n")
    assert "nothing broke" in capsys.readouterr().out


def test_a_try_that_is_stopped_leaves_no_old_report(stand_in, monkeypatch):
    folder, *_ = stand_in
    assert cli.main(["canary", "--folder", str(folder)]) == 0

    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Trial, "_call", stopped)
    assert cli.main(["canary", "--folder", str(folder)]) == 130
    assert not (folder / "report.md").exists()


def test_a_trial_takes_the_named_lessons_alone(stand_in):
    folder, calls, _ = stand_in
    assert cli.main(["canary", "07", "lora", "--prerelease", "--folder", str(folder)]) == 0
    assert "--prerelease" in calls["lock"]
    assert (
        calls["smoke"][calls["smoke"].index("-k") + 1]
        == "test_removed or (test_it_runs_in_smoke and (trainer or lora))"
    )
    assert calls["laptop"][-3:] == ["run", "trainer", "lora"]


@pytest.mark.parametrize(
    ("step", "taken"),
    [("lock", 1), ("setup", 2), ("smoke", 4), ("laptop", 4)],
)
def test_a_step_that_fails_without_a_finding_is_told_by_its_last_words(stand_in, step, taken):
    folder, calls, codes = stand_in
    codes[step] = 3
    assert cli.main(["canary", "--folder", str(folder)]) == 1
    text = (folder / "report.md").read_text()
    assert len(calls) == taken
    assert f"### The step `{step}`\n\n- it left with 3\n" in text and f"the last words of {step}" in text


def test_a_command_in_the_copy_is_shown_kept_and_gets_nothing_of_the_callers_course(
    checkout, tmp_path, monkeypatch, capsys
):
    for name in (*testing.SWAPS, "PYTHONPATH", "COURSE_PROFILE"):
        monkeypatch.setenv(name, "mine")
    trial = Trial(tmp_path / "trial")
    trial.copy.mkdir(parents=True)
    told = (
        "import os; print(os.getcwd(), sorted(name for name, value in os.environ.items() if value == 'mine')); exit(3)"
    )
    code, log = trial._call("try", [sys.executable, "-c", told])
    assert code == 3
    assert log.read_text() == f"{trial.copy.resolve()} []\n"
    assert log.read_text() in capsys.readouterr().out


GITHUB = """
const calls = [];
const issues = { listForRepo: "list" };
for (const name of ["create", "update"]) issues[name] = async (given) => calls.push([name, given]);
const paginate = async (what, given) => (calls.push([what, given]), JSON.parse(process.argv[2]));
const github = { rest: { issues }, paginate };
const context = { repo: { owner: "o", repo: "r" }, serverUrl: "https://hub", runId: 7 };
require(process.argv[1])({ github, context, tried: "newest", report: process.argv[3] })
  .then(() => console.log(JSON.stringify(calls)));
"""
NODE = shutil.which("node")
KNOWN = [{"title": "Canary, other", "number": 1}, {"title": "Canary, newest", "number": 2}]


@pytest.mark.skipif(not NODE, reason="the workflow's script needs node")
@pytest.mark.parametrize(
    ("said", "issues", "does"),
    [
        ("# The canary: 1 failed\n", KNOWN[:1], ("create", {"title": "Canary, newest"})),
        ("# The canary: 1 failed\n", KNOWN, ("update", {"issue_number": 2})),
        ("# The canary: nothing broke\n", KNOWN, ("update", {"issue_number": 2, "state": "closed"})),
        ("# The canary: nothing broke\n", KNOWN[:1], None),
        ("# The canary: 1 failed\n" + "x" * 70_000, [], ("create", {"title": "Canary, newest"})),
    ],
)
def test_a_report_becomes_one_issue_and_is_closed_when_all_is_well(tmp_path, said, issues, does):
    (tmp_path / "report.md").write_text(said)
    command = [NODE, "-e", GITHUB, ROOT / ".github" / "canary.js", json.dumps(issues), tmp_path / "report.md"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    asked, *rest = json.loads(result.stdout)
    assert asked == ["list", {"owner": "o", "repo": "r", "state": "open", "creator": "github-actions[bot]"}]
    if does is None:
        assert rest == []
        return
    [[name, given]] = rest
    assert (name, {**given, **does[1]}) == (does[0], given)
    assert "state" in given or "state" not in does[1]
    assert given["body"].startswith(
        "[The run, with its logs and its lock](https://hub/o/r/actions/runs/7)\n\n# The canary:"
    )
    assert len(given["body"]) < 65_536


def test_what_the_script_calls_green_is_what_a_report_says(tmp_path):
    same = locks(tmp_path / "same", "a==1\n")
    script = (ROOT / ".github" / "canary.js").read_text("utf-8")
    first = report(same, same, {}, []).splitlines()[0]
    assert f'"{first}"' in script
    assert first not in report(same, same, {}, [Finding("here", ("broke",))])
    assert '"build/canary/report.md"' in script
