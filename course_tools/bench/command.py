"""`course bench`: measures the parts that are named, or all, writes what was found, prints the table."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from course_tools.bench import page, predict, results, scale, step
from course_tools.bench.compare import PAIRS, compare
from course_tools.bench.lessons import lessons
from course_tools.bench.marks import marks
from course_tools.project import BUILD
from course_utils import CourseError

RUNS = 3
TRIAL = BUILD / "bench.json"

# part -> a function of runs, rows (None: its own) and of what is called with a line whenever something is done
PARTS: dict[str, Callable[[int, int | None, Callable[[str], None]], dict]] = {
    **{name: partial(compare, name) for name in PAIRS},
    "prediction": predict.predict,
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
    for line in [*table(found), *([] if trial else judged(found))]:
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


def judged(found: dict[str, dict]) -> list[str]:
    """Return the marks as lines for a terminal. A trial is too small to be judged."""
    return ["", *(f"{'met' if mark.met else 'NOT MET':<7}  {mark.wanted}: {mark.found}" for mark in marks(found))]
