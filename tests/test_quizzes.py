"""Every quiz question is executed: what is right is right today, and nothing but the content gives it away."""

import re
from collections import Counter

import pytest

from course_tools.building.render import render
from course_tools.project import all_lessons
from course_tools.publishing import proofs
from course_utils.quiz import LETTERS, read

LESSONS = {lesson.slug: lesson for lesson in all_lessons()}
FEWEST = 5  # questions of a lesson


def all_questions():
    return [question for slug in LESSONS for question in read(slug)]


@pytest.mark.parametrize("slug", LESSONS)
class TestAQuiz:
    def test_its_proofs_say_what_the_file_says(self, slug):
        known = proofs.namespace(slug)
        for question in read(slug):
            said = [option.right for option in question.options]
            assert proofs.verdicts(question, known) == said, question.name

    def test_each_proof_looks_at_something_of_its_own(self, slug):
        for question in read(slug):
            assert not any(proofs.is_empty(option.proof) for option in question.options), question.name
            assert not proofs.same_thing(question), question.name

    def test_it_asks_what_its_lesson_teaches(self, slug):
        headings = {
            line.lstrip("# ")
            for cell in render(LESSONS[slug]).cells
            if cell.cell_type == "markdown"
            for line in cell.source.splitlines()
            if line.startswith("## ")
        }
        questions = read(slug)
        assert {question.section for question in questions} <= headings
        assert len({question.section for question in questions}) >= 4, "spread the questions over the lesson"

    def test_its_form(self, slug):
        questions = read(slug)
        assert len(questions) >= FEWEST
        assert len({question.name for question in questions}) == len(questions)
        assert len({question.right for question in questions}) >= 3, "the right letter changes"
        for question in questions:
            assert 3 <= len(question.options) <= len(LETTERS)
            assert question.asks.rstrip().endswith("?"), question.name
            assert len(question.asks.split()) <= 60, question.name
            for option in question.options:
                assert len(option.says.split()) <= 25, option.says
                assert 4 <= len(option.why.split()) <= 60, option.why
            assert len({option.says for option in question.options}) == len(question.options)
            for text in (question.asks, *(part for option in question.options for part in (option.says, option.why))):
                assert not re.search(r"\*\w[^*]*\*", re.sub(r"`[^`]*`", "", text)), f"only `code` is marked: {text}"


def test_the_bank_is_large_enough():
    assert len(all_questions()) >= 130


def test_the_place_of_the_right_option_gives_nothing_away():
    places = Counter(question.right for question in all_questions() if len(question.options) == 4)
    assert set(places) == {0, 1, 2, 3}
    assert max(places.values()) <= 1.25 * sum(places.values()) / 4


def test_its_length_gives_nothing_away():
    """Whoever always takes the longest, or the shortest, is right about as often as by chance."""
    questions = all_questions()
    chance = sum(1 / len(question.options) for question in questions)
    for extreme in (max, min):
        hits = 0.0
        for question in questions:
            lengths = [len(option.says) for option in question.options]
            best = [place for place, length in enumerate(lengths) if length == extreme(lengths)]
            hits += (question.right in best) / len(best)
        assert hits <= 1.25 * chance, f"the right option is the {extreme.__name__} one in {hits:.0f} questions"
