"""Facts of the lesson's prose that none of its cells computes, each tied to its sentence."""

import re

import numpy as np
import pytest
import torch
from datasets import load_dataset
from transformers import BertConfig

from course_utils.sources import DATA
from lessons.long_texts import checks
from tests.prose import made, offline_tokenizer, printed, prose, said, small_bert, stored_records

SLUG = "long_texts"


@pytest.fixture(scope="module")
def lengths():
    rows = load_dataset(str(DATA / "reviews"), split="test")
    return np.array([len(ids) for ids in offline_tokenizer()(list(rows["text"]))["input_ids"]])


def test_what_the_length_profile_says(lengths):
    one, two, three = said(SLUG, "At {} tokens every review is cut. At {} about a quarter is. At {} none is")
    assert (lengths > one).all()
    assert np.mean(lengths > two) == pytest.approx(0.25, abs=0.04)
    assert not (lengths > three).any()
    assert "64 throws away about two thirds of all tokens" in prose(SLUG)
    assert 1 - np.minimum(lengths - 2, one - 2).sum() / (lengths - 2).sum() == pytest.approx(2 / 3, abs=0.04)


def test_the_worked_line_of_the_windows():
    numbers = said(SLUG, "a window holds {} - {} = {} tokens of the text, and {} of them are repeated")
    assert numbers == [64, 2, 64 - 2, 16]
    assert said(SLUG, "So it moves on by {} - {} = {}. We check") == [62, 16, 62 - 16]


def test_stride_is_the_overlap():
    assert "here it is the overlap, not the step" in prose(SLUG)
    tokenizer = offline_tokenizer()
    cut = tokenizer("word " * 100, truncation=True, max_length=22, stride=5, return_overflowing_tokens=True)
    ids = tokenizer(" ".join(str(n) for n in range(9)) * 9, truncation=True, max_length=22, stride=5,
                    return_overflowing_tokens=True)["input_ids"]  # fmt: skip
    assert ids[0][-6:-1] == ids[1][1:6]
    assert len(cut["input_ids"]) == np.ceil((100 - 5) / (20 - 5))


def test_where_attention_costs_as_much_as_the_rest():
    times, width, cost = said(SLUG, "{} * {} = {} tokens. A wider model")
    assert times == 6
    assert BertConfig().hidden_size == width
    assert 2 * width * cost**2 == 12 * width**2 * cost


def test_the_formula_counts_the_linear_parts_of_a_layer():
    assert "For each token a layer does about `12 * h * h` multiplications in its linear parts" in prose(SLUG)
    layer = small_bert(hidden_size=16, intermediate_size=64).bert.encoder.layer[0]
    assert sum(part.weight.numel() for part in layer.modules() if isinstance(part, torch.nn.Linear)) == 12 * 16**2


def test_a_window_saves_nothing_below_its_size():
    [below, window] = said(SLUG, "Below {} a window of {} saves nothing at all")
    assert below == window
    rows = re.findall(r"(\d+) tokens: .* saved (\d+)%", printed(SLUG, "layers * 12 * h * h"))
    assert all(int(saved) == 0 for length, saved in rows if int(length) <= below)
    assert all(int(saved) > 0 for length, saved in rows if int(length) > below)
    short, little, long, more = said(SLUG, "at {} tokens it saves {}%, at {} it saves {}%")
    assert {(str(short), str(little)), (str(long), str(more))} <= set(rows)


def test_a_page_is_longer_than_the_model():
    assert "longer than 512: 100%" in printed(SLUG, "page_lengths =")


def test_a_step_costs_about_four_steps():
    assert "a step with 256 tokens costs three to four times as much" in prose(SLUG)
    assert 2.5 < stored_records(SLUG)["step_256_to_step_64"] < 4.6


def test_the_windows_of_the_longest_review(lengths):
    """The folded answer."""
    more, fewer = said(SLUG, "{}, and {} before. The step is now 62 - 32 = 30 tokens")
    longest = lengths.max() - 2  # [CLS] and [SEP]
    assert (np.ceil((longest - 32) / 30), np.ceil((longest - 16) / 46)) == (more, fewer)
    windows_of = made(SLUG, "windows_of", tokenizer=lambda texts, **given: given)
    assert windows_of([])["stride"] == 16
    assert windows_of([], stride=32)["stride"] == 32


def test_the_best_line_of_the_verdict():
    assert "trained and asked with 256 tokens is the best line of the table" in prose(SLUG)
    lines = re.findall(r"^\| (.+?) \| (\d+) \| \d+ \| (\d+)%", printed(SLUG, "everything = sum("), re.MULTILINE)
    assert len(lines) == 9
    assert max(lines, key=lambda line: int(line[2]))[0] == "fine-tuned with 256, head"
    assert "it reads almost three times as many tokens as the head" in prose(SLUG)
    assert "the overlap twice. So they cost somewhat more than 256 tokens in one piece" in prose(SLUG)
    tokens = {name: int(number) for name, number, _ in lines}
    assert 2.6 < tokens["fine-tuned with 256, head"] / tokens["head"] < 3
    assert 1.1 < tokens["maximum"] / tokens["fine-tuned with 256, head"] < 1.6


def test_right_on_most_pieces_and_few_more_than_half_of_the_pages():
    assert "right on most pieces, and on little more than half of the pages" in prose(SLUG)
    records = stored_records(SLUG)
    assert records["piece_accuracy"] > 0.65
    assert 0.5 <= records["page_accuracy"] < 0.65
    assert "there are far fewer false alarms, and also fewer useful pages found" in prose(SLUG)
    assert records["page_threshold_gain"] > 0
    assert records["false_alarms_saved"] > 0.3
    assert records["useful_pages_lost"] > 0
    [few] = said(SLUG, "it stands on {} validation reviews only")
    assert few == len(load_dataset(str(DATA / "reviews"), split="validation"))


def test_the_seeds_of_the_card_lie_some_points_apart():
    assert "Other seeds move such a score by some points, as the card of the data shows" in prose(SLUG)
    card = (DATA / "reviews" / "README.md").read_text(encoding="utf-8")
    marks = re.search(r"256 tokens \| test \| 150 \| ([\d.]+) \(([\d.]+) to ([\d.]+)\)", card)
    mean, low, high = map(float, marks.groups())
    assert 0.02 < high - low < 0.1
    assert low < mean < high
    assert said(SLUG, "(There it is {}%, with {} steps and more layers.)") == [round(100 * mean), 120]
    assert "all but its embeddings, batches of 16, a rate of 1e-4 after 10% of warmup, 120 steps" in card


def test_the_few_reviews_of_the_pooling():
    sentence = "With {} reviews to learn from we could not show it. (We use {} and not all {}"
    assert said(SLUG, sentence) == [130, 130, 440]
    assert "of 130 train reviews" in printed(SLUG, "train_windows = ")


def test_the_place_decides_who_is_found():
    assert "Their averages are close, although they fail on different reviews" in prose(SLUG)
    records = stored_records(SLUG)
    assert records["head_start_minus_end"] > 0.3
    assert records["tail_end_minus_start"] > 0.2


def test_the_plans_have_equally_many_steps():
    plans = made(SLUG, "plans")
    [limit, steps] = said(SLUG, "`[{}] * {}` is")
    assert plans[limit] == [limit] * steps
    steps_said, size, rows = said(SLUG, "{} steps of {} are not even one pass over the {} reviews")
    assert (steps_said, size) == (steps, made(SLUG, "batch_size"))
    assert steps * size < rows == len(load_dataset(str(DATA / "reviews"), split="train"))
    assert len(plans[64]) == len(plans[256])


def test_what_the_cards_of_the_sheet_say():
    sheet = f"{SLUG}_exercises"
    tokens = [7, 8, 9, 10, 11, 12, 13]
    assert f"`cut_windows({tokens}, 6, 1)` gives `{checks._right_windows(tokens, 6, 1)}`" in prose(sheet)
    spare = load_dataset(str(DATA / "reviews"), split="validation")
    assert said(sheet, "there are only {} unhelpful validation reviews") == [spare["label"].count(0)]
    short, window, little, long, much = said(sheet, "At {} tokens a window of {} saves {}%, at {} tokens {}%")
    shares = [checks._right_saved(n, BertConfig().hidden_size, window) for n in (short, long)]
    assert [round(100 * share) for share in shares] == [little, much]
    assert checks._right_threshold([-2.0, 0.5, -1.0, 1.5, -0.5], 2, 0.7) == -0.5
