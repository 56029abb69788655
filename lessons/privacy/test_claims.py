"""What this lesson says and no cell of it checks: its worked numbers, its quotations, its message of torch."""

import numpy as np
import pytest
import torch

from lessons.privacy import cards, planted, trap
from lessons.privacy.attacks import auc_interval
from tests.prose import made, prose, said, stored_records

SLUG = "privacy"


class TestExposure:
    def test_the_worked_ranks(self):
        exposure = made(SLUG, "exposure", np=np)
        others, rows, most, rank, bits = said(
            SLUG,
            "row and {} candidates are {} rows. Rank 1 gives {} bits, the most. Rank {} gives 7 - 3 = {} bits",
        )
        losses = np.arange(1, others + 1.0)
        assert others + 1 == rows == 2**most
        assert exposure(0.5, losses) == most
        assert exposure(rank - 0.5, losses) == bits

    def test_what_luck_gives(self):
        [mean] = said(SLUG, "Half of the ranks give less than 1 bit, and the mean is about {} bits")
        ranks = np.arange(1, 129)
        assert np.mean(7 - np.log2(ranks)) == pytest.approx(mean, abs=0.06)
        [few] = said(SLUG, "The most is 5 bits, luck gives about {}.")
        assert np.mean(5 - np.log2(np.arange(1, 33))) == pytest.approx(few, abs=0.06)


class TestTheMeasures:
    def test_small_sets_leak_less_for_messages(self):
        small, whole = said(SLUG, "the small sets leak less from the third epoch on: in the end about {} against {}")
        kept = stored_records(SLUG)
        assert kept["auc_whole_layer_last"] == pytest.approx(whole, abs=0.04)
        for way in ("LoRA", "head_only"):
            assert kept[f"auc_{way}_last"] == pytest.approx(small, abs=0.05)
            assert kept[f"auc_{way}_middle"] < kept["auc_whole_layer_middle"]
            assert kept[f"auc_{way}_last"] < kept["auc_whole_layer_last"] - 0.03
        assert kept["outside_LoRA_last"] < kept["outside_whole_layer_last"]
        [leak] = said(SLUG, "three epochs alone still leak (an AUC of about {})")
        for name in ("whole_layer_middle", "head_only_last"):  # "Equal accuracy, equal leak."
            assert kept[f"auc_{name}"] == pytest.approx(leak, abs=0.03)
        assert abs(kept["outside_whole_layer_middle"] - kept["outside_head_only_last"]) < 0.05
        assert abs(kept["bits_LoRA"] - kept["bits_whole_layer"]) < 1.2

    def test_an_interval_holds_a_clear_lead_and_a_coin(self):
        rng = np.random.default_rng(0)
        low, high = auc_interval(rng.normal(0, 1, 200), rng.normal(0, 1, 200), seed=1)
        assert low < 0.5 < high
        low, _ = auc_interval(rng.normal(0, 1, 200), rng.normal(2, 1, 200), seed=1)
        assert low > 0.8

    def test_the_crowd(self):
        [crowd] = said(SLUG, "It learned from {} rows, without copies")
        assert crowd == 1260 - 2 * 160 + 20

    def test_the_price(self):
        four, one = said(SLUG, "Epsilon 4 costs about {} points, epsilon 1 more than {}")
        kept = stored_records(SLUG)
        cost = {name: 100 * (kept["accuracy_no_promise"] - kept[f"accuracy_epsilon_{name}"]) for name in (4, 1)}
        assert cost[4] == pytest.approx(four, abs=3) and cost[1] > one


class TestTheRest:
    def test_what_epsilon_means(self):
        odds, sure, more = said(SLUG, "may become {} to 1 (about {}% sure) with epsilon 1, and {} to 1 with epsilon 4")
        assert round(np.exp(1), 1) == odds and round(np.exp(4)) == more
        assert round(100 * np.exp(1) / (1 + np.exp(1))) == sure

    def test_no_name_or_code_comes_twice(self):
        rows = planted.people(300, seed=1)
        assert len({row.split(",")[0] for row in rows}) == len({row.split(",")[1] for row in rows}) == 300
        others = planted.other_codes(rows[0], 31)
        assert len({rows[0], *others}) == 32 and len({row.split(",")[0] for row in others}) == 1

    def test_a_card_without_a_licence_is_seen(self):
        assert cards.answers("---\nlicense: mit\n---\n# How it was made\n")["licence"] == "mit"
        assert cards.answers("# A model\n")["licence"] == "-"

    def test_torch_refuses_by_default(self, tmp_path):
        with pytest.raises(Exception, match="Weights only load failed"):
            torch.load(trap.write(tmp_path))
        assert "`Weights only load failed`" in prose(SLUG)
        assert not (tmp_path / trap.TRACE).exists()
