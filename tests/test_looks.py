"""How the gate looks at the shapes of the second half: several labels, talks, pairs, more than one table."""

import pytest

from course_tools.data import looks, page, rules
from course_tools.data.looks import Look
from course_tools.data.strict_csv import Row, read_rows, read_schemas
from course_utils import CourseError
from course_utils.sources import DATA

CARD = """---
configs:
- config_name: first
  data_files:
  - {split: a, path: a.csv}
- config_name: second
  data_files:
  - {split: b, path: b.csv}
  - {split: c, path: c.csv}
dataset_info:
- config_name: first
  features:
  - {name: text, dtype: string}
- config_name: second
  features:
  - {name: text, dtype: string}
  - {name: sure, dtype: bool}
  - {name: turn, dtype: int64}
  - name: mood
    dtype:
      class_label:
        names: {'0': good, '1': bad}
---
"""


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / "README.md").write_text(CARD, encoding="utf-8")
    (folder / "a.csv").write_text("text\none\n", encoding="utf-8")
    for name in "bc":
        (folder / f"{name}.csv").write_text("text,sure,turn,mood\none,true,1,good\n", encoding="utf-8")
    return folder


def row(number=2, **columns):
    return Row(f"d/train.csv:{number}", "train", columns)


def test_a_card_may_describe_several_tables(folder):
    first, second = read_schemas(folder)
    assert (first.config, first.columns, second.files) == ("first", ("text",), {"b": "b.csv", "c": "c.csv"})
    assert second.names("mood") == ("good", "bad")
    assert [row.place for row in read_rows(folder)] == ["d/a.csv:2"]
    assert [row.split for row in read_rows(folder, "second")] == ["b", "c"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("two,yes,1,good", "d/c.csv:3: the sure 'yes' is neither true nor false"),
        ("two,true,first,good", "d/c.csv:3: the turn 'first' is no whole number"),
        ("two,true,1,fine", "d/c.csv:3: the mood 'fine' is none of good, bad"),
        ("two,true,,good", "d/c.csv:3: the turn is empty"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named_by_file_and_line(folder, line, message):
    with (folder / "c.csv").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(CourseError, match=message):
        read_rows(folder, "second")


def test_a_talk_is_read_as_one_text():
    rows = [
        row(n, text=text, talk=talk) for n, (talk, text) in enumerate([("1", "Fine."), ("1", "Good."), ("2", "So.")])
    ]
    assert [view.text for view in Look(whole="talk").views(rows)] == ["Fine. Good.", "So."]
    assert [view.text for view in Look(first_of="talk").views(rows)] == ["Fine.", "So."]


def test_short_turns_may_repeat_themselves_and_long_ones_not():
    short, long = "Fine.", "I put the keys into the blue bowl"
    rows = [row(n, text=text, label="joy") for n, text in enumerate([short, short, long, long])]
    look = Look((rules.near_duplicates,), least_words=5)
    (fault,) = rules.faults(look.views(rows), look.checks)
    assert fault.startswith("d/train.csv:2 and d/train.csv:3: 100%")


def test_a_word_may_tell_that_a_topic_is_absent_and_not_that_it_is_there():
    absent = [row(n, text=f"zebra {n}", waste="false") for n in range(20)]
    present = [row(n, text=f"zebra {n}", waste="true") for n in range(20)]
    look = Look((rules.telling_tokens,), label="waste")
    assert rules.faults(look.views(absent), look.checks) == []
    assert any("'zebra' tells waste: 20 of its 20" in fault for fault in rules.faults(look.views(present), look.checks))


@pytest.mark.parametrize(
    ("twin", "good"),
    [
        ("Amina gave Tom her seat.", True),
        ("Lars gave Tom his seat.", True),
        ("Amina gave Tom her old seat.", False),
        ("Amina gave Ben her seat.", False),
        ("Nobody ever told them that.", False),
        ("Mia gave Tom her seat.", False),
    ],
)
def test_twins_differ_in_a_name_or_pronoun_only(twin, good):
    rows = [row(2, text="Mia gave Tom her seat.", label="p1"), row(3, text=twin, label="p1")]
    assert (looks.twins_differ_in_more(rows) == []) == good


def test_two_common_words_are_no_name():
    rows = [row(2, text="The old man sold it.", label="p1"), row(3, text="The young woman bought it.", label="p1")]
    assert len(looks.twins_differ_in_more(rows)) == 1


@pytest.mark.parametrize(
    ("words", "tags", "message"),
    [
        ("Out since Monday .", "O B-WHEN I-WHEN O", ""),
        ("Out since Monday.", "O B-WHEN I-WHEN", ""),
        ("Out since Sunday .", "O B-WHEN I-WHEN O", "the words do not spell the text"),
        ("Out since Monday .", "O B-WHEN I-WHEN", "4 words, 3 tags"),
        ("Out since Monday .", "O B-TIME O O", "'B-TIME' is none of O, B-WHERE"),
        ("Out since Monday .", "I-WHEN O O O", "I-WHEN after O begins no span"),
        ("Out since Monday .", "O B-WHERE I-WHEN O", "I-WHEN after B-WHERE begins no span"),
    ],
)
def test_words_have_their_tags_and_spell_the_text(words, tags, message):
    look = looks.LOOKS["where_when", "default"][1]
    views = look.views([row(text="Out since Monday.", words=words, tags=tags)])
    faults = rules.faults(views, look.checks)
    assert [fault for fault in faults if message not in fault or not message] == []
    assert bool(faults) == bool(message)


def test_a_table_that_is_not_there_is_named(folder):
    with pytest.raises(CourseError, match=r"d has no configuration 'secnd'. Did you mean second"):
        read_rows(folder, "secnd")


def test_a_twin_alone_is_a_fault():
    (fault,) = looks.twins_differ_in_more([row(text="Mia came.", label="p1")])
    assert fault == "d/train.csv:2: pair p1 must be two texts that differ in one name or pronoun."


def test_balance_has_a_limit_of_its_own():
    rows = [row(n, text=str(n), label="a" if n < 14 else "b") for n in range(24)]
    assert rules.faults(rows, (looks.balanced(1.5),)) == []
    assert len(rules.faults(rows, (looks.balanced(1.2),))) == 1


@pytest.mark.parametrize("name", page.SECOND_HALF)
def test_every_table_has_its_look(name):
    tables = {(name, schema.config) for schema in read_schemas(DATA / name)}
    assert tables == {table for table in looks.LOOKS if table[0] == name}
