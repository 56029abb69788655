"""Ways to do one thing, measured in turn, with the roof of the machine between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from benchmarks.measure import BF16, FP32, roof, spread
from benchmarks.processor import has_16_bits
from course_utils import CourseError

NO_16_BITS = "this processor has no products of 16-bit numbers"
ROOFS = ("fp32", "bf16")
PRODUCTS = 4  # that show the roof, between two ways


@dataclass(frozen=True)
class Turn:
    """What one way took, in seconds, and the roofs around it: precision -> GFLOP/s (10^9 operations a second)."""

    seconds: float
    roofs: dict[str, float]


def in_turn(
    ways: Mapping[str, Callable[[int], float]], runs: int, tell: Callable[[str], None]
) -> dict[str, list[Turn]]:
    """Call each way with the number of the run, and that `runs` times. A way returns its seconds.

    A machine slows down and speeds up: so the roof is measured before and after each way, and its mean counts.
    """
    found: dict[str, list[Turn]] = {name: [] for name in ways}
    for run in range(runs):
        before = roofs()
        for name, way in ways.items():
            seconds = way(run)
            after = roofs()
            found[name].append(Turn(seconds, {kind: (before[kind] + after[kind]) / 2 for kind in after}))
            before = after
            tell(f"{name}, run {run + 1} of {runs}: {1000 * seconds:.1f} ms")
    return found


def roofs() -> dict[str, float]:
    """Return precision -> what this machine reaches in it, in GFLOP/s. Without 16-bit products: fp32 alone."""
    return {"fp32": roof(FP32, PRODUCTS)} | ({"bf16": roof(BF16, PRODUCTS)} if has_16_bits() else {})


def shares(turns: list[Turn], gflop: float) -> dict[str, dict]:
    """Return `fp32_share`, and `bf16_share` where there is such a roof: operations a second as a part of the roof.

    `gflop`: the operations (10^9) of what took the seconds.
    """
    return {
        f"{kind}_share": spread([gflop / turn.seconds / turn.roofs[kind] for turn in turns]) for kind in turns[0].roofs
    }


def chosen(names: Iterable[str], wanted: list[str] | None, always: str) -> list[str]:
    """Return the names that are wanted (None: all), in their order; `always` is one of them.

    Raises CourseError for a wanted name that there is not.
    """
    names = list(names)
    if unknown := [name for name in wanted or () if name not in names]:
        raise CourseError(f"There is no row {unknown[0]!r} in this part. Its rows: {'; '.join(names) or 'none'}.")
    return [name for name in names if wanted is None or name in wanted or name == always]
