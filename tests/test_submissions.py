"""Which files are submissions, whose they are, and what is said of all others."""

import json
import os
import shutil
import unicodedata
import zipfile

import pytest

from course_tools.grading.submissions import find
from course_tools.project import all_sheets
from tests.processes import posix

SHEET, OTHER = (next(each for each in all_sheets() if each.entry.slug == slug) for slug in ("tokenization", "lora"))
MOODLE = "{}_assignsubmission_file_"


def put(folder, name: str, sheet=SHEET):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return shutil.copy(sheet.page, path)


def put_different(folder, name: str, text: str):
    """Put a sheet that is not the same, byte for byte."""
    path = put(folder, name)
    path.write_text(path.read_text(encoding="utf-8").replace("# Your code here.", f"# {text}"), encoding="utf-8")
    return path


def put_zip(path, members: dict[str, bytes]):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def students(folder) -> list[str]:
    return [each.student for each in find(folder)[0]]


@pytest.mark.parametrize(
    ("name", "student"),
    [
        (f"ann/{SHEET.name}.ipynb", "ann"),
        ("ann/my answers (2).ipynb", "ann"),
        (f"ann/03_tokenization_exercises/{SHEET.name}.ipynb", "ann"),
        ("ann/exercise_3_2026_new.ipynb", "ann"),
        ("Lora/in a hurry/03.ipynb", "Lora"),
        ("Ann homework/in a hurry/03.ipynb", "Ann homework"),
        ("1234567/03.ipynb", "1234567"),
        ("Dr. Ann v. Lee/03.ipynb", "Dr. Ann v. Lee"),
        (f"Ann Lee_12345_assignsubmission_file_/{SHEET.name}.ipynb", "Ann Lee"),
        (f"Ann Lee_12345_assignsubmission_file/draft/{SHEET.name}.ipynb", "Ann Lee"),
        (f"Ann Lee_12345_assignsubmission_file_{SHEET.name}.ipynb", "Ann Lee"),
        ("Default group_assignsubmission_file/sheet.ipynb", "Default group"),
        ("Zoë O'Neil-Smith_7_assignsubmission_file_sheet.ipynb", "Zoë O'Neil-Smith"),
        (f"leeann_12345_67890_{SHEET.name}.ipynb", "leeann"),
        (f"leeann_LATE_12345_67890_{SHEET.name}-1.ipynb", "leeann"),
        (f"Tuesday/leeann_12345_67890_{SHEET.name}.ipynb", "leeann"),
        ("Download Nov 3/123-456 - Mary-Ann Lee - 3 Nov 2026 926 PM/sheet.ipynb", "Mary-Ann Lee"),
        ("123-456 - Ann - Lee - Nov 3, 2026 926 PM - sheet.ipynb", "Ann - Lee"),
        ("Exercise_3_alee_attempt_2026-11-03-21-26-00_sheet.ipynb", "alee"),
        ("inbound/alee+ps3+2026-11-03 21:26:00 UTC+Zm9v/sheet.ipynb", "alee"),
        ("Exercise 3/Submissions/Lee_Ann_alee_12345/sheet.ipynb", "Lee_Ann_alee_12345"),
        ("Übung 3/Abgaben/Lee_Ann_alee_12345/sheet.ipynb", "Lee_Ann_alee_12345"),
        ("Exercise 3/Lee, Ann(alee)/Submission attachment(s)/sheet.ipynb", "Lee, Ann(alee)"),
        ("submitted/ann/ps3/sheet.ipynb", "ann"),
        ("Exercise 3/ann.ipynb", "ann"),
        ("ann.ipynb", "ann"),
        ("ann (1).ipynb", "ann"),
        ("ann.IPYNB", "ann"),
        ("ann.ipynb.txt", "ann"),
        ("ann.ipynb.json", "ann"),
        ("ann", "ann"),
        (f"ann_{SHEET.name}.ipynb", "ann"),
        (f"Ann Lee - {SHEET.name}.ipynb", "Ann Lee"),
        (f"{SHEET.name} final.ipynb", f"{SHEET.name} final"),
        ("submission_123456/sheet.ipynb", "submission_123456"),
    ],
)
def test_the_student_is_read_from_folder_or_name(tmp_path, name, student):
    put(tmp_path, name)
    [submission], refused = find(tmp_path)
    assert (submission.student, submission.sheet, submission.where, refused) == (student, SHEET, name, [])


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["my class/ann/a.ipynb", "my class/bob/a.ipynb"], ["ann", "bob"]),
        (["Monday/ann/a.ipynb", "Monday/bob/a.ipynb", "Tuesday/eve/a.ipynb"], ["ann", "bob", "eve"]),
        (["my class/ann.ipynb", "my class/bob.ipynb", "my class/eve.ipynb"], ["ann", "bob", "eve"]),
        (["my class/रवि.ipynb", "my class/李.ipynb"], ["रवि", "李"]),
        (["😀/03.ipynb", "😎/03.ipynb"], ["😀", "😎"]),
        (["Exercise 3/ann/a.ipynb", "Exercise 4/bob/a.ipynb"], ["ann", "bob"]),
        (["01/03.ipynb", "02/03.ipynb"], ["01", "02"]),
        (["downloads/03.ipynb", "downloads/03 (1).ipynb"], ["03", "03 (1)"]),
        (["x/123-4 - Ann - 3 Nov 2026 926 PM/a.ipynb", "x/124-4 - Bob - 3 Nov 2026 927 PM/a.ipynb"], ["Ann", "Bob"]),
        (["Group A/ann.ipynb", "Group A/bob.ipynb", "Group B/eve.ipynb"], ["ann", "bob", "eve"]),
        (
            ["Tutor Wu/ann.ipynb", "Tutor Wu/bob.ipynb", "Tutor Xi/1.ipynb", "Tutor Xi/eve.ipynb"],
            ["1", "ann", "bob", "eve"],
        ),
        (["Team 1/03.ipynb", "Team 2/03.ipynb", "Team 2/final.ipynb"], ["Team 1", "Team 2"]),
        (["submission_12345/a.ipynb", "submission_12346/a.ipynb"], ["submission_12345", "submission_12346"]),
        (["ann/first try/03.ipynb", "ann/final/03.ipynb"], ["ann"]),
        (["ann/try 10/03.ipynb", "ann/try 11/03.ipynb"], ["ann"]),
        (["ann/draft/03.ipynb", "ann/03.ipynb", "bob/03.ipynb"], ["ann", "bob"]),
    ],
)
def test_folders_around_students_are_no_students(tmp_path, names, expected):
    for number, name in enumerate(names):
        put_different(tmp_path, name, f"number {number}")
    assert students(tmp_path) == expected


def test_two_sheets_of_one_student_are_two_submissions(tmp_path):
    put(tmp_path, "ann/03/a.ipynb"), put(tmp_path, "ann/09/a.ipynb", OTHER)
    put(tmp_path, f"{MOODLE.format('Bob_1')}/a.ipynb"), put(tmp_path, f"{MOODLE.format('Bob_2')}/a.ipynb", OTHER)
    submissions, refused = find(tmp_path)
    assert [(each.student, each.sheet) for each in submissions] == [
        *(("Bob", SHEET), ("ann", SHEET)),
        *(("Bob", OTHER), ("ann", OTHER)),
    ]
    assert refused == []


def test_a_folder_of_students_is_one_though_only_one_of_them_handed_in_another_sheet(tmp_path):
    put(tmp_path, "my class/ann/03.ipynb"), put(tmp_path, "my class/bob/03.ipynb")
    put(tmp_path, "my class/ann/09.ipynb", OTHER)
    assert students(tmp_path) == ["ann", "bob", "ann"]


def test_two_students_of_one_name_are_told_apart_by_the_platforms_number(tmp_path):
    put(tmp_path, f"3/{MOODLE.format('Ann Lee_12')}/a.ipynb"), put(tmp_path, f"3/{MOODLE.format('Ann Lee_34')}/a.ipynb")
    put(tmp_path, f"3/{MOODLE.format('Bob_5')}/a.ipynb")
    submissions, refused = find(tmp_path)
    assert [each.student for each in submissions] == ["Ann Lee (12)", "Ann Lee (34)", "Bob"]
    assert refused == []


def test_numbers_tell_students_apart_in_two_exports_of_one_sheet_and_not_of_two(tmp_path):
    put(tmp_path, f"Monday/{MOODLE.format('Ann Lee_12')}/a.ipynb"), put(tmp_path, f"3/{MOODLE.format('Bob_5')}/a.ipynb")
    (
        put(tmp_path, f"Tuesday/{MOODLE.format('Ann Lee_34')}/a.ipynb"),
        (tmp_path / f"4/{MOODLE.format('Bob_6')}").mkdir(parents=True),
    )
    submissions, [refused] = find(tmp_path)
    assert [each.student for each in submissions] == ["Ann Lee (12)", "Ann Lee (34)", "Bob"]
    assert refused.student == "Bob"


def test_a_file_that_is_no_notebook_does_not_hide_behind_a_student_of_the_same_name(tmp_path):
    put(tmp_path, f"{MOODLE.format('Ann Lee_12')}/a.ipynb")
    (tmp_path / MOODLE.format("Ann Lee_34")).mkdir()
    (tmp_path / MOODLE.format("Ann Lee_34") / "a.pdf").write_bytes(b"%PDF-1.7")
    [submission], [refused] = find(tmp_path)
    assert (submission.student, refused.student) == ("Ann Lee (12)", "Ann Lee (34)")


def test_one_name_written_in_two_ways_is_one_student(tmp_path):
    put_different(tmp_path, f"{unicodedata.normalize('NFC', 'Zoë')}/a.ipynb", "one")
    put_different(tmp_path, f"{unicodedata.normalize('NFD', 'Zoë')}/b.ipynb", "two")
    assert students(tmp_path) == ["Zoë"]


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("Zo\udceb", "Zoë"),  # Latin-1 on the disk
        ("a\nb\x1b\u2028c", "a b c"),
        ("\u202etxt.ann", "txt.ann"),
        ("x" * 250, "x" * 250),
        ("<script>alert(1)</script>".replace("/", ""), "<script>alert(1)<script>"),
    ],
)
def test_names_can_be_shown_everywhere(tmp_path, name, student):
    put(tmp_path, f"{name}/a.ipynb")
    [submission], [] = find(tmp_path)
    assert submission.student == student
    assert f"{submission.student} {submission.where}".encode()


def reasons(folder) -> dict[str, str]:
    return {each.where: each.reason for each in find(folder)[1]}


REFUSED = {
    "notes.txt": (b"notes", "does not end in .ipynb"),
    "bob.ipynb": (b"\x89PNG\x00\xff", "Ask for it again"),
    "cut.ipynb": (SHEET.page.read_bytes()[:3000], "its end is missing"),
    "list.ipynb": (b"[1, 2]", "no notebook, though its text is JSON"),
    "object.ipynb": (b'{"a": 1}', "no list of cells"),
    "empty.ipynb": (b"", "nothing in it"),
    "zeros.ipynb": (b"\x00" * 500, "a cloud drive had not fetched it"),
    "deep.ipynb": (b"[" * 100_000, "too deeply nested"),
    "digits.ipynb": (b'{"cells": ' + b"1" * 10_000 + b"}", "damaged"),
    "page.ipynb": (b"<!DOCTYPE html><html></html>", "a web page"),
    "saved.html": (b"<html></html>", "Ask for the notebook that it was made from"),
    "script.py": (b"print(1)", "Ask for the notebook that it was made from"),
    "print.ipynb.pdf": (b"%PDF-1.7", "a PDF"),
    "zip.ipynb": (b"PK\x03\x04....", "rename it to .zip"),
    "lfs.ipynb": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "Git LFS"),
    "._alone.ipynb": (b"\x00\x05\x16\x07" + b"\x00" * 200, "begins with a dot"),
    "mac.ipynb": (b"\x00\x05\x16\x07" + b"\x00" * 200, "macOS"),
    "long.ipynb": (json.dumps({"cells": [{"cell_type": "code", "source": "x" * 2_000_001}]}).encode(), "characters of"),
    "many.ipynb": (json.dumps({"cells": [{}] * 5_001}).encode(), "more than 5,000 cells"),
    "merged.ipynb": (b'{"cells": [\n<<<<<<< HEAD\n', "git could not merge"),
    "merged at once.ipynb": (b'<<<<<<< HEAD\n{"cells": []}', "git could not merge"),
    "other.rar": (b"Rar!", "an archive"),
    "dan.ipynb": (
        json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode(),
        "not an exer",
    ),
    "lesson.ipynb": (
        SHEET.page.parents[1].joinpath(f"notebooks/{SHEET.entry.name}.ipynb").read_bytes(),
        "not its exerc",
    ),
}


def test_what_is_no_submission_is_refused_by_name_and_student(tmp_path):
    put(tmp_path, "ann/sheet.ipynb")
    for name, (data, _) in REFUSED.items():
        (tmp_path / name).write_bytes(data)
        (tmp_path / "ann" / name).write_bytes(data)
    submissions, refused = find(tmp_path)
    assert [each.student for each in submissions] == ["ann"]
    said = {each.where: each.reason for each in refused}
    assert said.keys() == REFUSED.keys() | {f"ann/{name}" for name in REFUSED}
    for name, (_, words) in REFUSED.items():
        assert words in said[name], name
    assert {each.student for each in refused if each.where.startswith("ann/")} == {"ann"}
    assert {each.student for each in refused if each.where in ("cut.ipynb", "other.rar")} == {"cut", "other"}


def test_what_is_passed_over_is_named(tmp_path):
    put(tmp_path, "ann/.ipynb_checkpoints/a.ipynb")
    put(tmp_path, "elsewhere/a.ipynb")
    folder = tmp_path / "all"
    put(folder, "ann/a.ipynb"), put(folder, "ann/.ipynb_checkpoints/a.ipynb"), put(folder, ".hidden/a.ipynb")
    (folder / "link.ipynb").symlink_to(SHEET.page)
    (folder / "bob").symlink_to(tmp_path / "elsewhere")
    (folder / "loop").symlink_to(folder)
    (folder / "eve").mkdir()
    assert students(folder) == ["ann"]
    said = reasons(folder)
    assert set(said) == {"ann/.ipynb_checkpoints", ".hidden", "link.ipynb", "bob", "loop", "eve"}
    assert "a dot" in said[".hidden"] and "a link" in said["bob"] and "empty" in said["eve"]


@posix
def test_a_pipe_is_no_ordinary_file(tmp_path):
    put(tmp_path, "ann/a.ipynb")
    os.mkfifo(tmp_path / "pipe.ipynb")
    assert "no ordinary file" in reasons(tmp_path)["pipe.ipynb"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may open everything")
def test_what_cannot_be_opened_is_named_for_an_ordinary_user(tmp_path):
    put(tmp_path, "bob/a.ipynb"), put(tmp_path, "eve/a.ipynb")
    (tmp_path / "bob").chmod(0)
    (tmp_path / "eve/a.ipynb").chmod(0)
    try:
        assert {name: "cannot be opened" in why for name, why in reasons(tmp_path).items()} == {
            "bob": True,
            "eve/a.ipynb": True,
        }
    finally:
        (tmp_path / "bob").chmod(0o700)


def test_what_cannot_be_opened_is_named(tmp_path, monkeypatch):
    put(tmp_path, "bob/a.ipynb"), put(tmp_path, "ann/a.ipynb")
    scan = os.scandir

    def refuse(path):
        if str(path).endswith("bob"):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    [submission], [refused] = find(tmp_path)
    assert (submission.student, refused.student, refused.where) == ("ann", "bob", "bob")
    assert "cannot be opened (Permission denied)" in refused.reason


def test_what_macos_and_windows_leave_behind_is_passed_over(tmp_path):
    put(tmp_path, "ann/a.ipynb"), put(tmp_path, "ann/._a.ipynb"), put(tmp_path, "__MACOSX/ann/._a.ipynb")
    for name in (".DS_Store", "ann/Thumbs.db", "desktop.ini"):
        (tmp_path / name).write_bytes(b"")
    [submission], refused = find(tmp_path)
    assert (submission.where, refused) == ("ann/a.ipynb", [])


def test_of_two_files_the_newer_one_counts(tmp_path):
    old, new = put_different(tmp_path, "ann/b.ipynb", "old"), put(tmp_path, "ann/a.ipynb")
    os.utime(old, (1, 1))
    [submission], [refused] = find(tmp_path)
    assert (submission.path, refused.path, refused.student, refused.sheet) == (new, old, "ann", SHEET)
    assert "newer" in refused.reason
    assert "ann/a.ipynb was graded" in submission.notes[0]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("ann/sheet.ipynb", "ann/sheet (1).ipynb"),
        ("ann/sheet (2).ipynb", "ann/sheet (10).ipynb"),
        ("leeann_1234_5678_sheet.ipynb", "leeann_1234_5679_sheet-1.ipynb"),
        ("1-2 - Ann - 3 Nov 2026 926 PM/z.ipynb", "1-2 - Ann - 3 Nov 2026 1026 PM/a.ipynb"),
        ("1-2 - Ann - Nov 3, 2026 926 AM/z.ipynb", "1-2 - Ann - Nov 3, 2026 101 PM/a.ipynb"),
        ("x_ann_attempt_2026-11-03-10-00-00_z.ipynb", "x_ann_attempt_2026-11-04-09-00-00_a.ipynb"),
        ("ann/sheet.ipynb~", "ann/sheet.ipynb"),
    ],
)
def test_where_times_are_lost_names_tell_which_is_newer(tmp_path, older, newer):
    for name in (older, newer):
        os.utime(put_different(tmp_path, name, name.replace("\\", "")), (10**9, 10**9))
    [submission], [refused] = find(tmp_path)
    assert (submission.where, refused.where) == (newer, older)


def test_whoever_hands_in_the_whole_checkout_gets_the_points_of_the_sheet(tmp_path):
    sheet = put(tmp_path, f"ann/course/exercises/{SHEET.name}.ipynb")
    solution = tmp_path / "ann/course/solutions" / sheet.name
    solution.parent.mkdir()
    shutil.copy(SHEET.notebook, solution)
    os.utime(sheet, (1, 1))
    [submission], [refused] = find(tmp_path)
    assert submission.where == f"ann/course/exercises/{SHEET.name}.ipynb"
    assert "the course's own solution" in refused.reason


def test_the_same_bytes_twice_are_one_submission(tmp_path):
    put(tmp_path, "ann/a.ipynb"), put(tmp_path, "ann/b.ipynb")
    [_], [refused] = find(tmp_path)
    assert "byte for byte" in refused.reason


SHEET_BYTES = SHEET.page.read_bytes()


@pytest.mark.parametrize(
    ("name", "members", "expected"),
    [
        ("ann.zip", {"a.ipynb": SHEET_BYTES}, ["ann"]),
        ("ann/work.ZIP", {"deep/in/it/a.ipynb": SHEET_BYTES}, ["ann"]),
        ("leeann_1234_5678_work.zip", {"a.ipynb": SHEET_BYTES}, ["leeann"]),
        (f"{MOODLE.format('Ann Lee_12')}/work.zip", {"work/a.ipynb": SHEET_BYTES}, ["Ann Lee"]),
        ("submissions.zip", {"ann/a.ipynb": SHEET_BYTES, "bob/a.ipynb": SHEET_BYTES + b"\n"}, ["ann", "bob"]),
        ("CS7-Ex-44.zip", {f"{MOODLE.format(n)}/a.ipynb": SHEET_BYTES for n in ("A_1", "B_2")}, ["A", "B"]),
        ("ann.zip", {"Zo\xeb\\a.ipynb": SHEET_BYTES}, ["ann"]),
        ("ann.zip", {"a.ipynb": SHEET_BYTES, "__MACOSX/._a.ipynb": b"", ".DS_Store": b"", "data.csv": b"1"}, ["ann"]),
    ],
)
def test_zips_are_read(tmp_path, name, members, expected):
    put_zip(tmp_path / name, members)
    submissions, refused = find(tmp_path)
    assert ([each.student for each in submissions], refused) == (expected, [])
    assert all(each.where.startswith(f"{name}/") for each in submissions)


def test_names_that_no_disk_could_hold_are_cut(tmp_path):
    put_zip(tmp_path / "ann.zip", {"7" * 5_000: SHEET_BYTES, "8" * 5_000 + " - 2026" * 5_000: SHEET_BYTES})
    [submission], [refused] = find(tmp_path)
    assert submission.where == f"ann.zip/{'8' * 255}"
    assert refused.where == f"ann.zip/{'7' * 255}"


def test_a_zip_in_a_zip_is_read_and_an_endless_one_is_not(tmp_path):
    inner = tmp_path / "inner"
    put_zip(inner, {"a.ipynb": SHEET_BYTES})
    put_zip(tmp_path / "all" / "class.zip", {"ann.zip": inner.read_bytes()})
    assert students(tmp_path / "all") == ["ann"]
    for _ in range(4):
        data = inner.read_bytes()
        put_zip(inner, {"more.zip": data})
    shutil.copy(inner, tmp_path / "all" / "bob.zip")
    assert "inside of 3 others" in " ".join(reasons(tmp_path / "all").values())


def test_what_is_wrong_with_a_zip_is_named(tmp_path):
    put_zip(tmp_path / "out.zip", {"../../ann.ipynb": SHEET_BYTES, "/etc/bob.ipynb": SHEET_BYTES, "C:\\e.ipynb": b""})
    link = zipfile.ZipInfo("link.ipynb")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    (tmp_path / "damaged.zip").write_bytes(b"PK\x03\x04 and no more")
    put_zip(tmp_path / "barren.zip", {})
    put_zip(tmp_path / "pictures.zip", {"a.png": b"1", "b.png": b"2"})
    put_zip(tmp_path / "dots.zip", {".git/a": b"1", ".git/b": b"2"})
    put_zip(tmp_path / "bomb.zip", {"bomb.ipynb": b" " * (101 * 2**20)})
    data = bytearray((tmp_path / "pictures.zip").read_bytes())
    data[6] |= 1  # the flag of a password, in the local header and in the directory
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(data)
    assert students(tmp_path) == []
    said = reasons(tmp_path)
    assert [why for name, why in said.items() if name.startswith("out.zip")] == [said["out.zip/../../ann.ipynb"]] * 3
    assert "leads out" in said["out.zip/../../ann.ipynb"]
    assert "a link" in said["link.zip/link.ipynb"]
    assert "damaged" in said["damaged.zip"]
    assert "without any file" in said["barren.zip"]
    assert "no notebook" in said["pictures.zip/a.png"] and "no notebook" in said["pictures.zip/b.png"]
    assert "a dot" in said["dots.zip/.git"]
    assert len([each for each in find(tmp_path)[1] if each.where == "dots.zip/.git"]) == 1
    assert "larger than 100 MiB" in said["bomb.zip/bomb.ipynb"]
    assert "password" in said["locked.zip/a.png"]


def test_a_zip_has_a_limit_on_all_its_files(tmp_path, monkeypatch):
    monkeypatch.setattr("course_tools.grading.unpack.Budget.__init__.__defaults__", (5, 2**30))
    put_zip(tmp_path / "ann.zip", {f"{number}.txt": b"" for number in range(6)})
    assert "more than 20,000 files" in reasons(tmp_path)["ann.zip"]


def test_short_numbers_of_students_are_no_exercises(tmp_path):
    for number in (1, 2, 12):
        put(tmp_path, f"s{number}/sheet.ipynb")
    assert sorted(each.student for each in find(tmp_path)[0]) == ["s1", "s12", "s2"]
