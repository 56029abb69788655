"""From the outputs of a check cell to points."""

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

from course_tools.grading.judge import limits_met, points_of, settle

PRAISE = new_output("stream", name="stdout", text="✓ Well done.\n")
SAID = new_output("stream", name="stdout", text="not right\n")
WARNING = new_output("stream", name="stderr", text="a warning\n")
TABLE = new_output("display_data", data={"text/html": "<table></table>", "text/plain": "1"})
ERROR = new_output("error", ename="WrongAnswer", evalue="expected: 3", traceback=[])


def result(value: str) -> NotebookNode:
    return new_output("execute_result", data={"text/plain": value}, execution_count=1)


@pytest.mark.parametrize(
    ("outputs", "points"),
    [
        ([PRAISE], 3),
        ([WARNING, PRAISE, TABLE], 3),
        ([PRAISE, result("<Figure size 640x480>")], 3),
        ([ERROR], 0),
        ([PRAISE, ERROR], 0),
        ([SAID, result("1")], 1),
        ([PRAISE, SAID, result("1.5")], 1.5),
        ([SAID, result("5000")], 3),
        ([SAID, result("-1")], 0),
        ([SAID, result("nan")], 0),
        ([SAID, result("'three'")], 0),
        ([SAID, TABLE], 0),
        ([new_output("stream", name="stderr", text="✓")], 0),
        ([], 0),
    ],
)
def test_the_points_of_a_check(outputs, points):
    marks = {"grade": True, "grade_id": "check-a", "locked": True, "points": 3, "schema_version": 3, "solution": False}
    cell = new_code_cell("check.a(a)", outputs=outputs, metadata={"nbgrader": {**marks, "task": False}})
    settle(cell)
    assert points_of(cell) == (points, 3)


def test_a_limit_that_was_met_is_named_with_its_cell():
    refused = new_output("error", ename="Refused", evalue="A submission may have 16 processes.", traceback=[])
    cells = [new_code_cell("a = 1", outputs=[ERROR]), new_code_cell("\nstart(99)\nb = 2", outputs=[refused])]
    (sentence,) = limits_met(NotebookNode(cells=cells))
    assert "`start(99) ...`" in sentence
    assert "16 processes" in sentence
