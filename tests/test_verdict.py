"""The judge of an execution: each fault is found from the record alone, and a sound one has none."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course_tools.project import Lesson
from course_tools.running.execution import Execution, find, keep
from course_tools.running.verdict import MOST_MB, faults
from course_utils import CourseError
from course_utils.outline import Entry
from course_utils.records import RECORD_MIME

FACTS = {"slug": "x", "number": 0, "part": "P", "title": "X", "teaches": "x", "minutes": 1, "needs": []}
CHECKED = {"tags": ["nbval-check-output"]}


def record(value):
    data = {"text/plain": "", RECORD_MIME: {"name": "answer", "value": value}}
    return new_output("display_data", data=data)


def text(words, name="stdout"):
    return new_output("stream", text=words, name=name)


@pytest.fixture
def judged(tmp_path):
    """Return the faults of an execution of one cell with these outputs."""

    def judge(*outputs, kept=None, profile="laptop", data=("emotion",), tags=(), **measured):
        lesson = Lesson(Entry(**FACTS, data=list(data), bands={"answer": [41, 43]}), tmp_path / "lesson.py")
        cell = new_code_cell("x", outputs=[record(42), *outputs], metadata={"tags": list(tags)})
        execution = Execution("00_x", profile, {}, path=tmp_path / "x.ipynb", **{"status": "passed", **measured})
        keep(execution, new_notebook(cells=[cell]))
        stored = None if kept is None else new_notebook(cells=[new_code_cell("x", outputs=kept, metadata=CHECKED)])
        return faults(find(execution.path), lesson, stored)

    return judge


def test_a_sound_execution_has_none(judged):
    assert judged(text("as it was\n"), kept=[record(42), text("as it was\n")], peak_mb=MOST_MB) == []


def test_an_output_that_changed_is_found(judged):
    [fault] = judged(text("as it is\n"), kept=[record(42), text("as it was\n")])
    assert fault.startswith("the output of code cell 1 is not the stored one: ")
    assert "as it was" in fault
    assert "as it is" in fault


def test_what_varies_from_run_to_run_is_no_change(judged):
    assert judged(text("{'train_runtime': 3.14}\n"), kept=[record(42), text("{'train_runtime': ...}\n")]) == []


def test_how_a_stream_was_cut_is_no_change(judged):
    bar, pieces, whole = text("100%|####|", "stderr"), [text("one\n"), text("two\n")], [text("one\ntwo\n")]
    assert judged(pieces[0], bar, pieces[1], kept=[record(42), *whole]) == []
    assert judged(*whole, kept=[record(42), *pieces]) == []


def test_an_output_that_is_not_tagged_may_change(judged, tmp_path):
    stored = new_notebook(cells=[new_code_cell("x", outputs=[text("old")])])
    lesson = Lesson(Entry(**FACTS, data=[], bands={}), tmp_path / "lesson.py")
    execution = Execution("00_x", "laptop", {}, status="passed", path=tmp_path / "x.ipynb")
    keep(execution, new_notebook(cells=[new_code_cell("x", outputs=[text("new")])]))
    assert faults(execution, lesson, stored) == []


def test_a_notebook_with_other_cells_is_found(judged, tmp_path):
    lesson = Lesson(Entry(**FACTS, data=[], bands={}), tmp_path / "lesson.py")
    execution = Execution("00_x", "laptop", {}, status="passed", path=tmp_path / "x.ipynb")
    keep(execution, new_notebook(cells=[new_code_cell("x")]))
    assert faults(execution, lesson, new_notebook()) == ["the stored notebook has other cells: `course build`"]


@pytest.mark.parametrize(
    ("measured", "fault"),
    [
        ({"network": ["socket.getaddrinfo x.org"]}, "it tried to reach the network: socket.getaddrinfo x.org"),
        ({"peak_mb": MOST_MB + 1}, f"it took {MOST_MB + 1} MiB of memory, and {MOST_MB} are allowed"),
        (
            {"read": ["emotion/train.csv", "stance/a.csv"]},
            "it read data/stance, which `data` in lesson.toml does not name",
        ),
        ({"status": "failed", "error": "It broke."}, "It broke."),
    ],
)
def test_what_the_machine_saw_is_judged(judged, measured, fault):
    assert judged(**measured) == [fault]


def test_a_part_of_a_folder_may_be_declared(judged):
    assert judged(read=["metrics/f1/f1.py"], data=["metrics/f1"]) == []
    assert judged(read=["metrics/f1/f1.py"], data=["metrics/accuracy"]) != []


@pytest.mark.parametrize("value", [40, 44, float("inf")])
def test_a_record_outside_of_its_band_is_found(judged, value):
    assert f"the record answer is {value}, outside" in judged(record(value))[0]


def test_bands_hold_in_laptop_only(judged):
    assert judged(record(99), profile="smoke") == []
    assert judged(record(99), profile="full") == []


def test_a_record_that_no_band_knows_is_found_in_every_profile(judged):
    data = {"text/plain": "", RECORD_MIME: {"name": "unknown", "value": 1}}
    other = new_output("display_data", data=data)
    assert judged(other, profile="full") == ["its records have no band in lesson.toml: unknown"]
    for profile in ("smoke", "laptop"):
        assert judged(other, profile=profile)[0].endswith("do not name the same: unknown")


@pytest.mark.parametrize(
    "words", ["x.py:1: FutureWarning: x", "DeprecationWarning: y", "`z` is deprecated", "will be removed in v6"]
)
def test_a_warning_of_an_old_way_is_found(judged, words):
    assert judged(text(words, "stderr"))[0].startswith("code cell 1 warns of an old way: ")
    assert judged(text(words, "stdout")) == []
    assert judged(text(words, "stderr"), tags=["shows-warning"]) == []


def test_other_words_on_standard_error_are_none(judged):
    assert judged(text("100%|####| 3/3\nUserWarning: look", "stderr")) == []


def test_a_damaged_record_is_named(tmp_path):
    assert find(tmp_path / "none.ipynb") is None
    (tmp_path / "x.ipynb").write_text("{}")
    with pytest.raises(CourseError, match=r"The record .*x.ipynb is damaged .*Delete it, or run the lesson again"):
        find(tmp_path / "x.ipynb")
