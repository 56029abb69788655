"""The two figures of `benchmarks/README.md`."""

from __future__ import annotations

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.plots import COLOURS, GREY, STYLE, Picture


@rc_context(STYLE)
def pairs(machines: dict[str, dict]) -> Picture:
    """Draw, for each pair, the seconds of an epoch as bars, with the accuracy beside them.

    `machines`: name -> pair -> results; each machine gets a column.
    """
    names = list(dict.fromkeys(name for found in machines.values() for name in found))
    figure = Figure(figsize=(1.5 + 7.5 * len(machines), 1.1 + 1.7 * len(names)), layout="constrained")
    grid, words = figure.subplots(len(names), len(machines), squeeze=False), []
    for column, (machine, found) in enumerate(machines.items()):
        for axes, name in zip(grid[:, column], names, strict=True):
            if name not in found:
                axes.set_axis_off()
                continue
            words += [f"{machine}, {told}" for told in _bars(axes, found[name]["recipes"])]
            axes.set_title(f"{machine}: against {name} places, {found[name]['rows']} {found[name]['data']} an epoch")
        grid[-1, column].set_xlabel("seconds an epoch (median, lowest and highest)")
    return Picture(figure, f"Bars, seconds an epoch and accuracy: {'; '.join(words)}.")


def _bars(axes: Axes, recipes: dict[str, dict]) -> list[str]:
    """Draw the bars of one pair, and return what each shows."""
    seconds = [recipe["epoch_seconds"] for recipe in recipes.values()]
    middle = [each["median"] for each in seconds]
    ends = [[each["median"] - each["low"] for each in seconds], [each["high"] - each["median"] for each in seconds]]
    colours = [GREY] + [COLOURS[0]] * (len(recipes) - 1)
    axes.barh(list(recipes), middle, xerr=ends, color=colours, height=0.6, ecolor="#262626")
    words = []
    for row, (name, recipe) in enumerate(recipes.items()):
        told = f"{middle[row]:.1f} s, {recipe['accuracy']['value']:.0%} right"
        axes.annotate(told, (seconds[row]["high"], row), xytext=(6, 0), textcoords="offset points", va="center")
        words.append(f"{name} {told}")
    axes.invert_yaxis()
    axes.set_xlim(0, max(middle) * 1.35)
    return words


@rc_context(STYLE)
def growth(machines: dict[str, dict]) -> Picture:
    """Draw seconds and memory against rows, tokens a row, and rows a batch: a line for each machine.

    `machines`: name -> results.
    """
    figure = Figure(figsize=(11, 6), layout="constrained")
    grid = figure.subplots(2, 3, sharex="col")
    panels = {
        "rows": ("rows", "seconds an epoch", "peak_gib", "GiB, whole process", 1),
        "tokens": ("tokens a row, 16 rows a batch", "seconds a step", "peak_mb", "GB, tensors of a step", 1e3),
        "batch": ("rows a batch, 32 tokens a row", "seconds a step", "peak_mb", "GB, tensors of a step", 1e3),
    }
    words = []
    for (upper, lower), (kind, (x_name, seconds_name, memory_key, memory_name, unit)) in zip(
        grid.T, panels.items(), strict=True
    ):
        ticks = set()
        for colour, (machine, found) in zip(COLOURS, machines.items(), strict=False):
            sizes = [point[kind] for point in found[kind]]
            seconds = [point["seconds"] for point in found[kind]]
            memory = [_median(point[memory_key]) / unit for point in found[kind]]
            _grow(upper, sizes, [each["median"] for each in seconds], colour, machine)
            upper.fill_between(
                sizes, [each["low"] for each in seconds], [each["high"] for each in seconds], color=colour, alpha=0.2
            )
            _grow(lower, sizes, memory, colour, machine)
            ticks |= set(sizes)
            told = ", ".join(
                f"{size:,}: {each['median']:.2g} s and {much:.2g} GB"
                for size, each, much in zip(sizes, seconds, memory, strict=True)
            )
            words.append(f"{machine}, {x_name}: {told}")
        upper.set_ylabel(seconds_name)
        lower.set(xlabel=x_name, ylabel=memory_name)
        lower.set_xticks(sorted(ticks), [f"{size:,}" for size in sorted(ticks)])
        lower.minorticks_off()
    grid[0, 0].legend()
    return Picture(figure, f"Seconds and memory grow. {'; '.join(words)}.")


def _grow(axes: Axes, sizes: list[int], values: list[float], colour: str, machine: str) -> None:
    axes.plot(sizes, values, "o-", color=colour, linewidth=2.4, label=machine)
    axes.set_xscale("log", base=2)
    axes.set_ylim(0, 1.15 * max(max(line.get_ydata()) for line in axes.lines))
    axes.grid(color=GREY, alpha=0.25)


def _median(value: float | dict) -> float:
    return value["median"] if isinstance(value, dict) else value
