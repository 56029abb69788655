"""Sources and built files match, and a check that finds it out when they do not."""

import re
import shutil

import nbformat
import pytest

from course_tools import project
from course_tools.building import build, render
from course_tools.project import ROOT, all_lessons, all_sheets
from course_utils import CourseError

LESSONS = all_lessons()
SHEETS = all_sheets()
ADDRESS = re.compile(r"https://github\.com/[\w.-]+/[\w-]+(?![\w-]|/issues/)")  # cited bug reports are not the course


def test_every_built_file_matches_its_source():
    assert build.check([*LESSONS, *SHEETS]) == []


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the built files and the README that a test may damage."""
    for folder in ("notebooks", "solutions", "exercises"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("work"))
        for module in (build, project):
            monkeypatch.setattr(module, folder.upper(), tmp_path / folder)
    shutil.copy(ROOT / "README.md", tmp_path)
    for module in (build, project, render):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(build, "README", tmp_path / "README.md")
    return tmp_path


def damage(copy, change):
    path = copy / "notebooks" / f"{LESSONS[0].name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)
    return build.check(LESSONS)


def first_code_cell(notebook):
    return next(cell for cell in notebook.cells if cell.cell_type == "code")


def test_a_sound_copy_has_no_problem(copy):
    assert build.check(LESSONS) == []


def test_a_changed_cell_is_found(copy):
    (problem,) = damage(copy, lambda notebook: first_code_cell(notebook).update(source="x = 1"))
    assert re.fullmatch(
        r"notebooks/00_start_here.ipynb: cell 2 differs from its script. Run `course build 00_start_here`.", problem
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
    assert build.check(LESSONS) == ["notebooks/99_old.ipynb: no script in lessons/ makes it. Delete it."]


def test_a_notebook_that_was_never_built_is_found(copy):
    (copy / "notebooks" / f"{LESSONS[0].name}.ipynb").unlink()
    assert "not built yet" in build.check(LESSONS)[0]


def test_a_solution_that_differs_is_found(copy):
    sheet = SHEETS[0]
    notebook = nbformat.read(copy / "solutions" / f"{sheet.name}.ipynb", as_version=4)
    first_code_cell(notebook).source = "x = 1"
    nbformat.write(notebook, copy / "solutions" / f"{sheet.name}.ipynb")
    (problem,) = build.check_notebook(all_sheets()[0])
    assert f"`course build {sheet.name}`" in problem


def test_an_exercise_that_nbgrader_would_not_make_is_found(copy):
    sheet = all_sheets()[0]
    sheet.release.write_text(sheet.release.read_text(encoding="utf-8").replace("Your code here", "Your code"))
    assert build.check_releases([sheet]) == [
        f"exercises/{sheet.name}.ipynb: not what its script makes. Run `course build {sheet.name}`."
    ]


def test_no_answer_leaks_into_an_exercise():
    for sheet in SHEETS:
        for cell in nbformat.read(sheet.release, as_version=4).cells:
            assert "SOLUTION" not in cell.source
            assert "HIDDEN" not in cell.source
            assert not cell.get("outputs")


def test_run_all_goes_on_after_an_exercise_not_solved_yet():
    for sheet in SHEETS:
        for cell in nbformat.read(sheet.release, as_version=4).cells:
            a_students = "answer" in cell.metadata or "check" in cell.metadata
            assert ("raises-exception" in cell.metadata.get("tags", [])) == a_students
        for cell in nbformat.read(sheet.notebook, as_version=4).cells:
            assert "raises-exception" not in cell.metadata.get("tags", [])


def test_an_old_table_in_the_readme_is_found(copy):
    readme = copy / "README.md"
    readme.write_text(readme.read_text(encoding="utf-8").replace(LESSONS[0].title, "Old title"), encoding="utf-8")
    assert build.check(LESSONS) == ["README.md: its table of lessons is out of date. Run `course build`."]


def test_a_readme_without_a_place_for_the_table_says_so():
    with pytest.raises(CourseError, match="around its table of lessons"):
        build.with_table("# nothing here")


def test_rendering_twice_gives_the_same_bytes():
    first, second = (nbformat.writes(render.render(LESSONS[0])) for _ in range(2))
    assert first == second


def test_one_setting_feeds_every_badge_and_start_cell():
    setting = project.repository()
    for path in [ROOT / "README.md", *sorted((ROOT / "notebooks").glob("*.ipynb"))]:
        found = set(ADDRESS.findall(path.read_text(encoding="utf-8")))
        assert found == {setting}, path.name
    assert not any(ADDRESS.search(lesson.source.read_text(encoding="utf-8")) for lesson in LESSONS)


def test_the_setting_can_be_changed(monkeypatch):
    monkeypatch.setattr(render, "repository", lambda: "https://github.com/ann/my-course")
    text = nbformat.writes(render.render(LESSONS[0]))
    assert "github/ann/my-course/blob/main/notebooks/00_start_here.ipynb" in text
    assert set(ADDRESS.findall(text)) == {"https://github.com/ann/my-course"}


def test_a_wrong_header_is_named(tmp_path):
    script = tmp_path / "00_x.py"
    script.write_text("# ---\n# jupyter:\n#   course:\n#     titel: X\n# ---\n\n# %%\nx = 1\n")
    with pytest.raises(CourseError, match=r"00_x.py: the `course` part of its header.*titel"):
        project.read_script(script, project.Lesson)


@pytest.mark.slow
def test_build_stores_a_lesson_that_passes_and_keeps_the_old_one_that_fails(small_course):
    small_course.add("00_good", "print('fresh')")
    small_course.add("01_bad", "1 / 0")
    (small_course.root / "notebooks").mkdir()
    (small_course.root / "notebooks" / "01_bad.ipynb").write_text("the old one")
    code, output = small_course.course("build")
    assert code == 1
    assert "ZeroDivisionError" in output
    stored = nbformat.read(small_course.root / "notebooks" / "00_good.ipynb", as_version=4)
    assert stored.cells[-1].outputs[0].text == "fresh\n"
    assert [cell.execution_count for cell in stored.cells] == [1, 2]
    assert (small_course.root / "notebooks" / "01_bad.ipynb").read_text() == "the old one"
    assert small_course.course("build", "00", "--check") == (0, "")
    script = small_course.root / "lessons" / "00_good.py"
    script.write_text(script.read_text().replace("fresh", "changed"))
    code, output = small_course.course("build", "00", "--check")
    assert code == 1
    assert "cell 2 differs from its script" in output
