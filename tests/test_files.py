"""Files are written whole or not at all, folders are tried before the work, and one process holds a checkout."""

import errno
import io
import zipfile

import pytest

from course_tools.files import only_one, require_writable, write_in_one_step, zipped
from course_utils import CourseError


def test_a_file_is_written_with_its_folder(tmp_path):
    write_in_one_step(tmp_path / "new" / "file.txt", "words")
    assert (tmp_path / "new" / "file.txt").read_text() == "words"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["file.txt"]


def test_a_full_disk_keeps_the_old_file_and_leaves_no_half(tmp_path, monkeypatch):
    file = tmp_path / "file.txt"
    file.write_text("old")

    def full(path, content):
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(type(file), "write_bytes", full)
    with pytest.raises(CourseError, match=r"could not be written: No space left on device. Free some disk space"):
        write_in_one_step(file, "new")
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]


def test_a_text_keeps_its_line_ends_and_what_is_no_unicode_is_a_question_mark(tmp_path):
    write_in_one_step(tmp_path / "file.txt", "ö\nof Excel\r\n\ud800")
    assert (tmp_path / "file.txt").read_bytes() == "ö\nof Excel\r\n?".encode()


def test_the_same_files_make_the_same_zip():
    files = {"b/start": b"#!/bin/sh", "a.txt": b"text", "empty/": b""}
    made = zipped(files, {"b/start"})
    assert made == zipped(dict(reversed(files.items())), ["b/start"])
    entries = zipfile.ZipFile(io.BytesIO(made)).infolist()
    rights = {entry.filename: oct(entry.external_attr >> 16) for entry in entries}
    assert list(rights.items()) == [("a.txt", "0o100644"), ("b/start", "0o100755"), ("empty/", "0o40755")]
    assert {entry.date_time for entry in entries} == {(2020, 1, 1, 0, 0, 0)}


def test_a_file_in_place_of_a_folder_is_named(tmp_path):
    (tmp_path / "build").write_text("a file")
    with pytest.raises(CourseError, match=r"Nothing can be written in .*build"):
        require_writable(tmp_path / "build")


def test_only_one_holds_a_folder(tmp_path):
    with only_one(tmp_path), pytest.raises(CourseError, match="is at work in"), only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass
