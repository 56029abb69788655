"""What authors get wrong in the files of a lesson: each slip works all the same, or ends in one sentence."""

import re

import pytest

from course_tools.facts import require_sound
from course_tools.project import all_lessons, all_sheets
from course_tools.running.key import modules
from course_tools.scripts import read_script, text_of
from course_utils import CourseError
from tests.conftest import FACTS, LESSON

CELL = "# %%\nprint('Größe')\n"
TEXT = LESSON + CELL
ORDER = '[[parts]]\ntitle = "All"\nlessons = ["good"]\n'
LIST = r'Write tags as in tags=\["record", "slide"\]\.'


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "lesson.py"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.mark.parametrize("raw", [TEXT.encode("utf-8-sig"), TEXT.replace("\n", "\r\n").encode()], ids=["BOM", "CRLF"])
def test_a_mark_at_the_beginning_and_line_ends_of_windows_change_nothing(script, raw):
    plain = read_script(script)
    script.write_bytes(raw)
    again = read_script(script)
    assert [cell.source for cell in again.cells] == [cell.source for cell in plain.cells]
    assert again.metadata == plain.metadata
    assert text_of(script) == TEXT


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (TEXT.encode("latin-1"), r"its encoding is not UTF-8 \(line 10\). Save it again as UTF-8 in your editor"),
        (TEXT.encode("utf-16"), "its encoding is UTF-16. Save it again as UTF-8 in your editor"),
        (b"\xff\xfe\x00", "its encoding is UTF-16"),
    ],
)
def test_another_encoding_is_named(script, raw, words):
    script.write_bytes(raw)
    with pytest.raises(CourseError, match=words):
        read_script(script)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('# %% tags=["a,b"]', r'`# %% tags=\["a,b"\]`: the tag \'a,b\' has a comma.*write tags=\["a", "b"\]'),
        ('# %% tags="record"', LIST),
        ("# %% tags=[1]", LIST),
        ('# %% tags=["record', rf'cell 2 \(`print.*`tags=\["record` cannot be read. {LIST}'),
        ('# %% tags=["nbval-check-outptu"]', "no tag 'nbval-check-outptu'. Did you mean 'nbval-check-output'"),
        ('# %% tags=["notes", "slides"]', "no tag 'slides'. Did you mean 'slide'"),
        ('# %% tag=["record"]', "no field `tag`. Did you mean `tags`"),
        ('# %% anwser="x"', "no field `anwser`. Did you mean `answer`"),
        ("# %% [markdwon]", r"no kind of cell \[markdwon\]. A text begins with `# %% \[markdown\]`"),
    ],
)
def test_a_slip_in_the_line_above_a_cell_is_named(script, line, words):
    script.write_text(TEXT.replace("# %%\n", f"{line}\n"), encoding="utf-8")
    with pytest.raises(CourseError, match=words):
        read_script(script)


def test_a_tag_of_the_lessons_own_is_none(script):
    script.write_text(TEXT.replace("# %%\n", '# %% tags=["loop"]\n'), encoding="utf-8")
    assert read_script(script).cells[-1].metadata.tags == ["loop"]


def test_no_lesson_has_such_a_slip():
    for each in [*all_lessons(), *all_sheets()]:
        assert read_script(each.source).cells


def test_a_head_that_is_no_yaml_is_named(script):
    script.write_text(TEXT.replace("{display_name", "[{display_name"), encoding="utf-8")
    with pytest.raises(CourseError, match=r"lesson.py, line \d: the head .* is no valid YAML. Copy the head of"):
        read_script(script)


def test_code_that_python_cannot_read_is_named():
    with pytest.raises(CourseError, match=r"lesson.py, code cell 2: Python cannot read `x = = 1` \(invalid syntax\)"):
        modules(["%matplotlib inline", "a = 1\nx = = 1"], "lessons/good/lesson.py")


@pytest.fixture
def facts(tmp_path):
    (tmp_path / "good").mkdir()
    (tmp_path / "course.toml").write_text(ORDER)
    path = tmp_path / "good" / "lesson.toml"
    path.write_text(FACTS.format(title="Good"))
    return path


def test_sound_facts_are_left_alone(facts):
    require_sound(facts.parents[1])
    facts.write_bytes(facts.read_bytes().replace(b"\n", b"\r\n"))
    require_sound(facts.parents[1])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("minutes = 1", 'minutes = "forty"', "`minutes` is 'forty', and must be a number above 0, without quotes"),
        ("minutes = 1", "minutes = -3", "`minutes` is -3"),
        ("minutes = 1", "minutes = true", "`minutes` is True"),
        ('title = "Good"', "title = 7", "`title` is 7, and must be a text in quotes"),
        ("needs = []", 'needs = "x"', r"`needs` is 'x', and must be a list of texts, as \[\"trainer\"\]"),
        ("data = []", 'data = "tweets"', "`data` is 'tweets', and must be a list"),
        ("data = []", 'data = ["emotoin"]', "`data` names 'emotoin', and there is no data/emotoin"),
        ("data = []", 'data = []\nfull = "bert"', "`full` is 'bert', and must be a table"),
        ("data = []", "data = []\nfull = {checkpoint = 3}", "`checkpoint` is 3"),
        ("data = []", 'data = []\nfull = {datasets = "emotion"}', "`datasets` is 'emotion'"),
        ("[bands]", "bands = 3", "`bands` is 3, and must be a table"),
        ("[bands]", "[bands]\na = 3", r"the band `a` is 3, and must be two numbers, the lower one first"),
        ("[bands]", '[bands]\na = ["1", "2"]', "the band `a` is"),
        ("[bands]", "[bands]\na = [1]", "the band `a` is"),
        ("[bands]", "[bands]\na = [3, 1]", "the band `a` is"),
        ("title", "\ufefftitle", "begins with a byte order mark. Save it as UTF-8 without one"),
    ],
)
def test_a_field_that_is_no_such_thing_is_named(facts, old, new, words):
    facts.write_text(facts.read_text().replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CourseError, match=rf"lesson.toml:? .*?{words}"):
        require_sound(facts.parents[1])


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ('[parts]\ntitle = "All"\nlessons = ["good"]\n', r"`parts` must be tables, each below a line `\[\[parts\]\]`"),
        (ORDER.replace('["good"]', '"good"'), "`lessons` is 'good', and must be a list of names"),
        (ORDER.replace('["good"]', "[1]"), r"`lessons` is \[1\], and must be a list of names"),
        (ORDER.replace('"All"', "3"), "`title` is 3, and must be a text"),
        (ORDER + "[[routes]]\ngoal = 3\n", "`goal` is 3, and must be a text"),
    ],
)
def test_an_order_that_is_none_is_named(facts, order, words):
    (facts.parents[1] / "course.toml").write_text(order)
    with pytest.raises(CourseError, match=rf"course.toml: {words}"):
        require_sound(facts.parents[1])


@pytest.mark.slow
def test_the_command_says_one_sentence(small_course):
    """Through the real command line, where the tracebacks were."""
    small_course.add("good", "print('x')")
    source, facts = (small_course.lessons / "good" / name for name in ("lesson.py", "lesson.toml"))
    text, kept = source.read_text(), facts.read_text()
    source.write_bytes(text.replace("x", "ö").encode("latin-1"))
    said = [small_course.course("run")]
    source.write_text(text.replace("# %%\n", '# %% tags=["a,b"]\n'))
    said.append(small_course.course("build", "--check"))
    source.write_text(text.replace("print('x')", "x = = 1"))
    said.append(small_course.course("build"))
    facts.write_text(kept.replace('title = "Good"', "title = 7"))
    said.append(small_course.course("build"))
    facts.write_text(kept)
    small_course.write_order(["good", "good"])
    said.append(small_course.course("run"))
    small_course.write_order([])
    source.unlink()
    said.append(small_course.course("run"))
    assert [code for code, _ in said] == [1, 1, 1, 2, 2, 2]
    for _, output in said:
        assert re.fullmatch(r"course: lessons/\S+.*\.\n", output), output
    assert "names no lesson, so there is nothing to do" in said[-1][1]


@pytest.mark.slow
@pytest.mark.parametrize("magic", ["%matplotlb inline", "%%timeitt\nx = 1"])
def test_a_magic_that_is_misspelt_is_named(small_course, magic):
    small_course.add("good", magic)
    code, output = small_course.course("run", "--fresh")
    word = magic.split()[0]
    assert code == 1
    assert re.search(rf"cell 3 of 3 \(`{word}.*UsageError: \w+ magic (function )?`{word}` not found", output), output
    assert "CellExecutionError" not in output
