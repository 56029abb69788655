"""How fast this machine is, and what a second here is worth: reference seconds.

A reference second is a second on two cores whose product of fp32 matrices reaches 150 GFLOP/s. Whoever runs lessons
measures the same product first, with the threads that a lesson will have, and converts.
"""

import sys
import time

REFERENCE_GFLOPS = 150
SIDE, REPEATS = 2048, 6


def gflops(threads: int) -> float:
    """Return what a product of two fp32 matrices of 2048 x 2048 reaches with so many threads, in GFLOP/s."""
    import torch

    torch.set_num_threads(threads)
    matrix = torch.ones(SIDE, SIDE)
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        matrix @ matrix
        seconds.append(time.perf_counter() - started)
    return 2 * SIDE**3 / min(seconds) / 1e9


def reference_seconds(seconds: float, gflops: float) -> float:
    """Return seconds of this machine in reference seconds. `gflops`: what it reaches, as `gflops` measures it."""
    return seconds * gflops / REFERENCE_GFLOPS


if __name__ == "__main__":
    print(gflops(int(sys.argv[1])))
