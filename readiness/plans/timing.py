"""In which half-year each part of a plan starts: after what it needs, a few at a time.

An intervention may be built on once its months to launch and its first months to effect are over,
own work after a half-year for each level. Three interventions and the own work on six items start
in a half-year, and everything has its effect within three years.

The program of `cost_program` knows no time. Its answer is scheduled here, those first that most
waits for; where that fails, the same program is asked again with time in it, which is exact.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from readiness.core.integer_program import Program, Row, Solution
from readiness.instruments.models import Prerequisite
from readiness.plans.catalog import Offer
from readiness.plans.cost_program import (
    HALF_YEARS,
    OWN_STARTS_PER_HALF_YEAR,
    STARTS_PER_HALF_YEAR,
    CostProgram,
)
from readiness.plans.own_work import OwnWork

UNDER_WAY = 0  # the half-year of what has begun already


@dataclass(frozen=True)
class Part:
    """One intervention or one item's own work, as the schedule sees it."""

    id: str  # of the offer, or of the item
    levels: Mapping[str, int]  # item id -> level that it brings
    needs: tuple[Prerequisite, ...]
    half_years: int  # from its start until its whole effect
    own_start: int | None = None  # own work: the present level of its item
    is_under_way: bool = False

    def brings(self, needed: Prerequisite) -> bool:
        return self.levels.get(needed.item_id, 0) >= needed.level

    def wait(self, needed: Prerequisite) -> int:
        """Half-years from its start until that level is there."""
        return self.half_years if self.own_start is None else needed.level - self.own_start


def parts_of(
    offers: Iterable[Offer], own_work: Iterable[OwnWork], own: Mapping[str, int]
) -> tuple[Part, ...]:
    return (
        *(
            Part(o.id, o.delivers, o.needs, o.half_years, is_under_way=o.is_under_way)
            for o in offers
        ),
        *(
            Part(each.item_id, {each.item_id: to}, each.needs, to - each.start, each.start)
            for each in own_work
            if (to := own.get(each.item_id, 0))
        ),
    )


def half_years_of(parts: Collection[Part]) -> dict[str, int] | None:
    """The half-year in which each part starts, or None where starting in this order fails."""
    waits = {each.id: longest_wait(each, parts, frozenset()) for each in parts}
    started = {each.id: UNDER_WAY for each in parts if each.is_under_way}
    for half_year in range(1, HALF_YEARS + 1):
        ready = [
            each
            for each in parts
            if each.id not in started and is_ready(each, parts, started, half_year)
        ]
        ready.sort(key=lambda each: -waits[each.id])
        new = [each for each in ready if each.own_start is None][:STARTS_PER_HALF_YEAR]
        own = [each for each in ready if each.own_start is not None][:OWN_STARTS_PER_HALF_YEAR]
        started |= {each.id: half_year for each in (*new, *own)}
    in_time = all(
        each.id in started and started[each.id] + each.half_years <= HALF_YEARS + 1
        for each in parts
    )
    return started if in_time else None


def is_scheduled(parts: Collection[Part], started: Mapping[str, int]) -> bool:
    """Whether each part starts after what it needs, and ends within the three years."""
    return all(
        each.is_under_way
        or (
            is_ready(each, parts, started, started[each.id])
            and started[each.id] + each.half_years <= HALF_YEARS + 1
        )
        for each in parts
    )


def is_ready(part: Part, parts: Iterable[Part], started: Mapping[str, int], half_year: int) -> bool:
    return all(able_by(part, needed, parts, started, half_year) for needed in part.needs)


def able_by(
    part: Part,
    needed: Prerequisite,
    parts: Iterable[Part],
    started: Mapping[str, int],
    half_year: int,
) -> list[Part]:
    """The other parts by which that level is there at the start of the half-year."""
    return [
        each
        for each in parts
        if each.id != part.id
        and each.id in started
        and each.brings(needed)
        and started[each.id] + each.wait(needed) <= half_year
    ]


def longest_wait(part: Part, parts: Collection[Part], seen: frozenset[str]) -> int:
    """Half-years from its start until the last of what builds on it has its effect."""
    inside = seen | {part.id}
    after = (
        longest_wait(each, parts, inside)
        for each in parts
        if each.id not in inside and any(part.brings(needed) for needed in each.needs)
    )
    return part.half_years + max(after, default=0)


def first_parts(part: Part, parts: Iterable[Part], started: Mapping[str, int]) -> tuple[str, ...]:
    """What brings each of its prerequisites, once; of several able, the one begun first."""
    found: dict[str, None] = {}
    for needed in part.needs:
        able = able_by(part, needed, parts, started, started[part.id])
        found[min(able, key=lambda each: started[each.id]).id] = None
    return tuple(found)


# The same with time in the program.


@dataclass
class TimedProgram:
    """The program of `made`, and for each part columns that are 1 when it has begun by then."""

    made: CostProgram
    begun: dict[str, list[int]] = field(default_factory=dict)  # offer or first item -> six columns
    rows: list[Row] = field(default_factory=list)
    upper: list[int] = field(default_factory=list)

    def column(self, upper: int = 1) -> int:
        self.upper.append(upper)
        return len(self.made.upper) + len(self.upper) - 1

    def most(self, terms: Mapping[int, int], most: int = 0) -> None:
        self.rows.append(Row(terms, most=most))

    @property
    def program(self) -> Program:
        known = self.made.program
        return Program(
            (*known.lower, *(0,) * len(self.upper)),
            (*known.upper, *self.upper),
            (*known.rows, *self.rows),
        )


def with_time(made: CostProgram) -> TimedProgram:
    timed = TimedProgram(made)
    for offer in made.question.offers:
        if not offer.is_under_way:
            by = add_begun(timed, offer.id, made.taken[offer.id], 1)
            timed.most({made.taken[offer.id]: 1, by[HALF_YEARS - offer.half_years]: -1})
    for like in made.likes:
        if like.first.stops:
            first = made.brought[like.first.item_id, like.first.stops[0]]
            by = add_begun(timed, like.first.item_id, first, like.count)
            for stop in like.first.stops:
                brought = made.brought[like.first.item_id, stop]
                timed.most({brought: 1, by[HALF_YEARS - (stop - like.first.start)]: -1})
    for offer in made.question.offers:
        if not offer.is_under_way:
            add_waits(timed, offer.id, offer.needs)
    for like in made.likes:
        if like.first.stops:
            add_waits(timed, like.first.item_id, like.first.needs)
    offers = {offer.id for offer in made.question.offers}
    for half_year in range(HALF_YEARS):
        starts(timed, half_year, [i for i in timed.begun if i in offers], STARTS_PER_HALF_YEAR)
        own = [i for i in timed.begun if i not in offers]
        starts(timed, half_year, own, OWN_STARTS_PER_HALF_YEAR)
    return timed


def add_begun(timed: TimedProgram, part_id: str, chosen: int, count: int) -> list[int]:
    by = timed.begun[part_id] = [timed.column(count) for _ in range(HALF_YEARS)]
    for before, after in pairwise(by):
        timed.most({before: 1, after: -1})
    timed.most({by[-1]: 1, chosen: -1})
    return by


def starts(timed: TimedProgram, half_year: int, part_ids: Iterable[str], most: int) -> None:
    terms: dict[int, int] = {}
    for part_id in part_ids:
        by = timed.begun[part_id]
        terms[by[half_year]] = 1
        if half_year:
            terms[by[half_year - 1]] = -1
    timed.most(terms, most)


def add_waits(timed: TimedProgram, part_id: str, needs: Iterable[Prerequisite]) -> None:
    for needed in needs:
        for half_year, begun in enumerate(timed.begun[part_id], 1):
            there = dict.fromkeys(there_by(timed, part_id, needed, half_year), -1)
            timed.most({begun: 1} | there)


def there_by(
    timed: TimedProgram, part_id: str, needed: Prerequisite, half_year: int
) -> Iterator[int]:
    """Columns of which one is 1 only if the level is there at the start of that half-year."""
    made = timed.made
    for offer in made.question.offers:
        if offer.id == part_id or offer.delivers.get(needed.item_id, 0) < needed.level:
            continue
        if offer.is_under_way and half_year >= offer.half_years:
            yield made.taken[offer.id]
        elif not offer.is_under_way and half_year > offer.half_years:
            yield timed.begun[offer.id][half_year - offer.half_years - 1]
    own = next((each for each in made.likes if each.first.item_id == needed.item_id), None)
    stops = [stop for stop in own.first.stops if stop >= needed.level] if own else []
    if own and stops and half_year > needed.level - own.first.start:
        both = timed.column()
        begun = timed.begun[needed.item_id][half_year - (needed.level - own.first.start) - 1]
        timed.most({both: 1, begun: -1})
        timed.most({both: 1, made.brought[needed.item_id, stops[0]]: -1})
        yield both


def half_years_in(timed: TimedProgram, solution: Solution, parts: Iterable[Part]) -> dict[str, int]:
    """As the program placed them; of like items those with most to do start first."""
    found: dict[str, int] = {}
    first_of = {
        each.item_id: like.first.item_id for like in timed.made.likes for each in like.items
    }
    for part in sorted(parts, key=lambda each: -each.half_years):
        if part.is_under_way:
            found[part.id] = UNDER_WAY
            continue
        own = first_of.get(part.id, part.id)
        rank = 1 + sum(first_of.get(other, other) == own for other in found)
        by = timed.begun[own]
        found[part.id] = 1 + next(h for h in range(HALF_YEARS) if solution[by[h]] >= rank)
    return found
