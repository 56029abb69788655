"""`course release`: one ZIP that holds all, fits, tells nothing of this machine, and runs where it is unpacked."""

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from course_tools import cli, project, scripts
from course_tools.project import ROOT, all_lessons, all_sheets
from course_tools.publishing import archive, quiz_export, site, slides
from course_tools.setup import bootstrap
from course_tools.setup.git import Git
from course_utils import CourseError
from tests.git import commit, git

VERSION = archive.version_of(ROOT)
TOP = f"finetuning-course-{VERSION}"
LONGEST_NAME = 150  # letters: with a folder of a hundred before it, what Windows takes
RESERVED = {"con", "prn", "aux", "nul"}
CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-01-31\n"
SMALL = {
    "pyproject.toml": '[project]\nversion = "1.2.0"\n',
    "CITATION.cff": "version: 1.2.0\n",
    "CHANGELOG.md": CHANGELOG,
    ".gitignore": "build/\n",
    "notebooks/00_ö x.ipynb": "{}",
}


@pytest.fixture(scope="module")
def checkout():
    if not (ROOT / ".git").exists():
        pytest.skip("a release is made in a checkout of git")
    return Git(ROOT)


@pytest.fixture(scope="module")
def packed(checkout, tmp_path_factory) -> zipfile.ZipFile:
    """A release of this checkout as it stands, but for the site and the quizzes."""
    return zipfile.ZipFile(archive.pack(ROOT, checkout, VERSION, [], tmp_path_factory.mktemp("release")))


@pytest.fixture
def small(tmp_path) -> Path:
    """A small project under git, with something made."""
    root = tmp_path / "small"
    git(tmp_path, "init", "--quiet", "--initial-branch", "main", str(root))
    commit(root, SMALL)
    (root / "build").mkdir()
    (root / "build" / "page.html").write_text("a page")
    return root


def pack(root: Path, folder: str = "out") -> Path:
    return archive.pack(root, Git(root), "1.2.0", [root / "build" / "page.html"], root.parent / folder)


def test_it_holds_each_file_of_the_course_as_it_is(packed, checkout):
    names = [name.removeprefix(f"{TOP}/") for name in packed.namelist()]
    assert names == sorted({*checkout.names("ls-files", "-z"), archive.GUIDE, archive.MANIFEST})
    pages = [script.page.relative_to(ROOT).as_posix() for script in (*all_lessons(), *all_sheets())]
    for name in [*pages, *bootstrap.INPUTS, "course_tools/setup/bootstrap.py", "data/emotion/train.csv", "LICENSE"]:
        assert packed.read(f"{TOP}/{name}") == (ROOT / name).read_bytes(), name
    notebook = json.loads(packed.read(f"{TOP}/{pages[0]}"))
    assert any(cell.get("outputs") for cell in notebook["cells"])


def test_each_name_can_be_unpacked_on_each_system(packed):
    names = packed.namelist()
    assert [name for name in names if not name.startswith(f"{TOP}/") or ".." in PurePosixPath(name).parts] == []
    assert [name for name in names if len(name) > LONGEST_NAME or re.search(r'[<>:"|?*\\]|[ .](/|$)', name)] == []
    assert len({name.casefold() for name in names}) == len(names)
    assert [
        name for name in names if RESERVED & {part.partition(".")[0] for part in PurePosixPath(name.lower()).parts}
    ] == []


def test_the_manifest_has_the_digest_of_each_file(packed):
    lines = packed.read(f"{TOP}/{archive.MANIFEST}").decode().splitlines()
    digests = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    assert {f"{TOP}/{name}" for name in digests} | {f"{TOP}/{archive.MANIFEST}"} == set(packed.namelist())
    for name, digest in digests.items():
        assert hashlib.sha256(packed.read(f"{TOP}/{name}")).hexdigest() == digest, name


def test_it_tells_nothing_of_this_machine(packed):
    assert [name for name in packed.namelist() if f"{ROOT}/".encode() in packed.read(name)] == []


def test_the_guide_leads_to_what_is_there(packed):
    text = archive.guide(VERSION)
    assert VERSION in text and "{{" not in text
    names = set(packed.namelist())
    built = ("build/site/", "build/quizzes/")
    for link in re.findall(r"\]\((?!#|https?:)([^)#]+)", text):
        found = f"{TOP}/{link}" in names or any(name.startswith(f"{TOP}/{link}/") for name in names)
        assert found or link.startswith(built), link
    folders = (site.SITE / "slides", quiz_export.QUIZZES)
    assert [path for path in folders if f"`{path.relative_to(ROOT).as_posix()}/`" not in text] == []
    assert slides.SLIDES.relative_to(ROOT).as_posix() not in text  # the decks are there once, with the site
    known = (ROOT / "README.md").read_text("utf-8") + (ROOT / "Makefile").read_text("utf-8")
    commands = [
        line for block in re.findall(r"```(?:sh|bat)\n(.*?)```", text, re.DOTALL) for line in block.splitlines()
    ]
    assert [line for line in commands[1:] if line not in known] == []
    assert commands[0] == "python3 course_tools/setup/bootstrap.py"


def test_the_same_commit_gives_the_same_bytes(small):
    one = pack(small).read_bytes()
    for path in small.rglob("*.*"):
        os.utime(path, (1, 1))
    assert pack(small, "other").read_bytes() == one


def test_what_git_does_not_know_is_left_out_and_what_was_made_is_in(small):
    (small / "build" / "secret.txt").write_text("mine")
    (small / "new.txt").write_text("mine")
    names = zipfile.ZipFile(pack(small)).namelist()
    assert [name for name in names if name.endswith(".txt")] == []
    assert "finetuning-course-1.2.0/build/page.html" in names


def test_what_can_be_started_keeps_that_right(packed, checkout):
    rights = {entry.filename: entry.external_attr >> 16 for entry in packed.infolist()}
    assert rights[f"{TOP}/binder/postBuild"] == 0o100755
    assert rights[f"{TOP}/README.md"] == 0o100644


@pytest.mark.parametrize("path", ["build/page.html", "notebooks/00_ö x.ipynb"])
def test_the_path_of_a_machine_is_refused(small, path):
    (small / path).write_text(f"File {small}/course_utils/x.py")
    with pytest.raises(CourseError, match=rf"{path} holds the path of this folder.*Make it again"):
        pack(small)
    assert not (small.parent / "out").exists()


def test_a_release_that_is_too_large_is_refused(small, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST_MB", 0.0001)
    with pytest.raises(CourseError, match=r"MB, and 0\.0001 are the most"):
        pack(small)


@pytest.mark.parametrize("tag", ["v1.2.0", "1.2.0"])
def test_a_tag_that_is_the_version_is_fine(small, tag):
    archive.require_told(small, archive.version_of(small), tag)


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("pyproject.toml", '[project]\nversion = "1.3.0"\n', r"pyproject.toml has version 1.3.0, and v1.2.0 was asked"),
        ("CITATION.cff", "version: 1.1\n", r"CITATION.cff has version 1.1, and pyproject.toml 1.2.0"),
        ("CHANGELOG.md", "## [1.2.0]\n", r"CHANGELOG.md has no section for it. Add the line `## \[1.2.0\] - YYYY"),
        ("CHANGELOG.md", "## [1x2.0] - 2026-01-31\n", r"CHANGELOG.md has no section"),
    ],
)
def test_a_tag_that_is_not_told_everywhere_is_refused(small, file, text, says):
    (small / file).write_text(text)
    with pytest.raises(CourseError, match=says):
        archive.require_told(small, archive.version_of(small), "v1.2.0")


def test_the_newest_section_of_the_changelog_is_the_version_of_the_project():
    released = re.findall(r"^## \[(\d.*?)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert released[:1] in ([], [VERSION])


@pytest.mark.parametrize("name", ["notebooks/00_ö x.ipynb", "new.txt"])
def test_what_is_not_committed_is_named(small, name):
    archive.require_committed(Git(small))
    (small / name).write_text("mine")
    with pytest.raises(CourseError, match=f"{name} is not as it has it .1 such.*Commit them"):
        archive.require_committed(Git(small))


@pytest.fixture
def as_the_course(small, monkeypatch):
    """The small project in the place of the course; nothing of it is stale, and Sphinx is content."""
    (small / "build" / "site").mkdir()
    (small / "build" / "page.html").rename(small / "build" / "site" / "page.html")
    for name, value in {
        "ROOT": small,
        "RELEASES": small / "build" / "release",
        "all_sheets": list,
        "check": lambda scripts: [],
        "build_site": lambda lessons: (small / "build" / "site", []),
        "export": lambda lessons: [],
    }.items():
        monkeypatch.setattr(archive, name, value)
    monkeypatch.setattr(archive.pages, "stale", list)
    for module in (project, scripts):
        monkeypatch.setattr(module, "ROOT", small)
    monkeypatch.setattr(project, "BUILD", small / "build")
    return small


def test_the_command_says_where_it_is(as_the_course, capsys):
    assert cli.main(["release", "v1.2.0"]) == 0
    assert capsys.readouterr().out == "build/release/finetuning-course-1.2.0.zip (0 MB)\n"
    names = zipfile.ZipFile(as_the_course / "build/release/finetuning-course-1.2.0.zip").namelist()
    assert "finetuning-course-1.2.0/build/site/page.html" in names
    assert cli.main(["release", "v1.2.1"]) == 1
    assert capsys.readouterr().err.startswith("course: pyproject.toml has version 1.2.0, and v1.2.1 was asked for.")


@pytest.mark.parametrize(
    ("module", "name", "value", "says"),
    [
        (archive, "check", lambda scripts: ["x is stale.", "y"], r"not what lessons/ makes: x is stale\. \(2 in all\)"),
        (archive.pages, "stale", lambda: ["docs/x.md: old"], r"not what lessons/ makes: docs/x.md: old"),
        (archive, "build_site", lambda lessons: (None, ["a dead link"]), r"Sphinx warns of something.*: a dead link"),
    ],
)
def test_what_is_stale_or_warned_of_is_not_released(as_the_course, monkeypatch, module, name, value, says):
    monkeypatch.setattr(module, name, value)
    with pytest.raises(CourseError, match=says):
        archive.release()
    assert not (as_the_course / "build" / "release").exists()


def test_out_of_a_zip_no_release_is_made(tmp_path):
    with pytest.raises(CourseError, match="is no checkout of git"):
        Git(tmp_path)


@pytest.mark.nightly
def test_a_release_is_set_up_and_runs_where_it_is_unpacked(checkout, tmp_path):
    """The whole archive in an empty folder: its own guide makes an environment, in which a lesson and a sheet run."""
    made = [path for path in site.build_site(all_lessons())[0].rglob("*") if path.is_file()]
    path = archive.pack(ROOT, checkout, VERSION, [*made, *quiz_export.export(all_lessons())], tmp_path / "out")
    folder = unpacked(path, tmp_path) / TOP
    [block] = re.findall(r"```sh\n(.*?)```", (folder / archive.GUIDE).read_text("utf-8"), re.DOTALL)
    set_up, lab = block.splitlines()
    python, *rest = set_up.split()
    assert python == "python3"
    done(folder, sys.executable, *rest)
    assert (folder / lab.split()[0]).exists()
    assert (folder / "build" / "site" / "index.html").is_file()
    done(folder, ".venv/bin/course", "run", "start_here")
    [row] = json.loads((folder / "build" / "report.json").read_text("utf-8"))["lessons"]
    assert row["status"] == "passed"  # judged: its outputs, its bands, and that it reached for no network
    [sheet] = [sheet for sheet in all_sheets() if sheet.entry.slug == "start_here"]
    done(folder, ".venv/bin/jupyter", "nbconvert", "--to", "notebook", "--execute", sheet.notebook.relative_to(ROOT))


def unpacked(path: Path, folder: Path) -> Path:
    """Unpack with the rights that a person's own program gives, and hold the manifest."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as package:
        package.extractall(folder / "unpacked")
    lines = (folder / "unpacked" / TOP / archive.MANIFEST).read_text("utf-8").splitlines()
    for digest, name in (line.split("  ", 1) for line in lines):
        assert hashlib.sha256((folder / "unpacked" / TOP / name).read_bytes()).hexdigest() == digest, name
    return folder / "unpacked"


def done(folder: Path, *command: str | Path) -> None:
    """Run a command as somebody who has nothing of this checkout."""
    foreign = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    result = subprocess.run(
        command, cwd=folder, env=foreign, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert result.returncode == 0, result.stdout
