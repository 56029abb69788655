"""What the course wants of its speed, and whether the results are so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from benchmarks.levers import LEVERS
from benchmarks.prediction import BATCHES, FP32_WAYS
from benchmarks.processor import has_amx
from course_tools.running.verdict import MOST_MB

SECONDS_OF_ALL_LESSONS = 900


@dataclass(frozen=True)
class Target:
    """`of` is a recipe's name or a part; `wanted` and `found` are words."""

    of: str
    wanted: str
    found: str
    met: bool


def targets(found: dict[str, dict], machine: str) -> list[Target]:
    """Return the targets of all parts that were measured. `found`: part -> what it found; `machine`: its key."""
    judges = {
        "512": _against_512,
        "128": _against_128,
        "prediction": _prediction,
        "step": partial(_step, mark=0.55 if has_amx(machine) else 0.6),
        "lessons": _lessons,
    }
    return [target for part, judge in judges.items() if part in found for target in judge(found[part])]


def _against_512(found: dict) -> list[Target]:
    return [_pair(found, name, 12, "padding to 512") for name in ("notebook 1, grouped", "lora")]


def _against_128(found: dict) -> list[Target]:
    return [_pair(found, "case_emotion", 4, "padding to 128")]


def _pair(found: dict, name: str, times: int, what: str) -> Target:
    recipe = found["recipes"][name]
    ratio, gain = recipe["times_faster"]["median"], recipe["gain"]
    return Target(
        name,
        f"at least {times} times fewer seconds an epoch than {what}, and no accuracy lost",
        f"{ratio:.1f} times; accuracy {gain['value']:+.1%} ({gain['low']:+.1%} to {gain['high']:+.1%})",
        ratio >= times and gain["high"] >= 0,
    )


def _prediction(found: dict) -> list[Target]:
    way = found["ways"][BATCHES]
    ratio, same = way["times_faster"]["median"], way["same_labels"]
    shares = {name: found["ways"].get(name, {}).get("fp32_share", {"median": 0})["median"] for name in FP32_WAYS}
    best = max(shares, key=shares.get)
    return [
        Target(
            "prediction",
            "at least 15 times faster than one by one at 512, 99.5% of the labels the same",
            f"{ratio:.1f} times, {same:.1%} the same",
            ratio >= 15 and same >= 0.995,
        ),
        Target("prediction", "at 80% of the fp32 roof", f"{shares[best]:.0%} ({best})", shares[best] >= 0.8),
    ]


def _step(found: dict, mark: float) -> Iterator[Target]:
    levers = found["levers"]
    share, best = levers["base"]["fp32_share"]["median"], _fastest(levers, "fp32_share")
    told = f"{share:.0%}"
    if best != "base":
        told += f"; the fastest row, `{best}`, {levers[best]['fp32_share']['median']:.0%}"
    yield Target("the training step", f"at {mark:.0%} of the fp32 roof", told, share >= mark)
    in_16_bits = {name: row for name, row in levers.items() if LEVERS[name].sixteen_bits}
    if best := _fastest(in_16_bits, "bf16_share"):
        share = levers[best]["bf16_share"]["median"]
        yield Target("the training step", "in 16 bits at 40% of the bf16 roof", f"{share:.0%} (`{best}`)", share >= 0.4)


def _fastest(levers: dict[str, dict], share: str) -> str | None:
    """Return the name of the fastest row of those that have such a share of a roof. None: no row has."""
    taken = {name: row["ratio"]["median"] for name, row in levers.items() if share in row}
    return min(taken, key=taken.get, default=None)


def _lessons(found: dict) -> list[Target]:
    # results from before there were reference seconds have limits of the clock
    taken = {each["lesson"]: each.get("reference_seconds", each["seconds"]) for each in found["lessons"]}
    slow = [each["lesson"] for each in found["lessons"] if taken[each["lesson"]] > each["budget_seconds"]]
    peak = max(each["peak_rss_mb"] for each in found["lessons"])
    return [
        Target("the lessons", "none slower than its limit", f"slower: {', '.join(slow) or 'none'}", not slow),
        Target(
            "the lessons",
            f"all in at most {SECONDS_OF_ALL_LESSONS} s, each kernel under 3 GiB",
            f"{found['total_seconds']:.0f} s, at most {peak:,} MiB",
            found["total_seconds"] <= SECONDS_OF_ALL_LESSONS and peak < MOST_MB,
        ),
    ]
