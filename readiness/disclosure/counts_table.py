"""Everything that ties the counts of a file together, as a reader of the release knows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from readiness.counts.social_risk.models import FIVE, HOUSING_PARTS, Need
from readiness.disclosure.counts import (
    Counts,
    Measure,
    RowKey,
    Tally,
    added,
    groups_by_whole,
    strata_by_total,
)
from readiness.disclosure.measurement_periods import divisions_of
from readiness.disclosure.table import AtMost, CellId, Sum, Table

# Negatives follow from these two: the sums of the negatives say nothing more.
SUMMED = (Measure.SCREENED, Measure.POSITIVE)


class Count(NamedTuple):
    """One number of one row."""

    key: RowKey
    measure: Measure


class Left(NamedTuple):
    """What a period holds beyond the shorter ones that there are counts for."""

    key: RowKey
    without: tuple[str, ...]
    measure: Measure


def table_of(counts: Counts, merged: Mapping[RowKey, Sequence[RowKey]] | None = None) -> Table:
    """`merged`: the rows printed in place of several others, which are never printed."""
    merged = merged or {}
    parts = {part for each in merged.values() for part in each}
    tallies = {**counts, **{key: added(counts[p] for p in each) for key, each in merged.items()}}
    found: dict[Count, int] = {
        Count(key, measure): tally.of(measure)
        for key, tally in tallies.items()
        for measure in Measure
    }
    left: dict[CellId, int] = {}
    sums = [*row_sums(tallies), *strata_sums(counts), *group_sums(counts)]
    sums += merged_sums(merged)
    spans, rests = span_sums(counts)
    for key, tally in rests.items():
        left.update({Left(*key, measure): tally.of(measure) for measure in Measure})
    return Table(
        counts=dict((*found.items(), *left.items())),
        sums=(*sums, *spans),
        limits=tuple(limits_of(counts)),
        shown=frozenset(cell for cell in found if cell.key not in parts),
    )


def row_sums(keys: Iterable[RowKey]) -> Iterator[Sum]:
    for key in keys:
        yield Sum(
            Count(key, Measure.SCREENED),
            (Count(key, Measure.POSITIVE), Count(key, Measure.NEGATIVE)),
        )


def sums_over(whole: RowKey, parts: Sequence[RowKey]) -> Iterator[Sum]:
    for measure in SUMMED:
        yield Sum(Count(whole, measure), tuple(Count(part, measure) for part in parts))


def strata_sums(counts: Counts) -> Iterator[Sum]:
    for total, types in strata_by_total(counts).items():
        for strata in types.values():
            yield from sums_over(total, strata)


def group_sums(counts: Counts) -> Iterator[Sum]:
    for whole, groups in groups_by_whole(counts).items():
        yield from sums_over(whole, groups)


def merged_sums(merged: Mapping[RowKey, Sequence[RowKey]]) -> Iterator[Sum]:
    for whole, parts in merged.items():
        yield from sums_over(whole, parts)


# Longer periods and the shorter ones in them.


def span_sums(counts: Counts) -> tuple[list[Sum], dict[tuple[RowKey, tuple[str, ...]], Tally]]:
    """Where the shorter periods add up; where some are missing, what is left counts people too."""
    present = {(key.group_id, key.domain, key.period) for key in counts}
    sums: list[Sum] = []
    rests: dict[tuple[RowKey, tuple[str, ...]], Tally] = {}
    for key, division, parts in spans_of(counts):
        sum_of_parts = added(counts[part] for part in parts)
        rest = Tally(
            counts[key].screened - sum_of_parts.screened,
            counts[key].positive - sum_of_parts.positive,
        )
        if rest == (0, 0):
            sums += sums_over(key, parts)
            continue
        there = tuple(p for p in division if (key.group_id, key.domain, p) in present)
        if len(there) < len(division) and min(rest.screened, rest.positive, rest.negative) >= 0:
            rests[key, there] = rest
            sums += [
                Sum(Count(key, m), (*(Count(part, m) for part in parts), Left(key, there, m)))
                for m in SUMMED
            ]
            sums.append(
                Sum(
                    Left(key, there, Measure.SCREENED),
                    (Left(key, there, Measure.POSITIVE), Left(key, there, Measure.NEGATIVE)),
                )
            )
    return sums, rests


def spans_of(counts: Counts) -> Iterator[tuple[RowKey, tuple[str, ...], list[RowKey]]]:
    """Each row of a longer period with the rows of the shorter ones, one division at a time."""
    present = {key.period for key in counts}
    for key in counts:
        for division in divisions_of(key.period):
            shorter = (key._replace(period=each) for each in division if each in present)
            parts = [each for each in shorter if each in counts]
            if parts:
                yield key, division, parts


# Bounds that everybody knows: they hold for the people behind the counts.


@dataclass(frozen=True)
class Bound:
    """`measure` of `part` is at most that of the others added up."""

    measure: Measure
    part: str
    others: tuple[str, ...]


def bounds() -> Iterator[Bound]:
    yield Bound(Measure.POSITIVE, Need.ANY, FIVE)
    yield Bound(Measure.SCREENED, Need.ANY, FIVE)
    yield Bound(Measure.NEGATIVE, Need.ANY, FIVE)
    yield Bound(Measure.POSITIVE, Need.HOUSING, HOUSING_PARTS)
    for measure in Measure:
        yield Bound(measure, Need.ALL5, (Need.ANY,))
    for need in FIVE:
        yield Bound(Measure.POSITIVE, need, (Need.ANY,))
        yield Bound(Measure.SCREENED, need, (Need.ANY,))
        yield Bound(Measure.SCREENED, Need.ALL5, (need,))
        yield Bound(Measure.NEGATIVE, Need.ALL5, (need,))
    yield Bound(Measure.POSITIVE, Need.ALL5, FIVE)
    for part in HOUSING_PARTS:
        yield Bound(Measure.POSITIVE, part, (Need.HOUSING,))
        yield Bound(Measure.NEGATIVE, Need.HOUSING, (part,))


BOUNDS = tuple(bounds())


def limits_of(counts: Counts) -> Iterator[AtMost]:
    """Those that the counts keep; a bound that they break is none that a reader could use."""
    for key in counts:
        for bound in BOUNDS_BY_PART.get(key.domain, ()):
            others = [key._replace(domain=other) for other in bound.others]
            if all(each in counts for each in others):
                most = sum(counts[each].of(bound.measure) for each in others)
                if counts[key].of(bound.measure) <= most:
                    cells = tuple(Count(each, bound.measure) for each in others)
                    yield AtMost(Count(key, bound.measure), cells)
    yield from span_limits(counts)


BOUNDS_BY_PART: dict[str, list[Bound]] = {}
for each_bound in BOUNDS:
    BOUNDS_BY_PART.setdefault(each_bound.part, []).append(each_bound)


def span_limits(counts: Counts) -> Iterator[AtMost]:
    """People counted once a year are at least those of a quarter, at most those of all quarters."""
    for key, division, parts in spans_of(counts):
        for measure in SUMMED:
            whole = counts[key].of(measure)
            each = [counts[part].of(measure) for part in parts]
            if sum(each) == whole:
                continue
            cells = tuple(Count(part, measure) for part in parts)
            if len(parts) == len(division) and whole <= sum(each):
                yield AtMost(Count(key, measure), cells)
            for cell, count in zip(cells, each, strict=True):
                if count <= whole:
                    yield AtMost(cell, (Count(key, measure),))
