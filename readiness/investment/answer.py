"""What came of a scenario: choices, what they buy, how firm they are, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from readiness.investment.candidates import Component


@dataclass(frozen=True, order=True)
class Pick:
    """One action in one group, and the year it starts in."""

    group_id: str
    action_id: str
    year: int = 1

    @property
    def key(self) -> tuple[str, str]:
        return self.group_id, self.action_id


@dataclass(frozen=True)
class Span:
    """Dollars: a tenth of the draws lies below the low, half below the middle, a tenth above the
    high."""

    low: int
    middle: int
    high: int
    within: float = 1.0  # share of the draws that the budget covers


@dataclass(frozen=True)
class Bought:
    """What one group gets, and where that would bring it if all of it is lifted as intended."""

    group_id: str
    dollars: int
    lifts: tuple[str, ...]  # ids of purposes that are served
    gates_met: tuple[str, ...]  # items whose gate of the next tier would be met
    tier_before: str
    tier_after: str
    after_title: str = ""  # "Incentive-ready"


@dataclass(frozen=True)
class Found:
    """The answer under one policy."""

    policy_id: str
    is_possible: bool
    picks: tuple[Pick, ...] = ()
    objective: float = 0.0
    bound: float = 0.0
    is_proven: bool = False
    by_year: tuple[int, ...] = ()  # dollars
    span: Span = Span(0, 0, 0)
    bought: tuple[Bought, ...] = ()
    points: Mapping[Component, float] | None = None  # hundredths of all there is

    @property
    def spent(self) -> int:
        return sum(self.by_year)

    @property
    def gap(self) -> float:
        """How much better an answer could be at most, as a share of this one."""
        return max(0.0, self.bound - self.objective) / max(1.0, abs(self.objective))


@dataclass(frozen=True)
class LeftOut:
    """A good option that was not chosen, tried by pinning it."""

    group_id: str
    action_id: str
    dollars: int
    points: float  # what it would add to the answer, with nothing given up
    loses: float | None  # points that the whole answer loses with it pinned; None: not possible
    given_up: tuple[Pick, ...] = ()
    taken_up: tuple[Pick, ...] = ()
    forbids: tuple[str, ...] = ()  # constraints that adding it alone would break


@dataclass(frozen=True)
class Rival:
    """A simpler way of spending the same money."""

    name: str
    objective: float | None  # None: it found nothing
    spent: int
    actions: int
    says: str = ""


@dataclass(frozen=True)
class Answer:
    founds: tuple[Found, ...]  # one for each policy
    less: Found | None  # the scenario's policy with 5 % less money
    more: Found | None
    left_out: tuple[LeftOut, ...]
    rivals: tuple[Rival, ...]
    solver: str

    def found(self, policy_id: str) -> Found:
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
