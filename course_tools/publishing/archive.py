"""A release: `course release`. One ZIP with the course as its last commit has it, the site, the decks, the quiz bank.

The solutions are in it, as they are in the repository and on the site: the points are for practice. The same commit
makes the same contents; MANIFEST.sha256 has the digest of each file.
"""

import hashlib
import json
import re
import tomllib
from pathlib import Path

import yaml
from jinja2 import Environment, PackageLoader

from course_tools.building.build import check
from course_tools.files import write_in_one_step, zipped
from course_tools.project import BUILD, ROOT, all_lessons, all_sheets
from course_tools.publishing import pages
from course_tools.publishing.quiz_export import export
from course_tools.publishing.site import build_site
from course_tools.setup.git import Git
from course_utils import CourseError
from course_utils.outline import repository

RELEASES = BUILD / "release"
GUIDE, MANIFEST = "RELEASE.md", "MANIFEST.sha256"
LARGEST_MB = 150
EXECUTABLE = "100755"  # a file's rights, in git's words
MADE = ("build/", "notebooks/", "exercises/", "solutions/")  # where a machine could have left its name


def release(tag: str = "") -> Path:
    """Make everything that a release holds, pack it, and return the ZIP, in `build/release/`.

    `tag`: the version, as `v1.2.0` or `1.2.0`, where this is to be published. Raises CourseError where that is not
    the version of the project, where something is not committed or not up to date, and where the ZIP is not fit.
    """
    git = Git(ROOT)
    version = version_of(ROOT)
    if tag:
        require_told(ROOT, version, tag)
    require_committed(git)
    lessons = all_lessons()
    stale = check([*lessons, *all_sheets()]) + pages.stale()
    if stale:
        raise CourseError(f"What is stored is not what lessons/ makes: {stale[0]} ({len(stale)} in all)")
    site, warnings = build_site(lessons)
    if warnings:
        raise CourseError(f"Sphinx warns of something, so the site is not fit: {warnings[0]} ({len(warnings)} in all)")
    made = [*sorted(path for path in site.rglob("*") if path.is_file()), *export(lessons)]
    return pack(ROOT, git, version, made, RELEASES)


def pack(root: Path, git: Git, version: str, made: list[Path], folder: Path) -> Path:
    """Pack the files that git knows and those `made` below `root` into a ZIP in `folder`.

    Raises CourseError where it is not fit to be given to anybody.
    """
    tracked = dict(_tracked(git))
    files = {name: (root / name).read_bytes() for name in tracked}
    files |= {path.relative_to(root).as_posix(): path.read_bytes() for path in made}
    files[GUIDE] = guide(version).encode()
    files[MANIFEST] = manifest(files).encode()
    top = f"{repository().rpartition('/')[2]}-{version}"
    started = [name for name, rights in tracked.items() if rights == EXECUTABLE]
    content = zipped({f"{top}/{name}": files[name] for name in files}, {f"{top}/{name}" for name in started})
    for fault in faults(files, len(content), root):
        raise CourseError(fault)
    path = folder / f"{top}.zip"
    write_in_one_step(path, content)
    return path


def manifest(files: dict[str, bytes]) -> str:
    """Return the SHA-256 of each file, in the form that `sha256sum --check` reads."""
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))


def guide(version: str) -> str:
    """Return the page that a person opens first."""
    environment = Environment(loader=PackageLoader("course_tools", "publishing"), keep_trailing_newline=True)
    [first, *_] = all_lessons()
    return environment.get_template("release.md.j2").render(version=version, repository=repository(), first=first.name)


def faults(files: dict[str, bytes], size: int, root: Path) -> list[str]:
    """Return why these files are not fit for a release of `size` bytes, one sentence each."""
    found = [] if size < LARGEST_MB * 1e6 else [f"The ZIP has {size / 1e6:.0f} MB, and {LARGEST_MB} are the most."]
    spellings = {str(root), root.as_posix(), json.dumps(str(root))[1:-1]}  # the last as in a notebook
    here = re.compile(b"(" + b"|".join(re.escape(each.encode()) for each in spellings) + rb")[/\\]")
    found += [
        f"{name} holds the path of this folder, {root}. Make it again, or mend what writes it there."
        for name in sorted(files)
        if name.startswith(MADE) and here.search(files[name])
    ]
    return found


def version_of(root: Path) -> str:
    """Return the version of the project: the one place is pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def require_told(root: Path, version: str, tag: str) -> None:
    """Raise CourseError where a tag, CITATION.cff or CHANGELOG.md does not tell the version of the project."""
    if tag.removeprefix("v") != version:
        raise CourseError(f"pyproject.toml has version {version}, and {tag} was asked for. Correct one of the two.")
    cited = str(yaml.safe_load((root / "CITATION.cff").read_text("utf-8"))["version"])
    if cited != version:
        raise CourseError(f"CITATION.cff has version {cited}, and pyproject.toml {version}. Correct one of the two.")
    heading = rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$"
    if not re.search(heading, (root / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE):
        raise CourseError(
            f"CHANGELOG.md has no section for it. Add the line `## [{version}] - YYYY-MM-DD` below Unreleased, "
            "and its link at the end."
        )


def require_committed(git: Git) -> None:
    """Raise CourseError where a file is not as the last commit has it: what is in no commit, nobody gets again."""
    lines = git.names("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all")
    if lines:
        raise CourseError(
            f"A release is what the last commit holds, and {lines[0][3:]} is not as it has it ({len(lines)} such). "
            "Commit them, or put them away with `git stash --include-untracked`."
        )


def _tracked(git: Git) -> list[tuple[str, str]]:
    """Return the name and the rights of each file that git knows."""
    lines = [line.partition("\t") for line in git.names("ls-files", "--stage", "-z")]
    return [(name, about.partition(" ")[0]) for about, _, name in lines]
