"""What this lesson says and no cell of it checks: the public tweets, the tokenizer's trap, the recorded runs."""

import ast
import json
import math
import re
import unicodedata
from statistics import mean

import numpy as np
import pandas as pd
import pytest
import torch
from datasets import Dataset
from sklearn.metrics import log_loss
from statsmodels.stats.proportion import proportion_confint
from tokenizers import normalizers
from transformers import (
    AutoModel,
    AutoTokenizer,
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    DistilBertConfig,
    Trainer,
    TrainingArguments,
)

from benchmarks import emotion_recipe, lesson_recipes, results
from course_tools.project import ROOT, tagged_code
from course_utils.sources import DATA, offline_checkpoint
from tests.prose import cell, cells, made, printed, prose, said, small_bert, stored_records
from tests.public_data import PUBLIC, needs_public

SLUG = "case_emotion"
CARD = (DATA / "emotion" / "README.md").read_text(encoding="utf-8")
LABELS = ["anger", "joy", "optimism", "sadness"]
RUNS = json.loads((ROOT / "benchmarks/emotion_recipe.json").read_text(encoding="utf-8"))
FINAL, GENTLE = "rates 0.0001 and 0.0003, seed ", "rates 0.0001 and 0.0001, seed "
# row of the lesson -> row of the file
ROWS = {
    "frozen encoder": "frozen encoder",
    "gentle": "first training",
    "bold": "second training",
    "mean of both": "mean of both",
    "80% of the way": "80% of the way",
    "60% of the way": "60% of the way",
}


def half_width(percent: float, rows: float) -> float:
    """Return half the width of the interval that the rule of thumb gives, in points."""
    low, high = proportion_confint(percent / 100 * rows, rows, method="normal")
    return 100 * (high - low) / 2


@pytest.fixture(scope="module")
def recipe(tmp_path_factory) -> dict:
    """The names that the recipe of the lesson defines, its emoji learned from one post."""
    return lesson_recipes.emotion(tmp_path_factory.mktemp("recipe"), ["So proud of her 😭"], LABELS, seed=0)


@pytest.fixture
def small_encoder() -> BertModel:
    return small_bert(vocab_size=BertConfig().vocab_size).bert


class TestThePaper:
    def test_its_numbers_are_the_same_wherever_they_stand(self):
        learn, choose, judge = said(SLUG, "{} tweets to learn from, {} to choose by, {} to judge")
        assert choose < judge < learn
        rows, accuracy, loss = said(SLUG, "Its result, on the {}: an accuracy of {}% and a log-loss of {}")
        assert rows == judge
        assert f"1.96 * math.sqrt({accuracy / 100:.4f} * (1 - {accuracy / 100:.4f}) / {rows})" in "\n".join(cells(SLUG))
        assert said(SLUG, "The paper's {} is far below that") == [loss]
        assert said(SLUG, "TweetEval has {}.") == [judge]

    def test_two_points_are_no_news(self):
        _, accuracy, _ = said(SLUG, "Its result, on the {}: an accuracy of {}% and a log-loss of {}")
        [rows] = said(SLUG, "TweetEval has {}.")
        assert "any other result within two points is no news" in prose(SLUG)
        assert round(half_width(accuracy, rows)) == 2

    def test_its_limit_of_words(self):
        [words] = said(SLUG, "The paper drops posts with more than {} words")
        assert said(SLUG, "Then it pads and cuts at {}.") == [words]
        assert said(SLUG, "there many posts are longer than {}") == [words]
        assert said(SLUG, "and none to pad to {}") == [words]
        assert f"(words > {words})" in cell(SLUG, "lengths = {}")
        assert f"(tokens > {words})" in cell(SLUG, "lengths = {}")

    @needs_public
    def test_the_sizes_of_its_data(self):
        """Beside the checkout, the public training part is cut into two, and the public validation part is `test`."""
        learn, choose, _ = said(SLUG, "{} tweets to learn from, {} to choose by, {} to judge")
        rows = {part: len(tweets(part)) for part in ("train", "validation", "test")}
        assert (learn, choose) == (rows["train"] + rows["validation"], rows["test"])


def tweets(part: str) -> pd.DataFrame:
    folder = PUBLIC / "datasets/cardiffnlp/tweet_eval/emotion"
    return pd.read_parquet(folder / f"{part}-00000-of-00001.parquet")


@needs_public
class TestThePublicTweets:
    def test_optimism_is_small_and_anger_is_large(self):
        shares = tweets("train")["label"].value_counts(normalize=True)
        assert said(SLUG, "In the public tweets, optimism is {}% and anger {}%") == [
            round(100 * shares[LABELS.index(name)]) for name in ("optimism", "anger")
        ]

    def test_a_quarter_is_held_out(self):
        [held_out] = said(SLUG, "the last quarter, {} tweets, to judge")
        assert "three quarters of its training and validation parts to learn from" in prose(SLUG)
        rows = len(tweets("train")) + len(tweets("validation"))
        assert held_out == math.ceil(rows / 4)
        assert f"{rows - held_out:,} tweets to learn from, {held_out} others to judge" in cell(SLUG, "recorded = {")

    def test_the_limit_of_words_drops_none(self):
        assert "(In the public tweets: none.)" in prose(SLUG)
        [words] = said(SLUG, "The paper drops posts with more than {} words")
        for part in ("train", "validation", "test"):
            assert tweets(part)["text"].str.split().str.len().max() <= words


class TestLengths:
    def test_how_many_places_the_models_have(self):
        [places] = said(SLUG, "BERT and DistilBERT have {} places")
        assert {places} == {each().max_position_embeddings for each in (BertConfig, DistilBertConfig)}

    def test_we_cut_later(self):
        [most] = said(SLUG, "we cut at {} tokens")
        assert said(SLUG, "of some posts padded to {} and of the same posts") == [most]
        assert most == made(SLUG, "MAX_LENGTH") == lesson_recipes.MAX_LENGTH


class TestTheTrapOfTheNormalizer:
    def test_a_bert_tokenizer_forgets_it_when_it_is_loaded_again(self, tmp_path):
        assert "Change the normalizer of a `BertTokenizer`, save it, load it: the change is gone" in prose(SLUG)
        tokenizer = AutoTokenizer.from_pretrained(offline_checkpoint())
        core = tokenizer.backend_tokenizer
        core.normalizer = normalizers.Sequence([normalizers.Replace("😭", " crying "), core.normalizer])
        assert tokenizer.tokenize("😭") == ["crying"]
        tokenizer.save_pretrained(tmp_path)
        assert AutoTokenizer.from_pretrained(tmp_path).tokenize("😭") == ["[UNK]"]

    def test_the_general_class_keeps_it(self, recipe):
        assert "`PreTrainedTokenizerFast` keeps what it was given" in prose(SLUG)
        assert "😭 is LOUDLY CRYING FACE" in prose(SLUG)
        assert unicodedata.name("😭") == "LOUDLY CRYING FACE"
        again = AutoTokenizer.from_pretrained(recipe["folder"])
        assert again.tokenize("😭") == ["loudly", "crying", "face"]
        assert again("a b")["input_ids"] == [101, 1037, 1038, 102]
        assert "token_type_ids" not in again("a b")


class TestTheTableOfErrors:
    """The last table of the lesson: messages that today's libraries really give."""

    def test_scaling_meets_numbers_that_never_change(self):
        assert "vectors were scaled, and some of their numbers never change" in prose(SLUG)
        encoder = AutoModel.from_pretrained(offline_checkpoint())
        tokenizer = AutoTokenizer.from_pretrained(offline_checkpoint())
        batch = tokenizer([f"post number {n}" for n in range(20)], padding=True, return_tensors="pt")
        mask = batch["attention_mask"].unsqueeze(-1)
        with torch.no_grad():
            vectors = (encoder(**batch).last_hidden_state * mask).sum(1) / mask.sum(1)
        spread = vectors.double().std(dim=0)
        assert 1 <= int((spread < 1e-6).sum()) < 10
        assert spread.median() > 0.01

    def test_log_loss_wants_to_know_the_labels(self):
        assert "| `different number of classes` from `log_loss` | a class is missing among these posts |" in prose(SLUG)
        chances = [[0.4, 0.3, 0.3], [0.2, 0.4, 0.4]]
        with pytest.raises(ValueError, match="different number of classes"):
            log_loss([0, 1], chances)
        assert log_loss([0, 1], chances, labels=range(3)) > 0

    def test_safetensors_refuses_a_turned_around_table(self, tmp_path):
        from safetensors.torch import save_file

        message = "You are trying to save a non contiguous tensor"
        assert f"| `{message}` | a weight was replaced by a turned-around table |" in prose(SLUG)
        with pytest.raises(ValueError, match=message):
            save_file({"weight": torch.zeros(3, 4).T}, tmp_path / "head.safetensors")

    def test_the_plain_tokenizer_gives_a_column_too_much(self, recipe, small_encoder):
        message = "unexpected keyword argument 'token_type_ids'"
        assert f"| `{message}` | the plain tokenizer gives a column that the model does not take |" in prose(SLUG)
        with pytest.raises(TypeError, match=message):
            recipe["TextModel"](small_encoder, 4)(**recipe["plain_tokenizer"]("a b", return_tensors="pt"))

    @pytest.mark.parametrize("labels", [{}, {"labels": [0, 1, 2, 3]}], ids=["no labels", "no key"])
    def test_the_trainer_wants_a_loss(self, labels, small_encoder, tmp_path):
        message = "The model did not return a loss"
        assert f"| `{message}` | `forward` got no labels, or its result has no key `loss` |" in prose(SLUG)

        class WithoutLoss(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.encoder = small_encoder

            def forward(self, input_ids, labels):
                return {"logits": self.encoder(input_ids).pooler_output}

        model = WithoutLoss() if labels else BertForSequenceClassification(small_encoder.config)
        rows = Dataset.from_dict({"input_ids": [[101, 102]] * 4} | labels)
        quiet = {"report_to": "none", "disable_tqdm": True, "use_cpu": True}
        trainer = Trainer(model, TrainingArguments(tmp_path, max_steps=1, **quiet), train_dataset=rows)
        with pytest.raises(ValueError, match=message):
            trainer.train()


class TestTheRecipe:
    def test_no_idea_among_four_labels(self, recipe):
        loss, classes = said(SLUG, "a log-loss near {}, the logarithm of {}, means")
        assert "among four labels" in prose(SLUG)
        same = np.full((8, len(LABELS)), 1 / len(LABELS))
        assert loss == round(recipe["judge"](same, np.arange(8) % 4)["log-loss"], 2)
        assert classes == len(LABELS)

    def test_the_moving_average(self, recipe):
        old, new = said(SLUG, "every averaged weight becomes {}% of itself and {}% of the new weight")
        assert f"get_ema_multi_avg_fn({old / 100})" in tagged_code(SLUG, "recipe")
        assert old + new == 100
        assert said(SLUG, "because each sees {} posts") == [recipe["common"]["per_device_train_batch_size"]]

    def test_the_smoothing_of_labels(self):
        [share] = said(SLUG, "(`label_smoothing={}` teaches the model to give the right label a little less")
        assert f"label_smoothing={share})" in tagged_code(SLUG, "recipe")

    def test_the_way_back(self):
        way, before, after = said(SLUG, "At {}%, each weight is {}% what it was before our posts and {}% what it")
        assert f'candidates["{way}% of the way"] = mix([(frozen, {before / 100}), (both, {after / 100})])' in (
            cell(SLUG, "candidates = {")
        )
        assert way == after

    def test_the_script_has_ten_lines(self):
        assert "And a script of ten lines" in prose(SLUG)
        assert len(made(SLUG, "script").splitlines()) == 10

    def test_what_the_page_about_speed_says_of_it(self):
        width, rows, faster, others, theirs, ours = said(
            SLUG,
            "trains all weights and pads to {}. Both train on the same {} tweets for one epoch. "
            "Our training took {} times less time. Of {} other tweets, they got {}% against {}% right",
        )
        found = results.read()[f"{width}"]["found"]
        plain, here = found["recipes"]["project 2"], found["recipes"][SLUG]
        assert (rows, found["epochs"], others) == (found["rows"], 1, found["tests"])
        assert faster == round(here["times_faster"]["median"], 1)
        assert (theirs, ours) == tuple(round(100 * each["accuracy"]["value"]) for each in (plain, here))

    def test_what_was_measured_is_the_lessons_own(self):
        tree = ast.parse(tagged_code(SLUG, "recipe"))
        defined = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        assert {"prepare", "judge", "TextModel", "begin", "soften", "fine_tune", "mix"} <= defined


def scores(row: str, score: str, run: str = FINAL, seeds=range(3)) -> list[float]:
    return [RUNS[f"{run}{seed}"]["rows"][row][score] for seed in seeds]


class TestTheRecordedRuns:
    """The numbers that the lesson takes from benchmarks/emotion_recipe.json."""

    def test_every_row_of_the_cell_is_the_mean_of_three_seeds(self):
        assert "Each row is the mean of three seeds" in prose(SLUG)
        recorded = made(SLUG, "recorded")
        assert list(recorded) == list(ROWS)
        for name, row in recorded.items():
            losses = scores(ROWS[name], "log-loss")
            means = [mean(scores(ROWS[name], score)) for score in ("accuracy", "macro-F1", "log-loss")]
            assert row == tuple(round(value, 3) for value in (*means, min(losses), max(losses))), name

    def test_the_big_step_is_from_frozen_to_anything_else(self):
        percent, rows = said(SLUG, "With the offline checkpoint it gets {}% of {} tweets right")
        assert percent == round(100 * mean(scores("frozen encoder", "accuracy")), 1)
        assert said(SLUG, "the last quarter, {} tweets, to judge") == [rows]
        assert "The big step is from *frozen* to anything else: more than five points" in prose(SLUG)
        frozen, *others = (mean(scores(row, "accuracy")) for row in ROWS.values())
        assert min(others) > frozen + 0.05

    def test_the_mean_has_a_lower_log_loss_than_each_of_the_two(self):
        assert "The mean of *gentle* and *bold* has a lower log-loss than each of them, in each of the three seeds" in (
            prose(SLUG)
        )
        losses = [scores(row, "log-loss") for row in ("mean of both", "first training", "second training")]
        assert all(both < min(pair) for both, *pair in zip(*losses, strict=True))

    def test_going_back(self):
        back, far_back = said(
            SLUG, "Going back to {}% lowers the log-loss once more, by little. Going back to {}% costs macro-F1"
        )
        loss, f1 = ({way: mean(scores(way, score)) for way in ROWS.values()} for score in ("log-loss", "macro-F1"))
        assert 0 < loss["mean of both"] - loss[f"{back}% of the way"] < 0.01
        assert f1["mean of both"] - f1[f"{far_back}% of the way"] > 0.01

    def test_other_tweets_first_changed_next_to_nothing(self):
        assert said(SLUG, "*Reading {} other tweets first*") == [emotion_recipe.OTHER_TWEETS]
        numbers = said(
            SLUG, "With one seed, the log-loss of the mean went from {} to {}, and the macro-F1 from {} to {}."
        )
        runs = (RUNS[f"{FINAL}0"], RUNS[f"other tweets first, {FINAL}0"])
        assert numbers == [
            round(run["rows"]["mean of both"][score], 3) for score in ("log-loss", "macro-F1") for run in runs
        ]

    def test_two_gentle_trainings_have_a_worse_mean_than_a_gentle_and_a_bold_one(self):
        numbers = said(SLUG, "With two seeds, the log-loss of the mean was {} and {}, where it had been {} and {}.")
        gentle, bold = (scores("mean of both", "log-loss", run, (0, 1)) for run in (GENTLE, FINAL))
        assert numbers == [round(loss, 3) for loss in gentle + bold]
        assert all(one > other for one, other in zip(gentle, bold, strict=True))


class TestTheRuleOfThumb:
    def test_on_the_validation_posts(self):
        posts, score, points = said(SLUG, "On {} posts, a score near {}% has an interval of {} points each way")
        assert f"| validation | {posts} |" in CARD
        assert points == round(half_width(score, posts), 1)

    def test_on_the_public_tweets_that_judge(self):
        score, rows, points = said(SLUG, "A score near {} on {} tweets has an interval of {} points each way")
        assert said(SLUG, "the last quarter, {} tweets, to judge") == [rows]
        assert score == round(mean(scores("mean of both", "accuracy")), 2)
        assert points == round(half_width(100 * score, rows), 1)

    def test_on_a_small_slice(self):
        smallest, slice_, points = said(
            SLUG, "(Slices below {} posts are left out. A slice of {} has an interval of some {} points each way.)"
        )
        assert f"rows.sum() >= {smallest}" in cell(SLUG, "slices = {")
        right = 100 * stored_records(SLUG)["test_accuracy"]
        assert half_width(right, slice_) == pytest.approx(points, abs=1)

    def test_for_one_point(self):
        [score] = said(SLUG, "for an interval of one point each way, at an accuracy of {}%?")
        times, share, rest, point = said(SLUG, "Solve `{} * sqrt({} * {} / n) = {}` for `n`")
        assert (share, rest, point) == (score / 100, round(1 - score / 100, 2), 0.01)
        assert times == 1.96
        [posts] = said(SLUG, "for `n`: about {} posts. Twice as sharp costs four times the posts")
        assert posts == round((times / point) ** 2 * share * rest, -1)
        assert half_width(score, posts) == pytest.approx(1, abs=1e-3)
        assert half_width(score, 4 * posts) == pytest.approx(0.5, abs=1e-3)


def test_no_class_is_small_by_design():
    assert "Which class is small? In `laptop` none, by design" in prose(SLUG)
    counts = [int(count) for count in re.search(r"\| train \| 2,260" + r" \| (\d+)" * 4, CARD).groups()]
    assert min(counts) > 0.85 * max(counts)


def test_it_is_less_often_right_where_it_is_less_sure():
    assert "is the model less often right where it is less sure? Then its chance is worth showing" in prose(SLUG)
    lines = re.findall(r"^(\S.*) 0\.8 +[\d.]+ +([\d.]+)$", printed(SLUG, "slices = {"), re.MULTILINE)
    right = {name: float(share) for name, share in lines}
    assert right["below"] < right["chance at least"] - 0.1


class TestTheSheet:
    SHEET = f"{SLUG}_exercises"

    def test_the_loss_and_the_answers_disagree_as_the_solution_says(self):
        shown = printed(self.SHEET, "softmax(np.log(said[")
        rows = {
            name.strip(): tuple(map(float, rest))
            for name, *rest in re.findall(r"^(.{20}) accuracy ([\d.]+), log-loss ([\d.]+)$", shown, re.M)
        }
        softer = rows.pop("sure, temperature 2")
        assert max(rows, key=lambda name: rows[name][0]) == "modest"
        assert sorted(rows, key=lambda name: rows[name][1])[::2] == ["careful", "sure"]
        assert (softer[0], softer[1] < rows["sure"][1]) == (rows["sure"][0], True)

    def test_only_the_mean_of_the_chances_holds_with_a_stranger(self):
        assert "With the same beginning, the two means hardly differ" in prose(self.SHEET)
        shown = printed(self.SHEET, "target.lerp_(part, 0.5)")
        pairs = [tuple(map(float, pair)) for pair in re.findall(r"weights ([\d.]+), chances ([\d.]+)", shown)]
        (bold_weights, bold_chances), (weights, chances) = pairs
        assert abs(bold_weights - bold_chances) < 0.03
        assert weights > chances + 0.05
