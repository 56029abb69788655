"""`course bench`: measures the parts that are named, or all, writes what was found, prints the table."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial

from benchmarks import page, prediction, results, scale, step
from benchmarks.compare import PAIRS, compare
from benchmarks.targets import targets
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


# part -> a function of runs, rows (None: its own) and of what is called with a line whenever something is done
PARTS: dict[str, Callable[[int, int | None, Callable[[str], None]], dict]] = {
    **{name: partial(compare, name) for name in PAIRS},
    "prediction": prediction.predict,
    "step": step.step,
    "scale": scale.scale,
    "lessons": lambda runs, rows, tell: lessons(),
}


def bench(names: list[str], runs: int | None, rows: int | None, tell: Callable[[str], None]) -> None:
    """Measure, and bring `benchmarks/` up to date. With `runs` or `rows` it is a trial: only `build/bench.json`.

    Without names: all parts; `lessons` is left out, with a line, where there is no report that it could read.
    """
    trial = runs is not None or rows is not None
    file = TRIAL if trial else results.FILE
    found = {}
    for name in names or PARTS:
        begun = time.monotonic()
        try:
            found[name] = PARTS[name](runs or RUNS, rows, tell)
        except CourseError as error:
            if names or name != "lessons":
                raise
            tell(f"lessons: left out. {error}")
            continue
        results.add(file, name, found[name], time.monotonic() - begun)
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
        for way, each in found["prediction"]["ways"].items():
            lines.append(
                f"  {way:<38} {each['texts_a_second']['median']:7.1f} texts a second  "
                f"{each['times_faster']['median']:5.1f} x  {each['same_labels']:.1%} the same labels"
            )
    return lines


def verdicts(found: dict[str, dict]) -> list[str]:
    """Return the targets as lines for a terminal. A trial is too small to be judged."""
    words = {True: "met", False: "NOT MET"}
    return ["", *(f"{words[each.met]:<7}  {each.of}: {each.wanted}: {each.found}" for each in targets(found))]
