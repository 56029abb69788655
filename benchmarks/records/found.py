"""`benchmarks/records/found.json`: what the records found, each measurement with its machine, date and versions."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

from benchmarks.processor import words
from course_tools.files import write_in_one_step
from course_tools.running.report import versions

FILE = Path(__file__).with_suffix(".json")


def read() -> dict[str, dict[str, dict]]:
    """Return task -> a measurement's name, "folds, fp32" or the like -> its date, machine, versions, seeds, rows."""
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}


def key(test: bool, bf16: bool) -> str:
    """Return the name of a measurement: which rows judged, and how numbers were multiplied."""
    return f"{'test' if test else 'folds'}, {'bf16' if bf16 else 'fp32'}"


def add(task: str, name: str, rows: dict, seeds: list[int], learned: int, judged: int) -> None:
    """Write one measurement, in one step. The others stay as they are. `learned` and `judged`: how many rows."""
    records = read()
    records.setdefault(task, {})[name] = {
        "date": datetime.date.today().isoformat(),
        "machine": words(),
        "versions": versions(),
        "seeds": seeds,
        "learned": learned,
        "judged": judged,
        "rows": rows,
    }
    write_in_one_step(FILE, json.dumps(records, indent=1) + "\n")
