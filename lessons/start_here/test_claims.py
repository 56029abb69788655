"""Sentences in this lesson and its sheet that state a fact which no cell of theirs computes: each is measured here."""

import re
from pathlib import Path

import numpy as np
import pytest
from datasets import load_dataset
from transformers import AutoModel

from course_utils import CourseError, session, sources
from course_utils.statistics import interval
from tests.prose import (
    cell,
    cells,
    executed,
    made,
    offline_similarity,
    offline_tokenizer,
    printed,
    prose,
    said,
)

SLUG = "start_here"
SHEET = f"{SLUG}_exercises"
similarity = pytest.fixture(offline_similarity, scope="module")


def test_the_model_knows_that_awful_and_terrible_are_close(similarity):
    assert "It knows that *awful* and *terrible* are close" in prose(SLUG)
    assert similarity("awful", "terrible") > similarity("awful", "wonderful") + 0.1
    assert similarity("awful", "terrible") > similarity("awful", "table") + 0.1


def test_the_offline_model_was_trained_on_more_than_a_billion_pairs():
    """The card's own table of training data gives the total."""
    assert "(Ours: more than a billion pairs of sentences. So says its card," in prose(SLUG)
    card = (Path(sources.offline_checkpoint()) / "README.md").read_text(encoding="utf-8")
    [total] = re.findall(r"\*\*Total\*\*.*\*\*([\d,]+)\*\*", card)
    assert 1e9 < int(total.replace(",", "")) < 1.5e9


def test_most_of_the_offline_tweets_are_about_the_four_subjects():
    subjects = {
        "airlines": "airline|airways|flight|jetblue|southwest",
        "driverless cars": "driverless|self.driving|google car",
        "a football scandal": "deflat|patriots",
        "a music festival": "coachella",
    }
    *first, last = subjects
    assert f"Most are about {', '.join(first)} and {last}." in prose(SLUG)
    parts = load_dataset(*sources.dataset("tweets", "laptop")).values()
    texts = [text.lower() for part in parts for text in part["text"][:]]
    about = {name: np.array([bool(re.search(words, text)) for text in texts]) for name, words in subjects.items()}
    assert all(mask.mean() > 0.05 for mask in about.values())
    assert np.any(list(about.values()), axis=0).mean() > 0.5


def test_most_of_the_past_years_that_they_name_are_2015():
    """Years to come, such as that of the first driverless cars, do not count."""
    assert "We have real tweets, mostly of 2015." in prose(SLUG)
    parts = load_dataset(*sources.dataset("tweets", "laptop")).values()
    years = re.findall(r"\b20(?:0\d|1[0-6])\b", " ".join(text for part in parts for text in part["text"][:]))
    assert years.count("2015") > 0.5 * len(years)


def test_the_made_up_texts_are_no_tweets_of_the_dataset():
    shown = re.findall(r"\| \*(\w+)\* \| (.+?) \|", prose(SLUG))
    assert [label for label, _ in shown] == ["negative", "neutral", "positive"]
    parts = load_dataset(*sources.dataset("tweets", "laptop")).values()
    texts = {text for part in parts for text in part["text"][:]}
    assert not texts & {text for _, text in shown}


def test_more_than_half_of_the_model_is_a_table_of_pieces():
    [million] = said(SLUG, "More than half of the {} million numbers in our model are one table")
    model = AutoModel.from_pretrained(sources.offline_checkpoint())
    weights = sum(p.numel() for p in model.parameters())
    pieces = model.embeddings.word_embeddings.weight.numel()
    assert million == round(weights / 1e6, 1)
    assert 0.5 * weights < pieces < 0.6 * weights


def test_the_tweets_are_cut_where_the_text_says():
    [most] = said(SLUG, "`truncation=True` cuts off what is longer than {} pieces")
    assert f"truncation=True, max_length={most}" in cell(SLUG, "def tokenize(")
    assert offline_tokenizer().tokenize("My flight was cancelled. Again!")[-1] == "!"


def test_the_trainer_is_set_as_the_text_says():
    settings = cell(SLUG, "TrainingArguments(")
    [group] = said(SLUG, "Training shows the model {} tweets at a time")
    assert f"per_device_train_batch_size={group}," in settings
    assert "is an epoch. We take two." in prose(SLUG)
    assert "num_train_epochs=2," in settings
    assert 'save_strategy="no"' in settings
    assert 'report_to="none"' in settings


def test_fewer_epochs_and_fewer_tweets_as_the_prompt_says():
    """A third of the tweets is a third of the steps, and six epochs make up for it."""
    [few] = said(SLUG, "`train_dataset=train_rows.select(range({}))`")
    [epochs] = said(SLUG, "Write `num_train_epochs={}` in `arguments`")
    assert "a third of the tweets also means a third of the corrections" in prose(SLUG)
    assert f"course.pick(laptop={3 * few}," in cell(SLUG, 'tweets["train"].select(range(course.pick')
    assert epochs == 3 * 2
    assert "model = fresh_model()" in cell(SLUG, "finished = trainer.train()")


def test_the_interval_is_that_of_the_courses_helper():
    draws, share = said(SLUG, "Do this {} times. The middle {}% of these scores are the 95% interval")
    assert f"size=({draws}, len(test))" in cell(SLUG, "def interval(")
    assert f"[{(100 - share) / 2}, {(100 + share) / 2}]" in cell(SLUG, "def interval(")
    right = np.random.default_rng(0).random(1000) < 0.7
    random = np.random.default_rng(42)
    here = made(SLUG, "interval", np=np, draws=random.integers(1000, size=(draws, 1000)))(right)
    assert here == pytest.approx(interval(right), abs=0.004)


def test_a_late_start_cell_is_told_so(monkeypatch):
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    with pytest.raises(CourseError, match=r"huggingface_hub was imported before the start cell") as told:
        session._set_hub_access(allowed=False)
    assert f"| `{str(told.value).partition('.')[0]}` |" in prose(SLUG)


def test_what_the_airline_hears_is_the_lessons_own():
    [tweets, of_ten] = said(SLUG, "from {} labelled tweets, the model is right about {} times in 10")
    assert f"course.pick(laptop={tweets}," in "\n".join(cells(SLUG))
    assert of_ten == 7  # its band in lesson.toml: from 67% to 76%


def test_the_old_method_needs_four_times_as_many_to_come_near_and_sixteen_to_win():
    assert "needed four times as many to come near, and sixteen times as many to win." in prose(SLUG)
    lines = re.findall(r"([\d,]+) tweets: [\d.]+% right, (.+)", printed(SLUG, "verdict = "))
    verdicts = {int(size.replace(",", "")) // 600: words for size, words in lines}
    assert verdicts == {1: "worse", 2: "worse", 4: "cannot say", 8: "cannot say", 16: "better"}


def test_the_training_tweets_on_driverless_cars_are_mostly_neutral():
    [some, neutral] = said(SLUG, "Of {} such tweets in `train`, {} are *neutral*.")
    tweets = load_dataset(*sources.dataset("tweets", "laptop"))
    cars = [row["label"] for row in tweets["train"].select(range(600)) if "driv" in row["text"].lower()]
    names = tweets["train"].features["label"].names
    assert len(cars) == some
    assert cars.count(names.index("neutral")) == neutral


def test_both_methods_win_by_what_the_card_says():
    paired_gain, answers = made(SHEET, "paired_gain", np=np), executed(SHEET, "tuned = np.array")
    pairs = (("tuned", "counted"), ("counted", "tuned"))
    gains = [paired_gain(answers[one], answers[other], answers["truth"]) for one, other in pairs]
    [first] = said(SHEET, "The fine-tuned model gains {} points over counting words, says `paired_gain`.")
    [swapped] = said(SHEET, "it says that counting words gains {} points.")
    assert [round(100 * gain) for gain in gains] == [first, swapped]
