"""What changed between two assessments of the same groups, beside the money spent in between.

It says which went with which, and never that the money did it: groups are not alike at first, and
those that get money are rarely drawn by lot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from readiness.statistics.comparisons import RatioOfSums, ratio_of_sums

FEWEST_GROUPS = 20  # with fewer, intervals from drawing groups again come out too narrow
PER_CENTS = 100_000_00  # 100,000 dollars
SEED = 20260301


@dataclass(frozen=True)
class AssessedState:
    """Where a group stood at one assessment, by the run that decides."""

    on: date
    title: str
    run_kind: str
    tier_id: str
    tier: int | None  # None: could not be rated
    provisional: bool
    axes: Mapping[str, float | None]  # 0 to 100
    gates_met: int
    gates: int


@dataclass(frozen=True)
class GroupReturn:
    """One group between its first and its latest assessment, with the money in between."""

    group_id: str
    first: AssessedState
    latest: AssessedState
    awarded: int  # cents, less what was given back
    spent: int  # cents

    @property
    def tiers(self) -> int | None:
        if self.first.tier is None or self.latest.tier is None:
            return None
        return self.latest.tier - self.first.tier

    def points(self, axis_id: str) -> float | None:
        before, after = self.first.axes.get(axis_id), self.latest.axes.get(axis_id)
        return None if before is None or after is None else after - before

    @property
    def gates(self) -> int:
        """More of them met than at first."""
        return self.latest.gates_met - self.first.gates_met


@dataclass(frozen=True)
class ChangePerSpending:
    """One kind of change over the groups that spent money, and for each 100,000 dollars."""

    groups: int
    change: float
    cents: int
    per_dollars: RatioOfSums | None  # None: too few groups to tell


@dataclass(frozen=True)
class PortfolioReturns:
    tiers: ChangePerSpending
    axes: Mapping[str, ChangePerSpending]
    gates: ChangePerSpending
    without_money: tuple[GroupReturn, ...]  # assessed twice as well, with nothing spent in between

    @property
    def risen(self) -> int:
        """Tiers, over the groups that spent nothing in between."""
        return sum(each.tiers or 0 for each in self.without_money)


def portfolio_returns(followed: Sequence[GroupReturn], axis_ids: Sequence[str]) -> PortfolioReturns:
    paid = [each for each in followed if each.spent > 0]
    return PortfolioReturns(
        tiers=change_per_spending(paid, lambda each: each.tiers),
        axes={axis_id: change_per_spending(paid, points_of(axis_id)) for axis_id in axis_ids},
        gates=change_per_spending(paid, lambda each: each.gates),
        without_money=tuple(each for each in followed if each.spent <= 0),
    )


def points_of(axis_id: str) -> Callable[[GroupReturn], float | None]:
    return lambda each: each.points(axis_id)


def change_per_spending(
    paid: Sequence[GroupReturn], change: Callable[[GroupReturn], float | None]
) -> ChangePerSpending:
    """Each kind over the groups of which it can be told, with only their money."""
    known = [(found, each.spent) for each in paid if (found := change(each)) is not None]
    changes, cents = [float(found) for found, _ in known], [spent for _, spent in known]
    ratio = None
    if len(known) >= FEWEST_GROUPS:
        ratio = ratio_of_sums(changes, [each / PER_CENTS for each in cents], SEED)
    return ChangePerSpending(len(known), sum(changes), sum(cents), ratio)
