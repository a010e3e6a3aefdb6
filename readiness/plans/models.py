"""An action plan: what to do first, why, and what it takes. Values; `planning` builds them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from readiness.instruments.cost_book import CostNote
from readiness.plans.costs import CostEstimate, CostRange, PeopleDays


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
class LevelRise:
    """An item that an action is meant to bring to a level."""

    item_id: str
    from_level: int | None  # None: not known yet
    to: int
    weight: int  # 3 essential gate of a tier being climbed, 2 supporting, 1 otherwise
    serves: tuple[str, ...] = ()  # ids of the unmet criteria that it helps to meet

    @property
    def gap(self) -> int:
        return max(0, self.to - (self.from_level or 0))


@dataclass(frozen=True)
class Proposal:
    """One action as the rules propose it, before anybody edits it."""

    id: str  # "PHARM", "find-out:REAL-2", "raise:SOCR-4"
    type: ActionType
    title: str
    lifts: tuple[LevelRise, ...]
    because: tuple[str, ...]  # sentences
    half_year: int  # 1 is the first six months
    after: tuple[str, ...] = ()  # ids of the actions that come first
    intervention_id: str | None = None
    cost: CostEstimate | None = None
    own_days: Decimal | None = None  # people-days of an own step
    half_years: int = 1  # that an own step takes: one for each level
    still_to_pay: int | None = None  # dollars; None: not begun when the plan was made
    is_added: bool = False  # later, because somebody pays for it; the plan did without


@dataclass(frozen=True)
class ExcludedIntervention:
    """An intervention that was considered and is not in the plan, and why."""

    intervention_id: str
    says: str
    is_eligible: bool = True  # False: it is not for this group, or that is to be found out


@dataclass(frozen=True)
class MarginPrice:
    """What it costs that a plan holds when one raised item that is no gate ends a level short."""

    dollars: int  # of the objective
    left_out: tuple[str, ...]  # titles of what the plan without this margin does not hold
    instead: tuple[str, ...]  # titles of what that plan holds in their place
    likely_dollars: Decimal | None = None  # of the first year; less than 0: it saves so many
    people_days: Decimal | None = None  # likely; None, like the dollars: not told apart


@dataclass(frozen=True)
class ProposedPlan:
    target_tier_id: str | None  # None at the top: the plan holds what is there
    proposals: tuple[Proposal, ...]  # in the order to start them
    set_aside: tuple[ExcludedIntervention, ...]
    notes: tuple[str, ...] = ()  # sentences that a reader must know first
    objective: int | None = None  # dollars, people-days with them; None: nothing to buy or do
    has_margin: bool = False  # it holds when one raised item that is no gate ends a level short
    beyond: tuple[Proposal, ...] = ()  # for reliable gaps: never needed for the tier
    margin: MarginPrice | None = None  # None: it has none, or nobody worked out what that costs


@dataclass(frozen=True)
class ResourceEstimate:
    """What an action takes; None: not known."""

    one_off: CostRange | None = None
    yearly: CostRange | None = None
    people_days: PeopleDays | None = None  # in the first year

    @property
    def first_year(self) -> CostRange | None:
        if self.one_off and self.yearly:
            return self.one_off.plus(self.yearly)
        return self.one_off or self.yearly

    def over(self, other: ResourceEstimate) -> ResourceEstimate:
        """These, and the other's where there is none."""
        return ResourceEstimate(
            self.one_off or other.one_off,
            self.yearly or other.yearly,
            self.people_days or other.people_days,
        )


Months = tuple[int, int]  # the fewest and the most


@dataclass(frozen=True)
class CatalogValues:
    """What the catalogue says of an action, for this group and at today's facts."""

    amounts: ResourceEstimate
    at_own_units: ResourceEstimate  # the same where the group counted the units itself
    units: Fraction | None
    units_say: str
    months_to_launch: int
    months_to_effect: Months
    pays_after: str
    note: CostNote | None  # None: an instrument without a cost book


@dataclass(frozen=True)
class GroupValues:
    """What the group put in place of the catalogue's values; None or empty: those stand."""

    amounts: ResourceEstimate = ResourceEstimate()
    units: Fraction | None = None
    acts: str = ""
    may_pay: str = ""
    pays_after: str = ""
    half_year: int | None = None
    months_to_launch: int | None = None
    months_to_effect: Months | None = None
    levels: tuple[tuple[str, int], ...] = ()  # (item, level) that it is expected to reach


@dataclass(frozen=True)
class PlanAction:
    """One action as the group has it now: the proposal, and what people made of it."""

    id: str
    revision: int
    title: str
    owner: str  # a post, such as "quality lead", rather than a name
    due_on: date | None
    status: ActionStatus
    note: str
    proposal: Proposal | None  # None: added by the group
    own: GroupValues = GroupValues()
    evidence: str = ""  # how it is shown that this was done
    usual: CatalogValues | None = (
        None  # attached when a plan is opened; None: nothing in the catalogue
    )

    @property
    def is_in_plan(self) -> bool:
        return self.status is not ActionStatus.DROPPED

    @property
    def is_intervention(self) -> bool:
        return self.proposal is not None and self.proposal.type is ActionType.INTERVENTION

    @property
    def is_question(self) -> bool:
        """An item to be found out before anything is planned on it."""
        return self.proposal is not None and self.proposal.type is ActionType.FIND_OUT

    @property
    def is_own_step(self) -> bool:
        """The group's own work: it raises something, and takes nothing but days."""
        return bool(self.lifts) and not self.is_intervention and self.cost is None

    @property
    def amounts(self) -> ResourceEstimate:
        """The group's own, and what they leave open from the catalogue."""
        usual = self.usual.at_own_units if self.usual else ResourceEstimate()
        return self.own.amounts.over(usual).over(own_step_days(self.proposal))

    @property
    def cost(self) -> CostRange | None:
        """In its first year: one-off and what runs."""
        told = self.amounts.first_year
        return told or (cost_of(self.proposal) if self.proposal and not self.usual else None)

    @property
    def months_to_launch(self) -> int | None:
        if self.own.months_to_launch is not None:
            return self.own.months_to_launch
        return self.usual.months_to_launch if self.usual else None

    @property
    def months_to_effect(self) -> Months | None:
        return self.own.months_to_effect or (self.usual.months_to_effect if self.usual else None)

    @property
    def lifts(self) -> tuple[LevelRise, ...]:
        """The items it is expected to bring to a level, the group's own expectation first."""
        own = dict(self.own.levels)
        proposed = self.proposal.lifts if self.proposal else ()
        known = {lift.item_id for lift in proposed}
        added = tuple(
            LevelRise(item, None, to, 1) for item, to in self.own.levels if item not in known
        )
        return (*(replace(each, to=own.get(each.item_id, each.to)) for each in proposed), *added)


@dataclass(frozen=True)
class ActionPlan:
    id: str
    group_id: str
    assessment_id: str
    run_id: str
    starts_on: date
    target_tier_id: str | None
    actions: tuple[PlanAction, ...]
    set_aside: tuple[ExcludedIntervention, ...] = ()
    notes: tuple[str, ...] = ()
    objective: int | None = None
    has_margin: bool = False
    beyond: tuple[Proposal, ...] = ()  # care redesign for reliable gaps, apart from the tier
    margin: MarginPrice | None = None

    @property
    def current(self) -> tuple[PlanAction, ...]:
        return tuple(action for action in self.actions if action.is_in_plan)

    @property
    def levels(self) -> dict[str, int]:
        """By item the highest level that any of its actions is expected to bring."""
        found: dict[str, int] = {}
        for rise in (rise for action in self.current for rise in action.lifts):
            found[rise.item_id] = max(rise.to, found.get(rise.item_id, 0))
        return found


def actions_without_cost(plan: ActionPlan) -> tuple[PlanAction, ...]:
    """Those of the catalogue whose cost is not known, for nobody knows how many units it takes."""
    return tuple(
        each
        for each in plan.current
        if each.cost is None and each.proposal and each.proposal.cost is not None
    )


def own_step_days(proposal: Proposal | None) -> ResourceEstimate:
    """What an own step takes of the group's people: one figure, for nobody measured a range."""
    if proposal is None or proposal.own_days is None:
        return ResourceEstimate()
    return ResourceEstimate(people_days=PeopleDays(*(proposal.own_days,) * 3))


def cost_of(proposal: Proposal) -> CostRange | None:
    return proposal.cost.total if proposal.cost else None
