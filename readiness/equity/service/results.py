"""What a group's own counts say of its patient groups: rates, gaps, change, and runs of years.

The group's own people see what they entered. Nothing here is for anybody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.core import permissions
from readiness.core.db import Session, Store
from readiness.core.errors import NotFound
from readiness.core.people import Group
from readiness.core.periods import Period
from readiness.core.permissions import Can
from readiness.counts.db import quality
from readiness.counts.measures import loader as measure_files
from readiness.counts.measures.models import Direction, QualityMeasure, QualitySet
from readiness.counts.quality.models import QualityCounts
from readiness.counts.service.entry import enterable_period
from readiness.counts.service.quality import YEAR
from readiness.counts.strata import STRATA, Stratum, StratumType
from readiness.equity.alignment import Alignment, SplitTable, alignments
from readiness.equity.change import PeriodChange, change_between
from readiness.equity.data_quality import missing_differs
from readiness.equity.family import adjust_together
from readiness.equity.gaps import TableFinding, finding_of
from readiness.equity.gates import FEWEST_FOR_CHARTS
from readiness.equity.service.released_gaps import spreads_among_peers
from readiness.equity.stratification import loader as stratification
from readiness.equity.tables import (
    ESTIMATED,
    KINDS,
    NO_GROUP,
    TOTAL,
    StratumRow,
    StratumTable,
    consistent_rows,
    kind_label,
    merge_strata,
    pool_periods,
    rows_of,
    tables_of,
)
from readiness.statistics.comparisons import Difference

YEARS_POOLED = 3
LONGEST_RUN = 6  # periods, a year apart
FEWEST_FOR_RUN = 3
MERGED = "Smaller groups together"
NO_SUCH = "There are no counts split that way. Choose a measure and a way of splitting it."


@dataclass(frozen=True)
class ResultsFilters:
    """What the reader asks to see; empty: the first there is."""

    measure_id: str = ""
    kind: str = ""
    pools_years: bool = False
    merges_small: bool = False


@dataclass(frozen=True)
class SplitResult:
    """One measure split one way, and whatever else was asked of it."""

    measure: QualityMeasure
    kind: str
    reference: str | None  # the declared stratum's label, when it is one of these
    finding: TableFinding
    change: PeriodChange | None  # since the year before
    run: tuple[
        StratumTable, ...
    ]  # a year apart, oldest first; empty where there are fewer than three
    missing: Difference | None  # the unknown minus all others
    pooled: tuple[Period, ...]  # the periods added up; empty: this one alone
    merged: tuple[str, ...]  # labels of the strata merged; empty: none
    may_pool: tuple[Period, ...]  # what could be added up, where a stratum is too small
    may_merge: tuple[str, ...]


@dataclass(frozen=True)
class EquityResults:
    group: Group
    period: Period
    measures: tuple[QualityMeasure, ...]  # those with counts by patient group
    kinds: Mapping[str, str]  # ways of splitting the chosen measure, by label
    declared: str  # label of the declared reference, whatever it splits; empty: none
    split: SplitResult | None  # None: no counts by patient group were entered
    is_some_left_out: bool  # of the period: numbers that contradict each other
    alignments: tuple[Alignment, ...] = ()  # of the split in this period, whatever else is asked


def results(session: Session, group_id: str, written: str, wish: ResultsFilters) -> EquityResults:
    permissions.require(
        session.actor, Can.READ_QUALITY, scope.of_group(session.store, group_id, session.now)
    )
    return of_period(session.store, group_id, enterable_period(written, session.now.date()), wish)


def newest_period(store: Store, group_id: str) -> Period | None:
    """The last period with counts by patient group.

    For use cases that have already asked whether the person may see it.
    """
    known = quality.of_group(store, group_id)
    return max((each for each, own in known.items() if split_rows(group_id, own)), default=None)


def readable_period(session: Session, group_id: str) -> Period | None:
    permissions.require(
        session.actor, Can.READ_QUALITY, scope.of_group(session.store, group_id, session.now)
    )
    return newest_period(session.store, group_id)


def of_period(store: Store, group_id: str, ending: Period, wish: ResultsFilters) -> EquityResults:
    """For use cases that have already asked whether the person may see it."""
    known = quality.of_group(store, group_id)
    declared = stratum_of(quality.status(store, group_id, ending).reference)
    rows = split_rows(group_id, known.get(ending))
    measures = measures_in(measure_files.load_quality(), rows)
    measure_id = wish.measure_id or (measures[0].id if measures else "")
    kinds = kinds_of(rows, measure_id)
    if (wish.measure_id or wish.kind) and (wish.kind or next(iter(kinds), "")) not in kinds:
        raise NotFound(NO_SUCH)
    kind = wish.kind or default_kind(kinds, declared)
    names = labels_of(kind, {site.id: site.name for site in groups.sites(store, group_id)})
    series = series_of(group_id, known, ending, (measure_id, kind))
    spreads = peer_spreads(store, measure_id, ending, declared, wish) if kinds else {}
    left_out = is_some_left_out(group_id, known.get(ending))
    return EquityResults(
        groups.get(store, group_id),
        ending,
        measures,
        kinds,
        declared.label if declared else "",
        split_of(series, ending, names, declared, wish, spreads) if kinds else None,
        left_out,
        rule_alignments(series[ending], kinds) if kinds and not left_out else (),
    )


def rule_alignments(rows: Iterable[StratumRow], kinds: Iterable[str]) -> tuple[Alignment, ...]:
    """Of the counts as they were entered, with strata by their ids."""
    split = SplitTable(table(rows, {}), frozenset(kinds), is_released=False)
    return alignments(stratification.load(), split)


def is_some_left_out(group_id: str, counts: QualityCounts | None) -> bool:
    rows = rows_of(group_id, counts.period, counts.known) if counts else ()
    return len(consistent_rows(rows)) < len(rows)


def peer_spreads(
    store: Store, measure_id: str, ending: Period, declared: Stratum | None, wish: ResultsFilters
) -> Mapping[str, float]:
    """How far true gaps lie apart among groups; of one year and of groups as they are named."""
    if declared is None or wish.pools_years or wish.merges_small:
        return {}
    return spreads_among_peers(store, measure_id, ending, declared)


def stratum_of(written: str) -> Stratum | None:
    kind, _, name = written.partition(".")
    return Stratum(StratumType(kind), name) if name else None


def split_rows(group_id: str, counts: QualityCounts | None) -> tuple[StratumRow, ...]:
    """Everything but all patients together, who have nobody to be compared with."""
    rows = entered_rows(group_id, counts)
    return tuple(row for row in rows if row.place.stratum_type != TOTAL)


def entered_rows(group_id: str, counts: QualityCounts | None) -> tuple[StratumRow, ...]:
    return consistent_rows(rows_of(group_id, counts.period, counts.known)) if counts else ()


def measures_in(listed: QualitySet, rows: Iterable[StratumRow]) -> tuple[QualityMeasure, ...]:
    there = {row.place.measure for row in rows}
    return tuple(measure for measure in listed.measures if measure.id in there)


def kinds_of(rows: Iterable[StratumRow], measure_id: str) -> dict[str, str]:
    there = {row.place.stratum_type for row in rows if row.place.measure == measure_id}
    names = [each for kind in KINDS for each in (str(kind), f"{kind}_{ESTIMATED}")]
    return {kind: kind_label(kind) for kind in names if kind in there}


def default_kind(kinds: Mapping[str, str], declared: Stratum | None) -> str:
    """What the group declared a reference for, else the first."""
    if declared and declared.type in kinds:
        return str(declared.type)
    return next(iter(kinds), "")


def labels_of(kind: str, sites: Mapping[str, str]) -> dict[str, str]:
    """What the strata are called. Those that are no group keep their names."""
    plain = kind.removesuffix(f"_{ESTIMATED}")
    if plain == StratumType.SITE:
        twice = {name for name in sites.values() if list(sites.values()).count(name) > 1}
        return {
            site_id: f"{name} ({site_id})" if name in twice else name
            for site_id, name in sites.items()
        }
    strata = STRATA.get(StratumType(plain), {}) if plain else {}
    return {name: label for name, label in strata.items() if name not in NO_GROUP}


Series = Mapping[Period, tuple[StratumRow, ...]]  # oldest first, never empty rows


def series_of(
    group_id: str, known: Mapping[Period, QualityCounts], ending: Period, what: tuple[str, str]
) -> Series:
    """The period and those whole years before it: they have no patient-year in common.

    Where there are rows split that way, with that of all patients.
    """
    measure_id, kind = what
    found = {}
    for back in reversed(range(LONGEST_RUN)):
        each = ending.plus(-YEAR * back)
        rows = (r for r in entered_rows(group_id, known.get(each)) if r.place.measure == measure_id)
        own = tuple(row for row in rows if row.place.stratum_type in (kind, TOTAL))
        if any(row.place.stratum_type == kind for row in own):
            found[each] = own
    return found


def split_of(
    series: Series,
    ending: Period,
    names: Mapping[str, str],
    declared: Stratum | None,
    wish: ResultsFilters,
    spreads: Mapping[str, float],
) -> SplitResult:
    place = table(series[ending], {}).place
    measure = measure_files.load_quality().by_id[place.measure]
    is_reference = declared is not None and declared.type == place.stratum_type
    own = declared.name if declared and is_reference else None
    small = too_small(series[ending], own)
    merged = small if wish.merges_small and len(small) > 1 else ()
    called = {**names, **dict.fromkeys(merged, MERGED)}
    tables = {each: table(rows, called) for each, rows in series.items()}
    years = recent_years(series, ending)
    pools = wish.pools_years and len(years) > 1
    shown = pooled_table(series, years, called) if pools else tables[ending]
    reference = names.get(own, own) if own else None
    before = None if pools else tables.get(ending.plus(-YEAR))
    spreads = {names.get(name, name): spread for name, spread in spreads.items()}
    (finding,) = adjust_together([finding_of(shown, reference, measure.direction, spreads)])
    return SplitResult(
        measure=measure,
        kind=place.stratum_type,
        reference=reference,
        finding=finding,
        change=change_since(before, shown, reference, measure.direction),
        run=tuple(tables.values()) if len(tables) >= FEWEST_FOR_RUN else (),
        missing=missing_differs(shown),
        pooled=years if pools else (),
        merged=tuple(names.get(each, each) for each in merged),
        may_pool=years if small and len(years) > 1 else (),
        may_merge=tuple(names.get(each, each) for each in small) if len(small) > 1 else (),
    )


def too_small(rows: Sequence[StratumRow], reference: str | None) -> tuple[str, ...]:
    """Groups of people, other than the reference, with fewer patients than a chart needs."""
    return tuple(
        row.stratum
        for row in rows
        if row.stratum not in NO_GROUP | {reference, TOTAL}
        and (row.count.denominator or 0) < FEWEST_FOR_CHARTS
    )


def table(rows: Iterable[StratumRow], called: Mapping[str, str]) -> StratumTable:
    """The one split into strata, beside all patients."""
    tables = tables_of(merge_strata(rows, called))
    (found,) = (each for each in tables if each.place.stratum_type != TOTAL)
    return found


def recent_years(series: Series, ending: Period) -> tuple[Period, ...]:
    """The years next to each other that may be added up, oldest first."""
    wanted = [ending.plus(-YEAR * back) for back in range(YEARS_POOLED)]
    found = []
    for each in wanted:
        if each not in series:
            break
        found.append(each)
    return tuple(reversed(found))


def pooled_table(
    series: Series, years: Sequence[Period], called: Mapping[str, str]
) -> StratumTable:
    """All patients too, if they were counted in each of the years."""
    name = f"{years[0]} to {years[-1]}"
    rows = [row for each in years for row in series[each]]
    split = [row for row in rows if row.place.stratum_type != TOTAL]
    if len(rows) - len(split) < len(years):
        rows = split
    return table(pool_periods(rows, name), called)


def change_since(
    before: StratumTable | None, after: StratumTable, reference: str | None, direction: Direction
) -> PeriodChange | None:
    return change_between(before, after, reference, direction) if before else None
