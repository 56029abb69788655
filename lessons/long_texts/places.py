"""What this lesson counts, and what is not its topic: means by place, pages with twins, intervals of an AUC, prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from IPython.display import Markdown
from sklearn.metrics import roc_auc_score

from course_utils.session import SEED
from course_utils.statistics import interval

PLACES = ("start", "middle", "end", "throughout", "none")
SEAT_OF_THE_REVIEW = (0, 2, 5)  # first, third or last on its page


def mean_by_place(values: Sequence[float], where: Sequence[str]) -> dict[str, float]:
    """Return the mean of the values for each place of the useful part that occurs, from start to none."""
    values, where = np.asarray(values), np.asarray(where)
    return {place: values[where == place].mean() for place in PLACES if place in where}


def auc_difference(
    truth: np.ndarray, ours: np.ndarray, theirs: np.ndarray, draws: int = 200, seed: int = SEED
) -> tuple[float, float]:
    """Return the ends of a 95% interval of AUC(ours) - AUC(theirs): the texts are drawn anew, with replacement."""
    rng, gains = np.random.default_rng(seed), []
    for _ in range(draws):
        drawn = rng.choice(len(truth), len(truth))
        if 0 < truth[drawn].sum() < len(drawn):
            asked = truth[drawn]
            gains.append(roc_auc_score(asked, ours[drawn]) - roc_auc_score(asked, theirs[drawn]))
    low, high = np.percentile(gains, [2.5, 97.5])
    return low, high


def make_pages(
    truth: np.ndarray, product: np.ndarray, rng: np.random.Generator
) -> tuple[dict[int, np.ndarray], dict[int, np.ndarray]]:
    """Return pages of six reviews (row numbers) with one helpful review, and their twins without.

    Both are tables for each seat of the helpful review: one line for each of them. The five others are unhelpful
    reviews of other products. The twin has an unhelpful review in that seat, of the same product if there is one.
    """
    good, bad = np.flatnonzero(truth == 1), np.flatnonzero(truth == 0)
    pages = []
    for row in good:
        others = bad[product[bad] != product[row]]
        twins = bad[product[bad] == product[row]]
        twin = rng.choice(twins if len(twins) else others)
        pages.append([row, twin, *rng.choice(others, 5, replace=len(others) < 5)])
    pages = np.array(pages)
    with_one, without = (
        {seat: np.insert(pages[:, 2:], seat, pages[:, column], axis=1) for seat in SEAT_OF_THE_REVIEW}
        for column in (0, 1)
    )
    return with_one, without


def price_table(costs: Mapping[str, tuple[float, float]], right: Mapping[str, np.ndarray]) -> Markdown:
    """Return the table of all ways: tokens read for a text, milliseconds, and right answers with their interval.

    `costs`: way -> (tokens, seconds).
    """
    lines = ["| way | tokens read | ms a text | right |", "|---|---|---|---|"]
    for name, (tokens, seconds) in costs.items():
        score = "{:.0%} ({:.0%} to {:.0%})".format(*interval(right[name]))
        lines.append(f"| {name} | {tokens:.0f} | {1000 * seconds:.0f} | {score} |")
    return Markdown("\n".join(lines))
