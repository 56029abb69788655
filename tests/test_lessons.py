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
    "06_training_loop": {
        "slope_ratio_head": (0.99, 1.01),
        "slope_ratio_deep": (0.98, 1.02),
        "norm_with_zero_grad": (0.5, 3.5),
        "norm_without_zero_grad": (4.0, 12.0),
        "race_zero_grad_forgotten": (1.2, 1.6),
        "race_without": (1.25, 1.48),
        "race_with_scheduler": (1.25, 1.48),
        "steps": (56, 56),
        "best_epoch": (2, 2),
        "best_validation_loss": (0.75, 1.1),
        "share_of_rises": (0.3, 0.6),
        "rises_of_fifths": (0, 1),
        "largest_norm": (3, 20),
        "clipped_share": (0.6, 1.0),
        "validation_accuracy": (0.55, 0.75),
        "validation_accuracy_dropout": (0.5, 0.73),
        "resume_equal": (True, True),
        "majority_accuracy": (0.24, 0.26),
        "tfidf_accuracy": (0.48, 0.56),
        "test_accuracy": (0.62, 0.78),
        "test_accuracy_low": (0.57, 0.74),
        "test_accuracy_high": (0.66, 0.82),
        "test_macro_f1": (0.6, 0.78),
        "gain_low": (0.03, 0.25),
    },
    "07_trainer": {
        "loss_ups": (2, 13),
        "trap_steps": (3, 3),
        "trap_evaluations_on_the_way": (0, 0),
        "true_before": (0.1, 0.36),
        "claimed_before": (0.42, 0.85),
        "resume_equal": (True, True),
        "tensorboard_eval_points": (4, 4),
        "model_1_accuracy": (0.76, 0.86),
        "model_1_low": (0.72, 0.84),
        "model_1_high": (0.79, 0.89),
        "model_2_accuracy": (0.73, 0.83),
        "model_2_low": (0.69, 0.80),
        "model_2_high": (0.76, 0.87),
        "model_3_accuracy": (0.70, 0.82),
        "model_3_low": (0.66, 0.79),
        "model_3_high": (0.74, 0.86),
        "model_4_accuracy": (0.70, 0.82),
        "model_4_low": (0.66, 0.79),
        "model_4_high": (0.74, 0.86),
        "model_5_accuracy": (0.72, 0.83),
        "model_5_low": (0.68, 0.80),
        "model_5_high": (0.75, 0.87),
        "model_1_seed_spread": (0.0, 0.06),
        "model_2_seed_spread": (0.0, 0.06),
        "model_1_minus_2_mean": (0.0, 0.08),
        "model_2_last_loss": (0.38, 0.54),
        "fresh_first_loss": (0.54, 0.69),
        "leftover_first_loss": (0.26, 0.46),
        "leftover_last_val_loss": (0.53, 0.8),
        "f1_upright": (0.3, 0.68),
        "f1_turned": (0.8, 0.91),
        "overlap_share": (0.112, 0.112),
        "own_texts_accuracy": (0.87, 1.0),
        "gain_early_stopping": (-0.08, 0.0),
        "gain_more_dropout": (-0.08, 0.0),
        "gain_one_layer": (-0.07, 0.01),
        "gain_more_texts": (0.0, 0.07),
        "curve_0_25": (0.68, 0.78),
        "curve_1_00": (0.76, 0.86),
        "curve_3_00": (0.79, 0.89),
        "counting_same_texts": (0.70, 0.73),
        "counting_all_texts": (0.84, 0.88),
    },
    "08_lora": {
        "lora_trainable_share": (0.0033, 0.00332),
        "frozen_encoder_accuracy": (0.42, 0.57),
        "last_two_layers_accuracy": (0.40, 0.60),
        "full_accuracy": (0.38, 0.60),
        "lora_accuracy": (0.36, 0.58),
        "frozen_encoder_peak_mb": (90, 140),
        "last_two_layers_peak_mb": (170, 250),
        "full_peak_mb": (350, 480),
        "lora_peak_mb": (250, 350),
        "full_disk_mb": (90, 91),
        "lora_disk_mb": (0.3, 0.33),
        "lora_to_full_accuracy": (0.75, 1.25),
        "lora_to_full_seconds": (0.2, 3.0),
        "lora_to_full_peak_memory": (0.65, 0.82),
        "lora_to_full_weights_trained": (0.007, 0.0071),
        "lora_to_full_disk": (0.0033, 0.0036),
        "lora_accuracy_low": (0.3, 0.54),
        "lora_accuracy_high": (0.4, 0.64),
        "lora_minus_full_low": (-0.25, 0.05),
        "lora_minus_full_high": (-0.07, 0.25),
        "lora_rank": (8, 8),
        "full_rank": (300, 384),
        "lora_share_in_8": (0.9999, 1.0001),
        "full_share_in_8": (0.25, 0.65),
        "merge_difference": (0.0, 1e-4),
        "cat_off": (0.0, 1e-4),
        "linear_off": (0.2, 2.0),
        "mix_minus_base": (-0.2, 0.2),
        "mix_minus_streets": (-0.2, 0.2),
        "mix_minus_life": (-0.2, 0.2),
        "confidence_test_posts": (0.34, 0.6),
        "confidence_noise": (0.34, 0.65),
    },
    "09_evaluation": {
        "accuracy": (0.63, 0.76),
        "macro_f1": (0.61, 0.74),
        "negative_recall": (0.62, 0.90),
        "drop_typos": (-0.20, 0.02),
        "drop_no_names": (-0.12, 0.06),
        "drop_no_punctuation": (-0.10, 0.10),
        "drop_no_emoji": (-0.36, 0.25),
        "paraphrases_same_answer": (0.3, 1.0),
        "wrong_answers_loss_rise": (0.2, 1.3),
        "ece_before": (0.06, 0.18),
        "temperature": (1.25, 2.3),
        "ece_after": (0.02, 0.09),
        "log_loss_saved": (0.0, 0.10),
        "rank_correlation": (0.985, 0.99999),
        "cost_saved": (0.2, 0.8),
        "answered_accuracy": (0.69, 0.84),
        "people_and_model": (0.1, 0.38),
        "gain": (-0.08, 0.07),
        "p_value": (0.0, 1.0),
        "disagreement": (0.14, 0.29),
        "a_point_by_luck": (0.55, 0.75),
        "real_point_found_500": (0.06, 0.12),
        "spread_by_draw": (0.01, 0.05),
    },
    "10_case_emotion": {
        "unknown_before": (0.20, 0.21),
        "unknown_after": (0.02, 0.035),
        "padding_difference": (0.0, 1e-4),
        "training_seconds": (10, 900),
        "temperature": (0.55, 1.1),
        "lazy_accuracy": (0.22, 0.31),
        "lazy_macro_f1": (0.08, 0.12),
        "lazy_log_loss": (1.37, 1.41),
        "counted_accuracy": (0.66, 0.75),
        "counted_macro_f1": (0.66, 0.75),
        "counted_log_loss": (0.82, 0.95),
        "frozen_accuracy": (0.68, 0.76),
        "frozen_macro_f1": (0.68, 0.76),
        "frozen_log_loss": (0.72, 0.83),
        "test_accuracy": (0.74, 0.84),
        "test_macro_f1": (0.74, 0.84),
        "test_log_loss": (0.45, 0.62),
        "gain": (0.02, 0.12),
        "gain_low": (-0.01, 0.09),
        "limit_spread": (0.02, 0.2),
    },
    "11_case_cefr": {
        "kappa_one_level_off": (0.93, 0.96),
        "kappa_anywhere": (0.6, 0.74),
        "validation_kappa_six_names": (0.90, 0.975),
        "validation_kappa_one_number": (0.90, 0.975),
        "validation_kappa_five_questions": (0.90, 0.975),
        "yes_after_no": (0.0, 0.05),
        "rising_probability": (0.2, 0.75),
        "kappa_length": (0.1, 0.35),
        "kappa_all_three": (0.78, 0.88),
        "kappa_TF_IDF": (0.62, 0.78),
        "kappa_frozen": (0.80, 0.90),
        "kappa_six_names": (0.91, 0.965),
        "kappa_one_number": (0.91, 0.965),
        "kappa_five_questions": (0.91, 0.965),
        "accuracy_kept": (0.64, 0.78),
        "within_one_kept": (0.96, 1.0),
        "gain_over_all_three": (0.06, 0.15),
        "gain_over_frozen": (0.04, 0.13),
        "errors_one_off": (0.85, 1.0),
        "recall_no_weights": (0.20, 0.34),
        "recall_class_weights": (0.36, 0.50),
        "long_accuracy_cut": (0.62, 0.92),
        "long_accuracy_whole": (0.62, 0.92),
        "long_accuracy_windows": (0.62, 0.92),
        "place_as_it_was": (3.2, 4.7),
        "place_rare_words_made_easy": (0.4, 2.0),
        "place_easy_words_made_other": (3.0, 4.7),
        "attention_to_special": (0.0, 0.35),
        "coverage": (0.2, 0.75),
        "accuracy_when_sure": (0.75, 0.95),
        "accuracy_when_unsure": (0.45, 0.72),
        "strange_confidence": (0.5, 0.9),
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
@pytest.mark.timeout(3600)  # the run has limits of its own, one for each lesson
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
