"""Rates of small groups drawn toward a prior: that of 30 groups or more, else one declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from readiness.equity.gates import GROUPS_FOR_SPREAD, Use, rate_use
from readiness.equity.tables import Pair, StratumTable
from readiness.statistics.beta_binomial import Prior, ShrunkenRate, fit, shrink

RatePlace = tuple[str, str, str]  # measure, stratum type, stratum


@dataclass(frozen=True)
class DeclaredPriors:
    """How true rates differ among other groups, with whoever says so."""

    name: str
    source: str
    made_on: date
    rates: Mapping[RatePlace, Prior]

    @property
    def says(self) -> str:
        return (
            f"Rates are drawn toward the prior {self.name!r} ({self.source}, {self.made_on}), or, "
            f"where {GROUPS_FOR_SPREAD} groups or more have the stratum, toward their own."
        )


@dataclass(frozen=True)
class StratumShrinkage:
    """One group's rate of one stratum."""

    rate: ShrunkenRate
    is_declared: bool  # the prior; else it is that of the groups beside it


def shrunken_rates(
    tables: Sequence[StratumTable], declared: DeclaredPriors | None
) -> dict[tuple[str, str], StratumShrinkage]:
    """By group and stratum, of one measure, period and way of splitting."""
    place = tables[0].place
    found = {}
    for (measure, kind, stratum), given in (declared.rates if declared else {}).items():
        if (measure, kind) != (place.measure, place.stratum_type):
            continue
        pairs = visible_pairs(stratum, tables)
        is_declared = len(pairs) < GROUPS_FOR_SPREAD
        prior = given if is_declared else own_prior(list(pairs.values()))
        if prior is None:
            continue
        for group_id, pair in pairs.items():
            found[group_id, stratum] = StratumShrinkage(shrink(prior, *pair), is_declared)
    return found


def visible_pairs(stratum: str, tables: Sequence[StratumTable]) -> dict[str, Pair]:
    return {
        table.place.group_id: pair
        for table in tables
        if (pair := table.groups.get(stratum)) and rate_use(pair[1]) is not Use.HIDDEN
    }


def own_prior(pairs: Sequence[Pair]) -> Prior | None:
    """None where the groups differ no more than by chance."""
    if sum(x for x, _ in pairs) in (0, sum(n for _, n in pairs)):
        return None
    prior = fit(pairs).prior
    return prior if prior.tells_groups_apart else None
