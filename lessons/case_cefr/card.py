"""The page for people in the model card: the numbers come from the notebook, the words are the same each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

AWAY = """
**Elsewhere.** Texts of other people: not tested. A model that learned from all of the course's texts had 76% of the
levels right on its own test texts, and 46% on public sentences.
"""


def page(facts: Mapping[str, object], verdict: Sequence[tuple], seeds: int, own_texts: bool) -> str:
    """Return the card below its head.

    `verdict`: (promise, goal, measured, low, high, word) of each promise. `own_texts`: it learned from the course's.
    """
    lines = "\n".join(
        f"| {name} | {goal} | {value:.2f} ({low:.2f} to {high:.2f}) | {word} |"
        for name, goal, value, low, high, word in verdict
    )
    return f"""# Levels A1 to C2 for short English texts

A first guess for teachers, from a case study of a course.

**Data.** {facts["learned"]} texts to learn from, {facts["tested"]} to test (dataset `cefr`, profile
{facts["profile"]}). A text is read in windows of {facts["limit"]} tokens.

**Promises.** Of the whole function, its silence included, on the test texts. Mean and 95% interval of {seeds}
trainings:

| promise | goal | measured | |
|---|---|---|---|
{lines}

**Not sure.** Under a confidence of {facts["threshold"]:.2f}, and where more than {facts["most_cut"]:.0%} of the words
are strange, it gives no level.
{AWAY if own_texts else ""}
**Not for** judging people or their writing, other languages, texts that it was not tried on.
"""
