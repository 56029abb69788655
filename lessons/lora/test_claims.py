"""What this lesson says and no cell of it checks: its rates, its recorded trainings, its shares, its folded answers."""

import ast
import json
import math
import re
from collections import defaultdict

import numpy as np
import pytest
import torch
from datasets import load_dataset
from peft import LoraConfig, PeftModel, get_peft_model
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from transformers import AutoConfig, BertConfig, DistilBertConfig, DistilBertForSequenceClassification

from benchmarks.lesson_recipes import mean_pooling
from course_tools.project import ROOT
from course_utils.sources import DATA, offline_checkpoint
from course_utils.statistics import interval_over_seeds
from lessons.lora.costs import peak_mb
from tests.prose import cells, made, printed, prose, said, small_bert, stored_records

SLUG = "lora"
CARD = (DATA / "stance" / "README.md").read_text(encoding="utf-8")
PLAN = made(SLUG, "lora_plan", LoraConfig=LoraConfig)()
RUNS = json.loads((ROOT / "benchmarks" / "lora_ways.json").read_text(encoding="utf-8"))
LIVE = {"last two layers": "last two", "full": "full", "LoRA": "LoRA all"}  # the lesson's names, the benchmark's names
LONG = LIVE | {"LoRA": "LoRA"}
RATES = made(SLUG, "rates")
EVERYWHERE = made(SLUG, "everywhere")


def batch_size() -> int:
    return int(re.search(r'"per_device_train_batch_size": course.pick\(laptop=(\d+)', "\n".join(cells(SLUG)))[1])


def runs(protocol: dict, way: str, **more) -> list[dict]:
    """Return the runs of one way, in the order of their seeds."""
    wanted = {"way": way} | protocol | more
    return sorted((run for run in RUNS if wanted.items() <= run.items()), key=lambda run: run["seed"])


@pytest.fixture(scope="module")
def live() -> dict:
    """The protocol of the lesson's own trainings."""
    return {"data": "emotion", "rows": made(SLUG, "size"), "steps": made(SLUG, "steps"), "batch": batch_size()}


class TestTheRates:
    def test_they_are_the_best_on_the_validation_posts(self, live):
        assert "the same script tried three or more for each way, with two seeds" in prose(SLUG)
        for name, way in LIVE.items():
            by_rate = defaultdict(list)
            for run in runs(live, way, rank=8 if name == "LoRA" else 0):
                if run["seed"] < 2:
                    by_rate[run["rate"]].append(run["validation"])
            both = {rate: sum(scores) for rate, scores in by_rate.items() if len(scores) == 2}
            assert len(both) >= 3
            assert max(both, key=both.get) == RATES[name]

    def test_lora_has_a_larger_rate_and_twice_of_it_was_too_much(self, live):
        [times] = said(SLUG, "LoRA's rate is about {} times that of full fine-tuning")
        assert times == int(RATES["LoRA"] / RATES["full"])
        [guessing] = said(SLUG, "With twice the rate, LoRA fell to {}%, which is guessing")
        fallen = [run["validation"] for run in runs(live, "LoRA all", rank=8, rate=2 * RATES["LoRA"])]
        assert {round(100 * score) for score in fallen} <= {guessing, guessing + 1}
        few, many = said(SLUG, "| the loss hardly moves | the rate is too small for so few weights | {} to {} times")
        assert few <= RATES["LoRA"] / RATES["full"] <= many


class TestTheLiveSuccess:
    @pytest.fixture(scope="class")
    def tables(self, live) -> dict[str, np.ndarray]:
        """Right answers of each way, seeds x posts, and of counting words (the same for each seed)."""
        posts = load_dataset(str(DATA / "emotion"))
        truth = np.array(posts["test"]["label"])
        found = {}
        for name, way in LIVE.items():
            each = [run for run in runs(live, way, rank=8 if name == "LoRA" else 0, rate=RATES[name]) if "said" in run]
            found[name] = np.array([list(map(int, run["said"])) for run in each]) == truth
            assert np.allclose(found[name].mean(axis=1), [run["test"] for run in each])
        train = posts["train"].select(range(live["rows"]))
        counter = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
        counter.fit(list(train["text"]), train["label"])
        counted = counter.predict(list(posts["test"]["text"])) == truth
        return found | {"counting words": np.repeat(counted[None], len(found["LoRA"]), axis=0)}

    def test_the_live_run(self):
        records = stored_records(SLUG)
        assert "LoRA beats counting words" in prose(SLUG)
        assert records["lora_minus_counting_low"] > 0
        assert "For the frozen encoder and for full fine-tuning, zero lies inside" in prose(SLUG)
        for name in ("frozen", "full"):
            assert records[f"lora_minus_{name}_low"] < 0 < records[f"lora_minus_{name}_high"]
        assert "The last two layers are quicker" in prose(SLUG)
        assert "and in this run as good as LoRA" in prose(SLUG)
        assert records["last_two_layers_accuracy"] > records["lora_accuracy"] - 0.01

    def test_five_seeds(self, tables):
        assert "We trained LoRA and full fine-tuning with five seeds in that script" in prose(SLUG)
        assert len(tables["LoRA"]) == len(tables["full"]) == 5

        def points(name: str, other: str) -> list[float]:
            found = interval_over_seeds(tables[name].astype(int) - tables[other].astype(int))
            return [pytest.approx(100 * value, abs=0.06) for value in found]

        gain = said(SLUG, "LoRA is {} points above counting words (from {} to {})")
        assert gain == points("LoRA", "counting words")
        assert gain[1] > 0
        behind = said(SLUG, "and {} against full fine-tuning (from {} to {})")
        assert behind == points("LoRA", "full")
        assert behind[1] < 0 < behind[2]

    def test_ninety_eight_percent(self, tables):
        [claimed] = said(SLUG, "And {}% of the score?")
        [share] = said(SLUG, "over the five seeds, LoRA's mean is {}% of full's")
        means = {name: tables[name].mean() for name in ("LoRA", "full")}
        assert share == round(100 * means["LoRA"] / means["full"])
        assert claimed == 98


class TestRanksAndTargets:
    @pytest.fixture(scope="class")
    def chosen(self, live) -> dict[str, tuple[float, list[float]]]:
        """Choice -> its rate, and the validation scores of three seeds with it."""
        found = {}
        for way, targets in {"LoRA": "query, value", "LoRA three": "+ key", "LoRA all": "+ dense"}.items():
            for rank in (2, 8, 32):
                first = [run for run in runs(live, way, rank=rank) if run["seed"] == 0]
                if first:
                    rate = max(first, key=lambda run: run["validation"])["rate"]
                    best = [run["validation"] for run in runs(live, way, rank=rank, rate=rate) if run["seed"] < 3]
                    assert len({run["rate"] for run in first}) >= 3
                    found[f"{targets}, r={rank}"] = rate, best
        return found

    def test_the_cell_holds_the_scores(self, chosen):
        shown = made(SLUG, "by_choice")
        assert "at least three rates for each choice, the best one with three seeds" in prose(SLUG)
        assert {len(scores) for _, scores in chosen.values()} == {3}
        assert shown == {name: pytest.approx(scores, abs=5e-4) for name, (_, scores) in chosen.items()}

    def test_what_they_say(self, chosen, live):
        assert "All matrices are four points ahead of query and value alone" in prose(SLUG)
        means = {name: np.mean(scores) for name, (_, scores) in chosen.items()}
        for rank in (2, 8, 32):
            ahead = means[f"+ dense, r={rank}"] - means[f"query, value, r={rank}"]
            assert 0.025 < ahead < 0.055
        wide, best, too_much, thin, larger = said(
            SLUG, "everywhere with `r={}`, {} was best and {} fell to guessing, with `r={}` {} was best"
        )
        assert chosen[f"+ dense, r={wide}"][0] == best
        assert runs(live, "LoRA all", rank=wide, rate=too_much)[0]["validation"] < 0.27
        assert chosen[f"+ dense, r={thin}"][0] == larger

    def test_the_judges_are_the_validation_posts(self):
        [posts] = said(SLUG, "The judges are {} *validation* posts")
        assert len(load_dataset(str(DATA / "emotion"), split="validation")) == posts


class TestTheRecordedTrainings:
    @pytest.fixture
    def protocol(self) -> dict:
        return {"data": "stance", "rows": 1197, "steps": 240, "batch": 8}

    @pytest.fixture
    def scores(self, protocol) -> dict[str, list[float]]:
        """The test scores of each way, at the rate that was the best on the validation plans with the first seed."""
        found = {}
        for name, way in LONG.items():
            first = [run for run in runs(protocol, way) if run["seed"] == 0]
            assert len(first) == (3 if name == "LoRA" else 2)
            rate = max(first, key=lambda run: run["validation"])["rate"]
            found[name] = [run["test"] for run in runs(protocol, way, rate=rate)]
        return found

    def test_the_protocol(self, protocol):
        sizes = said(SLUG, "gave each way all {} posts and {} steps of {}, with three seeds")
        assert sizes == [protocol[name] for name in ("rows", "steps", "batch")]
        assert f"| train | {protocol['rows']:,} |" in CARD
        assert "chosen on the validation plans with the first seed: three for LoRA, two for the others" in prose(SLUG)

    def test_a_minute_is_too_short(self):
        rows, steps, batch = said(SLUG, "with {} posts and {} steps of {}, LoRA stayed below counting words")
        plans = load_dataset(str(DATA / "stance"))
        counter = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
        counter.fit(plans["train"]["text"][:rows], plans["train"]["label"][:rows])
        counted = counter.score(plans["validation"]["text"], plans["validation"]["label"])
        first = defaultdict(list)
        for run in runs({"data": "stance", "rows": rows, "steps": steps, "batch": batch}, "LoRA"):
            first[run["rate"]].append(run["validation"])
        assert [len(scores) for scores in first.values()] == [3, 3, 3]
        assert max(map(np.mean, first.values())) < counted

    def test_the_cell_holds_the_scores_of_three_seeds(self, scores):
        recorded = made(SLUG, "recorded")
        assert {name: len(each) for name, each in scores.items()} == dict.fromkeys(LONG, 3)
        assert {name: recorded[name] for name in LONG} == {
            name: pytest.approx(each, abs=5e-4) for name, each in scores.items()
        }
        assert f"| own test rows | 358 | {recorded['counting words'][0]:.3f} |" in CARD

    def test_each_beats_counting_and_the_frozen_encoder(self, scores):
        assert "Each trained way is above counting words and above the frozen encoder" in prose(SLUG)
        recorded = made(SLUG, "recorded")
        [frozen] = runs({"data": "stance", "rows": 1197, "steps": 0}, "frozen")
        assert recorded["frozen encoder"] == [pytest.approx(frozen["test"], abs=5e-4)]
        assert min(map(min, scores.values())) > max(recorded["counting words"] + recorded["frozen encoder"])
        [share] = said(SLUG, "LoRA's mean is {}% of full's: the sceptic's condition is nearly met")
        assert share == round(100 * np.mean(scores["LoRA"]) / np.mean(scores["full"]))

    def test_the_seeds_lie_as_far_apart_as_the_ways(self, scores):
        assert "the seeds of one way lie up to six points apart, as far as the trained ways do" in prose(SLUG)
        spread = max(max(each) - min(each) for each in scores.values())
        means = [np.mean(each) for each in scores.values()]
        assert round(100 * spread) == 6
        assert spread >= max(means) - min(means)


class TestWhatLoraAdds:
    def test_two_thin_matrices_have_few_numbers(self):
        rank, thin, whole = said(SLUG, "`r` is {}: eight rules for the whole matrix, {} numbers instead of {}")
        side = AutoConfig.from_pretrained(offline_checkpoint()).hidden_size
        assert (thin, whole, rank) == (2 * side * PLAN.r, side**2, PLAN.r)

    def test_the_rule_by_hand(self):
        A, B = made(SLUG, "A"), made(SLUG, "B")
        cells_, numbers = said(SLUG, "It has {} cells, but only {} numbers stand behind it")
        assert (cells_, numbers) == (len(B) * len(A[0]), len(B) + len(A[0]))
        assert "what number 3 says, output 2 hears five times, and output 4 hears with the sign turned" in prose(SLUG)
        assert (np.array(B) @ np.array(A) @ [0, 0, 1, 0, 0, 0]).tolist() == [0, 5, 0, -1, 0]

    def test_the_class_has_eleven_lines(self):
        [lines] = said(SLUG, "{} lines of ours replace the library's `forward`")
        [source] = [source for source in cells(SLUG) if "class MeanPooling" in source]
        body = source[source.index("class MeanPooling") :]
        assert lines == len([line for line in body.splitlines() if line.strip()])

    def test_a_third_of_one_percent_is_trained(self):
        assert "Here it is a third of one percent" in prose(SLUG)
        assert stored_records(SLUG)["lora_trainable_share"] == pytest.approx(0.01 / 3, rel=0.05)

    def test_alpha_divided_by_the_rank(self):
        alpha, rank, loud = said(SLUG, "With our plan that is {} / {} = {}")
        assert (alpha, rank, loud) == (PLAN.lora_alpha, PLAN.r, PLAN.lora_alpha / PLAN.r)

    def test_four_times_the_rank_is_four_times_the_weights(self):
        assert "four times the rank, four times the weights (the head aside)" in prose(SLUG)
        head = 4 * (AutoConfig.from_pretrained(offline_checkpoint()).hidden_size + 1)
        table = printed(SLUG, "choices = {")
        assert table.count("r=2:") == 3
        for few, more, most in re.findall(r"r=2: +([\d,]+) .*r=8: +([\d,]+) .*r=32: +([\d,]+) ", table):
            few, more, most = (int(number.replace(",", "")) - head for number in (few, more, most))
            assert (more, most) == (4 * few, 16 * few)
        low, high = said(SLUG, "The lecture's *{} to {}%* takes a high rank, or all matrices")
        assert said(SLUG, 'speaks of "{}–{}%"') == [low, high]
        shares = [[float(share) for share in re.findall(r"\(([\d.]+)%\)", line)] for line in table.splitlines() if line]
        for across, (small, middle, large) in enumerate(shares):
            assert small < low < large < high  # a high rank
            assert (middle > low) == (across == 2)  # all matrices

    def test_the_names_are_all_linear_layers(self):
        """`all-linear` and our four names are the same adapter: the script of the benchmark uses the first."""
        ours = get_peft_model(small_bert(), LoraConfig(target_modules=list(EVERYWHERE), task_type="SEQ_CLS"))
        theirs = get_peft_model(small_bert(), LoraConfig(target_modules="all-linear", task_type="SEQ_CLS"))
        names = [{name for name, _ in model.named_parameters() if "pooler" not in name} for model in (ours, theirs)]
        assert names[0] == names[1]

    def test_the_volumes(self):
        volumes = ast.literal_eval(re.search(r"for volume in (\(.*\)):", "\n".join(cells(SLUG)))[1])
        assert said(SLUG, "At volume {} the model speaks without its update, and guesses") == [min(volumes)]
        assert said(SLUG, "At {} it is surer still, but nobody has trained that") == [max(volumes)]
        assert "Turned up, it moves to *optimism*, the true label" in prose(SLUG)
        shown = printed(SLUG, "rescale_adapter_scale")
        assert "-> optimism of" in shown
        sure = [[float(p) for p in line.split()] for line in re.findall(r"\[([\d. ]+)\]", shown)]
        assert max(sure[0]) < 0.4
        assert [each[2] for each in sure] == sorted(each[2] for each in sure)
        assert sure[2][2] > 0.5

    def test_the_update_of_lora_is_thin_and_larger(self):
        [directions] = said(SLUG, "seen a real update with {} directions and one with many")
        assert "LoRA: eight directions, and then nothing but rounding" in prose(SLUG)
        records = stored_records(SLUG)
        assert records["lora_rank"] == directions == 8
        assert records["full_rank"] > 300
        assert "LoRA's update is more than twice as large. That is no virtue: its rate was higher, too" in prose(SLUG)
        assert records["lora_size"] > 2 * records["full_size"]
        assert "more than half of its size lies in its first eight" in prose(SLUG)
        assert records["full_share_in_8"] > 0.5

    def test_without_its_adapter_the_model_is_the_old_one(self):
        assert "LoRA never changes W, at any rate. Without its adapter, the model is the old one" in prose(SLUG)
        model = small_bert().eval()
        ids = torch.arange(8)[None]
        before = model(ids).logits
        adapted = get_peft_model(model, plan())
        adapted.train()(ids, labels=torch.tensor([1])).loss.backward()
        torch.optim.SGD([w for w in adapted.parameters() if w.requires_grad], lr=10).step()
        with adapted.eval().disable_adapter():
            assert torch.equal(adapted(ids).logits, before)
        assert not torch.equal(adapted(ids).logits, before)


class TestWhatItCosts:
    def test_guessing_one_of_four(self):
        classes, cost = said(SLUG, "Compare it with ln({}) = {}")
        assert (classes, cost) == (4, round(math.log(4), 2))

    def test_the_lectures_sentence(self):
        quoted = "*If PEFT reaches ~98% of full FT at ~10% of the cost, prefer PEFT unless you need the extra 2%.*"
        assert quoted in prose(SLUG)
        [cost] = said(SLUG, 'For weights and disk, "{}% of the cost" is kept. For memory and seconds it is not.')
        records = stored_records(SLUG)
        low, high = (
            [100 * records[f"lora_to_full_{name}"] for name in names]
            for names in (("disk", "weights_trained"), ("peak_memory", "seconds"))
        )
        assert max(low) < cost
        assert min(high) > cost * 2
        assert records["lora_to_full_peak_memory"] > 1
        assert "a little more memory than the full one" in prose(SLUG)
        [megabytes] = said(SLUG, "for each task a file of {} MB")
        assert records["lora_disk_mb"] == pytest.approx(megabytes, abs=0.06)

    def test_dropout_is_what_costs_memory(self):
        [without] = said(SLUG, "Without dropout, the step takes {} MB")
        model = mean_pooling().from_pretrained(offline_checkpoint(), num_labels=4)
        dry = made(SLUG, "lora_plan", LoraConfig=LoraConfig)(targets=EVERYWHERE)
        dry.lora_dropout = 0.0
        assert round(peak_mb(get_peft_model(model, dry), torch.device("cpu"))) == without


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
    def test_the_file_holds_pairs_and_the_head(self, base, tmp_path):
        assert "has the numbers: pairs of A and B, and the head. There is no pickle in the folder" in prose(SLUG)
        from safetensors.torch import load_file

        get_peft_model(base(["a", "b"]), plan(task_type="SEQ_CLS")).save_pretrained(tmp_path)
        names = sorted(name.split(".", 2)[2] for name in load_file(tmp_path / "adapter_model.safetensors"))
        assert [name for name in names if "lora" not in name] == ["classifier.bias", "classifier.weight"]
        assert sum("lora_A" in name for name in names) == sum("lora_B" in name for name in names) == 2
        assert {path.suffix for path in tmp_path.iterdir()} <= {".json", ".safetensors", ".md"}

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
        assert said(SLUG, "Here each expert has learned from {} posts") == [made(SLUG, "expert_steps") * batch_size()]

    def test_zero_lies_inside_the_intervals_or_close_to_them(self):
        assert "Zero lies inside each interval, or close to it" in prose(SLUG)
        ends = re.findall(r"\(from ([-+\d.]+)% to ([-+\d.]+)%\)", printed(SLUG, 'experts.set_adapter("cat")'))
        assert len(ends) == 3
        assert all(float(low) < 2 and float(high) > -2 for low, high in ends)

    def test_adapters_with_heads_are_not_mixed(self, base):
        assert "PEFT does not mix adapters that hold a whole head" in prose(SLUG)
        assert "| `Cannot add weighted adapters ...` | the adapters hold whole heads |" in prose(SLUG)
        model = get_peft_model(base(["a", "b"]), plan(task_type="SEQ_CLS"), adapter_name="one")
        model.add_adapter("other", plan(task_type="SEQ_CLS"))
        with pytest.raises(ValueError, match="Cannot add weighted adapters"):
            model.add_weighted_adapter(["one", "other"], [0.5, 0.5], "mix")

    def test_cat_adds_the_ranks(self, base):
        assert "`cat` puts the thin matrices side by side. The rank is then the sum of both ranks" in prose(SLUG)
        model = get_peft_model(base(["a", "b"]), plan(), adapter_name="one")
        model.add_adapter("other", plan())
        model.add_weighted_adapter(["one", "other"], [0.5, 0.5], "cat", combination_type="cat")
        assert model.peft_config["cat"].r == 4


def test_noise_is_answered_with_confidence():
    records = stored_records(SLUG)
    noise, posts = said(SLUG, "Noise gets {}% on average, real posts {}%, and fewer of those are right")
    assert noise == pytest.approx(100 * records["confidence_noise"], abs=0.6)
    assert posts == pytest.approx(100 * records["confidence_test_posts"], abs=0.6)
    assert records["lora_accuracy"] < records["confidence_test_posts"]


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
