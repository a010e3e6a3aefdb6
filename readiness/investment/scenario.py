"""What a payer asks for: a policy and limits; its scenario as asked, answered, replayed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from readiness.core.errors import Problem as Wrong
from readiness.investment.answers import (
    ScenarioAnswer,
)
from readiness.investment.models import (
    BenefitComponent,
    GroupOffer,
    Tag,
)
from readiness.investment.policy import FORMER, NAMED, OWN_ID, WHOLE, Policy, own_policy
from readiness.investment.problem import AllocationProblem, Key

MOST_DOLLARS = 10**10
HALF_YEARS = 2  # in a year
TIER_GATE = 2  # enabling actions before care changes, unless the payer says otherwise
STARTS = 3  # in one group and half-year
MOST_DAYS = 1_000  # about four and a half people for a year: an estimate


class CostBasis(StrEnum):
    """Which cost of its range an action is counted with."""

    LIKELY = "likely"
    EXPECTED = "expected"
    HIGH = "high"


BASIS_SAYS = {
    CostBasis.LIKELY: "its likely cost, which many actions together will exceed",
    CostBasis.EXPECTED: "its average cost: costs run over more easily than under",
    CostBasis.HIGH: "the high end of its cost, to be on the safe side",
}


@dataclass(frozen=True)
class BudgetScenario:
    name: str
    budgets: tuple[int, ...]  # dollars, one for each year
    policy_id: str = NAMED[0].id
    weights: Mapping[BenefitComponent, int] = field(default_factory=dict)  # of its own; else unused
    costs_at: CostBasis = CostBasis.LIKELY  # as plans are priced
    tier_gate: int = TIER_GATE  # 0: off
    starts: int | None = STARTS
    cap_dollars: int | None = None  # a group's, in a year
    cap_share: int | None = None  # of all budgets' largest year, in hundredths
    floor_tag: str = ""
    floor_share: int = 0  # hundredths of the money spent
    min_groups: int | None = None
    max_groups: int | None = None
    most_days: int | None = MOST_DAYS  # of one group's people, in all that is chosen there
    beyond_plans: bool = False  # whether actions that are in no plan of their group are offered
    pins: frozenset[Key] = frozenset()
    bans: frozenset[Key] = frozenset()

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The named ones; the payer's own where it typed one, or a former one that it asked for."""
        own = (own_policy(self.weights),) if self.weights else ()
        return (*NAMED, *own, *(each for each in FORMER if each.id == self.policy_id))

    @property
    def policy(self) -> Policy:
        return next(each for each in self.policies if each.id == self.policy_id)

    @property
    def cap(self) -> int | None:
        """The tighter of the two."""
        share = None if self.cap_share is None else max(self.budgets) * self.cap_share // WHOLE
        return min((each for each in (share, self.cap_dollars) if each is not None), default=None)


def problems_of(scenario: BudgetScenario) -> tuple[Wrong, ...]:
    """Every mistake at once, each beside its field."""
    return tuple(mistakes(scenario))


def mistakes(scenario: BudgetScenario) -> Iterator[Wrong]:
    if not scenario.name.strip():
        yield Wrong("name", "Give the scenario a name, such as “Spring grants”.")
    if not scenario.budgets or not any(scenario.budgets):
        yield Wrong("budget_1", "Enter a budget in dollars, such as 500000.")
    if scenario.policy_id == OWN_ID:
        if sum(scenario.weights.values()) != WHOLE:
            yield Wrong("weight_next_tier", "Your weights have to add up to 100.")
    elif scenario.policy_id not in {each.id for each in NAMED}:
        yield Wrong("policy", "Choose one of the policies offered.")
    if scenario.floor_tag and scenario.floor_tag not in set(Tag):
        yield Wrong("floor_tag", "Choose one of the kinds of group offered.")
    if bool(scenario.floor_tag) != bool(scenario.floor_share):
        place = "floor_share" if scenario.floor_tag else "floor_tag"
        yield Wrong(place, "A floor needs both a kind of group and a share. Enter both, or none.")
    least, most = scenario.min_groups, scenario.max_groups
    if least is not None and most is not None and least > most:
        yield Wrong("max_groups", "At most has to be as many groups as at least, or more.")
    if both := scenario.pins & scenario.bans:
        yield Wrong("", f"{min(both)[1]} is pinned and banned in one group: free one of them.")


@dataclass(frozen=True)
class ScenarioRequest:
    """One scenario, before or after it was answered."""

    id: str
    payer_id: str
    parent_id: str | None
    asked_by: str
    asked_at: datetime
    scenario: BudgetScenario
    seed: int


@dataclass(frozen=True)
class ScenarioSolution:
    """The ground as it was, the problem that was solved, and the answer."""

    at: datetime
    offers: tuple[GroupOffer, ...]
    problem: AllocationProblem  # of the scenario's own policy
    answer: ScenarioAnswer


@dataclass(frozen=True)
class Replay:
    at: datetime
    solver: str
    is_same: bool
