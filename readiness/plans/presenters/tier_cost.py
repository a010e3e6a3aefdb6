"""What the next tier costs, in words: the same for lists, pages and paper."""

from __future__ import annotations

from decimal import Decimal

from readiness.core.formatting import dollars
from readiness.plans.models import Months
from readiness.plans.presenters.action import months
from readiness.plans.tier_cost import TierCost, TierCostExclusion

NONE = "–"
FEW_DOLLARS = 10  # fewer are told with their cents


def short(cost: TierCost) -> str:
    """In a cell of a list, such as "$46,000 · 9 to 14 months"."""
    if not cost.has_sums or cost.exclusion is TierCostExclusion.SHORT:
        return NONE
    least = "" if cost.is_known else "at least "
    parts = [f"{least}{dollars(cost.first_year.likely)}"]
    return " · ".join([*parts, *([months_say(cost.months)] if cost.months else [])])


def remark(cost: TierCost) -> str:
    """What to know of it: which tier, or why there is no figure."""
    if not cost.target_id or cost.exclusion is TierCostExclusion.UNRATED:
        return str(cost.exclusion)
    return f"to {cost.target_id}: {cost.exclusion}" if cost.exclusion else f"to {cost.target_id}"


def months_say(span: Months) -> str:
    """
    >>> months_say((9, 14)), months_say((1, 1)), months_say((0, 0))
    ('9 to 14 months', '1 month', '0 months')
    """
    return f"{months(span)} {'month' if span == (1, 1) else 'months'}"


def days_text(days: Decimal) -> str:
    """
    >>> days_text(Decimal("1110.0")), days_text(Decimal("0.4"))
    ('1,110', '0.4')
    """
    return f"{days:,.0f}" if days == days.to_integral() else f"{days:,.1f}"


def cents_or_dollars(amount: Decimal) -> str:
    """Of what one patient costs: to the cent below ten dollars.

    >>> cents_or_dollars(Decimal("1.208")), cents_or_dollars(Decimal("12.3"))
    ('$1.21', '$12')
    """
    return f"${amount:,.2f}" if amount < FEW_DOLLARS else dollars(amount)
