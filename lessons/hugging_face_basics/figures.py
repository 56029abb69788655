"""The figure of this lesson: the family of tools around the Hub, and what a pipeline does."""

from __future__ import annotations

from collections.abc import Mapping

from course_utils.plots.drawing import Drawing
from course_utils.plots.picture import Picture

FAMILY = {  # what lies on the Hub: the call that takes it from there, and the library of the call
    "a dataset": ("load_dataset", "datasets"),
    "a model": ("from_pretrained", "transformers"),
    "a metric": ("evaluate.load", "evaluate"),
}
WAY = ("text", "tokenizer", "model", "probabilities")


def family(versions: Mapping[str, str], title: str) -> Picture:
    """Draw what the Hub holds, which library takes it from there, and the way of a text through a pipeline.

    `versions` of the libraries, as they are installed.
    """
    drawing = Drawing(width=22, height=10.7, title=title)
    drawing.box(0.1, 0.1, 21.8, 2.5, colour=-1)
    drawing.text(0.6, 0.55, "the Hub, or a folder of yours", align="left")
    said = []
    for number, (thing, (call, library)) in enumerate(FAMILY.items()):
        x = 0.6 + 7.3 * number
        drawing.box(x, 1.1, 6.2, 1.2, thing)
        drawing.arrow((x + 3.1, 2.7), (x + 3.1, 4.4))
        drawing.text(x + 3.4, 3.55, call, align="left")
        drawing.box(x, 4.5, 6.2, 1.2, f"{library} {versions[library]}", colour=1)
        said.append(f"{thing}, by {call} of {library} {versions[library]}")
        drawing.arrow((x + 3.1, 5.8), (x + 3.1, 6.6))
    drawing.box(0.1, 6.7, 21.8, 1.2, "the Trainer of transformers: a model of your own", colour=1)
    drawing.text(0.1, 8.7, "to use it: a pipeline", align="left")
    for number, step in enumerate(WAY):
        x = 0.1 + 5.7 * number
        drawing.box(x, 9.3, 4.7, 1.2, step, colour=2)
        if number:
            drawing.arrow((x - 0.9, 9.9), (x - 0.1, 9.9))
    last = f"They meet in the Trainer of transformers, which makes a model of your own. A pipeline: {' -> '.join(WAY)}."
    return drawing.picture(f"from the Hub, or a folder of yours, come {'; '.join(said)}. {last}")
