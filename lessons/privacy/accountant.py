"""How much privacy some noisy steps cost: Rényi differential privacy of the subsampled Gaussian (Mironov and others).

A small accountant for whole orders. The lesson shows opacus's numbers; a test holds these against them.
"""

from __future__ import annotations

from math import exp, inf, lgamma, log, log1p

ORDERS = (*range(2, 64), 128, 256, 512)


def step_cost(share: float, noise: float, order: int) -> float:
    """Return the Rényi divergence of one step at a whole order: each row is drawn with probability `share`.

    `noise` is the noise multiplier: the standard deviation of the noise, divided by the clip.
    """
    if share == 1:
        return order / (2 * noise**2)
    terms = [
        lgamma(order + 1)
        - lgamma(k + 1)
        - lgamma(order - k + 1)
        + k * log(share)
        + (order - k) * log1p(-share)
        + k * (k - 1) / (2 * noise**2)
        for k in range(order + 1)
    ]
    top = max(terms)
    return (top + log(sum(exp(term - top) for term in terms))) / (order - 1)


def epsilon(share: float, noise: float, steps: int, delta: float) -> float:
    """Return the epsilon that `steps` noisy steps keep, for this `delta`: the best over the whole orders."""
    best = inf
    for order in ORDERS:
        cost = steps * step_cost(share, noise, order)
        best = min(best, cost - (log(delta) + log(order)) / (order - 1) + log((order - 1) / order))
    return max(best, 0.0)
