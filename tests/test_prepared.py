"""Folders in the cache: whole or not at all, whatever comes between."""

import multiprocessing
import time

import pytest

from course_utils import CourseError
from course_utils.prepared import MANIFEST, is_whole, prepared

NAME = "things-1"


def write(folder):
    (folder / "a.txt").write_text("one")
    (folder / "b.txt").write_text("two")


def slowly(folder):
    time.sleep(1)
    write(folder)
    with (folder.parent / "written").open("a") as count:
        count.write("x")


def in_a_process(cache):
    prepared(NAME, slowly, "The things", cache)


def test_it_is_written_once(tmp_path):
    folder = prepared(NAME, write, "The things", tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == [MANIFEST, "a.txt", "b.txt"]
    assert prepared(NAME, lambda empty: pytest.fail("written again"), "The things", tmp_path) == folder


@pytest.mark.parametrize("damage", ["change", "lose", "no manifest", "empty manifest", "half a manifest"])
def test_a_damaged_folder_is_made_anew(tmp_path, damage):
    folder = prepared(NAME, write, "The things", tmp_path)
    if damage == "change":
        (folder / "a.txt").write_text("on")
    elif damage == "lose":
        (folder / "b.txt").unlink()
    elif damage == "no manifest":
        (folder / MANIFEST).unlink()
    else:
        (folder / MANIFEST).write_text("" if damage == "empty manifest" else "abc")
    assert not is_whole(folder)
    assert prepared(NAME, write, "The things", tmp_path) == folder
    assert is_whole(folder)
    assert (folder / "a.txt").read_text() == "one"


def test_a_crash_leaves_nothing_that_looks_whole(tmp_path):
    def crash(folder):
        write(folder)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepared(NAME, crash, "The things", tmp_path)
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]
    assert is_whole(prepared(NAME, write, "The things", tmp_path))


def test_what_a_killed_kernel_left_is_cleared_away(tmp_path):
    context = multiprocessing.get_context("spawn")
    killed = context.Process(target=in_a_process, args=(tmp_path,))
    killed.start()
    while not list(tmp_path.glob(f".{NAME}-*")):
        time.sleep(0.05)
    killed.kill()
    killed.join()
    assert list(tmp_path.glob(f".{NAME}-*"))
    assert is_whole(prepared(NAME, write, "The things", tmp_path))
    assert not list(tmp_path.glob(f".{NAME}-*"))


def test_an_error_of_the_system_in_other_words_is_named_too(tmp_path):
    def no_space(folder):
        raise RuntimeError("I/O error: No space left on device (os error 28)")

    with pytest.raises(CourseError, match=r"could not be written below .*os error 28.*COURSE_CACHE"):
        prepared(NAME, no_space, "The things", tmp_path)
    with pytest.raises(ZeroDivisionError):
        prepared(NAME, lambda folder: 1 / 0, "The things", tmp_path)


def test_it_has_the_rights_that_other_folders_have(tmp_path):
    (tmp_path / "other").mkdir()
    folder = prepared(NAME, write, "The things", tmp_path)
    assert folder.stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_full_disk_is_named_and_leaves_no_half_folder(tmp_path):
    def no_space(folder):
        raise OSError(28, "No space left on device")

    with pytest.raises(CourseError, match=r"The things could not be written below .*No space left.*COURSE_CACHE"):
        prepared(NAME, no_space, "The things", tmp_path)
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]


def test_a_cache_that_is_no_folder_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CourseError, match=r"could not be written below .*file"):
        prepared(NAME, write, "The things", tmp_path / "file")


def test_of_two_kernels_at_once_one_writes_and_the_other_waits(tmp_path):
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=in_a_process, args=(tmp_path,)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join()
    assert [process.exitcode for process in both] == [0, 0]
    assert is_whole(tmp_path / NAME)
    assert (tmp_path / "written").read_text() == "x"
