"""This machine in words: its processor, and which of the instructions it has that decide how fast it multiplies."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import psutil
import torch

# from the fastest to the plainest: what PyTorch calls it -> its name
INSTRUCTIONS = {"amx_bf16": "AMX", "avx512_bf16": "AVX512_BF16", "avx512_f": "AVX512", "avx2": "AVX2"}


def key() -> str:
    """Return what two machines share that are as fast: processor, cores, instructions."""
    return f"{_name()}, {os.cpu_count()} cores: {', '.join(instructions()) or platform.machine()}"


def words() -> str:
    """Return the key, and what else may matter: threads, memory, system."""
    memory = round(psutil.virtual_memory().total / 2**30)
    return f"{key()}; {torch.get_num_threads()} threads, {memory} GiB, {platform.system()}"


def short(key: str) -> str:
    """Return a machine's key in two words: maker and fastest instructions."""
    name, _, able = key.rpartition(": ")
    return f"{name.split()[0].removesuffix('(R)')}, {able.partition(',')[0]}"


def has_amx(key: str) -> bool:
    """True for a machine's key that names AMX."""
    return "AMX" in key.rpartition(": ")[2].split(", ")


def instructions() -> list[str]:
    """Return the names of the instructions that this processor has, the fastest first."""
    able = torch.cpu.get_capabilities()
    return [name for flag, name in INSTRUCTIONS.items() if able.get(flag)]


def has_16_bits() -> bool:
    """True where the processor multiplies 16-bit numbers by itself. Elsewhere they are slower than 32-bit ones."""
    return bool({"AMX", "AVX512_BF16"} & set(instructions()))


def _name() -> str:
    """Return the processor's name as Linux has it; else as Python has it."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    found = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return found or platform.processor() or platform.machine()
