"""Which files are submissions, whose they are, and what is said of all others."""

import json
import os
import shutil

import pytest

from course_tools.grading.submissions import find, student_of
from course_tools.project import all_sheets

SHEET = next(sheet for sheet in all_sheets() if sheet.entry.slug == "tokenization")


def put(folder, name: str):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return shutil.copy(SHEET.page, path)


@pytest.mark.parametrize(
    ("name", "student"),
    [
        (f"ann/{SHEET.name}.ipynb", "ann"),
        ("ann/my answers (2).ipynb", "ann"),
        (f"ann/03_tokenization_exercises/{SHEET.name}.ipynb", "ann"),
        (f"Ann Lee_12345_assignsubmission_file_/{SHEET.name}.ipynb", "Ann Lee"),
        (f"Ann Lee_12345_assignsubmission_file_{SHEET.name}.ipynb", "Ann Lee"),
        ("Zoë O'Neil-Smith_7_assignsubmission_file_sheet.ipynb", "Zoë O'Neil-Smith"),
        (f"leeann_12345_67890_{SHEET.name}.ipynb", "leeann"),
        (f"leeann_LATE_12345_67890_{SHEET.name}-1.ipynb", "leeann"),
        ("ann.ipynb", "ann"),
    ],
)
def test_the_student_is_read_from_folder_or_name(tmp_path, name, student):
    put(tmp_path, name)
    [submission], refused = find(tmp_path)
    assert (submission.student, submission.sheet, refused) == (student, SHEET, [])
    assert student_of(tmp_path / name, tmp_path) == student


def test_what_is_no_submission_is_refused_by_name(tmp_path):
    put(tmp_path, "ann/sheet.ipynb")
    (tmp_path / "ann" / "notes.txt").write_text("notes")
    (tmp_path / "bob.ipynb").write_bytes(b"\x89PNG\x00\xff")
    (tmp_path / "cut.ipynb").write_text(SHEET.page.read_text()[:3000])
    (tmp_path / "list.ipynb").write_text("[1, 2]")
    (tmp_path / "empty.ipynb").write_text("")
    (tmp_path / "dan.ipynb").write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    submissions, refused = find(tmp_path)
    assert [each.student for each in submissions] == ["ann"]
    words = {each.path.name: each.reason for each in refused}
    assert set(words) == {"notes.txt", "bob.ipynb", "cut.ipynb", "list.ipynb", "empty.ipynb", "dan.ipynb"}
    assert "does not end in .ipynb" in words["notes.txt"]
    assert "not an exercise sheet" in words["dan.ipynb"]
    for name in ("bob.ipynb", "cut.ipynb", "list.ipynb", "empty.ipynb"):
        assert "Ask for it again" in words[name], name


def test_of_two_files_the_newer_one_counts(tmp_path):
    old, new = put(tmp_path, "ann/b.ipynb"), put(tmp_path, "ann/a.ipynb")
    os.utime(old, (1, 1))
    [submission], [refused] = find(tmp_path)
    assert (submission.path, refused.path) == (new, old)
    assert "newer" in refused.reason


def test_hidden_files_and_links_are_passed_over(tmp_path):
    put(tmp_path, ".ipynb_checkpoints/a.ipynb")
    put(tmp_path, "__MACOSX/a.ipynb")
    (tmp_path / "link.ipynb").symlink_to(SHEET.page)
    assert find(tmp_path) == ([], [])
