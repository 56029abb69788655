"""`course grade`: honest submissions get their points, and no other one harms anybody."""

import csv
import os
import subprocess
import sys
from collections.abc import Callable

import nbformat
import psutil
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from course_tools.project import ROOT, all_sheets
from course_tools.running.testing import ANEW

SHEET = next(sheet for sheet in all_sheets() if sheet.entry.slug == "tokenization")
FULL = 10
VICTIM = "spelling"  # the exercise that the strange submissions answer with something else; two points
DUE = FULL - 2


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


REDEFINED = """
import lessons.tokenization.checks as module, course_utils.checks.sheet as core, torch
from course_utils.checks.wrong import WrongAnswer
class Yes:
    def __getattr__(self, name): return lambda *a, **k: print("✓ right")
check = Yes()
module.spelling = check.spelling
core.Exercise.__call__ = lambda *a, **k: print("✓ right")
core.within = lambda seconds, work: "right"
WrongAnswer.__init__ = lambda self, *a: None
torch.equal = torch.allclose = lambda *a, **k: True
spelling = None
"""
STRANGE: dict[str, tuple[Callable[[], NotebookNode], int]] = {
    "right": (solved, FULL),
    "own cells": (with_own_cells, FULL),
    "untouched": (untouched, 0),
    "never ends": (lambda: solved(**{VICTIM: "while True:\n    pass"}), DUE),
    "never ends, deaf": (
        lambda: solved(**{VICTIM: "while True:\n    try:\n        while True: pass\n    except BaseException: pass"}),
        DUE,
    ),
    "prints forever": (lambda: solved(**{VICTIM: "while True:\n    print('x' * 1000)"}), DUE),
    "eats memory": (lambda: solved(**{VICTIM: "x = []\nwhile True:\n    x.append(bytearray(10**8))"}), DUE),
    "forks": (lambda: solved(**{VICTIM: "import os\nwhile True:\n    os.fork()"}), DUE),
    "leaves": (lambda: solved(**{VICTIM: "import sys\nsys.exit()"}), DUE),
    "quits": (lambda: solved(**{VICTIM: "exit()"}), DUE),
    "dies": (lambda: solved(**{VICTIM: "import os\nos._exit(0)"}), DUE),
    "redefines": (lambda: solved(**{VICTIM: REDEFINED}), DUE),
    "breaks Python": (lambda: solved(**{VICTIM: "import builtins\nbuiltins.len = lambda *a: 3\nspelling = None"}), DUE),
    "edited checks": (with_edited_checks, DUE),
    "without our cells": (without_our_cells, DUE),
    "doubled cells": (with_doubled_cells, DUE),
    "=1+1": (solved, FULL),
}


NIGHTLY = {  # as the others are, by another way: `course test --all` grades them, too
    *("never ends, deaf", "prints forever", "quits", "leaves", "breaks Python", "without our cells", "doubled cells"),
    *("own cells", "deletes by shell"),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """All strange submissions, graded in one run: exit code, what was printed, the folder of grades, the bystander."""
    folder = tmp_path_factory.mktemp("grading")
    bystander = folder / "bystander"
    bystander.mkdir()
    (bystander / "kept.txt").write_text("kept")
    deletes = (
        f"import shutil, os\nshutil.rmtree({str(bystander)!r}, ignore_errors=True)\nshutil.rmtree({str(bystander)!r})"
    )
    shell = f"import subprocess\nsubprocess.run('rm -rf {bystander}', shell=True)\n!rm -rf {bystander}"
    calls = "import urllib.request\nurllib.request.urlopen('http://192.0.2.1', timeout=3)"
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1800)"])
    kills = f"import os, signal\nos.kill({other.pid}, signal.SIGKILL)"
    harmful = {"deletes": deletes, "deletes by shell": shell, "calls out": calls, "kills": kills}
    cases = {**STRANGE, **{name: (lambda code=code: solved(**{VICTIM: code}), DUE) for name, code in harmful.items()}}
    if ANEW not in os.environ:
        cases = {name: case for name, case in cases.items() if name not in NIGHTLY}
    for name, (make, _) in cases.items():
        path = folder / "submissions" / name / f"{SHEET.name}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(make(), path)
    (folder / "submissions" / "damaged.ipynb").write_text("{")
    command = [sys.executable, "-m", "course_tools.cli", "grade", str(folder / "submissions")]
    command += ["--out", str(folder / "grades"), "--cell-seconds", "15"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    alive = other.poll() is None
    other.kill()
    (bystander / "alive.txt").write_text(str(alive))
    return result, folder, {name: points for name, (_, points) in cases.items()}


@pytest.mark.slow
class TestGrading:
    def test_each_gets_its_due_points(self, graded):
        _, folder, expected = graded
        with (folder / "grades" / "grades.csv").open(encoding="utf-8") as file:
            rows = {row["student"].lstrip("'"): row for row in csv.DictReader(file)}
        assert {name: float(row["points"]) for name, row in rows.items()} == expected
        assert {float(row["most"]) for row in rows.values()} == {FULL}

    def test_nobody_is_harmed(self, graded):
        _, folder, _ = graded
        assert (folder / "bystander" / "kept.txt").read_text() == "kept"
        assert (folder / "bystander" / "alive.txt").read_text() == "True"
        assert (folder / "grades" / "class.html").exists()

    def test_no_process_is_left(self, graded):
        left = [
            p.info for p in psutil.process_iter(["cmdline"]) if "course_tools.grading.worker" in str(p.info["cmdline"])
        ]
        assert left == []

    def test_a_damaged_file_is_named(self, graded):
        result, folder, _ = graded
        assert result.returncode == 1
        assert "not graded: damaged.ipynb: damaged" in result.stdout
        assert "damaged.ipynb" in (folder / "grades" / "class.html").read_text(encoding="utf-8")

    def test_each_student_has_a_page_with_words(self, graded):
        _, folder, expected = graded
        pages = {
            page.stem: page.read_text(encoding="utf-8") for page in (folder / "grades" / "students").glob("*.html")
        }
        assert len([name for name in pages if SHEET.name not in name]) == len(expected)
        assert "The cell was stopped after 15 seconds." in pages["never_ends"]
        assert ANEW not in os.environ or "characters of output" in pages["prints_forever"]
        assert "you have not answered yet" in pages["untouched"]
        assert "The cell ended the whole notebook." in pages["dies"]

    def test_the_class_page_tells_what_was_missed_most(self, graded):
        _, folder, _ = graded
        page = (folder / "grades" / "class.html").read_text(encoding="utf-8")
        assert page.index("What was missed most") < page.index("(spelling)") < page.index("(lengths)")

    def test_a_name_is_no_formula(self, graded):
        _, folder, _ = graded
        assert "\n'=1+1," in (folder / "grades" / "grades.csv").read_text(encoding="utf-8")


def test_a_folder_that_is_not_there_is_said():
    command = [sys.executable, "-m", "course_tools.cli", "grade", "no-such-folder"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert (result.returncode, "There is no folder no-such-folder" in result.stderr) == (2, True)
