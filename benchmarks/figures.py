"""The two figures of `benchmarks/README.md`."""

from __future__ import annotations

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.plots import COLOURS, GREY, STYLE, Picture


@rc_context(STYLE)
def pairs(found: dict[str, dict]) -> Picture:
    """Draw, for each pair, the seconds of an epoch as bars, with the accuracy beside them. `found`: pair -> results."""
    figure = Figure(figsize=(9, 1.1 + 1.7 * len(found)), layout="constrained")
    words = []
    for axes, (name, pair) in zip(figure.subplots(len(found), 1, squeeze=False)[:, 0], found.items(), strict=True):
        recipes = pair["recipes"]
        seconds = [recipe["epoch_seconds"]["median"] for recipe in recipes.values()]
        ends = [[s - r["epoch_seconds"]["low"] for s, r in zip(seconds, recipes.values(), strict=True)]]
        ends += [[r["epoch_seconds"]["high"] - s for s, r in zip(seconds, recipes.values(), strict=True)]]
        colours = [GREY] + [COLOURS[0]] * (len(recipes) - 1)
        axes.barh(list(recipes), seconds, xerr=ends, color=colours, height=0.6, ecolor="#262626")
        for row, (second, recipe) in enumerate(zip(seconds, recipes.values(), strict=True)):
            told = f"{second:.1f} s, {recipe['accuracy']['value']:.0%} right"
            axes.annotate(
                told, (recipe["epoch_seconds"]["high"], row), xytext=(6, 0), textcoords="offset points", va="center"
            )
            words.append(f"{list(recipes)[row]} {told}")
        axes.invert_yaxis()
        axes.set_xlim(0, max(seconds) * 1.35)
        axes.set_title(f"against {name} places: {pair['rows']} {pair['data']} an epoch")
    axes.set_xlabel("seconds an epoch (median, lowest and highest)")
    return Picture(figure, f"Bars, seconds an epoch and accuracy: {'; '.join(words)}.")


@rc_context(STYLE)
def growth(found: dict) -> Picture:
    """Draw seconds and memory against rows, tokens a row, and rows a batch."""
    figure = Figure(figsize=(11, 6), layout="constrained")
    grid = figure.subplots(2, 3, sharex="col")
    panels = {
        "rows": ("rows", "seconds an epoch", "peak_gib", "GiB, whole process", 1),
        "tokens": ("tokens a row, 16 rows a batch", "seconds a step", "peak_mb", "GB, tensors of a step", 1e3),
        "batch": ("rows a batch, 32 tokens a row", "seconds a step", "peak_mb", "GB, tensors of a step", 1e3),
    }
    words = []
    for column, (kind, (x_name, seconds_name, memory_key, memory_name, unit)) in enumerate(panels.items()):
        sizes = [point[kind] for point in found[kind]]
        seconds = [point["seconds"] for point in found[kind]]
        memory = [_median(point[memory_key]) / unit for point in found[kind]]
        _grow(grid[0, column], sizes, [each["median"] for each in seconds], COLOURS[0])
        grid[0, column].fill_between(
            sizes, [each["low"] for each in seconds], [each["high"] for each in seconds], color=COLOURS[0], alpha=0.2
        )
        grid[0, column].set_ylabel(seconds_name)
        _grow(grid[1, column], sizes, memory, COLOURS[4])
        grid[1, column].set(xlabel=x_name, ylabel=memory_name)
        grid[1, column].set_xticks(sizes, [f"{size:,}" for size in sizes])
        grid[1, column].minorticks_off()
        told = ", ".join(
            f"{size:,}: {each['median']:.2g} s and {much:.2g} GB"
            for size, each, much in zip(sizes, seconds, memory, strict=True)
        )
        words.append(f"{x_name}: {told}")
    return Picture(figure, f"Seconds and memory grow. {'; '.join(words)}.")


def _grow(axes: Axes, sizes: list[int], values: list[float], colour: str) -> None:
    axes.plot(sizes, values, "o-", color=colour, linewidth=2.4)
    axes.set_xscale("log", base=2)
    axes.set_ylim(0, max(values) * 1.15)
    axes.grid(color=GREY, alpha=0.25)


def _median(value: float | dict) -> float:
    return value["median"] if isinstance(value, dict) else value
