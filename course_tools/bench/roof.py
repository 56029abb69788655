"""The roof: how many floating-point operations a second this machine reaches in a product of two large matrices."""

from __future__ import annotations

import time
from statistics import median

import torch

SIDE = 2048
FP32, BF16 = torch.float32, torch.bfloat16


def roof(kind: torch.dtype = FP32, products: int = 8) -> float:
    """Return GFLOP/s (10^9 operations a second): the median of several products of 2048 x 2048 matrices."""
    one, other = (torch.randn(SIDE, SIDE).to(kind) for _ in range(2))
    one @ other
    seconds = []
    for _ in range(products):
        begun = time.perf_counter()
        one @ other
        seconds.append(time.perf_counter() - begun)
    return 2 * SIDE**3 / median(seconds) / 1e9
