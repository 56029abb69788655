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
from datasets import Dataset
from transformers import Trainer, TrainingArguments

from course_utils import sources
from lessons.five_models.report import REPORT
from tests.prose import cell, cells, executed, made, numbered, printed, prose, said, small_bert

SLUG = "five_models"
CODE = "\n".join(cells(SLUG))


@pytest.fixture(scope="module")
def count_steps():
    """The lesson's own function."""
    return made(SLUG, "count_steps", math=math)


@pytest.fixture(scope="module")
def n_train():
    """On how many texts the lesson trains."""
    return made(SLUG, "n_train")


@pytest.fixture(scope="module")
def recipes(count_steps):
    """The name of a model, and its epochs, its batch size, its length and its steps."""
    return executed(SLUG, "recipes = {", count_steps=count_steps)["recipes"]


@pytest.fixture(scope="module")
def reported() -> dict[str, dict]:
    """The rows of the project's table, as the lesson prints them."""
    rows = re.findall(
        r"^\| (\d) \| (\d) \| (\S+) \| (\d+) \| ([\d., ]+) \| ([\d., ]+) \|$", "\n".join(cells(SLUG, "markdown")), re.M
    )
    keys = ("epochs", "batch", "length", "training", "validation")
    table = {f"Model {number}": dict(zip(keys, rest, strict=True)) for number, *rest in rows}
    for row in table.values():
        row |= {name: [float(loss) for loss in row[name].split(",")] for name in ("training", "validation")}
    return table


def first_loss(name: str) -> float:
    return round(REPORT[name]["training"][0], 2)


class TestTheReport:
    def test_the_table_is_whole(self, reported):
        rows, times = said(SLUG, "A student fine-tuned BERT on {} film reviews, {} times")
        assert len(reported) == times
        for name, row in reported.items():
            assert len(row["training"]) == len(row["validation"]) == int(row["epochs"])
            assert rows == REPORT[name]["rows"]

    def test_it_is_the_one_that_the_cells_use(self, reported):
        for name, row in reported.items():
            kept = REPORT[name]
            assert [int(row["epochs"]), int(row["length"])] == [kept["epochs"], kept["length"]]
            assert row["batch"] == ('"further"' if kept["batch"] is None else str(kept["batch"]))
            for losses in ("training", "validation"):
                assert row[losses] == [round(loss, 2) for loss in kept[losses]]

    def test_the_losses_that_are_told_again_stand_in_it(self):
        fresh = [first_loss(name) for name in REPORT if name not in ("Model 3", "Model 4")]
        count, low, high = said(SLUG, "{} of them end their first epoch between {} and {}")
        assert [count, low, high] == [len(fresh), min(fresh), max(fresh)]
        assert said(SLUG, "Models 3 and 4 end it at {} and {}") == [first_loss("Model 3"), first_loss("Model 4")]
        assert said(SLUG, "(count them below), and stands at {}") == [first_loss("Model 5")]

    def test_it_was_refined(self):
        assert said(SLUG, "refines Model 2 with {} texts") == [REPORT["refined"]["rows"]]
        low, high = said(SLUG, "the accuracy goes from {} to {}")
        assert said(SLUG, "So from {} to {} is no step that {} texts can show")[:2] == [low, high]
        [rows] = said(SLUG, "How wide is it for the project's 0.84, from {} texts")
        assert made(SLUG, "moves", math=math) == math.sqrt(low * (1 - low) / rows)
        assert said(SLUG, "{} points each way") == [round(196 * made(SLUG, "moves", math=math))]

    def test_it_against_its_own_table(self):
        refined, second = REPORT["refined"], REPORT["Model 2"]
        told = said(SLUG, "`refined` rises most of all, from {} to {}")
        assert told == [round(min(refined["validation"]), 3), round(refined["validation"][-1], 3)]
        rises = {name: each["validation"][-1] - min(each["validation"]) for name, each in REPORT.items()}
        assert max(rises, key=rises.get) == "refined"
        told = said(SLUG, "Its last training loss is better: {} against {}")
        assert told == [round(each["training"][-1], 2) for each in (refined, second)]
        told = said(SLUG, "Its last validation loss is far worse: {} against {}")
        assert told == [round(each["validation"][-1], 2) for each in (refined, second)]
        assert said(SLUG, "`tweets` rises, too, by {}") == [round(rises["tweets"], 3)]
        assert said(SLUG, "condemned Model 1 for {} would condemn") == [round(rises["Model 1"], 3)]

    def test_its_times(self):
        speeds = [each["rows"] * each["epochs"] * each["length"] / each["seconds"] for each in REPORT.values()]
        assert said(SLUG, "Two speeds: about {} tokens a second, or about {}") == [2000, 900]
        slow = [speed for speed in speeds if speed < 1000]
        assert all(1900 < speed < 2300 for speed in speeds if speed not in slow)
        assert said(SLUG, "In {} of the {} trainings") == [len(slow), len(speeds)]
        two, five = (REPORT[name]["length"] for name in ("Model 2", "Model 5"))
        assert said(SLUG, "it reads {}% fewer tokens") == [round(100 * (1 - five / two))]

    def test_its_scores_lie_within_luck(self):
        *scores, base = said(
            SLUG,
            "accuracy {} and F1 {} in one place, {} and {} in another. "
            "Which run is meant? By the formula above, all four lie within luck of {}",
        )  # fmt: skip
        assert all(abs(score - base) < 1.96 * math.sqrt(base * (1 - base) / 500) for score in scores)


class TestWhatComesFromTheLessonBefore:
    def test_its_functions_are_still_the_same(self):
        names = ("fresh_model", "count_steps", "compute_metrics")
        ours, theirs = ("\n".join(cells(slug)) for slug in (SLUG, "trainer"))
        functions = [each for each in ast.parse(ours).body if isinstance(each, ast.FunctionDef) and each.name in names]
        assert len(functions) == len(names)
        assert all(ast.get_source_segment(ours, function) in theirs for function in functions)

    def test_so_many_layers_are_trained(self):
        assert said(SLUG, "trains {} layers and the head") == [made(SLUG, "TRAINED_LAYERS")]

    def test_there_are_so_many_bug_hunts(self):
        assert said(SLUG, "hunt {} bugs") == said(SLUG, "hunted {} bugs") == [numbered(SLUG, "Bug hunt")]


class TestTheProjectsSteps:
    """The prompt and its folded answer: 126 and 564 steps."""

    def test_model_5_used_another_batch_size(self, count_steps):
        steps, rows, epochs, batch = said(
            SLUG, "prints {} steps for Model 5, with {} texts and {} epochs. Its text says batch {}."
        )
        assert [rows, epochs, batch] == [REPORT["Model 5"][key] for key in ("rows", "epochs", "batch")]
        assert rows == said(SLUG, "fine-tuned BERT on {} film reviews")[0]
        [used] = said(SLUG, "So Model 5 used batches of {}")
        told = said(SLUG, "`count_steps({}, {}, {})` is {}, and with {} it is {}. So Model 5")
        assert told == [rows, epochs, batch, count_steps(rows, epochs, batch), used, steps]
        assert count_steps(rows, epochs, used) == steps != count_steps(rows, epochs, batch)

    def test_the_later_training_too(self, count_steps):
        rows, steps, epochs, batch = said(SLUG, "on {} texts shows {} steps for {} epochs, and the text says batch {}")
        assert [rows, epochs, batch] == [REPORT["refined"][key] for key in ("rows", "epochs", "batch")]
        [used] = said(SLUG, "So that training used {}")
        told = said(SLUG, "`count_steps({}, {}, {})` is {}, and with {} it is {}. So that training")
        assert told == [rows, epochs, batch, count_steps(rows, epochs, batch), used, steps]
        assert count_steps(rows, epochs, used) == steps != count_steps(rows, epochs, batch)


class TestTheSizesOfTheTrainings:
    def test_model_4_has_more_epochs_and_fewer_steps(self, recipes):
        told = said(SLUG, "Model {} has fewer steps than Model {}, although it has more epochs")
        many, few = (recipes[f"Model {number}"] for number in told)
        assert many["steps"] < few["steps"]
        assert many["epochs"] > few["epochs"]

    def test_four_chances_for_luck(self):
        [share] = said(SLUG, "so at least one in about {} of 100: 1 - 0.95 * 0.95 * 0.95 * 0.95")
        assert share == round(100 * (1 - 0.95**4))

    def test_so_many_seeds(self):
        seeds = re.search(r"for seed in course\.pick\(laptop=\((.*?)\)", cell(SLUG, "by_seed = "))
        assert said(SLUG, "train Models 1 and 2 with {} more seeds") == [len(seeds[1].split(","))]

    def test_dropout(self):
        config = json.loads((Path(sources.offline_checkpoint()) / "config.json").read_text(encoding="utf-8"))
        new, old = said(SLUG, "dropout {} in place of {}")
        assert made(SLUG, "dropout") == {"hidden_dropout_prob": new, "attention_probs_dropout_prob": new}
        assert config["hidden_dropout_prob"] == config["attention_probs_dropout_prob"] == old

    def test_more_texts_for_the_same_number_of_steps(self, recipes, n_train, count_steps):
        times, once = said(SLUG, "{} times the texts for {} epoch. So the number of steps stays the same")
        rows = made(SLUG, "more_rows", pool=SimpleNamespace(select=len), n_train=n_train)
        assert rows == times * n_train
        assert f'"epochs": {once}}}, rows=more_rows' in cell(SLUG, "more_rows = ")
        assert count_steps(rows, once, recipes["Model 1"]["batch"]) == recipes["Model 1"]["steps"]

    def test_counting_words_needs_so_many_times_the_texts(self, n_train):
        *_, small, _, _, large = said(SLUG, "{}% against {}% from {} texts, {}% against {}% from {}. To")
        assert [small, large] == [n_train, 3 * n_train]
        texts, times = said(SLUG, "85.2%, it needs about {} texts, {} times as many")
        assert round(texts / large) == times
        assert f"int({texts / n_train:g} * n_train)" in CODE

    def test_the_two_sizes_of_the_curve(self, n_train):
        assert said(SLUG, 'Model 1 learned from {} tweets, "more texts" from {}') == [n_train, 3 * n_train]

    def test_how_many_texts_would_show_one_point(self):
        """The first prompt."""
        [texts] = said(SLUG, "About {}. Ten times as many texts")
        assert 1.96 * math.sqrt(0.84 * 0.16 / texts) == pytest.approx(0.01, rel=0.02)
        assert said(SLUG, "Put other numbers in place of the {}, until it says {}") == [500, 0.01]

    def test_accumulation_counted(self, recipes, n_train, count_steps):
        """The last prompt."""
        batch, accumulation = said(SLUG, "Give Model 1 batches of {} and `gradient_accumulation_steps={}`")
        told = said(SLUG, "`count_steps({}, {}, {}, accumulation={})` is {}: as many as Model {}")
        steps = count_steps(n_train, recipes["Model 1"]["epochs"], batch, accumulation)
        assert told[:5] == [n_train, recipes["Model 1"]["epochs"], batch, accumulation, steps]
        like = recipes[f"Model {told[5]}"]
        assert like["steps"] == steps
        together = said(SLUG, "{} batches of {} make one step, like one batch of {}")
        assert together == [accumulation, batch, like["batch"]]
        assert steps not in [recipe["steps"] for recipe in recipes.values() if recipe is not like]

    def test_accumulation_run(self, count_steps, tmp_path):
        """The Trainer counts as `count_steps` does: eight batches, three at a time."""
        rows = Dataset.from_dict({"input_ids": [[5 + row] for row in range(8)], "label": [0, 1] * 4})
        settings = {"per_device_train_batch_size": 1, "gradient_accumulation_steps": 3, "num_train_epochs": 1}
        quiet = {"save_strategy": "no", "report_to": "none", "use_cpu": True, "disable_tqdm": True}
        trainer = Trainer(small_bert(), TrainingArguments(tmp_path, **settings, **quiet), train_dataset=rows)
        trainer.train()
        assert trainer.state.global_step == count_steps(8, 1, 1, accumulation=3) == 3


class TestTheTexts:
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
