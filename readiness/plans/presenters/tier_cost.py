"""What the next tier costs, in words: the same for lists, pages and paper."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from readiness.core.formatting import dollars
from readiness.plans.models import Months
from readiness.plans.presenters.action import money, months
from readiness.plans.service.plan import PlanView
from readiness.plans.tier_cost import TierCost, TierCostExclusion, payable_actions

NONE = "–"
WITHOUT_PLAN = frozenset(  # there is none to the next tier
    {TierCostExclusion.TOP, TierCostExclusion.NO_PLAN, TierCostExclusion.OUTDATED}
)
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


def tier_cost_says(opened: PlanView) -> str:
    """The whole figure in words; empty of a plan that a later assessment outdid."""
    cost, target = opened.tier_cost, opened.next_tier
    if opened.later or target is None:
        return ""
    name = f"{target.id} {target.title}"
    if not cost.has_sums:
        return f"What {name} costs cannot be told yet ({cost.exclusion})."
    return " ".join([f"{whose(cost, name)} {takes(cost)}", *more_says(cost)])


def whose(cost: TierCost, name: str) -> str:
    if cost.exclusion is TierCostExclusion.SHORT:
        return f"The plan does not reach {name} yet, and what it holds"
    return name


def takes(cost: TierCost) -> str:
    if not cost.first_year.high and not cost.unknown:
        return "takes no money."
    least = "at least " if cost.unknown else ""
    return (
        f"takes {least}{money(cost.first_year)}, in the first year of each action that is not "
        "done: estimates."
    )


def more_says(cost: TierCost) -> Iterator[str]:
    """Who may pay, what else it takes, and when the tier is reached."""
    if cost.first_year.high:
        yield payer_says(cost)
    if cost.unknown:
        yield f"Not known is the cost of {' and of '.join(cost.unknown)}."
    besides = []
    if cost.people_days:
        besides.append(f"{days_text(cost.people_days)} people-days of the group’s own people")
    if cost.yearly.high:
        besides.append(f"{dollars(cost.yearly.likely)} every year afterwards")
    if besides:
        yield f"Besides: {', and '.join(besides)}."
    if cost.months:
        yield (
            f"If everything goes as expected, it is reached {months_say(cost.months)} after the "
            "plan’s start."
        )


def payer_says(cost: TierCost) -> str:
    """By the likely dollars."""
    if not cost.payable.high:
        return "The cost book names no payer for any of it."
    if not cost.own_part.high:
        return "A payer may pay all of it."
    return (
        f"A payer may pay {dollars(cost.payable.likely)} of it; "
        f"{dollars(cost.own_part.likely)} is the group’s own part, or awarded or under way already."
    )


def help_that_fits(opened: PlanView) -> str:
    """What a payer may pay for, by the plan; what is usual at the tier where there is none; empty
    of a plan that a later assessment outdid."""
    if opened.later:
        return ""
    if opened.tier_cost.exclusion in WITHOUT_PLAN:
        tier = opened.instrument.tier_by_id[opened.newest.run.tier_id]
        return f"Groups at this tier usually {tier.usually}."
    titles = [each.title for each in payable_actions(opened.plan, opened.awarded)]
    if not titles:
        return "Nothing that is left of the plan is for a payer to pay."
    return f"A payer may pay for: {'; '.join(titles)}."


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
