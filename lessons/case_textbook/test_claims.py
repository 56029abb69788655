"""What this lesson says and no cell of it checks: quotations of cards, folded answers, which way its numbers lie."""

import re

import numpy as np
import pytest
from datasets import load_dataset
from transformers import AddedToken, BertConfig, BertForMaskedLM

from course_utils import sources
from lessons.case_textbook import graders, hiding
from tests.prose import cell, made, offline_tokenizer, printed, prose, said, stored_records

SLUG = "case_textbook"


def card(name: str) -> str:
    return (sources.DATA / name / "README.md").read_text(encoding="utf-8")


def mark(name: str, method: str, judged_on: str) -> list[float]:
    """Return the mean scores in a line of a card's table of marks."""
    [line] = re.findall(rf"^\| {method} \| {judged_on} \| \d+ \| (.*) \|$", card(name), re.MULTILINE)
    return [float(cell.split()[0]) for cell in line.split(" | ")]


def mark_steps() -> int:
    """Return how many steps the card's model was trained for."""
    return int(re.search(r"a rate of 1e-4 after 10% of warmup, (\d+) steps", card("answers"))[1])


class TestTheCards:
    def test_three_fifths_on_another_trade(self):
        assert "There the book gained on bicycles some three fifths as much" in prose(SLUG)
        gains = [
            mark("textbook", "trained on the general texts again", part)[0]
            - mark("textbook", "trained on the trade's text", part)[0]
            for part in ("held-out chapter", "another trade")
        ]
        assert 0.5 < gains[1] / gains[0] < 0.7
        assert "on the texts of cefr, emotion, stance" in card("textbook")

    def test_the_pair(self):
        steps, known, new = said(SLUG, "reads both texts together, in {} steps: {} on new answers, {} on new questions")
        assert f"{steps} steps" in card("answers")
        for value, part in ((known, "unseen answers"), (new, "unseen questions")):
            assert mark("answers", "fine-tuned, as a pair", part)[0] == pytest.approx(value, abs=0.005)

    def test_the_day_of_work(self):
        questions, each = said(SLUG, "Her exam has {} questions, and she has {} answers to each")
        rows = load_dataset(*sources.dataset("answers", "laptop"))
        assert sum(len(part) for part in rows.values()) == questions * each
        assert 6 < questions * each * 0.5 / 60 < 8  # hours

    def test_every_voice_has_every_grade(self):
        assert "Every question has every voice at every grade" in prose(SLUG)
        assert "each question has every voice at every grade" in card("answers")

    def test_the_key_is_forty(self):
        [count] = said(SLUG, "`key` holds the {} model answers")
        rows = load_dataset(*sources.dataset("answers", "laptop"))
        assert len({text for part in rows.values() for text in part["model_answer"]}) == count


class TestTheWords:
    def test_seven_tokens_in_a_hundred(self):
        [more] = said(SLUG, "The book costs {} tokens in a hundred words more than general texts")
        found = dict(re.findall(r"'(\w+)': ([\d.]+)", printed(SLUG, "for part, texts in parts.items()")))
        assert round(100 * (float(found["train"]) - float(found["general"]))) == more
        [alike] = said(SLUG, "But the unread chapter costs {} more, and so do the bicycles")
        for part in ("test", "other_trade"):
            assert round(100 * (float(found[part]) - float(found["general"]))) == alike

    def test_the_size_of_the_book(self):
        [words] = said(SLUG, "One book of {} words is enough to move a model")
        assert f"{words:,} words to learn from" in printed(SLUG, "words to learn from")

    def test_the_terms_named(self):
        [count] = said(SLUG, "{} frequent terms are torn")
        assert stored_records(SLUG)["torn_terms"] == count
        tokenizer = offline_tokenizer()
        for torn in ("loaves", "croissants", "biga"):
            assert len(tokenizer.tokenize(torn)) > 1
        assert len(tokenizer.tokenize("bench")) == 1

    def test_an_added_token_does_not_cut_other_words(self):
        tokenizer = offline_tokenizer()
        before = tokenizer.tokenize("bigamy")
        tokenizer.add_tokens([AddedToken("biga", single_word=True)])
        assert tokenizer.tokenize("bigamy") == before
        assert tokenizer.tokenize("a biga") == ["a", "biga"]

    def test_a_worked_line_per_token_and_per_term(self):
        first, second = said(SLUG, "*levain* in two pieces, with losses of {} and {}")
        token, term = said(SLUG, "Per token that is {}, per term {}.")
        assert (token, term) == ((first + second) / 2, first + second)

    def test_the_message_of_a_missing_row(self):
        assert "`IndexError: index out of range in self`" in prose(SLUG)
        size = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 8}
        model = BertForMaskedLM(BertConfig(vocab_size=10, **size))
        with pytest.raises(IndexError, match="index out of range in self"):
            model(hiding.torch.tensor([[10]]))

    def test_a_resized_head_stays_tied(self):
        assert "The head's output table is *tied*" in prose(SLUG)
        size = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 8}
        model = BertForMaskedLM(BertConfig(vocab_size=10, **size))
        model.resize_token_embeddings(12, mean_resizing=False)
        assert model.cls.predictions.decoder.weight is model.get_input_embeddings().weight
        assert model.cls.predictions.bias.shape == (12,)


class TestWhichWayTheNumbersLie:
    def test_near_per_token_and_far_per_term(self):
        assert "In our table the pieces are near the mean rows per token, and far behind per term" in prose(SLUG)
        kept = stored_records(SLUG)
        assert kept["pieces_per_term"] > 2 * kept["pieces_per_token"]

    def test_counting_alone_is_better(self):
        assert "Counting alone is better than our model with new rows" in prose(SLUG)
        kept = stored_records(SLUG)
        assert kept["counting_alone"] + 0.5 < kept["mean_trained"]

    def test_the_trained_rows_lie_near_zero(self):
        assert "guessed better on average. But the interval begins near zero" in prose(SLUG)
        kept = stored_records(SLUG)
        assert kept["rows_learned_low"] < 0.6

    def test_counting_needs_no_model_answer(self):
        assert "So does counting, which knows neither question nor model answer" in prose(SLUG)
        kept = stored_records(SLUG)
        assert kept["counting_unseen_questions"] > kept["overlap_unseen_questions"] + 0.03

    def test_a_fifth_as_much(self):
        assert "about a fifth as much" in prose(SLUG)
        kept = stored_records(SLUG)
        assert 0.05 < kept["gain_another_trade"] / kept["gain_unread_chapter"] < 0.35

    def test_a_quarter_of_the_steps(self):
        assert "Ours, with a quarter of the steps, is behind on new answers, and near on new questions" in prose(SLUG)
        [steps] = re.findall(r"GRADING = course.pick\(laptop=(\d+)", cell(SLUG, "GRADING = course.pick("))
        assert 0.2 < int(steps) / mark_steps() < 0.3
        kept = stored_records(SLUG)
        assert kept["kappa_unseen_answers_as_it_came"] < mark("answers", "fine-tuned, as a pair", "unseen answers")[0]

    def test_it_says_right_too_often(self):
        assert "it says *right* more often than is true" in prose(SLUG)
        kept = stored_records(SLUG)
        [truth] = re.findall(r"the truth .* (\d+)%$", printed(SLUG, "ways = {"), re.MULTILINE)
        assert kept["tuned_passes_all"] > int(truth) / 100
        assert kept["tuned_passes_plain_words"] > 0.5

    def test_traps_pass_more_often(self):
        assert "A wrong answer passes more easily if it sounds right." in prose(SLUG)
        kept = stored_records(SLUG)
        assert kept["tuned_passes_traps"] > kept["tuned_passes_other_wrong"] + 0.1
        assert kept["traps_minus_other_wrong_low"] > 0
        [traps] = said(SLUG, "With {} traps the interval is wide")
        assert f"'traps': {traps}," in printed(SLUG, "low_third, high_third =")

    def test_keywords_above_terse(self):
        assert "But the gap between keywords and terse lies above zero, too" in prose(SLUG)
        kept = stored_records(SLUG)
        assert kept["keywords_minus_terse"] > 0.3
        assert kept["keywords_minus_terse_low"] > 0

    def test_at_the_same_true_grade(self):
        assert "Of the right answers, terse ones lose more than plain ones" in prose(SLUG)
        assert "there, large errors of both kinds cancel" in prose(SLUG)
        kept = stored_records(SLUG)
        assert kept["right_terse"] < kept["right_plain"] - 0.2
        assert kept["wrong_second_language"] > 0.3
        assert kept["right_second_language"] < -0.3

    def test_two_trainings_share_their_errors(self):
        assert "Two trainings agree with each other more than with the truth" in prose(SLUG)
        kept = stored_records(SLUG)
        assert kept["between_trainings"] > kept["kappa_unseen_questions_as_it_came"] + 0.1

    def test_what_is_kept(self):
        assert "Three promises are kept, two are not" in prose(SLUG)
        shown = printed(SLUG, "pd.DataFrame(settled")
        assert re.findall(r"True|False", shown)[-5:] == ["True"] * 3 + ["False"] * 2

    def test_no_threshold(self):
        assert "`None` means that no threshold reaches it" in prose(SLUG)
        assert "threshold: None" in printed(SLUG, "enough = [")


class TestTheModules:
    def test_kappa_is_scikit_learns(self):
        from sklearn.metrics import cohen_kappa_score

        rng = np.random.default_rng(0)
        truth, other = rng.integers(3, size=(2, 50))
        assert graders.kappa(truth, other) == pytest.approx(cohen_kappa_score(truth, other, weights="quadratic"))
        error, luck, value = said(SLUG, "your error is {} and luck's is {}, so kappa is 1 - 0.5 / 1.3 = {}")
        assert round(1 - error / luck, 2) == value

    def test_the_best_cuts(self):
        truth = np.repeat([0, 1, 2], 20)
        assert list(np.digitize(truth * 1.0, graders.best_cuts(truth * 1.0, truth))) == list(truth)

    def test_hidden_words(self):
        tokenizer = offline_tokenizer()
        ids = hiding.blocks(["the dough is left to rest for an hour"] * 200, tokenizer, 64)
        shown, labels = hiding.hide(ids, tokenizer, hiding.torch.Generator().manual_seed(0))
        hidden = labels != hiding.NOT_ASKED
        assert hidden.float().mean().item() == pytest.approx(0.15, abs=0.03)
        assert (ids[hidden] == labels[hidden]).all()
        assert (shown == ids)[~hidden].all()
        assert not hidden[:, [0, -1]].any()
        masked = (shown == tokenizer.mask_token_id)[hidden].float().mean().item()
        assert masked == pytest.approx(0.8, abs=0.08)

    def test_a_term_is_hidden_whole(self):
        [(shown, labels)] = hiding.hidden_terms(tokenizer := offline_tokenizer(), ["We feed the levain."], ["levain"])
        pieces = tokenizer("levain", add_special_tokens=False)["input_ids"]
        assert labels[labels != hiding.NOT_ASKED].tolist() == pieces
        assert (shown == tokenizer.mask_token_id).sum() == len(pieces)

    def test_overlap_is_a_share(self):
        row = {"model_answer": "Salt slows the yeast", "text": "salt makes it slow"}
        overlap = made(SLUG, "overlap", words_in=hiding.words_in)
        assert overlap(row) == pytest.approx(1 / 3)
