"""What this lesson says and no cell of it checks: sizes, the abstract's numbers, folded answers, messages."""

import math
import re

import pytest
import torch
from datasets import load_dataset
from transformers import AutoConfig, AutoModel

from course_utils import sources
from tests.prose import cell, made, offline_tokenizer, printed, prose, said, stored_records

SLUG = "distillation"


class TestTheSizes:
    def test_the_posts(self):
        [posts] = said(SLUG, "She has {} posts with a label for the emotion")
        assert f"laptop={posts}," in cell(SLUG, "train = posts[")

    def test_four_vectors_are_as_long_as_a_head(self):
        [numbers] = said(SLUG, "the same {} numbers")
        assert numbers == 4 * AutoConfig.from_pretrained(sources.offline_checkpoint()).hidden_size

    def test_a_layer_has_as_many_weights(self):
        [millions] = said(SLUG, "about {} million weights")
        layer = AutoModel.from_pretrained(sources.offline_checkpoint()).encoder.layer[-1]
        assert sum(each.numel() for each in layer.parameters()) / 1e6 == pytest.approx(millions, abs=0.05)


class TestOneStep:
    def test_the_worked_line(self):
        half, right, twice, wrong, wrong_twice = said(
            SLUG, "both chances are {}. Chance minus label is {} for the right label and +0.5"
        ) + said(SLUG, "the right label's row gets ({}, {}), the other (-0.5, {})")
        assert (half, right) == (0.5, -0.5)
        assert (twice, wrong, wrong_twice) == (0.5, 1, -1)

    def test_the_closed_form(self):
        assert "each row of the head = rate / 4 x (own sample - mean of the four)" in prose(SLUG)
        one_step = made(SLUG, "one_step")
        samples = torch.randn(4, 6, generator=torch.Generator().manual_seed(0))
        head = one_step(torch.zeros(4, 6), samples, torch.eye(4), 3.0)
        assert torch.allclose(head, 3 / 4 * (samples - samples.mean(0)), atol=1e-6)

    def test_equal_labels_make_all_rows_answer_as_their_means(self):
        assert "With equally many rows of each label, both would answer alike" in prose(SLUG)
        one_step, hard = made(SLUG, "one_step"), torch.eye(4)
        rows = torch.randn(4, 5, 6, generator=torch.Generator().manual_seed(0))
        of_rows = one_step(torch.zeros(4, 6), rows.flatten(0, 1), hard.repeat_interleave(5, 0), 1.0)
        assert torch.allclose(of_rows, one_step(torch.zeros(4, 6), rows.mean(1), hard, 1.0), atol=1e-6)

    def test_optimism_has_the_fewest_rows(self):
        assert "Optimism has the fewest rows" in prose(SLUG)
        posts = load_dataset(*sources.dataset("emotion", "laptop"))["train"]
        labels = posts.features["label"].int2str(posts["label"][:1500])
        assert min(set(labels), key=labels.count) == "optimism"

    def test_soft_labels_begin(self):
        [percent] = said(SLUG, "they begin at {}% for one label")
        assert (4 * torch.eye(4)).softmax(1)[0, 0].item() * 100 == pytest.approx(percent, abs=0.5)

    def test_from_zero_the_rate_changes_no_answer(self):
        assert "From zero, the rate cannot change which label is first" in prose(SLUG)
        one_step = made(SLUG, "one_step")
        samples = torch.randn(4, 6, generator=torch.Generator().manual_seed(0))
        small, large = (one_step(torch.zeros(4, 6), samples, torch.eye(4), rate) for rate in (0.1, 50.0))
        assert torch.allclose(small * 500, large, rtol=1e-4, atol=1e-5)


class TestTheAbstract:
    def test_its_numbers(self):
        percent, ratio = said(SLUG, 'reached "up to {}% accuracy, which is {}% that of the original dataset')
        [original] = said(SLUG, "So all rows gave about {}%")
        assert percent / ratio * 100 == pytest.approx(original, abs=0.05)
        assert "a quarter more" in prose(SLUG)
        assert (100 - percent) / (100 - original) == pytest.approx(1.25, abs=0.02)


class TestTheResults:
    def test_no_share_where_all_rows_are_no_better_than_lazy(self):
        assert "such draws are left out" in prose(SLUG)
        share = made(SLUG, "share_above_lazy")
        assert share(0.5, 0.6, 0.4) == pytest.approx(0.5)
        assert math.isnan(share(0.3, 0.2, 0.4)) and math.isnan(share(0.3, 0.4, 0.4))

    def test_the_mark(self):
        assert "yes: the whole interval is above" in prose(SLUG)
        [low] = re.findall(r"vectors, learned +ratio +\d+%, from (\d+)%", printed(SLUG, "pairs = {"))
        assert int(low) >= 85

    def test_the_posts_can_be_read_again(self):
        assert "These are four of her posts, token by token" in prose(SLUG)
        text = printed(SLUG, "words = tokenizer.convert_ids_to_tokens")
        posts = load_dataset(*sources.dataset("emotion", "laptop"))["train"]["text"][:1500]
        tokenizer = offline_tokenizer()
        begins = {" ".join(tokenizer.tokenize(post)[:15]) for post in posts}
        lines = re.findall(r"\[CLS\] (.+)", text)
        assert len(lines) == 4
        assert sum(line.removesuffix(" [SEP]") in begins for line in lines) >= 3

    def test_half_of_the_original_is_a_guess(self):
        kept = stored_records(SLUG)
        assert "nearly half of the original" in prose(SLUG)
        assert 0.42 < kept["four_random"] / kept["all_to_the_end"] < 0.5
        assert kept["above_random"] < 0.2

    def test_the_order_of_the_rivals(self):
        kept = stored_records(SLUG)
        assert kept["four_random"] + 0.15 < kept["four_means"] < kept["four_learned"] < kept["all_to_the_end"]


class TestTheMessages:
    def test_the_fast_attention_has_no_second_derivative(self):
        [words] = re.findall(r"`(derivative for [^`]+)`", prose(SLUG))
        query = torch.randn(1, 1, 4, 8, requires_grad=True)
        with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.FLASH_ATTENTION):
            out = torch.nn.functional.scaled_dot_product_attention(query, query, query)
        [first] = torch.autograd.grad(out.square().sum(), query, create_graph=True)
        with pytest.raises(RuntimeError, match=re.escape(words)):
            first.square().sum().backward()
