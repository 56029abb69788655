"""The key of a notebook's outputs changes with what they depend on, and with nothing else."""

from dataclasses import replace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_tools.building.render import render
from course_tools.project import all_lessons, all_sheets
from course_tools.running import key as keys
from course_tools.running.key import differences, key_of, modules

LESSON = next(lesson for lesson in all_lessons() if lesson.slug == "tokenization")
SHEET = next(sheet for sheet in all_sheets() if sheet.entry.slug == "tokenization")


def notebook(*code: str, prose: str = "words"):
    return new_notebook(cells=[new_markdown_cell(prose), *(new_code_cell(each) for each in code)])


def changed(one, other, **options) -> list[str]:
    return differences(key_of(one, LESSON, "laptop"), key_of(other, LESSON, options.get("profile", "laptop")))


def test_prose_is_no_part_of_it():
    assert changed(notebook("x = 1"), notebook("x = 1", prose="other words")) == []


def test_code_tags_and_profile_are():
    assert changed(notebook("x = 1"), notebook("x = 2")) == ["cells"]
    tagged = notebook("x = 1")
    tagged.cells[1].metadata.tags = ["nbval-check-output"]
    assert changed(notebook("x = 1"), tagged) == ["cells"]
    assert changed(notebook("x = 1"), notebook("x = 1"), profile="smoke") == ["profile"]


def test_a_lesson_with_more_models_has_their_versions_in_its_key():
    usual = key_of(notebook(), LESSON, "laptop")
    lesson = replace(LESSON, entry=replace(LESSON.entry, models=["generative"]))
    assert differences(usual, key_of(notebook(), lesson, "laptop")) == ["models"]
    other = replace(LESSON, entry=replace(LESSON.entry, models=["multilingual"]))
    assert differences(key_of(notebook(), lesson, "laptop"), key_of(notebook(), other, "laptop")) == ["models"]


@pytest.mark.parametrize("name", ["COURSE_SIZES", "COURSE_CHECKPOINT"])
def test_what_swaps_sizes_or_checkpoint_is(name, monkeypatch):
    before = key_of(notebook(), LESSON, "laptop")
    monkeypatch.setenv(name, "smoke")
    assert differences(before, key_of(notebook(), LESSON, "laptop")) == [name.removeprefix("COURSE_").lower()]


def test_the_modules_are_followed_all_the_way():
    names = {path.name for path in modules(["from course_utils import start\n!ls\n%time x = 1"])}
    assert {"session.py", "hub.py", "tweets.py", "packaged.py"} <= names
    assert not {"curves.py", "memory.py", "values.py"} & names
    names = {path.name for path in modules(["from lessons.tokenization import checks as check"])}
    assert {"checks.py", "values.py", "wrong.py"} <= names


def test_a_changed_module_or_file_of_data_or_lock_is(monkeypatch):
    before = key_of(notebook("from course_utils import start"), LESSON, "laptop")
    for function, parts in (("_text_of", ["code", "packages"]), ("_bytes_of", ["data"])):
        real = getattr(keys, function)
        monkeypatch.setattr(keys, function, lambda path, real=real: real(path) + "x")
        assert differences(before, key_of(notebook("from course_utils import start"), LESSON, "laptop")) == parts
        monkeypatch.setattr(keys, function, real)


def test_a_sheets_number_is_and_a_lessons_is_not():
    assert "number" in key_of(render(SHEET), SHEET, "laptop")
    assert "number" not in key_of(render(LESSON), LESSON, "laptop")


def test_every_stored_notebook_carries_one():
    for script in [*all_lessons(), *all_sheets()]:
        stored = nbformat.read(script.notebook, as_version=4)
        assert set(stored.metadata.course.key) >= {"cells", "code", "data", "packages", "python", "profile"}
