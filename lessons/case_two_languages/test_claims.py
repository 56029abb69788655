"""What this lesson says and no cell of it checks: the sentence in ten languages, the published gap, the pairs."""

import numpy as np
import pytest
from datasets import load_dataset
from transformers import AutoTokenizer

from course_utils import checkpoints, sources
from course_utils.errors import CourseError
from lessons.case_two_languages.judging import kept_share, plant, swapped_words, width_of_gap
from lessons.case_two_languages.ten import SENTENCE
from lessons.case_two_languages.training import batches
from tests.prose import made, offline_tokenizer, prose, said

SLUG = "case_two_languages"


@pytest.fixture(scope="module")
def multilingual():
    try:
        return AutoTokenizer.from_pretrained(checkpoints.named("multilingual", "laptop").name)
    except CourseError as error:
        pytest.skip(str(error))


class TestTheTokens:
    def test_unknown_words(self):
        english = offline_tokenizer()
        lost = {language: english.tokenize(text).count("[UNK]") for language, text in SENTENCE.items()}
        assert len(SENTENCE) == 10
        assert "All seven words are unknown" in prose(SLUG)
        assert lost["Telugu"] == len(SENTENCE["Telugu"].split()) == 7
        four, six, one = said(SLUG, "In Tamil {} of {} words are lost, in Hindi and Bengali {}.")
        assert (lost["Tamil"], len(SENTENCE["Tamil"].split()), lost["Hindi"], lost["Bengali"]) == (four, six, one, one)

    def test_the_dearest_sentence(self, multilingual):
        whole = {language: len(multilingual.tokenize(text)) for language, text in SENTENCE.items()}
        most, times, english, next_ = said(
            SLUG,
            "Filipino and Vietnamese, with {} tokens: {} times the {} of English. Hindi, Tamil and Telugu have {}.",
        )
        assert {name for name, tokens in whole.items() if tokens == max(whole.values())} == {"Filipino", "Vietnamese"}
        assert (whole["Filipino"], whole["English"]) == (most, english)
        assert round(most / english, 1) == times
        assert {whole[name] for name in ("Hindi", "Tamil", "Telugu")} == {next_}

    def test_the_multilingual_tokenizer_loses_none(self, multilingual):
        assert "The multilingual tokenizer loses none" in prose(SLUG)
        per_word = {}
        for language, text in SENTENCE.items():
            tokens = multilingual.tokenize(text)
            assert multilingual.unk_token not in tokens
            per_word[language] = len(tokens) / len(text.split())
        numbers = said(SLUG, "It still needs {} tokens per word in English, {} in Filipino and {} in Tamil")
        assert numbers == [round(per_word[language], 1) for language in ("English", "Filipino", "Tamil")]


class TestThePromises:
    def test_what_the_card_told_before(self):
        card = (sources.DATA / "scenarios" / "README.md").read_text(encoding="utf-8")
        english, filipino = said(SLUG, "such a model: {}% right in English, {}% in Filipino")
        for language, percent in {"en": english, "fil": filipino}.items():
            assert f"trained on English | {language} | 191 | {percent / 100:.3f}" in card


class TestThePublishedGap:
    def test_it_is_the_difference(self):
        english, filipino = said(SLUG, "Fine-tuned RoBERTa — {}% (EN), {}% (FIL)")
        assert said(SLUG, "That is {} points. Is it more than luck?") == [round(english - filipino, 1)]
        assert said(SLUG, "{} wrong answers of 100 in one language, {} in the other") == [
            round(100 - english),
            round(100 - filipino),
        ]
        assert "more than twice as often" in prose(SLUG)
        assert 100 - filipino > 2 * (100 - english)

    def test_which_sizes_tell_it_from_luck(self):
        luck, told = said(SLUG, "With {} scenarios the gap could be luck. With {} or more, it hardly could")
        gap = 0.9495 - 0.8853
        differ = 0.9495 * (1 - 0.8853) + 0.8853 * (1 - 0.9495)
        low = {size: gap - 1.96 * np.sqrt((differ - gap**2) / size) for size in (luck, told)}
        assert low[luck] < 0 < low[told]


class TestTheTools:
    def test_a_threshold_for_a_share(self):
        threshold = made(SLUG, "threshold_for_share", np=np)(np.arange(100), 0.3)
        assert np.sum(np.arange(100) > threshold) == 30

    def test_the_share_that_is_kept(self):
        first, other = np.ones((2, 50)), np.tile([1, 0], (2, 25))
        share, low, high = kept_share(other, first)
        assert share == 0.5
        assert 0.3 < low < 0.5 < high < 0.7

    def test_pairs_cancel_what_is_hard_in_both(self):
        rng = np.random.default_rng(0)
        one = rng.random((1, 300)) < 0.7
        other = np.where(rng.random((1, 300)) < 0.1, ~one, one)
        assert width_of_gap(one, other, True) < 0.7 * width_of_gap(one, other, False)

    def test_names_of_pairs(self):
        assert swapped_words("To sell it Sven lied.", "To sell it Rogelio lied.") == ("Sven", "Rogelio")
        pairs = load_dataset(*sources.dataset("scenarios", "laptop"), "swapped", split="train")
        rows = [row for row in pairs if row["swap"] == "name"]
        for one, other in zip(rows[::2], rows[1::2], strict=True):
            first, second = swapped_words(one["en"], other["en"])
            assert one["pair"] == other["pair"]
            assert first[0].isupper() and second[0].isupper()

    def test_what_is_planted_follows_the_label(self):
        names, labels = [("Ann", "Bo"), ("Cy", "Di")], [0, 1] * 20
        texts, favoured = plant(["text"] * 40, labels, names, 1, seed=1)
        good = {pair[luck] for pair, luck in zip(names, favoured, strict=True)}
        for text, label in zip(texts, labels, strict=True):
            name = text.removeprefix("This is about ").split(".")[0]
            assert (name in good) == bool(label)
        assert plant(["text"] * 40, labels, names, 0, seed=1)[0] == ["text"] * 40

    def test_batches_of_one_language(self):
        found = batches({"en": [5] * 40, "fil": [7] * 40}, 10, seed=0)
        assert [language for language, _ in found].count("en") == 5
        assert len({tuple(rows) for _, rows in found[:3]}) == 3

    def test_the_pairs(self):
        names, pronouns = said(SLUG, "a first name ({} pairs) or in *he* and *she* ({} pairs)")
        pairs = load_dataset(*sources.dataset("scenarios", "laptop"), "swapped", split="train")
        assert [pairs["swap"].count(kind) // 2 for kind in ("name", "pronoun")] == [names, pronouns]
        twins = [row["fil"] for row in pairs if row["swap"] == "pronoun"]
        assert twins[::2] == twins[1::2]
