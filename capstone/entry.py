"""What a student hands in for the leaderboard: the answers, and how long they took on this machine."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

from course_utils import CourseError

FORMAT = 1


def write_entry(ids: Sequence, labels: Sequence[str], seconds: float, path: str | Path = "entry.json") -> Path:
    """Write `entry.json`, and say in one line what it holds.

    `ids` and `labels`: the ids that your instructor gave, and your answer for each. `seconds`: what training and
    answering took. The function measures how fast this machine is (some seconds), so that the board can convert.

    Raises CourseError for lists of unlike length, an id twice, an empty label, or seconds that are no number above 0.
    """
    from course_tools.running.speed import gflops, reference_seconds

    answers = _answers(list(ids), list(labels))
    if isinstance(seconds, bool) or not math.isfinite(seconds) or seconds <= 0:
        raise CourseError(f"seconds is {seconds!r}. Give the seconds of the clock, a number above 0.")
    device, threads = _device()
    speed = gflops(threads)
    entry = {"format": FORMAT, "answers": answers, "seconds": float(seconds), "gflops": speed, "device": device}
    path = Path(path)
    path.write_text(json.dumps(entry, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"{path.name}: {len(answers)} answers, {reference_seconds(seconds, speed):.1f} reference seconds")
    return path


def _answers(ids: list, labels: list) -> dict[str, str]:
    if len(ids) != len(labels) or not ids:
        raise CourseError(f"There are {len(ids)} ids and {len(labels)} labels. Give one label for each id.")
    answers = {str(one): str(label) for one, label in zip(ids, labels, strict=True)}
    if len(answers) < len(ids):
        raise CourseError(f"{len(ids) - len(answers)} of the ids occur twice. Give each id once.")
    empty = [one for one, label in answers.items() if not label.strip()]
    if empty:
        raise CourseError(f"The label of id {empty[0]} is empty. Give one label for each id.")
    return answers


def _device() -> tuple[str, int]:
    """Return what computes here, and how many threads torch uses: the speed is measured with as many."""
    import torch

    from course_utils.devices import choose_device

    return choose_device().type, torch.get_num_threads()
