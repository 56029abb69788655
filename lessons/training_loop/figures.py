"""The loop as a circle, and what a training leaves behind: a number for each step, and now and then a judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib import rc_context

from course_utils.plots.charts import lines
from course_utils.plots.drawing import Drawing
from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture, canvas

DARK_ORANGE = COLOURS[4]
ROUND = [(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1)]  # clockwise: column and row of each station
WIDTH, ACROSS, DOWN = 6.2, 7.7, 3.9


def circle(stations: Sequence[tuple[str, str, str]], model: str, title: str) -> Picture:
    """Draw the eight stations of a training loop in a ring around the model: (name, code, what came out of it).

    `model`: what is said about it. The second station reads it, the sixth changes it, as dashed arrows show.
    """
    drawing = Drawing(2 * ACROSS + WIDTH + 0.2, 2 * DOWN + 2.7, title)
    places = [(ACROSS * column + 0.1, DOWN * row + 0.1) for column, row in ROUND]
    for number, ((x, y), (name, code, value)) in enumerate(zip(places, stations, strict=True)):
        drawing.box(x, y, WIDTH, 1.7, colour=0 if number else 2)
        drawing.text(x + WIDTH / 2, y + 0.52, name, bold=True)
        drawing.text(x + WIDTH / 2, y + 1.18, code, size=9.5)
        drawing.text(x + WIDTH / 2, y + 2.1, value, size=10)
    middle = WIDTH / 2 + 0.1
    for row, way in ((0, 1), (2, -1)):  # rightwards on top, leftwards below
        for column in (0, 1):
            ends = (ACROSS * column + WIDTH + 0.25, ACROSS * (column + 1) - 0.05)
            y = DOWN * row + 0.95
            drawing.arrow((ends[way < 0], y), (ends[way > 0], y))
    for row in (0, 1):
        ends = (DOWN * row + 2.55, DOWN * (row + 1))
        drawing.arrow((2 * ACROSS + middle, ends[0]), (2 * ACROSS + middle, ends[1]))
        drawing.arrow((middle, ends[1]), (middle, ends[0]))
    left, top = ACROSS + 0.1, DOWN + 0.1
    drawing.box(left, top, WIDTH, 1.7, f"the model\n{model}", colour=-1)
    drawing.arrow((ACROSS + middle, top - 0.1), (ACROSS + middle, 2.55), dashed=True)
    drawing.arrow((ACROSS + middle, 2 * DOWN), (ACROSS + middle, top + 1.8), dashed=True)
    around = " -> ".join(f"{name}, {code} ({value})" for name, code, value in stations)
    words = " ".join(model.split())
    return drawing.picture(f"{around} -> the next {stations[0][0]}. In the middle the model: {words}.")


def norm_lines(trials: Mapping[str, Sequence[tuple[float, float]]], title: str) -> Picture:
    """Draw the gradient norm of each step. `trials`: name -> (loss, norm) of each step."""
    series = {name: (range(1, len(found) + 1), [norm for _, norm in found]) for name, found in trials.items()}
    return lines(series, title, "step", "gradient norm")


@rc_context(STYLE)
def step_curve(
    values: Sequence[float],
    title: str,
    y: str,
    window: int,
    judged: Mapping[int, float] | None = None,
    limit: tuple[str, float] | None = None,
) -> Picture:
    """Draw one value for each step as a thin line, and the mean of the last `window` of them as a thick one.

    `judged`: step -> the same quantity on other data, drawn as diamonds with their numbers.
    `limit`: the name and the height of a dashed line.
    """
    figure, axes = canvas(height=3.8)
    steps = range(1, len(values) + 1)
    means = [sum(values[max(0, step - window) : step]) / min(step, window) for step in steps]
    axes.plot(steps, values, color=GREY, linewidth=1, label="each step")
    axes.plot(steps, means, color=COLOURS[0], linewidth=2.8, label=f"mean of the last {window}")
    if limit:
        axes.axhline(limit[1], color=INK, linestyle="dashed", linewidth=1.4, label=f"{limit[0]}: {limit[1]:g}")
    if judged:
        style = {"color": DARK_ORANGE, "markersize": 9, "linestyle": "none", "clip_on": False, "zorder": 3}
        axes.plot(list(judged), list(judged.values()), "D", label="validation", **style)
        for step, value in judged.items():
            axes.annotate(
                f"{value:.2f}",
                (step, value),
                xytext=(0, 10),
                textcoords="offset points",
                ha="center",
                color=INK,
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1},
            )
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    axes.grid(color=GREY, alpha=0.25)
    axes.set_title(title)
    axes.set_xlabel("step")
    axes.set_ylabel(y)
    axes.set_xlim(0, len(values) + 1)
    axes.set_ylim(0)
    words = [
        f"mean of the last {window} from {means[min(window, len(means)) - 1]:.2f} to {means[-1]:.2f}",
        f"single steps between {min(values):.2f} and {max(values):.2f}",
    ]
    if judged:
        words.append("validation " + ", ".join(f"{value:.2f} at step {step}" for step, value in judged.items()))
    if limit:
        above = sum(value > limit[1] for value in values)
        words.append(f"{limit[0]} {limit[1]:g}, with {above} of {len(values)} steps above it")
    return Picture(figure, f"Lines. {title} {y} along the steps: {'; '.join(words)}.")
