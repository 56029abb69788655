"""A deck for each lesson, made of the lesson: every section is there, in few words, with what to say and how long."""

import re

import pytest
from bs4 import BeautifulSoup

from course_tools.project import all_lessons
from course_tools.publishing import slides
from course_tools.publishing.browser import find_browser, write_pdf
from course_tools.publishing.plans import outlines
from course_tools.publishing.sections import split
from course_utils import CourseError

LESSONS = {lesson.slug: lesson for lesson in all_lessons()}
FEWEST, MOST = 15, 30
MOST_WORDS = 45  # of the text on a slide
SMALLEST = 22  # pixels of a slide that is 720 high
STYLE = slides.REVEAL.with_name("deck.css").read_text("utf-8")


def browser() -> str | None:
    try:
        return find_browser()
    except CourseError:
        return None


@pytest.mark.parametrize("slug", LESSONS)
class TestADeck:
    def test_each_section_has_words_for_the_wall_and_for_the_speaker(self, slug):
        """A section that a short course leaves out may have none."""
        for section in split(LESSONS[slug]).sections:
            assert section.slide or section.title in outlines()[slug].extra, section.title
            assert bool(section.slide) == bool(section.notes), section.title
            assert len(re.findall(r"\w+", section.slide)) <= MOST_WORDS, section.title

    def test_the_minutes_of_its_sections_add_up(self, slug):
        parts = split(LESSONS[slug])
        every = [*parts.sections, parts.recap, parts.breaks]
        assert sum(section.minutes for section in every if section) == LESSONS[slug].entry.minutes

    def test_it_is_as_long_as_a_lecture_stands(self, slug):
        assert FEWEST <= len(slides.deck(LESSONS[slug])) <= MOST

    def test_each_picture_has_its_words(self, slug):
        for slide in slides.deck(LESSONS[slug]):
            for picture in BeautifulSoup(slide.body, "html.parser").find_all("img"):
                assert len(picture["alt"]) > 20, slide.title

    def test_it_needs_no_network_and_no_other_file(self, slug):
        page = BeautifulSoup(slides.page(LESSONS[slug], slides.deck(LESSONS[slug])), "html.parser")
        assert page.find_all("link") == []
        assert [script["src"] for script in page.find_all("script") if script.get("src")] == []
        assert [picture["src"][:30] for picture in page.find_all("img") if not picture["src"].startswith("data:")] == []
        assert not re.search(r"@import|url\(\s*['\"]?http", str(page))


def test_nothing_on_a_slide_is_small():
    sizes = [int(size) for size in re.findall(r"(\d+)px(?=[/;]| )[^;]*;?", "".join(re.findall(r"font[^;]*;", STYLE)))]
    assert len(sizes) > 8
    assert min(sizes) >= SMALLEST


def test_a_script_inside_a_page_cannot_end_it():
    page = slides.page(LESSONS["trainer"], [])
    assert page.count("</script>") == 3


@pytest.mark.skipif(browser() is None, reason="no Chromium, Chrome or Edge on this machine")
@pytest.mark.slow
def test_a_deck_becomes_a_pdf_with_a_page_a_slide(tmp_path):
    path = slides.write_deck(LESSONS["start_here"], tmp_path, pdf=True)
    pages = len(re.findall(rb"/Type\s*/Page\b", path.with_suffix(".pdf").read_bytes()))
    assert pages == len(slides.deck(LESSONS["start_here"]))


def test_a_missing_browser_is_named_with_the_way_out(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_BROWSER", "no-such-browser")
    with pytest.raises(CourseError, match=r"no-such-browser.*Install one.*print the page"):
        write_pdf(tmp_path / "page.html", tmp_path / "page.pdf")


def test_a_browser_that_fails_is_quoted(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_BROWSER", "false")
    with pytest.raises(CourseError, match=r"made no PDF of page\.html"):
        write_pdf(tmp_path / "page.html", tmp_path / "page.pdf")
