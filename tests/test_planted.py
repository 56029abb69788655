"""The second half's datasets: what their cards promise, and what is planted in them, by the stored marks."""

import json
import re
from collections import Counter, defaultdict

import pytest
from datasets import load_dataset

from course_tools.data import cards
from course_tools.data.looks import TOPICS
from course_tools.data.page import MEASURED, SECOND_HALF
from course_tools.data.strict_csv import read_rows, read_schemas
from course_utils import sources
from course_utils.sources import DATA

ROWS_AT_LEAST = {
    "messages": 1200,
    "requests": 900,
    "two_guides": 200,
    "reviews": 600,
    "textbook": 200,
    "answers": 800,
    "dialogues": 1400,
    "scenarios": 500,
    "sentences": 300,
    "where_when": 420,
}
# event of `messages` -> first month of the new meaning, topic before, topic after
EVENTS = {
    1: ("2024-04", "leisure", "papers"),
    2: ("2024-02", "library", "parking"),
    3: ("2024-07", "leisure", "waste"),
    4: ("2024-10", "waste", "water"),
    5: ("2024-06", "waste", "library"),
    6: ("2024-09", "water", "parking"),
    7: ("2024-12", "papers", "leisure"),
}
REGULARS = {f"w{number:03}" for number in range(1, 25)}


@pytest.fixture(scope="module")
def marks():
    found = json.loads(cards.MARKS.read_text(encoding="utf-8"))

    def mark(name: str, method: str, judged_on: str, score: str) -> float:
        line = next(line for line in found[name]["lines"] if (line["method"], line["judged_on"]) == (method, judged_on))
        value = line["scores"][score]
        return value if isinstance(value, float) else value["mean"]

    return mark


def values(name: str, column: str, config: str = "") -> list[str]:
    return [row.columns[column] for row in read_rows(DATA / name, config)]


@pytest.mark.parametrize("name", SECOND_HALF)
def test_there_are_enough_rows_and_load_dataset_reads_them(name, tmp_path):
    assert len(read_rows(DATA / name)) >= ROWS_AT_LEAST[name]
    assert sources.dataset(name, "laptop") == sources.dataset(name, "full") == (str(DATA / name),)
    for schema in read_schemas(DATA / name):
        loaded = load_dataset(str(DATA / name), schema.config, cache_dir=tmp_path)
        assert list(loaded) == list(schema.files)
        for split in schema.files:
            assert tuple(loaded[split].features) == schema.columns
            for column, kind in schema.types.items():
                mine = [row.columns[column] for row in read_rows(DATA / name, schema.config) if row.split == split]
                read = loaded[split][column]
                if isinstance(kind, tuple):
                    assert [kind[number] for number in read] == mine
                elif kind == "bool":
                    assert [str(value).lower() for value in read] == mine
                else:
                    assert [str(value) for value in read] == mine


@pytest.mark.parametrize("name", SECOND_HALF)
def test_the_border_cases_of_the_card_are_rows(name):
    texts = [
        text
        for schema in read_schemas(DATA / name)
        for row in read_rows(DATA / name, schema.config)
        for text in row.columns.values()
    ]
    card = (DATA / name / "README.md").read_text(encoding="utf-8")
    guide = card.partition("| border | row | label | because |\n|---|---|---|---|\n")[2].partition("\n\n")[0]
    examples = [line.split(" | ")[1] for line in guide.splitlines()]
    assert len(examples) >= 6 or name == "textbook"
    for example in examples:
        said = re.match(r'd\d+ turn \d+ "(.*)"$', example)
        quoted = said[1] if said else example.removesuffix("...").strip()
        assert any(text.startswith(quoted) for text in texts), example


def test_every_message_has_the_topic_that_its_word_had_on_that_day():
    for row in read_rows(DATA / "messages"):
        event = int(row.columns["event"])
        if event:
            month, before, after = EVENTS[event]
            assert row.label == (after if row.columns["date"] >= month else before), row.place
        assert row.columns["date"].startswith(str(2022 + int(row.split[-1]))), row.place


def test_a_few_writers_write_much_and_the_others_once_or_twice():
    writers = Counter(values("messages", "writer"))
    assert {writer for writer, count in writers.items() if count > 2} == REGULARS
    assert min(writers[writer] for writer in REGULARS) >= 16


def test_requests_have_none_to_four_topics():
    rows = read_rows(DATA / "requests")
    counts = Counter(sum(row.columns[topic] == "true" for topic in TOPICS) for row in rows)
    assert set(counts) == {0, 1, 2, 3, 4}
    for topic in TOPICS:
        assert 0.22 <= sum(row.columns[topic] == "true" for row in rows) / len(rows) <= 0.34


def test_a_product_and_its_pairs_are_in_one_split():
    splits, labels = defaultdict(set), defaultdict(Counter)
    for row in read_rows(DATA / "reviews"):
        splits[row.columns["product"]].add(row.split)
        labels[row.columns["product"]][row.label] += 1
        assert (row.columns["where"] == "none") == (row.label == "unhelpful"), row.place
    assert all(len(found) == 1 for found in splits.values())
    assert all(found["helpful"] == found["unhelpful"] for found in labels.values())


def test_unseen_questions_are_unseen():
    questions = defaultdict(set)
    for row in read_rows(DATA / "answers"):
        questions[row.split].add(row.columns["question_id"])
    assert len(questions["unseen_questions"]) == 8
    assert not questions["unseen_questions"] & (questions["train"] | questions["validation"] | questions["test"])
    assert questions["test"] <= questions["train"]


def test_talks_are_whole_and_in_one_split_and_one_turn_in_four_is_short():
    turns, splits = defaultdict(list), defaultdict(set)
    rows = read_rows(DATA / "dialogues")
    for row in rows:
        turns[row.columns["dialogue"]].append(int(row.columns["turn"]))
        splits[row.columns["dialogue"]].add(row.split)
    assert len(turns) >= 180
    assert all(found == list(range(1, len(found) + 1)) for found in turns.values())
    assert all(len(found) == 1 for found in splits.values())
    short = [row for row in rows if row.columns["short"] == "true"]
    assert 0.2 <= len(short) / len(rows) <= 0.3
    assert all(len(row.text.split()) <= 4 and row.columns["turn"] != "1" for row in short)
    labels = defaultdict(set)
    for row in short:
        labels[row.text].add(row.label)
    assert sum(len(found) > 1 for found in labels.values()) >= 20


def test_scenarios_are_split_by_setting_and_pairs_are_pairs():
    splits = defaultdict(set)
    for row in read_rows(DATA / "scenarios"):
        splits[row.columns["setting"]].add(row.split)
    assert all(len(found) == 1 for found in splits.values())
    pairs = defaultdict(list)
    for row in read_rows(DATA / "scenarios", "swapped"):
        pairs[row.columns["pair"]].append(row)
    assert len(pairs) == 60
    for one, other in pairs.values():
        same = ("label", "emotion", "mixed", "setting", "swap")
        assert all(one.columns[column] == other.columns[column] for column in same)
        assert (one.columns["fil"] == other.columns["fil"]) == (one.columns["swap"] == "pronoun")


def test_the_held_out_chapter_is_whole():
    chapters = defaultdict(set)
    for row in read_rows(DATA / "textbook"):
        chapters[row.split].add(row.columns["title"])
    assert [len(chapters[split]) for split in ("train", "validation", "test", "other_trade")] == [8, 1, 1, 1]
    assert len(set.union(*chapters.values())) == 11
    assert sum(len(text.split()) for text in values("textbook", "text")) >= 25_000


def test_minimal_pairs_of_grammar_differ_in_one_word():
    for row in read_rows(DATA / "sentences", "agreement"):
        good, bad = row.columns["good"].split(), row.columns["bad"].split()
        assert len(good) == len(bad), row.place
        assert sum(one != other for one, other in zip(good, bad, strict=True)) == 1, row.place


def spans(row, kind: str) -> list[str]:
    """Return the spans of one kind in a row of `where_when`."""
    words, tags = row.columns["words"].split(), row.columns["tags"].split()
    starts = [place for place, tag in enumerate(tags) if tag == f"B-{kind}"]
    ends = [next((n for n in range(start + 1, len(tags)) if tags[n] != f"I-{kind}"), len(tags)) for start in starts]
    return [" ".join(words[start:end]) for start, end in zip(starts, ends, strict=True)]


def test_places_of_one_split_have_no_name_in_another():
    names, rows = defaultdict(set), read_rows(DATA / "where_when")
    for row in rows:
        for place in spans(row, "WHERE"):
            names[row.split] |= set(re.findall(r"[A-Z][\w'-]+(?: [A-Z][\w'-]+)*", place))
    assert {split: len(found) >= 8 for split, found in names.items()} == dict.fromkeys(names, True)
    assert not names["train"] & names["test"]
    assert not names["train"] & names["validation"]
    assert not names["validation"] & names["test"]


def test_no_span_begins_with_a_little_word_and_one_row_in_five_misleads():
    little = {"in", "at", "on", "to", "into", "from", "for", "of", "onto"}  # as the guide says
    rows = read_rows(DATA / "where_when")
    for row in rows:
        for found in spans(row, "WHERE") + spans(row, "WHEN"):
            assert "," not in found.split(), row.place
            assert found.split()[0].lower() not in little or found.lower().startswith("in front of"), row.place
    for split, size in {"train": 240, "validation": 60, "test": 120}.items():
        own = [row for row in rows if row.split == split]
        assert len(own) == size
        assert sum(row.columns["hard"] == "true" for row in own) == size / 5
    assert all(12 <= len(row.text.split()) <= 32 for row in rows)


def test_every_measured_dataset_has_its_marks():
    assert set(MEASURED) <= set(json.loads(cards.MARKS.read_text(encoding="utf-8")))


class TestMarks:
    """What the datasets were written for, as it was measured."""

    def test_requests(self, marks):
        counting = marks("requests", "counting words", "test", "macro-F1")
        assert counting < 0.70
        assert marks("requests", "fine-tuned", "test", "macro-F1") >= counting + 0.08

    def test_reviews(self, marks):
        counting = marks("reviews", "counting words", "test", "accuracy")
        assert marks("reviews", "length alone", "test", "accuracy") < 0.60
        assert counting < 0.70
        assert marks("reviews", "fine-tuned, 256 tokens", "test", "accuracy") >= counting + 0.05

    def test_answers(self, marks):
        for judged_on in ("unseen answers", "unseen questions"):
            assert marks("answers", "overlap of words", judged_on, "quadratic kappa") < 0.55
        assert marks("answers", "second reader", "all rows", "quadratic kappa") >= 0.75

    def test_dialogues(self, marks):
        alone, context = "frozen vectors, turn alone", "frozen vectors, turn with its context"
        assert (
            marks("dialogues", context, "test", "macro-F1") >= marks("dialogues", alone, "test", "macro-F1") + 0.10
        )  # as the card says
        short = "accuracy, short turns"
        tuned = [f"fine-tuned, turn {what}" for what in ("alone", "with its context")]
        assert marks("dialogues", tuned[1], "test", short) >= marks("dialogues", tuned[0], "test", short) + 0.08
        assert marks("dialogues", context, "test", short) >= marks("dialogues", alone, "test", short) + 0.08

    def test_scenarios(self, marks):
        for language in ("en", "fil"):
            assert marks("scenarios", "counting words, its own language", language, "accuracy") < 0.75
        english, multilingual = (f"{name} checkpoint, trained on English" for name in ("English", "multilingual"))
        filipino = [marks("scenarios", method, "fil", "accuracy") for method in (english, multilingual)]
        assert filipino[1] >= filipino[0] + 0.05  # 0.10 was hoped for: see the card

    def test_messages(self, marks):
        for method in ("counting words, year 1", "fine-tuned, year 1"):
            first = marks("messages", method, "year 1, the other fifth", "accuracy")
            assert first - marks("messages", method, "year 3", "accuracy") >= 0.05
        kind, strict = (
            marks("messages", "counting words", f"{split}, 5 folds", "accuracy")
            for split in ("random split", "split by writer")
        )
        assert kind - strict >= 0.04

    def test_where_when(self, marks):
        by_heart = [marks("where_when", f"list of {what}", "test", "span F1") for what in ("spans", "words")]
        assert max(by_heart) < 0.5
        assert marks("where_when", "always O", "test", "words right") >= 0.6
        assert marks("where_when", "fine-tuned", "test", "span F1") >= max(by_heart) + 0.2
        assert marks("where_when", "fine-tuned", "test, hard rows", "span F1") < marks(
            "where_when", "fine-tuned", "test", "span F1"
        )

    def test_two_guides(self, marks):
        for readers in ("first", "second"):
            assert 0.70 <= marks("two_guides", f"the two guides, {readers} readers", "all rows", "agreement") <= 0.85

    def test_textbook(self, marks):
        def fall(judged_on):
            """By how much more the loss falls through the trade's text than through general texts."""
            general, trade = (
                marks("textbook", f"trained on {what}", judged_on, "loss")
                for what in ("the general texts again", "the trade's text")
            )
            return general - trade

        assert fall("held-out chapter") >= 0.4
        assert fall("held-out chapter") >= fall("another trade") + 0.1  # it falls there too: see the card
        assert fall("another trade") / fall("held-out chapter") == pytest.approx(0.6, abs=0.05)  # "three fifths"
