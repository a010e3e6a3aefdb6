"""What of the catalogue a group has begun: by its present plan, and by those before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from readiness.assessments.db import assessments
from readiness.assessments.models import Assessment
from readiness.core.db import Store
from readiness.plans import db as plans
from readiness.plans import postings
from readiness.plans.costs import CostRange
from readiness.plans.models import ActionPlan, ActionStatus, PlanAction
from readiness.plans.postings import EstimateToComplete, Posting
from readiness.plans.progress import BEGUN

CENTS = 100


@dataclass(frozen=True)
class BegunAction:
    """One intervention that is under way or done."""

    id: str
    status: ActionStatus
    on: date  # since when a plan says so
    earlier_plan: str  # title of the assessment whose plan began it; empty: the present one's
    still_to_pay: int  # whole dollars

    @property
    def is_done_before(self) -> bool:
        """Before the answers were given: they show what it brought."""
        return self.status is ActionStatus.DONE and bool(self.earlier_plan)


@dataclass(frozen=True)
class BegunActions:
    """Nothing in it is bought again."""

    actions: tuple[BegunAction, ...] = ()

    @property
    def still_to_pay(self) -> dict[str, int]:
        """By intervention id, of what is under way, or done since the answers."""
        return {each.id: each.still_to_pay for each in self.actions if not each.is_done_before}

    @property
    def done_before(self) -> frozenset[str]:
        return frozenset(each.id for each in self.actions if each.is_done_before)


def begun_by(store: Store, assessment: Assessment) -> BegunActions:
    """Of several plans the newest that began it decides."""
    found: dict[str, BegunAction] = {}
    days = plans.first_days(store, assessment.group_id)
    for each in assessments.of_group(store, assessment.group_id):
        plan = plans.latest_plan(store, each.id)
        if plan is None or each.created_at > assessment.created_at:
            continue
        paid = plans.postings_of_assessment(store, each.id)
        said = plans.estimates_of_assessment(store, each.id)
        title = "" if each.id == assessment.id else each.title
        for action in plan.actions:
            if action.is_intervention and action.status in BEGUN and action.id not in found:
                owed = still_to_pay(action, paid, said)
                on = days[action.id, action.status]
                found[action.id] = BegunAction(action.id, action.status, on, title, owed)
    return BegunActions(tuple(found.values()))


def still_to_pay(
    action: PlanAction, paid: Sequence[Posting], said: Sequence[EstimateToComplete]
) -> int:
    """Whole dollars, the likely ones; nothing where the cost is not known."""
    if action.status is ActionStatus.DONE:
        return 0
    left = left_to_pay(action, paid, said)
    return round(left.likely) if left else 0


def left_to_pay(
    action: PlanAction, paid: Sequence[Posting], said: Sequence[EstimateToComplete]
) -> CostRange | None:
    """What the group says is still needed, else what is left of the cost; None: not known."""
    own = [each for each in paid if each.action_id == action.id]
    last = [each for each in said if each.action_id == action.id]
    needed = postings.current_estimate(last[-1] if last else None, own)
    if needed is not None:
        ends = (needed.low, needed.likely, needed.high)
        return CostRange(*(Decimal(each) / CENTS for each in ends))
    spent = Decimal(postings.totals(own).spent) / CENTS
    return action.cost.less(spent) if action.cost else None


def left_by_action(store: Store, plan: ActionPlan) -> dict[str, CostRange]:
    """Of what is under way in this plan, by action id."""
    begun = [each for each in plan.current if each.status is ActionStatus.UNDER_WAY]
    if not begun:
        return {}
    paid = plans.postings_of_assessment(store, plan.assessment_id)
    said = plans.estimates_of_assessment(store, plan.assessment_id)
    return {each.id: left for each in begun if (left := left_to_pay(each, paid, said))}


def awarded_actions(store: Store, assessment_id: str) -> frozenset[str]:
    """Actions of a plan that money was awarded for, and not all of it given back."""
    entered = plans.postings_of_assessment(store, assessment_id)
    by_action: dict[str, list[Posting]] = {}
    for each in entered:
        by_action.setdefault(each.action_id, []).append(each)
    return frozenset(i for i, own in by_action.items() if postings.totals(own).award > 0)
