"""record(): kept exact in the notebook, read back by the report."""

import math

import nbformat
import numpy
import pytest
import torch
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course_utils import CourseError, record
from course_utils.records import RECORD_MIME, read_records


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.123456, "score = 0.1235"),
        (numpy.float32(0.5), "score = 0.5"),
        (torch.tensor(3), "score = 3"),
        (numpy.array([0.25]), "score = 0.25"),
        (True, "score = True"),
        ("bert", "score = bert"),
    ],
)
def test_one_value_is_shown(value, shown, capsys):
    record("score", value)
    assert capsys.readouterr().out.strip() == shown


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, None, [1, 2], torch.zeros(2), numpy.zeros(3), {"a": 1}, object()]
)
def test_anything_else_is_refused_by_name(value):
    with pytest.raises(CourseError, match="record: score"):
        record("score", value)


def test_a_bad_name_is_refused():
    with pytest.raises(CourseError, match="test accuracy"):
        record("test accuracy", 1)


def test_the_last_record_of_a_name_counts():
    outputs = [
        new_output("display_data", {RECORD_MIME: {"name": "score", "value": value}, "text/plain": ""})
        for value in (1, 2)
    ]
    notebook = new_notebook(cells=[new_code_cell(outputs=outputs), nbformat.v4.new_markdown_cell("text")])
    assert read_records(notebook) == {"score": 2}
