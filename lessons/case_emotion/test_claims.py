"""What this lesson says and no cell of it checks: the public tweets, the tokenizer's trap, the recorded runs."""

import ast
import copy
import json
import math
import re
import unicodedata
from statistics import mean
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
import transformers
from datasets import Dataset, load_dataset
from sklearn.metrics import log_loss
from statsmodels.stats.proportion import proportion_confint
from tokenizers import normalizers
from torch.nn.functional import cross_entropy
from transformers import (
    AutoTokenizer,
    BertConfig,
    BertModel,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    DistilBertModel,
    Trainer,
    TrainingArguments,
)

from benchmarks import lesson_recipes, results
from benchmarks.recipes import PROJECT_2
from course_tools.project import ROOT, find_lessons, tagged_code
from course_utils.sources import DATA, offline_checkpoint
from course_utils.statistics import interval_over_seeds
from tests.prose import cell, executed, made, printed, prose, said, small_bert
from tests.public_data import PUBLIC, needs_public

SLUG = "case_emotion"
CARD = (DATA / "emotion" / "README.md").read_text(encoding="utf-8")
LABELS = ["anger", "joy", "optimism", "sadness"]
RUNS = json.loads((ROOT / "benchmarks/emotion_recipe.json").read_text(encoding="utf-8"))
FINAL = "rates 0.0001 and 0.0003, seed "
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


def middle(record: str, slug: str = SLUG) -> float:
    """Return the middle of the band of a record."""
    [lesson] = find_lessons([slug])
    return mean(lesson.bands[record])


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
        assert f"half_width({accuracy / 100:.4f}, {rows})" in cell(SLUG, "def half_width")
        assert (accuracy, loss) == (72.77, 0.7024)
        assert said(SLUG, "But it fits with the paper's {}%") == [accuracy]
        assert said(SLUG, "TweetEval has {}.") == [judge]

    def test_two_points_are_no_news(self):
        _, accuracy, _ = said(SLUG, "Its result, on the {}: an accuracy of {}% and a log-loss of {}")
        [rows] = said(SLUG, "TweetEval has {}.")
        assert "any other result within two points is no news" in prose(SLUG)
        assert round(half_width(accuracy, rows)) == 2
        [kept] = said(SLUG, "| 1. How sure is 72.77%? | {} points each way.")
        assert kept == round(half_width(accuracy, rows), 1)
        rule = made(SLUG, "half_width", math=math)
        assert 100 * rule(accuracy / 100, rows) == pytest.approx(half_width(accuracy, rows), abs=1e-3)

    def test_its_curves(self):
        """Accuracies of its sections 4.2.1 and 4.3, as we copied them."""
        first, last = said(SLUG, "Training: {}% in the first epoch, {}% in the last.")
        begun, best, epoch = said(SLUG, "Validation: {}% in the first, and at its best {}%, in epoch {}.")
        assert (first, last, begun, best, epoch) == (60.88, 76.54, 61.76, 68.98, 12)
        assert said(SLUG, "The gap between training and validation, {} points") == [round(last - best, 1)]
        _, choose, _ = said(SLUG, "{} tweets to learn from, {} to choose by, {} to judge")
        assert f"half_width({best / 100:.4f}, {choose})" in cell(SLUG, "math.hypot")
        test, rows = 72.77, 1421
        assert "Zero lies inside" in prose(SLUG)
        assert 0 < test - best < math.hypot(half_width(best, choose), half_width(test, rows))

    def test_its_framework_is_gone_and_its_head_is_the_librarys(self):
        [version] = said(SLUG, "Version {} of `transformers` has no TensorFlow classes any more")
        assert int(transformers.__version__.partition(".")[0]) >= version
        assert not hasattr(transformers, "TFAutoModelForSequenceClassification")
        sizes = said(SLUG, "a dense layer of {} to {}, and one of {} to {}")
        with torch.device("meta"):
            model = DistilBertForSequenceClassification(DistilBertConfig(num_labels=len(LABELS)))
        layers = (model.pre_classifier, model.classifier)
        assert sizes == [size for layer in layers for size in (layer.in_features, layer.out_features)]

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
        """The copy beside the checkout has the public training part in two pieces."""
        [held_out] = said(SLUG, "the last quarter, {} tweets, to judge")
        assert "Three quarters of their training part to learn from" in prose(SLUG)
        rows = len(tweets("train")) + len(tweets("validation"))
        assert held_out == math.ceil(rows / 4)
        assert f"{rows - held_out:,} tweets to learn from, {held_out} others to judge" in cell(SLUG, "recorded = {")

    def test_the_limit_of_words_drops_none(self):
        assert "(In the public training and validation tweets: none. We did not open their test part.)" in prose(SLUG)
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

    def test_log_loss_wants_to_know_the_labels(self):
        assert "| `different number of classes` from `log_loss` | a class is missing among these posts |" in prose(SLUG)
        probabilities = [[0.4, 0.3, 0.3], [0.2, 0.4, 0.4]]
        with pytest.raises(ValueError, match="different number of classes"):
            log_loss([0, 1], probabilities)
        assert log_loss([0, 1], probabilities, labels=range(3)) > 0

    def test_the_plain_tokenizer_gives_a_column_too_much(self, recipe, small_encoder):
        message = "unexpected keyword argument 'token_type_ids'"
        assert f"| `{message}` | the plain tokenizer gives a column that the model does not take |" in prose(SLUG)
        with pytest.raises(TypeError, match=message):
            recipe["TextModel"](small_encoder, 4)(**recipe["plain_tokenizer"]("a b", return_tensors="pt"))

    @pytest.mark.parametrize("labels", [{}, {"labels": [0, 1, 2, 3]}], ids=["no labels", "no key"])
    def test_the_trainer_wants_a_loss(self, labels, recipe, small_encoder, tmp_path):
        """Ours gives none without labels; another one has no key of that name."""
        message = "The model did not return a loss"
        assert f"| `{message}` | `forward` got no labels, or its result has no key `loss` |" in prose(SLUG)

        class WithoutLoss(recipe["TextModel"]):
            def forward(self, input_ids, attention_mask, labels):
                return {"logits": super().forward(input_ids, attention_mask)["logits"]}

        model = (WithoutLoss if labels else recipe["TextModel"])(small_encoder, len(LABELS))
        rows = {"input_ids": [[101, 102]] * 4, "attention_mask": [[1, 1]] * 4} | labels
        quiet = {"report_to": "none", "disable_tqdm": True, "use_cpu": True}
        trainer = Trainer(
            model, TrainingArguments(tmp_path, max_steps=1, **quiet), train_dataset=Dataset.from_dict(rows)
        )
        with pytest.raises(ValueError, match=message):
            trainer.train()


class TestTheRecipe:
    def test_no_idea_among_four_labels(self, recipe):
        half, its_loss = said(SLUG, "For p = {} that is {}.")
        assert its_loss == round(-math.log(half), 2)
        loss, classes = said(SLUG, "A log-loss near {}, the logarithm of {}, means")
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
        share, right, other = said(
            SLUG,
            "`label_smoothing={}` changes what the model shall learn: {} for the right label and {} for each other",
        )
        assert f"label_smoothing={share})" in tagged_code(SLUG, "recipe")
        logits, truth = torch.tensor([[2.0, -1.0, 0.5, 0.0]]), torch.tensor([0])
        target = torch.tensor([[right, other, other, other]])
        smoothed = cross_entropy(logits, truth, label_smoothing=share)
        assert torch.isclose(smoothed, cross_entropy(logits, target))

    def test_the_way_back(self):
        way, before, after = said(SLUG, "At {}%, each weight is {}% what it was before our posts and {}% what it")
        assert f'candidates["{way}% of the way"] = mix([(frozen, {before / 100}), (both, {after / 100})])' in (
            cell(SLUG, "candidates = {")
        )
        assert way == after

    def test_the_twin_answers_as_the_model_does(self, recipe, small_encoder):
        """Neurons of the wide layers in another order, in BERT and in DistilBERT: the same answers, other weights."""
        assert "It gives the same answers." in prose(SLUG)
        small = DistilBertModel(DistilBertConfig(dim=16, n_layers=1, n_heads=2, hidden_dim=32))
        for encoder in (small_encoder, small):
            bold = recipe["TextModel"](encoder, len(LABELS)).eval()
            names = {"copy": copy, "torch": torch, "bold": bold, "course": SimpleNamespace(device="cpu")}
            twin = executed(SLUG, "torch.randperm", **names)["twin"]
            post = {"input_ids": torch.tensor([[101, 1037, 102]]), "attention_mask": torch.ones(1, 3)}
            with torch.no_grad():
                assert torch.allclose(bold(**post)["logits"], twin(**post)["logits"], atol=1e-5)
            assert not all(torch.equal(*pair) for pair in zip(bold.parameters(), twin.parameters(), strict=True))

    def test_the_script_has_ten_lines(self):
        assert "And a script of ten lines" in prose(SLUG)
        assert len(made(SLUG, "script").splitlines()) == 10

    def test_what_the_page_about_speed_says_of_it(self):
        width, rate, rows, faster, others, theirs, ours = said(
            SLUG,
            "all weights, padded to {}, a rate of {}. Both train on the same {} tweets for one epoch. Ours took {} "
            "times less time. Of {} other tweets, the project's recipe and ours got {}% against {}% right",
        )
        assert rate == PROJECT_2["learning_rate"]
        [steps] = said(SLUG, "Here it drives a smaller model, for {} steps")
        assert steps == rows / PROJECT_2["per_device_train_batch_size"]
        assert f"{theirs}% is about what the lazy answer gets" in prose(SLUG)
        assert theirs / 100 == pytest.approx(middle("lazy_accuracy", "start_here"), abs=0.03)
        found = results.cited()[f"{width}"]
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
        assert "each row the mean of three seeds" in prose(SLUG)
        recorded = made(SLUG, "recorded")
        assert list(recorded) == list(ROWS)
        for name, row in recorded.items():
            losses = scores(ROWS[name], "log-loss")
            means = [mean(scores(ROWS[name], score)) for score in ("accuracy", "macro-F1", "log-loss")]
            assert row == tuple(round(value, 3) for value in (*means, min(losses), max(losses))), name

    def test_the_big_step_is_from_frozen_to_anything_else(self):
        percent, rows = said(SLUG, "On public tweets, our small frozen encoder gets {}% of {} right")
        assert percent == round(100 * mean(scores("frozen encoder", "accuracy")), 1)
        assert said(SLUG, "the last quarter, {} tweets, to judge") == [rows]
        assert "The big step is from *frozen* to anything else: more than five points" in prose(SLUG)
        frozen, *others = (mean(scores(row, "accuracy")) for row in ROWS.values())
        assert min(others) > frozen + 0.05

    def test_the_mean_has_a_lower_log_loss_than_each_of_the_two(self):
        assert "the mean of *gentle* and *bold* has a lower log-loss than each of them, in each of the three seeds" in (
            prose(SLUG)
        )
        losses = [scores(row, "log-loss") for row in ("mean of both", "first training", "second training")]
        assert all(both < min(pair) for both, *pair in zip(*losses, strict=True))

    def test_going_back(self):
        back, far_back = said(
            SLUG,
            "back to {}% lowers the log-loss once more, by little. Going back to {}% lowers macro-F1 in each of the",
        )
        loss = {way: mean(scores(way, "log-loss")) for way in ROWS.values()}
        assert 0 < loss["mean of both"] - loss[f"{back}% of the way"] < 0.01
        both, far = (scores(way, "macro-F1") for way in ("mean of both", f"{far_back}% of the way"))
        assert all(one > other + 0.005 for one, other in zip(both, far, strict=True))


class TestTheRuleOfThumb:
    def test_on_the_public_tweets_that_judge(self):
        score, rows, points = said(SLUG, "A score near {} on {} tweets has an interval of {} points each way")
        assert said(SLUG, "the last quarter, {} tweets, to judge") == [rows]
        assert score == round(mean(scores("mean of both", "accuracy")), 2)
        assert points == round(half_width(100 * score, rows), 1)

    def test_on_a_small_slice(self):
        smallest, slice_, points = said(
            SLUG, "(Slices below {} posts are left out. A slice of {} has an interval of some {} points each way.)"
        )
        assert f"mask.sum() >= {smallest}" in cell(SLUG, "slices = {")
        right = 100 * middle("test_accuracy")
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


def test_what_stays_unknown_is_in_no_training_post():
    assert "It holds a sign that no training post has, so no rule knows it." in prose(SLUG)
    posts = load_dataset(str(DATA / "emotion"))
    known = set("".join(posts["train"]["text"][:]))
    tokenizer = AutoTokenizer.from_pretrained(offline_checkpoint())
    new = set("".join(posts["validation"]["text"][:])) - known
    unknown = {sign for sign in new if tokenizer.unk_token in tokenizer.tokenize(sign)}
    left = [bool(unknown & set(text)) for text in posts["validation"]["text"][:]]
    assert np.mean(left) == pytest.approx(middle("unknown_after"), abs=0.008)


def test_the_verdict_is_the_lessons_own():
    [points] = said(SLUG, "On our posts fine-tuning beats all three, the last by some {} points")
    assert points == round(100 * middle("gain"))
    [probability] = said(SLUG, "Our model calls *milk, eggs, bread, two onions* joy, with {}.")
    low, high = map(float, re.search(r"assert ([\d.]+) < float\(.* < ([\d.]+)", cell(SLUG, "milk, eggs")).groups())
    assert low < probability < high
    assert "such an interval is too narrow" in prose(SLUG)
    assert "With fewer than five seeds it is too narrow" in interval_over_seeds.__doc__


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
