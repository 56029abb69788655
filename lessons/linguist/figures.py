"""Figures of this lesson: a map of the vectors of a word, and a score along the distance between two words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from course_utils.plots.charts import LINE_STYLES, PERCENT
from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture, canvas

LINE_COLOURS = (COLOURS[0], COLOURS[4], COLOURS[2], GREY)  # yellow and orange are too pale for a thin line
SHADES = (COLOURS[0], COLOURS[4])
MARKERS = {"old": "^", "new": "o"}


@rc_context(STYLE)
def sense_map(panels: Mapping[str, tuple[np.ndarray, Sequence[str], Sequence[str]]], title: str) -> Picture:
    """Draw each sentence with a word as a point: its colour is the sense, its mark the period.

    `panels`: word -> (points, rows x 2; the sense of each; the period of each, old or new).
    """
    figure = Figure(figsize=(7.4, 4.1), layout="constrained")
    grid = figure.subplots(1, len(panels), squeeze=False)[0]
    words = []
    for axes, (word, (points, senses, periods)) in zip(grid, panels.items(), strict=True):
        told = []
        older = {sense for sense, period in zip(senses, periods, strict=True) if period == "old"}
        for colour, sense in zip(
            SHADES, sorted(set(senses), key=lambda sense: (sense not in older, sense)), strict=False
        ):
            for period, mark in MARKERS.items():
                own = [place for place, pair in enumerate(zip(senses, periods, strict=True)) if pair == (sense, period)]
                if own:
                    name = f"{sense}, {period}"
                    style = {"color": colour, "s": 62, "alpha": 0.8, "linewidths": 0}
                    axes.scatter(*np.asarray(points)[own].T, marker=mark, label=name, **style)
                    told.append(f"{len(own)} {name}")
        axes.set_title(word, fontsize=11)
        axes.set(xticks=[], yticks=[])
        axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.03), fontsize=10)
        words.append(f"{word}: {', '.join(told)}")
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=12, color=INK)
    return Picture(figure, f"Clouds of points, one for each sentence. {title}. {'; '.join(words)}.")


@rc_context(STYLE)
def by_distance(series: Mapping[str, Mapping[str, tuple[float, float, float]]], title: str) -> Picture:
    """Draw a share for each group of pairs, with upright 95% intervals, and a line at 50%.

    `series`: who answers -> group -> (share, low, high).
    """
    figure, axes = canvas(height=3.8)
    words = []
    for number, (name, groups) in enumerate(series.items()):
        places = np.arange(len(groups)) + 0.12 * number
        shares, lows, highs = zip(*groups.values(), strict=True)
        colour = (COLOURS[0], GREY)[number % 2]
        axes.vlines(places, lows, highs, color=colour, linewidth=3)
        axes.plot(places, shares, "os"[number % 2], color=colour, markersize=10, label=name)
        for place, share in zip(places, shares, strict=True):
            style = {"xytext": ((-9, 9)[number % 2], 0), "ha": ("right", "left")[number % 2], "va": "center"}
            axes.annotate(f"{share:.0%}", (place, share), textcoords="offset points", **style)
        told = ", ".join(f"{group}: {v:.0%} ({low:.0%} to {high:.0%})" for group, (v, low, high) in groups.items())
        words.append(f"{name}: {told}")
    axes.axhline(0.5, color=INK, linestyle="dotted", linewidth=1.2)
    groups = list(next(iter(series.values())))
    axes.set_xticks(np.arange(len(groups)) + 0.06, groups)
    axes.set_xlim(-0.4, len(groups) - 0.3)
    axes.set_ylim(top=1.05)
    axes.yaxis.set_major_formatter(PERCENT)
    axes.set_ylabel("pairs judged right")
    axes.grid(axis="y", color=GREY, alpha=0.25)
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    axes.set_title(title)
    return Picture(figure, f"Points with intervals, and a dotted line at half. {title} {'; '.join(words)}.")


@rc_context(STYLE)
def by_layer(lines: Mapping[str, Sequence[float]], title: str) -> Picture:
    """Draw a share for each layer, one line for each question. `lines`: question -> its shares, from layer 0 on."""
    figure, axes = canvas(height=4.0)
    words = []
    for number, (name, shares) in enumerate(lines.items()):
        style = {"color": LINE_COLOURS[number % 4], "linestyle": LINE_STYLES[number % 4], "marker": "osD^"[number % 4]}
        axes.plot(range(len(shares)), shares, linewidth=2.2, markersize=7, label=name, **style)
        words.append(f"{name}: {', '.join(f'{share:.0%}' for share in shares)}")
    axes.set_xticks(range(len(shares)))
    axes.set_xlabel("layer (0: the table)")
    axes.set_ylabel("right")
    axes.yaxis.set_major_formatter(PERCENT)
    axes.grid(color=GREY, alpha=0.25)
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    axes.set_title(title)
    return Picture(figure, f"Lines along the layers, from 0 on. {title}. {'; '.join(words)}.")
