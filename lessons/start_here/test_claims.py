"""Sentences in this lesson and its sheet that state a fact which no cell of theirs computes: each is measured here."""

import inspect
import re
from pathlib import Path

import numpy as np
import pytest
from datasets import load_dataset
from scipy.stats import bootstrap

from course_utils import CourseError, session, sources
from tests.prose import cell, executed, made, offline_similarity, printed, prose, said

SLUG = "start_here"
SHEET = f"{SLUG}_exercises"
similarity = pytest.fixture(offline_similarity, scope="module")


def test_the_model_knows_that_awful_and_terrible_are_close(similarity):
    assert "It knows that *awful* and *terrible* are close" in prose(SLUG)
    assert similarity("awful", "terrible") > similarity("awful", "wonderful") + 0.1
    assert similarity("awful", "terrible") > similarity("awful", "table") + 0.1


def test_the_offline_model_was_trained_on_more_than_a_billion_pairs():
    """The card's own table of training data gives the total."""
    assert "Our offline one: more than a billion pairs of sentences, says its card." in prose(SLUG)
    card = (Path(sources.offline_checkpoint()) / "README.md").read_text(encoding="utf-8")
    [total] = re.findall(r"\*\*Total\*\*.*\*\*([\d,]+)\*\*", card)
    assert 1e9 < int(total.replace(",", "")) < 1.5e9


def test_the_offline_tweets_are_about_the_four_subjects():
    words = {
        "airlines": "airline|airways|flight|jetblue|southwest",
        "driverless cars": "driverless|self.driving|google car",
        "a football scandal": "deflat|patriots",
        "a music festival": "coachella",
    }
    *first, last = words
    assert f"about {', '.join(first)} and {last}." in prose(SLUG)
    parts = load_dataset(*sources.dataset("tweets", "laptop")).values()
    texts = [text.lower() for part in parts for text in part["text"][:]]
    for subject in words.values():
        assert np.mean([bool(re.search(subject, text)) for text in texts]) > 0.05


def test_the_trainer_is_set_as_the_text_says():
    settings = cell(SLUG, "TrainingArguments(")
    [group] = said(SLUG, "The `Trainer` shows the model {} tweets at a time")
    assert f"per_device_train_batch_size={group}," in settings
    assert "is an epoch. We take two." in prose(SLUG)
    assert "num_train_epochs=2," in settings


def test_the_interval_is_the_one_that_scipy_draws():
    right, all_of_them = said(SLUG, "It gives an interval: {} times out of {}, such an interval holds the true score.")
    assert inspect.signature(bootstrap).parameters["confidence_level"].default == right / all_of_them
    assert "confidence_level" not in cell(SLUG, "def interval(")


def test_the_loss_goes_down():
    assert "The loss goes down." in prose(SLUG)
    losses = [float(loss) for loss in re.findall(r"<td>(\d\.\d+)</td>", printed(SLUG, "trainer.train()"))]
    assert len(losses) == 5
    assert losses[-1] < 0.8 * losses[0]


def test_counting_words_catches_up_with_more_labels():
    assert "with enough labels, counting words catches up." in prose(SLUG)
    first, *_, last = printed(SLUG, "sizes = course.pick(").strip().splitlines()
    assert "as good as fine-tuned" not in first
    assert "as good as fine-tuned" in last


def test_a_late_start_cell_is_told_so(monkeypatch):
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    with pytest.raises(CourseError, match=r"huggingface_hub was imported before the start cell") as told:
        session._set_hub_access(allowed=False)
    assert f"| `{str(told.value).partition('.')[0]}` |" in prose(SLUG)


def test_both_methods_win_by_what_the_card_says():
    paired_gain, answers = made(SHEET, "paired_gain", np=np), executed(SHEET, "tuned = np.array")
    pairs = (("tuned", "counted"), ("counted", "tuned"))
    gains = [paired_gain(answers[one], answers[other], answers["truth"]) for one, other in pairs]
    [first] = said(SHEET, "The fine-tuned model gains {} points over counting words, says `paired_gain`.")
    [swapped] = said(SHEET, "it says that counting words gains {} points.")
    assert [round(100 * gain) for gain in gains] == [first, swapped]
