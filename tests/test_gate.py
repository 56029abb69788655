"""The gate in front of data/: it lets good rows through, and names the rows at fault."""

import hashlib

import pytest

from course_tools.data import rules as gate
from course_tools.data.strict_csv import Row, read_rows
from course_utils import CourseError

CARD = """---
configs:
- config_name: default
  data_files:
  - {split: train, path: train.csv}
  - {split: validation, path: validation.csv}
  - {split: test, path: test.csv}
dataset_info:
  features:
  - {name: text, dtype: string}
  - name: label
    dtype:
      class_label:
        names: {'0': good, '1': bad}
---
"""


def rows(*texts, label="good", split="train", start=2):
    return [Row(f"d/{split}.csv:{n}", split, {"text": text, "label": label}) for n, text in enumerate(texts, start)]


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / "README.md").write_text(CARD, encoding="utf-8")
    for split in ("train", "validation", "test"):
        (folder / f"{split}.csv").write_text("text,label\nfine,good\n", encoding="utf-8")
    return folder


def test_the_rows_of_all_splits_are_read(folder):
    found = read_rows(folder)
    assert [row.place for row in found] == ["d/train.csv:2", "d/validation.csv:2", "d/test.csv:2"]
    assert (found[0].text, found[0].label, found[2].split) == ("fine", "good", "test")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"one,two,good", "d/test.csv:3: 3 fields, the header has 2"),
        (b"only text", "d/test.csv:3: 1 fields, the header has 2"),
        (b'"never closed,good', "d/test.csv:3: not one complete CSV row"),
        (b'"closed" too early,good', "d/test.csv:3: not one complete CSV row"),
        (b"", "d/test.csv:3: 0 fields, the header has 2"),
        (b"fine,perfect", "d/test.csv:3: the label 'perfect' is none of good, bad"),
        (b"  ,good", "d/test.csv:3: the text is empty"),
        (b"caf\xe9,good", "d/test.csv:3: byte 4 of the line is not UTF-8"),
    ],
)
def test_a_malformed_row_is_named_by_file_and_line(folder, line, message):
    (folder / "test.csv").write_bytes(b"text,label\nfine,good\n" + line + b"\nalso fine,bad\n")
    with pytest.raises(CourseError, match=message):
        read_rows(folder)


def test_a_header_that_is_not_the_cards_is_refused(folder):
    (folder / "train.csv").write_text("label,text\ngood,fine\n", encoding="utf-8")
    with pytest.raises(CourseError, match=r"d/train.csv:1: the header is"):
        read_rows(folder)


def test_a_missing_split_and_a_card_without_labels_are_named(folder):
    (folder / "validation.csv").unlink()
    with pytest.raises(CourseError, match=r"d/validation.csv cannot be read"):
        read_rows(folder)
    (folder / "README.md").write_text("no head", encoding="utf-8")
    with pytest.raises(CourseError, match=r"d/README.md: its YAML head must list"):
        read_rows(folder)


def test_near_duplicates_are_named_as_a_pair_across_splits():
    one = rows("The bus to the old harbour was late again this morning")
    other = rows("the bus to the old harbour was late again!! this morning :(", split="test", start=9)
    different = rows("The bus to the new airport was early for once today", start=30)
    assert gate.near_duplicates(one + different) == []
    assert gate.near_duplicates(one + other + different) == [
        "d/train.csv:2 and d/test.csv:9: 100% of their runs of 5 words are the same."
    ]


def test_short_copies_are_near_duplicates_too():
    assert len(gate.near_duplicates(rows("Never again!", "never again"))) == 1


def test_a_frame_may_come_three_times_not_four():
    texts = [
        "My dog is in the garden",
        "My cat is in the kitchen",
        "My horse is in the stable",
        "My car is in the street",
    ]
    assert gate.frame(texts[0]) == gate.frame(texts[3]) == "my _ is in the _"
    assert gate.repeated_frames(rows(*texts[:3])) == []
    (fault,) = gate.repeated_frames(rows(*texts))
    assert fault.startswith("4 rows have the frame 'my _ is in the _': d/train.csv:2, d/train.csv:3")


@pytest.mark.parametrize("token", ["zebra", "#zebra", "🦓"])
def test_a_token_that_tells_the_label_is_named(token):
    telling = rows(*[f"{token} number {n}" for n in range(14)])
    other = rows("nothing here", label="bad", start=90)
    assert gate.telling_tokens(telling + other) == []
    telling += rows(f"One more {token}", start=70)
    (fault,) = [fault for fault in gate.telling_tokens(telling + other) if token.lstrip("#") in fault]
    assert "tells good: 15 of its 15 rows, such as d/train.csv:2" in fault
    balanced = telling + rows(f"{token} too", f"and a {token}", label="bad", start=80)
    assert not [fault for fault in gate.telling_tokens(balanced) if token.lstrip("#") in fault]


def test_function_words_may_tell_a_level():
    assert gate.telling_tokens(rows(*["we have been"] * 20) + rows("x", label="bad")) == []


def test_labels_out_of_balance_are_named_by_split():
    fair = rows(*"abcdefghijkl") + rows(*"abcdefghij", label="bad")
    assert gate.unbalanced_labels(fair) == []
    unfair = fair + rows("m", start=40)
    assert gate.unbalanced_labels(unfair) == ["train: the labels are out of balance, {'bad': 10, 'good': 13}."]


def test_a_label_missing_from_a_split_is_out_of_balance():
    found = gate.unbalanced_labels(rows("a") + rows("b", label="bad") + rows("c", split="test"))
    assert found == ["test: the labels are out of balance, {'bad': 0, 'good': 1}."]


def test_lengths_that_give_the_label_away_are_named():
    short, long = ["two words"] * 20, ["this one has quite a few words"] * 20
    assert gate.telling_lengths(rows(*short, *long) + rows(*short, *long, label="bad")) == []
    assert gate.telling_lengths(rows(*short) + rows(*long, label="bad")) == [
        "bad and good: their lengths in words are 1.00 apart (limit 0.4)."
    ]


@pytest.mark.parametrize("text", ["a\x07bell", "donâ€™t", "cafe\u0301", " outer", "two  spaces", "lost \ufffd sign"])
def test_unclean_characters_are_named(text):
    assert gate.unclean_characters(rows("clean café 😀 “quoted”")) == []
    (fault,) = gate.unclean_characters(rows(text))
    assert fault.startswith("d/train.csv:2: ")


@pytest.mark.parametrize(
    "text",
    [
        "write to ann@example.org",
        "see https://example.org/x",
        "www.example.org",
        "thanks @somebody_real",
        "ring 020 7946 0000",
        "I live at SW1A 1AA",
    ],
)
def test_private_data_is_named(text):
    assert gate.private_data(rows("@user in 2019 we paid 1,500 for it #2024goals")) == []
    found = gate.private_data(rows(text))
    assert found and all(fault.startswith("d/train.csv:2: ") for fault in found)


def test_famous_names_are_named_also_as_hashtag_or_possessive():
    assert gate.refused_words(rows("my phone company", "an apple a day")) == []
    assert len(gate.refused_words(rows("#Netflix again", "Netflix's new show", "I hate NETFLIX"))) == 3


def test_the_list_of_slurs_holds_hashes_only():
    assert len(gate.LISTS["slurs"]) > 50
    assert all(len(word) == 12 and set(word) <= set("0123456789abcdef") for word in gate.LISTS["slurs"])


def test_a_slur_is_refused(monkeypatch):
    innocent = hashlib.sha256(b"plonk").hexdigest()[:12]
    monkeypatch.setitem(gate.LISTS, "slurs", {innocent})
    assert gate.refused_words(rows("a glass of wine")) == []
    assert gate.refused_words(rows("a glass of PLONK")) == [
        "d/train.csv:2: 'plonk' is on the lists of slurs and of public names."
    ]


def test_all_faults_come_together():
    found = gate.faults(rows("same words again", "same words again", "mail me: a@b.de"))
    assert any("runs of 5 words" in fault for fault in found)
    assert any("an e-mail address" in fault for fault in found)
