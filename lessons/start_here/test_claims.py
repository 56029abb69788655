"""Sentences in this lesson and its sheet that state a fact which no cell of theirs computes: each is measured here."""

import inspect
import re
from pathlib import Path

import jupytext
import nbformat
import numpy as np
import pytest
from datasets import load_dataset
from scipy.stats import bootstrap
from transformers import pipeline

from course_tools.project import find_lessons, find_scripts
from course_tools.running.clean import stored_texts
from course_utils import CourseError, session, sources
from tests.prose import prose, said

SLUG = "start_here"
SHEET = f"{SLUG}_exercises"


def code(slug: str, mark: str) -> str:
    """Return the code cell of the lesson or the sheet that holds these words."""
    lessons, sheets = find_scripts([slug])
    cells = jupytext.read([*lessons, *sheets][0].source).cells
    [cell] = [cell for cell in cells if cell.cell_type == "code" and mark in cell.source]
    return cell.source


def printed(mark: str) -> str:
    """Return what the cell with these words wrote when the notebook was built."""
    cells = nbformat.read(find_lessons([SLUG])[0].notebook, as_version=4).cells
    [cell] = [cell for cell in cells if cell.cell_type == "code" and mark in cell.source]
    return "\n".join(text for _, text in stored_texts(nbformat.NotebookNode(cells=[cell])))


@pytest.fixture(scope="module")
def similarity():
    extractor = pipeline("feature-extraction", model=sources.offline_checkpoint())

    def cosine(first: str, second: str) -> float:
        one, other = (np.array(extractor(text)[0]).mean(axis=0) for text in (first, second))
        return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))

    return cosine


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
    settings = code(SLUG, "TrainingArguments(")
    [group] = said(SLUG, "The `Trainer` shows the model {} tweets at a time")
    assert f"per_device_train_batch_size={group:.0f}," in settings
    assert "is an epoch. We take two." in prose(SLUG)
    assert "num_train_epochs=2," in settings


def test_the_interval_is_the_one_that_scipy_draws():
    right, all_of_them = said(SLUG, "It gives an interval: {} times out of {}, such an interval holds the true score.")
    assert inspect.signature(bootstrap).parameters["confidence_level"].default == right / all_of_them
    assert "confidence_level" not in code(SLUG, "def interval(")


def test_the_loss_goes_down():
    assert "The loss goes down." in prose(SLUG)
    losses = [float(loss) for loss in re.findall(r"<td>(\d\.\d+)</td>", printed("trainer.train()"))]
    assert len(losses) == 5
    assert losses[-1] < 0.8 * losses[0]


def test_counting_words_catches_up_with_more_labels():
    assert "with enough labels, counting words catches up." in prose(SLUG)
    first, *_, last = printed("sizes = course.pick(").strip().splitlines()
    assert "as good as fine-tuned" not in first
    assert "as good as fine-tuned" in last


def test_a_late_start_cell_is_told_so(monkeypatch):
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    with pytest.raises(CourseError, match=r"huggingface_hub was imported before the start cell") as told:
        session._set_hub_access(allowed=False)
    assert f"| `{str(told.value).partition('.')[0]}` |" in prose(SLUG)


def test_both_methods_win_by_what_the_card_says():
    space: dict = {}
    exec(code(SHEET, "tuned = np.array"), space)
    exec(code(SHEET, "def paired_gain").partition("### BEGIN SOLUTION")[0], space)
    pairs = (("tuned", "counted"), ("counted", "tuned"))
    gains = [space["paired_gain"](space[one], space[other], space["truth"]) for one, other in pairs]
    [first] = said(SHEET, "The fine-tuned model gains {} points over counting words, says `paired_gain`.")
    [swapped] = said(SHEET, "it says that counting words gains {} points.")
    assert [round(100 * gain) for gain in gains] == [first, swapped]
