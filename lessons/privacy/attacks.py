"""What an attacker computes from losses: how sure an AUC is. The lesson builds the rest step by step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def auc_interval(seen: Sequence[float], unseen: Sequence[float], seed: int, draws: int = 500) -> tuple[float, float]:
    """Return the 95% interval of the chance that a seen row has a lower loss than an unseen one.

    Rows of both groups are drawn anew, with replacement, `draws` times (a percentile bootstrap).
    """
    rng, found = np.random.default_rng(seed), []
    for _ in range(draws):
        one, two = rng.choice(seen, len(seen)), rng.choice(unseen, len(unseen))
        below, equal = one[:, None] < two, one[:, None] == two
        found.append(np.mean(below + equal / 2))
    low, high = np.percentile(found, [2.5, 97.5])
    return low, high
