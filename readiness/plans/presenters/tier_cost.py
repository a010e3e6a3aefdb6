"""What the next tier costs, in words: the same for lists, pages and paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from readiness.core.formatting import dollars
from readiness.plans.costs import CostRange
from readiness.plans.models import Months
from readiness.plans.presenters.formats import between, months
from readiness.plans.progress import BEGUN
from readiness.plans.service.plan import PlanView
from readiness.plans.tier_cost import TierCost, TierCostExclusion, payable_actions

NONE = "–"
WITHOUT_PLAN = frozenset(  # there is none to the next tier
    {TierCostExclusion.TOP, TierCostExclusion.NO_PLAN, TierCostExclusion.OUTDATED}
)
FEW_DOLLARS = 10  # fewer are told with their cents


@dataclass(frozen=True)
class TierCostText:
    """One figure, and what belongs to it under the names that lists of groups use."""

    lead: str
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def facts_say(self) -> str:
        first, *others = (f"{name} {value}" for name, value in self.facts)
        return "; ".join((first, *(f"{each[0].lower()}{each[1:]}" for each in others))) + "."

    @property
    def says(self) -> str:
        return f"{self.lead} {self.facts_say}" if self.facts else self.lead


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


def tier_cost_text(opened: PlanView) -> TierCostText | None:
    """None at the top, and of a plan that a later assessment outdid."""
    cost, target = opened.tier_cost, opened.next_tier
    if opened.later or target is None:
        return None
    name = f"{target.id} {target.title}"
    if not cost.has_sums:
        return TierCostText(f"What {name} costs cannot be told yet ({cost.exclusion}).")
    is_begun = any(each.status in BEGUN for each in opened.plan.current)
    lead = lead_says(cost, name, "takes no more money" if is_begun else "takes no money")
    return TierCostText(lead, tuple(facts_of(opened, cost)))


def lead_says(cost: TierCost, name: str, nothing: str) -> str:
    says = f"{whose(cost, name)} {likely_costs(cost) or nothing}."
    if cost.unknown:
        return f"{says} Not known is the cost of {' and of '.join(cost.unknown)}."
    return says


def whose(cost: TierCost, name: str) -> str:
    if cost.exclusion is TierCostExclusion.SHORT:
        return f"The plan does not reach {name} yet, and what it holds"
    return f"Reaching {name}"


def likely_costs(cost: TierCost) -> str:
    """Empty where it takes no money."""
    total = cost.first_year
    if not total.high and not cost.unknown:
        return ""
    least = "at least " if cost.unknown else ""
    return f"likely costs {least}{dollars(total.likely)}: an estimate{ends_say(total)}"


def ends_say(cost: CostRange) -> str:
    if cost.low == cost.high:
        return ""
    return f", between {dollars(cost.low)} and {dollars(cost.high)}"


def facts_of(opened: PlanView, cost: TierCost) -> Iterator[tuple[str, str]]:
    """Who may pay, what else it takes, and when the tier is reached."""
    if cost.first_year.high:
        yield from payers_of(opened, cost)
    if cost.people_days:
        yield "Own people-days", days_text(cost.people_days)
    reached = opened.ahead.reached(opened.next_tier.number) if opened.next_tier else None
    if cost.months and reached:
        after = f"{months_say(cost.months)} after the plan’s start, {between(*reached)}"
        yield "Reached", f"{after}, if everything goes as expected"
    if cost.yearly.high:
        yield "Every year afterwards", dollars(cost.yearly.likely)


def payers_of(opened: PlanView, cost: TierCost) -> Iterator[tuple[str, str]]:
    """By the likely dollars."""
    if not cost.own_part.high:
        yield "A payer may pay", "all of it"
        return
    yield "A payer may pay", dollars(cost.payable.likely) if cost.payable.high else "none of it"
    is_mixed = opened.awarded or opened.still_to_pay
    also = ", with what is awarded or under way already" if is_mixed else ""
    yield "The group’s own part", f"{dollars(cost.own_part.likely)}{also}"


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
