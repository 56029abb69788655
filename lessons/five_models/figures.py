"""The machine of this lesson: three parts of the texts, five trainings, and who sees what."""

from __future__ import annotations

from collections.abc import Mapping

from course_utils.plots import GREY, Drawing, Picture

COLUMNS = ("epochs", "batch", "length", "steps")


def protocol(sizes: Mapping[str, int], recipes: Mapping[str, Mapping[str, int]]) -> Picture:
    """Draw what five trainings have in common: which texts they learn from, are watched with and are judged by.

    `sizes`: how many texts are in the parts train, validation and test. `recipes`: name -> its value for each column.
    """
    drawing = Drawing(21.8, 9.2, "Five trainings, three parts of the texts")
    uses = {"train": "to learn from", "validation": "after each epoch", "test": "to judge, once"}
    for number, (part, use) in enumerate(uses.items()):
        y = 1.2 + 3.0 * number
        drawing.box(0.1, y, 4.2, 1.8, f"{part}\n{sizes[part]} texts", colour=(0, 2, 4)[number])
        end = 17.4 if part == "test" else 7.6
        drawing.arrow((4.4, y + 0.9), (end, y + 0.9), use, dashed=part == "validation")
    for number, name in enumerate(COLUMNS):
        drawing.text(10.75 + 1.5 * number, 0.85, name, size=9.5, colour=GREY)
    for row, name in enumerate(recipes):
        drawing.text(8.8, 1.65 + 0.9 * row, name)
    table = [[recipe[column] for column in COLUMNS] for recipe in recipes.values()]
    drawing.matrix(10.0, 1.2, table, cell=(1.5, 0.9), colour=5)
    drawing.arrow((16.2, 3.45), (17.4, 3.45))
    drawing.box(17.6, 1.2, 4.0, 7.8, "which one\nis better?", colour=1)
    told = ", ".join(f"{part} {sizes[part]} texts ({use})" for part, use in uses.items())
    rows = (f"{name}: {', '.join(f'{c} {recipe[c]}' for c in COLUMNS)}" for name, recipe in recipes.items())
    return drawing.picture(f"{told}. {'; '.join(rows)}. Which one is better?")
