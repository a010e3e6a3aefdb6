"""What the next tier still costs a group: the sums of its plan, and what a payer may pay of them.

Every sum is of the actions that lead to the tier and are not done, each in its own first year,
whenever it starts; ends are added to ends, so a range is as wide as it can be. What is under way
counts with what is still to pay. Each action is a line in whole dollars, as pages show it, so that
whoever adds up the lines gets the sums. Years of the calendar are told apart in `simulation`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from hashlib import sha256

from readiness.assessments.scoring import ENGINE_VERSION
from readiness.core.periods import months_until
from readiness.instruments import cost_book
from readiness.instruments.models import Instrument
from readiness.plans import planning
from readiness.plans.costs import DOLLAR, NO_COST, CostRange, sum_of
from readiness.plans.models import (
    ActionPlan,
    ActionStatus,
    Months,
    PlanAction,
    actions_without_cost,
)
from readiness.plans.projection import Projection
from readiness.plans.schedule import NOT_BEGUN, end_of, half_year_of, timing_of

VERSION = "3"  # changes whenever the same plan could get another figure


class TierCostExclusion(StrEnum):
    """Why a group's figure cannot be held against another's, as a person reads it."""

    TOP = "at the top tier"
    UNRATED = "not ratable yet: what is not known is found out first"
    NO_PLAN = "no plan reaches it"
    OUTDATED = "its plan is of an earlier result, to be renewed"
    SHORT = "its plan does not reach it yet"
    UNKNOWN = "a cost is not known"


@dataclass(frozen=True)
class TierCostLine:
    """What one action still adds to the cost of the tier."""

    action: PlanAction
    first_year: CostRange | None  # None: not known, and in no sum
    is_payable: bool  # by a payer, as the cost book says
    people_days: Decimal  # likely, of the group's own people
    yearly: CostRange


@dataclass(frozen=True)
class TierCost:
    target_id: str | None  # None at the top
    first_year: CostRange  # of what is known
    payable: CostRange  # of that, what a payer may pay by the cost book
    own_part: CostRange  # the rest
    people_days: Decimal  # likely, of the group's own people
    yearly: CostRange  # what comes every year afterwards
    months: Months | None  # from the plan's start until the tier; None: not by this plan
    unknown: tuple[str, ...]  # titles of actions whose cost is not known and in no sum
    exclusion: TierCostExclusion | None
    good_until: date  # the last day on which the calendar alone changes nothing of it

    @property
    def is_known(self) -> bool:
        return self.exclusion is None

    @property
    def has_sums(self) -> bool:
        """Whether there is a plan whose sums say something, even if not everything."""
        return self.exclusion in (None, TierCostExclusion.SHORT, TierCostExclusion.UNKNOWN)


@dataclass(frozen=True)
class TierCostEntry:
    """A group's figure as it is kept for lists, by the run that its payers read."""

    assessment_id: str
    group_id: str
    run_id: str
    made_with: str
    patients: int | None  # active ones, as submitted
    cost: TierCost

    @property
    def dollars(self) -> Decimal | None:
        """What lists are ordered by: only what can be held against other groups."""
        return self.cost.first_year.likely if self.cost.is_known else None


def made_with() -> str:
    """The code and the cost books that figures are worked out with: a hash."""
    parts = (VERSION, planning.VERSION, ENGINE_VERSION, sorted(cost_book.seals().items()))
    return sha256(repr(parts).encode()).hexdigest()


def of_plan(
    plan: ActionPlan,
    instrument: Instrument,
    ahead: Projection,
    today: date,
    still_to_pay: Mapping[str, CostRange],
    awarded: Set[str] = frozenset(),
) -> TierCost:
    """`plan` at current costs; `ahead` is its projection; the rest as in `lines_of`."""
    lines = lines_of(plan, still_to_pay, awarded)
    unknown = tuple(each.action.title for each in lines if each.first_year is None)
    return TierCost(
        target_id=plan.target_tier_id,
        first_year=sum_of(each.first_year for each in lines),
        payable=sum_of(each.first_year for each in lines if each.is_payable),
        own_part=sum_of(each.first_year for each in lines if not each.is_payable),
        people_days=sum((each.people_days for each in lines), Decimal(0)),
        yearly=sum_of(each.yearly for each in lines),
        months=months_of(plan, instrument, ahead),
        unknown=unknown,
        exclusion=exclusion_of(plan, instrument, ahead)
        or (TierCostExclusion.UNKNOWN if unknown else None),
        good_until=min(last_days(plan, today), default=date.max),
    )


def lines_of(
    plan: ActionPlan, still_to_pay: Mapping[str, CostRange], awarded: Set[str] = frozenset()
) -> tuple[TierCostLine, ...]:
    """Of every action that leads to the tier and is not done. `still_to_pay`: dollars of what is
    under way, by action id; `awarded`: ids of actions that money was awarded for."""
    unpriced = {each.id for each in actions_without_cost(plan)}
    payable = payable_actions(plan, awarded)
    return tuple(
        TierCostLine(
            action=each,
            first_year=whole_dollars(
                still_to_pay.get(each.id, each.cost or (None if each.id in unpriced else NO_COST))
            ),
            is_payable=each in payable,
            people_days=likely_days(each),
            yearly=whole_dollars(each.amounts.yearly) or NO_COST,
        )
        for each in waiting_actions(plan)
    )


def whole_dollars(cost: CostRange | None) -> CostRange | None:
    if cost is None:
        return None
    ends = (cost.low, cost.likely, cost.high)
    return CostRange(*(each.quantize(DOLLAR, ROUND_HALF_UP) for each in ends))


def beside_result(found: TierCost, next_tier_id: str | None) -> TierCost:
    """A plan from before the newest result may lead to a tier that is reached by now."""
    if found.target_id == next_tier_id:
        return found
    exclusion = TierCostExclusion.OUTDATED if next_tier_id else TierCostExclusion.TOP
    return replace(found, target_id=next_tier_id, exclusion=exclusion)


def waiting_actions(plan: ActionPlan) -> tuple[PlanAction, ...]:
    """Those that lead to the tier and are not done."""
    return tuple(e for e in plan.current if e.status is not ActionStatus.DONE and leads_up(e))


def payable_actions(plan: ActionPlan, awarded: Set[str]) -> tuple[PlanAction, ...]:
    """Of them, those that a payer may pay for and has awarded nothing for."""
    return tuple(e for e in waiting_actions(plan) if payer_may_pay(e) and e.id not in awarded)


def leads_up(action: PlanAction) -> bool:
    """It belongs to the way to the tier: what was added and raises nothing does not."""
    is_proposed = action.proposal is not None and not action.proposal.is_added
    return is_proposed or bool(action.lifts)


def payer_may_pay(action: PlanAction) -> bool:
    """As the cost book says, of what is not begun; what the group typed of who may pay changes
    nothing."""
    note = action.usual.note if action.usual else None
    is_begun = action.status is ActionStatus.UNDER_WAY
    return note is not None and note.payer_may_pay and not is_begun


def likely_days(action: PlanAction) -> Decimal:
    days = action.amounts.people_days
    return days.likely if days else Decimal(0)


def months_of(plan: ActionPlan, instrument: Instrument, ahead: Projection) -> Months | None:
    target = instrument.tier_by_id.get(plan.target_tier_id or "")
    reached = ahead.reached(target.number) if target else None
    if reached is None:
        return None
    return months_until(plan.starts_on, reached[0]), months_until(plan.starts_on, reached[1])


def exclusion_of(
    plan: ActionPlan, instrument: Instrument, ahead: Projection
) -> TierCostExclusion | None:
    if plan.target_tier_id is None:
        return TierCostExclusion.TOP
    if ahead.earliest[0].tier_id == instrument.tiers[0].id:
        return TierCostExclusion.UNRATED
    if not any(each.lifts for each in plan.actions):
        return TierCostExclusion.NO_PLAN
    return TierCostExclusion.SHORT if months_of(plan, instrument, ahead) is None else None


def last_days(plan: ActionPlan, today: date) -> Iterator[date]:
    """For each action that raises or finds out something, the last day on which it is projected
    as it is today: later it is late, or its effect is taken to come on the day itself."""
    for action in plan.current:
        timing, half_year = timing_of(action, plan), half_year_of(action, plan.starts_on)
        if half_year and not action.lifts:
            continue
        if action.status is ActionStatus.DONE:
            if timing is None or timing.latest > today:
                yield today
        elif timing is not None:
            is_waiting = half_year and action.status in NOT_BEGUN
            begins_by = end_of(half_year or 1, plan.starts_on) if is_waiting else date.max
            yield max(today, min(timing.earliest, begins_by))
