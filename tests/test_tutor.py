"""The contract for an assistant names places that are there, and forbids all places where an answer lies."""

import re

from course_tools.project import ROOT

TUTOR = (ROOT / "TUTOR.md").read_text("utf-8")
AGENTS = (ROOT / "AGENTS.md").read_text("utf-8")
FORBIDDEN = TUTOR.partition("Do not open or search")[2].partition("The answers lie")[0]


def test_it_forbids_every_place_where_an_answer_lies():
    patterns = re.findall(r"`([^`]+)`", FORBIDDEN)
    shut = {
        path for pattern in patterns for path in ROOT.glob(pattern.rstrip("/") + ("/*" if "/" in pattern[-1] else ""))
    }
    for holder in ("solutions/*.ipynb", "lessons/*/exercises.py", "lessons/*/checks.py", "lessons/*/answers.py"):
        assert set(ROOT.glob(holder)) <= shut, holder
    for holder in ("lessons/*/quiz.toml", "lessons/*/exam.py"):
        assert set(ROOT.glob(holder)) <= shut, holder
    assert all(list(ROOT.glob(pattern.rstrip("/"))) for pattern in patterns)


def test_the_way_to_it_is_open():
    assert "(TUTOR.md)" in AGENTS
    for page in (TUTOR, AGENTS):
        for link in re.findall(r"\]\(([^)]+)\)", page):
            assert (ROOT / link).is_file(), link


def test_what_it_promises_is_there():
    assert "`check.NAME.hint()`" in TUTOR
    from course_utils.checks.sheet import Exercise

    assert callable(Exercise.hint)
