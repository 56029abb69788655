"""How fast this machine is, and what a second here is worth: reference seconds.

A reference second is a second on two cores whose product of fp32 matrices reaches 150 GFLOP/s. Whoever runs lessons
measures the same product first, with the threads that a lesson will have, and converts.
"""

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

REFERENCE_GFLOPS = 150
SIDE, REPEATS = 2048, 6
OPERATIONS = 2 * SIDE**3  # of one product


def product_seconds(repeats: int, kind: "torch.dtype | None" = None) -> list[float]:
    """Return the seconds of each of so many products of two matrices of 2048 x 2048. `kind`: fp32, if not said."""
    import torch

    one, other = (torch.randn(SIDE, SIDE).to(kind or torch.float32) for _ in range(2))
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        one @ other
        seconds.append(time.perf_counter() - started)
    return seconds


def gflops(threads: int) -> float:
    """Return what a product of two fp32 matrices of 2048 x 2048 reaches with so many threads, in GFLOP/s."""
    import torch

    torch.set_num_threads(threads)
    return OPERATIONS / min(product_seconds(REPEATS)) / 1e9


def reference_seconds(seconds: float, gflops: float) -> float:
    """Return seconds of this machine in reference seconds. `gflops`: what it reaches, as `gflops` measures it."""
    return seconds * gflops / REFERENCE_GFLOPS


if __name__ == "__main__":
    print(gflops(int(sys.argv[1])))
