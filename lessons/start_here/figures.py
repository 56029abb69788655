"""The figure of `start_here`: the whole machine, once."""

from __future__ import annotations

from collections.abc import Sequence

from course_utils.plots import Drawing, Picture


def machine(learned: int, labels: Sequence[str], judged: int) -> Picture:
    """Draw how labelled tweets make a model, and what the model does then. Both numbers count tweets."""
    drawing = Drawing(width=22, height=8.4, title="First it learns. Then it answers.")
    drawing.box(0.1, 0.2, 5.8, 1.9, f"{learned:,} tweets\nwith labels", colour=1)
    drawing.box(8, 0.2, 5.8, 1.9, "pretrained model", colour=-1)
    drawing.box(16, 0.2, 5.8, 1.9, "your model", colour=0)
    drawing.arrow((6.1, 1.15), (7.9, 1.15))
    drawing.arrow((13.9, 1.15), (15.9, 1.15))
    drawing.text(14.9, 2.5, "fine-tuning")
    drawing.box(0.1, 4, 5.8, 1.5, "a sentence of yours", colour=1)
    drawing.box(0.1, 6.5, 5.8, 1.7, f"{judged:,} other tweets", colour=1)
    drawing.box(8, 4, 5.8, 4.2, "your model", colour=0)
    drawing.matrix(16, 4.05, [[label] for label in labels], colour=2, cell=(5.8, 0.66))
    drawing.text(16.1, 7.35, "how often is it right?", align="left")
    for y in (4.75, 7.35):
        drawing.arrow((6.1, y), (7.9, y))
        drawing.arrow((13.9, y), (15.9, y))
    return drawing.picture(
        f"{learned:,} tweets with labels and a pretrained model; fine-tuning makes your model of them. "
        f"Your model then reads a sentence of yours and answers {', '.join(labels[:-1])} or {labels[-1]}. "
        f"It also reads {judged:,} other tweets, and we count how often it is right."
    )
