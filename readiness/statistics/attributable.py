"""How much better all people together would be were every group as well off as the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from readiness.statistics.inequality import (
    Estimate,
    Group,
    best_of,
    delta,
    errors_of,
    mean_of,
    weights,
    with_limits,
)


@dataclass(frozen=True)
class Attributable:
    risk: Estimate  # in the unit of the estimates
    percent: Estimate | None  # of the mean; None when it is 0


def attributable(
    groups: Sequence[Group], is_favorable: bool, confidence: float = 0.95
) -> Attributable:
    """How much better the mean would be were every group at the best group's rate.

    The sign is kept: of an adverse indicator it is negative. The best group is taken as given; in
    truth it was chosen by its result, so that the interval is too narrow where groups are small.

    Formula: PAR = y* − μ, SE √((1 − w*)²s*² + Σ_others w²s²);
    PAF = 100 PAR/μ, SE 100 √(((μ − w*y*)/μ²)²s*² + Σ_others (w y*/μ²)²s²); normal intervals.
    Source: Walter, American Journal of Epidemiology 108 (1978) 1-11, for the quantities; errors by
    the delta method, shares of people taken as fixed. Confirmed by simulation.
    Units: PAR those of the estimates, PAF percent. Shape: groups to two estimates.
    Raises ValueError with fewer than two groups or nobody in them.
    """
    shares, mean, errors = weights(groups), mean_of(groups), errors_of(groups)
    best = best_of(groups, is_favorable)
    top, place = best.estimate, groups.index(best)
    slopes = [float(i == place) - w for i, w in enumerate(shares)]
    risk = with_limits(top - mean, delta(slopes, errors) if errors else None, confidence)
    if mean == 0:
        return Attributable(risk, None)
    relative = [100 * (mean * (i == place) - w * top) / mean**2 for i, w in enumerate(shares)]
    error = delta(relative, errors) if errors else None
    return Attributable(risk, with_limits(100 * (top - mean) / mean, error, confidence))
