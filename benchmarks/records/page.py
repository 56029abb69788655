"""`benchmarks/records/README.md` and its figures, made from `found.json`. `python -m benchmarks.records.page`."""

from __future__ import annotations

from matplotlib import rc_context
from matplotlib.figure import Figure

from benchmarks.page import link, template
from benchmarks.records import emotion, found, levels, reviews
from course_tools.files import write_in_one_step
from course_utils.plots import COLOURS, GREY, STYLE, Picture

TASKS = {"emotion": emotion.TASK, "reviews": reviews.TASK, "levels": levels.TASK}
PAGE = found.FILE.with_name("README.md")
FIVE_MINUTES = 300


def write() -> None:
    """Draw the figures anew and write the page."""
    for name, picture in drawn(found.read()).items():
        picture.figure.savefig(PAGE.with_name(f"{name}.png"), dpi=110, metadata={"Software": None})
    write_text()


def write_text() -> None:
    """Write the page alone: its links move with the order of the lessons."""
    write_in_one_step(PAGE, text(found.read()))


def text(records: dict) -> str:
    """Return the page."""
    alts = {name: picture.alt for name, picture in drawn(records).items()}
    return template("benchmarks.records", ends=_ends).render(records=records, alts=alts, link=_link)


def drawn(records: dict) -> dict[str, Picture]:
    """Return task -> figure, of those whose test part was opened."""
    return {name: _curve(name, *_latest(parts)) for name, parts in records.items() if _latest(parts)}


def _latest(parts: dict) -> tuple[str, dict] | None:
    """Return the measurement that a figure shows: the test part, in 16 bits where that was measured."""
    return next(((key, parts[key]) for key in ("test, bf16", "test, fp32") if key in parts), None)


@rc_context(STYLE)
def _curve(task: str, key: str, measured: dict) -> Picture:
    """Draw the first score of each way but the first, the laziest, against its seconds."""
    figure = Figure(figsize=(9, 5), layout="constrained")
    axes = figure.subplots()
    score = next(iter(TASKS[task].goal))
    words = []
    for number, (way, row) in list(enumerate(measured["rows"].items(), start=1))[1:]:
        value, seconds = row["scores"][score], row["reference_seconds"]
        ends = [[value["median"] - value["low"]], [value["high"] - value["median"]]]
        axes.errorbar(seconds, value["median"], yerr=ends, fmt="o", color=COLOURS[0], markersize=7)
        beside = (6, 5) if number % 2 else (6, -14)  # neighbours in the table are often neighbours here
        axes.annotate(str(number), (seconds, value["median"]), xytext=beside, textcoords="offset points")
        words.append(f"{number}: {way}, {value['median']:.3f} in {seconds:.0f} s")
    axes.axhline(TASKS[task].goal[score], color=GREY, linestyle="--", label=f"goal: {TASKS[task].goal[score]}")
    axes.axvline(FIVE_MINUTES, color=GREY, linestyle=":", label="five minutes")
    axes.set_xlim(left=0)
    axes.set(xlabel=f"reference seconds, learning and answering ({key.split(', ')[1]})", ylabel=score)
    axes.legend(loc="lower right")
    return Picture(figure, f"{score} against seconds, numbered as in the table. {'; '.join(words)}.")


def _ends(value: dict[str, float]) -> str:
    """Return a median with the lowest and the highest, or alone where all are the same."""
    if value["low"] == value["high"]:
        return f"{value['median']:.3f}"
    return f"{value['median']:.3f} ({value['low']:.3f} to {value['high']:.3f})"


def _link(slug: str) -> str:
    return link(slug).replace("](../", "](../../")


if __name__ == "__main__":
    write()
