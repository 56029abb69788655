"""The rooms of the house: who imports whom. No arrow runs up, and none runs in a circle."""

import ast
from pathlib import Path

from course_tools.project import ROOT

FLOORS = [  # a room may import those that stand below it, and nothing of its own floor
    {"course_utils"},
    {"course_tools.scripts"},
    {"course_tools.facts"},
    {"course_tools.caches", "course_tools.files", "course_tools.processes", "course_tools.project"},
    {"course_tools.cluster", "course_tools.environment"},
    {"course_tools.running", "course_tools.data"},
    {"course_tools.building", "course_tools.setup", "capstone"},
    {"course_tools.grading", "course_tools.publishing", "benchmarks", "lessons"},
    {"course_tools.cli"},
]
TOPS = ("course_utils", "course_tools", "capstone", "benchmarks", "lessons")
LARGEST_COURSE_UTILS = 3450  # lines, a third of them what all checks share: a student reads it in an hour


def room_of(name: str) -> str:
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] == "course_tools" else parts[0]


def imports() -> set[tuple[str, str]]:
    """Return (room, room that it imports) for every arrow between two rooms."""
    arrows = set()
    for top in TOPS:
        for path in (ROOT / top).rglob("*.py"):
            if path.name.startswith("test_") or path.name in ("answers.py", "lesson.py", "exercises.py"):
                continue
            here = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
            arrows |= {(here, room_of(name)) for name in imported(path)}
    known = {room for floor in FLOORS for room in floor}
    return {(one, other) for one, other in arrows if one != other and {one, other} <= known}


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in names if name.partition(".")[0] in TOPS}


def test_every_room_has_a_floor():
    folder = ROOT / "course_tools"
    rooms = {f"course_tools.{path.parent.name}" for path in folder.glob("*/*.py")}
    rooms |= {f"course_tools.{path.stem}" for path in folder.glob("*.py") if path.stem != "__init__"}
    assert rooms == {room for floor in FLOORS for room in floor if room.startswith("course_tools.")}


def test_no_arrow_runs_up_or_in_a_circle():
    floor = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    wrong = {(one, other) for one, other in imports() if floor[one] <= floor[other]}
    assert wrong == set()


def test_a_lesson_imports_no_other_lesson_and_no_tool():
    for path in ROOT.glob("lessons/*/*.py"):
        if not path.name.startswith("test_"):
            for name in imported(path):
                assert name.startswith(("course_utils", f"lessons.{path.parent.name}")) or name == "lessons", path


def test_course_utils_is_thin():
    lines = sum(len(path.read_text("utf-8").splitlines()) for path in (ROOT / "course_utils").rglob("*.py"))
    assert lines < LARGEST_COURSE_UTILS
