"""What this lesson says and no cell of it computes: the project's table and steps, and the sizes of its trainings.

Numbers are read out of the lesson's sentences, with `said`, and held against the lesson's own code: neither can change
without the other.
"""

import ast
import json
import math
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from datasets import Dataset, load_dataset
from transformers import Trainer, TrainingArguments

from course_utils import sources
from tests.prose import WORDS, cell, cells, executed, made, numbered, printed, prose, said, small_bert

SLUG = "five_models"


@pytest.fixture(scope="module")
def count_steps():
    """The lesson's own function."""
    return made(SLUG, "count_steps", math=math)


@pytest.fixture(scope="module")
def n_train():
    """On how many texts the lesson trains."""
    return made(SLUG, "n_train", pool=range(100_000))


@pytest.fixture(scope="module")
def recipes(n_train, count_steps):
    """The name of a model, and its epochs, its batch size and its length."""
    return executed(SLUG, "recipes = {", train=range(n_train), count_steps=count_steps)["recipes"]


@pytest.fixture(scope="module")
def reported() -> dict[str, dict]:
    """The rows of the project's table, as the lesson prints them."""
    rows = re.findall(
        r"^\| (\d) \| (\d) \| (\S+) \| (\d+) \| ([\d., ]+) \| ([\d., ]+) \|$", "\n".join(cells(SLUG, "markdown")), re.M
    )
    keys = ("epochs", "batch", "length", "training", "validation")
    table = {number: dict(zip(keys, rest, strict=True)) for number, *rest in rows}
    for row in table.values():
        row |= {name: [float(loss) for loss in row[name].split(",")] for name in ("training", "validation")}
    return table


class TestTheReport:
    def test_the_table_is_whole(self, reported):
        _, times = said(SLUG, "A student fine-tuned BERT on {} film reviews, {} times")
        assert len(reported) == times
        for row in reported.values():
            assert len(row["training"]) == len(row["validation"]) == int(row["epochs"])

    def test_the_losses_that_are_told_again_stand_in_it(self, reported):
        told = said(SLUG, "Model 3 begins with a training loss of {}. Model 2 ended with {}. Model 4 begins with {}")
        assert told == [reported["3"]["training"][0], reported["2"]["training"][-1], reported["4"]["training"][0]]

    def test_its_two_scores_are_a_point_apart_and_so_wide(self):
        low, high = said(SLUG, "Later, {} became {}")
        assert said(SLUG, "The project's {} and {} came from {} texts")[:2] == [low, high]
        [rows] = said(SLUG, "came from {} texts")
        assert made(SLUG, "half_width", math=math) == 1.96 * math.sqrt(low * (1 - low) / rows)
        assert said(SLUG, "{} points each way") == [round(100 * made(SLUG, "half_width", math=math))]
        assert said(SLUG, "A difference of {} point says nothing there") == [round(100 * (high - low))]

    def test_the_table_and_the_sentence_agree_on_model_5(self, reported):
        assert said(SLUG, "The report says batch {}") == [int(reported["5"]["batch"])]
        assert said(SLUG, "for Model 5, with 2,000 texts and {} epochs") == [int(reported["5"]["epochs"])]


class TestWhatComesFromTheLessonBefore:
    def test_its_functions_are_still_the_same(self):
        names = re.findall(r"`(\w+)`", re.search(r"functions come from there: (.*?)\. Each", prose(SLUG))[1])
        assert said(SLUG, "{} small functions come from there") == [len(names)]
        ours, theirs = ("\n".join(cells(slug)) for slug in (SLUG, "trainer"))
        functions = [each for each in ast.parse(ours).body if isinstance(each, ast.FunctionDef) and each.name in names]
        assert len(functions) == len(names)
        assert all(ast.get_source_segment(ours, function) in theirs for function in functions)

    def test_so_many_layers_are_trained(self):
        assert said(SLUG, "without a GPU it trains {} layers and the head") == [made(SLUG, "TRAINED_LAYERS")]

    def test_there_are_so_many_bug_hunts(self):
        assert said(SLUG, "hunt {} bugs") == said(SLUG, "hunted {} bugs") == [numbered(SLUG, "Bug hunt")]


class TestTheProjectsSteps:
    """The prompt and its folded answer: 126 and 564 steps."""

    def test_model_5_used_another_batch_size(self, count_steps):
        steps, rows, epochs, batch = said(
            SLUG, "says {} steps for Model 5, with {} texts and {} epochs. The report says batch {}."
        )
        assert rows == said(SLUG, "fine-tuned BERT on {} film reviews")[0]
        [used] = said(SLUG, "So Model 5 used batches of {}")
        told = said(SLUG, "`count_steps({}, {}, {})` is {}, and with {} it is {}. So Model 5")
        assert told == [rows, epochs, batch, count_steps(rows, epochs, batch), used, steps]
        assert count_steps(rows, epochs, used) == steps != count_steps(rows, epochs, batch)

    def test_the_later_training_too(self, count_steps):
        rows, steps, epochs, batch = said(
            SLUG, "on {} texts shows {} steps for {} epochs, and the report says batch {}"
        )
        [used] = said(SLUG, "So that training used {}")
        told = said(SLUG, "`count_steps({}, {}, {})` is {}, and with {} it is {}. So that training")
        assert told == [rows, epochs, batch, count_steps(rows, epochs, batch), used, steps]
        assert count_steps(rows, epochs, used) == steps != count_steps(rows, epochs, batch)


class TestTheSizesOfTheTrainings:
    def test_model_4_has_more_epochs_and_fewer_steps(self, recipes, n_train, count_steps):
        many, few = said(SLUG, "Model {} has fewer steps than Model {}, although it has more epochs")
        (epochs, batch, _), (other_epochs, other_batch, _) = (recipes[f"Model {many}"], recipes[f"Model {few}"])
        assert count_steps(n_train, epochs, batch) < count_steps(n_train, other_epochs, other_batch)
        assert epochs > other_epochs

    def test_so_many_seeds(self):
        seeds = re.search(r"for seed in course\.pick\(laptop=\((.*?)\), full=\((.*?)\)", cell(SLUG, "by_seed = "))
        assert said(SLUG, "We train Models 1 and 2 with {} more seeds") == [len(seeds[1].split(","))]
        assert seeds[1] == seeds[2]
        assert f"{WORDS[1 + len(seeds[1].split(','))]} seeds each" in cell(SLUG, "by_seed = ")

    def test_dropout(self):
        config = json.loads((Path(sources.offline_checkpoint()) / "config.json").read_text(encoding="utf-8"))
        new, old = said(SLUG, "Dropout {} in place of {}")
        assert made(SLUG, "dropout") == {"hidden_dropout_prob": new, "attention_probs_dropout_prob": new}
        assert config["hidden_dropout_prob"] == config["attention_probs_dropout_prob"] == old

    def test_one_layer(self):
        layers = re.search(r"trained_layers=(\d)\)", cell(SLUG, "recipe = "))[1]
        assert said(SLUG, "Only {} trained layer") == [int(layers)]

    def test_more_texts_for_the_same_number_of_steps(self, recipes, n_train, count_steps):
        epochs, batch, _ = recipes["Model 1"]
        times, once = said(SLUG, "{} times the texts for {} epoch. So the number of steps stays the same")
        rows = made(SLUG, "more_rows", pool=SimpleNamespace(select=len), n_train=n_train)
        assert rows == times * n_train
        assert f"study({once}, batch, long, rows=more_rows" in cell(SLUG, "more_rows = ")
        assert count_steps(rows, once, batch) == count_steps(n_train, epochs, batch)

    def test_three_sizes_with_the_same_number_of_steps(self, recipes, n_train, count_steps):
        epochs, batch, _ = recipes["Model 1"]
        more, rows = re.search(
            r"study\((\d+), batch, long, rows=train\.select\(range\((.*?)\)\)", cell(SLUG, "few = ")
        ).groups()
        rows = eval(rows, {"n_train": n_train})
        assert count_steps(rows, int(more), batch) == count_steps(n_train, epochs, batch)
        tuned = re.search(r"^tuned = (\{.*?\})$", cell(SLUG, "few = "), re.M)[1]
        sizes = eval(tuned, {"n_train": n_train, "few": 0, "tripled": 0, "results": {"Model 1": 0}})
        assert list(sizes) == [rows, n_train, 3 * n_train]
        assert said(SLUG, "{} sizes, and always the same number of steps") == [len(sizes)]

    def test_accumulation_counted(self, recipes, n_train, count_steps):
        """The second prompt."""
        batch, accumulation = said(SLUG, "Give Model 1 batches of {} and `gradient_accumulation_steps={}`")
        told = said(SLUG, "`count_steps({}, {}, {}, accumulation={})` is {}: as many as Model {}")
        steps = count_steps(n_train, recipes["Model 1"][0], batch, accumulation)
        assert told[:5] == [n_train, recipes["Model 1"][0], batch, accumulation, steps]
        epochs, like, _ = recipes[f"Model {told[5]}"]
        assert count_steps(n_train, epochs, like) == steps
        assert said(SLUG, "{} batches of {} make one step, like one batch of {}") == [accumulation, batch, like]
        others = [count_steps(n_train, *recipe[:2]) for name, recipe in recipes.items() if name[-1] != f"{told[5]}"]
        assert steps not in others

    def test_accumulation_run(self, count_steps, tmp_path):
        """The Trainer counts as `count_steps` does: eight batches, three at a time."""
        rows = Dataset.from_dict({"input_ids": [[5 + row] for row in range(8)], "label": [0, 1] * 4})
        settings = {"per_device_train_batch_size": 1, "gradient_accumulation_steps": 3, "num_train_epochs": 1}
        quiet = {"save_strategy": "no", "report_to": "none", "use_cpu": True, "disable_tqdm": True}
        trainer = Trainer(small_bert(), TrainingArguments(tmp_path, **settings, **quiet), train_dataset=rows)
        trainer.train()
        assert trainer.state.global_step == count_steps(8, 1, 1, accumulation=3) == 3


class TestTheTexts:
    def test_ours_had_so_many(self, n_train):
        assert said(SLUG, "Ours had {} tweets") == [n_train]

    def test_counting_words_gets_all_of_them(self, n_train):
        tweets = load_dataset(*sources.dataset("tweets", "laptop"), split="train")
        pool = sum(label != 1 for label in tweets["label"][:])  # 1 is neutral
        everything, tuned = said(SLUG, "With all of the {} it catches up with the model that was fine-tuned on {}")
        assert (everything, tuned) == (pool, 3 * n_train)

    def test_the_projects_box(self):
        test, train, millions = said(SLUG, "{} times {}, divided by {} million")
        assert said(SLUG, "The project's box held {} million") == [millions]
        assert [train, test] == [
            int(re.search(rf"{name}\((\d+), len\(box\)", cell(SLUG, "box = "))[1]) for name in ("= min", ", min")
        ]
        copies = test * train / (millions * 1e6)
        assert "Less than one copy is to be expected" in prose(SLUG)
        assert 0 < copies < 1

    def test_the_sentiments_of_the_next_hunt(self):
        assert said(SLUG, "whose labels are {} for negative and {} for positive") == [0, 4]
        assert said(SLUG, "it says: *convert {} to {}*") == [4, 1]
        assert made(SLUG, "comment") == "0 = negative, 4 = positive -> convert 4 to 1"


def test_the_sheet_shows_a_loss_that_rises_beside_an_accuracy_that_stays():
    assert "clearly higher validation loss" in prose(f"{SLUG}_exercises")
    shown = printed(f"{SLUG}_exercises", "best = np.argmin")
    best, last = map(float, re.findall(r"loss ([\d.]+), then ([\d.]+)", shown)[0])
    accuracy, later = map(float, re.findall(r"accuracy ([\d.]+), then ([\d.]+)", shown)[0])
    assert last > 1.1 * best
    assert abs(later - accuracy) < 0.05


def test_the_sheet_shows_that_a_model_which_is_not_fresh_begins_low():
    shown = printed(f"{SLUG}_exercises", "for verdict, found in four.items()")
    losses = {
        verdict.strip(): values.split() for verdict, values in re.findall(r"^(.{15}) train loss +(.+)$", shown, re.M)
    }
    assert float(losses["not fresh"][0]) < float(losses["learns on"][-1])
