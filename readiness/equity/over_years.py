"""Rates and gaps of several years: pooled, and their trend, drawn toward those of all groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from readiness.disclosure.flat_counts import length_in_months, months_of
from readiness.equity.gates import GROUPS_FOR_SPREAD, Use, gap_use, rate_use
from readiness.equity.tables import NO_GROUP, Pair, StratumTable
from readiness.statistics.comparisons import Difference
from readiness.statistics.random_lines import RandomLines, TimedValue, random_lines

ASSUMPTIONS = (
    "Each group's true rate or gap moves along a straight line over the periods.",
    (
        "True levels and true trends of the groups are normal about those of all, and independent "
        "of each other."
    ),
    (
        "Counts of different periods are independent given the true rates. Patients counted in "
        "more than one make the pooled interval too narrow and that of the trend too wide."
    ),
    "Before the counts were seen, every distance between the groups was as likely.",
)

SeriesKey = tuple[str, str, int]  # measure, stratum type, months that a period lasts
TablesByPeriod = Mapping[str, Sequence[StratumTable]]


@dataclass(frozen=True)
class PeriodSeries:
    """One stratum's rate over the groups, or its gap to the reference."""

    measure: str
    stratum_type: str
    stratum: str
    reference: str | None  # None: its rate
    periods: tuple[str, ...]  # oldest first
    groups: int  # with two periods or more that can be seen
    lines: RandomLines | None  # None below 30 such groups

    @property
    def says(self) -> str:
        what = "gap" if self.reference else "rate"
        if self.lines is None:
            noun = "group" if self.groups == 1 else "groups"
            return (
                f"The {what} over {len(self.periods)} periods cannot be told: {self.groups} {noun} "
                f"can be seen in two of them or more, and it takes {GROUPS_FOR_SPREAD}."
            )
        return (
            f"The {what} over {len(self.periods)} periods, from {self.groups} groups with two of "
            "them or more: each group's is drawn toward that of all by how little its counts say."
        )


def series_over_years(
    tables: Sequence[StratumTable], references: Mapping[str, str]
) -> tuple[PeriodSeries, ...]:
    """Of periods that last equally long, where there are two or more.

    `references` by stratum type.
    """
    found: dict[SeriesKey, dict[str, list[StratumTable]]] = {}
    for table in tables:
        place = table.place
        key = place.measure, place.stratum_type, length_in_months(place.period)
        found.setdefault(key, {}).setdefault(place.period, []).append(table)
    return tuple(
        each
        for (_, kind, _), by_period in found.items()
        if len(by_period) > 1
        for each in series_of_split(by_period, references.get(kind))
    )


def series_of_split(
    by_period: TablesByPeriod, reference: str | None, only: str = ""
) -> Iterator[PeriodSeries]:
    """Every stratum's rate, and where there is a reference its gap; or of `only` one."""
    listed = [table for tables in by_period.values() for table in tables]
    strata = dict.fromkeys(stratum for table in listed for stratum in table.counts)
    for stratum in strata:
        if stratum in NO_GROUP or (only and stratum != only):
            continue
        yield series_of(by_period, stratum, None)
        if reference and stratum != reference:
            yield series_of(by_period, stratum, reference)


def series_of(by_period: TablesByPeriod, stratum: str, reference: str | None) -> PeriodSeries:
    periods = tuple(sorted(by_period))
    place = by_period[periods[0]][0].place
    values = timed_values(by_period, stratum, reference)
    several = sum(len(own) > 1 for own in values.values())
    lines = random_lines(values) if several >= GROUPS_FOR_SPREAD else None
    return PeriodSeries(
        place.measure, place.stratum_type, stratum, reference, periods, several, lines
    )


def timed_values(
    by_period: TablesByPeriod, stratum: str, reference: str | None
) -> dict[str, list[TimedValue]]:
    """By group. Chance is that of the rate of all, so that no group is weighed by its own luck."""
    seen = [
        (table.place.group_id, years_of(period), pairs)
        for period, tables in by_period.items()
        for table in tables
        if (pairs := comparable_pairs(table, stratum, reference))
    ]
    noise = [
        chance_of_one([pairs[at] for *_, pairs in seen]) for at in range(2 if reference else 1)
    ]
    found: dict[str, list[TimedValue]] = {}
    for group_id, at, pairs in seen:
        shares = [x / n for x, n in pairs]
        value = shares[0] - sum(shares[1:])
        variance = sum(each / n for each, (_, n) in zip(noise, pairs, strict=True))
        found.setdefault(group_id, []).append(TimedValue(at, value, variance))
    return found


def comparable_pairs(table: StratumTable, stratum: str, reference: str | None) -> tuple[Pair, ...]:
    """The stratum's counts, then the reference's if there is one; empty where too few are seen."""
    own = table.groups.get(stratum)
    other = table.groups.get(reference) if reference else None
    if own is None or (reference and other is None):
        return ()
    use = gap_use(own[1], other[1], None) if other else rate_use(own[1])
    if use in (Use.HIDDEN, Use.COUNT_ONLY):
        return ()
    return (own, other) if other else (own,)


def chance_of_one(pairs: Sequence[Pair]) -> float:
    """p(1 − p) of all together, away from 0 and 1."""
    share = (sum(x for x, _ in pairs) + 1) / (sum(n for _, n in pairs) + 2)
    return share * (1 - share)


def years_of(period: str) -> float:
    """When its middle is, in years."""
    found = months_of(period)
    if found is None:
        raise ValueError(f"{period!r} is no period")
    first, months = found
    return (first + months / 2) / 12


def series_json(each: PeriodSeries) -> dict[str, Any]:
    """Levels as shares, trends in percentage points a year."""
    lines = each.lines
    return {
        "measure": each.measure,
        "stratum_type": each.stratum_type,
        "stratum": each.stratum,
        "of": "gap" if each.reference else "rate",
        "reference": each.reference,
        "periods": list(each.periods),
        "n_groups": each.groups,
        "pooled": lines and limits_json(lines.level, 1),
        "trend_points_a_year": lines and limits_json(lines.trend, 100),
        "sd_true": lines and lines.level_spread,
        "sd_true_trend_points_a_year": lines and 100 * lines.trend_spread,
        "groups": [
            {
                "group_id": group_id,
                "periods": own.times,
                "pooled": limits_json(own.level, 1),
                "trend_points_a_year": limits_json(own.trend, 100),
            }
            for group_id, own in (lines.groups.items() if lines else ())
        ],
        "assumptions": list(ASSUMPTIONS) if lines else [],
        "says": each.says,
    }


def limits_json(found: Difference, times: float) -> dict[str, float]:
    return {
        "value": times * found.difference,
        "low": times * found.low,
        "high": times * found.high,
    }
