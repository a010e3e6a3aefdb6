"""What a tier's minimums still need in whole numbers: levels of a domain, units of an axis."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, lcm

from readiness.assessments.scoring import TOP_LEVEL, Scores
from readiness.instruments.models import Axis


def levels_wanted(scores: Scores, domain_id: str, least: Fraction) -> int:
    """Levels that the domain's items must gain together; 0: none."""
    if least <= 0 or scores.domains[domain_id].low is None:
        return 0
    tally = scores.tally_by_domain[domain_id]
    return max(0, ceil(lowest_rounding_to(least) * tally.counted * TOP_LEVEL / 100 - tally.points))


def level_worth(scores: Scores, axis: Axis) -> Mapping[str, int]:
    """What a level in each scored domain is worth to the axis, in its units.

    The axis is the mean of 100 x points / (4 x items), which is whole in so many parts.
    """
    counted = {
        each: scores.tally_by_domain[each].counted
        for each in axis.domain_ids
        if scores.domains[each].low is not None
    }
    whole = lcm(*counted.values())
    return {each: whole // items for each, items in counted.items()}


def units_wanted(scores: Scores, axis: Axis, least: Fraction) -> int:
    """Units that the axis must gain; 0: none."""
    worth = level_worth(scores, axis)
    if least <= 0 or not worth:
        return 0
    tallies = {each: scores.tally_by_domain[each] for each in worth}
    top = sum(TOP_LEVEL * tally.counted * worth[each] for each, tally in tallies.items())
    held = sum(tally.points * worth[each] for each, tally in tallies.items())
    return max(0, ceil(lowest_rounding_to(least) * top / 100 - held))


def lowest_rounding_to(least: Fraction) -> Fraction:
    """The smallest score that is shown as `least` or more when rounded half up to one decimal.

    >>> lowest_rounding_to(Fraction(35))
    Fraction(699, 20)
    """
    return Fraction(ceil(least * 10), 10) - Fraction(1, 20)
