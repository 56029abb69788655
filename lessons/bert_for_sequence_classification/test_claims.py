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
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from transformers import BertConfig, BertForSequenceClassification

from course_utils import sources
from tests.prose import cell, offline_tokenizer, printed, prose, said

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
    assert all(f"[:{count}]" in cell(SLUG, "diary = ") for count in kept.values())
    halves = ([post["text"] for post in _with_label(posts["test"], name)[:count]] for name, count in kept.items())
    return tuple(" ".join(texts) for texts in halves)


class TestTheWeights:
    def test_bert_base_has_as_many_as_the_text_says(self):
        [people, here] = said(SLUG, '"{} million" is what people say about BERT base. It is {}, with a head for four')
        with torch.device("meta"):
            base = BertForSequenceClassification(BertConfig(num_labels=4))
        millions = sum(weight.numel() for weight in base.parameters()) / 1e6
        assert round(millions, 1) == here
        assert round(millions, -1) == people
        assert "In BERT base most weights are in the encoder." in prose(SLUG)
        assert sum(weight.numel() for weight in base.bert.encoder.parameters()) / 1e6 > people / 2

    def test_more_than_half_of_the_small_one_are_embeddings(self, model):
        assert "With the offline checkpoint, more than half of the weights are embeddings:" in prose(SLUG)
        part, whole = (sum(weight.numel() for weight in each.parameters()) for each in (model.bert.embeddings, model))
        assert part > whole / 2

    def test_the_feed_forward_part_is_four_times_as_long(self, model):
        assert "make the vector four times as long, bend it, make it short again." in prose(SLUG)
        for config in (model.config, BertConfig()):
            assert config.intermediate_size == 4 * config.hidden_size

    def test_the_shape_of_the_heads(self, model, tokenizer):
        texts, heads, tokens, length = said(
            SLUG, "with the offline checkpoint: {} sentences, {} heads, {} tokens, {} numbers."
        )
        assert tokenizer(SENTENCES, padding=True, return_tensors="pt")["input_ids"].shape == (texts, tokens)
        assert heads == model.config.num_attention_heads
        assert heads * length == model.config.hidden_size
        assert "two rows, eleven columns." in prose(SLUG)
        assert "eleven tokens look at eleven tokens." in prose(SLUG)
        assert tokens == 11

    def test_three_padded_columns(self, tokenizer):
        assert "Minus infinity three times, for three `[PAD]`." in prose(SLUG)
        short, _ = tokenizer(SENTENCES, padding=True)["attention_mask"]
        assert short.count(0) == 3

    def test_the_offline_checkpoint_was_trained_for_the_mean(self):
        assert "(This checkpoint was trained with the mean, says its card, and the mean goes around" in prose(SLUG)
        folder = Path(sources.offline_checkpoint())
        assert json.loads((folder / "1_Pooling" / "config.json").read_text())["pooling_mode_mean_tokens"] is True
        assert "mean_pooling(model_output" in (folder / "README.md").read_text(encoding="utf-8")

    def test_the_offline_pooler_looks_as_random_numbers_look(self, model):
        """Not only its biases are untouched: its singular values are a random matrix's, unlike a trained layer's."""
        assert "Still, its biases are as they were on the first day. Nobody has trained it." in prose(SLUG)

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
        before, after = said(SLUG, "With the offline checkpoint: {} before, {} after.")
        assert "Without the division, nearly every token listens to one token only." in prose(SLUG)
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
        assert "With the offline checkpoint all four probabilities are close to a quarter:" in prose(SLUG)
        shares = model(**tokenizer(SENTENCES, padding=True, return_tensors="pt")).logits.softmax(-1)
        assert (shares - 1 / 4).abs().max() < 0.05

    def test_the_exp_of_1001_is_too_big(self):
        [exponent] = said(SLUG, "The `exp` of {} is too big for the computer.")
        assert f"torch.tensor([{exponent:.1f}, " in cell(SLUG, "def softmax(")
        assert torch.exp(torch.tensor(exponent)).isinf()

    def test_the_log_says_what_the_lesson_quotes(self, model, tokenizer, tmp_path, monkeypatch):
        assert "`sdpa` attention does not support `output_attentions=True`." in prose(SLUG)
        [limit] = said(SLUG, 'the sequence is longer than {}, and the model will end in "indexing errors".')
        assert '"The above report" is a table in the log. It has a line `classifier.weight | MISMATCH`:' in prose(SLUG)
        heard = []
        monkeypatch.setattr(logging.getLogger("transformers"), "handlers", [_Keeper(heard)])
        model(**tokenizer(SENTENCES[0], return_tensors="pt"), output_attentions=True)
        tokenizer.deprecation_warnings.clear()  # it warns once
        tokenizer("word " * 600)
        model.save_pretrained(tmp_path)
        two = {0: "a", 1: "b"}
        with pytest.raises(RuntimeError, match="For details look at the above report"):
            BertForSequenceClassification.from_pretrained(tmp_path, id2label=two, label2id={"a": 0, "b": 1})
        text = "\n".join(heard)
        assert "`sdpa` attention does not support `output_attentions=True`" in text
        assert f"maximum sequence length for this model (602 > {limit})" in text
        assert "indexing errors" in text
        assert "classifier.weight | MISMATCH" in text


class TestWhatTheLessonSaw:
    """Results of its own run, as the notebook stores them."""

    def test_the_layers_pull_two_meanings_apart(self):
        output = printed(SLUG, "not closer in the last layer")
        gaps = [float(gap) for gap in re.findall(r"gap ([-+][\d.]+)", output)]
        closer = [int(words) for words in re.findall(r"closer for +(\d+) of 10", output)]
        assert "for how many of the ten words is the pair with the same meaning closer?" in prose(SLUG)
        assert "At layer 0 nothing separates the meanings." in prose(SLUG)
        assert gaps[0] < 0.01
        assert "Then the layers pull the two meanings apart, for nearly all words." in prose(SLUG)
        assert min(closer[2:]) >= 9
        assert "With the offline checkpoint the widest gap is at the end." in prose(SLUG)
        assert max(gaps) == gaps[-1]
        assert "One word fails there: *bank*, of all words." in prose(SLUG)
        assert "not closer in the last layer: ['bank']" in output

    def test_the_four_heads(self):
        figure = printed(SLUG, "attention_heads(chosen, tokens")
        previous, following, ends, around = re.findall(r"layer \d+, head \d+: (.+?)(?=layer \d|$)", figure, re.DOTALL)
        tokens = ["[CLS]", "she", "keeps", "her", "savings", "in", "a", "bank", ".", "[SEP]"]

        def looks(of: str) -> dict[str, str]:
            return dict(re.findall(r"(\S+) at (\S+) [\d.]+", of))

        assert "top left: each token looks one to the left." in prose(SLUG)
        assert [looks(previous)[token] for token in tokens[1:]] == tokens[:-1]
        assert "top right: one to the right, or else at `[CLS]`;" in prose(SLUG)
        pairs = zip(tokens, [*tokens[1:], "[CLS]"], strict=True)
        assert all(looks(following)[token] in (right, "[CLS]") for token, right in pairs)
        assert "bottom left: everybody looks at `[CLS]`;" in prose(SLUG)
        assert set(looks(ends).values()) == {"[CLS]"}
        assert "bottom right: many look at many others a little. But `bank` looks most at `savings`." in prose(SLUG)
        assert looks(around)["bank"] == "savings"

    def test_the_first_token_gets_nine_tenths_of_the_weight_and_says_least(self):
        output = printed(SLUG, "lengths = split(")
        lines = re.findall(r"(\S+) +mean weight ([\d.]+), length of its value ([\d.]+)", output)
        weights = {token: float(weight) for token, weight, _ in lines}
        values = {token: float(length) for token, _, length in lines}
        assert "`[CLS]` gets nine tenths of the weight, and its value is the shortest by far." in prose(SLUG)
        assert round(weights["[CLS]"], 1) == 0.9
        assert values.pop("[CLS]") < min(values.values()) / 2

    def test_the_pipeline_is_right_about_two_easy_sentences(self):
        assert "With the offline checkpoint, both are right. (Both were easy.)" in prose(SLUG)
        assert "I can't stop smiling!" in cell(SLUG, "classifier([")
        assert re.findall(r"'label': '(\w+)'", printed(SLUG, "classifier([")) == ["joy", "anger"]

    def test_the_windows_tell_the_story(self):
        rows = re.findall(r"(?m)^(.+?) {2,}([\d.]+) +([\d.]+) +([\d.]+) +([\d.]+)$", printed(SLUG, "answers = {"))
        leads = {name: LABELS[int(np.argmax(shares))] for name, *shares in rows}
        assert "cut at the limit, the diary is a happy one, and the model is fairly sure." in prose(SLUG)
        assert leads["cut at the limit"] == "joy"
        assert "The windows tell the story: joy first, anger at the end. The mean washes both out." in prose(SLUG)
        assert (leads["window 0"], leads["window 2"]) == ("joy", "anger")
        shares = {name: sorted(map(float, numbers)) for name, *numbers in rows}
        assert shares["mean of the windows"][-1] < 0.5 < shares["window 2"][-1] < shares["window 0"][-1]

    def test_the_share_of_attention_grows(self):
        output = printed(SLUG, "its share")
        shares = {int(tokens): int(share) for tokens, share in re.findall(r"(?m)^ *(\d+) .* (\d+)%$", output)}
        at_the_limit, far = said(SLUG, "it is less than a fifth of the work at {} tokens, and more than half at {}.")
        assert 10 < shares[at_the_limit] < 20
        assert shares[far] > 50
        assert "Twice the tokens, four times the scores: that is the square." in prose(SLUG)
        assert "The linear layers only double. Attention grows fourfold," in prose(SLUG)
        columns = re.findall(r"(?m)^ *(?:64|128) +([\d.]+) +([\d.]+) +([\d.]+)", output)
        scores, linear, attention = (float(more) / float(less) for less, more in zip(*columns, strict=True))
        assert [round(scores), round(linear), round(attention)] == [4, 2, 4]


class TestLongTexts:
    def test_the_wall_is_the_position_table(self, model, tokenizer):
        rows = model.bert.embeddings.position_embeddings.num_embeddings
        assert said(SLUG, "## What happens at token {}?") == [rows + 1]
        assert said(SLUG, "What does the model do with {} of them? And with {}?") == [rows, rows + 1]
        said_rows = said(SLUG, "{} token rows want to be added to {} position rows. There is no {}th row. The simplest")
        assert said_rows == [rows + 1, rows, rows + 1]
        assert said(SLUG, "`The size of tensor a ({}) must match the size of tensor b ({})`") == [rows + 1, rows]
        with pytest.raises(RuntimeError, match=rf"tensor a \({rows + 1}\) must match the size of tensor b \({rows}\)"):
            model(**tokenizer("word " * (rows - 1), return_tensors="pt", verbose=False))
        assert said(SLUG, "{} tokens, and the last is still `[SEP]`.") == [rows]
        limits = said(SLUG, "So the square matters, but far beyond {}. The wall at {} is another thing:")
        assert limits == [rows, rows]

    def test_nearly_all_the_anger_is_cut_off(self, tokenizer, diary):
        assert "But what is lost? With our own posts: nearly all the anger." in prose(SLUG)
        turn = len(tokenizer(diary[0])["input_ids"]) - 1
        end = len(tokenizer(" ".join(diary), verbose=False)["input_ids"]) - 1
        assert 0 < (tokenizer.model_max_length - 1 - turn) / (end - turn) < 0.05

    def test_the_windows_overlap_by_what_the_text_says(self):
        overlap, whole = said(
            SLUG,
            "The last line proves the overlap of {} tokens. So a sentence of up to {} tokens is whole in at least one",
        )
        assert overlap == whole
        assert f"stride={overlap}," in cell(SLUG, "windows = tokenizer(")

    def test_small_windows_show_where_the_mood_turns(self, model, tokenizer, posts, diary):
        """The folded answer."""
        longest, stride = said(SLUG, "Make smaller windows: `max_length={}, stride={}`.")
        [count] = said(SLUG, "With the offline checkpoint there are {} windows.")
        first, last = said(SLUG, "Joy leads in the first {}, anger in the last {}.")
        [strength] = said(SLUG, "`C={}` holds it back strongly,")
        assert f"LogisticRegression(C={strength}, max_iter=1000)" in cell(SLUG, "regression = LogisticRegression(")
        train = posts["train"].select(range(800))
        train = train.select(np.argsort([len(text) for text in train["text"]]))
        with torch.no_grad():
            vectors = [model.bert(**_batch(tokenizer, part["text"])).pooler_output.numpy() for part in train.iter(32)]
        probe = make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=1000))
        probe.fit(np.concatenate(vectors), train["label"])
        settings = {"max_length": longest, "stride": stride, "return_overflowing_tokens": True}
        windows = _batch(tokenizer, " ".join(diary), padding="max_length", **settings)
        windows.pop("overflow_to_sample_mapping")
        with torch.no_grad():
            leads = probe.predict(model.bert(**windows).pooler_output.numpy())
        names = [LABELS[number] for number in leads]
        assert len(names) == count
        assert names[:first] == ["joy"] * first
        assert names[first] != "joy"
        assert names[-last:] == ["anger"] * last
        assert "anger" not in names[:-last]


class _Keeper(logging.Handler):
    def __init__(self, heard):
        super().__init__()
        self.heard = heard

    def emit(self, entry):
        self.heard.append(entry.getMessage())


def _batch(tokenizer, texts, **settings):
    settings = {"padding": True, "max_length": 64} | settings
    return tokenizer(texts, truncation=True, return_tensors="pt", **settings)


def _with_label(dataset, name):
    return [post for post in dataset if LABELS[post["label"]] == name]
