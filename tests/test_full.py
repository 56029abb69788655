"""Every lesson in `full`, against the local Hub: the code that students run in Colab, in a few steps and without a GPU.

`course test --public` adds three lessons on real rows, where ../shared/hub is.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course_tools.project import ROOT, all_lessons
from course_utils import downloads
from course_utils.checkpoints import OFFLINE
from tests.copied import copy_course
from tests.local_hub.server import LocalHub, left_loopback

PUBLIC = ROOT.parent / "shared" / "hub" / "datasets"
LESSONS = {lesson.slug: lesson for lesson in all_lessons()}
pytestmark = pytest.mark.nightly


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A copy of the course: other tests write into the build folder of this one."""
    folder = tmp_path_factory.mktemp("course")
    copy_course(folder, "course_utils", "course_tools", "lessons", "data")
    return folder


def run(lesson: str, course: Path, root: Path, tmp_path: Path, **environment) -> tuple[dict, LocalHub]:
    """Run one lesson in `full` on an empty cache. Returns its row of the report, and the Hub that was asked."""
    log = tmp_path / "network"
    with LocalHub(root) as hub:
        kept = hub.guarded(tmp_path / "home", log, course, **environment)
        command = [sys.executable, "-m", "course_tools.cli", "run", lesson, "--profile", "full"]
        result = subprocess.run(command, env=kept, cwd=course, capture_output=True, text=True)
    assert left_loopback(log) == set()
    (row,) = json.loads((course / "build" / "report.json").read_text("utf-8"))["lessons"]
    assert row["faults"] == [], result.stdout
    return row, hub


def asked_for(hub: LocalHub) -> set[str]:
    """Return the repositories whose files were fetched, spaces with that word before them."""
    found = set()
    for asked in hub.asked:
        if match := re.match(r"/(?:(datasets|spaces)/)?([^/]+(?:/[^/]+)?)/resolve/", asked.path):
            owner_and_name = match[2].removeprefix("google-bert/").removeprefix("distilbert/")
            found.add(f"space {owner_and_name}" if match[1] == "spaces" else owner_and_name)
    return found


@pytest.mark.parametrize("lesson", LESSONS)
def test_it_runs_on_what_the_hub_gives(lesson, course, repositories, tmp_path):
    row, hub = run(lesson, course, repositories, tmp_path, COURSE_SIZES="smoke")
    assert set(row["records"]) <= set(LESSONS[lesson].bands)
    needs = downloads.needs_of(lesson)
    assert asked_for(hub) == {needs.checkpoint, *needs.others, *(arguments[0] for arguments in needs.datasets)}
    assert not any("pytorch_model.bin" in asked.path and asked.method == "GET" for asked in hub.asked)


@pytest.mark.public
@pytest.mark.skipif(not PUBLIC.is_dir(), reason="the public datasets are not beside this checkout (../shared/hub)")
@pytest.mark.parametrize(
    ("lesson", "sizes"),
    [
        ("five_models", "laptop"),
        ("case_emotion", "full"),
        ("case_cefr", "full"),
    ],  # five_models in `full` takes an hour here
)
def test_it_runs_on_real_rows(lesson, sizes, course, repositories, tmp_path):
    real = tmp_path / "real"
    shutil.copytree(repositories, real)
    shutil.copytree(PUBLIC, real / "datasets", dirs_exist_ok=True)
    choice = {"COURSE_CHECKPOINT": OFFLINE.hub, "COURSE_SIZES": sizes}
    row, hub = run(lesson, course, real, tmp_path, **choice)
    assert {arguments[0] for arguments in downloads.needs_of(lesson).datasets} <= asked_for(hub)
    assert row["records"]
