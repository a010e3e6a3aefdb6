"""What was chosen under each policy, how firm that is, and how often each choice survives.

Fields are stored and exported under their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from readiness.investment.models import (
    PACKAGE,
    BenefitComponent,
)


@dataclass(frozen=True, order=True)
class Pick:
    """One action in one group, the year it starts in, and the package that it is bought with."""

    group_id: str
    action_id: str
    year: int = 1
    package_id: str = ""  # "": singly

    @property
    def key(self) -> tuple[str, str]:
        return self.group_id, self.action_id


@dataclass(frozen=True, order=True)
class PackagePick:
    """All of one group's way to a tier, and the year it starts in."""

    group_id: str
    package_id: str
    year: int = 1

    @property
    def key(self) -> tuple[str, str]:
        return self.group_id, self.package_id

    def is_to(self, tier_id: str) -> bool:
        return self.package_id == f"{PACKAGE}{tier_id}"


Start = Pick | PackagePick


@dataclass(frozen=True)
class CostSpan:
    """Dollars: a tenth of the draws lies below the low, half below the middle, a tenth above the
    high."""

    low: int
    middle: int
    high: int
    within: float = 1.0  # share of the draws that the budget covers


@dataclass(frozen=True)
class GroupAward:
    """What one group gets, and where that would bring it if all of it is lifted as intended."""

    group_id: str
    dollars: int  # of the budget, over its years
    lifts: tuple[str, ...]  # ids of purposes that are served
    gates_met: tuple[str, ...]  # items whose gate of the next tier would be met
    tier_before: str
    tier_after: str
    after_title: str = ""  # "Incentive-ready"
    package_id: str = ""  # "": single actions only
    year: int = 1  # in which the package starts


@dataclass(frozen=True)
class PolicyAnswer:
    """The answer under one policy."""

    policy_id: str
    is_possible: bool
    picks: tuple[Pick, ...] = ()
    objective: float = 0.0
    bound: float = 0.0
    is_proven: bool = False
    by_year: tuple[int, ...] = ()  # dollars
    span: CostSpan = CostSpan(0, 0, 0)
    bought: tuple[GroupAward, ...] = ()
    points: Mapping[BenefitComponent, float] | None = None  # hundredths of all there is
    packages: tuple[PackagePick, ...] = ()
    why_not: tuple[str, ...] = ()  # sentences: limits that contradict each other
    too_little: str = ""  # a sentence where the money pays for nothing of use

    @property
    def spent(self) -> int:
        return sum(self.by_year)

    @property
    def keys(self) -> frozenset[tuple[str, str]]:
        """Of all chosen actions and packages."""
        return frozenset(each.key for each in self.starts)

    @property
    def starts(self) -> tuple[Start, ...]:
        return (*self.picks, *self.packages)

    @property
    def decided(self) -> tuple[Start, ...]:
        """Packages, and the actions that none of them holds."""
        return (*self.packages, *(pick for pick in self.picks if not pick.package_id))

    def package_of(self, group_id: str) -> PackagePick | None:
        return next((each for each in self.packages if each.group_id == group_id), None)

    @property
    def gap(self) -> float:
        """How much better an answer could be at most, as a share of this one."""
        return max(0.0, self.bound - self.objective) / max(1.0, abs(self.objective))


@dataclass(frozen=True)
class OptionLeftOut:
    """A good option that was not chosen, tried by pinning it."""

    group_id: str
    action_id: str  # or that of a package
    dollars: int
    points: float  # what it would add to the answer, with nothing given up
    loses: float | None  # points that the whole answer loses with it pinned; None: not possible
    given_up: tuple[Pick, ...] = ()  # a package under its own id
    taken_up: tuple[Pick, ...] = ()
    forbids: tuple[str, ...] = ()  # constraints that adding it alone would break


@dataclass(frozen=True)
class HeuristicResult:
    """A simpler way of spending the same money."""

    name: str
    objective: float | None  # None: it found nothing
    spent: int
    actions: int
    says: str = ""
    groups: int = 0  # with all of their way to a higher tier paid for


@dataclass(frozen=True)
class ScenarioAnswer:
    founds: tuple[PolicyAnswer, ...]  # one for each policy
    less: PolicyAnswer | None  # the scenario's policy with 5 % less money
    more: PolicyAnswer | None
    left_out: tuple[OptionLeftOut, ...]
    rivals: tuple[HeuristicResult, ...]
    solver: str

    def found(self, policy_id: str) -> PolicyAnswer:
        return next(each for each in self.founds if each.policy_id == policy_id)


@dataclass(frozen=True)
class Survival:
    """In how many of the draws an action was chosen."""

    group_id: str
    action_id: str
    times: int


@dataclass(frozen=True)
class Stability:
    runs: int
    seed: int
    answered: int  # draws with an answer
    survivals: tuple[Survival, ...]
    objective_low: float  # a tenth of the draws lie below
    objective_high: float
