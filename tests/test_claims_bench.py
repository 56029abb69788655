"""What lessons cite from `benchmarks/README.md` is what stands there."""

import pytest

from benchmarks import results
from course_tools.project import find_lessons

FOUND = results.cited()


def seconds(pair: str, recipe: str) -> float:
    return FOUND[pair]["recipes"][recipe]["epoch_seconds"]["median"]


def times(pair: str, recipe: str) -> float:
    return FOUND[pair]["recipes"][recipe]["times_faster"]["median"]


def right(pair: str, recipe: str) -> float:
    return FOUND[pair]["recipes"][recipe]["accuracy"]["value"]


def cited() -> dict[str, list[str]]:
    """Return the slug of a lesson -> the numbers as it writes them."""
    theirs, grouped = seconds("512", "notebook 1"), seconds("512", "notebook 1, grouped")
    step = FOUND["step"]
    return {
        "dataloader": [
            f"{theirs:.0f} s and {grouped:.1f} s: {times('512', 'notebook 1, grouped'):.0f} times less",
        ],
        "trainer": [
            f"took {step['levers']['bf16']['ratio']['median']:.2f} of the time",
        ],
        "case_emotion": [
            f"{times('128', 'case_emotion'):.1f} times less time",
            f"{right('128', 'project 2'):.0%} against {right('128', 'case_emotion'):.0%}",
        ],
    }


@pytest.mark.parametrize("slug", cited())
def test_a_lesson_cites_the_measured_numbers(slug):
    [lesson] = find_lessons([slug])
    text = " ".join(line.removeprefix("# ") for line in lesson.source.read_text(encoding="utf-8").splitlines())
    assert "`benchmarks/README.md`" in text
    for number in cited()[slug]:
        assert number in text, f"The lesson {slug} should say: {number}"


def test_grouping_changes_no_answer_that_could_be_seen():
    gain = FOUND["512"]["recipes"]["notebook 1, grouped"]["gain"]
    assert gain["low"] <= 0 <= gain["high"]
