"""`benchmarks/results.json`: what was found, each part with its machine, date and versions."""

from __future__ import annotations

import datetime
import json
import os
import platform
from pathlib import Path

import psutil
import torch

from course_tools.files import write_in_one_step
from course_tools.project import ROOT
from course_tools.running.report import versions

FILE = ROOT / "benchmarks" / "results.json"


def read(file: Path = FILE) -> dict[str, dict]:
    """Return part -> {"date", "machine", "versions", "took_seconds", "found"}."""
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def add(file: Path, part: str, found: dict, took_seconds: float) -> None:
    """Write one part into a file, in one step. The other parts stay as they are."""
    parts = read(file)
    parts[part] = {
        "date": datetime.date.today().isoformat(),
        "machine": machine(),
        "versions": versions(),
        "took_seconds": round(took_seconds),
        "found": _rounded(found),
    }
    write_in_one_step(file, json.dumps(parts, indent=1) + "\n")


def machine() -> str:
    """Return this machine in words: processor, cores, what its instructions can do, memory, system."""
    capability = torch.backends.cpu.get_cpu_capability()
    extras = [name for name in ("amx_bf16", "avx512_bf16") if name in _flags()]
    memory = round(psutil.virtual_memory().total / 2**30)
    cores = f"{os.cpu_count()} cores, {torch.get_num_threads()} threads"
    return f"{_processor()}, {cores}, {', '.join([capability, *extras])}, {memory} GiB, {platform.system()}"


def _processor() -> str:
    return _cpuinfo("model name") or platform.processor() or platform.machine()


def _flags() -> list[str]:
    return _cpuinfo("flags").split()


def _cpuinfo(key: str) -> str:
    """Return the first value of a key in Linux's list of processors, or nothing."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")


def _rounded(value):
    """Return the same structure with five digits of each number: more would only be noise."""
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value
