"""`course update`: the newest state of the course, and what a student wrote is moved aside first. Nothing is lost.

git itself refuses to overwrite a changed notebook, or asks to merge two of them, which no student can. So a file that
the new state would overwrite goes to `my-work/` as it is. What the new state does not touch stays where it is.
"""

import contextlib
import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from course_tools.files import require_writable
from course_tools.setup import bootstrap
from course_tools.setup.git import Git
from course_utils import CourseError

MY_WORK = "my-work"
CHANGES = "CHANGELOG.md"
WITHOUT_GIT = (
    "This folder came as a ZIP, without git, so it cannot update itself. Get the newest ZIP from the course's page, "
    "unpack it beside this folder, and copy your notebooks into a folder my-work in it."
)
HALF_DONE = {  # a file of git -> what it is in the middle of
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "BISECT_LOG": "bisect",
}
UNMERGED = {"DD", "AU", "UD", "UA", "DU", "AA", "UU"}


@dataclass
class Update:
    """What an update did. All paths are relative to the checkout, and begin with no slash."""

    saved: dict[str, str] = field(default_factory=dict)  # where it was -> where it is now
    stayed: list[str] = field(default_factory=list)  # changed by the student, and no matter of the update
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)  # new lines of the changelog
    branch: str = ""  # where commits are kept that the newest state does not have
    staged: bool = False  # whether what was added with `git add` lies in the stash


def update(root: Path) -> Update:
    """Bring a checkout to the newest state of the branch that it follows. Returns what was done.

    Raises CourseError where that cannot be done. Then each file is as it was, unless the error says where it is.
    """
    git = _usable(root)
    require_writable(root)
    _fetch(git)
    changed = _changed(git)
    if git.says("merge-base", "--is-ancestor", "@{upstream}", "HEAD"):
        return Update(stayed=changed)
    differing, own, lines = _differing(git), _own(git), _lines(root)
    staged = _staged(git, differing)
    with _moved(root, _in_the_way(root, differing, {*changed, *own})) as saved:
        branch = _go_on(git, staged)
    return Update(
        saved=saved,
        staged=bool(staged),
        branch=branch,
        stayed=[name for name in changed if name not in differing],
        new=[name for name, kind in differing.items() if kind == "A"],
        gone=[name for name, kind in differing.items() if kind == "D" and name not in own],
        changed=[name for name, kind in differing.items() if kind in "MT"],
        told=[line for line in _lines(root) if line not in lines],
    )


def told(done: Update) -> Iterator[str]:
    """Yield what was done, in plain words, a line each."""
    if not (done.new or done.changed or done.gone):
        yield "You have the newest state of the course already."
    for folder in {place.removesuffix(f"/{name}") for name, place in done.saved.items()}:
        yield f"Saved in {folder}, as you left them: {', '.join(done.saved)}"
    if done.staged:
        yield "Saved in git: what you had added with `git add`, as the newest entry of `git stash list`"
    if done.branch:
        yield f"Saved in git: commits that the course does not have, in the branch {done.branch}"
    for title, names in (("New", done.new), ("Changed", done.changed), ("No longer there", done.gone)):
        if names:
            yield f"{title}: {_counted(names)}"
    yield from (f"  {line}" for line in done.told)
    if done.stayed:
        yield f"Yours, and left as it is: {_counted(done.stayed)}"
    if {*done.new, *done.changed, *done.gone} & set(bootstrap.INPUTS):
        yield "The packages of the course have changed. Run `make setup` (without make: see README.md, Begin)."


def _usable(root: Path) -> Git:
    """Return git, where an update can begin. Raises CourseError with the way out where it cannot."""
    if not (root / ".git").exists():
        raise CourseError(WITHOUT_GIT)
    git = Git(root)
    states = {line[:2] for line in git.names("status", "--porcelain", "-z", "--no-renames", "--untracked-files=no")}
    halves = [kind for name, kind in HALF_DONE.items() if (root / git("rev-parse", "--git-path", name)).exists()]
    if halves or states & UNMERGED:
        kind = halves[0] if halves else "merge"
        how = "git bisect reset" if kind == "bisect" else f"git {kind} --abort"
        way = f"`{how}` takes it back" if halves else "`git add` each file that git names as unmerged"
        raise CourseError(f"git is in the middle of a {kind} here. End it ({way}), then run the same again.")
    if not git.says("symbolic-ref", "--quiet", "HEAD"):
        raise CourseError(
            "This checkout stands at one commit and on no branch, so nothing newer belongs to it. "
            "Go to the branch with `git switch main`, then run the same again."
        )
    if not git.says("rev-parse", "--verify", "--quiet", "@{upstream}"):
        raise CourseError(
            f"The branch {git('symbolic-ref', '--short', 'HEAD')} is yours alone: it follows no branch of the course. "
            "Go back with `git switch main`, then run the same again."
        )
    return git


def _fetch(git: Git) -> None:
    try:
        git("fetch", "--quiet")
    except CourseError as error:
        raise CourseError(
            f"The newest state could not be fetched, and nothing was changed. {error} "
            "Look at your connection to the network, then run the same again."
        ) from error


def _changed(git: Git) -> list[str]:
    """Return the files of the course that are not as its last commit has them."""
    return git.names("diff", "--name-only", "-z", "--no-renames", "HEAD")


def _differing(git: Git) -> dict[str, str]:
    """Return what differs between here and the newest state: path -> A (new), D (gone), M or T (changed)."""
    found = git.names("diff", "--name-status", "-z", "--no-renames", "HEAD", "@{upstream}")
    return dict(zip(found[1::2], found[::2], strict=True))


def _own(git: Git) -> list[str]:
    """Return the files that commits of the student's own have changed: those commits leave the branch."""
    if not git.says("merge-base", "@{upstream}", "HEAD"):  # the course's history was made anew
        return []
    return git.names("diff", "--name-only", "-z", "--no-renames", "@{upstream}...HEAD")


def _in_the_way(root: Path, differing: dict[str, str], changed: set[str]) -> list[str]:
    """Return what the newest state would overwrite and is not the course's own: paths, sorted."""
    found = {name for name, kind in differing.items() if kind != "A" and name in changed}
    found |= {path for name, kind in differing.items() if kind == "A" and (path := _at_the_place(root, name))}
    return sorted(found - {name for name in differing if differing[name] != "A" and name not in changed})


def _at_the_place(root: Path, name: str) -> str:
    """Return what lies where a new file will be, or nothing.

    It may be a folder of that name, or a file where the new one needs a folder. git would overwrite, without a word,
    a file that it ignores; and where a disk knows no capitals, one whose name differs in them.
    """
    for path in (*reversed(Path(name).parents[:-1]), Path(name)):
        there = root / path
        if os.path.lexists(there) and (path == Path(name) or there.is_symlink() or not there.is_dir()):
            return path.as_posix()
    return ""


@contextlib.contextmanager
def _moved(root: Path, names: list[str]) -> Iterator[dict[str, str]]:
    """Move files to a new folder of the day. Where the block fails, each goes back, if its place is still free."""
    days = (f"{date.today()}{'' if number == 1 else f'_{number}'}" for number in itertools.count(1))
    folder = next(folder for day in days if not os.path.lexists(folder := root / MY_WORK / day))
    places: dict[str, str] = {}
    try:
        for name in filter(lambda name: os.path.lexists(root / name), names):  # a deleted one; one in a moved folder
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            (root / name).rename(place)
            places[name] = place.relative_to(root).as_posix()
        yield places
    except BaseException as error:
        left = [place for name, place in places.items() if not _back(root / name, root / place)]
        if isinstance(error, CourseError | OSError):
            where = f"What you wrote lies in {', '.join(left)}. " if left else "What you wrote is where it was. "
            raise CourseError(f"The update did not work. {where}The reason: {error}") from error
        raise


def _back(place: Path, now: Path) -> bool:
    """Move a file back. False where something else has its place."""
    if os.path.lexists(place):
        return False
    place.parent.mkdir(parents=True, exist_ok=True)
    now.rename(place)
    with contextlib.suppress(OSError):  # a folder that is not empty stays
        for folder in now.parents:
            folder.rmdir()
    return True


def _staged(git: Git, differing: dict[str, str]) -> list[str]:
    """Return what of it was added with `git add`, and keep that in the stash: the file may hold something else."""
    staged = [name for name in git.names("diff", "--cached", "--name-only", "-z", "--no-renames") if name in differing]
    if staged:
        kept = git("stash", "create", "course update")
        git("stash", "store", "--message", "course update: what was added", kept)
    return staged


def _go_on(git: Git, staged: list[str]) -> str:
    """Bring the branch to the newest state; nothing is in the way. Returns the branch that keeps own commits, or ""."""
    kept = ""
    if staged:
        git("reset", "--quiet", "HEAD", "--", *staged)
    if not git.says("merge-base", "--is-ancestor", "HEAD", "@{upstream}"):
        kept = f"{MY_WORK}-{git('rev-parse', '--short', 'HEAD')}"
        git("branch", "--force", kept, "HEAD")
    git("checkout", "--quiet", "--no-track", "-B", git("symbolic-ref", "--short", "HEAD"), "@{upstream}")
    return kept


def _lines(root: Path) -> list[str]:
    """Return the lines of the changelog that tell of something."""
    try:
        text = (root / CHANGES).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return []
    return [line for line in text.splitlines() if line.startswith(("- ", "  ", "## ["))]


def _counted(names: list[str]) -> str:
    """Return the notebooks by name, and how many other files there are."""
    notebooks = [name for name in names if name.endswith(".ipynb")]
    others = len(names) - len(notebooks)
    return ", ".join([*notebooks, *([f"{others} other file{'s'[: others != 1]}"] if others else [])])
