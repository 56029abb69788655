"""What this lesson says and no cell of it computes: the public tweets, the tokenizer's trap, the recorded runs."""

import ast
import json
import math
from statistics import mean

import pytest
from tokenizers import normalizers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from course_tools.project import ROOT, tagged_code
from course_utils.sources import offline_checkpoint

PUBLIC = ROOT.parent / "shared/hub/datasets/cardiffnlp/tweet_eval/emotion"
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
LESSON = (ROOT / "lessons/10_case_emotion.py").read_text(encoding="utf-8")


def with_cleaning(tokenizer):
    """Put one replacement in front of the tokenizer's own normalizer."""
    core = tokenizer.backend_tokenizer
    core.normalizer = normalizers.Sequence([normalizers.Replace("😭", " crying "), core.normalizer])
    return core


class TestTheTrapOfTheNormalizer:
    def test_a_bert_tokenizer_forgets_it_when_it_is_loaded_again(self, tmp_path):
        tokenizer = AutoTokenizer.from_pretrained(offline_checkpoint())
        with_cleaning(tokenizer)
        assert tokenizer.tokenize("😭") == ["crying"]
        tokenizer.save_pretrained(tmp_path)
        assert AutoTokenizer.from_pretrained(tmp_path).tokenize("😭") == ["[UNK]"]

    def test_the_general_class_keeps_it(self, tmp_path):
        tokenizer = AutoTokenizer.from_pretrained(offline_checkpoint())
        names = tokenizer.special_tokens_map
        PreTrainedTokenizerFast(tokenizer_object=with_cleaning(tokenizer), **names).save_pretrained(tmp_path)
        again = AutoTokenizer.from_pretrained(tmp_path)
        assert again.tokenize("😭") == ["crying"]
        assert again("a b")["input_ids"] == [101, 1037, 1038, 102]
        assert "token_type_ids" not in again("a b")


@pytest.mark.skipif(not PUBLIC.exists(), reason="the public tweets are not beside this checkout")
class TestThePublicTweets:
    @pytest.fixture(scope="class")
    def train(self):
        import pandas as pd

        return pd.read_parquet(PUBLIC / "train-00000-of-00001.parquet")

    def test_optimism_is_small_and_anger_is_large(self, train):
        shares = train["label"].value_counts(normalize=True)
        assert round(100 * shares[2]) == 9
        assert round(100 * shares[0]) == 43

    def test_a_quarter_of_train_and_validation_is_815(self, train):
        import pandas as pd

        rows = len(train) + len(pd.read_parquet(PUBLIC / "validation-00000-of-00001.parquet"))
        assert (rows - math.ceil(rows / 4), math.ceil(rows / 4)) == (2442, 815)

    def test_the_limit_of_36_words_drops_none(self, train):
        assert train["text"].str.split().str.len().max() <= 36


class TestTheTableOfErrors:
    """The last table of the lesson: messages that today's libraries really give."""

    def test_scaling_meets_numbers_that_never_change(self):
        import torch
        from transformers import AutoModel

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
        from sklearn.metrics import log_loss

        chances = [[0.4, 0.3, 0.3], [0.2, 0.4, 0.4]]
        with pytest.raises(ValueError, match="different number of classes"):
            log_loss([0, 1], chances)
        assert log_loss([0, 1], chances, labels=range(3)) > 0

    def test_safetensors_refuses_a_turned_around_table(self, tmp_path):
        import torch
        from safetensors.torch import save_file

        with pytest.raises(ValueError, match="You are trying to save a non contiguous tensor"):
            save_file({"weight": torch.zeros(3, 4).T}, tmp_path / "head.safetensors")

    def test_the_trainer_wants_a_loss(self):
        import inspect

        from transformers import Trainer

        assert "The model did not return a loss" in inspect.getsource(Trainer)


def test_no_idea_among_four_labels_is_a_log_loss_of_1_39():
    assert round(math.log(4), 2) == 1.39


class TestTheRecordedRuns:
    """The numbers that the lesson takes from benchmarks/emotion_recipe.json."""

    def test_the_recipe_that_was_measured_is_the_lessons_own(self):
        tree = ast.parse(tagged_code("10_case_emotion", "recipe"))
        defined = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        assert {"prepare", "judge", "TextModel", "begin", "soften", "fine_tune", "mix"} <= defined

    def test_every_row_of_the_lesson_is_the_mean_of_three_seeds(self):
        cell = LESSON[LESSON.index("recorded = {") :]
        recorded = ast.literal_eval(cell[cell.index("{") : cell.index("\n}\n") + 2])
        assert list(recorded) == list(ROWS)
        for name, row in recorded.items():
            seeds = [RUNS[f"{FINAL}{seed}"]["rows"][ROWS[name]] for seed in range(3)]
            losses = [seed["log-loss"] for seed in seeds]
            means = [mean(seed[score] for seed in seeds) for score in ("accuracy", "macro-F1", "log-loss")]
            assert row == tuple(round(value, 3) for value in (*means, min(losses), max(losses))), name

    @pytest.mark.parametrize("seed", range(3))
    def test_the_mean_has_a_lower_log_loss_than_each_of_the_two(self, seed):
        loss = {name: row["log-loss"] for name, row in RUNS[f"{FINAL}{seed}"]["rows"].items()}
        assert loss["mean of both"] < min(loss["first training"], loss["second training"])

    def test_other_tweets_first_changed_next_to_nothing(self):
        runs = (RUNS[f"{FINAL}0"], RUNS[f"other tweets first, {FINAL}0"])
        means = [run["rows"]["mean of both"] for run in runs]
        assert [round(row[score], 3) for row in means for score in ("log-loss", "macro-F1")] == [
            *(0.557, 0.754),
            *(0.556, 0.752),
        ]

    def test_two_gentle_trainings_have_a_worse_mean_than_a_gentle_and_a_bold_one(self):
        losses = {
            run: [RUNS[f"{run}{seed}"]["rows"]["mean of both"]["log-loss"] for seed in (0, 1)]
            for run in (FINAL, GENTLE)
        }
        assert all(bold < gentle for bold, gentle in zip(*losses.values(), strict=True))
        assert [round(loss, 3) for loss in losses[FINAL] + losses[GENTLE]] == [0.557, 0.571, 0.567, 0.578]

    def test_the_big_step_is_from_frozen_to_anything_else(self):
        for seed in range(3):
            rows = RUNS[f"{FINAL}{seed}"]["rows"]
            assert rows["frozen encoder"]["accuracy"] == pytest.approx(0.729, abs=5e-4)
        means = [mean(RUNS[f"{FINAL}{seed}"]["rows"][row]["accuracy"] for seed in range(3)) for row in ROWS.values()]
        assert min(means[1:]) > means[0] + 0.05


class TestTheRuleOfThumb:
    @staticmethod
    def half_width(share, rows):
        return 1.96 * math.sqrt(share * (1 - share) / rows)

    def test_on_815_tweets(self):
        assert round(100 * self.half_width(0.80, 815), 1) == 2.7

    def test_on_301_posts(self):
        assert round(100 * self.half_width(0.80, 301), 1) == 4.5

    def test_on_a_slice_of_30(self):
        assert 14 < 100 * self.half_width(0.75, 30) < 16

    def test_for_one_point(self):
        assert self.half_width(0.8, 6150) < 0.01 < self.half_width(0.8, 6140)
