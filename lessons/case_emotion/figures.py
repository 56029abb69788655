"""The figures of `case_emotion`: which posts do which job, and the way of a post through the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from course_utils.plots import Drawing, Picture, flow

JOBS = {  # part -> what it does, and what comes out
    "train": ("four methods learn", "no model, counting words,\nfrozen encoder, fine-tuned"),
    "validation": ("it chooses", "the weights,\nand the temperature"),
    "test": ("it judges, once", "accuracy, macro-F1, log-loss,\nand the errors"),
}


def study(sizes: Mapping[str, int]) -> Picture:
    """Draw the three parts of the data, from top to bottom, and what each one is for. `sizes`: part -> posts."""
    drawing = Drawing(width=22, height=9.6, title="Three parts, three jobs")
    for row, (part, (job, result)) in enumerate(JOBS.items()):
        y = 0.1 + 2.6 * row
        drawing.box(0.1, y, 5, 1.7, f"{part}\n{sizes[part]:,} posts", colour=1)
        drawing.arrow((5.3, y + 0.85), (7.1, y + 0.85))
        drawing.box(7.3, y, 5.4, 1.7, job, colour=0)
        drawing.text(13.1, y + 0.85, result, align="left")
        drawing.arrow((10, y + 1.8), (10, y + 2.5))
    drawing.box(7.3, 7.9, 5.4, 1.5, "a folder for others", colour=2)
    drawing.text(13.1, 8.65, "model, card, script", align="left")
    words = [f"{part}, {sizes[part]:,} posts: {job} ({' '.join(out.split())})" for part, (job, out) in JOBS.items()]
    return drawing.picture(f"{'; then '.join(words)}; then a folder for others: model, card, script.")


def way(vectors: Sequence[int], head: Sequence[int]) -> Picture:
    """Draw how posts become probabilities. `vectors`: posts x numbers of a vector; `head`: labels x numbers."""
    (posts, size), (labels, _) = vectors, head
    steps = [
        ("tokens", f"{posts} posts"),
        ("encoder, then mean", f"{posts} vectors of {size}"),
        ("head", f"{labels} x {size} weights"),
        ("probabilities", f"{labels} for each post"),
    ]
    return flow(steps, "One vector for each post, then one layer")
