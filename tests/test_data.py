"""The datasets written for the course: they pass the gate, and they are what their cards and the design promise."""

import re
from collections import Counter

import pytest
from datasets import load_dataset

from course_tools.cli import main
from course_tools.data import cards as data_cards
from course_tools.data import page as data_page
from course_tools.data.strict_csv import SPLITS, read_rows, read_schemas
from course_utils import CourseError, sources
from course_utils.sources import DATA

NAMES = data_page.NAMES
ROWS_AT_LEAST = {"emotion": 1000, "stance": 360, "cefr": 900}
LABELS = {
    "emotion": ("anger", "joy", "optimism", "sadness"),  # TweetEval's order
    "stance": ("support", "neutral", "oppose"),
    "cefr": ("A1", "A2", "B1", "B2", "C1", "C2"),
}
STYLE = {"emotion": "author_style", "stance": "author_style", "cefr": "format"}


@pytest.fixture(scope="module", params=NAMES)
def dataset(request):
    return request.param, read_rows(DATA / request.param)


def test_there_are_enough_rows_with_the_promised_labels_and_columns(dataset):
    name, rows = dataset
    schema = read_schemas(DATA / name)[0]
    assert schema.labels == LABELS[name]
    assert schema.columns == ("text", "label", "topic", STYLE[name], "hard")
    assert len(rows) >= ROWS_AT_LEAST[name]
    assert {row.split for row in rows} == set(SPLITS)


def test_every_label_has_every_topic_and_style(dataset):
    name, rows = dataset
    for column in ("topic", STYLE[name]):
        found = {label: {row.columns[column] for row in rows if row.label == label} for label in LABELS[name]}
        everything = set.union(*found.values())
        assert all(own == everything for own in found.values()), column


def test_topics_are_spread_evenly_over_labels(dataset):
    _, rows = dataset
    for topic in {row.columns["topic"] for row in rows}:
        counts = Counter(row.label for row in rows if row.columns["topic"] == topic)
        assert max(counts.values()) <= 2 * min(counts.values()), f"{topic}: {dict(counts)}"


def test_about_one_row_in_six_is_hard(dataset):
    name, rows = dataset
    for label in LABELS[name]:
        hard = [row.columns["hard"] == "true" for row in rows if row.label == label]
        assert 0.1 < sum(hard) / len(hard) < 0.25, label
    assert {row.columns["hard"] for row in rows} == {"true", "false"}


def test_rows_have_1_to_120_words(dataset):
    _, rows = dataset
    assert [row.place for row in rows if not 1 <= len(row.text.split()) <= 120] == []


def test_whole_topics_of_stance_are_held_out():
    rows = read_rows(DATA / "stance")
    topics = {split: set() for split in SPLITS}
    for row in rows:
        topics[row.split].add(row.columns["topic"])
    assert len(topics["train"] | topics["validation"] | topics["test"]) >= 12
    assert not topics["train"] & topics["test"]
    assert not topics["train"] & topics["validation"]
    assert not topics["validation"] & topics["test"]
    for topic in set.union(*topics.values()):
        counts = Counter(row.label for row in rows if row.columns["topic"] == topic)
        assert max(counts.values()) - min(counts.values()) <= 2, topic  # the card says so
    card = (DATA / "stance" / "README.md").read_text(encoding="utf-8")
    assert all(topic in card for topic in topics["test"] | topics["validation"])


def test_lessons_get_the_folder_offline_and_the_public_counterpart_in_full(dataset):
    name, _ = dataset
    public = {"emotion": ("cardiffnlp/tweet_eval", "emotion"), "cefr": ("UniversalCEFR/cefr_sp_en",)}
    assert sources.dataset(name, "laptop") == sources.dataset(name, "smoke") == (str(DATA / name),)
    assert sources.dataset(name, "full") == public.get(name, (str(DATA / name),))


def test_load_dataset_reads_the_same_rows(dataset, tmp_path):
    name, rows = dataset
    loaded = load_dataset(str(DATA / name), cache_dir=tmp_path)
    assert loaded["train"].features["label"].names == list(LABELS[name])
    for split in SPLITS:
        expected = [(row.text, LABELS[name].index(row.label)) for row in rows if row.split == split]
        assert list(zip(loaded[split]["text"], loaded[split]["label"], strict=True)) == expected
    assert set(loaded["test"]["hard"]) == {True, False}


def test_a_changed_row_reaches_load_dataset(dataset, tmp_path):
    name, _ = dataset
    folder, cache = tmp_path / name, tmp_path / "cache"
    folder.mkdir()
    for path in (DATA / name).iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    before = load_dataset(str(folder), cache_dir=cache)["test"][0]["text"]

    content = (folder / "test.csv").read_text(encoding="utf-8")
    (folder / "test.csv").write_text(content.replace(before[:12], before[:12].swapcase(), 1), encoding="utf-8")
    card = (folder / "README.md").read_text(encoding="utf-8")
    (folder / "README.md").write_text(data_cards.with_head(card, folder), encoding="utf-8")
    assert load_dataset(str(folder), cache_dir=cache)["test"][0]["text"] != before


def test_the_examples_of_the_label_guide_are_rows_with_that_label(dataset):
    name, rows = dataset
    known = {(row.text, row.label) for row in rows}
    card = (DATA / name / "README.md").read_text(encoding="utf-8")
    guide = card.partition("| border | two rows | label | because |")[2].partition("## Statistics")[0]
    examples = [line.strip("|").split(" | ") for line in guide.strip().splitlines()[1:]]
    assert len(examples) >= 6
    assert [cells for cells in examples if (cells[1].strip(), cells[2].strip()) not in known] == []


def test_rows_pass_the_gate_and_cards_marks_and_figures_belong_to_them():
    assert data_page.check() == []


def test_the_command_prints_each_fault_and_leaves_with_1(monkeypatch, capsys):
    monkeypatch.setattr(data_page, "check", lambda: ["emotion/train.csv:7: a fault.", "another"])
    assert main(["data", "--check"]) == 1
    assert capsys.readouterr().out.splitlines() == ["emotion/train.csv:7: a fault.", "another"]
    monkeypatch.setattr(data_page, "check", lambda: [])
    assert main(["data", "--check"]) == 0


def test_a_card_that_lost_its_markers_is_an_error_with_a_way_out():
    with pytest.raises(CourseError, match=r"lacks the markers <!-- marks: .* Put them back"):
        data_cards.with_part("no markers", "marks", "table")


def test_a_changed_row_makes_the_marks_stale(tmp_path):
    for split in SPLITS:
        (tmp_path / f"{split}.csv").write_bytes((DATA / "stance" / f"{split}.csv").read_bytes())
    assert data_cards.stale_marks({"stance": tmp_path}) == []
    with (tmp_path / "test.csv").open("a", encoding="utf-8") as file:
        file.write("one more row\n")
    (fault,) = data_cards.stale_marks({"stance": tmp_path})
    assert "stance was measured on other rows. Run" in fault


def test_figures_of_other_rows_are_noticed(monkeypatch, tmp_path):
    page = tmp_path / "README.md"
    page.write_text(data_page.PAGE.read_text(encoding="utf-8").replace("The figures show the rows", "Old:"))
    monkeypatch.setattr(data_page, "PAGE", page)
    assert data_page.check() == ["data/README.md: its figures show other rows. Run `course data --figures`."]


def test_the_page_shows_all_figures_with_a_text_alternative():
    page = data_page.PAGE.read_text(encoding="utf-8")
    shown = re.findall(r"!\[(.{80,}?)\]\((figures/\w+\.png)\)", page)
    assert len(shown) == 8
    assert all((DATA / path).stat().st_size < 400_000 for _, path in shown)
