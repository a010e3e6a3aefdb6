"""How large a gap can be found with the patients there are."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

from readiness.statistics.rates import NORMAL, z_of

HALVINGS = 50


def power(p1: float, p2: float, n1: float, n2: float, alpha: float = 0.05) -> float:
    """The chance that a two-sided test finds the difference between two true rates.

    Formula: Φ((|p1 − p2| − z √(p̄(1 − p̄)(1/n1 + 1/n2))) ÷ √(p1(1 − p1)/n1 + p2(1 − p2)/n2)), with
    p̄ the mean weighted by people and z = Φ⁻¹(1 − α/2); the far tail is left out.
    Source: Fleiss, Statistical Methods for Rates and Proportions (1981); with n1 = n2 it is R's
    power.prop.test.
    Units: shares and people in, a probability out. Shape: numbers to a number.
    Raises ValueError when a rate is not between 0 and 1, a group is empty, or `alpha` no level.
    """
    check(p1, p2, n1, n2)
    pooled = (n1 * p1 + n2 * p2) / (n1 + n2)
    apart = abs(p1 - p2) - z_of(1 - alpha) * sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    error = sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    if error == 0:
        return float(apart > 0)
    return NORMAL.cdf(apart / error)


def people_each(p1: float, p2: float, wanted: float = 0.8, alpha: float = 0.05) -> float:
    """How many people each of two groups needs, of equal size.

    Formula: ((z_{1−α/2} √(2 p̄(1 − p̄)) + z_power √(p1(1 − p1) + p2(1 − p2))) ÷ (p1 − p2))².
    Source: Fleiss (1981); R's power.prop.test.
    Units: shares in, people out, not rounded up. Shape: numbers to a number.
    Raises ValueError when a rate is not between 0 and 1, when they are equal, or when `wanted` or
    `alpha` is no level.
    """
    check(p1, p2, 1, 1)
    if p1 == p2:
        raise ValueError("The two rates are equal: no number of people would show a difference")
    if not 0 < wanted < 1:
        raise ValueError(f"{wanted} is not a power: give one such as 0.8")
    pooled = (p1 + p2) / 2
    under_null = z_of(1 - alpha) * sqrt(2 * pooled * (1 - pooled))
    under_both = NORMAL.inv_cdf(wanted) * sqrt(p1 * (1 - p1) + p2 * (1 - p2))
    return float(((under_null + under_both) / (p1 - p2)) ** 2)


def detectable_below(
    reference: float, n: float, n_reference: float, wanted: float = 0.8, alpha: float = 0.05
) -> float | None:
    """The highest rate below the reference's that would be found; None when not even 0 would.

    Formula: the p with `power`(p, reference) = `wanted`, by halving.
    Source: Fleiss (1981), solved for p.
    Units: shares and people in, a share out. Shape: numbers to a number.
    Raises ValueError as `power` does.
    """

    def excess(gap: float) -> float:
        return power(max(0.0, reference - gap), reference, n, n_reference, alpha) - wanted

    gap = smallest_enough(excess, reference)
    return None if gap is None else reference - gap


def detectable_above(
    reference: float, n: float, n_reference: float, wanted: float = 0.8, alpha: float = 0.05
) -> float | None:
    """The lowest rate above the reference's that would be found: for measures where less is better.

    Formula: `detectable_below` of the complements. Source: Fleiss (1981), solved for p.
    Units: shares and people in, a share out. Shape: numbers to a number; None when not even 1 would
    be found. Raises ValueError as `power` does.
    """
    found = detectable_below(1 - reference, n, n_reference, wanted, alpha)
    return None if found is None else 1 - found


def smallest_enough(excess: Callable[[float], float], largest: float) -> float | None:
    """The smallest gap at which `excess`, rising from below 0, is no longer below it."""
    if largest <= 0 or excess(largest) < 0:
        return None
    low, high = 0.0, largest
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if excess(middle) >= 0 else (middle, high)
    return high


def check(p1: float, p2: float, n1: float, n2: float) -> None:
    if not (0 <= p1 <= 1 and 0 <= p2 <= 1):
        raise ValueError(f"{p1} and {p2} are not both rates between 0 and 1")
    if n1 <= 0 or n2 <= 0:
        raise ValueError("Both groups need at least one person")
