"""What this lesson shows: the way of a label, tables of counts side by side, and three models in a contest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.figure import Figure

from course_utils.plots import flow
from course_utils.plots.picture import INK, STYLE, Picture


@rc_context(STYLE)
def tables(
    panels: Mapping[str, Sequence[Sequence[int]]],
    rows: Sequence[str],
    columns: Sequence[str],
    title: str,
    *,
    down: str = "",
    across: str = "",
) -> Picture:
    """Draw one table of counts for each panel, shaded by the share of its row. `panels`: name -> rows x columns.

    `down` says what the rows are, and `across` what the columns are.
    """
    width = 2.2 + len(panels) * max(2.2, 0.62 * len(columns))
    figure = Figure(figsize=(width, 0.55 * len(rows) + 1.9), layout="constrained")
    words = []
    for number, (name, counts) in enumerate(panels.items()):
        axes = figure.add_subplot(1, len(panels), number + 1)
        axes.imshow([[n / max(1, sum(row)) for n in row] for row in counts], cmap="Blues", vmin=0, vmax=1.9)
        axes.set_aspect("auto")
        axes.set_xticks(range(len(columns)), columns, rotation=35 if len(columns) > 2 else 0)
        axes.set_yticks(range(len(rows)), rows if not number else [""] * len(rows))
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.set_title(name, fontsize=10.5, fontweight="normal")
        axes.set_xlabel(across)
        axes.set_ylabel("" if number else down)
        for row, each in enumerate(counts):
            for column, count in enumerate(each):
                axes.text(column, row, f"{int(count):,}", ha="center", va="center", color=INK)
        lines = (
            f"{rows[row]}: " + ", ".join(f"{columns[column]} {int(count):,}" for column, count in enumerate(each))
            for row, each in enumerate(counts)
        )
        words.append(f"{name}, {'; '.join(lines)}")
    figure.suptitle(title, fontsize=12, fontweight="bold", x=0.01, ha="left")
    sides = f" Rows: {down}. Columns: {across}." * bool(down and across)
    return Picture(figure, f"Tables of shades. {title}: {'. '.join(words)}.{sides}")


def machine(learned: int, labels: int, judged: int) -> Picture:
    """Draw the way of a label: posts, the reader who labels them, the model that learns, the score.

    `learned`: how many posts are learned from. `labels`: how many labels there are. `judged`: how many posts test it.
    """
    steps = [("posts", f"{learned} texts"), ("reader", f"writes 1 of {labels} labels")]
    steps += [("model", "learns what was written"), ("score", f"{judged} test labels")]
    return flow(steps, "The way of a label")


def contest_table(contest: Mapping[str, np.ndarray], truth: np.ndarray) -> pd.DataFrame:
    """Return a line for each model: its right answers, its log-loss and its mean confidence.

    `contest`: name -> probabilities, texts x labels.
    """
    lines = {
        name: {
            "right": f"{np.mean(each.argmax(1) == truth):.1%}",
            "log-loss": f"{-np.mean(np.log(each[range(len(truth)), truth])):.2f}",
            "mean confidence": f"{each.max(1).mean():.0%}",
        }
        for name, each in contest.items()
    }
    return pd.DataFrame(lines).T
