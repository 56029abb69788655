"""What the course wants of its speed, and whether the results are so."""

from __future__ import annotations

from dataclasses import dataclass

from course_tools.running.verdict import MOST_MB

SECONDS_OF_ALL_LESSONS = 900


@dataclass(frozen=True)
class Target:
    """`of` is a recipe's name or a part; `wanted` and `found` are words."""

    of: str
    wanted: str
    found: str
    met: bool


def targets(found: dict[str, dict]) -> list[Target]:
    """Return the targets of all parts that were measured. `found`: part -> what it found."""
    judges = {"512": _against_512, "128": _against_128, "prediction": _prediction, "step": _step, "lessons": _lessons}
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
    way = found["ways"]["batches of 64, sorted"]
    ratio, same = way["times_faster"]["median"], way["same_labels"]
    return [
        Target(
            "prediction",
            "at least 15 times faster than one by one at 512, 99.5% of the labels the same",
            f"{ratio:.1f} times, {same:.1%} the same",
            ratio >= 15 and same >= 0.995,
        )
    ]


def _step(found: dict) -> list[Target]:
    fp32, bf16 = found["share_of_roof"]["median"], found["bf16_share_of_roof"]["median"]
    return [
        Target(
            "the training step",
            "at 55% of the fp32 roof, or at 40% of the bf16 roof",
            f"{fp32:.0%} of the fp32 roof, {bf16:.0%} of the bf16 roof",
            fp32 >= 0.55 or bf16 >= 0.4,
        )
    ]


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
