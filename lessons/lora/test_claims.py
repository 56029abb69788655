"""What this lesson says and no cell of it checks: its rates, its recorded trainings, its shares, its folded answers."""

import ast
import json
import math
import re
from collections import defaultdict

import numpy as np
import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoConfig, BertConfig, DistilBertConfig, DistilBertForSequenceClassification

from course_tools.project import ROOT
from course_utils.sources import DATA, offline_checkpoint
from tests.prose import cells, made, printed, prose, said, small_bert, stored_records

SLUG = "lora"
CARD = (DATA / "stance" / "README.md").read_text(encoding="utf-8")
PLAN = made(SLUG, "lora_plan", LoraConfig=LoraConfig)()
RUNS = json.loads((ROOT / "benchmarks" / "lora_ways.json").read_text(encoding="utf-8"))
WAYS = {"last two layers": "last two", "full": "full", "LoRA": "LoRA"}  # the lesson's names, the benchmark's names
RATES = made(SLUG, "rates", ways=list(WAYS))


def batch_size() -> int:
    return int(re.search(r'"per_device_train_batch_size": course.pick\(laptop=(\d+)', "\n".join(cells(SLUG)))[1])


def runs(protocol: dict, way: str) -> list[dict]:
    return [run for run in RUNS if run["way"] == way and protocol.items() <= run.items()]


def test_the_rates_are_the_best_on_the_validation_plans():
    assert "we tried three for each way, with three seeds, and kept the best on the *validation* plans" in prose(SLUG)
    protocol = {"steps": made(SLUG, "steps"), "rows": made(SLUG, "size"), "batch": batch_size()}
    for name, way in WAYS.items():
        by_rate = defaultdict(list)
        for run in runs(protocol, way):
            by_rate[run["rate"]].append(run["validation"])
        assert [len(scores) for scores in by_rate.values()] == [3, 3, 3]
        assert max(by_rate, key=lambda rate: sum(by_rate[rate])) == RATES[name]


class TestTheRecordedTrainings:
    @pytest.fixture
    def protocol(self) -> dict:
        return {"rows": 1197, "steps": 240, "batch": batch_size()}

    @pytest.fixture
    def scores(self, protocol) -> dict[str, list[float]]:
        """The test scores of each way, at the rate that was the best on the validation plans with the first seed."""
        found = {}
        for name, way in WAYS.items():
            first_seed = [run for run in runs(protocol, way) if run["seed"] == 0]
            rate = max(first_seed, key=lambda run: run["validation"])["rate"]
            found[name] = [run["test"] for run in sorted(runs(protocol, way), key=lambda run: run["seed"])
                           if run["rate"] == rate]  # fmt: skip
        return found

    def test_the_protocol(self, protocol):
        rows, steps = said(SLUG, "gave each way all {} posts and {} steps, with three seeds")
        assert (rows, steps) == (protocol["rows"], protocol["steps"])
        assert f"| train | {rows:,} |" in CARD
        assert "That takes a quarter of an hour" in prose(SLUG)
        assert sum(run["cpu_seconds"] for way in WAYS.values() for run in runs(protocol, way)) == pytest.approx(
            900, rel=0.15
        )

    def test_the_cell_holds_the_scores_of_three_seeds(self, scores):
        recorded = made(SLUG, "recorded")
        assert {name: len(each) for name, each in scores.items()} == dict.fromkeys(WAYS, 3)
        assert recorded == {name: pytest.approx(each, abs=5e-4) for name, each in scores.items()}

    def test_there_is_an_order_and_each_beats_counting(self, scores):
        assert "Now there is an order: full, then LoRA, then the last two layers" in prose(SLUG)
        means = {name: np.mean(each) for name, each in scores.items()}
        assert sorted(means, key=means.get, reverse=True) == ["full", "LoRA", "last two layers"]
        [counting] = said(SLUG, "Counting words with all the posts gets {}% (it stands in the data card)")
        assert f"| own test rows | 358 | {counting / 100:.3f} |" in CARD
        assert min(means.values()) > counting / 100

    def test_the_seeds_lie_as_far_apart_as_the_ways(self, scores):
        assert "The seeds of one way lie up to six points apart, as far as the ways do" in prose(SLUG)
        spread = max(max(each) - min(each) for each in scores.values())
        means = [np.mean(each) for each in scores.values()]
        assert round(100 * spread) == 6
        assert spread >= max(means) - min(means)


class TestWhatLoraAdds:
    def test_two_thin_matrices_have_few_numbers(self):
        thin, whole, rank = said(SLUG, "only {} numbers stand behind it instead of {}. The number {} is the rank")
        side = AutoConfig.from_pretrained(offline_checkpoint()).hidden_size
        assert (thin, whole, rank) == (2 * side * PLAN.r, side**2, PLAN.r)

    def test_a_third_of_one_percent_is_trained(self):
        assert "Here it is a third of one percent" in prose(SLUG)
        assert stored_records(SLUG)["lora_trainable_share"] == pytest.approx(0.01 / 3, rel=0.05)

    def test_alpha_divided_by_the_rank(self):
        plan = PLAN
        alpha, rank, loud = said(SLUG, "With our plan that is {} / {} = {}")
        assert (alpha, rank, loud) == (plan.lora_alpha, plan.r, plan.lora_alpha / plan.r)

    def test_four_times_the_rank_is_four_times_the_weights(self):
        assert "four times the rank, four times the weights (the head aside)" in prose(SLUG)
        head = int(re.search(r"'head': (\d+)", printed(SLUG, "trainable = Counter()"))[1])
        table = printed(SLUG, "choices = {")
        assert table.count("r=2:") == 3
        low, high = said(SLUG, "*{} to {}%* is possible, with a high rank in every layer")
        most = float(re.search(r"all linear layers .*r=32: .*\(([\d.]+)%\)", table)[1])
        assert low < most < high
        assert said(SLUG, 'speaks of "{} to {}%". Here it is a third') == [low, high]
        for few, more, most in re.findall(r"r=2: +([\d,]+) .*r=8: +([\d,]+) .*r=32: +([\d,]+) ", table):
            few, more, most = (int(number.replace(",", "")) - head for number in (few, more, most))
            assert (more, most) == (4 * few, 16 * few)

    def test_the_volumes(self):
        volumes = ast.literal_eval(re.search(r"for volume in (\(.*\)):", "\n".join(cells(SLUG)))[1])
        assert said(SLUG, "At volume {} the model speaks without its update") == [min(volumes)]
        assert said(SLUG, "Nobody has trained volume {}: louder is not better") == [max(volumes)]

    def test_the_update_of_lora_is_thin_and_larger(self):
        [directions] = said(SLUG, "seen a real update with {} directions and one with many")
        assert "LoRA: eight directions, and then nothing" in prose(SLUG)
        records = stored_records(SLUG)
        assert records["lora_rank"] == directions == 8
        assert records["full_rank"] > 100
        assert "The adapter moves the matrix much more than full fine-tuning does" in prose(SLUG)
        full, adapter = map(float, re.findall(r"its size is ([\d.]+)", printed(SLUG, "energy = ")))
        assert adapter > 3 * full


class TestWhatItCosts:
    def test_guessing_one_of_three(self):
        classes, cost = said(SLUG, "guessing one of three costs ln({}) = {}")
        assert (classes, cost) == (3, round(math.log(3), 2))

    def test_weights_and_file(self):
        assert "LoRA trains a hundredth of the weights, and its file is hundreds of times smaller" in prose(SLUG)
        records = stored_records(SLUG)
        assert round(100 * records["lora_to_full_weights_trained"]) == 1
        assert 200 < 1 / records["lora_to_full_disk"] < 1000

    def test_the_rate_of_millions_is_too_small_for_thousands(self):
        assert "A rate that is right for eleven million weights is far too small for" in prose(SLUG)
        output = printed(SLUG, "everything = sum(")
        full, adapter = (
            int(re.search(rf"^{way} +([\d,]+) of", output, re.MULTILINE)[1].replace(",", ""))
            for way in ("full", "LoRA")
        )
        assert round(full / 1e6) == 11
        assert adapter < 1e5
        assert RATES["LoRA"] >= 10 * RATES["full"]
        assert "ten times the rate of full fine-tuning" in prose(SLUG)

    def test_the_intervals_of_so_few_posts_overlap(self):
        [posts] = said(SLUG, "So {} posts, read once, decide nothing")
        assert posts == made(SLUG, "size") == made(SLUG, "steps") * batch_size()
        assert "all their intervals overlap, and counting words stands among them" in prose(SLUG)
        output = printed(SLUG, "gains = {")
        lines = re.findall(r"^(\S.*?) +([\d.]+)%, from ([\d.]+)% to ([\d.]+)%$", output, re.MULTILINE)
        values = {name: tuple(map(float, numbers)) for name, *numbers in lines}
        trained = [values[name] for name in WAYS]
        assert max(low for _, low, _ in trained) < min(high for *_, high in trained)
        assert min(trained)[0] < values["counting words"][0] < max(trained)[0]

    def test_the_lectures_sentence(self):
        accuracy, cost = said(SLUG, "*LoRA reaches about {}% of it at about {}% of the cost")
        assert said(SLUG, "Disk and weights: far below {}%. Memory and seconds: far above. \"{}% of the cost\"") == [
            cost, cost,
        ]  # fmt: skip
        records = stored_records(SLUG)
        low, high = (
            [100 * records[f"lora_to_full_{name}"] for name in names]
            for names in (("disk", "weights_trained"), ("peak_memory", "seconds"))
        )
        assert max(low) < cost / 2
        assert min(high) > cost * 2
        assert said(SLUG, 'And "{}% of the accuracy"?') == [accuracy]
        claimed, posts = said(SLUG, "A sentence with {} in it claims more than {} posts can say")
        assert claimed == accuracy
        assert f"| test | {posts} |" in CARD

    def test_the_difference_to_full_reaches_several_points_to_both_sides(self):
        assert "It reaches several points to both sides" in prose(SLUG)
        records = stored_records(SLUG)
        assert records["lora_minus_full_low"] < -0.02
        assert records["lora_minus_full_high"] > 0.02


@pytest.fixture
def base():
    def make(labels: list[str]):
        torch.manual_seed(0)
        names = dict(enumerate(labels))
        return small_bert(id2label=names, label2id={name: n for n, name in names.items()}).eval()

    return make


def plan(**more):
    return LoraConfig(r=2, target_modules=["query", "value"], init_lora_weights=False, **more)


class TestHeads:
    def test_labels_in_another_order_are_not_noticed(self, base, tmp_path):
        """The folded answer: the shapes fit, the logits are the same, only the names are wrong."""
        assert "Nothing complains. The shapes fit, the logits are the same, and only the names are wrong" in prose(SLUG)
        assert "each *support* is now called *oppose*" in prose(SLUG)
        ids = torch.arange(8)[None]
        labels = ["support", "neutral", "oppose"]
        adapted = get_peft_model(base(labels), plan(task_type="SEQ_CLS")).eval()
        adapted.save_pretrained(tmp_path)
        loaded = PeftModel.from_pretrained(base(labels[::-1]), tmp_path).eval()
        assert torch.equal(loaded(ids).logits, adapted(ids).logits)
        assert (adapted.config.id2label[0], loaded.config.id2label[0]) == ("support", "oppose")

    def test_mismatched_sizes_can_be_ignored_and_the_head_is_lost(self, base, tmp_path):
        assert "(`ignore_mismatched_sizes=True` silences the error as well" in prose(SLUG)
        assert "Then the trained head is thrown away, and a random one answers" in prose(SLUG)
        adapted = get_peft_model(base(["a", "b", "c"]), plan(task_type="SEQ_CLS"))
        adapted.save_pretrained(tmp_path)
        fresh = base(["a", "b"])
        random_head = fresh.classifier.weight.clone()
        loaded = PeftModel.from_pretrained(fresh, tmp_path, ignore_mismatched_sizes=True)
        assert torch.equal(loaded.base_model.model.classifier.modules_to_save["default"].weight, random_head)

    def test_without_num_labels_there_are_two(self):
        here, file, was, must = said(
            SLUG, "a head with {} rows; the file has one with {}. So `num_labels` was {}, the default, and must be {}"
        )
        assert here == was == BertConfig().num_labels
        message = printed(SLUG, "forgetful = ")
        assert re.findall(r"torch\.Size\(\[(\d), 384\]\)", message) == [f"{file}", f"{here}"]
        assert must == file


class TestExperts:
    def test_the_posts_that_an_expert_has_learned_from(self):
        assert said(SLUG, "have learned from {} posts each, which is little") == [
            made(SLUG, "expert_steps") * batch_size()
        ]

    def test_cat_is_exact_with_a_negative_weight_too(self, base):
        """The folded answer."""
        weights = said(SLUG, "Mix with the weights {} and {}. What should a negative weight do?")
        assert said(SLUG, 'add_weighted_adapter(pair, [{}, {}], "away", combination_type="cat")') == weights
        assert "It subtracts: away from one expert, twice towards the other" in prose(SLUG)
        model = get_peft_model(base(["a", "b"]), plan(), adapter_name="one")
        model.add_adapter("other", plan())
        model.add_weighted_adapter(["one", "other"], weights, "away", combination_type="cat")
        query = model.base_model.model.bert.encoder.layer[0].attention.self.query
        wanted = 2 * query.get_delta_weight("one") - query.get_delta_weight("other")
        assert torch.allclose(query.get_delta_weight("away"), wanted, atol=1e-6)

    def test_cat_adds_the_ranks_and_svd_keeps_the_rank(self, base):
        assert "`cat` puts the thin matrices side by side. The rank is then the sum of both ranks" in prose(SLUG)
        assert said(SLUG, "(A third way, `svd`, squeezes the right sum into rank {}.") == [PLAN.r]
        model = get_peft_model(base(["a", "b"]), plan(), adapter_name="one")
        model.add_adapter("other", plan())
        for kind in ("cat", "svd"):
            model.add_weighted_adapter(["one", "other"], [0.5, 0.5], kind, combination_type=kind)
        assert (model.peft_config["cat"].r, model.peft_config["svd"].r) == (4, 2)

    def test_zero_lies_inside_the_intervals_or_close_to_them(self):
        assert "Zero lies inside, or close to it: these texts cannot tell the mix from its parts" in prose(SLUG)
        output = printed(SLUG, 'for name in ("base", *pair)')
        ends = re.findall(r"mix minus .*, from ([-+\d.]+)% to ([-+\d.]+)%", output)
        assert len(ends) == 3
        assert all(float(low) < 2 and float(high) > -2 for low, high in ends)


def test_noise_gets_about_the_confidence_of_real_posts():
    assert "Noise gets about the confidence of real posts" in prose(SLUG)
    records = stored_records(SLUG)
    assert records["confidence_noise"] == pytest.approx(records["confidence_test_posts"], abs=0.1)


def test_wrong_target_names_have_an_error_of_their_own(base):
    assert "| `NoMatchingPeftModuleError` | no part of the model has such a name |" in prose(SLUG)
    with pytest.raises(ValueError, match="q_lin") as caught:
        get_peft_model(base(["a", "b"]), LoraConfig(target_modules=["q_lin"]))
    assert type(caught.value).__name__ == "NoMatchingPeftModuleError"


def test_the_names_in_distilbert():
    assert "In DistilBERT, for example, they are `q_lin` and `v_lin`" in prose(SLUG)
    model = DistilBertForSequenceClassification(DistilBertConfig(vocab_size=50, dim=16, n_layers=1, n_heads=2))
    linear = {name.split(".")[-1] for name, part in model.named_modules() if isinstance(part, torch.nn.Linear)}
    assert {"q_lin", "v_lin"} <= linear
