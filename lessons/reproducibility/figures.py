"""What goes into one number: columns of boxes with their present values, and an arrow to the number."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import transformers

from course_utils.plots import Drawing, Picture
from course_utils.session import Session

WIDE, HIGH = 5.4, 1.5  # of a box
COLUMN, LINE = 5.9, 1.85  # from one box to the next


def ingredients(groups: Mapping[str, Mapping[str, str]], number: str, title: str) -> Picture:
    """Draw a column for each group, a box for each part with its value below its name, and the number on the right."""
    longest = max(len(parts) for parts in groups.values())
    width = COLUMN * len(groups)
    drawing = Drawing(width=width + 5.6, height=LINE * longest + 1.0, title=title)
    for column, (group, parts) in enumerate(groups.items()):
        x = COLUMN * column + 0.05
        drawing.text(x + WIDE / 2, 0.45, group, bold=True)
        for line, (name, value) in enumerate(parts.items()):
            y = 1.0 + LINE * line
            drawing.box(x, y, WIDE, HIGH, "", colour=(0, 1, 4)[column % 3])
            drawing.text(x + WIDE / 2, y + 0.5, name, bold=True)
            drawing.text(x + WIDE / 2, y + 1.05, value)
    middle = 1.0 + LINE * longest / 2 - 0.2
    drawing.arrow((width - 0.3, middle), (width + 1.3, middle))
    drawing.box(width + 1.4, middle - 0.9, 4.1, 1.8, number, colour=2)
    words = "; ".join(
        f"{group}: " + ", ".join(f"{name} ({value})" for name, value in parts.items())
        for group, parts in groups.items()
    )
    return drawing.picture(f"{words}. All of them go into {number}.")


def of_desk(course: Session, rows: int) -> Picture:
    """Draw what goes into the number of this lesson, with the values of this run."""
    config = transformers.AutoConfig.from_pretrained(course.checkpoint)
    files = {"rows": f"{rows} messages", "tokenizer": f"{config.vocab_size:,} tokens"}
    files |= {"weights": f"{config.num_hidden_layers} layers", "code, settings": "rate, steps"}
    dice = {"head": "first weights", "dropout": "which values are 0", "order": "of the rows"}
    machine = {"transformers": transformers.__version__, "torch": torch.__version__.split("+")[0]}
    machine |= {"threads": "who adds first", "processor": course.device.type}
    groups = {"in files": files, "drawn by dice": dice, "from the machine": machine}
    return ingredients(groups, "the number", "What goes into one number")
