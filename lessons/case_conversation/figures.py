"""The figures of this lesson: a talk as a ladder of turns, points around zero, means with the range of their draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap

from matplotlib import rc_context

from course_utils.plots import Drawing, Picture
from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, canvas

Turn = tuple[str, str, str]  # speaker, text, label
SHADES = {"neutral": -1, "joy": 1, "anger": 4, "sadness": 0, "fear": 6}
STEP = 1.3
WIDEST = 46  # characters in a line of a turn
BEHIND = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}  # a number that stands on the line at zero


def ladder(turns: Sequence[Turn], asked: int, ways: Mapping[str, Sequence[bool]], title: str) -> Picture:
    """Draw a talk, a rung for each turn, and for each way a column: filled where the asked turn may look.

    `asked`: the place of the asked turn, from 0. `ways`: name -> for each turn, may it be looked at?
    """
    drawing = Drawing(width=20.5, height=STEP * len(turns) + 1.3, title=title)
    drawing.text(12.1, 0.95, "emotion", size=10)
    drawing.text(14.6 + 1.9 * (len(ways) - 1) / 2, 0.3, f"may turn {asked + 1} look at it?", size=10, bold=True)
    for column, name in enumerate(ways):
        drawing.text(14.6 + 1.9 * column, 0.95, name, size=10)
    for place, (speaker, text, label) in enumerate(turns):
        y = 1.3 + STEP * place
        colour = INK if place == asked else GREY
        drawing.text(0.1, y + 0.65, f"{place + 1} {speaker}", align="left", bold=True, colour=colour)
        lines = "\n".join(wrap(text, WIDEST))
        drawing.text(1.3, y + 0.65, lines, align="left", size=9.5, bold=place == asked)
        for column, seen in enumerate(ways.values()):
            rows = [["yes" if seen[place] else ""]]
            drawing.matrix(13.9 + 1.9 * column, y + 0.2, rows, 2, (1.4, 0.9), dim=[[not seen[place]]])
        drawing.box(10.9, y + 0.2, 2.4, 0.9, label, SHADES.get(label, -1))
    words = "; ".join(
        f"turn {place + 1}, {speaker}, {label}: {text}" for place, (speaker, text, label) in enumerate(turns)
    )
    looks = "; ".join(
        f"{name}: " + (" ".join(str(place + 1) for place, yes in enumerate(seen) if yes) or "none")
        for name, seen in ways.items()
    )
    return drawing.picture(f"{words}. Turn {asked + 1} may look at these turns: {looks}.")


@rc_context(STYLE)
def around_zero(results: Mapping[str, tuple[float, float, float]], title: str, what: str) -> Picture:
    """Draw each difference, in points, on its interval, and a line at zero. Blue: the interval does not hold zero.

    `results`: name -> (value, low, high); 0.01 is one point. `what` names the axis.
    """
    figure, axes = canvas(height=0.5 * len(results) + 1.2)
    axes.axvline(0, color=INK, linewidth=1.2)
    words = []
    for row, (name, ends) in enumerate(results.items()):
        value, low, high = (100 * end for end in ends)
        colour = COLOURS[0] if low > 0 or high < 0 else GREY
        axes.plot([low, high], [row, row], color=colour, linewidth=3, solid_capstyle="butt")
        axes.plot(value, row, "o", color=colour, markersize=9)
        note = {"xytext": (0, 9), "textcoords": "offset points", "ha": "center", "bbox": BEHIND}
        axes.annotate(f"{value:+.1f}", (value, row), **note)
        words.append(f"{name} {value:+.1f}, from {low:+.1f} to {high:+.1f}")
    axes.set_yticks(range(len(results)), list(results))
    axes.set_ylim(len(results) - 0.5, -0.7)
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:+g}" if x else "0")
    axes.grid(axis="x", color=GREY, alpha=0.25)
    axes.set_title(title)
    axes.set_xlabel(f"{what}, in points, with its 95% interval (blue: clear of zero)")
    return Picture(figure, f"Points with intervals around zero. {title}, {what}, in points: {'; '.join(words)}.")


@rc_context(STYLE)
def mean_and_range(series: Mapping[str, Mapping[int, Sequence[float]]], title: str) -> Picture:
    """Draw the mean macro-F1 of some draws along the number of talks, and a band from the lowest to the highest.

    `series`: name -> number of training talks -> the score of each draw.
    """
    figure, axes = canvas(height=3.6)
    words = []
    for (name, drawn), colour, marker, style in zip(series.items(), COLOURS, "os", ("solid", "dashed"), strict=False):
        sizes, means = list(drawn), [sum(scores) / len(scores) for scores in drawn.values()]
        lows, highs = zip(*((min(scores), max(scores)) for scores in drawn.values()), strict=True)
        axes.plot(sizes, means, color=colour, linestyle=style, marker=marker, linewidth=2.2, label=name)
        axes.fill_between(sizes, lows, highs, color=colour, alpha=0.18, linewidth=0)
        told = zip(sizes, means, lows, highs, strict=True)
        each = ", ".join(f"{n}: {mean:.3f} ({low:.3f} to {high:.3f})" for n, mean, low, high in told)
        words.append(f"{name} {each}")
    axes.set_xscale("log")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.grid(color=GREY, alpha=0.25)
    axes.legend(frameon=False, loc="upper left")
    axes.set_title(title)
    axes.set_xlabel("training talks (the band: from the lowest draw to the highest)")
    axes.set_ylabel("macro-F1")
    return Picture(figure, f"Lines with bands. {title} Mean macro-F1 along training talks: {'; '.join(words)}.")
