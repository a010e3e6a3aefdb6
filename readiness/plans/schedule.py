"""When an action of a plan starts, is launched and can show an effect: an earliest and a latest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from readiness.core.periods import months_after
from readiness.plans.cost_program import STARTS_PER_HALF_YEAR
from readiness.plans.models import (
    ActionPlan,
    ActionStatus,
    PlanAction,
)

LAST_HALF_YEAR = 10  # five years: nobody plans a practice further


@dataclass(frozen=True)
class Timing:
    starts_on: date
    launches_on: date
    earliest: date  # of the effect
    latest: date


NOT_BEGUN = frozenset({ActionStatus.PROPOSED, ActionStatus.PLANNED})
OVER = frozenset({ActionStatus.DONE, ActionStatus.DROPPED})


def half_year_of(action: PlanAction, starts_on: date) -> int | None:
    """0 for what must be found out; an added action goes by its date, and None has neither."""
    if action.is_question:
        return 0
    if action.own.half_year is not None:
        return action.own.half_year
    if action.proposal:
        return action.proposal.half_year
    return None if action.due_on is None else half_year_on(action.due_on, starts_on)


def half_year_on(on: date, starts_on: date) -> int:
    """The half-year of a plan in which a day lies; the last, for days after it.

    >>> half_year_on(date(2026, 1, 1), date(2026, 3, 1)), half_year_on(
    ...     date(2026, 9, 1), date(2026, 3, 1)
    ... )
    (1, 2)
    """
    number = 1
    while end_of(number, starts_on) < on and number < LAST_HALF_YEAR:
        number += 1
    return number


def first_day(half_year: int, starts_on: date) -> date:
    """
    >>> first_day(2, date(2026, 11, 22))
    datetime.date(2027, 5, 22)
    """
    return months_after(starts_on, 6 * (half_year - 1))


def timing_of(action: PlanAction, plan: ActionPlan) -> Timing | None:
    """Without months of its own, an effect by the end of its half-year; None: nobody dated it."""
    half_year = half_year_of(action, plan.starts_on)
    if half_year is None:
        return None
    if half_year == 0:
        found = action.due_on or end_of(1, plan.starts_on)
        return Timing(plan.starts_on, plan.starts_on, found, found)
    return timing_from_start(action, first_day(half_year, plan.starts_on))


def timing_from_start(action: PlanAction, start: date) -> Timing:
    launch = months_after(start, action.months_to_launch or 0)
    if action.months_to_effect is None:
        end = end_of(action.proposal.half_years if action.proposal else 1, start)
        return Timing(start, min(launch, end), end, end)
    low, high = action.months_to_effect
    return Timing(start, launch, months_after(launch, low), months_after(launch, high))


def is_overdue(action: PlanAction, today: date) -> bool:
    """Its due date is past, and it is not done."""
    return action.due_on is not None and action.due_on < today and action.status not in OVER


def start_of(action: PlanAction, plan: ActionPlan) -> date:
    """The first day on which it can begin; without a half-year of its own, the plan's."""
    return first_day(half_year_of(action, plan.starts_on) or 1, plan.starts_on)


def is_due_before_start(action: PlanAction, plan: ActionPlan) -> bool:
    """Of what nobody has begun: what is under way began when it did."""
    if action.due_on is None or action.status not in NOT_BEGUN:
        return False
    return action.due_on < start_of(action, plan)


def due_after_start(action: PlanAction, plan: ActionPlan) -> PlanAction:
    """With the end of its half-year as due date, where the one it has is before its start."""
    if not is_due_before_start(action, plan):
        return action
    number = half_year_of(action, plan.starts_on) or 1
    return replace(action, due_on=end_of(number, plan.starts_on))


def is_late(action: PlanAction, plan: ActionPlan, today: date) -> bool:
    """Nobody has begun it, and the half-year in which it was to start is over."""
    half_year = half_year_of(action, plan.starts_on)
    is_over = bool(half_year) and end_of(half_year or 1, plan.starts_on) < today
    return is_over and action.status in NOT_BEGUN


def current_timing(action: PlanAction, plan: ActionPlan, today: date) -> Timing | None:
    """As it can still be: what is late is taken to begin today."""
    return (
        timing_from_start(action, today)
        if is_late(action, plan, today)
        else timing_of(action, plan)
    )


def end_of(half_year: int, starts_on: date) -> date:
    """The last day of a plan's half-year.

    >>> end_of(1, date(2026, 8, 31)), end_of(2, date(2026, 3, 1))
    (datetime.date(2027, 2, 27), datetime.date(2027, 2, 28))
    """
    return months_after(starts_on, 6 * half_year) - timedelta(days=1)


@dataclass(frozen=True)
class ScheduleConflict:
    id: str  # which actions, or which half-year
    says: str
    size: int = 1  # how far beyond what fits


def conflicts(plan: ActionPlan) -> tuple[ScheduleConflict, ...]:
    return (*starts_before_prerequisites(plan), *overfull_half_years(plan))


def starts_before_prerequisites(plan: ActionPlan) -> Iterator[ScheduleConflict]:
    """An action starts in a later half-year than what it needs first, unless that is done."""
    open_by_id = {a.id: a for a in plan.current if a.status is not ActionStatus.DONE}
    for action in open_by_id.values():
        start = half_year_of(action, plan.starts_on)
        for first_id in action.proposal.after if action.proposal else ():
            first = open_by_id.get(first_id)
            needs = half_year_of(first, plan.starts_on) if first else None
            if first and start is not None and needs is not None and start <= needs:
                yield ScheduleConflict(
                    f"{first.id} before {action.id}",
                    f"{action.title} needs {first.title} first, which starts in half-year {needs}: "
                    f"start {action.title} in half-year {needs + 1} or later, or move what it "
                    "needs to an earlier one.",
                )


def overfull_half_years(plan: ActionPlan) -> Iterator[ScheduleConflict]:
    """A practice takes up three interventions in six months at the most."""
    starting: dict[int, int] = {}
    for action in plan.current:
        number = half_year_of(action, plan.starts_on)
        if action.is_intervention and number:
            starting[number] = starting.get(number, 0) + 1
    for number, count in sorted(starting.items()):
        if count > STARTS_PER_HALF_YEAR:
            yield ScheduleConflict(
                f"starts of half-year {number}",
                f"{count} interventions would start in half-year {number}, and at most "
                f"{STARTS_PER_HALF_YEAR} can be taken up at once: choose another half-year, or "
                "move one of the others first.",
                count,
            )


def new_conflicts(before: ActionPlan, after: ActionPlan) -> tuple[str, ...]:
    """What only the change breaks; what was broken before it does not stop it."""
    old = {each.id: each.size for each in conflicts(before)}
    return tuple(each.says for each in conflicts(after) if each.size > old.get(each.id, 0))


def with_action(plan: ActionPlan, action: PlanAction) -> ActionPlan:
    """In its place, or at the end."""
    if all(each.id != action.id for each in plan.actions):
        return replace(plan, actions=(*plan.actions, action))
    return replace(
        plan, actions=tuple(action if each.id == action.id else each for each in plan.actions)
    )


def restore(plan: ActionPlan, action: PlanAction) -> PlanAction:
    """Back in the plan, in the first half-year from its own on in which it fits."""
    back = replace(action, revision=action.revision + 1, status=ActionStatus.PROPOSED)
    return first_fit(plan, back, half_year_of(back, plan.starts_on) or 1)


def first_fit(plan: ActionPlan, action: PlanAction, start: int) -> PlanAction:
    """In the first half-year from `start` on in which it fits; as it is where it fits in none."""
    for number in range(start, LAST_HALF_YEAR + 1):
        is_there = half_year_of(action, plan.starts_on) == number
        tried = due_after_start(action if is_there else move_to(action, number), plan)
        if not new_conflicts(plan, with_action(plan, tried)):
            return tried
    return action


def move_to(action: PlanAction, half_year: int) -> PlanAction:
    return replace(action, own=replace(action.own, half_year=half_year))
