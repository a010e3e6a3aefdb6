"""Everything that ties the counts of a file together, as a reader of the release knows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from readiness.counts.social_risk.models import Need
from readiness.disclosure.bounds import BOUNDS
from readiness.disclosure.flat_counts import (
    EVERY_GROUP,
    NOBODY,
    CountKind,
    Counts,
    RowKey,
    divisions_of,
    groups_by_whole,
    residual_tally,
    strata_by_total,
    sum_tallies,
)
from readiness.disclosure.table import AddsUp, CellId, CountsTable, Residual, TableBuilder

# Negatives follow from these two: the sums of the negatives say nothing more.
SUMMED = (CountKind.SCREENED, CountKind.POSITIVE)


class Count(NamedTuple):
    """One number of one row."""

    key: RowKey
    measure: CountKind


FlatCell = Count | Residual[Count]  # a number of a row, or of what other rows leave of it


def row_of(cell: FlatCell) -> RowKey:
    return cell.key if isinstance(cell, Count) else cell.whole.key


def cells_of(counts: Counts) -> dict[Count, int]:
    return {Count(key, kind): tally.of(kind) for key, tally in counts.items() for kind in CountKind}


def table_of(
    counts: Counts, merged: Mapping[RowKey, Sequence[RowKey]] | None = None
) -> CountsTable:
    """`merged`: the rows printed in place of several others, which are never printed."""
    merged = merged or {}
    parts = {part for each in merged.values() for part in each}
    build = builder_of(counts, merged)
    return build.table(c for c in build.counts if isinstance(c, Count) and c.key not in parts)


def table_of_partial_strata(counts: Counts) -> CountsTable:
    """Strata may leave people out, who are protected too.

    Only people counted, and those of them who are positive, are ever printed.
    """
    build = builder_of(counts, {})
    partial = [
        (total, strata)
        for total, types in strata_by_total(counts).items()
        for strata in types.values()
        if residual_tally(counts, total, strata) != NOBODY
    ]
    exact = {
        AddsUp(Count(total, kind), tuple(Count(part, kind) for part in strata))
        for total, strata in partial
        for kind in SUMMED
    }
    build.sums = [each for each in build.sums if each not in exact]
    for total, strata in partial:
        split_rows(build, counts, total, strata, strata)
    return build.table(
        cell
        for cell in build.counts
        if isinstance(cell, Count) and cell.measure is not CountKind.NEGATIVE
    )


def builder_of(counts: Counts, merged: Mapping[RowKey, Sequence[RowKey]]) -> TableBuilder:
    tallies = {key: sum_tallies(counts[part] for part in parts) for key, parts in merged.items()}
    build = TableBuilder(cells_of({**counts, **tallies}))
    for key in (*counts, *tallies):
        positive, negative = Count(key, CountKind.POSITIVE), Count(key, CountKind.NEGATIVE)
        build.tie(Count(key, CountKind.SCREENED), (positive, negative))
    for total, types in strata_by_total(counts).items():
        for strata in types.values():
            tie_rows(build, total, strata)
    for whole, groups in groups_by_whole(counts).items():
        tie_rows(build, whole, groups)
    for whole, rows in merged.items():
        tie_rows(build, whole, rows)
    limit_domains(build, counts)
    tie_periods(build, counts)
    return build


def tie_rows(build: TableBuilder, whole: RowKey, parts: Sequence[RowKey]) -> None:
    for kind in SUMMED:
        build.tie(Count(whole, kind), (Count(part, kind) for part in parts))


def split_rows(
    build: TableBuilder,
    counts: Counts,
    whole: RowKey,
    parts: Sequence[RowKey],
    named: Sequence[RowKey],
) -> None:
    """What is left of a row beside its parts is a row too; `named` tells which parts there are."""
    left = residual_tally(counts, whole, parts)
    residuals = {
        kind: Residual(Count(whole, kind), tuple(Count(part, kind) for part in named))
        for kind in CountKind
    }
    build.counts.update({residual: left.of(kind) for kind, residual in residuals.items()})
    for kind in SUMMED:
        build.tie(Count(whole, kind), (*(Count(part, kind) for part in parts), residuals[kind]))
    people, *two = residuals.values()
    build.tie(people, two)


# Longer periods and the shorter ones in them.


def tie_periods(build: TableBuilder, counts: Counts) -> None:
    """Where the shorter periods add up; where some are missing, what is left counts people too."""
    present = {(key.group_id, key.domain, key.period) for key in counts}
    for key, division, parts in spans_of(counts):
        left = residual_tally(counts, key, parts)
        if left == NOBODY:
            tie_rows(build, key, parts)
            continue
        there = [p for p in division if (key.group_id, key.domain, p) in present]
        if min(left.screened, left.positive, left.negative) >= 0:
            named = [key._replace(period=each) for each in there]
            split_rows(build, counts, key, parts, named)
        limit_period(build, key, parts, is_complete=len(parts) == len(division))


def limit_period(
    build: TableBuilder, key: RowKey, parts: Sequence[RowKey], *, is_complete: bool
) -> None:
    """People counted once a year are at least those of a quarter, at most those of all quarters."""
    for kind in SUMMED:
        whole, cells = Count(key, kind), [Count(part, kind) for part in parts]
        if build.counts[whole] == sum(build.counts[cell] for cell in cells):
            continue
        if is_complete:
            build.limit((whole,), cells)
        for cell in cells:
            build.limit((cell,), (whole,))


def spans_of(counts: Counts) -> Iterator[tuple[RowKey, tuple[str, ...], list[RowKey]]]:
    """Each row of a longer period with the rows of the shorter ones, one division at a time."""
    present = {key.period for key in counts}
    for key in counts:
        for division in divisions_of(key.period):
            shorter = (key._replace(period=each) for each in division if each in present)
            parts = [each for each in shorter if each in counts]
            if parts:
                yield key, division, parts


def limit_domains(build: TableBuilder, counts: Counts) -> None:
    for row in {key._replace(domain=Need.ANY): None for key in counts}:
        for bound in BOUNDS:
            parts, others = (
                [Count(row._replace(domain=need), kind) for kind, need in side] for side in bound
            )
            build.limit(parts, others)


# Which counts are looked at together when there are too many to look at all of them at once.
# First one domain for some groups, then all domains for them. `ALL` belongs to every window: its
# numbers tie the groups together, and what is hidden there serves all of them.

MOST_CELLS = 600  # of one domain; larger windows hide a little less and take much longer
MOST_ACROSS = 1_600  # of all domains
MANY, FEWER_ACROSS = 12_000, 1_000  # so many cells in all take smaller windows


def windows(cells: Sequence[CellId]) -> Iterator[Sequence[CellId]]:
    by_group: dict[str, list[FlatCell]] = defaultdict(list)
    for cell in cells:
        if isinstance(cell, Count | Residual):
            by_group[row_of(cell).group_id].append(cell)
    whole = by_group.pop(EVERY_GROUP, [])
    domains = sorted({row_of(cell).domain for cell in cells if isinstance(cell, Count | Residual)})
    if len(cells) <= MOST_CELLS or not by_group:
        return
    batches = batches_of(by_group, window_size(len(cells), len(domains)) - len(whole))
    for domain in domains:
        for batch in batches:
            yield [each for each in (*whole, *batch) if row_of(each).domain == domain]
    if len(domains) > 1:
        yield from ([*whole, *batch] for batch in batches)


def window_size(cells: int, domains: int) -> int:
    if domains == 1:
        return MOST_CELLS
    return MOST_ACROSS if cells <= MANY else FEWER_ACROSS


def batches_of(by_group: dict[str, list[FlatCell]], room: int) -> list[list[FlatCell]]:
    """Groups shared out in turn, largest first, so that each batch has large and small ones."""
    dealt = sorted(by_group, key=lambda group: (-len(by_group[group]), group))
    cells = sum(map(len, by_group.values()))
    number = min(len(dealt), -(-cells // max(room, MOST_CELLS // 2)))
    return [
        [cell for group in dealt[start::number] for cell in by_group[group]]
        for start in range(number)
    ]
