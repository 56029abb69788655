"""The order of lessons, what each `lesson.toml` says, and what is said of an order that does not fit."""

import re

import pytest

from course_tools.building.render import render, with_links
from course_tools.project import LESSONS, ROOT, all_lessons, find_lessons, find_scripts
from course_utils import CourseError
from course_utils.checkpoints import PACKAGES
from course_utils.outline import MODELS, outline, place

TYPED = re.compile(rf"\blessons? (?:\d\d\b|\d\d?(?= and \d))|\b[0-3]\d_(?:{'|'.join(outline())})\b", re.I)
WRITTEN_BY_HAND = [
    *ROOT.glob("lessons/*/*.*"),
    *ROOT.glob("course_*/**/*.py"),
    *ROOT.glob("course_tools/**/*.j2"),
    *ROOT.glob("benchmarks/*.py"),
    *ROOT.glob("benchmarks/*.j2"),
    *(path for path in ROOT.glob("docs/*.md") if path.name not in ("glossary.md", "plans.md")),
    *ROOT.glob("site/*.*"),
    *ROOT.glob("capstone/**/*.*"),
    ROOT / "TUTOR.md",
    ROOT / "AGENTS.md",
    *ROOT.glob("data/**/*.md"),
    *ROOT.glob("data/*.toml"),
]
FACTS = 'title = "X"\nteaches = "x"\nminutes = 1\nneeds = []\ndata = []\n'


@pytest.fixture
def folder(tmp_path):
    for slug in ("first", "second"):
        (tmp_path / slug).mkdir()
        (tmp_path / slug / "lesson.toml").write_text(FACTS)
        (tmp_path / slug / "lesson.py").write_text("")
    order(tmp_path, "first", "second")
    return tmp_path


def order(folder, *slugs: str) -> None:
    (folder / "course.toml").write_text(f'[[parts]]\ntitle = "Part"\nlessons = {list(slugs)}\n')


def test_numbers_are_places_in_the_order(folder):
    assert [(entry.slug, entry.name) for entry in outline(folder).values()] == [
        ("first", "00_first"),
        ("second", "01_second"),
    ]
    order(folder, "second", "first")
    assert [entry.name for entry in outline(folder).values()] == ["00_second", "01_first"]


def test_a_slug_twice_is_named(folder):
    order(folder, "first", "second", "first")
    with pytest.raises(CourseError, match="names the lesson 'first' twice"):
        outline(folder)


def test_a_lesson_that_is_not_there_is_named(folder):
    order(folder, "first", "secnd", "second")
    with pytest.raises(CourseError, match=r"'secnd' that is not there. Did you mean second"):
        outline(folder)


def test_a_folder_without_a_place_is_named(folder):
    order(folder, "first")
    with pytest.raises(CourseError, match=r"second has no place in .*course.toml"):
        outline(folder)


def test_a_folder_without_facts_is_named(folder):
    (folder / "second" / "lesson.toml").unlink()
    with pytest.raises(CourseError, match=r"second has no lesson.toml"):
        outline(folder)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (
            FACTS.replace("title", "titel"),
            r"lesson.toml: it got an unexpected keyword argument 'titel'. Known fields: t",
        ),
        (FACTS.replace("minutes = 1\n", ""), r"lesson.toml: it missing 1 required positional argument: 'minutes'"),
        (FACTS + 'kind = "poem"\n', "the kind 'poem' is none of lesson, case"),
        (FACTS.replace("needs = []", 'needs = ["frst"]'), "`needs` names no lesson with 'frst'. Did you mean first"),
        (FACTS + 'models = ["generativ"]\n', "`models` names no checkpoint with 'generativ'. Did you mean generative"),
        ("title = ", "lesson.toml cannot be read"),
    ],
)
def test_wrong_facts_are_named(folder, facts, words):
    (folder / "second" / "lesson.toml").write_text(facts)
    with pytest.raises(CourseError, match=words):
        outline(folder)


def test_the_models_that_a_lesson_may_name_are_those_that_there_are():
    assert set(MODELS) == set(PACKAGES)


def asked_for(*texts: str) -> set[str]:
    return {name for text in texts for name in re.findall(r"""checkpoint_named\(["'](\w+)""", text)}


def test_it_is_seen_which_models_are_asked_for():
    assert asked_for('course.checkpoint_named("generative")', "checkpoint_named('multilingual')") == set(MODELS)


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.slug)
def test_a_lesson_declares_the_models_that_it_asks_for(lesson):
    texts = [path.read_text("utf-8") for path in lesson.source.parent.glob("*.py")]
    assert asked_for(*texts) == set(lesson.entry.models)


def test_an_order_that_is_damaged_or_missing_is_named(folder):
    (folder / "course.toml").write_text("[[parts")
    with pytest.raises(CourseError, match=r"course.toml cannot be read"):
        outline(folder)
    (folder / "course.toml").unlink()
    with pytest.raises(CourseError, match=r"course.toml is missing"):
        outline(folder)


def test_a_link_is_made_of_number_and_title():
    entry = outline()["tokenization"]
    text = with_links(
        "{{ Lesson:tokenization }} and {{ lesson:tokenization }}", lambda e: f"[{e.label}](x)", ROOT / "y"
    )
    assert text == f"[Lesson {entry.number:02} · Tokenization](x) and [lesson {entry.number:02} · Tokenization](x)"


def test_an_unknown_slug_in_a_link_is_named():
    with pytest.raises(CourseError, match=r"links to a lesson 'tokenisation' that is not there. Did you mean tokeniz"):
        with_links("{{ lesson:tokenisation }}", str, LESSONS / "x")


def test_no_mark_is_left_in_a_page():
    for lesson in all_lessons():
        assert not any(
            re.search(r"\{\{.*\}\}", cell.source) for cell in render(lesson).cells if cell.cell_type != "code"
        )


@pytest.mark.parametrize("path", WRITTEN_BY_HAND, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_number_of_a_lesson_is_typed(path):
    if path.suffix in (".py", ".toml", ".md", ".j2"):
        assert TYPED.findall(path.read_text(encoding="utf-8")) == []


def test_a_hint_says_where_the_lesson_is(monkeypatch):
    entry = outline()["trainer"]
    assert place("trainer") == f"lesson {entry.number:02} · The Trainer (notebooks/{entry.name}.ipynb)"
    monkeypatch.setenv("COLAB_RELEASE_TAG", "1")
    assert f"(https://github.com/finetuning-course/finetuning-course/blob/main/notebooks/{entry.name}" in place(
        "trainer"
    )


@pytest.mark.parametrize("name", ["00", "0", "start_here", "00_start_here", "lessons/start_here/lesson.py"])
def test_a_lesson_has_many_names(name):
    assert [lesson.slug for lesson in find_lessons([name])] == ["start_here"]


@pytest.mark.parametrize("name", ["lora_exercises", "lessons/lora/exercises.py"])
def test_a_sheet_has_names_too(name):
    lessons, sheets = find_scripts([name])
    assert (lessons, [sheet.entry.slug for sheet in sheets]) == ([], ["lora"])
