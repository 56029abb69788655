"""What a training leaves behind: a number for each step, and now and then a judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib import rc_context

from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture, canvas

DARK_ORANGE = COLOURS[4]


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
