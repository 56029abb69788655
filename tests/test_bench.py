"""`course bench`: the page is true to its results, the parts measure what they say, a trial changes nothing."""

import copy
import importlib
import json
import multiprocessing
import os
import platform
import re
import signal
import sys
import time
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from matplotlib.image import imread
from PIL import Image
from transformers import AutoTokenizer, BertForSequenceClassification, DataCollatorWithPadding

from benchmarks import (
    command,
    compare,
    engines,
    levers,
    measure,
    page,
    prediction,
    processor,
    recipes,
    results,
    turns,
)
from benchmarks.batched import ask
from benchmarks.fresh_process import in_fresh_process
from benchmarks.targets import targets
from course_tools import cli
from course_tools.project import all_lessons
from course_tools.running import speed
from course_utils import CourseError
from course_utils.sources import offline_checkpoint

RESULTS = results.read()
CITED = next(iter(RESULTS))  # the machine whose numbers the lessons cite
FOUND = results.cited()
OTHER = "AMD EPYC, 2 cores: AVX512_BF16, AVX512, AVX2"
TRAINING = [*compare.PAIRS, "step", "scale"]  # parts that train


class TestThePage:
    def test_it_is_made_of_the_stored_results(self):
        assert page.PAGE.read_text(encoding="utf-8") == page.page(RESULTS), "Run `python -m benchmarks.page`."

    @pytest.mark.parametrize("name", ["pairs", "growth"])
    def test_a_figure_shows_the_stored_numbers(self, name):
        file = page.FIGURES / f"{name}.png"
        assert Image.open(file).text["Description"] == page.drawn_from(name, RESULTS)
        assert imread(file).std() > 0.05  # not an empty sheet

    def test_every_part_was_measured_on_the_machine_that_is_cited(self):
        assert list(FOUND) == list(command.PARTS)

    def test_every_part_names_machine_date_and_versions(self):
        for machine, parts in RESULTS.items():
            for entry in parts.values():
                assert re.fullmatch(r"\d{4}-\d\d-\d\d", entry["date"])
                assert entry["machine"].startswith(machine) and "torch" in entry["versions"]

    def test_nothing_tells_on_this_machine(self):
        assert platform.node() not in processor.words()

    def test_machines_stand_side_by_side(self):
        """A second machine gets a table, a column of the targets and of the levers, a bar and a line of its own."""
        machines = {CITED: RESULTS[CITED], OTHER: {part: RESULTS[CITED][part] for part in ("128", "step", "scale")}}
        text = page.page(machines)
        assert "| of | we wanted | Intel, AMX | AMD, AVX512_BF16 |" in text
        assert "at 55% of the fp32 roof | 46%, **not met** |  |" in text
        assert "at 60% of the fp32 roof |  | 46%, **not met** |" in text
        [header] = [line for line in text.splitlines() if line.startswith("| row | with |")]
        assert header.count("of the fp32 roof") == 2 and "AMD, AVX512_BF16: time" in header
        assert text.count("\nAMD, AVX512_BF16:\n") == 1  # the pair 128
        pictures = page.drawn(machines)
        assert "AMD, AVX512_BF16, case_emotion" in pictures["pairs"].alt
        assert "AMD, AVX512_BF16, tokens" in pictures["growth"].alt
        for row in re.findall(r"^\|.*(?:\n\|.*)+", text, re.M):
            assert len({line.count("|") for line in row.splitlines()}) == 1, row  # no cell is lost

    def test_machines_of_one_name_get_their_whole_keys(self):
        two = ["Maker(R) One, 2 cores: AVX2", "Maker(R) Two, 4 cores: AVX2"]
        assert page.names_of(two[:1]) == {two[0]: "Maker, AVX2"}
        assert page.names_of(two) == dict(zip(two, two, strict=True))

    def test_a_row_that_was_not_measured_says_why(self):
        machines = copy.deepcopy(RESULTS)
        machines[CITED]["step"]["found"]["levers"]["bf16"] = {"what": "x", "lacking": "no such products here"}
        machines[CITED]["prediction"]["found"]["ways"]["OpenVINO"] = {"lacking": "openvino is not installed"}
        text = page.page(machines)
        assert "| no such products here |" in text
        assert "| OpenVINO | not measured: openvino is not installed |" in text
        found = machines[CITED]["step"]["found"]
        assert "in 16 bits" not in " ".join(target.wanted for target in targets({"step": found}, CITED))
        found["levers"] = {"bf16": found["levers"]["bf16"]}
        assert command.table({"step": found})[-1].endswith("not measured: no such products here")

    def test_a_lesson_is_a_link_with_its_present_number_and_title(self, monkeypatch):
        assert not re.search(r"[Ll]esson \d", page.page(RESULTS))
        renumbered = {lesson.slug: SimpleNamespace(name=f"77_{lesson.slug}", title="New") for lesson in all_lessons()}
        monkeypatch.setattr(page, "find_lessons", lambda slugs: [renumbered[slug] for slug in slugs])
        text = page.page(RESULTS)
        assert "| [New](../notebooks/77_lora.ipynb): LoRA, mean pooling" in text
        assert "[New](../notebooks/77_case_emotion.ipynb), frozen: regression" in text
        assert set(re.findall(r"notebooks/(\d+)", text)) == {"77"}

    def test_a_slug_that_is_no_lesson_is_an_error(self):
        with pytest.raises(CourseError, match="loro"):
            page.link("loro")

    def test_the_lesson_that_was_two_is_noted_until_it_is_measured_anew(self):
        note = "when it also held the comparison of five models"
        assert note in page.page(RESULTS)
        machines = {CITED: copy.deepcopy(RESULTS[CITED])}
        lessons = machines[CITED]["lessons"]["found"]["lessons"]
        lessons.append({**lessons[0], "lesson": "five_models"})
        assert note not in page.page(machines)

    def test_a_target_that_is_not_met_is_called_so(self, monkeypatch):
        monkeypatch.setattr(processor, "key", lambda: CITED)
        machines = copy.deepcopy(RESULTS)
        found = {"prediction": machines[CITED]["prediction"]["found"]}
        assert [target.met for target in targets(found, CITED)] == [True, False]
        fast = found["prediction"]["ways"]["batches of 64, sorted"]
        fast["same_labels"], fast["fp32_share"]["median"] = 0.9, 0.8
        assert [target.met for target in targets(found, CITED)] == [False, True]
        assert any(line.startswith("NOT MET") for line in command.verdicts(found))
        assert "90.0% the same, **not met**" in page.page(machines)

    @pytest.mark.parametrize(("machine", "mark"), [(CITED, 0.55), (OTHER, 0.6)])
    def test_the_step_is_judged_by_the_lessons_own_row_and_the_mark_of_the_machine(self, machine, mark):
        found = copy.deepcopy(FOUND["step"])
        found["levers"]["bf16"]["fp32_share"] = {"median": 0.99}  # another row is told, and does not count
        found["levers"]["padded"]["fp32_share"] = {"median": 1.5}  # near the roof, and slower than all others
        for share, met in ((mark - 0.01, False), (mark, True)):
            found["levers"]["base"]["fp32_share"]["median"] = share
            first, *_ = targets({"step": found}, machine)
            assert (first.wanted, first.met) == (f"at {mark:.0%} of the fp32 roof", met)
            assert "`bf16`, 99%" in first.found


class TestTheMachine:
    def test_its_key_has_processor_cores_and_instructions(self, monkeypatch):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True, "avx512_f": True, "sse2": True})
        assert re.fullmatch(rf".+, {os.cpu_count()} cores: AVX512, AVX2", processor.key())
        assert processor.words().startswith(processor.key())
        assert not processor.has_16_bits() and not processor.has_amx(processor.key())

    def test_it_needs_no_known_instruction(self, monkeypatch):
        monkeypatch.setattr(torch.cpu, "get_capabilities", dict)
        assert processor.key().endswith(f": {platform.machine()}")

    @pytest.mark.parametrize("flag", ["amx_bf16", "avx512_bf16"])
    def test_it_has_16_bits_by_either_instruction(self, flag, monkeypatch):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True, flag: True})
        assert processor.has_16_bits()
        assert processor.has_amx(processor.key()) == (flag == "amx_bf16")

    def test_the_stored_keys_have_short_names(self):
        assert [processor.short(key) for key in (CITED, OTHER)] == ["Intel, AMX", "AMD, AVX512_BF16"]


class TestTheResults:
    @pytest.fixture
    def file(self, tmp_path, monkeypatch):
        monkeypatch.setattr(processor, "key", lambda: "here: AVX2")
        return tmp_path / "results.json"

    def test_a_part_measured_anew_replaces_only_this_machines(self, file):
        old = {"elsewhere: AMX": {"36": {"found": 1}}, "here: AVX2": {"step": {"found": 2}, "36": {"found": 3}}}
        file.write_text(json.dumps(old), encoding="utf-8")
        results.add(file, "36", {"value": 1 / 3}, 60.4, command.PARTS)
        machines = results.read(file)
        assert machines["elsewhere: AMX"] == old["elsewhere: AMX"]
        assert list(machines["here: AVX2"]) == ["36", "step"]  # in the order of the parts
        assert machines["here: AVX2"]["step"] == {"found": 2}
        assert machines["here: AVX2"]["36"]["found"] == {"value": 0.33333}
        assert machines["here: AVX2"]["36"]["key"] == results.key("36")
        assert list(machines) == ["elsewhere: AMX", "here: AVX2"]  # the first is the one that is cited

    def test_the_key_of_a_part_changes_with_its_code_its_cells_and_the_libraries(self, monkeypatch):
        keys = [results.key("step"), results.key("prediction"), results.key("36")]
        assert len(set(keys)) == 3
        with monkeypatch.context() as patch:
            patch.setattr(results, "text_of", lambda path: "" if path.name == "levers.py" else path.read_text("utf-8"))
            assert results.key("step") != keys[0]
            assert results.key("36") == keys[2]
        for name, changed in {"tagged_code": lambda slug, tag: slug, "versions": dict}.items():
            with monkeypatch.context() as patch:
                patch.setattr(results, name, changed)
                assert results.key("step") != keys[0]
        monkeypatch.setattr(engines, "versions", lambda: {"openvino": "1"})
        assert results.key("prediction") != keys[1] and results.key("step") == keys[0]


class TestInTurn:
    @pytest.fixture(autouse=True)
    def _roof(self, monkeypatch):
        roofs = iter(range(100, 1000, 100))
        monkeypatch.setattr(turns, "has_16_bits", lambda: False)
        monkeypatch.setattr(turns, "roof", lambda kind, products: next(roofs))

    def test_each_way_has_the_mean_of_the_roofs_before_and_after(self):
        told = []
        found = turns.in_turn({"a": lambda run: run + 1.0, "b": lambda run: 2.0}, 2, told.append)
        assert [(turn.seconds, turn.roofs) for turn in found["a"]] == [(1.0, {"fp32": 150}), (2.0, {"fp32": 450})]
        assert [(turn.seconds, turn.roofs) for turn in found["b"]] == [(2.0, {"fp32": 250}), (2.0, {"fp32": 550})]
        assert len(told) == 4 and told[-1] == "b, run 2 of 2: 2000.0 ms"

    def test_the_share_is_operations_a_second_by_the_roof(self):
        found = turns.in_turn({"a": lambda run: 2.0}, 1, lambda line: None)
        assert turns.shares(found["a"], gflop=150) == {"fp32_share": measure.spread([0.5])}

    def test_a_machine_with_16_bits_has_two_roofs(self, monkeypatch):
        monkeypatch.setattr(turns, "has_16_bits", lambda: True)
        assert set(turns.roofs()) == set(turns.ROOFS)

    def test_rows_are_chosen_with_the_first_beside_them(self):
        assert turns.chosen("abc", None, "a") == ["a", "b", "c"]
        assert turns.chosen("abc", ["c"], "a") == ["a", "c"]
        with pytest.raises(CourseError, match=r"no row 'x' in this part. Its rows: a; b"):
            turns.chosen("ab", ["x"], "a")


class TestTheNumbers:
    def test_a_spread(self):
        assert measure.spread([3.0, 1.0, 2.0]) == {"median": 2.0, "low": 1.0, "high": 3.0}

    def test_an_interval_holds_its_score_and_is_wider_for_fewer_texts(self):
        draw = np.random.default_rng(0)
        widths = []
        for texts in (50, 500):
            said = draw.integers(2, size=(3, texts))
            found = compare.interval(said, lambda rows, answers: float((answers == 1).mean()))
            assert found["low"] <= found["value"] <= found["high"]
            widths.append(found["high"] - found["low"])
        assert widths[0] > 2 * widths[1]

    def test_a_recipe_gains_nothing_on_itself(self):
        run = {"said": [0, 1, 1], "truth": [0, 1, 0], "tokens": 1, "padding": 0.5, "peak_gib": 1.0}
        run |= {"epoch_seconds": 2.0, "seconds": 4.0}
        found = compare.summary([run, run], [run, run])
        assert found["gain"] == {"value": 0.0, "low": 0.0, "high": 0.0}
        assert found["times_faster"]["median"] == 1.0
        assert found["accuracy"]["value"] == pytest.approx(2 / 3)

    def test_the_counter_counts_places_and_tokens(self):
        tokenizer = AutoTokenizer.from_pretrained(offline_checkpoint())
        counter = recipes.Counter(DataCollatorWithPadding(tokenizer))
        counter([tokenizer("one"), tokenizer("one two three")])
        assert (counter.places, counter.tokens) == (10, 8)

    def test_the_roof_is_the_operations_of_a_product_by_its_median_seconds(self, monkeypatch):
        a_product = measure.gflop_of(lambda: torch.ones(speed.SIDE, speed.SIDE) @ torch.ones(speed.SIDE, 1))
        a_product *= speed.SIDE  # columns
        a_clock(monkeypatch, speed, 9.0, 1.0, 2.0, 6.0)  # seconds: the first does not count, median 2
        assert measure.roof(products=3) == pytest.approx(a_product / 2)

    def test_the_seconds_of_a_call_are_what_the_clock_moved(self, monkeypatch):
        a_clock(monkeypatch, measure, 2.5)
        assert measure.timed(lambda: "done") == (2.5, "done")

    def test_operations_are_counted_forward_and_backward(self):
        weights = torch.ones(100, 100, requires_grad=True)
        rows = torch.ones(1000, 100)
        assert measure.gflop_of(lambda: rows @ weights) == pytest.approx(2 * 1000 * 100 * 100 / 1e9)
        assert measure.gflop_of(lambda: (rows @ weights).sum().backward()) == pytest.approx(4 * 1000 * 100 * 100 / 1e9)

    def test_the_last_recipe_of_each_pair_is_a_lesson_s_and_the_first_a_source_s(self):
        for pair in compare.PAIRS.values():
            assert recipes.RECIPES[pair.recipes[-1]].lesson and not recipes.RECIPES[pair.recipes[0]].lesson

    def test_recipes_and_results_name_lessons_by_their_slugs(self):
        slugs = {lesson.slug for lesson in all_lessons()}
        taught = {recipe.name: recipe.lesson for recipe in recipes.RECIPES.values() if recipe.lesson}
        assert all(name.startswith(lesson) and lesson in slugs for name, lesson in taught.items())
        assert {each["lesson"] for each in FOUND["lessons"]["lessons"]} <= slugs
        for name, pair in compare.PAIRS.items():
            assert list(FOUND[name]["recipes"]) == list(pair.recipes)


class TestAsking:
    @pytest.fixture(scope="class")
    def model(self):
        torch.manual_seed(0)
        return BertForSequenceClassification.from_pretrained(offline_checkpoint(), num_labels=3)

    def test_all_ways_give_the_same_logits_in_the_order_of_the_texts(self, model):
        tokenizer = AutoTokenizer.from_pretrained(offline_checkpoint())
        texts = ["a rather long text about nothing at all", "short", "a middle one", "words", "and one more of them"]
        alone_ = np.concatenate([ask(model, tokenizer, [text]) for text in texts])
        together = ask(model, tokenizer, texts, batch_size=2)
        padded = ask(model, tokenizer, texts, padding="max_length", max_length=64)
        assert np.allclose(alone_, together, atol=1e-4) and np.allclose(alone_, padded, atol=1e-4)
        assert len({row.tobytes() for row in together.round(3)}) == len(texts)


class TestEngines:
    def test_an_engine_answers_as_a_model_does(self):
        tokenizer = AutoTokenizer.from_pretrained(offline_checkpoint())
        lengths = engines.Engine(lambda given: given["attention_mask"].sum(1, keepdims=True).astype(np.float32))
        assert ask(lengths, tokenizer, ["one two three", "one"]).tolist() == [[5.0], [3.0]]

    def test_a_library_that_is_not_there_is_said_and_the_rest_goes_on(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "openvino", None)
        told = []
        makers = {"OpenVINO": lambda: engines.needed("openvino"), "ONNX Runtime": lambda: "asked"}
        ways, lacking = prediction.made(list(makers), makers, told.append)
        assert ways == {"ONNX Runtime": "asked"}
        assert "pip install -r requirements-bench.txt" in lacking["OpenVINO"]["lacking"]
        assert "left out" in told[0]

    def test_no_library_reports_to_its_makers(self, monkeypatch):
        monkeypatch.delitem(sys.modules, "openvino_telemetry", raising=False)
        engines.needed("json")
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("openvino_telemetry")
        monkeypatch.delitem(sys.modules, "openvino_telemetry")

    def test_rows_of_16_bits_are_left_out_where_there_are_none(self, monkeypatch):
        monkeypatch.setattr(prediction, "has_16_bits", lambda: False)
        ways, lacking = prediction.made(["bf16 autocast"], {}, print)
        assert not ways and "16-bit" in lacking["bf16 autocast"]["lacking"]

    @pytest.mark.nightly
    def test_onnx_runtime_gives_the_models_logits(self, tmp_path):
        torch.manual_seed(0)
        tokenizer = AutoTokenizer.from_pretrained(offline_checkpoint())
        model = BertForSequenceClassification.from_pretrained(offline_checkpoint(), num_labels=3).eval()
        texts = ["a rather long text about nothing at all", "short"]
        exported = engines.Exported(model, tokenizer, texts, tmp_path)
        assert np.allclose(ask(exported.onnx_runtime(), tokenizer, texts), ask(model, tokenizer, texts), atol=1e-4)
        assert exported.onnx_runtime_int8() and exported.small.stat().st_size < 0.5 * exported.file.stat().st_size


class TestAFreshProcess:
    def test_what_is_told_there_is_told_here(self):
        told = []
        assert in_fresh_process(tell_twice, "a", tell=told.append) == "a"
        assert told == ["first", "second"]

    def test_it_returns_what_the_function_returns_from_another_process(self):
        assert in_fresh_process(os.getpid) != os.getpid()

    def test_its_exceptions_come_here_with_the_place(self):
        with pytest.raises(ZeroDivisionError) as error:
            in_fresh_process(divmod, 1, 0)
        assert "Traceback" in error.value.__notes__[0]

    def test_a_death_is_said_in_a_sentence(self):
        with pytest.raises(CourseError, match="memory ran out"):
            in_fresh_process(os._exit, 9)

    def test_an_interrupt_leaves_no_process(self):
        before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
        try:
            with pytest.raises(KeyboardInterrupt):
                in_fresh_process(interrupt_and_stay, os.getpid())
        finally:
            signal.signal(signal.SIGINT, before)
        assert not multiprocessing.active_children()

    def test_the_peak_of_memory_grows_by_what_is_held_and_stays(self):
        grown, afterwards = in_fresh_process(gib_of_an_array)
        assert grown == pytest.approx(0.5, abs=0.05)
        assert afterwards >= grown


class TestTheCommand:
    def test_its_parts_are_those_of_the_command_line(self):
        assert tuple(command.PARTS) == cli.BENCH_PARTS

    def test_an_unknown_part_is_a_wrong_call(self, capsys):
        assert cli.main(["bench", "521"]) == 2
        assert "512" in capsys.readouterr().err

    @pytest.mark.parametrize(
        "report", [None, {"profile": "smoke", "lessons": []}, {"profile": "laptop", "lessons": []}]
    )
    def test_lessons_wants_the_report_of_a_whole_run(self, report, tmp_path, monkeypatch):
        file = tmp_path / "report.json"
        if report:
            file.write_text(json.dumps(report), encoding="utf-8")
        monkeypatch.setattr(command, "JSON", file)
        with pytest.raises(CourseError, match="make run"):
            command.lessons()

    def test_lessons_takes_the_report_s_numbers_under_slugs(self, tmp_path, monkeypatch):
        numbers = {"seconds": 50.5, "reference_seconds": 40.1, "budget_seconds": 45, "peak_rss_mb": 1000}
        rows = [{"lesson": each.name, "status": "passed", "cells": 9, **numbers} for each in all_lessons()]
        file = tmp_path / "report.json"
        file.write_text(json.dumps({"profile": "laptop", "total_seconds": 90.5, "lessons": rows}), encoding="utf-8")
        monkeypatch.setattr(command, "JSON", file)
        found = command.lessons()
        assert found["total_seconds"] == 90.5
        assert found["lessons"] == [{"lesson": each.slug, **numbers} for each in all_lessons()]
        assert all(target.met for target in targets({"lessons": found}, CITED))
        assert "| 50 | 40 | 45 | 1,000 |" in page.page(
            {CITED: {"lessons": {**RESULTS[CITED]["lessons"], "found": found}}}
        )
        found["lessons"][1]["reference_seconds"] = 45.1
        assert [target.met for target in targets({"lessons": found}, CITED)] == [False, True]
        assert targets({"lessons": found}, CITED)[0].found == f"slower: {all_lessons()[1].slug}"


class TestResuming:
    @pytest.fixture
    def bench(self, tmp_path, monkeypatch):
        """Return what calls `bench`, and gives the parts that it measured and the lines that it told."""
        monkeypatch.setattr(results, "FILE", tmp_path / "results.json")
        monkeypatch.setattr(command, "TRIAL", tmp_path / "bench.json")
        monkeypatch.setattr(page, "write", lambda: None)
        monkeypatch.setattr(command, "table", lambda found: [])
        monkeypatch.setattr(command, "verdicts", lambda found: [])
        measured = []

        def part(name, runs, rows, only, tell):
            measured.append(name)
            if name == "lessons":
                raise CourseError("No report.")
            return {"value": 1.0}

        monkeypatch.setattr(command, "PARTS", {name: partial(part, name) for name in ("36", "step", "lessons")})

        def call(*names, again=False, **trial):
            measured.clear()
            told = []
            command.bench(list(names), command.Trial(**trial), again, told.append)
            return list(measured), told

        return call

    def test_what_was_measured_is_passed_over_unless_it_is_named_or_wanted_again(self, bench):
        assert bench("36")[0] == ["36"]
        measured, told = bench()
        assert measured == ["step", "lessons"]  # as after a stop
        assert "nothing has changed" in told[0] and told[0].startswith("[1 of 3] 36")
        assert bench()[0] == ["lessons"]
        assert bench("36")[0] == ["36"]
        assert bench(again=True)[0] == ["36", "step", "lessons"]

    def test_a_change_is_measured(self, bench, monkeypatch):
        bench("36", "step")
        key = results.key
        monkeypatch.setattr(results, "key", lambda part: "new" if part == "step" else key(part))
        assert bench()[0] == ["step", "lessons"]

    def test_a_trial_passes_nothing_over_and_counts_as_nothing(self, bench):
        bench("36", rows=16)
        assert bench()[0] == ["36", "step", "lessons"]
        assert bench("36", "step", runs=1)[0] == ["36", "step"]

    def test_a_row_belongs_to_one_part(self, capsys):
        assert cli.main(["bench", "--row", "bf16"]) == 2
        assert "course bench step --row bf16" in capsys.readouterr().err

    @pytest.mark.parametrize(("part", "first"), [("step", "plainest"), ("36", "paper 3"), ("prediction", "one by one")])
    def test_an_unknown_row_is_said_with_the_known_ones(self, part, first):
        with pytest.raises(CourseError, match=first):
            command.PARTS[part](1, 16, ["fp17"], print)

    def test_scale_has_no_rows(self):
        with pytest.raises(CourseError, match="no row 'a'"):
            command.PARTS["scale"](1, 16, ["a"], print)

    def test_a_step_wants_a_batch_of_rows(self):
        with pytest.raises(CourseError, match="--rows 16"):
            command.PARTS["step"](1, 15, None, print)


class TestATrial:
    @pytest.mark.parametrize(
        "part", [pytest.param(part, marks=pytest.mark.nightly) for part in ("prediction", *TRAINING)]
    )
    def test_each_part_runs_in_small_and_leaves_the_page_alone(self, part, tmp_path, monkeypatch, capsys):
        monkeypatch.setattr(command, "TRIAL", tmp_path / "bench.json")
        before = results.FILE.read_bytes(), page.PAGE.read_bytes()
        assert cli.main(["bench", part, "--rows", "32" if part == "step" else "16", "--runs", "1"]) == 0
        assert (results.FILE.read_bytes(), page.PAGE.read_bytes()) == before
        found = results.here(tmp_path / "bench.json")[part]["found"]
        rows = {"step": ("levers", levers.LEVERS), "prediction": ("ways", prediction.WAYS)}
        if part in rows:
            kind, names = rows[part]
            assert list(found[kind]) == list(names)
            for name, row in found[kind].items():
                assert "fp32_share" in row or row["lacking"], name
        else:
            assert same_shape(found, FOUND[part])
        assert "NOT MET" not in capsys.readouterr().out

    @pytest.mark.nightly
    def test_one_row_is_measured_beside_the_first(self, tmp_path, monkeypatch):
        monkeypatch.setattr(command, "TRIAL", tmp_path / "bench.json")
        assert cli.main(["bench", "step", "--row", "eager", "--rows", "16", "--runs", "1"]) == 0
        found = results.here(tmp_path / "bench.json")["step"]["found"]["levers"]
        assert list(found) == ["eager", "base"]
        assert found["base"]["ratio"]["median"] == 1.0


def same_shape(found, stored) -> bool:
    """Tell whether two structures have the same keys all the way down."""
    if isinstance(stored, dict):
        return set(found) == set(stored) and all(same_shape(found[key], stored[key]) for key in stored)
    return type(found) is type(stored) or isinstance(found, int | float)


def a_clock(monkeypatch, module, *durations: float) -> None:
    """Let the clock of a module move by these seconds, one after the other, in the calls that it times."""
    readings = iter([reading for seconds in durations for reading in (0.0, seconds)])
    monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=lambda: next(readings)))


def tell_twice(returned: str, tell) -> str:
    """Tell two lines."""
    tell("first")
    tell("second")
    return returned


def interrupt_and_stay(pid: int) -> None:
    """Send Ctrl-C to a process, and do not end by oneself."""
    os.kill(pid, signal.SIGINT)
    time.sleep(900)  # longer than the time limit of a test


def gib_of_an_array() -> tuple[float, float]:
    """Return by how many GiB the peak of this process grew with an array of half a GiB, and when it was gone again."""
    before = measure.peak_gib()
    array = np.ones(2**26)  # of 8 bytes each
    grown = measure.peak_gib() - before
    del array
    return grown, measure.peak_gib() - before
