"""A file of weights that acts when it is opened. Harmless: all it does is to write one line into its own folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import torch

TRACE = "trace.txt"
OPENERS = {
    "the default": "torch.load('weights.bin')",
    "the old way": "torch.load('weights.bin', weights_only=False)",
}


class Acts:
    def __reduce__(self):  # "to build me again, call this function with these arguments"
        return exec, (f"open('{TRACE}', 'w').write('I was run, with all your rights.')",)


def write(folder: Path) -> Path:
    """Write a file of weights with the trap in it, and return its path."""
    path = folder / "weights.bin"
    torch.save({"head.weight": torch.zeros(6, 384), "extra": Acts()}, path)
    return path


def open_with(call: str, folder: Path) -> dict[str, str]:
    """Open the file in a process of its own that stands in `folder`; return what it said and what trace is left."""
    script = f"import torch\ntry:\n    print('opened,', len({call}), 'entries')\nexcept Exception as e:\n    print(e)"
    child = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    lines = [line.strip() for line in child.stdout.splitlines() if "opened" in line or "Unsupported" in line]
    lines = [line.partition("WeightsUnpickler error: ")[2] or line for line in lines] or [child.stderr[-200:]]
    trace = folder / TRACE
    return {"it said": lines[0][:60], "trace": trace.read_text() if trace.exists() else "none"}
