"""The training step of `case_emotion` taken apart: its share of the roof, where its time goes, and what helps."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks import lesson_recipes
from benchmarks.fresh_process import in_fresh_process
from benchmarks.levers import LEVERS, Lever, Step
from benchmarks.measure import SEED, gflop_of, rows_of, spread, timed
from benchmarks.processor import has_16_bits
from benchmarks.turns import NO_16_BITS, Turn, chosen, in_turn, shares
from course_utils import CourseError

ROWS, BATCH_SIZE, STEPS = 512, 16, 12
STEPS_OF_ONE_WIDTH = 4  # where all batches are as wide, they cost the same
PROFILED = ("base", "bf16", "bf16, no dropout, eager")


def step(runs: int, rows: int | None, only: list[str] | None, tell: Callable[[str], None]) -> dict:
    """Measure roof, step and levers in turn, `runs` times, and profile some of them once.

    Raises CourseError for fewer rows than a batch has.
    """
    names, rows = chosen(LEVERS, only, "base"), rows or ROWS
    if rows < BATCH_SIZE:
        raise CourseError(f"A step takes {BATCH_SIZE} rows. Give the part `step` as many: `--rows {BATCH_SIZE}`.")
    lacking = {name: NO_16_BITS for name in names if LEVERS[name].sixteen_bits and not has_16_bits()}
    with tempfile.TemporaryDirectory() as cache:
        compiling = {}
        if "compiled" in names:
            for state in ("cold", "warm"):  # the second process finds what the first one has compiled
                compiling[state] = in_fresh_process(first_steps, cache, rows)
                if words := compiling[state].get("lacking"):
                    lacking["compiled"] = words
                    break
                tell(f"step: compiled, with a {state} cache: {compiling[state]['seconds']:.0f} s")
        names = [name for name in names if name not in lacking]
        found = in_fresh_process(take_apart, runs, rows, names, cache, tell=tell)
    if "compiled" in found["levers"]:
        found["levers"]["compiled"]["compiling"] = {state: each["seconds"] for state, each in compiling.items()}
    measured = found["levers"] | {name: {"lacking": words} for name, words in lacking.items()}
    found["levers"] = {name: {"what": LEVERS[name].what} | measured[name] for name in LEVERS if name in measured}
    return found


def first_steps(cache: str, rows: int) -> dict:
    """Return the `seconds` of the first steps with compiled layers, or `lacking`, a sentence. For a process of its own.

    `cache`: the folder where inductor keeps what it has compiled.
    """
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = cache
    with tempfile.TemporaryDirectory() as work:
        names, texts = recipe(rows, Path(work))
        one = Step(names, LEVERS["compiled"], batches_of(names, texts, True, None))
        try:
            return {"seconds": timed(one.warm_up)[0]}
        except RuntimeError as error:  # the base of all that the compiler raises
            first_line = str(error).strip().partition("\n")[0]
            return {"lacking": f"the layers could not be compiled ({first_line}). It wants a C++ compiler, as g++"}


def take_apart(runs: int, rows: int, levers: list[str], cache: str, tell: Callable[[str], None]) -> dict:
    """Return what `step` returns, of these levers. For a process of its own."""
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = cache
    batches = {}
    with tempfile.TemporaryDirectory() as work:
        names, texts = recipe(rows, Path(work))
        for form in {(LEVERS[name].grouped, LEVERS[name].width) for name in [*levers, "base"]}:
            batches[form] = batches_of(names, texts, *form)
        gflop = {form: gflop_a_step(names, each) for form, each in batches.items()}
        forms = {name: (LEVERS[name].grouped, LEVERS[name].width) for name in levers}
        steps = {name: Step(names, LEVERS[name], batches[forms[name]]) for name in levers}
        ways = {name: lambda run, each=each: each.seconds() for name, each in steps.items()}
        turns = in_turn(ways, runs, lambda line: tell(f"step: {line}"))
        return {
            "rows": len(texts),
            "width": median(batch["input_ids"].shape[1] for batch in batches[True, None]),
            "batch_size": BATCH_SIZE,
            "gflop": gflop[True, None],
            **{f"roof_{kind}": spread([turn.roofs[kind] for turn in turns["base"]]) for kind in turns["base"][0].roofs},
            "profiles": {name: steps[name].profile() for name in PROFILED if name in steps},
            "levers": {name: cost(found, turns["base"], gflop[forms[name]]) for name, found in turns.items()},
        }


def cost(turns: list[Turn], base: list[Turn], gflop: float) -> dict:
    """Return the seconds of a step, its time as a part of the base's, run by run, and its shares of the roofs."""
    return {
        "seconds": spread([turn.seconds for turn in turns]),
        "ratio": spread([turn.seconds / other.seconds for turn, other in zip(turns, base, strict=True)]),
        **shares(turns, gflop),
    }


def recipe(rows: int, work: Path):
    """Return the names of the recipe of `case_emotion`, and tweets tokenized by it, from short to long."""
    train, _, labels = rows_of("tweets", rows, 1)
    names = lesson_recipes.emotion(work, train["text"], labels, SEED)
    return names, names["prepare"](train, rows)


def batches_of(names: dict, texts, grouped: bool, width: int | None) -> list[dict]:
    """Return at most `STEPS` batches spread over all lengths: of similar length, or in any order."""
    texts = texts if grouped else texts.shuffle(seed=SEED)
    columns = texts.select_columns(["input_ids", "attention_mask", "label"])
    starts, steps = range(0, len(columns) - BATCH_SIZE + 1, BATCH_SIZE), STEPS_OF_ONE_WIDTH if width else STEPS
    batches = []
    for start in starts[:: max(1, len(starts) // steps)][:steps]:
        rows = [columns[row] for row in range(start, start + BATCH_SIZE)]
        if width:
            rows = names["tokenizer"].pad(rows, padding="max_length", max_length=width)
            rows = [dict(zip(rows, row, strict=True)) for row in zip(*rows.values(), strict=True)]
        batches.append(dict(names["collate"](rows)))
    return batches


def gflop_a_step(names: dict, batches: list[dict]) -> float:
    """Return the mean operations of a step in GFLOP (10^9), forward and backward, padding included."""
    model = Step(names, Lever("to count", attention="eager"), batches).model
    return gflop_of(lambda: [model(**batch)["loss"].backward() for batch in batches]) / len(batches)
