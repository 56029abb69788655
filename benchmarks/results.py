"""`benchmarks/results.json`: machine -> part -> what was found, with date and versions. A machine keeps its own.

The first machine is the one that lessons cite.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from benchmarks import engines, processor
from course_tools.files import write_in_one_step
from course_tools.project import ROOT, tagged_code
from course_tools.running.key import modules
from course_tools.running.report import versions
from course_tools.scripts import text_of

FILE = ROOT / "benchmarks" / "results.json"
ROOMS = ("benchmarks", "course_utils", "lessons")
MEASURED_CELLS = (("case_emotion", "recipe"), ("lora", "model"))  # slug, tag: see `lesson_recipes`


def read(file: Path = FILE) -> dict[str, dict[str, dict]]:
    """Return machine -> part -> {"date", "machine", "versions", "took_seconds", "found"}, some with "key"."""
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def cited() -> dict[str, dict]:
    """Return part -> what was found on the machine that the lessons cite."""
    return {part: entry["found"] for part, entry in next(iter(read().values())).items()}


def here(file: Path) -> dict[str, dict]:
    """Return part -> entry of this machine."""
    return read(file).get(processor.key(), {})


def add(file: Path, part: str, found: dict, took_seconds: float, order: Iterable[str]) -> None:
    """Write one part of this machine into a file, in one step. All else stays as it is. `order`: that of the parts."""
    machines = read(file)
    parts = machines.setdefault(processor.key(), {})
    parts[part] = {
        "date": datetime.date.today().isoformat(),
        "machine": processor.words(),
        "versions": versions() | found.get("libraries", {}),
        "took_seconds": round(took_seconds),
        "key": key(part),
        "found": _rounded(found),
    }
    machines[processor.key()] = {name: parts[name] for name in order if name in parts}
    write_in_one_step(file, json.dumps(machines, indent=1) + "\n")


def key(part: str) -> str:
    """Return the digest of what a part's numbers depend on, beside the machine: its code, the cells, the versions."""
    module = ROOT / "benchmarks" / f"{part}.py"
    start = f"import benchmarks.{part if module.is_file() else 'compare'}"
    texts = [text_of(path) for path in modules([start], f"the part {part}", ROOMS)]
    texts += [tagged_code(*place) for place in MEASURED_CELLS]
    able = versions() | (engines.versions() if part == "prediction" else {})
    return hashlib.sha256(json.dumps([able, texts]).encode()).hexdigest()[:16]


def _rounded(value):
    """Return the same structure with five digits of each number: more would only be noise."""
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value
