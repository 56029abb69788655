"""What this lesson says and no cell of it computes: its counts of steps, the Trainer's rules, the errors of its table.

Numbers are read out of the lesson's sentences, with `said`, and held against the lesson's own code: neither can change
without the other.
"""

import ast
import math
import re
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from datasets import Dataset
from transformers import EarlyStoppingCallback, Trainer, TrainingArguments

from benchmarks import results
from lessons.trainer import figures
from tests.prose import cell, cells, executed, made, numbered, prose, said, small_bert

SLUG = "trainer"
TEXT = "\n".join(cells(SLUG, "markdown"))
CODE = "\n".join(cells(SLUG))
STEP = results.cited()["step"]
NAMES = {field.name for field in fields(TrainingArguments)}


@pytest.fixture(scope="module")
def count_steps():
    """The lesson's own function."""
    return made(SLUG, "count_steps", math=math)


@pytest.fixture(scope="module")
def posts_train():
    """As many rows as the lesson trains on."""
    return made(SLUG, "posts_train", posts={"train": SimpleNamespace(select=list)})


@pytest.fixture
def trap(tmp_path):
    """The arguments of bug hunt 1."""
    return arguments(tmp_path, **made(SLUG, "published"), max_steps=-1)


@pytest.fixture
def model():
    return small_bert(num_labels=8)


@pytest.fixture
def rows():
    """Eight rows of unequal length."""
    ids = [[5 + row] * (1 + row % 4) for row in range(8)]
    return Dataset.from_dict({"input_ids": ids, "label": list(range(8))})


def looped_over(word: str) -> tuple[str, ...]:
    """Return the names that a loop of the lesson walks through, this word among them."""
    loops = (node for node in ast.walk(ast.parse(cell(SLUG, f'"{word}"'))) if isinstance(node, ast.For))
    return ast.literal_eval(next(loops).iter)


def arguments(folder, **more):
    fixed = {"output_dir": folder, "report_to": "none", "use_cpu": True, "disable_tqdm": True, "max_steps": 2}
    fixed |= {"per_device_train_batch_size": 1, "per_device_eval_batch_size": 1}
    return TrainingArguments(**(fixed | more))


class TestTheGroups:
    def test_so_many_names_of_older_pages_are_gone(self):
        asked = looped_over("evaluation_strategy")
        assert said(SLUG, "{} of the {} are gone") == [len(set(asked) - NAMES), len(asked)]
        assert "More than a hundred." in prose(SLUG)
        assert len(NAMES) > 100

    def test_there_are_so_many_groups(self):
        assert said(SLUG, "{} groups are enough") == [numbered(SLUG, "Group")] == [len(figures.GROUPS)]
        assert said(SLUG, "arguments in {} groups") == [numbered(SLUG, "Group")]

    def test_the_picture_names_arguments_that_stand_in_the_tables(self):
        assert set(figures.GROUPS.values()) <= NAMES
        tables = [part.partition("\n## ")[0] for part in re.split(r"^# ## Group \d", TEXT, flags=re.M)]
        assert all(f"`{name}`" in TEXT for name in figures.GROUPS.values()), tables

    def test_there_are_so_many_bug_hunts(self):
        assert said(SLUG, "hunt {} bugs") == said(SLUG, "hunted {} bugs") == [numbered(SLUG, "Bug hunt")]

    def test_so_many_layers_are_trained(self):
        layers = made(SLUG, "TRAINED_LAYERS")
        assert f"TRAINED_LAYERS = course.pick(laptop={layers}, full=None" in cell(SLUG, "def fresh_model(")
        assert said(SLUG, "Without a GPU we train the last {} layers and the head") == [layers]
        assert said(SLUG, "{} layers of this small model take") == [layers]

    def test_every_argument_in_the_tables_exists(self):
        named = set(re.findall(r"`([a-z0-9_]+)`", "\n".join(re.findall(r"^\| (`[^|]*) \| [^|]*\|$", TEXT, re.M))))
        named |= {"seed", "push_to_hub", "hub_model_id", "hub_strategy", "hub_private_repo", "hub_token"}
        assert len(named) > 25
        assert named | {"train_sampling_strategy"} <= NAMES

    def test_the_two_learning_rates_are_those_of_the_code(self):
        rates = re.search(r"laptop=(\S+), full=(\S+),", cell(SLUG, "how_big = {")).groups()
        assert said(SLUG, "small model take {}. All of BERT base wants {} or less") == [float(rate) for rate in rates]

    def test_rows_are_rounded_up_twice(self, count_steps):
        batches, steps = said(SLUG, "in batches of 4 are {} batches"), said(SLUG, "with accumulation 2 are {} steps")
        assert batches == [count_steps(10, 1, 4)]
        assert steps == [count_steps(10, 1, 4, accumulation=2)]

    def test_it_evaluates_so_often(self, count_steps, posts_train):
        steps = made(SLUG, "steps", count_steps=count_steps, posts_train=posts_train)
        assert steps == count_steps(len(posts_train), *made(SLUG, "how_long").values())
        pace = made(SLUG, "pace", steps=steps)
        assert said(SLUG, "We evaluate and save at the same steps, {} times") == [len(range(pace, steps + 1, pace))]
        assert made(SLUG, "keep", pace=pace)["save_steps"] == pace

    def test_a_line_of_the_log_is_the_mean_of_so_many_posts(self):
        lines = made(SLUG, "watch", pace=1)["logging_steps"]
        size = made(SLUG, "how_long")["per_device_train_batch_size"]
        assert said(SLUG, "Each line is the mean of {} batches, of {} posts") == [lines, lines * size]

    def test_early_stopping_waits_for_two(self):
        [patience] = re.findall(r"early_stopping_patience=(\d+)", cell(SLUG, "LiveCurve(), Early"))
        assert said(SLUG, "Ours waits for {}.") == [int(patience)]
        assert said(SLUG, "After {} evaluations without a better loss") == [int(patience)]

    def test_the_defaults_that_the_line_shows(self):
        unset = TrainingArguments("unused")
        assert str(unset.optim.value).startswith("adamw")  # "AdamW"
        assert unset.lr_scheduler_type == "linear"
        assert unset.report_to == []  # "`"none"` (today's default)"
        assert said(SLUG, "the default is {}, and more is faster") == [unset.per_device_eval_batch_size]
        assert said(SLUG, "gradients cut at {}") == [unset.max_grad_norm]

    def test_the_metrics_are_tried_on_so_many_answers(self):
        functions = executed(SLUG, "def compute_metrics(")
        tried = executed(SLUG, "np.eye", compute_metrics=functions["compute_metrics"])
        scores = functions["compute_metrics"]((tried["logits"], tried["truth"]))
        right, answers, accuracy = said(SLUG, "{} of {} are right: {}. By hand")
        assert scores["accuracy"] == accuracy == right / answers
        *each, mean = said(SLUG, "The mean of {}, {}, 2/3 and {} is {}")
        assert sum([*each, 2 / 3]) / 4 == pytest.approx(mean, abs=0.005)
        assert scores["f1"] == pytest.approx(mean, abs=0.005)

    def test_the_default_is_not_to_evaluate(self, tmp_path):
        assert arguments(tmp_path).eval_strategy == "no"

    def test_best_needs_no_matching_strategies(self, tmp_path):
        settings = {"eval_strategy": "steps", "eval_steps": 3, "save_strategy": "best", "metric_for_best_model": "loss"}
        assert arguments(tmp_path, load_best_model_at_end=True, **settings).load_best_model_at_end

    def test_max_steps_wins_over_epochs(self, model, rows, tmp_path):
        trainer = Trainer(model, arguments(tmp_path, num_train_epochs=3, save_strategy="no"), train_dataset=rows)
        trainer.train()
        assert trainer.state.global_step == 2


class TestABestModelThatWasNotSaved:
    """The first prompt, and its folded answer."""

    def train(self, model, rows, folder, save_steps):
        """Evaluate every second step, and let each score be worse than the one before."""
        scores = iter((0.9, 0.8, 0.5, 0.4))
        settings = {"eval_strategy": "steps", "eval_steps": 2, "save_steps": save_steps, "max_steps": 8}
        settings |= {"load_best_model_at_end": True, "metric_for_best_model": "accuracy"}
        scored = {"eval_dataset": rows, "compute_metrics": lambda _: {"accuracy": next(scores)}}
        trainer = Trainer(model, arguments(folder, **settings), train_dataset=rows, **scored)
        trainer.train()
        return trainer.state

    def test_the_numbers_are_those_of_the_cell(self):
        evaluates, saves = map(int, re.search(r"eval_steps=(\d+), save_steps=(\d+), \*\*both\)\)", CODE).groups())
        old, new = said(SLUG, "Change the {} to {}, and the complaint is gone")
        [best] = said(SLUG, "has its best score at step {}")
        assert old == saves
        assert old % evaluates  # so it complains
        assert best == evaluates == said(SLUG, "nothing was saved at step {}")[0]
        assert said(SLUG, "{} is a multiple of {}, so the check is content") == [new, evaluates]
        assert new % evaluates == 0
        assert new > best  # so nothing is saved there

    def test_a_multiple_is_not_enough(self, model, rows, tmp_path):
        assert self.train(model, rows, tmp_path, save_steps=4).best_model_checkpoint is None
        assert "`trainer.state.best_model_checkpoint` is `None`" in prose(SLUG)

    def test_equal_numbers_are(self, model, rows, tmp_path):
        assert Path(self.train(model, rows, tmp_path, save_steps=2).best_model_checkpoint).name == "checkpoint-2"


class TestBugHunt1:
    def test_its_settings_are_those_that_the_text_tells(self, trap):
        rows, batch, epochs = said(SLUG, "with its own settings: {} rows, batches of {}, {} epochs")
        assert f"posts_train.select(range({rows}))" in cell(SLUG, "def six_rows(")
        assert [trap.per_device_train_batch_size, trap.num_train_epochs] == [batch, epochs]

    def test_it_has_so_many_steps(self, trap, count_steps):
        rows, batch, epochs = said(SLUG, "with its own settings: {} rows, batches of {}, {} epochs")
        steps = count_steps(rows, epochs, batch)
        told = said(SLUG, "{} steps. It wanted to evaluate at step {} and to save at step {}")
        assert told == [steps, trap.eval_steps, trap.save_steps]
        assert said(SLUG, "After steps {}, {} and {}, both times") == list(range(1, steps + 1))

    def test_early_stopping_waits_so_long(self):
        patience = re.search(r"early_stopping_patience=(\d+)", cell(SLUG, "def six_rows("))[1]
        assert said(SLUG, "Early stopping waits for {} evaluations") == [int(patience)]

    def test_the_shares_of_the_prompt_are_a_quarter(self):
        assert said(SLUG, "with two shares of {}") == said(SLUG, "A share of {} means every quarter") == [0.25]

    def test_a_column_of_labels_with_another_name_is_dropped(self, model, rows, tmp_path):
        renamed = rows.rename_column("label", "sentiment")
        with pytest.raises(ValueError) as error:
            Trainer(model, arguments(tmp_path), train_dataset=renamed).train()
        assert "The model did not return a loss" in str(error.value)
        assert '"The model did not return a loss"' in prose(SLUG)

    def test_without_a_tokenizer_texts_are_skipped(self, model, tmp_path):
        rows = [{"text": "some words", "input_ids": [5, 6], "label": 1}]
        trainer = Trainer(model, arguments(tmp_path, remove_unused_columns=False), eval_dataset=rows)
        assert set(next(iter(trainer.get_eval_dataloader()))) == {"input_ids", "labels"}


class TestBugHunt2:
    def test_the_luck_of_two_rows(self):
        assert said(SLUG, "2/3 times 2/3, so {}%") == [round(100 * (2 / 3) ** 2)]
        assert said(SLUG, "Two rows can only give {}%, {}% or {}%") == [0, 50, 100]

    def test_the_notebooks_table_comes_again(self):
        """Its page prints six warnings under the first table (seed 001, line 718)."""
        names = executed(SLUG, "classification_report(")
        assert len(names["caught"]) == 6
        assert {str(each.message).split()[0] for each in names["caught"]} == {"Precision", "Recall"}


def test_the_project_writes_so_many_gigabytes():
    """The third prompt. Its model is `bert-base-uncased`: 109,483,778 weights with two labels."""
    millions, steps, pace = said(SLUG, "trains all {} million weights of BERT base for {} steps, with `save_steps={}`")
    [size] = said(SLUG, "Each weight takes {} bytes")
    [numbers] = said(SLUG, "A checkpoint holds {} numbers for each weight")
    one = millions * 1e6 * size * numbers / 1e9
    told, times, together = said(SLUG, "That is {} GB. It saves {} times, and once more at the end: {} GB")
    assert [told, times, together] == [round(one, 1), steps // pace, round(one * (steps // pace + 1))]


def test_what_16_bits_bring_is_what_the_benchmark_measured():
    assert "`benchmarks/README.md`" in prose(SLUG)
    assert said(SLUG, "with bf16 took {} of the time") == [round(STEP["levers"]["bf16"]["ratio"]["median"], 2)]


def test_the_arguments_of_a_push_exist():
    section = TEXT[TEXT.index("## Where does a push") :].partition("## In this notebook")[0]
    assert set(re.findall(r"`(\w*hub\w*)(?:=True)?`", section)) <= NAMES


class TestWhereItBreaks:
    """Each error of the table is raised, and says what the table's first column says."""

    @staticmethod
    def words(start: str) -> str:
        """Return the error that a row of the table begins with, as a pattern."""
        row = re.search(rf"^\| `((?:\w+: \.\.\. )?{re.escape(start)}[^`]*)`", TEXT, re.M)
        assert row, f"no row of the table begins with {start}"
        return ".*".join(re.escape(part) for part in row[1].removeprefix("TypeError: ...").strip().split("..."))

    @staticmethod
    def plain(error: pytest.ExceptionInfo) -> str:
        return str(error.value).replace("`", "").replace("--", "")

    def test_an_old_name(self, tmp_path):
        with pytest.raises(TypeError) as error:
            arguments(tmp_path, evaluation_strategy="epoch")
        assert re.search(self.words("unexpected keyword"), self.plain(error))

    def test_strategies_that_differ(self, tmp_path):
        with pytest.raises(ValueError) as error:
            arguments(tmp_path, load_best_model_at_end=True, eval_strategy="steps", save_strategy="epoch")
        assert re.search(self.words("requires the save"), self.plain(error))

    def test_evaluation_without_data(self, model, rows, tmp_path):
        with pytest.raises(ValueError, match="eval_strategy") as error:
            Trainer(model, arguments(tmp_path, eval_strategy="epoch"), train_dataset=rows)
        assert re.search(self.words("you didn't pass"), self.plain(error))

    def test_a_metric_that_nobody_computes(self, model, rows, tmp_path):
        settings = {"eval_strategy": "steps", "eval_steps": 1, "save_steps": 1, "metric_for_best_model": "accuracy"}
        trainer = Trainer(
            model, arguments(tmp_path, load_best_model_at_end=True, **settings), train_dataset=rows, eval_dataset=rows
        )
        assert "| `KeyError` about `eval_accuracy` |" in TEXT
        with pytest.raises(KeyError, match="eval_accuracy"):
            trainer.train()

    def test_early_stopping_without_evaluation(self, model, rows, tmp_path):
        trainer = Trainer(
            model, arguments(tmp_path, metric_for_best_model="loss"), train_dataset=rows,
            callbacks=[EarlyStoppingCallback()],
        )  # fmt: skip
        with pytest.raises(AssertionError) as error:
            trainer.train()
        assert re.search(self.words("EarlyStoppingCallback"), self.plain(error))

    def test_resume_without_a_checkpoint(self, model, rows, tmp_path):
        trainer = Trainer(model, arguments(tmp_path), train_dataset=rows)
        with pytest.raises(ValueError) as error:
            trainer.train(resume_from_checkpoint=True)
        assert re.search(self.words("No valid checkpoint"), self.plain(error))

    @pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
    def test_bf16_on_a_cpu_must_be_asked_for_twice(self, tmp_path):
        with pytest.raises(ValueError) as error:
            arguments(tmp_path, bf16=True, use_cpu=False)
        assert re.search(self.words("You need to"), self.plain(error))
        assert arguments(tmp_path, bf16=True, use_cpu=True).bf16


def test_grouping_by_length_reorders_the_answers(model, rows, tmp_path):
    """Its `label_ids` come in the order of the answers, a column of the dataset does not."""
    orders = {}
    for strategy in ("random", "group_by_length"):
        trainer = Trainer(model, arguments(tmp_path, train_sampling_strategy=strategy), eval_dataset=rows)
        orders[strategy] = trainer.predict(rows).label_ids.tolist()
    assert orders["random"] == rows["label"][:]
    assert orders["group_by_length"] != rows["label"][:]
    assert sorted(orders["group_by_length"]) == rows["label"][:]


def test_a_second_train_goes_on_where_the_first_ended(model, rows, tmp_path):
    trainer = Trainer(model, arguments(tmp_path, save_strategy="no"), train_dataset=rows)
    before = model.classifier.weight.clone()
    trainer.train()
    assert trainer.model is model
    assert not torch.equal(before, model.classifier.weight)


def test_tensorboard_writes_where_the_environment_says(model, rows, tmp_path, monkeypatch):
    monkeypatch.setenv("TENSORBOARD_LOGGING_DIR", str(tmp_path / "there"))
    Trainer(model, arguments(tmp_path, report_to="tensorboard", logging_steps=1), train_dataset=rows).train()
    assert list((tmp_path / "there").glob("events.out.tfevents*"))
