"""`course update`: the newest state comes, and whatever a student wrote is still there, word for word."""

import os
import shutil
from pathlib import Path

import pytest

from course_tools import cli, project
from course_tools.setup import bootstrap
from course_tools.setup.git import Git
from course_tools.setup.update import MY_WORK, told, update
from course_utils import CourseError
from tests.git import NO_SETTINGS, commit, git, write

SHEET, LESSON, OTHER = "exercises/01_ö sheet.ipynb", "notebooks/00_start.ipynb", "notebooks/02_other.ipynb"
MINE, NEWEST = "what I wrote", "the newest"
FILES = {SHEET: "old", LESSON: "old", OTHER: "old", "CHANGELOG.md": "- old\n", ".gitignore": f"/{MY_WORK}/\n*.log\n"}
pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not here")


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    """What the person who runs the tests has set up for git is not a student's."""
    for name, value in NO_SETTINGS.items():
        monkeypatch.setenv(name, value)


class Student:
    """The course, as its authors have it, and a student's clone of it."""

    def __init__(self, tmp_path: Path):
        self.course, self.folder = tmp_path / "course", tmp_path / "a student's"
        git(tmp_path, "init", "--quiet", "--initial-branch", "main", str(self.course))
        commit(self.course, FILES)
        git(tmp_path, "clone", "--quiet", str(self.course), str(self.folder))

    def news(self, files: dict[str, str | None]) -> None:
        """Change the course."""
        commit(self.course, files)

    def has(self, name: str) -> str:
        """Return what is in a file."""
        return (self.folder / name).read_text("utf-8")

    def is_newest(self) -> bool:
        """Is the last commit that of the course?"""
        return git(self.folder, "rev-parse", "HEAD") == git(self.course, "rev-parse", "HEAD")

    def state(self) -> tuple:
        """Return all that must stay as it is where nothing can be done."""
        files = {
            path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file() and ".git" not in path.parts
        }
        return files, git(self.folder, "status", "--porcelain"), git(self.folder, "rev-parse", "HEAD")

    def refused(self, says: str) -> None:
        """An update ends in one sentence, and changes nothing."""
        before = self.state()
        with pytest.raises(CourseError, match=says) as error:
            update(self.folder)
        assert "\n" not in str(error.value)
        assert self.state() == before


@pytest.fixture
def student(tmp_path) -> Student:
    return Student(tmp_path)


def test_nothing_new_is_said_and_nothing_touched(student):
    write(student.folder, {SHEET: MINE})
    before = student.state()
    assert list(told(update(student.folder))) == [
        "You have the newest state of the course already.",
        f"Yours, and left as it is: {SHEET}",
    ]
    assert student.state() == before


def test_a_changed_notebook_is_saved_and_the_new_one_comes(student):
    write(student.folder, {SHEET: MINE})
    student.news({SHEET: NEWEST})
    [(name, place)] = update(student.folder).saved.items()
    assert (name, student.has(place), student.has(SHEET)) == (SHEET, MINE, NEWEST)
    assert place.startswith(f"{MY_WORK}/") and place.endswith(f"/{SHEET}")
    assert student.is_newest() and git(student.folder, "status", "--porcelain") == ""


def test_what_the_update_does_not_touch_stays_in_its_place(student):
    write(student.folder, {SHEET: MINE, "notes.txt": MINE})
    student.news({LESSON: NEWEST})
    done = update(student.folder)
    assert (done.saved, done.stayed) == ({}, [SHEET])
    assert (student.has(SHEET), student.has("notes.txt"), student.has(LESSON)) == (MINE, MINE, NEWEST)
    assert not (student.folder / MY_WORK).exists()


def test_it_says_what_was_saved_where_and_what_is_new(student):
    write(student.folder, {SHEET: MINE, OTHER: MINE})
    news = {SHEET: NEWEST, LESSON: None, "notebooks/03_new.ipynb": NEWEST, "requirements.txt": NEWEST}
    student.news({**news, "CHANGELOG.md": "- a new lesson\n- old\n"})
    done = update(student.folder)
    assert list(told(done)) == [
        f"Saved in {done.saved[SHEET].removesuffix(f'/{SHEET}')}, as you left them: {SHEET}",
        "New: notebooks/03_new.ipynb, 1 other file",
        f"Changed: {SHEET}, 1 other file",
        f"No longer there: {LESSON}",
        "  - a new lesson",
        f"Yours, and left as it is: {OTHER}",
        "The packages of the course have changed. Run `make setup` (without make: see README.md, Begin).",
    ]
    assert "requirements.txt" in bootstrap.INPUTS


@pytest.mark.parametrize(
    ("mine", "new", "saved"),
    [
        ("new.ipynb", "new.ipynb", "new.ipynb"),
        ("new.log", "new.log", "new.log"),  # git ignores it, and would overwrite it without a word
        ("new/a/b.txt", "new", "new"),
        ("new", "new/a/b.txt", "new"),
    ],
)
def test_an_untracked_file_with_the_name_of_a_new_one_is_saved(student, mine, new, saved):
    write(student.folder, {mine: MINE})
    student.news({new: NEWEST})
    done = update(student.folder)
    assert list(done.saved) == [saved]
    assert student.has(mine.replace(saved, done.saved[saved], 1)) == MINE
    assert student.has(new) == NEWEST and student.is_newest()


@pytest.mark.skipif(os.name == "nt", reason="Windows lets only some make links")
def test_a_link_with_the_name_of_a_new_file_is_not_followed(student, tmp_path):
    write(tmp_path, {"elsewhere/file": MINE})
    (student.folder / "new").symlink_to(tmp_path / "elsewhere")
    student.news({"new/file": NEWEST})
    done = update(student.folder)
    assert (student.folder / done.saved["new"]).is_symlink()
    assert (tmp_path / "elsewhere" / "file").read_text() == MINE
    assert student.has("new/file") == NEWEST


def test_a_notebook_that_the_course_has_taken_away_is_saved(student):
    write(student.folder, {SHEET: MINE})
    student.news({SHEET: None, "exercises/02_ö sheet.ipynb": "old"})  # a new number
    done = update(student.folder)
    assert student.has(done.saved[SHEET]) == MINE
    assert not (student.folder / SHEET).exists() and student.is_newest()


def test_a_file_of_the_course_that_becomes_a_folder_is_not_taken_for_the_students(student):
    student.news({OTHER: None, f"{OTHER}/a.txt": NEWEST})
    assert update(student.folder).saved == {}
    assert student.has(f"{OTHER}/a.txt") == NEWEST


@pytest.mark.parametrize("how", ["deleted", "git rm"])
def test_a_notebook_that_the_student_deleted_comes_back_where_it_is_new(student, how):
    git(student.folder, "rm", "--quiet", SHEET) if how == "git rm" else write(student.folder, {SHEET: None})
    student.news({SHEET: NEWEST})
    assert update(student.folder).saved == {}
    assert student.has(SHEET) == NEWEST and student.is_newest()


def test_what_was_added_to_git_and_then_changed_is_kept_twice(student):
    write(student.folder, {SHEET: "added", "new.ipynb": "added, too"})
    git(student.folder, "add", "--all")
    write(student.folder, {SHEET: MINE})
    student.news({SHEET: NEWEST, "new.ipynb": NEWEST})
    done = update(student.folder)
    assert student.has(done.saved[SHEET]) == MINE
    assert student.has(done.saved["new.ipynb"]) == "added, too"
    assert git(student.folder, "show", f"stash@{{0}}^2:{SHEET}") == "added"
    assert any("`git stash list`" in line for line in told(done))
    assert student.has(SHEET) == NEWEST and student.is_newest()


def test_two_updates_on_one_day_save_into_two_folders(student):
    for number in (1, 2):
        write(student.folder, {SHEET: f"{MINE} {number}"})
        student.news({SHEET: f"{NEWEST} {number}"})
        update(student.folder)
    assert sorted(path.read_text() for path in (student.folder / MY_WORK).rglob("*.ipynb")) == [
        f"{MINE} 1",
        f"{MINE} 2",
    ]


def test_own_commits_alone_are_the_newest_state(student):
    commit(student.folder, {SHEET: MINE})
    before = student.state()
    done = update(student.folder)
    assert (done.branch, done.saved) == ("", {})
    assert student.state() == before


def test_own_commits_are_kept_in_a_branch_and_their_files_too_where_the_course_went_on(student):
    commit(student.folder, {SHEET: MINE, LESSON: MINE, "own.ipynb": MINE})
    write(student.folder, {LESSON: "and later"})
    student.news({SHEET: NEWEST})
    done = update(student.folder)
    assert student.is_newest() and student.has(SHEET) == NEWEST
    assert git(student.folder, "show", f"{done.branch}:{SHEET}") == MINE
    assert student.has(done.saved[LESSON]) == "and later"
    assert [student.has(done.saved[name]) for name in (SHEET, "own.ipynb")] == [MINE, MINE]
    assert done.gone == []
    assert git(student.folder, "symbolic-ref", "--short", "HEAD") == "main"
    assert git(student.folder, "rev-parse", "--abbrev-ref", "@{upstream}") == "origin/main"
    assert any(done.branch in line for line in told(done))


def test_a_history_that_was_made_anew_is_taken_and_the_old_one_kept(student):
    write(student.folder, {SHEET: MINE, "own.ipynb": MINE})
    git(student.course, "checkout", "--quiet", "--orphan", "anew")
    commit(student.course, {SHEET: NEWEST})
    git(student.course, "branch", "--quiet", "--move", "--force", "anew", "main")
    old = git(student.folder, "rev-parse", "HEAD")
    done = update(student.folder)
    assert student.has(done.saved[SHEET]) == MINE and student.has("own.ipynb") == MINE
    assert git(student.folder, "rev-parse", done.branch) == old and student.is_newest()


def test_a_shallow_clone_is_brought_up_to_date(student, tmp_path):
    student.folder = tmp_path / "shallow"
    commit(student.course, {OTHER: "older"})
    git(tmp_path, "clone", "--quiet", "--depth=1", student.course.as_uri(), str(student.folder))
    write(student.folder, {SHEET: MINE})
    student.news({SHEET: NEWEST})
    done = update(student.folder)
    assert student.has(done.saved[SHEET]) == MINE and done.branch == ""
    assert student.is_newest()


def test_without_git_the_way_is_said(student, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CourseError, match=r"git is not installed\. Install it"):
        update(student.folder)


def test_a_folder_out_of_a_zip_is_told_the_way(tmp_path):
    with pytest.raises(CourseError, match=r"came as a ZIP, without git.*Get the newest ZIP"):
        update(tmp_path)


def test_without_a_network_nothing_changes(student):
    write(student.folder, {SHEET: MINE})
    student.news({SHEET: NEWEST})
    student.course.rename(student.course.with_name("gone"))
    student.refused("could not be fetched, and nothing was changed.*Look at your connection")


def test_a_commit_without_a_branch_is_told_the_way(student):
    git(student.folder, "switch", "--quiet", "--detach")
    student.news({SHEET: NEWEST})
    student.refused("on no branch.*`git switch main`")


def test_a_branch_of_ones_own_is_told_the_way(student):
    git(student.folder, "switch", "--quiet", "--create", "mine")
    student.refused("The branch mine is yours alone.*`git switch main`")


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["merge", "origin/main"], "in the middle of a merge.*`git merge --abort`"),
        (["rebase", "origin/main"], "in the middle of a rebase.*`git rebase --abort`"),
        (["cherry-pick", "origin/main"], "in the middle of a cherry-pick.*`git cherry-pick --abort`"),
        (["bisect", "start"], "in the middle of a bisect.*`git bisect reset`"),
    ],
)
def test_in_the_middle_of_something_the_way_out_is_said(student, command, says):
    commit(student.folder, {SHEET: MINE})
    student.news({SHEET: NEWEST})
    git(student.folder, "fetch", "--quiet")
    git(student.folder, *command, check=False)
    student.refused(says)


def test_a_stash_that_did_not_fit_is_a_merge_without_a_mark(student):
    write(student.folder, {SHEET: MINE})
    git(student.folder, "stash")
    commit(student.folder, {SHEET: "mine, too"})
    git(student.folder, "stash", "pop", check=False)
    student.refused("in the middle of a merge.*`git add` each file")


def test_a_read_only_checkout_is_named(student, monkeypatch):
    def read_only(path, *_, **__):
        raise OSError(30, "Read-only file system", str(path))

    monkeypatch.setattr(Path, "write_text", read_only)
    with pytest.raises(CourseError, match=r"Nothing can be written in .*: Read-only file system"):
        update(student.folder)


def test_what_was_moved_goes_back_where_git_fails(student, monkeypatch):
    write(student.folder, {SHEET: MINE, "new/a.txt": MINE})
    student.news({SHEET: NEWEST, "new": NEWEST})
    asked = Git.__call__

    def full(self, *arguments):
        if arguments[0] == "checkout":
            raise CourseError("`git checkout` failed: No space left on device")
        return asked(self, *arguments)

    monkeypatch.setattr(Git, "__call__", full)
    student.refused("did not work. What you wrote is where it was. The reason: .*No space left")


def test_what_cannot_go_back_is_named(student, monkeypatch):
    write(student.folder, {SHEET: MINE})
    student.news({SHEET: NEWEST})
    asked = Git.__call__

    def half(self, *arguments):
        asked(self, *arguments)
        if arguments[0] == "checkout":
            raise CourseError("`git checkout` failed: a hook of this person")
        return asked(self, *arguments)

    monkeypatch.setattr(Git, "__call__", half)
    with pytest.raises(CourseError, match=f"What you wrote lies in {MY_WORK}/.*{SHEET}. The reason: .*a hook"):
        update(student.folder)
    [saved] = (student.folder / MY_WORK).rglob("*.ipynb")
    assert saved.read_text() == MINE


def test_the_command_prints_it(student, monkeypatch, capsys):
    monkeypatch.setattr(project, "ROOT", student.folder)
    monkeypatch.setattr(project, "BUILD", student.folder / "build")
    student.news({SHEET: NEWEST})
    assert cli.main(["update"]) == 0
    assert capsys.readouterr().out == f"Changed: {SHEET}\n"
    student.course.rename(student.course.with_name("gone"))
    assert cli.main(["update"]) == 1
    assert capsys.readouterr().err.startswith("course: The newest state could not be fetched")


def test_git_ignores_what_was_saved():
    assert f"/{MY_WORK}/" in (project.ROOT / ".gitignore").read_text("utf-8").splitlines()
