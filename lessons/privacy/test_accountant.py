"""Our small accountant against opacus's own."""

import pytest
from opacus.accountants import RDPAccountant

from lessons.privacy.accountant import epsilon

SETTINGS = [(share, noise, steps) for share in (0.01, 0.2, 1.0) for noise in (0.8, 1.9, 5.6) for steps in (1, 60, 400)]


def of_opacus(share: float, noise: float, steps: int, delta: float) -> float:
    accountant = RDPAccountant()
    accountant.history = [(noise, share, steps)]
    return accountant.get_epsilon(delta)


@pytest.mark.filterwarnings("ignore")  # opacus says where its list of orders ends
def test_it_agrees_with_opacus_where_a_promise_says_something():
    """Opacus also tries orders between the whole ones (helps where epsilon is huge), we also larger ones (tiny)."""
    compared = 0
    for setting in SETTINGS:
        ours, theirs = epsilon(*setting, 1e-4), of_opacus(*setting, 1e-4)
        if 0.1 < theirs < 25:
            assert ours == pytest.approx(theirs, rel=0.06), setting
            compared += 1
    assert compared >= 12


def test_more_noise_costs_less_and_more_steps_cost_more():
    assert epsilon(0.2, 4.0, 60, 1e-4) < epsilon(0.2, 2.0, 60, 1e-4) < epsilon(0.2, 2.0, 120, 1e-4)
