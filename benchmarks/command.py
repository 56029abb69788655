"""`course bench`: measures the parts that are named, or all that are new, writes what was found, prints the table."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from benchmarks import page, prediction, processor, results, scale, step
from benchmarks.compare import PAIRS, compare
from benchmarks.targets import targets
from benchmarks.turns import ROOFS
from course_tools.project import BUILD, all_lessons
from course_tools.running.report import JSON
from course_utils import CourseError

RUNS = 3
TRIAL = BUILD / "bench.json"


def lessons() -> dict:
    """Return what each lesson took: the last `make run`, from its report.

    `seconds` are of the clock, `reference_seconds` and the limit `budget_seconds` are reference seconds (see
    `course_tools.running.speed`), `peak_rss_mb` is in MiB.

    Raises CourseError where there is no report of all lessons in `laptop`, all of them passed.
    """
    report = json.loads(JSON.read_text(encoding="utf-8")) if JSON.exists() else {"profile": None, "lessons": []}
    slugs = {lesson.name: lesson.slug for lesson in all_lessons()}
    passed = {lesson["lesson"] for lesson in report["lessons"] if lesson["status"] == "passed"}
    if report["profile"] != "laptop" or passed != set(slugs):
        raise CourseError("The part `lessons` reads the report of a whole run. Make one first: `make run`.")
    columns = ("seconds", "reference_seconds", "budget_seconds", "peak_rss_mb")
    return {
        "total_seconds": report["total_seconds"],
        "lessons": [
            {"lesson": slugs[lesson["lesson"]], **{column: lesson[column] for column in columns}}
            for lesson in report["lessons"]
        ],
    }


# part -> a function of runs, rows (None: its own), the rows of its table that are wanted (None: all), and of what is
# called with a line whenever something is done
Part = Callable[[int, int | None, list[str] | None, Callable[[str], None]], dict]
PARTS: dict[str, Part] = {
    **{name: partial(compare, name) for name in PAIRS},
    "prediction": prediction.predict,
    "step": step.step,
    "scale": scale.scale,
    "lessons": lambda runs, rows, only, tell: lessons(),
}


@dataclass(frozen=True)
class Trial:
    """What is smaller than a measurement: fewer `runs` or `rows` to learn from, or `only` some rows of a table."""

    runs: int | None = None
    rows: int | None = None
    only: list[str] | None = None

    def __bool__(self) -> bool:
        return self != Trial()


def bench(names: list[str], trial: Trial, again: bool, tell: Callable[[str], None]) -> None:
    """Measure, and bring `benchmarks/` up to date after each part. A trial only writes `build/bench.json`.

    Without names: all parts but those that this machine has measured since anything of theirs has changed; with `again`
    those, too. `lessons` is then left out, with a line, where there is no report that it could read.
    """
    file = TRIAL if trial else results.FILE
    found, known = {}, results.here(results.FILE)
    for number, name in enumerate(names or PARTS, 1):
        place = f"[{number} of {len(names or PARTS)}] {name}"
        last = known.get(name, {})
        if not (names or trial or again or name == "lessons") and last.get("key") == results.key(name):
            tell(f"{place}: measured here on {last['date']}, and nothing has changed. Name it to measure it again.")
            continue
        tell(f"{place}: {last['took_seconds']} s the last time" if last else f"{place}: minutes, the first time")
        begun = time.monotonic()
        try:
            found[name] = PARTS[name](trial.runs or RUNS, trial.rows, trial.only, tell)
        except CourseError as error:
            if names or name != "lessons":
                raise
            tell(f"lessons: left out. {error}")
            continue
        results.add(file, name, found[name], time.monotonic() - begun, PARTS)
        if not trial:
            page.write()
    for line in [*table(found), *([] if trial else verdicts(found))]:
        tell(line)


def table(found: dict[str, dict]) -> list[str]:
    """Return what was found, as lines for a terminal."""
    lines = []
    for name in (name for name in PAIRS if name in found):
        lines += ["", f"{found[name]['rows']} {found[name]['data']}, {found[name]['tests']} to judge"]
        for recipe, each in found[name]["recipes"].items():
            seconds, faster, score = each["epoch_seconds"]["median"], each["times_faster"]["median"], each["accuracy"]
            ends = f"({score['low']:.0%} to {score['high']:.0%})"
            lines.append(
                f"  {recipe:<20} {seconds:7.2f} s an epoch  {faster:5.1f} x  {each['padding']:4.0%} padding  "
                f"{each['peak_gib']['median']:4.1f} GiB  {score['value']:.1%} right {ends}"
            )
    if "prediction" in found:
        lines += ["", f"prediction, {found['prediction']['texts']} tweets"]
        lines += [f"  {way:<26} {_way(each)}" for way, each in found["prediction"]["ways"].items()]
    if "step" in found:
        lines += ["", f"a training step, {found['step']['batch_size']} tweets"]
        lines += [f"  {name:<26} {_lever(each)}" for name, each in found["step"]["levers"].items()]
    return lines


def _way(each: dict) -> str:
    if "lacking" in each:
        return f"not measured: {each['lacking']}"
    return (
        f"{each['texts_a_second']['median']:7.1f} texts a second  {each['times_faster']['median']:5.1f} x  "
        f"{_shares(each)}  {each['same_labels']:.1%} the same labels"
    )


def _lever(each: dict) -> str:
    if "lacking" in each:
        return f"not measured: {each['lacking']}"
    return f"{1000 * each['seconds']['median']:7.1f} ms  {each['ratio']['median']:5.2f} of base  {_shares(each)}"


def _shares(each: dict) -> str:
    shares = (f"{each[f'{kind}_share']['median']:4.0%} of {kind}" for kind in ROOFS if f"{kind}_share" in each)
    return "  ".join(shares)


def verdicts(found: dict[str, dict]) -> list[str]:
    """Return the targets as lines for a terminal. A trial is too small to be judged."""
    words = {True: "met", False: "NOT MET"}
    judged = targets(found, processor.key())
    return ["", *(f"{words[each.met]:<7}  {each.of}: {each.wanted}: {each.found}" for each in judged)]
