"""An action plan: what to do first, why, and what it takes. Values; `planning` builds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from readiness.domain.costs import CostRange, PricedAction, together


class ActionType(StrEnum):
    FIND_OUT = "find out"  # a don't-know, due in 30 days
    INTERVENTION = "intervention"  # from the instrument's catalogue
    RAISE = "own step"  # an item that no intervention in the plan reaches
    OWN = "added by the group"


class ActionStatus(StrEnum):
    PROPOSED = "proposed"
    PLANNED = "planned"
    UNDER_WAY = "under way"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Lift:
    """An item that an action is meant to bring to a level."""

    item_id: str
    from_level: int | None  # None: not known yet
    to: int
    weight: int  # 3 essential gate of the next tier, 2 supporting, 1 otherwise

    @property
    def gap(self) -> int:
        return max(0, self.to - (self.from_level or 0))


@dataclass(frozen=True)
class Proposal:
    """One action as the rules propose it, before anybody edits it."""

    id: str  # "PHARM", "find-out:REAL-2", "raise:SOCR-4"
    type: ActionType
    title: str
    lifts: tuple[Lift, ...]
    because: tuple[str, ...]  # sentences
    half_year: int  # 1 is the first six months
    after: tuple[str, ...] = ()  # ids of the actions that come first
    intervention_id: str | None = None
    priority: Fraction = Fraction(0)
    feasibility: Fraction = Fraction(1)
    value: Fraction = Fraction(0)
    cost: PricedAction | None = None


@dataclass(frozen=True)
class SetAside:
    """An intervention that was considered and is not in the plan, and why."""

    intervention_id: str
    says: str


@dataclass(frozen=True)
class ProposedPlan:
    target_tier_id: str | None  # None at the top: the plan holds what is there
    proposals: tuple[Proposal, ...]  # in the order to start them
    set_aside: tuple[SetAside, ...]
    need_says: tuple[str, ...]  # what the need multiplier rests on, and what was left out


@dataclass(frozen=True)
class PlanAction:
    """One action as the group has it now: the proposal, and what people made of it."""

    id: str
    revision: int
    title: str
    owner: str  # a post, such as "quality lead", rather than a name
    due_on: date | None
    status: ActionStatus
    cost: CostRange | None
    note: str
    proposal: Proposal | None  # None: added by the group

    @property
    def is_in_plan(self) -> bool:
        return self.status is not ActionStatus.DROPPED


@dataclass(frozen=True)
class Plan:
    id: str
    group_id: str
    assessment_id: str
    run_id: str
    starts_on: date
    target_tier_id: str | None
    actions: tuple[PlanAction, ...]
    set_aside: tuple[SetAside, ...]
    need_says: tuple[str, ...]

    @property
    def current(self) -> tuple[PlanAction, ...]:
        return tuple(action for action in self.actions if action.is_in_plan)


@dataclass(frozen=True)
class CostSummary:
    """The plan's known costs as a range, and the actions whose cost is not known."""

    known: CostRange
    unknown: tuple[str, ...]  # action ids


def cost_summary(plan: Plan) -> CostSummary:
    priced = [a for a in plan.current if a.cost is not None]
    needs_price = [
        a for a in plan.current if a.cost is None and a.proposal and a.proposal.cost is not None
    ]
    return CostSummary(
        known=together(a.cost for a in priced if a.cost), unknown=tuple(a.id for a in needs_price)
    )


def cost_of(proposal: Proposal) -> CostRange | None:
    return proposal.cost.total if proposal.cost else None
