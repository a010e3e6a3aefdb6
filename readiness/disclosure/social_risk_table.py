"""One closed quarter of a group as readers outside may come to know it.

Every line of INSIDE is an inclusion: the people of a later step are people of each earlier one. So
the difference of two of its numbers counts people too, and is protected like a printed number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise

from readiness.core.small_cells import tells_of_everybody
from readiness.counts.social_risk.models import (
    FIVE,
    HOUSING_PARTS,
    FunnelCell,
    FunnelCounts,
    Need,
    Step,
)
from readiness.counts.strata import ALL, Stratum, StratumType, strata_of
from readiness.disclosure.bounds import BOUNDS
from readiness.disclosure.flat_counts import CountKind
from readiness.disclosure.table import CellId, CountsTable, Residual, TableBuilder

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

WEIGHT_OF_GROUP = {Step.ELIGIBLE: 20, Step.SCREENED: 20, Step.ANY_POSITIVE: 5}
WEIGHT_OF_NEED = {Step.SCREENED: 3, Step.POSITIVE: 3}

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
def included_terms() -> Mapping[Term, frozenset[Term]]:
    """Everything that each term holds, however far down."""
    direct: dict[Term, set[Term]] = {}
    for outer, inner in inclusions():
        direct.setdefault(outer, set()).add(inner)

    @cache
    def below(term: Term) -> frozenset[Term]:
        found = direct.get(term, set())
        return frozenset(found).union(*(below(each) for each in found))

    return {term: below(term) for term in TERMS}


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
    is_given = any(cell.step is Step.ANY_POSITIVE for cell in counts.known)
    for part in () if is_given else counts.strata:
        found = counts.at(Step.POSITIVE, Need.ANY, part)
        if found is not None:
            yield part, found


# How it hangs together.

Place = FunnelCell | Residual[FunnelCell]  # a count, or what a breakdown leaves of it


def table_of(
    known: Mapping[FunnelCell, int], threshold: int | None, also: frozenset[CellId] = frozenset()
) -> CountsTable:
    """The counts that leave, with every way in which they hang together.

    A gap over several steps is the sum of the gaps between, so it needs a cell of its own only
    where it is itself a small count, or asked for.
    """
    build = TableBuilder(known)
    split_into_parts(build, known)
    for outer, inner, is_next in gaps_in(build):
        people = build.counts[outer] - build.counts[inner]
        is_small = threshold is None or 0 < people < threshold
        if is_next or is_small or Residual(outer, (inner,)) in also:
            build.split(outer, (inner,), may_be_empty=True)
    split_unscreened(build)
    for part in sorted({cell.stratum for cell in known}):
        limit_part(build, part)
    weights: dict[CellId, int] = {cell: weight_of(cell) for cell in known}
    return build.table(known, weights, negatives_of_all_positive(build.counts))


def negatives_of_all_positive(counts: Mapping[CellId, int]) -> Iterator[CellId]:
    """Nobody is negative where a few were all positive: who reads that knows of each of them."""
    for part in {cell.stratum for cell in counts if isinstance(cell, FunnelCell)}:
        for need in Need:
            screened, positive, negative = (place(kind, need, part) for kind in CountKind)
            if negative in counts and tells_of_everybody(counts[screened], counts[positive]):
                yield negative


def weight_of(cell: FunnelCell) -> int:
    """The group's reach is read first, then what was found; parts and later steps last."""
    if cell.stratum != ALL:
        return 1
    return (WEIGHT_OF_GROUP if cell.need is None else WEIGHT_OF_NEED).get(cell.step, 2)


def split_into_parts(build: TableBuilder, known: Iterable[FunnelCell]) -> None:
    """Parts of all patients that exclude each other, with the rest where some are left."""
    for whole in known:
        for kind in PART_TYPES if whole.stratum == ALL else ():
            every = (FunnelCell(whole.step, whole.need, part) for part in strata_of(kind))
            build.split(whole, [part for part in every if part in build.counts])


# People of an outer step who are not in an inner one.


def gaps_in(build: TableBuilder) -> Iterator[tuple[Place, Place, bool]]:
    """Each with whether no known step stands between the two."""
    for same in populations(build.counts).values():
        for outer, inner in pairs(same):
            between = included_terms()[outer] & same.keys()
            is_next = not any(inner in included_terms()[each] for each in between)
            yield same[outer], same[inner], is_next


def populations(cells: Iterable[CellId]) -> dict[object, dict[Term, Place]]:
    """Places that are about the same patients: all, one part, or the rest of one breakdown."""
    found: dict[object, dict[Term, Place]] = {}
    for cell in cells:
        if isinstance(cell, FunnelCell):
            found.setdefault(cell.stratum, {})[cell.need, cell.step] = cell
        elif isinstance(cell, Residual):
            strata = tuple(part.stratum for part in cell.parts)
            found.setdefault(strata, {})[cell.whole.need, cell.whole.step] = cell
    return found


def pairs(same: Mapping[Term, Place]) -> Iterator[tuple[Term, Term]]:
    for outer in same:
        yield from ((outer, inner) for inner in same if inner in included_terms()[outer])


def split_unscreened(build: TableBuilder) -> None:
    """Whoever was not screened declined, or was neither screened nor declined."""
    counts = build.counts
    if SCREENED not in counts or DECLINED not in counts:
        return
    outers = [
        outer
        for outer in (FunnelCell(Step.SCREENING_OFFERED), FunnelCell(Step.ELIGIBLE))
        if outer in counts and counts[outer] >= counts[SCREENED] + counts[DECLINED]
    ]
    unscreened = [Residual(outer, (SCREENED,)) for outer in outers]
    for gap in unscreened:
        if gap not in counts:
            build.split(gap.whole, gap.parts, may_be_empty=True)
    for gap in unscreened:
        build.split(gap, (DECLINED,), may_be_empty=True)


# Bounds that everybody knows.


def limit_part(build: TableBuilder, part: Stratum) -> None:
    for smaller, larger in BOUNDS:
        build.limit(
            (place(*each, part) for each in smaller), (place(*each, part) for each in larger)
        )


def place(kind: CountKind, need: Need, part: Stratum) -> Place:
    screened, positive = (
        (FunnelCell(Step.SCREENED, None, part), FunnelCell(Step.ANY_POSITIVE, None, part))
        if need is Need.ANY
        else (FunnelCell(Step.SCREENED, need, part), FunnelCell(Step.POSITIVE, need, part))
    )
    if kind is CountKind.NEGATIVE:
        return Residual(screened, (positive,))
    return screened if kind is CountKind.SCREENED else positive
