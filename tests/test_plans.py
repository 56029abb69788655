"""A plan fits into its minutes, and what it names is there."""

import pytest

from course_tools.project import all_lessons
from course_tools.publishing import plans
from course_tools.publishing.graph import needs_svg
from course_utils import CourseError

PLANS = plans.plans()


def test_there_is_a_plan_for_a_lecture_a_half_day_two_days_and_six_weeks():
    assert [plan.minutes for plan in PLANS] == [90, 240, 840, 1080]


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.title)
def test_a_plan_fits(plan):
    assert sum(day.minutes for day in plan.days) == plan.minutes
    for day in plan.days:
        minutes = sum(block.minutes for block in day.blocks)
        assert 0.65 * day.minutes <= minutes <= 0.95 * day.minutes, day.title


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.title)
def test_nobody_is_taught_what_needs_a_lesson_that_was_left_out(plan):
    """In the long plans; a lecture of 90 minutes only points at what is behind."""
    if plan.minutes < 800:
        return
    seen = set()
    for day in plan.days:
        for block in day.blocks:
            seen.add(block.outline.lesson.slug)
            missing = set(block.outline.lesson.entry.needs) - seen
            assert missing <= {"bert_for_sequence_classification"}, block.outline.lesson.slug


def test_every_lesson_has_a_core_that_is_shorter():
    for outline in plans.outlines().values():
        assert outline.extra and 0.5 <= plans.total(outline.core) / plans.total(outline.sections) <= 0.95
        assert outline.core_cards


def test_what_is_not_there_is_named(monkeypatch, tmp_path):
    file = tmp_path / "plans.toml"
    file.write_text('[extra.trainer]\nsections = ["Group 1: how lnog?"]\n', encoding="utf-8")
    monkeypatch.setattr(plans, "FILE", file)
    plans.outlines.cache_clear()
    with pytest.raises(CourseError, match=r"trainer has no 'Group 1: how lnog\?'. Did you mean Group 1: how long\?"):
        plans.outlines()
    plans.outlines.cache_clear()


def test_the_graph_holds_every_lesson_and_no_detour():
    picture = needs_svg()
    for lesson in all_lessons():
        assert f"{lesson.entry.number:02} " in picture
    assert picture.count("marker-end") < sum(len(lesson.entry.needs) for lesson in all_lessons())
    assert picture == needs_svg()


def test_the_page_names_every_section_and_exercise():
    page = plans.page()
    for outline in plans.outlines().values():
        for section in outline.sections:
            assert section.title in page
        for card in outline.cards:
            assert card.title in page
