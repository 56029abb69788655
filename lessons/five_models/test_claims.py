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

import jupytext
import pytest
from datasets import Dataset, load_dataset
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    Trainer,
    TrainingArguments,
)

from course_utils import sources
from tests.prose import prose

CELLS = jupytext.read(Path(__file__).with_name("lesson.py")).cells
CODE = [cell.source for cell in CELLS if cell.cell_type == "code"]
TEXT = "\n".join(cell.source for cell in CELLS if cell.cell_type == "markdown")
PROSE = prose("five_models")
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


def value_of(name: str, **names):
    """Return what the lesson assigns to a name in `laptop`, computed with the names that it needs."""
    node = next(n for n in ast.parse(source_of(name)).body if getattr(getattr(n, "targets", [0])[0], "id", "") == name)
    course = SimpleNamespace(pick=lambda laptop, full, smoke: laptop)
    return eval(compile(ast.Expression(node.value), name, "eval"), {"course": course, **names})


def run(source: str, **names) -> dict:
    """Run a cell of the lesson as `laptop` does, with the names that it needs."""
    space = {
        "course": SimpleNamespace(pick=lambda laptop, full, smoke: laptop),
        **names,
    }
    exec(source, space)
    return space


@pytest.fixture(scope="module")
def count_steps():
    """The lesson's own function."""
    return run(source_of("count_steps"))["count_steps"]


@pytest.fixture(scope="module")
def n_train():
    """On how many texts the lesson trains."""
    return value_of("n_train", pool=range(100_000))


@pytest.fixture(scope="module")
def recipes(n_train, count_steps):
    """The name of a model, and its epochs, its batch size and its length."""
    return run(source_of("recipes"), train=range(n_train), count_steps=count_steps)["recipes"]


@pytest.fixture(scope="module")
def reported() -> dict[str, dict]:
    """The rows of the project's table, as the lesson prints them."""
    rows = re.findall(
        r"^\| (\d) \| (\d) \| (\S+) \| (\d+) \| ([\d., ]+) \| ([\d., ]+) \|$",
        TEXT,
        re.M,
    )
    keys = ("epochs", "batch", "length", "training", "validation")
    table = {number: dict(zip(keys, rest, strict=True)) for number, *rest in rows}
    for row in table.values():
        row |= {name: [float(loss) for loss in row[name].split(",")] for name in ("training", "validation")}
    return table


class TestTheReport:
    def test_the_table_is_whole(self, reported):
        _, times = said("A student fine-tuned BERT on {} film reviews, {} times")
        assert len(reported) == times
        for row in reported.values():
            assert len(row["training"]) == len(row["validation"]) == int(row["epochs"])

    def test_the_losses_that_are_told_again_stand_in_it(self, reported):
        told = said("Model 3 begins with a training loss of {}. Model 2 ended with {}. Model 4 begins with {}")
        assert told == [
            reported["3"]["training"][0],
            reported["2"]["training"][-1],
            reported["4"]["training"][0],
        ]

    def test_its_two_scores_are_a_point_apart_and_so_wide(self):
        low, high = said("Later, {} became {}")
        assert said("The project's {} and {} came from {} texts")[:2] == [low, high]
        [rows] = said("came from {} texts")
        assert value_of("half_width", math=math) == 1.96 * math.sqrt(low * (1 - low) / rows)
        assert said("{} points each way") == [round(100 * value_of("half_width", math=math))]
        assert said("A difference of {} point says nothing there") == [round(100 * (high - low))]

    def test_the_table_and_the_sentence_agree_on_model_5(self, reported):
        assert said("The report says batch {}") == [int(reported["5"]["batch"])]
        assert said("for Model 5, with 2,000 texts and {} epochs") == [int(reported["5"]["epochs"])]


class TestWhatComesFromTheLessonBefore:
    def test_its_functions_are_still_the_same(self):
        before = (Path(__file__).parents[1] / "trainer" / "lesson.py").read_text(encoding="utf-8")
        names = re.search(r"functions come from there: (.*?)\. Each", PROSE)[1]
        names = re.findall(r"`(\w+)`", names)
        assert said("{} small functions come from there") == [len(names)]
        for name in names:
            node = next(n for n in ast.parse(source_of(name)).body if getattr(n, "name", "") == name)
            assert ast.get_source_segment(source_of(name), node) in before

    def test_so_many_layers_are_trained(self):
        assert said("without a GPU it trains {} layers and the head") == [value_of("TRAINED_LAYERS")]

    def test_there_are_so_many_bug_hunts(self):
        hunts = [int(number) for number in re.findall(r"^## Bug hunt (\d+):", TEXT, re.M)]
        assert said("hunt {} bugs") == said("hunted {} bugs") == [len(hunts)]
        assert hunts == list(range(1, len(hunts) + 1))


class TestTheProjectsSteps:
    """The prompt and its folded answer: 126 and 564 steps."""

    def test_model_5_used_another_batch_size(self, count_steps):
        steps, rows, epochs, batch = said(
            "says {} steps for Model 5, with {} texts and {} epochs. The report says batch {}."
        )
        assert rows == said("fine-tuned BERT on {} film reviews")[0]
        [used] = said("So Model 5 used batches of {}")
        told = said("`count_steps({}, {}, {})` is {}, and with {} it is {}. So Model 5")
        assert told == [
            rows,
            epochs,
            batch,
            count_steps(rows, epochs, batch),
            used,
            steps,
        ]
        assert count_steps(rows, epochs, used) == steps != count_steps(rows, epochs, batch)

    def test_the_later_training_too(self, count_steps):
        rows, steps, epochs, batch = said("on {} texts shows {} steps for {} epochs, and the report says batch {}")
        [used] = said("So that training used {}")
        told = said("`count_steps({}, {}, {})` is {}, and with {} it is {}. So that training")
        assert told == [
            rows,
            epochs,
            batch,
            count_steps(rows, epochs, batch),
            used,
            steps,
        ]
        assert count_steps(rows, epochs, used) == steps != count_steps(rows, epochs, batch)


class TestTheSizesOfTheTrainings:
    def test_model_4_has_more_epochs_and_fewer_steps(self, recipes, n_train, count_steps):
        many, few = said("Model {} has fewer steps than Model {}, although it has more epochs")
        (epochs, batch, _), (other_epochs, other_batch, _) = (
            recipes[f"Model {many}"],
            recipes[f"Model {few}"],
        )
        assert count_steps(n_train, epochs, batch) < count_steps(n_train, other_epochs, other_batch)
        assert epochs > other_epochs

    def test_so_many_seeds(self):
        seeds = re.search(
            r"for seed in course\.pick\(laptop=\((.*?)\), full=\((.*?)\)",
            source_of("by_seed"),
        )
        assert said("We train Models 1 and 2 with {} more seeds") == [len(seeds[1].split(","))]
        assert seeds[1] == seeds[2]
        assert f"{WORDS[1 + len(seeds[1].split(','))]} seeds each" in source_of("by_seed")

    def test_dropout(self):
        config = json.loads((Path(sources.offline_checkpoint()) / "config.json").read_text(encoding="utf-8"))
        new, old = said("Dropout {} in place of {}")
        assert value_of("dropout") == {
            "hidden_dropout_prob": new,
            "attention_probs_dropout_prob": new,
        }
        assert config["hidden_dropout_prob"] == config["attention_probs_dropout_prob"] == old

    def test_one_layer(self):
        assert said("Only {} trained layer") == [int(re.search(r"trained_layers=(\d)\)", source_of("recipe"))[1])]

    def test_more_texts_for_the_same_number_of_steps(self, recipes, n_train, count_steps):
        epochs, batch, _ = recipes["Model 1"]
        times, once = said("{} times the texts for {} epoch. So the number of steps stays the same")
        rows = value_of("more_rows", pool=SimpleNamespace(select=len), n_train=n_train)
        assert rows == times * n_train
        assert f"study({once}, batch, long, rows=more_rows" in source_of("more_rows")
        assert count_steps(rows, once, batch) == count_steps(n_train, epochs, batch)

    def test_three_sizes_with_the_same_number_of_steps(self, recipes, n_train, count_steps):
        epochs, batch, _ = recipes["Model 1"]
        more, rows = re.search(
            r"study\((\d+), batch, long, rows=train\.select\(range\((.*?)\)\)",
            source_of("few"),
        ).groups()
        rows = eval(rows, {"n_train": n_train})
        assert count_steps(rows, int(more), batch) == count_steps(n_train, epochs, batch)
        tuned = re.search(r"^tuned = (\{.*?\})$", source_of("few"), re.M)[1]
        sizes = eval(
            tuned,
            {"n_train": n_train, "few": 0, "tripled": 0, "results": {"Model 1": 0}},
        )
        assert list(sizes) == [rows, n_train, 3 * n_train]
        assert said("{} sizes, and always the same number of steps") == [len(sizes)]

    def test_accumulation_counted(self, recipes, n_train, count_steps):
        """The second prompt."""
        batch, accumulation = said("Give Model 1 batches of {} and `gradient_accumulation_steps={}`")
        told = said("`count_steps({}, {}, {}, accumulation={})` is {}: as many as Model {}")
        steps = count_steps(n_train, recipes["Model 1"][0], batch, accumulation)
        assert told[:5] == [n_train, recipes["Model 1"][0], batch, accumulation, steps]
        epochs, like, _ = recipes[f"Model {told[5]}"]
        assert count_steps(n_train, epochs, like) == steps
        assert said("{} batches of {} make one step, like one batch of {}") == [
            accumulation,
            batch,
            like,
        ]
        others = [count_steps(n_train, *recipe[:2]) for name, recipe in recipes.items() if name[-1] != f"{told[5]}"]
        assert steps not in others

    def test_accumulation_run(self, count_steps, tmp_path):
        """The Trainer counts as `count_steps` does: eight batches, three at a time."""
        size = {
            "hidden_size": 16,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "intermediate_size": 32,
        }
        model = BertForSequenceClassification(BertConfig(vocab_size=50, num_labels=2, **size))
        rows = Dataset.from_dict({"input_ids": [[5 + row] for row in range(8)], "label": [0, 1] * 4})
        settings = {
            "per_device_train_batch_size": 1,
            "gradient_accumulation_steps": 3,
            "num_train_epochs": 1,
        }
        quiet = {
            "save_strategy": "no",
            "report_to": "none",
            "use_cpu": True,
            "disable_tqdm": True,
        }
        trainer = Trainer(model, TrainingArguments(tmp_path, **settings, **quiet), train_dataset=rows)
        trainer.train()
        assert trainer.state.global_step == count_steps(8, 1, 1, accumulation=3) == 3


class TestTheTexts:
    def test_ours_had_so_many(self, n_train):
        assert said("Ours had {} tweets") == [n_train]

    def test_counting_words_gets_all_of_them(self, n_train):
        tweets = load_dataset(*sources.dataset("tweets", "laptop"), split="train")
        pool = sum(label != 1 for label in tweets["label"][:])  # 1 is neutral
        assert said("With all of the {} it catches up with the model that was fine-tuned on {}") == [pool, 3 * n_train]

    def test_the_projects_box(self):
        test, train, millions = said("{} times {}, divided by {} million")
        assert said("The project's box held {} million") == [millions]
        assert [train, test] == [
            int(re.search(rf"{name}\((\d+), len\(box\)", source_of("box"))[1]) for name in ("= min", ", min")
        ]
        copies = test * train / (millions * 1e6)
        assert "Less than one copy is to be expected" in PROSE
        assert 0 < copies < 1

    def test_the_sentiments_of_the_next_hunt(self):
        assert said("whose labels are {} for negative and {} for positive") == [0, 4]
        assert said("it says: *convert {} to {}*") == [4, 1]
        assert "0 = negative, 4 = positive -> convert 4 to 1" in source_of("comment")
