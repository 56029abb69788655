"""`course bench`: the page is true to its results, the parts measure what they say, a trial changes nothing."""

import copy
import json
import multiprocessing
import os
import platform
import re
import signal
import threading
import time

import numpy as np
import pytest
import torch
from matplotlib.image import imread
from PIL import Image
from transformers import AutoTokenizer, BertForSequenceClassification, DataCollatorWithPadding

from course_tools import cli
from course_tools.bench import command, compare, lessons, page, recipes, results, roof, spread
from course_tools.bench.alone import alone, peak_gib
from course_tools.bench.answers import ask
from course_tools.bench.marks import marks
from course_utils import CourseError
from course_utils.sources import offline_checkpoint

RESULTS = results.read()
FOUND = {part: entry["found"] for part, entry in RESULTS.items()}


class TestThePage:
    def test_it_is_made_of_the_stored_results(self):
        assert page.PAGE.read_text(encoding="utf-8") == page.page(RESULTS), "Run `course bench`, or `page.write()`."

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

    def test_a_mark_that_is_not_met_is_called_so(self):
        found = {"prediction": copy.deepcopy(FOUND["prediction"])}
        assert [mark.met for mark in marks(found)] == [True]
        found["prediction"]["ways"]["batches of 64, sorted"]["same_labels"] = 0.9
        assert [mark.met for mark in marks(found)] == [False]
        assert any(line.startswith("NOT MET") for line in command.judged(found))
        assert "**not met**" in page.page(
            {**RESULTS, "prediction": {**RESULTS["prediction"], **{"found": found["prediction"]}}}
        )


class TestTheNumbers:
    def test_a_spread(self):
        assert spread.spread([3.0, 1.0, 2.0]) == {"median": 2.0, "low": 1.0, "high": 3.0}

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

    def test_the_roof_is_a_rate(self):
        assert roof.roof(products=1) > 1

    def test_the_last_recipe_of_each_pair_is_a_lesson_s_and_the_first_a_source_s(self):
        for pair in compare.PAIRS.values():
            assert pair.recipes[-1].startswith("lesson") and not pair.recipes[0].startswith("lesson")
            assert set(pair.recipes) <= set(recipes.RECIPES)


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


class TestAlone:
    def test_it_returns_what_the_function_returns_from_another_process(self):
        assert alone(os.getpid) != os.getpid()

    def test_its_exceptions_come_here_with_the_place(self):
        with pytest.raises(ZeroDivisionError) as error:
            alone(divmod, 1, 0)
        assert "Traceback" in error.value.__notes__[0]

    def test_a_death_is_said_in_a_sentence(self):
        with pytest.raises(CourseError, match="memory ran out"):
            alone(os._exit, 9)

    def test_an_interrupt_leaves_no_process(self):
        before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
        alone(os.getpid)  # the process that others are forked from is ready now
        threading.Timer(2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        try:
            with pytest.raises(KeyboardInterrupt):
                alone(time.sleep, 60)
        finally:
            signal.signal(signal.SIGINT, before)
        assert not multiprocessing.active_children()

    def test_memory_is_in_gib(self):
        assert 0.05 < peak_gib() < 1000


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
        monkeypatch.setattr(lessons, "JSON", file)
        with pytest.raises(CourseError, match="make run"):
            lessons.lessons()


@pytest.mark.slow
class TestATrial:
    @pytest.mark.parametrize("part", [*compare.PAIRS, "prediction", "step", "scale"])
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
