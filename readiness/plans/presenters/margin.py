"""That a plan holds when one raise ends a level short, and what that costs, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from readiness.core.formatting import dollars, join_words
from readiness.plans.drafting import stands_as_proposed
from readiness.plans.models import ActionPlan, MarginPrice
from readiness.plans.service.plan import PlanView, book_of
from readiness.plans.simulation import round_significant

NAMED_FIRST = 4  # titles in one sentence


def margin_says(opened: PlanView) -> str:
    """Only of a plan that stands as it was proposed: what people change may use the margin up."""
    plan, book = opened.plan, book_of(opened.instrument)
    if not plan.has_margin or plan.target_tier_id is None or book is None or opened.later:
        return ""
    if not stands_as_proposed(plan):
        return ""
    target = opened.instrument.tier_by_id[plan.target_tier_id]
    holds = (
        f"This plan still reaches {target.id} {target.title} when any one raise that is no gate "
        "ends a level short."
    )
    return " ".join((holds, *price_sentences(plan, dollars(book.day_rate.dollars))))


def price_sentences(plan: ActionPlan, day_rate: str) -> Iterator[str]:
    """None where nobody worked out what the margin costs."""
    price = plan.margin
    if price is None or plan.objective is None:
        return
    if price.dollars == 0:
        yield "That caution costs nothing."
        return
    yield (
        f"That caution costs about {about(price.dollars)} of its {about(plan.objective)}: likely "
        f"money of the first year, and the group’s own people-days at {day_rate} a day."
    )
    if differs := without(price):
        yield f"Without it, the plan would {differs}."


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
    return join_words(named)


def about(amount: int) -> str:
    """
    >>> about(93_742), about(950)
    ('$93,700', '$950')
    """
    rough: Decimal = round_significant(float(amount))
    return dollars(rough)
