"""What a cell of a submission upsets by accident, the next cell does not meet."""

import os
import sys

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
    }
    before = answers[question]()
    shell.run_cell(accident)
    assert answers[question]() == before


def test_what_a_student_makes_stays(shell):
    shell.run_cell("import numpy\nnumpy.mine, own = 1, 2")
    shell.run_cell("sum_of_both = numpy.mine + own")
    assert shell.user_ns["sum_of_both"] == 3
