"""The machine of this lesson: the loop, and the groups of arguments that steer its parts."""

from __future__ import annotations

from course_utils.plots import GREY, Drawing, Picture

LOOP = ("batch", "loss", "backward", "step")
GROUPS = {  # the questions of the lesson, in its order, and the name of one argument for each
    "how long?": "num_train_epochs",
    "how big a step?": "learning_rate",
    "what to watch?": "eval_steps",
    "what to keep?": "save_steps",
    "can I repeat it?": "seed",
    "what machine?": "per_device_eval_batch_size",
}


def machine(arguments: int) -> Picture:
    """Draw the loop of a training in the middle, and around it the groups that steer it.

    `arguments`: how many `TrainingArguments` has.
    """
    drawing = Drawing(21.6, 12.2, f"The Trainer: your loop inside, {arguments} arguments around it")
    places = [(7.6, 0.1), (14.8, 0.1), (7.6, 10.0), (14.8, 10.0), (0.4, 0.1), (0.4, 10.0)]
    for number, ((question, argument), (x, y)) in enumerate(zip(GROUPS.items(), places, strict=True), 1):
        drawing.box(x, y, 6.4, 2.0, colour=1)
        drawing.text(x + 3.2, y + 0.65, f"{number} {question}", bold=True)
        drawing.text(x + 3.2, y + 1.4, argument, size=9, colour=GREY)
    for number, name in enumerate(LOOP):
        x = 0.6 + 5.4 * number
        drawing.box(x, 4.2, 4.0, 1.4, name)
        if number:
            drawing.arrow((x - 1.3, 4.9), (x - 0.1, 4.9))
    drawing.arrow((18.0, 4.1), (3.2, 4.1), bend=0.09)
    drawing.text(6.0, 3.2, "again", size=9.5, colour=GREY)
    drawing.box(8.6, 7.2, 4.4, 1.4, "log, evaluate", colour=2)
    drawing.box(15.8, 7.2, 4.4, 1.4, "checkpoint", colour=2)
    drawing.arrow((18.6, 5.7), (18.6, 7.1), dashed=True)
    drawing.arrow((17.2, 5.7), (11.6, 7.1), dashed=True)
    drawing.text(12.0, 6.2, "now and then", size=9.5, colour=GREY)
    for start, end in (
        ((10.8, 2.2), (10.8, 3.35)),
        ((19.2, 2.2), (19.2, 4.1)),
        ((10.8, 9.9), (10.8, 8.7)),
        ((18.0, 9.9), (18.0, 8.7)),
        ((2.4, 2.2), (2.4, 4.1)),
        ((2.6, 9.9), (2.6, 5.7)),
    ):
        drawing.arrow(start, end)
    groups = enumerate(GROUPS.items(), 1)
    asked = "; ".join(f"{number} {question} ({argument})" for number, (question, argument) in groups)
    words = f"{', '.join(LOOP)}, and again. Now and then it logs, evaluates and writes a checkpoint"
    return drawing.picture(f"{words}. Six groups steer it: {asked}.")
