"""The inside of a model: what its attention heads look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib import rc_context
from matplotlib.figure import Figure

from course_utils.plots.picture import STYLE, Picture


@rc_context(STYLE)
def attention_heads(
    heads: Mapping[str, Sequence[Sequence[float]]], tokens: Sequence[str], title: str, across: int = 2
) -> Picture:
    """Draw each head's table of weights as shades: a row for each token that looks, a column for each looked at.

    `heads`: name -> a square table whose rows add up to 1, as long as `tokens`.
    """
    size, down = len(tokens), -(-len(heads) // across)
    figure = Figure(figsize=(0.3 * size * across + 2.4, (0.3 * size + 1.1) * down + 0.6), layout="constrained")
    panels = figure.subplots(down, across, squeeze=False)
    for axes in panels.flat[len(heads) :]:
        axes.set_visible(False)
    for number, (axes, (name, table)) in enumerate(zip(panels.flat, heads.items(), strict=False)):
        image = axes.imshow(table, cmap="cividis", vmin=0, vmax=1)
        axes.set_xticks(range(size), tokens, rotation=90)
        axes.set_yticks(range(size), tokens if number % across == 0 else [""] * size)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.set_title(name, fontsize=11)
    bar = figure.colorbar(image, ax=panels, shrink=0.5, ticks=[0, 0.5, 1], label="attention weight")
    bar.outline.set_visible(False)
    figure.suptitle(title, fontsize=12, fontweight="bold", x=0.01, ha="left")
    words = " ".join(f"{name}: {_strongest(table, tokens)}." for name, table in heads.items())
    return Picture(figure, f"{len(heads)} tables of shades. {title}: where each token looks most. {words}")


def _strongest(table: Sequence[Sequence[float]], tokens: Sequence[str]) -> str:
    looks = []
    for token, row in zip(tokens, table, strict=True):
        weights = [float(weight) for weight in row]
        best = max(range(len(weights)), key=weights.__getitem__)
        looks.append(f"{token} at {tokens[best]} {weights[best]:.2f}")
    return ", ".join(looks)
