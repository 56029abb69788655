"""What this lesson says and no cell of it computes: its counts of steps, the Trainer's rules, the errors of its table.

Numbers are read out of the lesson's sentences, with `said`, and held against the lesson's own code: neither can change
without the other.
"""

import ast
import json
import re
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace

import jupytext
import pytest
import torch
from datasets import Dataset
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    EarlyStoppingCallback,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)

from course_utils import sources
from tests.prose import prose

CELLS = jupytext.read(Path(__file__).with_name("lesson.py")).cells
CODE = [cell.source for cell in CELLS if cell.cell_type == "code"]
TEXT = "\n".join(cell.source for cell in CELLS if cell.cell_type == "markdown")
PROSE = prose("trainer")
WORDS = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
)
NUMBER = rf"(\d+(?:,\d{{3}})*(?:\.\d+)?(?:e-?\d+)?|(?i:{'|'.join(WORDS)}))"
STEP = json.loads((sources.DATA.parent / "benchmarks" / "results.json").read_text(encoding="utf-8"))["step"]["found"]
NAMES = {field.name for field in fields(TrainingArguments)}


def said(sentence: str) -> list[int | float]:
    """Return the numbers that the lesson says where `sentence` has `{}`: as `tests.prose.said`, but words count, too.

    The sentence, or the part of one, must stand in the lesson exactly once.
    """
    found = re.findall(NUMBER.join(re.escape(part) for part in sentence.split("{}")), PROSE)
    assert len(found) == 1, f"the lesson says {len(found)} times: {sentence}"
    words = [word.lower().replace(",", "") for word in ([found[0]] if isinstance(found[0], str) else found[0])]
    return [WORDS.index(word) if word in WORDS else ast.literal_eval(word) for word in words]


def source_of(name: str) -> str:
    """Return the cell that assigns or defines a name."""
    for source in CODE:
        for node in ast.parse(source).body:
            targets = getattr(node, "targets", [])
            if name in (
                getattr(node, "name", ""),
                *(getattr(target, "id", "") for target in targets),
            ):
                return source
    raise AssertionError(f"no cell makes {name}")


def run(source: str, **names) -> dict:
    """Run a cell of the lesson as `laptop` does, with the names that it needs."""
    space = {
        "course": SimpleNamespace(pick=lambda laptop, full, smoke: laptop, metric=sources.metric, seed=42),
        **names,
    }
    exec(source, space)
    return space


@pytest.fixture(scope="module")
def count_steps():
    """The lesson's own function."""
    return run(source_of("count_steps"), posts_train=range(160))["count_steps"]


@pytest.fixture(scope="module")
def posts_train():
    """As many rows as the lesson trains on."""
    line = re.search(r"^posts_train = .*$", source_of("posts_train"), re.M)[0]
    return run(line, posts={"train": SimpleNamespace(select=list)})["posts_train"]


@pytest.fixture
def trap(tmp_path):
    """The arguments of bug hunt 1."""
    return run(
        source_of("trap"),
        course=SimpleNamespace(workdir=tmp_path),
        TrainingArguments=TrainingArguments,
    )["trap"]


@pytest.fixture
def model():
    size = {
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 32,
    }
    return BertForSequenceClassification(BertConfig(vocab_size=50, num_labels=8, **size))


@pytest.fixture
def rows():
    """Eight rows of unequal length."""
    ids = [[5 + row] * (1 + row % 4) for row in range(8)]
    return Dataset.from_dict({"input_ids": ids, "label": list(range(8))})


def arguments(folder, **more):
    fixed = {
        "output_dir": folder,
        "report_to": "none",
        "use_cpu": True,
        "disable_tqdm": True,
        "max_steps": 2,
    }
    fixed |= {"per_device_train_batch_size": 1, "per_device_eval_batch_size": 1}
    return TrainingArguments(**(fixed | more))


class TestTheGroups:
    def test_so_many_names_of_older_pages_are_gone(self):
        loop = next(node for node in ast.walk(ast.parse(CODE[2])) if isinstance(node, ast.For))
        asked = ast.literal_eval(loop.iter)
        assert said("More than a hundred, and {} of the {} are gone") == [
            len(set(asked) - NAMES),
            len(asked),
        ]
        assert len(NAMES) > 100

    def test_there_are_so_many_groups(self):
        groups = [int(number) for number in re.findall(r"^## Group (\d+):", TEXT, re.M)]
        assert said("{} small groups are enough") == said("arguments in {} groups") == [len(groups)]
        assert groups == list(range(1, len(groups) + 1))

    def test_there_are_so_many_bug_hunts(self):
        hunts = [int(number) for number in re.findall(r"^## Bug hunt (\d+):", TEXT, re.M)]
        assert said("hunt {} bugs") == said("hunted {} bugs") == [len(hunts)]
        assert hunts == list(range(1, len(hunts) + 1))

    def test_so_many_layers_are_trained(self):
        layers = int(
            re.search(r"^TRAINED_LAYERS = course\.pick\(laptop=(\d+), full=None", source_of("fresh_model"), re.M)[1]
        )
        assert said("Without a GPU we train the last {} layers and the head") == [layers]
        assert said("{} layers of the small offline checkpoint") == [layers]

    def test_every_argument_in_the_tables_exists(self):
        named = set(
            re.findall(
                r"`([a-z0-9_]+)`",
                "\n".join(re.findall(r"^\| (`[^|]*) \| [^|]*\|$", TEXT, re.M)),
            )
        )
        named |= {
            "seed",
            "push_to_hub",
            "hub_model_id",
            "hub_strategy",
            "hub_private_repo",
            "hub_token",
        }
        assert len(named) > 25
        assert named | {"train_sampling_strategy"} <= NAMES

    def test_the_two_learning_rates_are_those_of_the_code(self):
        rates = re.search(r"laptop=(\S+), full=(\S+),", source_of("how_big")).groups()
        assert said("take {} here. All of BERT base wants {} or less") == [float(rate) for rate in rates]

    def test_the_schedules_climb_for_so_many_steps(self):
        curves = run(source_of("curves"))["curves"]
        [climbing] = said("All three climb for {} steps")
        for _, rates in curves.values():
            assert next(step for step in range(99) if rates[step + 1] <= rates[step]) == climbing
        assert TrainingArguments("unused").lr_scheduler_type == "linear"  # "`linear` is the default"

    def test_it_evaluates_so_often(self, count_steps, posts_train):
        steps = run(source_of("count_steps"), posts_train=posts_train)["steps"]
        pace = run(source_of("pace"), steps=steps)["pace"]
        assert said("Ours evaluates and saves {} times") == [len(range(pace, steps + 1, pace))]
        assert "Every fourth step has a training loss" in PROSE
        assert run(source_of("watch"), steps=steps)["watch"]["logging_steps"] == 4

    def test_the_defaults_that_the_line_shows(self):
        unset = TrainingArguments("unused")
        assert str(unset.optim.value).startswith("adamw")  # "AdamW"
        assert said("gradients cut at {}") == [unset.max_grad_norm]

    def test_the_metrics_are_tried_on_so_many_answers(self):
        source = source_of("compute_metrics")
        tried = eval(source.strip().splitlines()[-1], run(source))
        answers, right = said("{} answers, {} of them right")
        assert tried["accuracy"] == right / answers
        assert f"np.eye({answers})" in source

    def test_the_default_is_not_to_evaluate(self, tmp_path):
        assert arguments(tmp_path).eval_strategy == "no"

    def test_best_needs_no_matching_strategies(self, tmp_path):
        settings = {
            "eval_strategy": "steps",
            "eval_steps": 3,
            "save_strategy": "best",
            "metric_for_best_model": "loss",
        }
        assert arguments(tmp_path, load_best_model_at_end=True, **settings).load_best_model_at_end

    def test_max_steps_wins_over_epochs(self, model, rows, tmp_path):
        trainer = Trainer(
            model,
            arguments(tmp_path, num_train_epochs=3, save_strategy="no"),
            train_dataset=rows,
        )
        trainer.train()
        assert trainer.state.global_step == 2


class TestABestModelThatWasNotSaved:
    """The first prompt, and its folded answer."""

    def train(self, model, rows, folder, save_steps):
        """Evaluate every second step, and let each score be worse than the one before."""
        scores = iter((0.9, 0.8, 0.5, 0.4))
        settings = {
            "eval_strategy": "steps",
            "eval_steps": 2,
            "save_steps": save_steps,
            "max_steps": 8,
        }
        settings |= {
            "load_best_model_at_end": True,
            "metric_for_best_model": "accuracy",
        }
        scored = {
            "eval_dataset": rows,
            "compute_metrics": lambda _: {"accuracy": next(scores)},
        }
        trainer = Trainer(model, arguments(folder, **settings), train_dataset=rows, **scored)
        trainer.train()
        return trainer.state

    def test_the_numbers_are_those_of_the_cell(self):
        pair = run(source_of("combinations"), TrainingArguments=TrainingArguments)["combinations"]["two paces"]
        [saves] = said("Give the second pair `save_steps={}`")
        [best] = said("has its best score at step {}")
        assert best == pair["eval_steps"] == said("nothing was saved at step {}")[0]
        assert saves % pair["eval_steps"] == 0  # so the error is gone
        assert saves > best  # so nothing is saved there

    def test_a_multiple_is_not_enough(self, model, rows, tmp_path):
        assert self.train(model, rows, tmp_path, save_steps=4).best_model_checkpoint is None
        assert "`trainer.state.best_model_checkpoint` is `None`" in PROSE

    def test_equal_numbers_are(self, model, rows, tmp_path):
        assert Path(self.train(model, rows, tmp_path, save_steps=2).best_model_checkpoint).name == "checkpoint-2"


class TestBugHunt1:
    def test_its_settings_are_those_that_the_text_tells(self, trap):
        rows, batch, epochs = said("with its own settings: {} rows, batches of {}, {} epochs")
        assert f"posts_train.select(range({rows}))" in source_of("trapped")
        assert [trap.per_device_train_batch_size, trap.num_train_epochs] == [
            batch,
            epochs,
        ]

    def test_it_has_so_many_steps(self, trap, count_steps):
        rows, batch, epochs = said("with its own settings: {} rows, batches of {}, {} epochs")
        steps = count_steps(rows, epochs, batch)
        told = said("{} steps. It wanted to evaluate at step {} and to save at step {}")
        assert told == [steps, trap.eval_steps, trap.save_steps]
        assert said("make sense for {} steps?") == said("For {} steps: `eval_steps=1") == [steps]

    def test_early_stopping_waits_so_long(self):
        patience = re.search(r"early_stopping_patience=(\d+)", source_of("trapped"))[1]
        assert said("Early stopping waits for {} evaluations") == [int(patience)]

    @pytest.mark.parametrize("steps", [8, 9])
    def test_a_share_of_the_steps_may_be_given(self, model, rows, tmp_path, steps):
        """The folded answer."""
        share, times = said("`eval_steps={}` means about {} times in a training")
        settings = {
            "eval_strategy": "steps",
            "eval_steps": share,
            "save_strategy": "no",
            "max_steps": steps,
        }
        trainer = Trainer(
            model,
            arguments(tmp_path, **settings),
            train_dataset=rows,
            eval_dataset=rows,
        )
        trainer.train()
        assert abs(sum("eval_loss" in entry for entry in trainer.state.log_history) - times) <= 1


def test_the_power_cut_loses_the_steps_that_the_text_tells():
    cut = run(source_of("PowerCut"), TrainerCallback=TrainerCallback)["PowerCut"]()
    settings = {name: int(value) for name, value in re.findall(r"(\w+_steps)=(\d+)", source_of("PowerCut"))}

    def plug_is_pulled(step: int) -> bool:
        try:
            cut.on_step_end(None, SimpleNamespace(global_step=step), None)
        except RuntimeError:
            return True
        return False

    end = next(step for step in range(1, 100) if plug_is_pulled(step))
    kept = end // settings["save_steps"] * settings["save_steps"]
    assert said("We train {} steps twice") == [settings["max_steps"]]
    assert said("pulls the plug at step {}") == [end]
    assert said("Steps {} and {} were lost") == list(range(kept + 1, end + 1))
    assert f'"checkpoint-{kept}"' in "\n".join(CODE)


def test_what_16_bits_bring_is_what_the_benchmark_measured():
    assert "`benchmarks/README.md`" in PROSE
    assert said("{}% of the time of a step is matrix products") == [round(100 * STEP["profile"]["matrix products"])]
    assert said("with bf16 took {} of the time") == [round(STEP["levers"]["bf16"]["ratio"]["median"], 2)]


def test_a_push_has_more_arguments_than_the_cell_shows():
    shown = ast.literal_eval(next(n for n in ast.walk(ast.parse(CODE[-1])) if isinstance(n, ast.For)).iter)
    assert said("We only look at {} of them") == [len(shown)]
    assert "A fifth argument is `hub_token`" in PROSE
    assert {*shown, "hub_token"} <= NAMES
    assert len(shown) == 4


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
            arguments(
                tmp_path,
                load_best_model_at_end=True,
                eval_strategy="steps",
                save_strategy="epoch",
            )
        assert re.search(self.words("requires the save"), self.plain(error))

    def test_evaluation_without_data(self, model, rows, tmp_path):
        with pytest.raises(ValueError, match="eval_strategy") as error:
            Trainer(model, arguments(tmp_path, eval_strategy="epoch"), train_dataset=rows)
        assert re.search(self.words("you didn't pass"), self.plain(error))

    def test_a_metric_that_nobody_computes(self, model, rows, tmp_path):
        settings = {
            "eval_strategy": "steps",
            "eval_steps": 1,
            "save_steps": 1,
            "metric_for_best_model": "accuracy",
        }
        trainer = Trainer(
            model,
            arguments(tmp_path, load_best_model_at_end=True, **settings),
            train_dataset=rows,
            eval_dataset=rows,
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
        trainer = Trainer(
            model,
            arguments(tmp_path, train_sampling_strategy=strategy),
            eval_dataset=rows,
        )
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
    Trainer(
        model,
        arguments(tmp_path, report_to="tensorboard", logging_steps=1),
        train_dataset=rows,
    ).train()
    assert list((tmp_path / "there").glob("events.out.tfevents*"))
