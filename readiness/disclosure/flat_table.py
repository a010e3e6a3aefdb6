"""Everything that ties the counts of a file together, as a reader of the release knows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from readiness.core.errors import BadInput, Problem
from readiness.counts.social_risk.models import FIVE, HOUSING_PARTS, Need
from readiness.disclosure.flat_counts import (
    EVERY_GROUP,
    NOT_ALL,
    CountKind,
    CountRow,
    Counts,
    RowKey,
    Tally,
    divisions_of,
    groups_by_whole,
    problem_at,
    strata_by_total,
    sum_tallies,
)
from readiness.disclosure.table import AtMost, CellId, Sum, Table

# Negatives follow from these two: the sums of the negatives say nothing more.
SUMMED = (CountKind.SCREENED, CountKind.POSITIVE)


class Count(NamedTuple):
    """One number of one row."""

    key: RowKey
    measure: CountKind


class Left(NamedTuple):
    """What a period holds beyond the shorter ones that there are counts for."""

    key: RowKey
    without: tuple[str, ...]
    measure: CountKind


def table_of(counts: Counts, merged: Mapping[RowKey, Sequence[RowKey]] | None = None) -> Table:
    """`merged`: the rows printed in place of several others, which are never printed."""
    merged = merged or {}
    parts = {part for each in merged.values() for part in each}
    tallies = {
        **counts,
        **{key: sum_tallies(counts[p] for p in each) for key, each in merged.items()},
    }
    found: dict[Count, int] = {
        Count(key, measure): tally.of(measure)
        for key, tally in tallies.items()
        for measure in CountKind
    }
    left: dict[CellId, int] = {}
    sums = [*row_sums(tallies), *strata_sums(counts), *group_sums(counts)]
    sums += merged_sums(merged)
    spans, rests = span_sums(counts)
    for key, tally in rests.items():
        left.update({Left(*key, measure): tally.of(measure) for measure in CountKind})
    return Table(
        counts=dict((*found.items(), *left.items())),
        sums=(*sums, *spans),
        limits=tuple(limits_of(counts)),
        shown=frozenset(cell for cell in found if cell.key not in parts),
    )


def row_sums(keys: Iterable[RowKey]) -> Iterator[Sum]:
    for key in keys:
        yield Sum(
            Count(key, CountKind.SCREENED),
            (Count(key, CountKind.POSITIVE), Count(key, CountKind.NEGATIVE)),
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
        sum_of_parts = sum_tallies(counts[part] for part in parts)
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
                    Left(key, there, CountKind.SCREENED),
                    (Left(key, there, CountKind.POSITIVE), Left(key, there, CountKind.NEGATIVE)),
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

    measure: CountKind
    part: str
    others: tuple[str, ...]


def bounds() -> Iterator[Bound]:
    yield Bound(CountKind.POSITIVE, Need.ANY, FIVE)
    yield Bound(CountKind.SCREENED, Need.ANY, FIVE)
    yield Bound(CountKind.NEGATIVE, Need.ANY, FIVE)
    yield Bound(CountKind.POSITIVE, Need.HOUSING, HOUSING_PARTS)
    for measure in CountKind:
        yield Bound(measure, Need.ALL5, (Need.ANY,))
    for need in FIVE:
        yield Bound(CountKind.POSITIVE, need, (Need.ANY,))
        yield Bound(CountKind.SCREENED, need, (Need.ANY,))
        yield Bound(CountKind.SCREENED, Need.ALL5, (need,))
        yield Bound(CountKind.NEGATIVE, Need.ALL5, (need,))
    yield Bound(CountKind.POSITIVE, Need.ALL5, FIVE)
    for part in HOUSING_PARTS:
        yield Bound(CountKind.POSITIVE, part, (Need.HOUSING,))
        yield Bound(CountKind.NEGATIVE, Need.HOUSING, (part,))


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


MOST_CELLS = 600  # of one domain; larger windows hide a little less and take much longer


MOST_ACROSS = 1_600  # of all domains


MANY, FEWER_ACROSS = 12_000, 1_000  # so many cells in all take smaller windows


def windows(cells: Sequence[CellId]) -> Iterator[Sequence[CellId]]:
    by_group: dict[str, list[Count | Left]] = defaultdict(list)
    for cell in cells:
        if isinstance(cell, Count | Left):
            by_group[cell.key.group_id].append(cell)
    whole = by_group.pop(EVERY_GROUP, [])
    domains = sorted({cell.key.domain for cell in cells if isinstance(cell, Count | Left)})
    if len(cells) <= MOST_CELLS or not by_group:
        return
    hands = batches_of(by_group, window_size(len(cells), len(domains)) - len(whole))
    for domain in domains:
        for hand in hands:
            yield [each for each in (*whole, *hand) if each.key.domain == domain]
    if len(domains) > 1:
        yield from ([*whole, *hand] for hand in hands)


def window_size(cells: int, domains: int) -> int:
    if domains == 1:
        return MOST_CELLS
    return MOST_ACROSS if cells <= MANY else FEWER_ACROSS


def batches_of(by_group: dict[str, list[Count | Left]], room: int) -> list[list[Count | Left]]:
    """Groups dealt out like cards, largest first, so that each hand has large and small ones."""
    dealt = sorted(by_group, key=lambda group: (-len(by_group[group]), group))
    cells = sum(map(len, by_group.values()))
    number = min(len(dealt), -(-cells // max(room, MOST_CELLS // 2)))
    return [
        [cell for group in dealt[start::number] for cell in by_group[group]]
        for start in range(number)
    ]


TOO_MANY = (
    "The strata of {type!r} and all patients cannot both be right: the strata leave out fewer than "
    "nobody, or more who meet the measure than people. Correct the numbers."
)


class Rest(NamedTuple):
    """The people of a total who are in none of the rows of one type of strata."""

    total: RowKey
    stratum_type: str
    measure: CountKind


def add_totals_of_partial_strata(lines: Iterable[CountRow]) -> dict[RowKey, Tally]:
    """The counts with the totals that were left out, or everything that cannot be.

    A total that was left out is that of the breakdown that counts most people.
    """
    given = {line.key: line for line in lines}
    counts = {key: line.tally for key, line in given.items()}
    for total, types in strata_by_total(counts).items():
        counts.setdefault(
            total, max(sum_tallies(counts[key] for key in each) for each in types.values())
        )
    problems = [*over_the_total(counts, given), *not_all(counts, given)]
    if problems:
        raise BadInput(problems)
    return counts


def over_the_total(counts: Counts, given: dict[RowKey, CountRow]) -> Iterator[Problem]:
    for total, stratum_type, strata in breakdowns(counts):
        left = rest_of(counts, total, strata)
        if min(left.screened, left.positive, left.negative) < 0:
            place = given.get(total) or given[strata[0]]
            yield problem_at(place, TOO_MANY.format(type=stratum_type))


def not_all(counts: Counts, given: dict[RowKey, CountRow]) -> Iterator[Problem]:
    for key, groups in groups_by_whole(counts).items():
        if counts[key] != sum_tallies(counts[each] for each in groups):
            rows = (line for each, line in given.items() if each.total == key)
            yield problem_at(given.get(key) or next(rows), NOT_ALL)


def breakdowns(counts: Counts) -> Iterator[tuple[RowKey, str, list[RowKey]]]:
    for total, types in strata_by_total(counts).items():
        yield from ((total, stratum_type, strata) for stratum_type, strata in types.items())


def rest_of(counts: Counts, total: RowKey, strata: Iterable[RowKey]) -> Tally:
    whole, known = counts[total], sum_tallies(counts[each] for each in strata)
    return Tally(whole.screened - known.screened, whole.positive - known.positive)


def table_with_rests(counts: Counts) -> Table:
    """Only people counted, and those of them who are positive, are ever printed."""
    table = table_of(counts)
    cells: dict[CellId, int] = dict(table.counts)
    without: set[Sum] = set()
    sums: list[Sum] = []
    for total, stratum_type, strata in breakdowns(counts):
        left = rest_of(counts, total, strata)
        if left == (0, 0):
            continue
        rests = {measure: Rest(total, stratum_type, measure) for measure in CountKind}
        cells.update({rest: left.of(measure) for measure, rest in rests.items()})
        for measure, whole in zip(SUMMED, sums_over(total, strata), strict=True):
            without.add(whole)
            sums.append(Sum(whole.whole, (*whole.parts, rests[measure])))
        people, *parts = rests.values()
        sums.append(Sum(people, tuple(parts)))
    kept = tuple(each for each in table.sums if each not in without)
    shown = frozenset(
        cell
        for cell in table.shown
        if isinstance(cell, Count) and cell.measure is not CountKind.NEGATIVE
    )
    return replace(table, counts=cells, sums=(*kept, *sums), shown=shown)
