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
        [share] = said(SLUG, "About {}%. So half of the layers does not mean half of the size")
        rows, width = said(SLUG, "the table of tokens ({} x {})")
        with torch.device("meta"):
            model = AutoModel.from_config(DistilBertConfig())
        assert abs(100 * rows * width / model.num_parameters() - share) < 1

    def test_the_loss_of_a_guess(self):
        [labels, loss] = said(SLUG, "a loss of ln({}) = {}. Who leaves")
        assert round(np.log(labels), 2) == loss


class TestTheVerdict:
    def test_who_needs_fewer_labels(self):
        few, many = said(SLUG, "against the same network: {} labels beat {}.")
        kept = stored_records(SLUG)
        assert f"laptop={few}," in cell(SLUG, "few = course.pick") and f"laptop=({many}," in cell(SLUG, "longest = ")
        assert kept["right_pretrained_few"] > kept["right_random"] + 0.08
        assert abs(kept["right_pretrained_few"] - kept["right_counting_words"]) < 0.08

    def test_what_was_forgotten(self):
        kept = stored_records(SLUG)
        before = kept["neighbours_before"]
        assert "So the number 2e-4 protects nothing" in prose(SLUG)
        assert 0.05 < before - kept["kept_all_2e4"] < 0.15 and 0.14 < before - kept["kept_lora_5e3"] < 0.26
        assert abs(before - kept["kept_all_2e5"]) < 0.03 and abs(before - kept["kept_lora_2e4"]) < 0.03
        assert max(kept["won_all_2e5"], kept["won_lora_2e4"]) < kept["won_all_2e4"] - 0.05
        assert "it learned, and lost about ten points of its neighbours" in prose(SLUG)
        assert "learned the new task too, and lost about twenty points, with each seed" in prose(SLUG)
        assert kept["won_lora_5e3"] > kept["won_lora_2e4"] + 0.05
        by_seed = re.search(r"LoRA, 5e-3, neighbours by seed: (\d+)% (\d+)% (\d+)%", printed(SLUG, "keeping.table("))
        assert max(map(int, by_seed.groups())) < 100 * before - 10

    def test_int8_is_a_quarter(self):
        assert "int8 makes the file about a quarter as large" in prose(SLUG)
        assert "float32: 91 MB, 0 of" in printed(SLUG, "shutil.rmtree(folder)")
        assert stored_records(SLUG)["int8_mb"] < 91 / 3.5

    def test_the_teacher_decides_nothing(self):
        assert "The interval holds zero" in prose(SLUG)
        assert re.search(r"difference [+-][\d.]+%, from -[\d.]+% to \+", printed(SLUG, "taught = ["))


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
