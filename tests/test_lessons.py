"""The lessons, executed headless as `course run` does it, with the network shut; their results held in bands."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from course_tools.project import BUILD, all_lessons

GUARD = Path(__file__).parent / "no_network"
LOOPBACK_ONLY = [sys.executable, str(GUARD / "loopback_only.py")]
LESSONS = [lesson.name for lesson in all_lessons()]
MEMORY_LIMIT_MB = 3 * 1024

# lesson -> record -> (lowest, highest) in `laptop`. Wide enough for another CPU or a new library version, and narrow
# enough that a model which learns nothing, or sees its test data, falls out.
BANDS = {
    "00_start_here": {
        "lazy_accuracy": (0.40, 0.46),
        "lazy_macro_f1": (0.18, 0.22),
        "tfidf_accuracy": (0.61, 0.67),
        "tfidf_macro_f1": (0.53, 0.59),
        "test_accuracy": (0.67, 0.76),
        "test_macro_f1": (0.65, 0.75),
        "test_accuracy_low": (0.63, 0.74),
        "test_accuracy_high": (0.69, 0.80),
        "gain_low": (0.0, 0.10),
    },
    "01_hugging_face_basics": {
        "similarity_same_question": (0.5, 0.62),
        "similarity_other_topic": (0.0, 0.15),
        "helpdesk_test_accuracy": (0.58, 1.0),
    },
    "02_cuda_errors": {
        "peak_plain_mb": (1250, 1650),
        "peak_pieces_mb": (560, 760),
        "peak_checkpointing_mb": (450, 630),
        "peak_lora_mb": (880, 1200),
        "bert_base_nothing_done_gb": (12, 16),
        "bert_base_checkpointing_gb": (2.3, 3.4),
    },
    "03_tokenization": {
        "words_checked": (5100, 5200),
        "round_trip_share": (0.04, 0.053),
        "mask_difference": (0.0, 1e-5),
        "no_mask_difference": (0.005, 0.1),
        "left_padding_difference": (0.005, 0.1),
        "cut_at_36_emotion": (0.085, 0.10),
        "padding_512_factor": (20.5, 22.5),
        "tokens_tagalog": (54, 54),
        "unknown_telugu": (19, 19),
        "batched_speedup": (0.8, 15),
    },
    "04_dataloader": {
        "stance_steps": (60, 90),
        "padding_share_512": (0.94, 0.96),
        "padding_share_dynamic": (0.33, 0.39),
        "padding_share_grouped": (0.01, 0.04),
        "tokens_dynamic_to_512": (0.075, 0.085),
        "tokens_grouped_to_512": (0.050, 0.056),
        "seconds_dynamic_to_512": (0.002, 0.12),
        "seconds_grouped_to_512": (0.001, 0.10),
        "token_price_512_to_128": (0.7, 10.0),
    },
    "05_bert_for_sequence_classification": {
        "million_weights": (22.7, 22.73),
        "million_weights_base": (109.4, 109.6),
        "embedding_difference": (0.0, 1e-5),
        "layer_difference": (0.0, 1e-5),
        "logits_difference": (0.0, 1e-5),
        "same_meaning_first": (0.95, 0.98),
        "same_meaning_last": (0.84, 0.89),
        "two_meanings_first": (0.96, 0.99),
        "two_meanings_last": (0.70, 0.77),
        "majority_accuracy": (0.24, 0.26),
        "pooler_accuracy": (0.46, 0.56),
        "cls_accuracy": (0.47, 0.57),
        "mean_accuracy": (0.62, 0.72),
        "maximum_accuracy": (0.54, 0.64),
        "mean_minus_cls": (0.08, 0.22),
        "mean_minus_cls_low": (0.03, 0.16),
        "head_difference": (0.0, 1e-4),
        "cut_joy": (0.6, 0.88),
        "last_window_anger": (0.38, 0.65),
    },
}


def run_guarded(command: list[str], log: Path, namespace: bool = True) -> subprocess.CompletedProcess:
    """Run a command with both guards on: Python's audit hook always, the namespace where the system allows one."""
    environment = {**os.environ, "PYTHONPATH": str(GUARD), "NO_NETWORK_LOG": str(log)}
    if namespace:
        result = subprocess.run([*LOOPBACK_ONLY, *command], env=environment, capture_output=True, text=True)
        if result.returncode != 125:
            return result
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def test_the_guard_writes_down_and_refuses_what_leaves(tmp_path):
    code = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=2)"
    result = run_guarded([sys.executable, "-c", code], tmp_path / "log", namespace=False)
    assert "refused" in result.stderr
    assert "192.0.2.1" in (tmp_path / "log").read_text()


def test_the_namespace_has_loopback_and_nothing_else(tmp_path):
    code = (
        "import socket; server = socket.create_server(('127.0.0.1', 0)); "
        "socket.create_connection(server.getsockname(), timeout=2); print('loopback is up'); "
        "socket.create_connection(('192.0.2.1', 80), timeout=2)"
    )
    result = subprocess.run([*LOOPBACK_ONLY, sys.executable, "-c", code], capture_output=True, text=True)
    if result.returncode == 125:
        pytest.skip("this system allows no new network namespace; the audit hook guards alone")
    assert "loopback is up" in result.stdout
    assert "Network is unreachable" in result.stderr


@pytest.fixture(scope="module", params=["smoke", "laptop"])
def report(request, tmp_path_factory) -> dict:
    """What `course run --profile P` reports, run without a network."""
    log = tmp_path_factory.mktemp("network") / "log"
    result = run_guarded(
        [sys.executable, "-m", "course_tools.cli", "run", "--profile", request.param, "--jobs", "2"], log
    )
    print(result.stdout, result.stderr)
    guarded = log.with_name(log.name + ".guarded").read_text()
    assert guarded.count("ipykernel_launcher") == len(LESSONS), "the guard is not in the kernels"
    assert not log.exists(), log.read_text()
    assert result.returncode == 0, result.stdout
    return json.loads((BUILD / "report.json").read_text())


@pytest.mark.slow
class TestEveryLesson:
    """One run of all lessons for each profile."""

    def test_the_report_has_its_shape(self, report):
        assert set(report) == {"profile", "device", "versions", "total_seconds", "lessons"}
        assert [lesson["lesson"] for lesson in report["lessons"]] == LESSONS
        for lesson in report["lessons"]:
            types = {name: type(value) for name, value in lesson.items()}
            assert types == {
                "lesson": str,
                "status": str,
                "seconds": float,
                "peak_rss_mb": int,
                "budget_seconds": int,
                "cells": int,
                "error": type(None),
                "records": dict,
            }

    def test_it_passes_within_the_memory_limit(self, report):
        for lesson in report["lessons"]:
            assert lesson["status"] == "passed"
            assert 100 < lesson["peak_rss_mb"] < MEMORY_LIMIT_MB

    def test_its_results_are_in_their_bands(self, report):
        for lesson in report["lessons"]:
            assert set(lesson["records"]) == set(BANDS[lesson["lesson"]])
            for name, (lowest, highest) in BANDS[lesson["lesson"]].items():
                if report["profile"] == "laptop":  # a few steps on a few rows prove nothing about quality
                    assert lowest <= lesson["records"][name] <= highest, f"{lesson['lesson']}: {name}"
