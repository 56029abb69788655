"""What the lesson counts outside of its cells: means by place, pages with twins, the interval of an AUC, prices."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from lessons.long_texts.places import auc_difference, make_pages, mean_by_place, price_table

TRUTH = np.array([1, 0] * 8)
PRODUCT = np.repeat(range(8), 2)


def test_means_by_place_come_from_start_to_none():
    where = ["none", "end", "end", "start"]
    assert mean_by_place([1, 0, 1, 1], where) == {"start": 1, "end": 0.5, "none": 1}
    assert list(mean_by_place([1, 0, 1, 1], where)) == ["start", "end", "none"]


def test_a_page_and_its_twin_differ_in_one_seat():
    with_one, without = make_pages(TRUTH, PRODUCT, np.random.default_rng(0))
    assert list(with_one) == list(without) == [0, 2, 5]
    for seat, pages in with_one.items():
        twins = without[seat]
        assert pages.shape == twins.shape == (TRUTH.sum(), 6)
        assert (TRUTH[pages].sum(axis=1) == 1).all() and (TRUTH[pages[:, seat]] == 1).all()
        assert (TRUTH[twins] == 0).all()
        assert ((pages != twins).sum(axis=1) == 1).all()
        assert (PRODUCT[pages[:, seat]] == PRODUCT[twins[:, seat]]).all()
        others = np.delete(pages, seat, axis=1)
        assert all(PRODUCT[page[seat]] not in PRODUCT[rest] for page, rest in zip(pages, others, strict=True))
        assert all(len(set(rest)) == 5 for rest in others)


def test_the_interval_of_an_auc_difference_holds_the_difference():
    rng = np.random.default_rng(0)
    truth = rng.integers(2, size=200)
    good, poor = truth + rng.normal(size=200), truth + 5 * rng.normal(size=200)
    low, high = auc_difference(truth, good, poor)
    assert 0 < low < roc_auc_score(truth, good) - roc_auc_score(truth, poor) < high
    assert auc_difference(truth, good, good) == (0, 0)


def test_the_table_has_a_line_for_each_way():
    table = price_table({"head": (64, 0.0123)}, {"head": np.array([1.0, 1.0, 1.0])})
    assert table.data.splitlines()[2:] == ["| head | 64 | 12 | 100% (100% to 100%) |"]


def test_a_way_without_answers_is_an_error():
    with pytest.raises(KeyError):
        price_table({"head": (64, 0.01)}, {})
