"""What this lesson says and no cell of it checks: its counts, its quotes' numbers, its folded answers, its verdict."""

import math
from types import SimpleNamespace

import pytest
from packaging.specifiers import SpecifierSet
from transformers import TrainingArguments

from lessons.reproducibility import again, planted
from tests.prose import cell, made, prose, said, stored_records

SLUG = "reproducibility"


class TestTheCounts:
    def test_the_planted_changes(self):
        many, few = said(SLUG, "We plant {} changes that matter and {} that do not")
        assert (many, few) == (len(planted.CHANGES), len(planted.HARMLESS))
        assert said(SLUG, "A manifest refuses all of {} planted changes, and none of {} harmless ones") == [many, few]

    def test_ten_steps_see_160_messages(self):
        [seen] = said(SLUG, "Ten steps see {} messages")
        assert seen == 10 * 16
        assert "DataLoader(range(len(topic)), 16, shuffle=True" in cell(SLUG, "def train(")

    def test_twelve_of_64_characters(self):
        shown, all_of_them = said(SLUG, "We show {} of its {} characters")
        names = {"json": __import__("json"), "hashlib": __import__("hashlib")}
        digest = made(SLUG, "digest", **names)
        assert len(digest("any")) == shown
        assert len(names["hashlib"].sha256(b"any").hexdigest()) == all_of_them
        assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
        assert digest([1, 2]) != digest([2, 1])

    def test_their_training_saw_six_rows(self):
        runtime, pace, steps, epochs, _ = said(
            SLUG, "runtime {} s, {} samples per second, {} steps, {} epochs, loss {}."
        )
        [rows] = said(SLUG, "Their training saw {} rows")
        assert round(runtime * pace / epochs) == rows
        assert steps == epochs  # one batch held all of them


class TestOldVersions:
    def test_a_range_is_kept_and_the_code_is_broken(self):
        assert SpecifierSet(">=4.40.0").contains("5.24.0")
        with pytest.raises(TypeError, match="unexpected keyword argument 'evaluation_strategy'"):
            TrainingArguments("never made", evaluation_strategy="steps")

    def test_main_points_at_the_newest_commit(self, tmp_path):
        cache = again.hub_cache(tmp_path, {"a" * 40: "old", "b" * 40: "new"})
        assert (cache / "models--town--desk" / "refs" / "main").read_text() == "b" * 40

    def test_two_functions_of_one_name(self):
        execute = made(SLUG, "execute")
        cells = made(SLUG, "TWICE")
        with pytest.raises(TypeError, match="missing 1 required positional argument: 'text'"):
            execute(cells, ["34", "30", "35"])
        assert "`missing 1 required positional argument: 'text'`" in prose(SLUG)


class TestTheManifest:
    def test_it_catches_each_planted_change(self):
        parts = {
            "rows": [{"text": "one", "label": 5}, {"text": "two", "label": 1}],
            "tokenizer": b'{"lowercase":true}',
            "weights": b"\x00\x01",
            "code": "def train(): ...",
            "settings": {"steps": 10},
            "versions": {"transformers": "5"},
        }
        digest = made(SLUG, "digest", json=__import__("json"), hashlib=__import__("hashlib"))
        manifest = made(SLUG, "manifest", digest=digest, planted=planted)
        differences = made(SLUG, "differences")
        for change in planted.CHANGES.values():
            assert len(differences(manifest(parts), manifest(planted.changed(parts, change)))) == 1
        for change in planted.HARMLESS.values():
            assert differences(manifest(parts), manifest(planted.changed(parts, change))) == []


class TestTheVerdict:
    def test_seeds_move_more_than_threads(self):
        kept_promise = "Seeds moved the number by about a point (standard deviation), threads by less, or not at all"
        assert kept_promise in prose(SLUG)
        kept = stored_records(SLUG)
        assert 0.4 < kept["seeds_spread"] < 2.5
        assert kept["threads_points"] < kept["seeds_spread"]

    def test_what_ines_writes(self):
        right, low, high = said(SLUG, "About {}%; from {}% to {}% with other seeds and rows")
        number = 100 * stored_records(SLUG)["number"]
        assert abs(number - right) < 1.5
        assert low < number < high
        assert math.isclose(high - low, 8, abs_tol=3)

    def test_the_trap_of_the_shortcut(self):
        assert "rings falsely more than half of the time" in prose(SLUG)
        assert stored_records(SLUG)["false_inside"] > 0.5

    def test_the_patch_wins_and_breaks_the_old_number(self):
        assert "where the words had their old meaning, it loses more than thirty points" in prose(SLUG)
        kept = stored_records(SLUG)
        assert kept["patch_on_year_1"] < -0.3
        assert kept["year_3_patched_in_the_UI"] > kept["year_3_taught_100_fresh_labels"] > kept["year_3_as_it_was"]


def test_the_environment_comes_back(monkeypatch):
    monkeypatch.setenv("COURSE_EXAMPLE", "before")
    switch = SimpleNamespace(on=lambda: again.os.environ.update(COURSE_EXAMPLE="after"))
    assert again.variables_after(switch.on) == {"COURSE_EXAMPLE": "after"}
    assert again.os.environ["COURSE_EXAMPLE"] == "before"
