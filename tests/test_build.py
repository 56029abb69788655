"""Sources and built files match, and a check that finds it out when they do not."""

import os
import re
import shutil

import nbformat
import pytest

from course_tools import project
from course_tools.building import build, render, tables
from course_tools.project import ROOT, all_lessons, all_sheets
from course_tools.running.testing import ANEW
from course_utils import CourseError, outline

LESSONS = all_lessons()
SHEETS = all_sheets()
ADDRESS = re.compile(r"https://github\.com/[\w.-]+/[\w-]+(?![\w-]|/issues/)")  # cited bug reports are not the course


def test_every_built_file_matches_its_source():
    """What is stale in the outputs is executed in test_lessons.py; `course test --all` wants nothing stale."""
    assert build.check([*LESSONS, *SHEETS], outputs=ANEW in os.environ) == []


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the built files and the README that a test may damage."""
    for folder in ("notebooks", "solutions", "exercises"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("work"))
        for module in (build, project):
            monkeypatch.setattr(module, folder.upper(), tmp_path / folder)
    shutil.copy(ROOT / "README.md", tmp_path)
    for module in (build, project, tables):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(render, "ROOT", tmp_path)
    monkeypatch.setattr(tables, "README", tmp_path / "README.md")
    monkeypatch.setattr(tables, "WHOLE", tmp_path / "notebooks" / "README.md")
    return tmp_path


def damage(copy, change):
    path = copy / "notebooks" / f"{LESSONS[0].name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)
    return build.check(LESSONS, outputs=False)


def first_code_cell(notebook):
    return next(cell for cell in notebook.cells if cell.cell_type == "code")


def test_a_sound_copy_has_no_problem(copy):
    assert build.check(LESSONS, outputs=False) == []


def test_a_changed_cell_is_found(copy):
    (problem,) = damage(copy, lambda notebook: first_code_cell(notebook).update(source="x = 1"))
    assert re.fullmatch(
        r"notebooks/00_start_here.ipynb: cell 2 differs from its script. Run `course build start_here`.", problem
    )


def test_a_missing_cell_is_found(copy):
    (problem,) = damage(copy, lambda notebook: notebook.cells.pop())
    assert "its script makes" in problem


def test_a_cell_that_never_ran_is_found(copy):
    (problem,) = damage(copy, lambda notebook: first_code_cell(notebook).update(execution_count=None))
    assert "cell 2 was never executed" in problem


def test_changed_metadata_is_found(copy):
    (problem,) = damage(copy, lambda notebook: notebook.metadata.update(author="me"))
    assert "its metadata differ" in problem


def test_a_path_of_a_machine_is_found(copy):
    output = nbformat.v4.new_output("stream", text="saved in /home/ann/models\n")
    (problem,) = damage(copy, lambda notebook: first_code_cell(notebook).outputs.append(output))
    assert "the output of code cell 1 tells '/home/ann/models'" in problem


def test_a_notebook_without_a_source_is_found(copy):
    shutil.copy(copy / "notebooks" / f"{LESSONS[0].name}.ipynb", copy / "notebooks" / "99_old.ipynb")
    assert build.check(LESSONS, outputs=False) == ["notebooks/99_old.ipynb: no folder in lessons/ makes it. Delete it."]


def test_a_notebook_that_was_never_built_is_found(copy):
    (copy / "notebooks" / f"{LESSONS[0].name}.ipynb").unlink()
    assert "not built yet" in build.check(LESSONS, outputs=False)[0]


def test_a_solution_that_differs_is_found(copy):
    sheet = SHEETS[0]
    notebook = nbformat.read(copy / "solutions" / f"{sheet.name}.ipynb", as_version=4)
    first_code_cell(notebook).source = "x = 1"
    nbformat.write(notebook, copy / "solutions" / f"{sheet.name}.ipynb")
    (problem,) = build.check_notebook(all_sheets()[0], outputs=False)
    assert f"`course build {sheet.slug}`" in problem


def test_an_exercise_that_nbgrader_would_not_make_is_found(copy):
    sheet = all_sheets()[0]
    sheet.page.write_text(sheet.page.read_text(encoding="utf-8").replace("Your code here", "Your code"))
    assert build.check_releases([sheet]) == [
        f"exercises/{sheet.name}.ipynb: not what its script makes. Run `course build {sheet.slug}`."
    ]


def test_no_answer_leaks_into_an_exercise():
    for sheet in SHEETS:
        for cell in nbformat.read(sheet.page, as_version=4).cells:
            assert "SOLUTION" not in cell.source
            assert "HIDDEN" not in cell.source
            assert not cell.get("outputs")


def test_run_all_goes_on_after_an_exercise_not_solved_yet():
    for sheet in SHEETS:
        for cell in nbformat.read(sheet.page, as_version=4).cells:
            a_students = "answer" in cell.metadata or "check" in cell.metadata
            assert ("raises-exception" in cell.metadata.get("tags", [])) == a_students
        for cell in nbformat.read(sheet.notebook, as_version=4).cells:
            assert "raises-exception" not in cell.metadata.get("tags", [])


def test_an_old_table_in_the_readme_is_found(copy):
    readme = copy / "README.md"
    readme.write_text(readme.read_text(encoding="utf-8").replace(LESSONS[0].title, "Old title"), encoding="utf-8")
    assert build.check(LESSONS, outputs=False) == [
        "README.md: its table of lessons is out of date. Run `course build`."
    ]


def test_a_readme_without_a_place_for_the_table_says_so():
    with pytest.raises(CourseError, match="around its table"):
        tables.between("# nothing here", tables.TABLE, "")


def test_rendering_twice_gives_the_same_bytes():
    first, second = (nbformat.writes(render.render(LESSONS[0])) for _ in range(2))
    assert first == second


def test_a_stored_notebook_without_a_key_is_found(copy):
    (problem,) = damage(copy, lambda notebook: notebook.metadata.course.pop("key"))
    assert "carries no key, so nobody can tell what its outputs were made of" in problem


def test_a_damaged_notebook_is_found(copy):
    (copy / "notebooks" / f"{LESSONS[0].name}.ipynb").write_text("{")
    problem, *_ = build.check(LESSONS, outputs=False)
    assert "damaged, it cannot be read. Run `course build start_here`" in problem


def test_outputs_of_an_older_state_are_found(copy):
    path = copy / "notebooks" / f"{LESSONS[0].name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    fresh = build.task_of(LESSONS[0], "laptop").key
    notebook.metadata.course.key = {**fresh, "data": "another", "packages": "others"}
    nbformat.write(notebook, path)
    (problem,) = build.check_notebook(LESSONS[0])
    assert "its outputs were made before a change of its data and packages. Run `course build start_here`." in problem
    notebook.metadata.course.key = {**fresh, "python": "3.99"}  # it must hold there, too: the tests execute it
    nbformat.write(notebook, path)
    assert build.check_notebook(LESSONS[0]) == []
    assert build.is_stale(LESSONS[0], fresh)


def test_one_setting_feeds_every_badge_and_start_cell():
    setting = outline.repository()
    for path in [ROOT / "README.md", *sorted((ROOT / "notebooks").glob("*.ipynb"))]:
        assert set(ADDRESS.findall(path.read_text(encoding="utf-8"))) <= {setting}, path.name
    assert setting in (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8")
    assert not any(ADDRESS.search(lesson.source.read_text(encoding="utf-8")) for lesson in LESSONS)


def test_the_setting_can_be_changed(monkeypatch):
    monkeypatch.setattr(render, "repository", lambda: "https://github.com/ann/my-course")
    text = nbformat.writes(render.render(LESSONS[0]))
    assert "github/ann/my-course/blob/main/notebooks/00_start_here.ipynb" in text
    assert set(ADDRESS.findall(text)) == {"https://github.com/ann/my-course"}


@pytest.mark.slow
def test_build_stores_a_lesson_that_passes_and_keeps_the_old_one_that_fails(small_course):
    small_course.add("good", "print('fresh')")
    small_course.add("bad", "1 / 0")
    (small_course.root / "notebooks").mkdir()
    (small_course.root / "notebooks" / "01_bad.ipynb").write_text("the old one")
    code, output = small_course.course("build")
    assert code == 1
    assert "01_bad is not stored: code cell 3 of 3 (`1 / 0`): ZeroDivisionError" in output
    stored = nbformat.read(small_course.root / "notebooks" / "00_good.ipynb", as_version=4)
    assert stored.cells[-1].outputs[0].text == "fresh\n"
    assert [cell.execution_count for cell in stored.cells] == [1, 2, 3]
    assert stored.metadata.course.reference_seconds > 0
    assert (small_course.root / "notebooks" / "01_bad.ipynb").read_text() == "the old one"
    assert small_course.course("build", "good", "--check") == (0, "")
    small_course.add("good", "print('changed')")
    code, output = small_course.course("build", "good", "--check")
    assert code == 1
    assert "cell 3 differs from its script" in output
    assert "its outputs were made before a change of its cells" in output


HIDDEN = """x = 41

# %% tags=["record"]
from course_utils import record
record("x", x + 1)

# %% [markdown]
# **Try it.** Take 1.

# %% tags=["try"]
x = 1
assert x == 1

# %%
print(x)"""


@pytest.mark.slow
def test_no_reader_gets_what_records_or_tries(small_course):
    """The executor does: what is recorded stands in the metadata, and what is tried runs only where it is asked for."""
    small_course.add("lesson", HIDDEN, bands="x = [42, 42]")
    assert small_course.course("build")[0] == 0
    stored = nbformat.read(small_course.root / "notebooks" / "00_lesson.ipynb", as_version=4)
    code = [cell for cell in stored.cells if cell.cell_type == "code"]
    assert [cell.source for cell in code[2:]] == ["x = 41", "print(x)"]
    assert code[-1].outputs[0].text == "41\n"
    assert stored.metadata.course.records == {"x": 42}
    assert small_course.course("build", "--check") == (0, "")


@pytest.mark.slow
def test_a_changed_sentence_executes_nothing_and_a_run_is_not_repeated(small_course):
    small_course.add("lesson", "print('here')")
    assert small_course.course("run")[0] == 0
    code, output = small_course.course("build")
    assert (code, output) == (0, ""), "the record of the run was not used"
    source = small_course.lessons / "lesson" / "lesson.py"
    source.write_text(source.read_text() + "\n# %% [markdown]\n# More prose, to {{ lesson:lesson }}.\n")
    assert small_course.course("build") == (0, "")
    stored = nbformat.read(small_course.root / "notebooks" / "00_lesson.ipynb", as_version=4)
    assert stored.cells[-1].source == "More prose, to [lesson 00 · Lesson](00_lesson.ipynb)."
    assert stored.cells[-2].outputs[0].text == "here\n"
    assert "started" in small_course.course("build", "--anew")[1]


@pytest.mark.slow
def test_a_result_outside_of_its_band_is_not_stored(small_course):
    small_course.add("low", "from course_utils import record\nrecord('answer', 1)", bands="answer = [2, 3]\n")
    code, output = small_course.course("build")
    assert code == 1
    assert "00_low is not stored: the record answer is 1, outside of its band" in output
    assert not (small_course.root / "notebooks" / "00_low.ipynb").exists()


@pytest.mark.slow
def test_a_lesson_moves_with_one_line(small_course):
    small_course.add("one", "print(1)")
    small_course.add("two", "print(2)")
    code, output = small_course.course("build")
    assert code == 0, output
    small_course.write_order(["two", "one"])
    code, output = small_course.course("build")
    assert code == 0, output
    names = {path.name for path in (small_course.root / "notebooks").glob("*.ipynb")}
    assert names >= {"00_two.ipynb", "01_one.ipynb"}
    code, output = small_course.course("build", "--check")
    assert (code, output.count("no folder in lessons/ makes it. Delete it.")) == (1, 2)
