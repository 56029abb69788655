"""Sentences in this lesson that state a fact which no cell of it computes: each is measured here."""

import json
import logging
import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from datasets import load_dataset
from torch.utils.flop_counter import FlopCounterMode
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    DistilBertConfig,
    DistilBertForSequenceClassification,
)

from course_utils import sources
from course_utils.statistics import interval_over_seeds
from lessons.bert_for_sequence_classification import pooling
from tests.prose import cell, made, offline_tokenizer, printed, prose, said, stored_records

SLUG = "bert_for_sequence_classification"
SENTENCES = ["The river broke its bank.", "She keeps her savings in a small bank."]
LABELS = ["anger", "joy", "optimism", "sadness"]
tokenizer = pytest.fixture(offline_tokenizer, scope="module")


@pytest.fixture
def model():
    return BertForSequenceClassification.from_pretrained(sources.offline_checkpoint(), num_labels=4)


@pytest.fixture(scope="module")
def posts():
    return load_dataset(*sources.dataset("emotion", "laptop"))


@pytest.fixture(scope="module")
def diary(posts) -> tuple[str, str]:
    """The cheerful and the angry half."""
    cheerful, angry = said(SLUG, "First {} cheerful posts, then {} angry ones.")
    kept = {"joy": cheerful, "anger": angry}
    assert all(f"[:{count}]" in cell(SLUG, "halves = ") for count in kept.values())
    halves = ([post["text"] for post in _with_label(posts["test"], name)[:count]] for name, count in kept.items())
    return tuple(" ".join(texts) for texts in halves)


class TestTheWeights:
    def test_bert_base_has_as_many_as_the_text_says(self):
        [people, here] = said(SLUG, '"{} million" is what people say about BERT base. It is {}, most of it in')
        with torch.device("meta"):
            base = BertForSequenceClassification(BertConfig(num_labels=4))
        millions = sum(weight.numel() for weight in base.parameters()) / 1e6
        assert round(millions, 1) == here
        assert round(millions, -1) == people
        assert "most of it in the encoder." in prose(SLUG)
        assert sum(weight.numel() for weight in base.bert.encoder.parameters()) / 1e6 > people / 2

    def test_more_than_half_of_the_small_one_are_embeddings(self, model):
        assert "In our small model more than half are embeddings." in prose(SLUG)
        part, whole = (sum(weight.numel() for weight in each.parameters()) for each in (model.bert.embeddings, model))
        assert part > whole / 2

    def test_the_feed_forward_part_is_four_times_as_long(self, model):
        assert "make the vector four times as long, bend it, make it short again." in prose(SLUG)
        for config in (model.config, BertConfig()):
            assert config.intermediate_size == 4 * config.hidden_size

    def test_the_shape_of_the_heads(self, model, tokenizer):
        texts, heads, tokens, size = said(SLUG, "{} sentences, {} heads, {} tokens, {} numbers: now each head")
        assert tokenizer(SENTENCES, padding=True, return_tensors="pt")["input_ids"].shape == (texts, tokens)
        assert heads == model.config.num_attention_heads
        assert said(SLUG, "Each token becomes a vector: a row of {} numbers.") == [heads * size]
        assert said(SLUG, "{} layers change the vectors.") == [model.config.num_hidden_layers]
        assert model.config.hidden_size == heads * size

    def test_three_padded_columns(self, tokenizer):
        assert "minus infinity three times, for three `[PAD]`." in prose(SLUG)
        short, _ = tokenizer(SENTENCES, padding=True)["attention_mask"]
        assert short.count(0) == 3

    def test_the_offline_checkpoint_was_trained_for_the_mean(self):
        assert "this checkpoint was trained with the mean, says its card, which goes around the pooler." in prose(SLUG)
        assert "Then it learned from a billion pairs of texts which two belong together, says its card." in prose(SLUG)
        folder = Path(sources.offline_checkpoint())
        assert json.loads((folder / "1_Pooling" / "config.json").read_text())["pooling_mode_mean_tokens"] is True
        card = (folder / "README.md").read_text(encoding="utf-8")
        assert "mean_pooling(model_output" in card
        assert "MiniLM-L6-H384-uncased" in card
        assert "1B sentence pairs dataset" in card

    def test_the_offline_pooler_looks_as_random_numbers_look(self, model):
        """Not only its biases are untouched: its singular values are a random matrix's, unlike a trained layer's."""
        assert "Still, nobody has trained it:" in prose(SLUG)

        def stretch(weight):  # the largest singular value, against that of random numbers with the same spread
            random = torch.randn(weight.shape, generator=torch.Generator().manual_seed(0)) * weight.std()
            return float(torch.linalg.matrix_norm(weight, 2) / torch.linalg.matrix_norm(random, 2))

        assert not model.bert.pooler.dense.bias.any()
        assert stretch(model.bert.pooler.dense.weight.detach()) == pytest.approx(1, abs=0.03)
        assert stretch(model.bert.encoder.layer[-1].attention.self.query.weight.detach()) > 1.5


class TestForward:
    @torch.no_grad()
    def test_without_the_root_a_token_looks_at_one_token_only(self, model, tokenizer):
        """The folded answer."""
        after, before = said(SLUG, "{}; with the root it is {}. Now nearly every token listens to one token only.")
        batch = tokenizer(SENTENCES, padding=True, return_tensors="pt")
        heads, attention = model.config.num_attention_heads, model.bert.encoder.layer[0].attention.self
        embedded = model.bert.embeddings(batch["input_ids"])
        queries, keys = (
            part(embedded).unflatten(-1, (heads, -1)).transpose(1, 2) for part in (attention.query, attention.key)
        )
        scores = queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])
        scores = scores.masked_fill(batch["attention_mask"][:, None, None, :] == 0, float("-inf"))
        unscaled = scores * math.sqrt(queries.shape[-1])
        found = [torch.softmax(each, -1).amax(-1).mean().item() for each in (scores, unscaled)]
        assert [round(largest, 2) for largest in found] == [before, after]

    @torch.no_grad()
    def test_without_positions_the_order_of_words_is_lost(self, model, tokenizer):
        assert "At first the logits differ. With all position rows at zero they are equal, up to rounding." in (
            prose(SLUG)
        )
        asked = re.search(r"the logits of \*(.+?)\* and \*(.+?)\*\.", prose(SLUG)).groups()
        batch = tokenizer(list(asked), return_tensors="pt")
        one, other = model(**batch).logits
        assert not torch.allclose(one, other, atol=1e-4)
        model.bert.embeddings.position_embeddings.weight.zero_()
        one, other = model(**batch).logits
        assert torch.allclose(one, other, atol=1e-6)

    @torch.no_grad()
    def test_a_random_head_gives_each_class_a_quarter(self, model, tokenizer):
        assert "the head is random, and all four are close to a quarter." in prose(SLUG)
        shares = model(**tokenizer(SENTENCES, padding=True, return_tensors="pt")).logits.softmax(-1)
        assert (shares - 1 / 4).abs().max() < 0.05

    def test_the_exp_of_1001_is_too_big(self):
        [exponent] = said(SLUG, "The `exp` of {} is too big for the computer.")
        assert f"torch.tensor([{exponent:.1f}, " in cell(SLUG, "def softmax(")
        assert torch.exp(torch.tensor(exponent)).isinf()

    def test_the_log_says_what_the_lesson_quotes(self, model, tokenizer, tmp_path, monkeypatch):
        assert '"The above report" is a table in the log, with a line `classifier.weight | MISMATCH`.' in prose(SLUG)
        assert "| `output_attentions=True` gives an empty tuple |" in prose(SLUG)
        assert "The tokenizer only warned." in prose(SLUG)
        heard = []
        monkeypatch.setattr(logging.getLogger("transformers"), "handlers", [_Keeper(heard)])
        assert model(**tokenizer(SENTENCES[0], return_tensors="pt"), output_attentions=True).attentions == ()
        tokenizer.deprecation_warnings.clear()  # it warns once
        tokenizer("word " * 600)
        model.save_pretrained(tmp_path)
        two = {0: "a", 1: "b"}
        with pytest.raises(RuntimeError, match="For details look at the above report"):
            BertForSequenceClassification.from_pretrained(tmp_path, id2label=two, label2id={"a": 0, "b": 1})
        wanted = {"id2label": two, "label2id": {"a": 0, "b": 1}, "ignore_mismatched_sizes": True}
        _, report = BertForSequenceClassification.from_pretrained(tmp_path, **wanted, output_loading_info=True)
        assert sorted(name for name, *_ in report["mismatched_keys"]) == ["classifier.bias", "classifier.weight"]
        text = "\n".join(heard)
        assert "`sdpa` attention does not support `output_attentions=True`" in text
        assert "maximum sequence length for this model (602 > 512)" in text
        assert "indexing errors" in text
        assert "classifier.weight | MISMATCH" in text


class TestWhatTheLessonSaw:
    """Results of its own run, as the notebook stores them."""

    def test_the_layers_pull_two_meanings_apart(self):
        output, records = printed(SLUG, "not closer in the last layer"), stored_records(SLUG)
        [closer] = re.findall(r"to the last: \[([\d, ]+)\] of 10", output)
        assert "At layer 0 a word has one vector, and only its place moves it." in prose(SLUG)
        assert records["same_meaning_first"] - records["two_meanings_first"] < 0.01
        assert "Then the layers pull them apart, for nearly all words." in prose(SLUG)
        assert min(map(int, closer.split(",")[2:])) >= 9
        assert "One fails in the last layer: *bank*, of all words." in prose(SLUG)
        assert "not closer in the last layer: ['bank']" in output

    def test_the_four_heads(self):
        figure = printed(SLUG, "attention_heads(chosen, tokens")
        told = re.findall(r"layer \d+, head \d+: (.+?)(?=layer \d|$)", figure, re.DOTALL)
        previous, following, ends, around = told[:4]  # the words stand there twice
        tokens = ["[CLS]", "she", "keeps", "her", "savings", "in", "a", "bank", ".", "[SEP]"]

        def looks(of: str) -> dict[str, str]:
            return dict(re.findall(r"(\S+) at (\S+) [\d.]+", of))

        assert "top left: each token looks at the one before it;" in prose(SLUG)
        assert "top right: at the next one, or at `[CLS]`;" in prose(SLUG)
        assert [looks(previous)[token] for token in tokens[1:]] == tokens[:-1]
        pairs = zip(tokens, [*tokens[1:], "[CLS]"], strict=True)
        assert all(looks(following)[token] in (right, "[CLS]") for token, right in pairs)
        assert "bottom left: everybody looks at `[CLS]`;" in prose(SLUG)
        assert set(looks(ends).values()) == {"[CLS]"}
        assert "bottom right: many look at many others a little. But `bank` looks most at `savings`." in prose(SLUG)
        assert looks(around)["bank"] == "savings"

    def test_the_first_token_gets_nine_tenths_of_the_weight_and_says_least(self):
        output = printed(SLUG, "norms = split(")
        lines = re.findall(r"(\S+) +mean weight ([\d.]+), norm of its value ([\d.]+)", output)
        weights = {token: float(weight) for token, weight, _ in lines}
        norms = {token: float(norm) for token, _, norm in lines}
        [percent] = said(SLUG, "`[CLS]` gets {}% of the weight, and its value is the shortest by far.")
        assert round(100 * weights["[CLS]"]) == percent
        assert norms.pop("[CLS]") < min(norms.values()) / 2

    def test_the_pipeline_is_right_about_two_easy_sentences(self):
        assert "Both are right. (Both were easy.)" in prose(SLUG)
        assert "I can't stop smiling!" in cell(SLUG, "classifier([")
        assert re.findall(r"'label': '(\w+)'", printed(SLUG, "classifier([")) == ["joy", "anger"]

    def test_the_windows_tell_the_story(self):
        output = printed(SLUG, "window_logits.mean(0)")
        rows = re.findall(r"(?m)^(.+?) {2,}([\d.]+) +([\d.]+) +([\d.]+) +([\d.]+)$", output)
        numbers = {name: list(map(float, shares)) for name, *shares in rows}
        leads = {name: LABELS[int(np.argmax(shares))] for name, shares in numbers.items()}
        assert "Window 0 is what `truncation=True` would read: a happy diary." in prose(SLUG)
        assert "The last one is angry." in prose(SLUG)
        assert "Window 1 is mostly angry, too: our head does not see it." in prose(SLUG)
        assert numbers["window 1"][0] < 0.25
        assert "The mean washes joy and anger out." in prose(SLUG)
        assert (leads["window 0"], leads["window 2"]) == ("joy", "anger")
        assert max(numbers["mean of the logits"]) < 0.5 < max(numbers["window 2"]) < max(numbers["window 0"])
        assert "The vote is a tie." in prose(SLUG)
        *_, second, first = sorted(map(int, re.search(r"votes +(.+)", output)[1].split()))
        assert first == second

    def test_the_share_of_attention_grows(self):
        output = printed(SLUG, "in_attention = ")
        shares = {int(tokens): int(share) for tokens, share in re.findall(r"(?m)^ *(\d+) .* (\d+)%$", output)}
        at_the_limit, far = said(SLUG, "less than a fifth at {} tokens, more than half at {}.")
        assert shares[at_the_limit] < 20
        assert shares[far] > 50
        assert "Twice the tokens: twice the work in the matrices, four times in attention." in prose(SLUG)

    def test_pytorch_counts_the_same_share(self):
        """Its counter against the cell's formula: `addmm` are the matrices, `bmm` is attention."""
        tokens, plan = 512, BertConfig(hidden_size=384, num_hidden_layers=6, intermediate_size=1536)
        with torch.device("meta"):
            model = BertForSequenceClassification(plan)
            model.set_attn_implementation("eager")
            with FlopCounterMode(display=False) as counter:
                model(input_ids=torch.ones(1, tokens, dtype=torch.long))
        counts = counter.get_flop_counts()["Global"]
        names = {"model": model, "count": tokens, "width": 384, "between": 1536}
        formulas = re.findall(r"in_(?:matrices|attention) = (.+)", cell(SLUG, "in_attention = "))
        in_matrices, in_attention = (eval(formula, names) for formula in formulas)
        ratio = counts[torch.ops.aten.bmm] / counts[torch.ops.aten.addmm]
        assert in_attention / in_matrices == pytest.approx(ratio, rel=0.001)


class TestPooling:
    def test_what_training_makes_of_the_three_ways(self):
        kept = json.loads(pooling.KEPT.read_text())
        assert kept["recipe"] == pooling.RECIPE
        right = {way: np.array([[int(digit) for digit in line] for line in kept["right"][way]]) for way in pooling.WAYS}
        assert {table.shape for table in right.values()} == {(pooling.RECIPE["seeds"], 451)}
        layers, seeds = said(SLUG, "We trained the upper {} layers on the same posts with {} seeds")
        assert (layers, seeds) == (pooling.RECIPE["layers"], pooling.RECIPE["seeds"])
        scores = said(SLUG, "Pooler {}%, `[CLS]` {}%, mean {}%.")
        assert scores == [round(100 * float(right[way].mean()), 1) for way in pooling.WAYS]
        gain = interval_over_seeds(right["mean"] - right["[CLS]"])
        assert said(SLUG, "Mean minus `[CLS]`: {} points, from {} to {}") == [
            round(100 * float(end), 1) for end in gain
        ]

    def test_the_labels_are_those_of_the_posts(self, posts):
        assert posts["train"].features["label"].names == LABELS == made(SLUG, "labels")

    def test_distilbert_has_no_pooler_and_a_head_of_two_layers(self):
        assert "DistilBERT has no pooler; its head brings a `pre_classifier`, which is also `MISSING`." in prose(SLUG)
        with torch.device("meta"):
            model = DistilBertForSequenceClassification(DistilBertConfig(num_labels=4))
        outside = {name.split(".")[0] for name, _ in model.named_parameters()} - {"distilbert"}
        assert outside == {"pre_classifier", "classifier"}
        assert not any("pooler" in name for name, _ in model.named_parameters())


class TestLongTexts:
    def test_the_wall_is_the_position_table(self, model, tokenizer):
        rows = model.bert.embeddings.position_embeddings.num_embeddings
        assert said(SLUG, "## What happens at token {}?") == [rows + 1]
        assert said(SLUG, "What does the model do with {} of them? And with {}?") == [rows, rows + 1]
        said_rows = said(SLUG, "{} token rows want to be added to {} position rows. There is no {}th row.")
        assert said_rows == [rows + 1, rows, rows + 1]
        assert said(SLUG, "| `The size of tensor a ({}) must match`, or") == [rows + 1]
        assert said(SLUG, "or (without `token_type_ids`) `The expanded size of the tensor ({})` |") == [rows + 1]
        long = tokenizer("word " * (rows - 1), return_tensors="pt", verbose=False)
        with pytest.raises(RuntimeError, match=rf"The size of tensor a \({rows + 1}\) must match"):
            model(**long)
        long.pop("token_type_ids")
        with pytest.raises(RuntimeError, match=rf"The expanded size of the tensor \({rows + 1}\)"):
            model(**long)
        assert said(SLUG, "The wall at {} is another thing: the position table ends.") == [rows]

    def test_nearly_all_the_anger_is_cut_off(self, tokenizer, diary):
        assert "Here that loses nearly all the anger." in prose(SLUG)
        turn = len(tokenizer(diary[0])["input_ids"]) - 1
        end = len(tokenizer(" ".join(diary), verbose=False)["input_ids"]) - 1
        assert 0 < (tokenizer.model_max_length - 1 - turn) / (end - turn) < 0.05

    def test_the_windows_overlap_by_what_the_text_says(self):
        overlap, whole = said(SLUG, "They overlap by {} tokens, so a sentence of up to {} tokens is whole in")
        assert overlap == whole
        assert f'"stride": {overlap}}}' in cell(SLUG, "windows = tokenizer(")

    def test_small_windows_show_where_the_mood_turns(self):
        """The folded answer is held by the cell that tries it."""
        tried = cell(SLUG, "small = tokenizer(")
        longest, stride = said(SLUG, "Make smaller windows: `max_length` {}, `stride` {}.")
        assert f'{{"max_length": {longest}, "stride": {stride}, ' in tried
        count, first, last = said(SLUG, "There are {} windows. Joy leads in the first {}, anger in the last {}.")
        for held in (f"len(moods) == {count}", f'moods[:{first}] == ["joy"]', f'moods[-{last}:] == ["anger"]'):
            assert held in tried


class _Keeper(logging.Handler):
    def __init__(self, heard):
        super().__init__()
        self.heard = heard

    def emit(self, entry):
        self.heard.append(entry.getMessage())


def _with_label(dataset, name):
    return [post for post in dataset if LABELS[post["label"]] == name]
