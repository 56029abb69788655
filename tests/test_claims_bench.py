"""What lessons 04, 07 and 10 cite from `benchmarks/README.md` is what stands there."""

import pytest

from course_tools.bench import results
from course_tools.project import find_lessons

FOUND = {part: entry["found"] for part, entry in results.read().items()}


def seconds(pair: str, recipe: str) -> float:
    return FOUND[pair]["recipes"][recipe]["epoch_seconds"]["median"]


def times(pair: str, recipe: str) -> float:
    return FOUND[pair]["recipes"][recipe]["times_faster"]["median"]


def right(pair: str, recipe: str) -> float:
    return FOUND[pair]["recipes"][recipe]["accuracy"]["value"]


def cited() -> dict[str, list[str]]:
    """Return lesson -> the numbers as it writes them."""
    theirs, grouped = seconds("512", "notebook 1"), seconds("512", "notebook 1, grouped")
    step = FOUND["step"]
    return {
        "04": [
            f"{theirs:.0f} s and {grouped:.1f} s: {times('512', 'notebook 1, grouped'):.0f} times less",
        ],
        "07": [
            f"{step['profile']['matrix products']:.0%} of the time of a step is matrix products",
            f"took {step['levers']['bf16']['ratio']['median']:.2f} of the time",
        ],
        "10": [
            f"{times('128', 'lesson 10'):.1f} times less time",
            f"{right('128', 'project 2'):.0%} against {right('128', 'lesson 10'):.0%}",
        ],
    }


@pytest.mark.parametrize("lesson", ["04", "07", "10"])
def test_a_lesson_cites_the_measured_numbers(lesson):
    [source] = find_lessons([lesson])
    text = " ".join(line.removeprefix("# ") for line in source.source.read_text(encoding="utf-8").splitlines())
    assert "`benchmarks/README.md`" in text
    for number in cited()[lesson]:
        assert number in text, f"Lesson {lesson} should say: {number}"


def test_grouping_changes_no_answer_that_could_be_seen():
    gain = FOUND["512"]["recipes"]["notebook 1, grouped"]["gain"]
    assert gain["low"] <= 0 <= gain["high"]
