"""This year's plan of one group, with what its people know better than the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial

from readiness.demo import actions as deeds
from readiness.demo.actions import Stage
from readiness.demo.world import Character, Round
from readiness.plans.costs import CostRange
from readiness.plans.editing import ActionEdit, edit_of
from readiness.plans.models import ActionStatus, PlanAction, ResourceEstimate
from readiness.plans.schedule import half_year_of
from readiness.plans.service import plan
from readiness.plans.service.plan import PlanView

PLANNER = "cedar"
QUOTE = (Decimal("0.95"), Decimal(1), Decimal("1.15"))  # of what the catalogue calls likely
STEP = Decimal(100)  # dollars

Deed = tuple[datetime, Callable[[Stage], None]]


def changes_of(who: Character, on: Callable[[int], datetime]) -> Iterator[Deed]:
    """After the answers were accepted: a quote for the first action, a later start for the last
    that nothing waits for."""
    if who.id == PLANNER:
        yield on(-4), partial(get_a_quote, who=who)
        yield on(-3), partial(start_later, who=who)


def get_a_quote(stage: Stage, who: Character) -> None:
    first = actions(stage, who)[1][0]
    if first.amounts.one_off:
        likely = first.amounts.one_off.likely
        quote = CostRange(*(STEP * round(likely * share / STEP) for share in QUOTE))
        own = replace(
            first.own,
            amounts=ResourceEstimate(one_off=quote),
            may_pay="The payer’s infrastructure grant, asked for in October",
        )
        edit = replace(edit_of(first), status=ActionStatus.PLANNED, own=own)
        save(stage, who, first, edit)


def start_later(stage: Stage, who: Character) -> None:
    opened, priced = actions(stage, who)
    last = [each for each in priced if each.id not in needed_first(opened)][-1]
    begins = half_year_of(last, opened.plan.starts_on) or 1
    edit = replace(
        edit_of(last),
        own=replace(last.own, half_year=begins + 1),
        note="After the new record system is in use at every site.",
    )
    save(stage, who, last, edit)


def needed_first(opened: PlanView) -> frozenset[str]:
    """Actions that others of the plan wait for."""
    proposals = (each.proposal for each in opened.plan.current)
    return frozenset(first for each in proposals if each for first in each.after)


def save(stage: Stage, who: Character, action: PlanAction, edit: ActionEdit) -> None:
    here = Round.THIS.assessment_of(who)
    plan.edit(deeds.session_of(stage, who), here, action.id, action.revision, edit)


def actions(stage: Stage, who: Character) -> tuple[PlanView, list[PlanAction]]:
    here = Round.THIS.assessment_of(who)
    opened = plan.load(deeds.session_of(stage, who), here)
    return opened, [each for each in opened.plan.current if each.is_intervention and each.cost]
