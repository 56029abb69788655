"""`course grade`: honest submissions get their points, and no other one harms anybody."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from course_tools.grading.pages import student_page
from course_tools.grading.room import KERNEL
from course_tools.grading.students import shown
from course_tools.project import ROOT, all_sheets
from course_tools.running.testing import ANEW
from tests.processes import HEARING

SHEET = next(sheet for sheet in all_sheets() if sheet.entry.slug == "tokenization")
FULL = 10
VICTIM = "spelling"  # the exercise that the strange submissions answer with something else; two points
DUE = FULL - 2
CELL_SECONDS = 15
SECRET = "what-only-the-teacher-knows"
SURVIVOR = "survivor-of-the-grading"


@dataclass(frozen=True)
class Case:
    """A submission, the points that are due, and words that its page must show."""

    make: Callable[[], NotebookNode]
    points: int = DUE
    says: str = ""
    nightly: bool = False  # as another one is, by another way: only `course test --all` grades it


def solved(**answers: str) -> NotebookNode:
    """Return the sheet with every exercise solved, except for the answers given."""
    notebook = nbformat.read(SHEET.page, as_version=4)
    solutions = {
        cell.metadata.answer: cell.source
        for cell in nbformat.read(SHEET.notebook, as_version=4).cells
        if "answer" in cell.metadata
    }
    for cell in notebook.cells:
        if "answer" in cell.metadata:
            cell.source = {**solutions, **answers}[cell.metadata.answer]
    return notebook


def answered(code: str) -> Callable[[], NotebookNode]:
    """The sheet with this code in place of one right answer."""
    return lambda: solved(**{VICTIM: code})


def with_cell(code: str, before: str = VICTIM) -> Callable[[], NotebookNode]:
    """The solved sheet with a cell of the student's own before an answer, or at the end."""

    def make() -> NotebookNode:
        notebook = solved()
        places = [at for at, cell in enumerate(notebook.cells) if cell.metadata.get("answer") == before]
        notebook.cells.insert(*(places or [len(notebook.cells)]), new_code_cell(code))
        return notebook

    return make


def untouched() -> NotebookNode:
    return nbformat.read(SHEET.page, as_version=4)


def with_edited_checks() -> NotebookNode:
    notebook = solved(**{VICTIM: "spelling = None"})
    for cell in notebook.cells:
        if "check" in cell.metadata:
            cell.source = "print('✓ right')"
            cell.metadata.nbgrader.points = 100
    return notebook


def without_our_cells() -> NotebookNode:
    notebook = solved(**{VICTIM: "spelling = None"})
    notebook.cells = [cell for cell in notebook.cells if "answer" in cell.metadata]
    return notebook


def with_doubled_cells() -> NotebookNode:
    notebook = solved(**{VICTIM: "spelling = None"})
    notebook.cells += [NotebookNode({**cell, "id": f"copy-{n}"}) for n, cell in enumerate(notebook.cells)]
    return notebook


def with_own_cells() -> NotebookNode:
    """An honest student, with a helper in a cell of her own."""
    notebook = solved(share_cut="share_cut = my_own_share")
    code = "def my_own_share(texts, n):\n    return sum(len(tokenizer(t)['input_ids']) > n for t in texts) / len(texts)"
    place = next(at for at, cell in enumerate(notebook.cells) if cell.metadata.get("answer") == "share_cut")
    notebook.cells.insert(place, new_code_cell(code))
    return notebook


def with_many_processes() -> NotebookNode:
    """An own cell starts many processes, one after the other; then a right answer needs two more."""
    notebook = with_cell(OFTEN)()
    answer = next(cell for cell in notebook.cells if cell.metadata.get("answer") == VICTIM)
    answer.source = f"import subprocess\nsubprocess.run(['true'])\nsubprocess.run(['true'])\n{answer.source}"
    return notebook


def right_with(code: str) -> Callable[[], NotebookNode]:
    """The solved sheet; this code runs with one of its answers."""

    def make() -> NotebookNode:
        notebook = solved()
        answer = next(cell for cell in notebook.cells if cell.metadata.get("answer") == VICTIM)
        answer.source += f"\n\n{code}"
        return notebook

    return make


DEAF = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
DAEMON = f"""
import subprocess, sys
subprocess.Popen([sys.executable, "-c", '''{{code}}''', "{SURVIVOR}"], start_new_session=True)
"""
FORGED = """
import json, pathlib, time
points = {"name": "spelling", "title": "t", "points": 1000, "most": 2, "answer": "", "tried": True}
points |= {"trouble": "", "said": "", "hints": []}
forged = json.dumps({"exercises": [points] * 5, "notebook": {"cells": []}, "notes": []})
while True:
    for folder in [pathlib.Path.cwd(), *pathlib.Path.cwd().parents]:
        for name in ("outcome.json", "graded.json"):
            try:
                (folder / name).write_text(forged)
            except OSError:
                pass
"""
SIGNALS = """
import ctypes, os, pathlib
pid = os.getppid()
while pid > 0:  # up to the grader, and not beyond it
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    above = int(status.split("PPid:")[1].split()[0])
    if "course_tools" not in pathlib.Path(f"/proc/{pid}/cmdline").read_text():
        break
    ctypes.CDLL(None).kill(pid, 9)
    pid = above
"""
COPIED = f"""
import json, pathlib
for cell in json.loads(pathlib.Path({str(SHEET.notebook)!r}).read_text())["cells"]:
    if cell["metadata"].get("answer") == "{VICTIM}":
        exec("".join(cell["source"]))
"""
OFTEN = """
import os, subprocess, sys
from torch.utils.data import DataLoader
for _ in range(20):
    os.system("true")
    subprocess.run(["true"])
    !true
for _ in range(10):
    batches = len(list(DataLoader(list(range(4)), num_workers=2)))
"""
MANY = "import subprocess\nheld = [subprocess.Popen(['sleep', '600']) for _ in range(40)]"
BOMB = """
import ctypes
while True:
    ctypes.CDLL(None).fork()
"""
FIGURES = """
%matplotlib inline
import matplotlib.pyplot as plt, numpy as np, pandas as pd
for _ in range(100):
    plt.imshow(np.random.rand(100, 100))
    plt.show()
display(pd.DataFrame({"a": range(1000)}).style)
"""
SHOWN = """
for kind in ("image/png", "image/svg+xml", "text/html", "text/plain", "application/json", "no kind"):
    for value in ("no base64!", ["a", 1], {"a": 1}, 5, None, float("nan")):
        display({kind: value}, raw=True)
"""
SENT = """
kernel = get_ipython().kernel
kernel.iopub_socket.send_multipart([b"x", b"<IDS|MSG>", b"", b"{", b"{", b"{", b"{"])
kernel.session.send(kernel.iopub_socket, "execute_result", {"no": "result"}, parent=kernel.get_parent())
"""
CASES: dict[str, Case] = {
    "right": Case(solved, FULL),
    "own cells": Case(with_own_cells, FULL, nightly=True),
    "untouched": Case(untouched, 0, "Not tried"),
    "never ends": Case(answered("while True:\n    pass"), says=f"The cell was stopped after {CELL_SECONDS} seconds."),
    "never ends, deaf": Case(answered(DEAF), nightly=True),
    "sleeps": Case(answered("import time\ntime.sleep(1000)"), says="The cell was stopped after", nightly=True),
    "prints forever": Case(answered("while True:\n    print('x' * 1000)"), says="characters of output", nightly=True),
    "prints at once": Case(answered("print('x' * 10**9)"), nightly=True),
    "eats memory": Case(answered("x = []\nwhile True:\n    x.append(bytearray(10**8))"), says="more memory"),
    "forks": Case(answered("import os\nwhile True:\n    os.fork()"), says="16 processes at a time"),
    "forks, compiled": Case(answered(BOMB), says="16 processes at a time"),
    "holds processes": Case(answered(MANY), says="16 processes at a time", nightly=True),
    "uses processes often": Case(with_many_processes, FULL),
    "fills the disk": Case(
        answered("for n in range(99):\n    open(str(n), 'wb').write(bytes(10**8))"), says="No space left", nightly=True
    ),
    "leaves": Case(answered("import sys\nsys.exit()"), nightly=True),
    "quits": Case(answered("exit()"), nightly=True),
    "dies": Case(answered("import os\nos._exit(0)"), says="The cell ended the whole notebook."),
    "breaks Python": Case(answered("import builtins\nbuiltins.len = lambda *a: 3\nspelling = None"), nightly=True),
    "patches numpy": Case(with_cell("import numpy\nnumpy.array = numpy.mean = None"), FULL),
    "removes its folder": Case(answered("import shutil, os\nshutil.rmtree(os.getcwd())")),
    "removes by shell": Case(answered("!rm -rf * .*"), nightly=True),
    "forges": Case(answered(DAEMON.format(code=FORGED) + "import time; time.sleep(1)")),
    "survives": Case(with_cell(DAEMON.format(code="import time; time.sleep(9999)"), before=""), FULL),
    "signals": Case(answered(SIGNALS)),
    "copies the solution": Case(answered(COPIED), says="No such file or directory"),
    "replaces stdout": Case(with_cell("import sys, io\nsys.stdout = sys.stderr = io.StringIO()"), FULL),
    "closes stdout": Case(with_cell("import sys\nsys.stdout = None"), FULL, nightly=True),
    "draws": Case(right_with(FIGURES), FULL),
    "resets": Case(with_cell("%reset -f"), FULL),
    "shows what is no picture": Case(with_cell(SHOWN), FULL),
    "sends what is no message": Case(answered(SENT), says="what no notebook sends"),
    "surrogates": Case(with_cell("print('\\ud83d')\n'\\ud83d', '\udcff'"), FULL),
    "edited checks": Case(with_edited_checks),
    "without our cells": Case(without_our_cells, nightly=True),
    "doubled cells": Case(with_doubled_cells, nightly=True),
    "=1+1": Case(solved, FULL),
    "a" * 250: Case(solved, FULL, nightly=True),
    os.fsdecode(b"n\xff"): Case(solved, FULL),
}


def harmful(folder: Path, pid: int) -> dict[str, Case]:
    """Return submissions that reach for a folder of the teacher's, a process, and the network."""
    kept = f"{folder}/kept.txt"
    delete = f"import shutil\nshutil.rmtree({str(folder)!r}, ignore_errors=True)\nshutil.rmtree({str(folder)!r})"
    call = "import urllib.request\nurllib.request.urlopen('http://192.0.2.1', timeout=3)"
    return {
        "deletes": Case(answered(delete)),
        "deletes by shell": Case(answered(f"import os\nos.system('rm -rf {folder}')\n!rm -rf {folder}"), nightly=True),
        "reads": Case(answered(f"print(open({kept!r}).read())"), says="No such file or directory"),
        "reads by shell": Case(answered(f"!cat {kept}; cat {folder.parent}/*/*/*.ipynb")),
        "calls out": Case(answered(call), says="Network is unreachable"),
        "kills": Case(answered(f"import os, signal\nos.kill({pid}, signal.SIGKILL)"), says="No such process"),
    }


@dataclass(frozen=True)
class Graded:
    """What a grading has led to."""

    cases: dict[str, Case]
    folder: Path
    printed: str
    status: int
    bystander_lives: bool

    @property
    def grades(self) -> Path:
        return self.folder / "grades"

    def page(self, student: str) -> str:
        return student_page(self.grades, shown(os.fsencode(student))).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """All strange submissions, graded in one run."""
    folder = tmp_path_factory.mktemp("grading")
    (folder / "bystander").mkdir()
    (folder / "bystander" / "kept.txt").write_text(SECRET)
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1800)"])
    cases = {**CASES, **harmful(folder / "bystander", other.pid)}
    cases = {name: case for name, case in cases.items() if ANEW in os.environ or not case.nightly}
    for name, case in cases.items():
        path = folder / "submissions" / name / f"{SHEET.name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(case.make()))  # surrogates and all
    (folder / "submissions" / "damaged.ipynb").write_text("{")
    result = grade(folder, "--cell-seconds", str(CELL_SECONDS))
    lives = other.poll() is None
    other.kill()
    yield Graded(cases, folder, result.stdout, result.returncode, lives)


def command_for(folder: Path, *options: str) -> list[str]:
    """Grade `submissions` in a folder into `grades`."""
    command = [sys.executable, "-m", "course_tools.cli", "grade", str(folder / "submissions")]
    return [*command, "--out", str(folder / "grades"), *options]


def grade(folder: Path, *options: str) -> subprocess.CompletedProcess:
    """Grade, on a terminal that knows ASCII alone."""
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    options_of_run = {"capture_output": True, "text": True, "encoding": "ascii", "cwd": ROOT}
    return subprocess.run(command_for(folder, *options), env={**os.environ, **ascii_only}, **options_of_run)


def points_of(folder: Path) -> dict[str, float]:
    """Return student -> points."""
    with (folder / "grades" / "grades.csv").open(encoding="utf-8") as file:
        return {row["student"].lstrip("'"): float(row["points"]) for row in csv.DictReader(file)}


def living(*words: str) -> list[str]:
    """Return the command lines of living processes with one of these words in them."""
    found = [each.info for each in psutil.process_iter(["cmdline", "status"])]
    lines = [" ".join(each["cmdline"] or []) for each in found if each["status"] != psutil.STATUS_ZOMBIE]
    return [line for line in lines if any(word in line for word in words)]


@pytest.mark.slow
class TestGrading:
    def test_each_gets_its_due_points(self, graded):
        expected = {shown(os.fsencode(name)): case.points for name, case in graded.cases.items()}
        expected["damaged"] = 0
        assert points_of(graded.folder) == expected, graded.printed

    def test_each_has_a_page_that_says_why(self, graded):
        silent = [name for name, case in graded.cases.items() if case.says not in graded.page(name)]
        assert silent == []

    def test_nobody_is_harmed(self, graded):
        assert (graded.folder / "bystander" / "kept.txt").read_text() == SECRET
        assert graded.bystander_lives

    def test_nobody_reads_what_is_not_his(self, graded):
        pages = [path.read_text(encoding="utf-8") for path in graded.grades.rglob("*.html")]
        assert len(pages) > len(graded.cases)
        assert not any(SECRET in page for page in pages)

    def test_no_process_and_no_folder_is_left(self, graded):
        assert living(str(graded.folder), SURVIVOR) == []
        assert {path.name for path in graded.grades.iterdir() if path.is_dir()} == {"results", "students"}

    def test_a_damaged_file_is_named(self, graded):
        assert graded.status == 1
        assert "not graded: damaged.ipynb: damaged" in graded.printed
        assert "damaged.ipynb" in (graded.grades / "class.html").read_text(encoding="utf-8")

    def test_a_name_is_no_formula(self, graded):
        assert "\n'=1+1," in (graded.grades / "grades.csv").read_text(encoding="utf-8")


def hand_in(folder: Path, **notebooks: NotebookNode) -> None:
    """Put notebooks where `grade` finds them."""
    for student, notebook in notebooks.items():
        path = folder / "submissions" / student / f"{SHEET.name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook))


def stamps(folder: Path) -> set[tuple[str, int]]:
    """Return name and time of the results that are kept."""
    return {(path.name, path.stat().st_mtime_ns) for path in (folder / "grades" / "results").glob("*.json")}


@pytest.mark.slow
def test_a_second_call_grades_only_what_is_new(tmp_path):
    hand_in(tmp_path, ann=solved())
    assert grade(tmp_path).returncode == 0
    first = stamps(tmp_path)
    hand_in(tmp_path, bob=untouched())
    grade(tmp_path)
    assert first < stamps(tmp_path)
    assert points_of(tmp_path) == {"ann": FULL, "bob": 0}
    grade(tmp_path, "--anew")
    assert not first & stamps(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("SIGINT", 130),
        pytest.param("SIGTERM", 130, marks=pytest.mark.nightly),
        pytest.param("SIGHUP", 130, marks=pytest.mark.nightly),
        pytest.param("SIGQUIT", 130, marks=pytest.mark.nightly),
        ("SIGKILL", -9),
    ],
)
def test_whoever_is_stopped_leaves_nothing_and_goes_on_later(name, status, tmp_path):
    hand_in(tmp_path, ann=solved(), bob=answered("import time\ntime.sleep(9999)")())
    process = subprocess.Popen(command_for(tmp_path, "--jobs", "1"), stdout=subprocess.PIPE, text=True, **HEARING)
    assert "ann" in process.stdout.readline()
    while not living(str(KERNEL)):
        time.sleep(0.1)
    process.send_signal(getattr(signal, name))
    assert process.wait() == status
    while living(str(tmp_path)):  # after SIGKILL they need a moment to notice
        time.sleep(0.1)
    kept = stamps(tmp_path)
    assert len(kept) == 1
    hand_in(tmp_path, bob=untouched())
    grade(tmp_path)
    assert kept < stamps(tmp_path)
    assert not (tmp_path / "grades" / ".running").exists()
    assert points_of(tmp_path) == {"ann": FULL, "bob": 0}


@pytest.mark.slow
def test_whoever_reads_only_the_first_line_ends_it_quietly(tmp_path):
    hand_in(tmp_path, ann=untouched(), bob=untouched())
    (tmp_path / "submissions" / "damaged.ipynb").write_text("{")
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command_for(tmp_path), **pipes)
    assert "damaged" in process.stdout.readline()
    process.stdout.close()
    assert (process.stderr.read(), process.wait()) == ("", 1)
    assert living(str(tmp_path)) == []


@pytest.mark.slow
def test_a_full_disk_is_named(tmp_path):
    hand_in(tmp_path, ann=untouched())
    small = (
        "import sys; from course_tools.cli import main; from course_tools.grading import isolate, sandbox\n"
        "isolate.enter(isolate.CLONE_NEWUSER | isolate.CLONE_NEWNS)\n"
        f"sandbox.mount('tmpfs', {str(tmp_path / 'grades')!r}, 'size=20k')\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    (tmp_path / "grades").mkdir()
    command = [sys.executable, "-c", small, *command_for(tmp_path)[3:]]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 1
    assert "Free some" in result.stdout + result.stderr


@pytest.mark.slow
def test_with_trust_python_refuses_what_an_accident_would_do(tmp_path):
    (tmp_path / "kept.txt").write_text("kept")
    hand_in(
        tmp_path,
        ann=solved(),
        bob=answered(f"import os\nos.remove({str(tmp_path / 'kept.txt')!r})")(),
        dan=answered("import shutil, os\nshutil.rmtree(os.getcwd())")(),
        eve=with_cell(DAEMON.format(code="import time; time.sleep(9999)"), before="")(),
    )
    grade(tmp_path, "--trust")
    assert points_of(tmp_path) == {"ann": FULL, "bob": DUE, "dan": DUE, "eve": FULL}
    assert (tmp_path / "kept.txt").read_text() == "kept"
    assert living(SURVIVOR) == []


def test_where_nothing_can_be_written_nothing_is_graded(tmp_path):
    hand_in(tmp_path, ann=untouched())
    (tmp_path / "grades").write_text("a file, and no folder")
    result = grade(tmp_path)
    assert (result.returncode, result.stdout) == (1, "")
    assert "Nothing can be written in" in result.stderr


def test_an_empty_folder_is_said(tmp_path):
    (tmp_path / "submissions").mkdir()
    result = grade(tmp_path)
    assert (result.returncode, "There is no file in" in result.stderr) == (1, True)


def test_grades_do_not_go_around_the_submissions(tmp_path):
    hand_in(tmp_path, ann=untouched())
    result = subprocess.run([*command_for(tmp_path), "--out", str(tmp_path)], capture_output=True, text=True, cwd=ROOT)
    assert (result.returncode, "Name another folder with --out" in result.stderr) == (1, True)


def test_a_folder_that_is_not_there_is_said():
    command = [sys.executable, "-m", "course_tools.cli", "grade", "no-such-folder"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert (result.returncode, "There is no folder no-such-folder" in result.stderr) == (2, True)
