"""The decision maker's page: what was found, in words, with an interval where a number is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from IPython.display import Markdown
from sklearn.metrics import f1_score

from course_utils.statistics import interval

NO_GAIN = 0.02  # a topic with less is one on which the model is of no use

Found = tuple[float, float, float]  # a value, and the low and the high end of its interval


def against(gain: Found) -> str:
    """Return what a paired difference says: better, worse, or that these rows and seeds cannot tell."""
    value, low, high = gain
    verdict = "better" if low > 0 else "worse" if high < 0 else "not to be told apart"
    return f"{verdict}: {value:+.1%} ({low:+.1%} to {high:+.1%})"


def decision_page(
    gains: tuple[Found, Found, Found],
    *,
    trainings: int,
    answers: tuple[np.ndarray, np.ndarray, np.ndarray],
    labels: Sequence[str],
    gain_by_topic: Mapping[str, float],
    calibration: tuple[float, float, float],
    complaints: tuple[float, np.ndarray],
    alone: np.ndarray,
) -> Markdown:
    """Return the page as a table. A gain is "fine-tuned minus counting words".

    `gains`: the score; the gain with as many labels; the gain where counting has many more. `answers`: the truth, what
    the model said, and the laziest answers. `calibration`: ECE as trained, temperature, ECE with it. `complaints`: the
    threshold for the first label, and a mask of the tweets that reach it. `alone`: a mask of the tweets that the model
    answers.
    """
    score, same_labels, more_labels = gains
    truth, said, lazy = answers
    ece, temperature, mended = calibration
    threshold, alarm = complaints
    weakest = labels[np.argmin(f1_score(truth, said, average=None, labels=range(len(labels)), zero_division=0))]
    useless = [name for name, gain in gain_by_topic.items() if gain < NO_GAIN]
    found, right = interval(alarm[truth == 0]), interval((said == truth)[alone])
    rows = {
        "How good is it?": f"{_share(score)} right; always the same answer: {np.mean(lazy == truth):.0%}",
        "Better than counting words, with as many labels?": against(same_labels),
        "And with many more labels for counting?": against(more_labels),
        "Where is it weak?": f"{weakest} tweets; no gain on: {', '.join(useless) or 'no topic'}",
        "Its percentages": f"not as trained (ECE {ece:.2f}); with T = {temperature:.1f}: {mended:.2f}",
        "To find complaints": f"from {threshold:.0%} on, a person reads: {alarm.mean():.0%} of all tweets, "
        f"{_share(found)} of complaints",
        "Alone": f"{alone.mean():.0%} of tweets, {_share(right)} right",
        "Seeds": f"the first three lines count {trainings} trainings; the others are of one",
        "Not tested": "other subjects, other years, other languages, irony",
    }
    lines = [f"| **{question}** | {answer} |" for question, answer in rows.items()]
    return Markdown("\n".join(["| the question | what we found |", "|---|---|", *lines]))


def _share(found: Found) -> str:
    return f"{found[0]:.0%} ({found[1]:.0%} to {found[2]:.0%})"
