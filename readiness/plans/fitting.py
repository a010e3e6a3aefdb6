"""Whether the starts of a plan fit: nothing before what it needs, and not too much at once.

A group may move every action; the plan refuses an order in which something could not begin.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from readiness.plans.models import ActionStatus, Plan, PlanAction
from readiness.plans.sequencing import STARTS_PER_HALF_YEAR
from readiness.plans.timing import LAST_HALF_YEAR, half_year_of


@dataclass(frozen=True)
class Misfit:
    id: str  # which actions, or which half-year
    says: str
    size: int = 1  # how far beyond what fits


def misfits(plan: Plan) -> tuple[Misfit, ...]:
    return (*too_early(plan), *too_many(plan))


def too_early(plan: Plan) -> Iterator[Misfit]:
    """An action starts in a later half-year than what it needs first, unless that is done."""
    open_by_id = {a.id: a for a in plan.current if a.status is not ActionStatus.DONE}
    for action in open_by_id.values():
        start = half_year_of(action, plan.starts_on)
        for first_id in action.proposal.after if action.proposal else ():
            first = open_by_id.get(first_id)
            needs = half_year_of(first, plan.starts_on) if first else None
            if first and start is not None and needs is not None and start <= needs:
                yield Misfit(
                    f"{first.id} before {action.id}",
                    f"{action.title} needs {first.title} first, which starts in half-year {needs}: "
                    f"start {action.title} in half-year {needs + 1} or later, or move what it "
                    "needs to an earlier one.",
                )


def too_many(plan: Plan) -> Iterator[Misfit]:
    """A practice takes up three interventions in six months at the most."""
    starting: dict[int, int] = {}
    for action in plan.current:
        number = half_year_of(action, plan.starts_on)
        if action.is_intervention and number:
            starting[number] = starting.get(number, 0) + 1
    for number, count in sorted(starting.items()):
        if count > STARTS_PER_HALF_YEAR:
            yield Misfit(
                f"starts of half-year {number}",
                f"{count} interventions would start in half-year {number}, and at most "
                f"{STARTS_PER_HALF_YEAR} can be taken up at once: choose another half-year, or "
                "move one of the others first.",
                count,
            )


def new_misfits(before: Plan, after: Plan) -> tuple[str, ...]:
    """What only the change breaks; what was broken before it does not stop it."""
    old = {each.id: each.size for each in misfits(before)}
    return tuple(each.says for each in misfits(after) if each.size > old.get(each.id, 0))


def with_action(plan: Plan, action: PlanAction) -> Plan:
    return replace(
        plan, actions=tuple(action if each.id == action.id else each for each in plan.actions)
    )


def put_back(plan: Plan, action: PlanAction) -> PlanAction:
    """Back in the plan, in the first half-year from its own on in which it fits."""
    back = replace(action, revision=action.revision + 1, status=ActionStatus.PROPOSED)
    start = half_year_of(back, plan.starts_on) or 1
    for number in range(start, LAST_HALF_YEAR + 1):
        tried = back if number == start else moved(back, number)
        if not new_misfits(plan, with_action(plan, tried)):
            return tried
    return back


def moved(action: PlanAction, half_year: int) -> PlanAction:
    return replace(action, own=replace(action.own, half_year=half_year))
