"""What the prose of this lesson says and no cell computes."""

import inspect

import numpy as np
from transformers import Trainer

from tests.prose import made, prose, said, stored_records

SLUG = "labels"


def test_a_trainer_takes_a_loss_of_ones_own():
    assert "pass your own loss as `compute_loss_func`" in prose(SLUG)
    assert "compute_loss_func" in inspect.signature(Trainer.__init__).parameters


def test_the_example_flags_one_row():
    row, label, sure = said(SLUG, "In the small example, row {} has label {}, and the model is sure of {}")
    find = made(SLUG, "find_label_issues", np=np)
    example = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.95, 0.05]])
    assert list(find(np.array([0, 0, 1, label]), example)) == [row]
    assert example[row].argmax() == sure


def test_the_share_that_is_spoilt():
    share, blind = said(SLUG, "the planted truth: {}% random errors. How many of the first 100 are really wrong? "
                              "A blind choice finds {}")  # fmt: skip
    assert share == blind == 20


def test_a_better_rate_stays_far_behind_clean_labels():
    assert "It still stays behind clean labels, by far" in prose(SLUG)
    records = stored_records(SLUG)
    assert records["tuned_clean"] > records["best_rate_dirty"] + 0.05


def test_the_kinds_of_noise_are_in_this_order():
    assert "Random noise is the mildest" in prose(SLUG)
    records = stored_records(SLUG)
    assert records["random_40"] > records["one_sided_40"] + 0.05 > records["lazy_40"] + 0.05


def test_the_finder_is_good_for_random_errors_only():
    assert "Against random errors the finder is far better than a blind choice" in prose(SLUG)
    records = stored_records(SLUG)
    assert records["found_random"] > 2 * 0.2
    assert max(records["found_one_sided"], records["found_lazy"]) < records["found_random"] / 2


def test_half_of_the_loss_comes_back():
    assert "wins back about half of the loss" in prose(SLUG)
    assert 0.35 < stored_records(SLUG)["won_back"] < 0.8


def test_a_list_of_errors_in_one_direction_is_worst_at_its_top():
    assert "Further down it is a little better" in prose(SLUG)
    records = stored_records(SLUG)
    for kind in ("one_sided", "lazy"):
        assert records[f"found_{kind}"] < records[f"later_{kind}"]


def test_a_search_wins_less_than_clean_labels():
    assert "A better rate wins something, if the first one was a bad choice" in prose(SLUG)
    records = stored_records(SLUG)
    search = records["best_rate_dirty"] - records["lowest_rate_dirty"]
    assert 0.02 < search < records["tuned_clean"] - records["best_rate_dirty"]


def test_what_the_list_adds_to_reading_blindly():
    assert "about half of that, or more, comes from reading itself. The list adds a few points more" in prose(SLUG)
    records = stored_records(SLUG)
    assert records["tuned_blind_minus_dirty"] > 0.4 * records["tuned_mended_minus_dirty"]
    assert records["tuned_list_minus_blind"] > 0.005


def test_to_drop_costs_as_much_as_to_drop_blindly():
    assert "To drop as many rows blindly is about as bad" in prose(SLUG)
    records = stored_records(SLUG)
    assert records["dropped_minus_dirty"] < -0.01
    assert abs(records["dropped_against_blind"]) < 0.02


def test_in_a_rare_test_the_cures_give_many_false_alarms():
    assert "Here macro-F1 gains less, and fewer than half of the posts called *optimism* are" in prose(SLUG)
    records = stored_records(SLUG)
    assert max(records["class_weights_precision"], records["over_sampled_precision"]) < 0.5
