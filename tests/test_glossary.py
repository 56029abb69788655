"""The glossary holds what the lessons say: no term is used before it is explained, and none that nobody uses."""

import re

import pytest

from course_tools.building.render import render
from course_tools.project import all_lessons
from course_tools.publishing.glossary import glossary, texts

LESSONS = all_lessons()
PROSE = {lesson.slug: texts(render(lesson)) for lesson in LESSONS}
GLOSSARY = glossary()
USES = {slug: [[term for _, term in GLOSSARY.find(text)] for text in cells] for slug, cells in PROSE.items()}


def explained_in(term) -> int | None:
    """Return the number of the text cell of its lesson where a term stands in bold: there it is explained."""
    forms = "|".join(re.escape(form) for form in term.forms)
    bold = re.compile(rf"\*\*(?:an? |the )?(?:{forms})(?:s|es)?[.:]?\*\*", re.IGNORECASE)
    cells = PROSE[term.lesson.slug]
    return next((number for number, text in enumerate(cells) if bold.search(re.sub(r"\s+", " ", text))), None)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_a_lesson_uses_no_term_that_a_later_one_explains(lesson):
    early = {
        term.name: f"explained in {term.lesson.slug}"
        for cell in USES[lesson.slug]
        for term in cell
        if term.lesson.entry.number > lesson.entry.number
    }
    assert early == {}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_a_lesson_explains_its_terms_where_it_first_uses_them(lesson):
    for term in (term for term in GLOSSARY.terms if term.lesson.slug == lesson.slug):
        place = explained_in(term)
        assert place is not None, f"{term.name}: stands nowhere in bold"
        first = next(number for number, cell in enumerate(USES[lesson.slug]) if term in cell)
        assert first >= place, f"{term.name}: used in text cell {first + 1}, explained in {place + 1}"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_each_lesson_explains_some_terms_in_one_plain_sentence_each(lesson):
    own = [term for term in GLOSSARY.terms if term.lesson.slug == lesson.slug]
    assert own
    for term in own:
        assert term.means.endswith(".") and not re.search(r"[.?!] [A-Z]", term.means), term.name
        assert 5 <= len(term.means.split()) <= 30, term.name
        assert not term.means.lower().startswith(term.name.lower()), term.name


def test_nobody_keeps_a_term_that_is_not_used():
    used = [term for cells in USES.values() for cell in cells for term in cell]
    assert [term.name for term in GLOSSARY.terms if used.count(term) < 2] == []


def test_a_longer_term_is_not_taken_for_the_shorter_one_in_it():
    from course_tools.publishing.glossary import Glossary, Term, prose

    mask, attention = (Term(name, "means", LESSONS[0]) for name in ("mask", "attention mask"))
    found = Glossary([mask, attention])
    text = "Masks and an attention\nmask. `mask` and unmask. [a mask](mask.md)\n\n# mask\n\nMask.\n"
    names = [term.name for _, term in found.find(prose(text))]
    assert names == ["mask", "attention mask", "mask", "mask"]
