"""What a saved change did to a plan's cost, its tier and when that is reached, in plain sentences.

Read from the same figures and dates as the plan's page; a change that moves none is only saved.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from readiness.core.formatting import dollars
from readiness.instruments.models import Instrument, Tier
from readiness.plans.costs import CostRange
from readiness.plans.models import ActionStatus
from readiness.plans.presenters.formats import money, month
from readiness.plans.presenters.outlook import short_says
from readiness.plans.presenters.tier_cost import days_text
from readiness.plans.projection import Projection
from readiness.plans.service.plan import PlanView, SavedChange
from readiness.plans.tier_cost import leads_up

SAVED = "Saved."
Reached = tuple[date, date] | None  # the earliest and the latest day


def change_says(change: SavedChange) -> str:
    before, after = change.before, change.after
    takes = [*cost_phrases(before, after), *days_phrases(before, after)]
    then, now = before.ahead, after.ahead
    goal = None if after.later else goal_of(after.instrument, then, now)
    if not takes and not (goal and has_moved(goal, then, now)):
        return beside_says(change) or SAVED
    reach = [reach_phrase(goal, then, now)] if goal else []
    is_new = bool(takes) or (goal is not None and then.reached(goal.number) is None)
    says = f"{done_says(change)} The plan {'now ' if is_new else ''}{listed([*takes, *reach])}."
    is_short = goal is not None and now.short and not now.reached(goal.number)
    return f"{says} {short_says(now)}" if is_short else says


def beside_says(change: SavedChange) -> str:
    """Of what was added and is no part of the cost; empty of everything else."""
    action = change.action
    is_new = all(each.id != action.id for each in change.before.plan.actions)
    if not is_new or leads_up(action):
        return ""
    return (
        f"{done_says(change)} It raises nothing that a tier needs, so the cost to the tier stays "
        "as it is."
    )


def done_says(change: SavedChange) -> str:
    action, title = change.action, f"“{change.action.title}”"
    earlier = next((e for e in change.before.plan.actions if e.id == action.id), None)
    if earlier is None:
        return f"You added {title}."
    if earlier.is_in_plan and not action.is_in_plan:
        return f"You took out {title}."
    if not earlier.is_in_plan and action.is_in_plan:
        return f"You put {title} back."
    if action.status is ActionStatus.DONE and earlier.status is not ActionStatus.DONE:
        return f"You marked {title} as done."
    return f"You changed {title}."


# The cost to the tier: the likely figure, and the whole range where only that moved.


def cost_phrases(before: PlanView, after: PlanView) -> Iterator[str]:
    old, new = before.target_cost.first_year, after.target_cost.first_year
    if old != new:
        told = dollars_of if old.likely != new.likely else range_of
        yield f"costs {told(new)} (before {told(old)})"


def dollars_of(cost: CostRange) -> str:
    return dollars(cost.likely) if cost.high else "no money"


def range_of(cost: CostRange) -> str:
    return money(cost) if cost.high else "no money"


def days_phrases(before: PlanView, after: PlanView) -> Iterator[str]:
    old, new = before.target_cost.people_days, after.target_cost.people_days
    if old != new:
        yield f"takes {days_of(new)} of your own people-days (before {days_of(old)})"


def days_of(days: Decimal) -> str:
    return days_text(days) if days else "none"


# Which tier, and when.


def goal_of(instrument: Instrument, then: Projection, now: Projection) -> Tier | None:
    """The plan's target, or the tier above it that it reaches or reached; None at the top."""
    if now.target_tier_id is None:
        return None
    told = (now.target_tier_id, then.latest[-1].tier_id, now.latest[-1].tier_id)
    return max((instrument.tier_by_id[each] for each in told), key=lambda tier: tier.number)


def has_moved(goal: Tier, then: Projection, now: Projection) -> bool:
    return months_of(then.reached(goal.number)) != months_of(now.reached(goal.number))


def months_of(reached: Reached) -> tuple[str, ...]:
    """As finely as a page tells them."""
    return tuple(map(month, reached or ()))


def reach_phrase(goal: Tier, then: Projection, now: Projection) -> str:
    name = f"{goal.id} {goal.title}"
    old, new = then.reached(goal.number), now.reached(goal.number)
    if new is None:
        return f"{'no longer reaches' if old else 'still does not reach'} {name}"
    if old is None:
        return f"reaches {name} by {month(new[1])}"
    return f"still reaches {name}{moved_says(old, new)}"


def moved_says(old: tuple[date, date], new: tuple[date, date]) -> str:
    if month(old[1]) != month(new[1]):
        return f", {distance(old[1], new[1])} (by {month(new[1])})"
    if month(old[0]) != month(new[0]):
        return f" by {month(new[1])}, at the earliest in {month(new[0])} (before {month(old[0])})"
    return f" by {month(new[1])}, as before"


def distance(old: date, new: date) -> str:
    """
    >>> distance(date(2027, 11, 30), date(2028, 2, 1))
    '3 months later'
    >>> distance(date(2028, 2, 1), date(2028, 1, 31))
    '1 month sooner'
    """
    months = 12 * (new.year - old.year) + new.month - old.month
    many = f"{abs(months)} month{'' if abs(months) == 1 else 's'}"
    return f"{many} {'later' if months > 0 else 'sooner'}"


def listed(phrases: list[str]) -> str:
    """
    >>> listed(["costs $2", "takes 3 people-days", "still reaches T2"])
    'costs $2, takes 3 people-days and still reaches T2'
    """
    *first, last = phrases
    return f"{', '.join(first)} and {last}" if first else last
