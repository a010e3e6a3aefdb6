"""How a plan was found, in words: that no cheaper set reaches its tier, what its margin takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from readiness.core.formatting import dollars
from readiness.instruments import standard_setting
from readiness.instruments.models import Instrument
from readiness.plans.drafting import stands_as_proposed
from readiness.plans.models import MarginPrice
from readiness.plans.presenters.tier_cost import days_text
from readiness.plans.service.basis import book_of
from readiness.plans.service.plan import PlanView

NAMED_FIRST = 4  # titles in one sentence


def margin_says(opened: PlanView) -> str:
    """Only of a plan that stands as it was proposed: what people change may use the margin up."""
    plan = opened.plan
    if not plan.has_margin or plan.target_tier_id is None or opened.later:
        return ""
    if not stands_as_proposed(plan):
        return ""
    target = opened.instrument.tier_by_id[plan.target_tier_id]
    price = price_says(plan.margin) if plan.margin else ""
    return (
        f"This plan still reaches {target.id} {target.title} when any one raise that is no gate "
        f"ends a level short{f'; that caution {price}' if price else ''}."
    )


def price_says(price: MarginPrice) -> str:
    """Empty where nobody worked out what it takes in money and in days.

    >>> price_says(MarginPrice(5_600, (), (), Decimal(-2_000), Decimal(19)))
    'costs 19 people-days and saves $2,000'
    """
    if price.likely_dollars is None or price.people_days is None:
        return ""
    parts = ((price.likely_dollars, dollars), (price.people_days, people_days))
    costs = [says(amount) for amount, says in parts if amount > 0]
    saves = [says(-amount) for amount, says in parts if amount < 0]
    phrases = (f"costs {' and '.join(costs or ['nothing'])}", *(f"saves {each}" for each in saves))
    return " and ".join(phrases)


def people_days(days: Decimal) -> str:
    return "1 person-day" if days == 1 else f"{days_text(days)} people-days"


def standard_says(instrument: Instrument) -> str:
    """Who set the cut points, in one sentence; an instrument of one's own may have no record."""
    record = standard_setting.find(instrument)
    return record.in_short if record else "No record is kept of who set the cut points."


def method_says(opened: PlanView) -> Iterator[str]:
    """Nothing of what nobody worked out, and of a plan that a later assessment outdid."""
    plan, book = opened.plan, book_of(opened.instrument)
    target = opened.instrument.tier_by_id.get(plan.target_tier_id or "")
    if plan.objective is None or target is None or book is None or opened.later:
        return
    rate = f"own days counted at {dollars(book.day_rate.dollars)} each"
    room = " with room for one raise to end a level short" if plan.has_margin else ""
    if not stands_as_proposed(plan):
        yield (
            f"As it was proposed, no cheaper set reached {target.id}{room}; {rate}. It was changed "
            "since."
        )
        return
    yield f"No cheaper set reaches {target.id}{room}; {rate}."
    if plan.margin and (differs := without(plan.margin)):
        yield f"Without that room, the plan would {differs}."


def without(price: MarginPrice) -> str:
    parts = (("leave out", price.left_out), ("hold instead", price.instead))
    return " and ".join(f"{verb} {quoted(titles)}" for verb, titles in parts if titles)


def quoted(titles: Sequence[str]) -> str:
    """
    >>> quoted(("A", "B", "C")), quoted(("A", "B", "C", "D", "E", "F"))
    ('“A”, “B” and “C”', '“A”, “B”, “C”, “D” and 2 more')
    """
    named = [f"“{each}”" for each in titles[:NAMED_FIRST]]
    if (more := len(titles) - len(named)) > 0:
        named.append(f"{more} more")
    return " and ".join((", ".join(named[:-1]), named[-1])) if len(named) > 1 else named[0]
