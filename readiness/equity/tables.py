"""Counts of a measure by stratum, as readers may see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

TOTAL = "total"
# Strata that are not a group of people: they are shown, and neither compared nor spread over.
NO_GROUP = frozenset({"unknown", "declined", "not_asked"})


@dataclass(frozen=True, order=True)
class Place:
    """One group's measure in one period, split one way."""

    measure: str
    period: str  # "2026", "2026-Q3": in order when sorted as text
    group_id: str
    stratum_type: str


@dataclass(frozen=True)
class Count:
    """Patients who meet a measure, of those counted in it; None: hidden to protect small counts."""

    numerator: int | None
    denominator: int | None

    @property
    def pair(self) -> tuple[int, int] | None:
        """Both numbers, when both may be seen and there is anybody."""
        if self.numerator is None or not self.denominator:
            return None
        return self.numerator, self.denominator


@dataclass(frozen=True)
class Row:
    """A line of the table that groups hand in."""

    place: Place
    stratum: str
    count: Count


@dataclass(frozen=True)
class Table:
    """All strata of one place, in the order they were handed in."""

    place: Place
    counts: Mapping[str, Count]

    @cached_property
    def groups(self) -> dict[str, tuple[int, int]]:
        """The strata that are groups of people, and whose numbers may be seen."""
        return {
            stratum: pair
            for stratum, count in self.counts.items()
            if stratum not in NO_GROUP and (pair := count.pair)
        }

    @property
    def unknown(self) -> tuple[int, int] | None:
        """Everybody whose group is not known, added up; None when one number is hidden."""
        found = [count for stratum, count in self.counts.items() if stratum in NO_GROUP]
        if any(count.numerator is None or count.denominator is None for count in found):
            return None
        return sum(c.numerator or 0 for c in found), sum(c.denominator or 0 for c in found)


def tables_of(rows: Iterable[Row]) -> tuple[Table, ...]:
    """A table for each place, sorted. Raises ValueError when a stratum stands there twice, or a
    numerator is more than its denominator."""
    found: dict[Place, dict[str, Count]] = {}
    for row in rows:
        counts = found.setdefault(row.place, {})
        if row.stratum in counts:
            raise ValueError(f"{named(row)} is there twice: keep one of the two")
        above, below = row.count.numerator, row.count.denominator
        if above is not None and below is not None and not 0 <= above <= below:
            raise ValueError(f"{named(row)}: {above} of {below} cannot be. Check both numbers")
        counts[row.stratum] = row.count
    return tuple(Table(place, found[place]) for place in sorted(found))


def named(row: Row) -> str:
    place = row.place
    return f"{place.group_id}, {place.period}, {place.measure}, {place.stratum_type} {row.stratum}"


def pooled(rows: Iterable[Row], period: str) -> tuple[Row, ...]:
    """Several periods added up, for a group too small in each; hidden where one part is.

    Patients counted in several periods are counted several times: the name of the new period is to
    say so.
    """
    found: dict[tuple[Place, str], list[Count]] = {}
    for row in rows:
        key = replace(row.place, period=period), row.stratum
        found.setdefault(key, []).append(row.count)
    return tuple(Row(place, stratum, added(each)) for (place, stratum), each in found.items())


def rolled_up(rows: Iterable[Row], names: Mapping[str, str]) -> tuple[Row, ...]:
    """Strata merged under new names, for those too small alone; others keep theirs."""
    found: dict[tuple[Place, str], list[Count]] = {}
    for row in rows:
        key = row.place, names.get(row.stratum, row.stratum)
        found.setdefault(key, []).append(row.count)
    return tuple(Row(place, stratum, added(each)) for (place, stratum), each in found.items())


def added(counts: Iterable[Count]) -> Count:
    listed = list(counts)
    return Count(
        sum_of(each.numerator for each in listed), sum_of(each.denominator for each in listed)
    )


def sum_of(numbers: Iterable[int | None]) -> int | None:
    listed = list(numbers)
    known = [number for number in listed if number is not None]
    return sum(known) if len(known) == len(listed) else None
