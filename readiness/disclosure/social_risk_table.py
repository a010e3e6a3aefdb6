"""One closed quarter of a group as readers outside may come to know it.

Every line of INSIDE is an inclusion: the people of a later step are people of each earlier one. So
the difference of two of its numbers counts people too, and is protected like a printed number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from readiness.counts.social_risk.models import (
    FIVE,
    HOUSING_PARTS,
    FunnelCell,
    FunnelCounts,
    Need,
    Step,
)
from readiness.counts.strata import ALL, Stratum, StratumType, strata_of
from readiness.disclosure.table import AtMost, CellId, Sum, Table

Term = tuple[Need | None, Step]  # a step of the group's row (None) or of one need's

GROUP_STEPS = (
    Step.ELIGIBLE,
    Step.SCREENING_OFFERED,
    Step.DECLINED,
    Step.SCREENED,
    Step.ANY_POSITIVE,
)
NEED_STEPS = (
    Step.SCREENED,
    Step.POSITIVE,
    Step.POSITIVE_MATURE,
    Step.INTERVENTION_30D,
    Step.WANTS_HELP,
    Step.REFERRED_30D,
    Step.OUTCOME_KNOWN,
    Step.CONNECTED_30D,
    Step.CONNECTED,
    Step.RESOLVED,
)
NEEDS: tuple[Need, ...] = tuple(
    need for need in Need if need is not Need.ANY
)  # any: the group's own ANY_POSITIVE
# One scheme of race only: people who move between two schemes are few, and could be counted.
PART_TYPES = (StratumType.LANGUAGE, StratumType.RACE, StratumType.PAYER, StratumType.AGE)
PART_GROUP_STEPS = (Step.ELIGIBLE, Step.SCREENED, Step.ANY_POSITIVE)
PART_NEED_STEPS = (Step.SCREENED, Step.POSITIVE)

WORTH_OF_GROUP = {Step.ELIGIBLE: 20, Step.SCREENED: 20, Step.ANY_POSITIVE: 5}
WORTH_OF_NEED = {Step.SCREENED: 3, Step.POSITIVE: 3}

# Eligible patients below which nearly every number of a breakdown would be hidden.
FEWEST_FOR_PARTS, FEWEST_FOR_NEEDS_OF_PARTS = 200, 10_000

TERMS: tuple[Term, ...] = (
    *((None, step) for step in GROUP_STEPS),
    *((need, step) for need in NEEDS for step in NEED_STEPS),
)
PART_TERMS: tuple[Term, ...] = (
    *((None, step) for step in PART_GROUP_STEPS),
    *((need, step) for need in FIVE for step in PART_NEED_STEPS),
    (Need.ALL5, Step.SCREENED),
)

SCREENED, DECLINED = FunnelCell(Step.SCREENED), FunnelCell(Step.DECLINED)

GROUP_INSIDE: tuple[tuple[Step, ...], ...] = (
    (Step.ELIGIBLE, Step.SCREENING_OFFERED, Step.SCREENED, Step.ANY_POSITIVE),
    (Step.SCREENING_OFFERED, Step.DECLINED),
)
NEED_INSIDE: tuple[tuple[Step, ...], ...] = (
    (Step.SCREENED, Step.POSITIVE, Step.WANTS_HELP, Step.OUTCOME_KNOWN, Step.CONNECTED),
    (Step.CONNECTED, Step.RESOLVED),
    (Step.CONNECTED, Step.CONNECTED_30D),
    (Step.WANTS_HELP, Step.REFERRED_30D),
    (Step.POSITIVE, Step.POSITIVE_MATURE, Step.INTERVENTION_30D),
    (Step.POSITIVE_MATURE, Step.CONNECTED_30D),
)


def inclusions() -> Iterator[tuple[Term, Term]]:
    """What holds what, next to each other."""
    for chain in GROUP_INSIDE:
        yield from (((None, a), (None, b)) for a, b in pairwise(chain))
    for need in NEEDS:
        yield (None, Step.SCREENED), (need, Step.SCREENED)
        for chain in NEED_INSIDE:
            yield from (((need, a), (need, b)) for a, b in pairwise(chain))
    for need in FIVE:
        yield (None, Step.ANY_POSITIVE), (need, Step.POSITIVE)
        yield (need, Step.SCREENED), (Need.ALL5, Step.SCREENED)
    yield (None, Step.ANY_POSITIVE), (Need.ALL5, Step.POSITIVE)
    for part in HOUSING_PARTS:
        yield (Need.HOUSING, Step.POSITIVE), (part, Step.POSITIVE)


@cache
def inside() -> Mapping[Term, frozenset[Term]]:
    """Everything that each term holds, however far down."""
    direct: dict[Term, set[Term]] = {}
    for outer, inner in inclusions():
        direct.setdefault(outer, set()).add(inner)

    @cache
    def below(term: Term) -> frozenset[Term]:
        found = direct.get(term, set())
        return frozenset(found).union(*(below(each) for each in found))

    return {term: below(term) for term in TERMS}


@dataclass(frozen=True)
class Residual:
    """The patients of a breakdown in none of the parts whose count is known."""

    type: StratumType
    parts: frozenset[str]  # those that are known
    step: Step
    need: Need | None


Place = FunnelCell | Residual


@dataclass(frozen=True)
class Gap:
    """People counted in `outer` and not in `inner`."""

    outer: Place
    inner: Place

    @property
    def sum(self) -> Sum:
        return Sum(self.outer, (self.inner, self))


@dataclass(frozen=True)
class NotScreened:
    """People counted in `outer` who were neither screened nor declined."""

    outer: FunnelCell

    @property
    def unscreened(self) -> Gap:
        return Gap(self.outer, SCREENED)

    @property
    def sum(self) -> Sum:
        return Sum(self.unscreened, (DECLINED, self))


def releasable_cells(counts: FunnelCounts) -> dict[FunnelCell, int]:
    """The counts that may leave the group at all, shown or hidden."""
    own = {FunnelCell(Step.ANY_POSITIVE, None, part): found for part, found in any_of_five(counts)}
    known = {**own, **counts.known}
    wanted = [FunnelCell(step, need) for need, step in TERMS]
    wanted += [
        FunnelCell(step, need, part)
        for kind in PART_TYPES
        for part in strata_of(kind)
        for need, step in part_terms(known.get(FunnelCell(Step.ELIGIBLE), 0))
    ]
    return {cell: known[cell] for cell in wanted if cell in known}


def part_terms(eligible: int) -> tuple[Term, ...]:
    """Coarser for small groups, by a number that readers know: nothing hidden decides it."""
    if eligible < FEWEST_FOR_PARTS:
        return ()
    is_large = eligible >= FEWEST_FOR_NEEDS_OF_PARTS
    return tuple(term for term in PART_TERMS if is_large or term[0] is None)


def any_of_five(counts: FunnelCounts) -> Iterator[tuple[Stratum, int]]:
    """Files may give "one or more of the five" as a need alone; it is the same count."""
    is_told = any(cell.step is Step.ANY_POSITIVE for cell in counts.known)
    for part in () if is_told else counts.strata:
        found = counts.at(Step.POSITIVE, Need.ANY, part)
        if found is not None:
            yield part, found


def table_of(
    known: Mapping[FunnelCell, int], threshold: int, also: Collection[CellId] = frozenset()
) -> Table:
    """The counts that leave, with every way in which they hang together.

    A gap over several steps is the sum of the gaps between, so it needs a cell of its own only
    where it is itself a small count, or asked for by `also`.
    """
    rests, added = parts_of(known)
    places: dict[Place, int] = dict((*known.items(), *rests.items()))
    gaps = {
        gap: people
        for gap, people, is_next in gaps_in(places)
        if is_next or 0 < people < threshold or gap in also
    }
    neither = dict(not_screened(known))
    for each in neither:
        gaps[each.unscreened] = known[each.outer] - known[SCREENED]
    return Table(
        counts=dict((*places.items(), *gaps.items(), *neither.items())),
        sums=(*added, *(gap.sum for gap in gaps), *(each.sum for each in neither)),
        limits=tuple(limits_of(known, gaps)),
        shown=frozenset(known),
        worth={cell: worth_of(cell) for cell in known},
    )


def worth_of(cell: FunnelCell) -> int:
    """The group's reach is read first, then what was found; parts and later steps last."""
    if cell.stratum != ALL:
        return 1
    return (
        WORTH_OF_GROUP.get(cell.step, 2) if cell.need is None else WORTH_OF_NEED.get(cell.step, 2)
    )


# Parts of all patients that exclude each other.


def parts_of(known: Mapping[FunnelCell, int]) -> tuple[dict[Residual, int], list[Sum]]:
    """The known parts add up to the whole, with the rest of the patients where some are left."""
    rests: dict[Residual, int] = {}
    sums = []
    for whole, people in known.items():
        if whole.stratum != ALL:
            continue
        for kind in PART_TYPES:
            parts = [
                c for s in strata_of(kind) if (c := FunnelCell(whole.step, whole.need, s)) in known
            ]
            left = people - sum(known[part] for part in parts)
            if not parts or left < 0:
                continue
            names = frozenset(part.stratum.name for part in parts)
            rest = Residual(kind, names, whole.step, whole.need)
            if left:
                rests[rest] = left
            sums.append(Sum(whole, (*parts, *((rest,) if left else ()))))
    return rests, sums


# People of an outer step who are not in an inner one.


def gaps_in(places: Mapping[Place, int]) -> Iterator[tuple[Gap, int, bool]]:
    """Each with its people, and whether no known step stands between the two."""
    for same in populations(places).values():
        for outer, inner in pairs(same):
            between = inside()[outer] & same.keys()
            is_next = not any(inner in inside()[each] for each in between)
            people = places[same[outer]] - places[same[inner]]
            if people >= 0:
                yield Gap(same[outer], same[inner]), people, is_next


def populations(places: Iterable[Place]) -> dict[object, dict[Term, Place]]:
    """Places that are about the same patients: all, one part, or the rest of one breakdown."""
    found: dict[object, dict[Term, Place]] = {}
    for place in places:
        who = place.stratum if isinstance(place, FunnelCell) else (place.type, place.parts)
        found.setdefault(who, {})[place.need, place.step] = place
    return found


def pairs(same: Mapping[Term, Place]) -> Iterator[tuple[Term, Term]]:
    for outer in same:
        yield from ((outer, inner) for inner in same if inner in inside()[outer])


def not_screened(known: Mapping[FunnelCell, int]) -> Iterator[tuple[NotScreened, int]]:
    screened, declined = known.get(SCREENED), known.get(DECLINED)
    if screened is None or declined is None:
        return
    for outer in (FunnelCell(Step.SCREENING_OFFERED), FunnelCell(Step.ELIGIBLE)):
        if outer in known and known[outer] >= screened + declined:
            yield NotScreened(outer), known[outer] - screened - declined


# Bounds that everybody knows.


def limits_of(known: Mapping[FunnelCell, int], gaps: Mapping[Gap, int]) -> Iterator[AtMost]:
    parts = {cell.stratum for cell in known}
    for part in sorted(parts):
        yield from limits_in(part, known, gaps)


def limits_in(
    part: Stratum, known: Mapping[FunnelCell, int], gaps: Mapping[Gap, int]
) -> Iterator[AtMost]:
    screened = FunnelCell(Step.SCREENED, None, part)
    rules: tuple[tuple[FunnelCell, tuple[CellId, ...]], ...] = (
        # Nobody has one or more needs without having one.
        (FunnelCell(Step.ANY_POSITIVE, None, part), positives(FIVE, part)),
        (FunnelCell(Step.POSITIVE, Need.HOUSING, part), positives(HOUSING_PARTS, part)),
        # Whoever was screened was asked all five or missed one of them.
        (
            screened,
            (
                FunnelCell(Step.SCREENED, Need.ALL5, part),
                *(Gap(screened, FunnelCell(Step.SCREENED, need, part)) for need in FIVE),
            ),
        ),
    )
    there: dict[CellId, int] = dict((*known.items(), *gaps.items()))
    for whole, others in rules:
        values = [there[each] for each in others if each in there]
        if whole in there and len(values) == len(others) and there[whole] <= sum(values):
            yield AtMost(whole, others)


def positives(needs: Iterable[Need], part: Stratum) -> tuple[FunnelCell, ...]:
    return tuple(FunnelCell(Step.POSITIVE, need, part) for need in needs)
