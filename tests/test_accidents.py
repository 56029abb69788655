"""What a cell of a submission upsets by accident, the next cell does not meet."""

import os
import sys
import warnings

import numpy
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell

from course_tools.grading import accidents


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """A shell that forgives, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    made = InteractiveShell()
    accidents.forgive(made)
    made.run_cell("pass")  # its libraries are known from now on
    return made


@pytest.mark.parametrize(
    ("accident", "question"),
    [
        ("import sys, io\nsys.stdout = io.StringIO()", "stdout"),
        ("import sys\nsys.stdout = None", "stdout"),
        ("import torch\ntorch.set_default_dtype(torch.float64)", "dtype"),
        ("import torch\ntorch.set_grad_enabled(False)", "gradients"),
        ("import numpy\nnumpy.array = None", "numpy"),
        ("import builtins\nbuiltins.len = lambda *_: 3\n1 / 0", "len"),
        ("import os, shutil\nshutil.rmtree(os.getcwd())", "folder"),
        ("import torch\ntorch.set_default_device('meta')", "device"),
        ("import numpy\nnumpy.seterr(all='raise')", "numbers"),
        ("import warnings\nwarnings.filterwarnings('error')", "warnings"),
        ("import sys\nsys.path.clear()", "path"),
    ],
)
def test_it_is_set_right(accident, question, shell):
    answers = {
        "stdout": lambda: sys.stdout,
        "dtype": torch.get_default_dtype,
        "gradients": torch.is_grad_enabled,
        "numpy": lambda: numpy.array,
        "len": lambda: len,
        "folder": os.getcwd,
        "device": torch.get_default_device,
        "numbers": numpy.geterr,
        "warnings": lambda: [each for each in warnings.filters if each[0] == "error"],
        "path": lambda: list(sys.path),
    }
    before = answers[question]()
    shell.run_cell(accident)
    assert answers[question]() == before


def test_what_a_student_makes_stays(shell):
    shell.run_cell("import numpy\nnumpy.mine, own = 1, 2")
    shell.run_cell("sum_of_both = numpy.mine + own")
    assert shell.user_ns["sum_of_both"] == 3


def test_a_closed_stream_is_written_to_all_the_same(monkeypatch, tmp_path):
    with (tmp_path / "stream").open("w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        made = InteractiveShell()
        accidents.forgive(made)
        made.run_cell("import sys\nsys.stdout.close()")
        made.run_cell("print('heard')")
        stream.flush()
        assert (tmp_path / "stream").read_text() == "heard\n"


@pytest.mark.parametrize("reset", ["%reset -f", "get_ipython().reset()", "%reset_selective -f .*", "globals().clear()"])
def test_names_that_were_all_deleted_are_there_again(reset, shell):
    shell.run_cell("given, mine = 1, 2")
    shell.run_cell(reset)
    assert (shell.user_ns.get("given"), shell.user_ns.get("mine")) == (1, 2)


def test_names_that_were_deleted_one_by_one_are_gone(shell):
    shell.run_cell("large, given, mine = 1, 2, 3")
    shell.run_cell("del large\ngiven = 4")
    assert ("large" in shell.user_ns, shell.user_ns["given"]) == (False, 4)
