"""The lines that add up to what a plan costs, and the actions that are no part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from readiness.core.formatting import dollars
from readiness.plans.costs import NO_COST, CostRange, sum_of
from readiness.plans.models import ActionStatus, PlanAction
from readiness.plans.presenters.action import anchor_of
from readiness.plans.presenters.tier_cost import NONE, days_text
from readiness.plans.service.plan import PlanView
from readiness.plans.tier_cost import TierCostLine, likely_days, whole_dollars


@dataclass(frozen=True)
class CostLine:
    """One action, all own steps, or their sum."""

    title: str
    first_year: str
    range: str
    payable: str
    days: str
    yearly: str
    anchor: str = ""
    remark: str = ""


@dataclass(frozen=True)
class CostTable:
    lines: tuple[CostLine, ...]
    total: CostLine
    beside: tuple[CostLine, ...]  # actions of the plan that are no part of the total

    @property
    def is_empty(self) -> bool:
        return not self.lines and not self.beside


def cost_table(opened: PlanView) -> CostTable:
    counted = opened.cost_lines
    own = [each for each in counted if each.action.is_own_step]
    others = [each for each in counted if each not in own and takes_anything(each)]
    held = {each.action.id for each in counted}
    beside = [no_part(each) for each in opened.plan.current if each.id not in held]
    return CostTable(
        lines=(
            *(cost_line(each, opened.awarded) for each in others),
            *([own_steps_line(own)] if own else []),
        ),
        total=total_line(opened),
        beside=tuple(beside_line(each) for each in beside if takes_anything(each)),
    )


def takes_anything(line: TierCostLine) -> bool:
    """A question that has to be answered takes neither money nor days."""
    return line.first_year != NO_COST or bool(line.people_days)


def cost_line(line: TierCostLine, awarded: frozenset[str]) -> CostLine:
    return CostLine(
        title=line.action.title,
        first_year=amount(line.first_year),
        range=ends(line.first_year),
        payable=amount(line.first_year) if line.is_payable else NONE,
        days=days(line.people_days),
        yearly=amount(line.yearly),
        anchor=anchor_of(line.action.id),
        remark=remark_on(line.action, is_awarded=line.action.id in awarded),
    )


def remark_on(action: PlanAction, *, is_awarded: bool) -> str:
    if action.status is ActionStatus.UNDER_WAY:
        return "Under way: what is still to pay"
    return "Awarded already" if is_awarded else ""


def own_steps_line(lines: Sequence[TierCostLine]) -> CostLine:
    first = lines[0].action
    total = sum_of(each.first_year for each in lines)
    return CostLine(
        title=f"Own steps ({len(lines)})" if len(lines) > 1 else first.title,
        first_year=amount(total),
        range=ends(total),
        payable=NONE,
        days=days(sum((each.people_days for each in lines), Decimal(0))),
        yearly=amount(sum_of(each.yearly for each in lines)),
        anchor=anchor_of(first.id),
    )


def total_line(opened: PlanView) -> CostLine:
    cost = opened.target_cost
    target = opened.instrument.tier_by_id.get(cost.target_id or "")
    return CostLine(
        title=f"Together, to {target.id} {target.title}" if target else "Together",
        first_year=amount(cost.first_year),
        range=ends(cost.first_year),
        payable=amount(cost.payable),
        days=days(cost.people_days),
        yearly=amount(cost.yearly),
    )


def no_part(action: PlanAction) -> TierCostLine:
    """At what it was planned to cost."""
    first_year = whole_dollars(action.cost) or NO_COST
    yearly = whole_dollars(action.amounts.yearly) or NO_COST
    return TierCostLine(action, first_year, False, likely_days(action), yearly)


def beside_line(line: TierCostLine) -> CostLine:
    found = cost_line(line, frozenset())
    is_done = line.action.status is ActionStatus.DONE
    why = "Done" if is_done else "Raises nothing that the tier needs"
    return replace(found, remark=why)


def amount(cost: CostRange | None) -> str:
    if cost is None:
        return "not known"
    return dollars(cost.likely) if cost.high else NONE


def ends(cost: CostRange | None) -> str:
    if cost is None or cost.low == cost.high:
        return ""
    return f"{dollars(cost.low)} to {dollars(cost.high)}"


def days(count: Decimal) -> str:
    return days_text(count) if count else NONE
