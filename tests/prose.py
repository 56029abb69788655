"""The sentences of a lesson, for tests that hold a number where it is said: change the sentence, and the test fails."""

import re
from functools import cache

import jupytext

from course_tools.project import find_scripts

NUMBER = r"([-+−]?\d[\d,]*(?:\.\d+)?)"


@cache
def prose(slug: str) -> str:
    """Return the text cells of a lesson, or of a sheet (`lora_exercises`), as one line without emphasis."""
    lessons, sheets = find_scripts([slug])
    cells = jupytext.read([*lessons, *sheets][0].source).cells
    text = " ".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return " ".join(text.replace("**", "").split())


def said(slug: str, sentence: str) -> list[float]:
    """Return the numbers that a lesson says in a sentence; `{}` stands for each of them, as in "costs {} MB and {}%".

    The sentence, or the part of one, must stand in the lesson exactly once: a slip in the test is an error, too.
    """
    pattern = NUMBER.join(re.escape(part) for part in sentence.split("{}"))
    found = list(re.finditer(pattern, prose(slug)))
    assert len(found) == 1, f"{slug} says {len(found)} times: {sentence}"
    return [float(number.replace(",", "").replace("−", "-")) for number in found[0].groups()]
