"""Breakdowns that do not cover everybody: what is left counts people too, and is protected.

Where race is not known of some patients and no row says so, the strata add up to less than the
total, and every reader can subtract.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from readiness.core.errors import BadInput, Problem
from readiness.disclosure.counts import (
    NOT_ALL,
    Counts,
    Line,
    Measure,
    RowKey,
    Tally,
    added,
    groups_by_whole,
    problem,
    strata_by_total,
)
from readiness.disclosure.counts_table import SUMMED, Count, sums_over, table_of
from readiness.disclosure.table import CellId, Sum, Table

TOO_MANY = (
    "The strata of {type!r} and all patients cannot both be right: the strata leave out fewer than "
    "nobody, or more who meet the measure than people. Correct the numbers."
)


class Rest(NamedTuple):
    """The people of a total who are in none of the rows of one type of strata."""

    total: RowKey
    stratum_type: str
    measure: Measure


def completed(lines: Iterable[Line]) -> dict[RowKey, Tally]:
    """The counts with the totals that were left out, or everything that cannot be.

    A total that was left out is that of the breakdown that counts most people.
    """
    given = {line.key: line for line in lines}
    counts = {key: line.tally for key, line in given.items()}
    for total, types in strata_by_total(counts).items():
        counts.setdefault(total, max(added(counts[key] for key in each) for each in types.values()))
    problems = [*over_the_total(counts, given), *not_all(counts, given)]
    if problems:
        raise BadInput(problems)
    return counts


def over_the_total(counts: Counts, given: dict[RowKey, Line]) -> Iterator[Problem]:
    for total, stratum_type, strata in breakdowns(counts):
        left = rest_of(counts, total, strata)
        if min(left.screened, left.positive, left.negative) < 0:
            place = given.get(total) or given[strata[0]]
            yield problem(place, TOO_MANY.format(type=stratum_type))


def not_all(counts: Counts, given: dict[RowKey, Line]) -> Iterator[Problem]:
    for key, groups in groups_by_whole(counts).items():
        if counts[key] != added(counts[each] for each in groups):
            rows = (line for each, line in given.items() if each.total == key)
            yield problem(given.get(key) or next(rows), NOT_ALL)


def breakdowns(counts: Counts) -> Iterator[tuple[RowKey, str, list[RowKey]]]:
    for total, types in strata_by_total(counts).items():
        yield from ((total, stratum_type, strata) for stratum_type, strata in types.items())


def rest_of(counts: Counts, total: RowKey, strata: Iterable[RowKey]) -> Tally:
    whole, known = counts[total], added(counts[each] for each in strata)
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
        rests = {measure: Rest(total, stratum_type, measure) for measure in Measure}
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
        if isinstance(cell, Count) and cell.measure is not Measure.NEGATIVE
    )
    return replace(table, counts=cells, sums=(*kept, *sums), shown=shown)
