"""What this lesson says and no cell of it computes: its learning rates, its recorded trainings, its folded answers."""

import ast
import json
from collections import defaultdict

import jupytext
import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import BertConfig, BertForSequenceClassification

from course_tools.project import ROOT

CELLS = [cell.source for cell in jupytext.read(ROOT / "lessons" / "08_lora.py").cells if cell.cell_type == "code"]
RUNS = json.loads((ROOT / "benchmarks" / "lora_ways.json").read_text(encoding="utf-8"))
SHORT, LONG = {"steps": 32, "rows": 256, "batch": 8}, {"steps": 240, "rows": 1197, "batch": 8}
WAYS = {"last two layers": "last two", "full": "full", "LoRA": "LoRA"}  # the lesson's names, the benchmark's names


def value_of(name: str):
    """The literal that a cell of the lesson assigns to a name."""
    for source in CELLS:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == name:
                return node.value
    raise AssertionError(f"no cell assigns {name}")


def runs(protocol: dict, way: str) -> list[dict]:
    return [run for run in RUNS if run["way"] == way and protocol.items() <= run.items()]


def test_the_rates_are_the_best_on_the_validation_plans():
    call = value_of("rates")
    rates = next(ast.literal_eval(argument.value) for argument in call.keywords if argument.arg == "laptop")
    for name, way in WAYS.items():
        by_rate = defaultdict(list)
        for run in runs(SHORT, way):
            by_rate[run["rate"]].append(run["validation"])
        assert len(by_rate) >= 3
        assert all(len(scores) == 3 for scores in by_rate.values())
        assert max(by_rate, key=lambda rate: sum(by_rate[rate])) == rates[name]


def test_the_recorded_scores_are_those_of_the_benchmark():
    recorded = ast.literal_eval(value_of("recorded"))
    for name, way in WAYS.items():
        by_rate = defaultdict(list)
        for run in runs(LONG, way):
            by_rate[run["rate"]].append(run)
        first_seed = [run for run in runs(LONG, way) if run["seed"] == 0]
        chosen = max(first_seed, key=lambda run: run["validation"])["rate"]
        scores = [run["test"] for run in sorted(by_rate[chosen], key=lambda run: run["seed"])]
        assert len(scores) == 3
        assert recorded[name] == pytest.approx(scores, abs=5e-4)


@pytest.fixture
def base():
    def make(labels: list[str]):
        torch.manual_seed(0)
        size = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
        names = dict(enumerate(labels))
        config = BertConfig(vocab_size=50, id2label=names, label2id={name: n for n, name in names.items()}, **size)
        return BertForSequenceClassification(config).eval()

    return make


def plan(**more):
    return LoraConfig(r=2, target_modules=["query", "value"], init_lora_weights=False, **more)


def test_labels_in_another_order_are_not_noticed(base, tmp_path):
    """The folded answer: the shapes fit, the logits are the same, only the names are wrong."""
    ids = torch.arange(8)[None]
    adapted = get_peft_model(base(["for", "none", "against"]), plan(task_type="SEQ_CLS")).eval()
    adapted.save_pretrained(tmp_path)
    loaded = PeftModel.from_pretrained(base(["against", "none", "for"]), tmp_path).eval()
    assert torch.equal(loaded(ids).logits, adapted(ids).logits)
    number = adapted(ids).logits.argmax().item()
    assert loaded.config.id2label[0] != adapted.config.id2label[0]
    assert number in loaded.config.id2label


def test_mismatched_sizes_can_be_ignored_and_the_head_is_lost(base, tmp_path):
    adapted = get_peft_model(base(["a", "b", "c"]), plan(task_type="SEQ_CLS"))
    adapted.save_pretrained(tmp_path)
    fresh = base(["a", "b"])
    random_head = fresh.classifier.weight.clone()
    loaded = PeftModel.from_pretrained(fresh, tmp_path, ignore_mismatched_sizes=True)
    assert torch.equal(loaded.base_model.model.classifier.modules_to_save["default"].weight, random_head)


def test_cat_is_exact_with_a_negative_weight_too(base):
    """The folded answer: 2 and -1."""
    model = get_peft_model(base(["a", "b"]), plan(), adapter_name="one")
    model.add_adapter("other", plan())
    model.add_weighted_adapter(["one", "other"], [2.0, -1.0], "away", combination_type="cat")
    query = model.base_model.model.bert.encoder.layer[0].attention.self.query
    wanted = 2 * query.get_delta_weight("one") - query.get_delta_weight("other")
    assert torch.allclose(query.get_delta_weight("away"), wanted, atol=1e-6)


def test_wrong_target_names_have_an_error_of_their_own(base):
    with pytest.raises(ValueError, match="q_lin") as caught:
        get_peft_model(base(["a", "b"]), LoraConfig(target_modules=["q_lin"]))
    assert type(caught.value).__name__ == "NoMatchingPeftModuleError"
