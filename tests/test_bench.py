"""`course bench`: the page is true to its results, the parts measure what they say, a trial changes nothing."""

import copy
import json
import multiprocessing
import os
import platform
import re
import signal
import time
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from matplotlib.image import imread
from PIL import Image
from transformers import AutoTokenizer, BertForSequenceClassification, DataCollatorWithPadding

from benchmarks import command, compare, measure, page, recipes, results
from benchmarks.batched import ask
from benchmarks.fresh_process import in_fresh_process
from benchmarks.targets import targets
from course_tools import cli
from course_tools.project import all_lessons
from course_utils import CourseError
from course_utils.sources import offline_checkpoint

RESULTS = results.read()
FOUND = {part: entry["found"] for part, entry in RESULTS.items()}
TRAINING = [*compare.PAIRS, "step", "scale"]  # parts that train


class TestThePage:
    def test_it_is_made_of_the_stored_results(self):
        assert page.PAGE.read_text(encoding="utf-8") == page.page(RESULTS), "Run `python -m benchmarks.page`."

    @pytest.mark.parametrize("name", ["pairs", "growth"])
    def test_a_figure_shows_the_stored_numbers(self, name):
        file = page.FIGURES / f"{name}.png"
        assert Image.open(file).text["Description"] == page.drawn_from(name, FOUND)
        assert imread(file).std() > 0.05  # not an empty sheet

    def test_every_part_was_measured(self):
        assert list(RESULTS) == list(command.PARTS)

    def test_every_part_names_machine_date_and_versions(self):
        for entry in RESULTS.values():
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", entry["date"])
            assert "cores" in entry["machine"] and "torch" in entry["versions"]

    def test_nothing_tells_on_this_machine(self):
        assert platform.node() not in results.machine()

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

    def test_the_lesson_that_was_two_is_noted_until_it_is_measured_anew(self, monkeypatch):
        note = "when it also held the comparison of five models"
        assert note in page.page(RESULTS)
        parts = copy.deepcopy(RESULTS)
        parts["lessons"]["found"]["lessons"].append({**FOUND["lessons"]["lessons"][0], "lesson": "five_models"})
        monkeypatch.setattr(page, "link", str)  # the course may not have that lesson yet
        assert note not in page.page(parts)

    def test_a_target_that_is_not_met_is_called_so(self):
        found = {"prediction": copy.deepcopy(FOUND["prediction"])}
        assert [target.met for target in targets(found)] == [True]
        found["prediction"]["ways"]["batches of 64, sorted"]["same_labels"] = 0.9
        assert [target.met for target in targets(found)] == [False]
        assert any(line.startswith("NOT MET") for line in command.verdicts(found))
        assert "**not met**" in page.page(
            {**RESULTS, "prediction": {**RESULTS["prediction"], **{"found": found["prediction"]}}}
        )


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
        a_product = measure.gflop_of(lambda: torch.ones(measure.SIDE, measure.SIDE) @ torch.ones(measure.SIDE, 1))
        a_product *= measure.SIDE  # columns
        a_clock(monkeypatch, 1.0, 2.0, 6.0)  # seconds: median 2
        assert measure.roof(products=3) == pytest.approx(a_product / 2)

    def test_the_seconds_of_a_call_are_what_the_clock_moved(self, monkeypatch):
        a_clock(monkeypatch, 2.5)
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


class TestAFreshProcess:
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
        assert all(target.met for target in targets({"lessons": found}))
        assert "| 50 | 40 | 45 | 1,000 |" in page.page({**RESULTS, "lessons": {**RESULTS["lessons"], "found": found}})
        found["lessons"][1]["reference_seconds"] = 45.1
        assert [target.met for target in targets({"lessons": found})] == [False, True]
        assert targets({"lessons": found})[0].found == f"slower: {all_lessons()[1].slug}"


class TestATrial:
    @pytest.mark.parametrize(
        "part", [pytest.param(part, marks=pytest.mark.nightly) for part in ("prediction", *TRAINING)]
    )
    def test_each_part_runs_in_small_and_leaves_the_page_alone(self, part, tmp_path, monkeypatch, capsys):
        monkeypatch.setattr(command, "TRIAL", tmp_path / "bench.json")
        before = results.FILE.read_bytes(), page.PAGE.read_bytes()
        assert cli.main(["bench", part, "--rows", "32" if part == "step" else "16", "--runs", "1"]) == 0
        assert (results.FILE.read_bytes(), page.PAGE.read_bytes()) == before
        found = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))[part]["found"]
        assert same_shape(found, FOUND[part])
        assert "NOT MET" not in capsys.readouterr().out


def same_shape(found, stored) -> bool:
    """Tell whether two structures have the same keys all the way down."""
    if isinstance(stored, dict):
        return set(found) == set(stored) and all(same_shape(found[key], stored[key]) for key in stored)
    return type(found) is type(stored) or isinstance(found, int | float)


def a_clock(monkeypatch, *durations: float) -> None:
    """Let the clock of `measure` move by these seconds, one after the other, in the calls that it times."""
    readings = iter([reading for seconds in durations for reading in (0.0, seconds)])
    monkeypatch.setattr(measure, "time", SimpleNamespace(perf_counter=lambda: next(readings)))


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
