"""The inside of a model: its parts and their shapes, attention as four matrices, what attention heads look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib import rc_context
from matplotlib.figure import Figure

from course_utils.plots import Drawing
from course_utils.plots.picture import GREY, STYLE, Picture

CELL = 1.28  # the width of a token
BLUE, ORANGE, GREEN, RED, PINK = 0, 1, 2, 4, 6


def bert_stack(model, batch: Mapping[str, object], tokens: Sequence[str]) -> Picture:
    """Draw the way of a batch's first text through a BERT classifier.

    The shapes are read off while the batch goes through the model. `tokens`: those of the first text.
    """
    shapes, layers = _shapes(model, batch), model.config.num_hidden_layers
    labels = [model.config.id2label[number] for number in range(model.config.num_labels)]
    wide, first = CELL * len(tokens), [False] + [True] * (len(tokens) - 1)
    pale = [token == "[PAD]" for token in tokens]
    drawing = Drawing(wide + 6.4, 16.8, "BERT, from the tokens to the scores")

    def told(y: float, shape: str, words: str) -> None:
        drawing.text(wide + 0.5, y, shape, align="left", bold=True)
        drawing.text(wide + 0.5, y + 0.6, words, size=9.5, colour=GREY, align="left")

    drawing.matrix(0.05, 0.05, [tokens], -1, (CELL, 0.8), [pale])
    told(0.2, shapes["ids"], "token ids: texts, tokens")
    drawing.arrow((wide / 2, 0.95), (wide / 2, 1.6))
    drawing.box(0.05, 1.7, wide, 1.0, "embeddings: each token becomes a vector", ORANGE)
    drawing.matrix(0.05, 2.9, (4, len(tokens)), BLUE, (CELL, 0.22), [pale] * 4)
    told(3.0, shapes["embeddings"], "texts, tokens, numbers")
    drawing.arrow((wide / 2, 3.9), (wide / 2, 4.7))
    drawing.box(0.05, 4.8, wide, 4.3, "", -1)
    drawing.box(0.45, 5.1, wide - 0.8, 1.1, "attention: each token listens to the others", GREEN)
    step = (wide - 0.8) / len(tokens)
    for number in range(len(tokens)):
        middle = 0.45 + step * (number + 0.5)
        drawing.arrow((middle, 6.3), (middle, 6.9))
        drawing.box(middle - 0.4, 7.0, 0.8, 0.8, "", RED)
    drawing.text(wide / 2, 8.4, "feed-forward: each token for itself")
    told(6.6, f"{layers} layers like this", "the shape stays the same")
    drawing.arrow((wide / 2, 9.2), (wide / 2, 9.9))
    drawing.matrix(0.05, 10.0, (4, len(tokens)), BLUE, (CELL, 0.22), [first] * 4)
    told(10.1, shapes["encoder"], "the last hidden state")
    drawing.arrow((CELL / 2, 11.0), (CELL / 2, 11.7))
    drawing.box(0.05, 11.8, wide / 2, 1.0, "pooler: takes [CLS] alone", ORANGE)
    told(12.0, shapes["pooler"], "one vector for each text")
    drawing.arrow((wide / 4, 12.9), (wide / 4, 13.6))
    drawing.box(0.05, 13.7, wide / 2, 1.0, "head: a score for each class", PINK)
    drawing.arrow((wide / 4, 14.8), (wide / 4, 15.5))
    drawing.matrix(0.05, 15.6, [labels], PINK, (2.5, 0.8))
    told(15.7, shapes["head"], "logits: texts, classes")
    return drawing.picture(
        f"the tokens {' '.join(tokens)} (token ids of all texts {shapes['ids']}) -> embeddings: each token becomes a "
        f"vector {shapes['embeddings']} -> {layers} layers, each with attention, where each token listens to the "
        f"others, and feed-forward, each token for itself {shapes['encoder']} -> pooler: takes [CLS] alone "
        f"{shapes['pooler']} -> head: a score for each class {shapes['head']}: {', '.join(labels)}."
    )


def one_head(tokens: int, numbers: int, heads: int) -> Picture:
    """Draw the two matrix products of one attention head, to scale: queries and keys, shares and values.

    Heads of more than 35 numbers would not fit on the sheet, and are drawn shorter.
    """
    short, long, apart = 1.6, min(1.6 * numbers / tokens, 5.2), 1.1
    drawing = Drawing(3 * long + 2 * short + 4 * apart + 0.1, 1.8 + max(2 * short + 2.1, long), f"One of {heads} heads")

    def matrix(x: float, y: float, rows: int, columns: int, words: str, colour: int) -> float:
        width, height = (short if side == tokens else long for side in (columns, rows))
        drawing.matrix(x, y, [[words]], colour, (width, height))
        drawing.text(x + width / 2, y - 0.35, f"{rows} x {columns}", size=9.5, colour=GREY)
        return x + width

    y = 1.7
    end = matrix(0.05, y, tokens, numbers, "queries", BLUE)
    drawing.text(end + apart / 2, y + short / 2, "@", bold=True)
    end = matrix(end + apart, y, numbers, tokens, "keys.T", ORANGE)
    drawing.text(end + apart / 2, y + short / 2, "=", bold=True)
    left = end + apart
    matrix(left, y, tokens, tokens, "scores", GREEN)
    drawing.text(left / 2, 0.5, "Who fits whom?", bold=True)
    below = y + short + 2.1
    drawing.arrow((left + short / 2, y + short + 0.1), (left + short / 2, below - 0.8))
    drawing.text(left + short / 2 + 0.4, y + short + 0.7, "mask, softmax", size=9.5, colour=GREY, align="left")
    end = matrix(left, below, tokens, tokens, "shares", GREEN)
    drawing.text(end + apart / 2, below + short / 2, "@", bold=True)
    end = matrix(end + apart, below, tokens, numbers, "values", RED)
    drawing.text(end + apart / 2, below + short / 2, "=", bold=True)
    end = matrix(end + apart, below, tokens, numbers, "mixed", PINK)
    drawing.text((left + short + end) / 2, below - 1.2, "Who hears what?", bold=True)
    return drawing.picture(
        f"queries ({tokens} x {numbers}) @ keys.T ({numbers} x {tokens}) = scores ({tokens} x {tokens}): who fits "
        f"whom? Mask and softmax make shares ({tokens} x {tokens}) of them. Shares @ values ({tokens} x {numbers}) = "
        f"mixed ({tokens} x {numbers}): who hears what?"
    )


def _shapes(model, batch: Mapping[str, object]) -> dict[str, str]:
    """Return the shape that comes out of each part while the batch goes through."""
    parts = {
        "embeddings": model.bert.embeddings,
        "encoder": model.bert.encoder,
        "pooler": model.bert.pooler,
        "head": model.classifier,
    }
    shapes, hooks = {"ids": str(tuple(batch["input_ids"].shape))}, []
    for name, part in parts.items():

        def keep(_part, _inputs, out, name=name):
            shapes[name] = str(tuple((out if hasattr(out, "shape") else out[0]).shape))

        hooks.append(part.register_forward_hook(keep))
    model(**batch)
    for hook in hooks:
        hook.remove()
    return shapes


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
