"""What this lesson says and no cell of it checks: its folded answers, its verdict in words, its numbers of models."""

import re

import numpy as np
import torch
from transformers import AutoModel, BertConfig, DataCollatorForLanguageModeling, DistilBertConfig

from course_utils import sources
from lessons.pretraining import school, words
from tests.prose import cell, offline_tokenizer, printed, prose, said, small_bert, stored_records

SLUG = "pretraining"


class TestTheMachine:
    def test_the_share_of_hidden_words(self):
        chosen, masked, swapped, left = said(
            SLUG, "{}% of the tokens are chosen. Of these, {}% become `[MASK]`, {}% a random token, and {}% stay"
        )
        assert chosen / 100 == 0.15 and "mlm_probability=0.15" in cell(SLUG, "import DataCollatorForLanguageModeling")
        hide = DataCollatorForLanguageModeling(offline_tokenizer(), mlm_probability=0.15)
        assert (hide.mask_replace_prob, hide.random_replace_prob) == (masked / 100, swapped / 100)
        assert masked + swapped + left == 100

    def test_bert_and_distilbert(self):
        small, large = said(SLUG, "about {}M parameters against {}M")
        with torch.device("meta"):
            counts = [AutoModel.from_config(plan()).num_parameters() / 1e6 for plan in (DistilBertConfig, BertConfig)]
        assert [round(count) for count in counts] in ([small, large], [small, large - 1])
        layers, of = said(SLUG, "DistilBERT has {} layers in place of {}")
        assert (layers, of) == (DistilBertConfig().n_layers, BertConfig().num_hidden_layers)

    def test_the_table_of_distilbert(self):
        rows, width = said(SLUG, "Its table of tokens ({} x {}) is as large as before")
        [share] = said(SLUG, "about {}% of all that is left. So half of the layers does not mean half of the size")
        with torch.device("meta"):
            model = AutoModel.from_config(DistilBertConfig())
        assert abs(100 * rows * width / model.num_parameters() - share) < 1

    def test_the_loss_of_a_guess(self):
        [labels, loss] = said(SLUG, "a loss of ln({}) = {}. We draw")
        assert round(np.log(labels), 2) == loss


class TestTheVerdict:
    def test_who_needs_fewer_labels(self):
        few, many = said(SLUG, "against the same network: {} labels beat {}.")
        kept = stored_records(SLUG)
        assert f"laptop={few}," in cell(SLUG, "few = course.pick") and f"laptop=(32, {many})" in cell(
            SLUG, "steps, count = "
        )
        assert kept["right_pretrained_few"] > kept["right_random"] + 0.08
        [needs] = said(SLUG, "With {} labels, counting words comes near.")
        assert f"laptop=({needs}, 400)" in cell(SLUG, "longest = ")
        assert abs(kept["right_pretrained_few"] - kept["right_counting_words_more"]) < 0.06
        assert kept["right_random"] < kept["right_counting_words"] < kept["right_pretrained_few"]
        assert "a little above the usual label" in prose(SLUG) and kept["right_random"] < 0.265 + 0.14

    def test_what_was_forgotten(self):
        kept = stored_records(SLUG)
        before = kept["neighbours_before"]
        assert "So the number 2e-4 protects nothing" in prose(SLUG)
        for name in ("all_2e4", "lora_5e3"):  # "about a third", "about as much"
            assert 0.2 < 1 - kept[f"kept_{name}"] / before < 0.45
        assert abs(before - kept["kept_all_2e5"]) < 0.04
        assert abs(before - kept["kept_lora_2e4"]) < 0.05 and kept["kept_all_2e3"] < before - 0.25
        assert kept["won_lora_2e4"] < kept["won_all_2e4"] - 0.05
        assert "it learned, and lost about a third of its neighbours, with both seeds" in prose(SLUG)
        assert "learned the new task too, and lost about as much" in prose(SLUG)
        assert kept["won_lora_5e3"] > kept["won_lora_2e4"] + 0.05
        by_seed = re.search(r"2e-4, neighbours by seed: (\d+)% (\d+)%", printed(SLUG, "keeping.table("))
        assert max(map(int, by_seed.groups())) < 100 * before - 5

    def test_int8_is_a_quarter(self):
        assert "int8 makes the file about a quarter as large" in prose(SLUG)
        assert "float32: 91 MB, 0 of" in printed(SLUG, "shutil.rmtree(folder)")
        assert stored_records(SLUG)["int8_mb"] < 91 / 3.5

    def test_size_and_the_teacher(self):
        assert re.search(r"difference [+-][\d.]+%, from [+-][\d.]+% to \+", printed(SLUG, "taught = ["))
        against = printed(SLUG, "whole = (")
        assert re.search(r"all, random: \+[\d.]+%, from \+", against)
        assert re.search(r"all, pretrained: -[\d.]+%, from -[\d.]+% to -", against)

    def test_int8_changes_about_ten_of_a_hundred(self):
        [changed] = re.findall(r"int8: \d+ MB, (\d+) of", printed(SLUG, "shutil.rmtree(folder)"))
        assert "about ten of a hundred" in prose(SLUG) and 0.06 < int(changed) / 279 < 0.15


class TestTheTools:
    def test_the_second_text_of_a_batch_changes_nothing(self):
        """`ask` sorts texts by length, and gives the answers in the texts' order."""
        torch.manual_seed(0)
        model = small_bert(num_labels=3)
        ids = torch.randint(1, 50, (70, 9))
        mask = (torch.arange(9) < torch.randint(2, 10, (70, 1))).long()
        posts = school.Posts(ids, mask, torch.zeros(70, dtype=torch.long))
        alone = torch.cat([model.eval()(**posts.batch([row])).logits for row in range(70)])
        assert torch.allclose(school.ask(model, posts), alone, atol=1e-5)
        assert np.abs(school.vectors(model.bert, posts) - one_by_one(model, posts)).max() < 1e-5

    def test_short_texts_are_taken_evenly(self):
        rows = {"text": ["one two", "a " * 50, "three", "four"]}
        tokenizer = offline_tokenizer()
        assert len(words.read([rows], tokenizer)) == 3
        assert words.count(words.read([rows], tokenizer), len(tokenizer)).sum() == 4

    def test_the_random_network_has_the_same_shape(self):
        loaded = school.MeanPooling.from_pretrained(sources.offline_checkpoint(), num_labels=4)
        fresh = school.MeanPooling(loaded.config)
        shapes = [{name: weight.shape for name, weight in each.named_parameters()} for each in (loaded, fresh)]
        assert shapes[0] == shapes[1]


def one_by_one(model, posts) -> np.ndarray:
    return np.concatenate(
        [
            school.vectors(model.bert, school.Posts(posts.ids[[row]], posts.mask[[row]], posts.truth[[row]]))
            for row in range(len(posts.truth))
        ]
    )
