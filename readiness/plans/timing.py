"""When an action of a plan starts, is launched and can show an effect: an earliest and a latest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from readiness.core.periods import months_after
from readiness.plans.drafting import end_of
from readiness.plans.models import ActionStatus, ActionType, Plan, PlanAction

LAST_HALF_YEAR = 10  # five years: nobody plans a practice further


@dataclass(frozen=True)
class Timing:
    starts_on: date
    launches_on: date
    earliest: date  # of the effect
    latest: date


NOT_BEGUN = frozenset({ActionStatus.PROPOSED, ActionStatus.PLANNED})


def half_year_of(action: PlanAction, starts_on: date) -> int | None:
    """0 for what must be found out; an added action goes by its date, and None has neither."""
    if action.proposal and action.proposal.type is ActionType.FIND_OUT:
        return 0
    if action.own.half_year is not None:
        return action.own.half_year
    if action.proposal:
        return action.proposal.half_year
    if action.due_on is None:
        return None
    number = 1
    while end_of(number, starts_on) < action.due_on and number < LAST_HALF_YEAR:
        number += 1
    return number


def first_day(half_year: int, starts_on: date) -> date:
    """
    >>> first_day(2, date(2026, 11, 22))
    datetime.date(2027, 5, 22)
    """
    return months_after(starts_on, 6 * (half_year - 1))


def timing_of(action: PlanAction, plan: Plan) -> Timing | None:
    """Without months of its own, an effect by the end of its half-year; None: nobody dated it."""
    half_year = half_year_of(action, plan.starts_on)
    if half_year is None:
        return None
    if half_year == 0:
        found = action.due_on or end_of(1, plan.starts_on)
        return Timing(plan.starts_on, plan.starts_on, found, found)
    return begun_on(action, first_day(half_year, plan.starts_on))


def begun_on(action: PlanAction, start: date) -> Timing:
    launch = months_after(start, action.months_to_launch or 0)
    if action.months_to_effect is None:
        end = end_of(1, start)
        return Timing(start, min(launch, end), end, end)
    low, high = action.months_to_effect
    return Timing(start, launch, months_after(launch, low), months_after(launch, high))


def is_late(action: PlanAction, plan: Plan, today: date) -> bool:
    """Nobody has begun it, and the half-year in which it was to start is over."""
    half_year = half_year_of(action, plan.starts_on)
    is_over = bool(half_year) and end_of(half_year or 1, plan.starts_on) < today
    return is_over and action.status in NOT_BEGUN


def timing_from(action: PlanAction, plan: Plan, today: date) -> Timing | None:
    """As it can still be: what is late is taken to begin today."""
    return begun_on(action, today) if is_late(action, plan, today) else timing_of(action, plan)
