"""`course grade --board`: a leaderboard that says ties, names what is broken, and gives no label away."""

import csv
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from capstone import entry as capstone_entry
from course_tools.cli import main, parse
from course_tools.grading import board_entries
from course_tools.grading.board import LAZY, board, write_board
from course_tools.grading.board_entries import Entry, read_entries, read_labels
from course_tools.running import speed
from course_utils import CourseError
from course_utils.statistics import interval

ROWS = 200
TRUTH = {f"t{number:03}": ("harbour", "meadow", "quarry")[number % 3] for number in range(ROWS)}


def wrong_from(first: int, last: int = ROWS) -> dict[str, str]:
    """Answers that are right but for a run of rows."""
    wrong = set(list(TRUTH)[first:last])
    return {one: "meadow" if one in wrong and label != "meadow" else label for one, label in TRUTH.items()}


def hand_in(path: Path, answers: dict | None = None, **changes) -> None:
    entry = {
        "format": 1,
        "answers": TRUTH if answers is None else answers,
        "seconds": 60,
        "gflops": 75,
        "device": "cpu",
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**entry, **changes}), encoding="utf-8")


@pytest.fixture
def labels(tmp_path) -> Path:
    path = tmp_path / "labels.csv"
    path.write_text("\n".join(["id,label", *(f"{one},{label}" for one, label in TRUTH.items())]), encoding="utf-8")
    return path


def rows_of(out: Path) -> dict[str, dict[str, str]]:
    with (out / "board.csv").open(encoding="utf-8", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def test_a_class_gets_its_board(tmp_path, labels, capsys):
    hand_in(tmp_path / "in" / "Ann" / "entry.json", wrong_from(195), seconds=100)
    hand_in(tmp_path / "in" / "Ben" / "entry.json", wrong_from(193), seconds=20)
    hand_in(tmp_path / "in" / "Cleo" / "work" / "entry.json", wrong_from(100), seconds=300)
    hand_in(tmp_path / "in" / "Dan" / "entry.json", wrong_from(199), device="cuda")
    out = tmp_path / "out"
    assert main(["grade", "--board", str(tmp_path / "in"), "--labels", str(labels), "--out", str(out)]) == 0
    rows = rows_of(out)
    assert set(rows) == {"Ann", "Ben", "Cleo", "Dan", LAZY}
    assert float(rows["Ann"]["reference_seconds"]) == 50  # 100 s at half the speed
    assert (rows["Ann"]["front"], rows["Ben"]["front"], rows["Cleo"]["front"]) == ("yes", "yes", "no")
    assert "Ben" in rows["Ann"]["tied_with"] and "Ann" in rows["Ben"]["tied_with"]
    assert "Cleo" not in rows["Ann"]["tied_with"]
    assert rows["Dan"]["front"] == "no" and "used cuda" in rows["Dan"]["note"]
    assert rows[LAZY]["reference_seconds"] == "" and rows[LAZY]["front"] == "no"
    assert rows[LAZY]["accuracy"] == "0.3350"
    page = (out / "board.html").read_text(encoding="utf-8")
    assert "This is a game, and no exam" in page and "Nobody has checked them" in page
    assert "front" in capsys.readouterr().out


def test_no_label_and_no_id_leaves_the_board(tmp_path, labels, capsys):
    hand_in(tmp_path / "in" / "Ann" / "entry.json", wrong_from(195))
    hand_in(tmp_path / "in" / "Ben" / "entry.json", {"t000": "harbour"})
    write_board(tmp_path / "in", labels, tmp_path / "out")
    told = capsys.readouterr().out + "".join(path.read_text("utf-8") for path in (tmp_path / "out").iterdir())
    for secret in (*TRUTH, *TRUTH.values()):
        assert secret not in told


def test_intervals_are_those_of_the_course():
    answers = wrong_from(150)
    line = next(each for each in board([Entry("Ann", answers, 1.0, "cpu")], TRUTH) if each.student == "Ann")
    mean, low, high = interval([answers[one] == label for one, label in TRUTH.items()])
    assert line.accuracy == pytest.approx(mean)
    assert (line.low, line.high) == pytest.approx((low, high), abs=0.01)


def test_a_tie_is_what_the_paired_interval_says():
    rng = np.random.default_rng(0)
    answers = [
        {one: label if rng.random() < share else "no" for one, label in TRUTH.items()}
        for share in (0.9, 0.85, 0.7, 0.6)
    ]
    entries = [Entry(str(number), each, 1.0, "cpu") for number, each in enumerate(answers)]
    tied = {line.student: line.tied for line in board(entries, TRUTH)}
    for one in range(4):
        for other in range(one + 1, 4):
            gap = [int(answers[one][row] == label) - int(answers[other][row] == label) for row, label in TRUTH.items()]
            _, low, high = interval(gap)
            assert (str(other) in tied[str(one)]) == (low <= 0 <= high)
            assert (str(one) in tied[str(other)]) == (str(other) in tied[str(one)])


def test_equal_entries_share_place_and_front():
    lines = board([Entry(name, wrong_from(180), 5.0, "cpu") for name in ("Ann", "Ben")], TRUTH)
    assert [(line.place, line.front) for line in lines[:2]] == [(1, True), (1, True)]


BROKEN = {
    "no JSON": "{ not json",
    "not what `write_entry` writes": "[1, 2]",
    "199 of 200 ids have no answer, and 0 ids": json.dumps({"format": 1, "answers": {"t000": "x"}}),
    "`seconds` is no number": json.dumps({"format": 1, "answers": TRUTH, "seconds": "fast", "gflops": 1}),
    "`gflops` is no number": json.dumps({"format": 1, "answers": TRUTH, "seconds": 3, "gflops": True}),
    "no machine is like this": json.dumps({"format": 1, "answers": TRUTH, "seconds": 3, "gflops": 1e9}),
    "is no text": json.dumps({"format": 1, "answers": {**TRUTH, "t001": None}, "seconds": 3, "gflops": 9}),
    "JSON (RecursionError)": "[" * 100_000,
}


def test_broken_entries_are_named_and_stop_nobody(tmp_path, labels):
    for number, text in enumerate(BROKEN.values()):
        path = tmp_path / "in" / f"Broken{number}" / "entry.json"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "in" / "Empty").mkdir()
    (tmp_path / "in" / "Other").mkdir()
    (tmp_path / "in" / "Other" / "project.ipynb").write_text("{}", encoding="utf-8")
    (tmp_path / "in" / "README.md").write_text("of the teacher", encoding="utf-8")
    hand_in(tmp_path / "in" / "Nan" / "entry.json", seconds=float("nan"))
    hand_in(tmp_path / "in" / "Ann" / "entry.json")
    entries, broken = read_entries(tmp_path / "in", TRUTH)
    assert [each.student for each in entries] == ["Ann"]
    reasons = dict(broken)
    for number, reason in enumerate(BROKEN):
        assert reason in reasons[f"Broken{number}"]
    assert "empty folder" in reasons["Empty"] and "no entry.json" in reasons["Other"] and "Nan" in reasons
    assert len(broken) == len(BROKEN) + 3
    assert write_board(tmp_path / "in", labels, tmp_path / "out") == len(broken)


def test_exports_of_platforms_are_understood(tmp_path):
    hand_in(tmp_path / "in" / "Ann Lee_12345_assignsubmission_file_" / "entry.json")
    hand_in(tmp_path / "in" / "Ben Wu_67890_assignsubmission_file_" / "entry.json")
    hand_in(tmp_path / "apart" / "entry.json")
    with zipfile.ZipFile(tmp_path / "in" / "Cleo.zip", "w") as archive:
        archive.write(tmp_path / "apart" / "entry.json", "entry.json")
    entries, broken = read_entries(tmp_path / "in", TRUTH)
    assert [each.student for each in entries] == ["Ann Lee", "Ben Wu", "Cleo"] and not broken
    hand_in(tmp_path / "flat" / "dora.json")
    hand_in(tmp_path / "flat" / "emil.json")
    assert [each.student for each in read_entries(tmp_path / "flat", TRUTH)[0]] == ["dora", "emil"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id;label\n1;a\n1;b", "line 3: the id 1 stands there twice"),
        ("id,text\n1,a", "need the columns id,label"),
        ("id,label\n1,", "line 2: the id or the label is empty"),
        ("id,label\n", "no row below"),
    ],
)
def test_labels_that_are_no_table_are_refused(tmp_path, text, says):
    (tmp_path / "labels.csv").write_text(text, encoding="utf-8-sig")
    with pytest.raises(CourseError, match=says):
        read_labels(tmp_path / "labels.csv")


def test_wrong_calls_say_what_is_missing(tmp_path, labels, capsys):
    (tmp_path / "in").mkdir()
    for call, says in [
        (["--board", str(tmp_path / "in")], "needs both"),
        (["--labels", str(labels)], "needs both"),
        ([], "Name the folder"),
        (["--board", str(tmp_path / "none"), "--labels", str(labels)], "There is no folder"),
        ([str(tmp_path), "--board", str(tmp_path / "in"), "--labels", str(labels)], "grades no sheets"),
    ]:
        assert main(["grade", *call]) == 2
        assert says in capsys.readouterr().err
    assert main(["grade", "--board", str(tmp_path / "in"), "--labels", str(labels), "--out", str(tmp_path / "o")]) == 1
    assert parse(["grade", "somewhere"]).submissions == Path("somewhere")


class TestWriteEntry:
    def test_what_it_writes_is_what_the_board_reads(self, tmp_path, monkeypatch, capsys):
        monkeypatch.setattr(speed, "gflops", lambda threads: 300.0)
        monkeypatch.setattr(capstone_entry, "_device", lambda: ("cpu", 2))
        (tmp_path / "Ann").mkdir()
        capstone_entry.write_entry(list(TRUTH), list(TRUTH.values()), 10, tmp_path / "Ann" / "entry.json")
        assert "200 answers, 20.0 reference seconds" in capsys.readouterr().out
        entries, broken = read_entries(tmp_path, TRUTH)
        assert not broken and entries == [Entry("Ann", TRUTH, 20.0, "cpu")]
        assert capstone_entry.FORMAT == board_entries.FORMAT

    def test_it_measures_this_machine_and_leaves_its_threads_alone(self, tmp_path, monkeypatch):
        import torch

        monkeypatch.setattr(speed, "SIDE", 128)
        before = torch.get_num_threads()
        path = capstone_entry.write_entry([1, 2], ["a", "b"], 1.5, tmp_path / "entry.json")
        assert torch.get_num_threads() == before
        assert json.loads(path.read_text("utf-8"))["gflops"] > 0

    @pytest.mark.parametrize(
        ("ids", "labels", "seconds", "says"),
        [
            ([1, 2], ["a"], 1, "2 ids and 1 labels"),
            ([], [], 1, "0 ids"),
            ([1, 1], ["a", "b"], 1, "occur twice"),
            ([1], [" "], 1, "id 1 is empty"),
            ([1], ["a"], 0, "number above 0"),
            ([1], ["a"], float("nan"), "number above 0"),
        ],
    )
    def test_what_cannot_be_is_refused(self, tmp_path, ids, labels, seconds, says):
        with pytest.raises(CourseError, match=says):
            capstone_entry.write_entry(ids, labels, seconds, tmp_path / "entry.json")
        assert not (tmp_path / "entry.json").exists()
