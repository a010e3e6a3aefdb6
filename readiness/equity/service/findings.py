"""What a table of measures by stratum says of equity, seen as a payer would see it.

Small counts are hidden first, by the same rules as in every release; everything else is worked out
from what is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from readiness.core.tables.models import SourceFile
from readiness.disclosure.flat_counts import (
    EVERY_GROUP,
    ColumnNames,
    CountKind,
    CountRow,
    Counts,
    RowKey,
    complete_partial,
    read_rows,
)
from readiness.disclosure.flat_table import Count as Number
from readiness.disclosure.flat_table import table_of_partial_strata
from readiness.disclosure.solver.find_pattern import finder_for
from readiness.disclosure.suppression import protect
from readiness.equity.family import tested_gaps
from readiness.equity.findings import Declarations, EquityFindings, findings_of
from readiness.equity.tables import TOTAL, StratumCount, StratumRow, TableKey

NO_REFERENCE = (
    "No reference was declared, so no gap was computed. Name one with --reference TYPE=STRATUM."
)
NO_SUCH_TYPE = "No row has the stratum type of --reference number {at}: it changes nothing."
NO_SUCH_STRATUM = (
    "No row has the stratum of --reference number {at}, so its type has no gaps. Correct it."
)
NO_SUCH_RATE = "No row has the stratum of rate number {at} of --prior: it changes nothing."
NO_SUCH_GAP = "No gap could be tested for --primary number {at}: it changes nothing."
NO_SUCH_MEASURE = "No row has the measure of --direction number {at}: it changes nothing."


@dataclass(frozen=True)
class FindingsReport:
    """What was found, and sentences for whoever asked."""

    findings: EquityFindings
    says: tuple[str, ...]


def report(source: SourceFile, declared: Declarations, threshold: int) -> FindingsReport:
    """BadInput with every problem of the table, by its line."""
    counts = complete_partial(lines_of(source))
    rows = releasable_rows(counts, threshold)
    found = of_groups_and_all(rows, declared)
    untested = untested_primary(found, declared)
    return FindingsReport(found, (*remarks(counts, declared), *untested))


def releasable_rows(counts: Counts, threshold: int) -> tuple[StratumRow, ...]:
    """What a payer sees. Those who do not meet a measure are never printed, and protected too."""
    table = table_of_partial_strata(counts)
    hidden = protect(table, threshold, finder_for(len(table.counts))).hidden

    def number(key: RowKey, measure: CountKind) -> int | None:
        return None if Number(key, measure) in hidden else counts[key].of(measure)

    return tuple(
        StratumRow(
            TableKey(key.domain, key.period, key.group_id, key.stratum_type),
            key.stratum,
            StratumCount(number(key, CountKind.POSITIVE), number(key, CountKind.SCREENED)),
        )
        for key in counts
    )


def of_groups_and_all(rows: Iterable[StratumRow], declared: Declarations) -> EquityFindings:
    """The sum over all groups is no peer of theirs: it is looked at by itself, without a prior."""
    listed, of_sum = list(rows), replace(declared, priors=None)
    groups = findings_of((r for r in listed if r.place.group_id != EVERY_GROUP), declared)
    every = findings_of((r for r in listed if r.place.group_id == EVERY_GROUP), of_sum)
    return EquityFindings(
        (*groups.tables, *every.tables),
        (*groups.families, *every.families),
        {**groups.changes, **every.changes},
        groups.portfolios,
        groups.priors,
        groups.over_years,
        groups.case_mix,
    )


def remarks(counts: Counts, declared: Declarations) -> Iterator[str]:
    """What was asked for and could not be done, and gaps that nobody asked for."""
    strata = {(key.stratum_type, key.stratum) for key in counts}
    types = {kind for kind, _ in strata} - {TOTAL}
    if not types & declared.references.keys():
        yield NO_REFERENCE
    for at, (kind, stratum) in enumerate(declared.references.items(), 1):
        if kind not in types:
            yield NO_SUCH_TYPE.format(at=at)
        elif (kind, stratum) not in strata:
            yield NO_SUCH_STRATUM.format(at=at)
    places = {(key.domain, key.stratum_type, key.stratum) for key in counts}
    for at, place in enumerate(declared.priors.rates if declared.priors else (), 1):
        if place not in places:
            yield NO_SUCH_RATE.format(at=at)
    measures = {key.domain for key in counts}
    for at, measure in enumerate(declared.directions, 1):
        if measure not in measures:
            yield NO_SUCH_MEASURE.format(at=at)


def untested_primary(found: EquityFindings, declared: Declarations) -> Iterator[str]:
    tested = {(each.table.place.measure, gap.stratum) for each, gap in tested_gaps(found.tables)}
    for at, each in enumerate(declared.primary, 1):
        if each not in tested:
            yield NO_SUCH_GAP.format(at=at)


MEASURES = ColumnNames(
    labels=("group_id", "period", "measure", "stratum_type", "stratum"),
    numbers=("denominator", "numerator"),
    above="numerator is larger than denominator. Whoever meets a measure is counted in it: correct "
    "one of them.",
)


def lines_of(source: SourceFile) -> list[CountRow]:
    """As in a table of screens: those counted, and of them those who meet the measure."""
    return read_rows(source, MEASURES)
