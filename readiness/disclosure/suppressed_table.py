"""What a payer would see: rows of numbers, some of them hidden, and the strata that were joined.

Small strata of one group are joined into one, where that lets more numbers be shown. A group's
strata of a type are joined in the same way over all domains and periods of a release, so that
nothing can be learned by comparing them. Strata are joined of which nothing but zeros is shown, so
nothing that could be shown is coarsened away; and, unless the caller wants it otherwise, strata of
a few people who were all positive, with as many others as it takes until somebody is not: a zero is
always printed, and beside it their number would tell of each of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from readiness.core.small_cells import tells_of_everybody
from readiness.disclosure.flat_counts import (
    TOTAL,
    CountKind,
    Counts,
    RowKey,
    sort_rows,
    sum_tallies,
)
from readiness.disclosure.flat_table import Count
from readiness.disclosure.table import CellId

COMBINED = "other_combined"
Place = tuple[str, str]  # a group and a type of strata
IsBare = Callable[[Sequence[RowKey]], bool]
FEWEST_FOR_A_RATE = 30  # people; a rate of fewer says more about chance than about care


@dataclass(frozen=True)
class SuppressedRow:
    """None: hidden to protect small counts."""

    key: RowKey
    screened: int | None
    positive: int | None
    negative: int | None

    @property
    def numbers(self) -> tuple[int | None, int | None, int | None]:
        return self.screened, self.positive, self.negative

    @property
    def rate(self) -> float | None:
        """Of two printed numbers only, so that it says nothing that they do not."""
        if self.screened is None or self.positive is None or self.screened < FEWEST_FOR_A_RATE:
            return None
        return self.positive / self.screened


@dataclass(frozen=True)
class Merge:
    group_id: str
    stratum_type: str
    parts: tuple[str, ...]
    name: str


@dataclass(frozen=True)
class SuppressedTable:
    rows: tuple[SuppressedRow, ...]
    merges: tuple[Merge, ...] = ()
    all_positive: int = 0  # rows that tell of each of a few people that they are positive

    @property
    def hidden_share(self) -> float:
        numbers = [number for row in self.rows for number in row.numbers]
        return numbers.count(None) / len(numbers) if numbers else 0.0


def suppressed_table(
    counts: Counts, merges: Iterable[Merge], hidden: Collection[CellId]
) -> SuppressedTable:
    merges = tuple(sorted(merges, key=lambda each: (each.group_id, each.stratum_type)))
    merged = merged_rows(counts, merges)
    gone = {part for parts in merged.values() for part in parts}
    shown = {key: tally for key, tally in counts.items() if key not in gone}
    shown.update(
        {key: sum_tallies(counts[part] for part in parts) for key, parts in merged.items()}
    )

    def number(key: RowKey, measure: CountKind) -> int | None:
        return None if Count(key, measure) in hidden else shown[key].of(measure)

    def rows() -> Iterator[SuppressedRow]:
        for key in sort_rows(shown):
            yield SuppressedRow(key, *(number(key, measure) for measure in CountKind))

    telling = sum(tells_of_everybody(*tally) for tally in shown.values())
    return SuppressedTable(tuple(rows()), merges, telling)


# Which strata are joined.


def merged_rows(keys: Iterable[RowKey], merges: Iterable[Merge]) -> dict[RowKey, list[RowKey]]:
    """The joined rows and the rows that each stands for."""
    by_place = {(each.group_id, each.stratum_type): each for each in merges}
    found: dict[RowKey, list[RowKey]] = defaultdict(list)
    for key in keys:
        merge = by_place.get((key.group_id, key.stratum_type))
        if merge and key.stratum in merge.parts:
            found[key._replace(stratum=merge.name)].append(key)
    return found


def merges_of(
    counts: Counts,
    threshold: int,
    is_bare: IsBare | None = None,
    *,
    joins_all_positive: bool = True,
) -> list[Merge]:
    """For each group and type of strata those of which nothing would be shown, if it helps; and
    those that tell of everybody in them."""
    is_bare = is_bare or (lambda keys: is_small(counts, keys, threshold))
    found = []
    for place, strata in strata_by_place(counts).items():
        names = bare_strata(counts, strata, threshold, is_bare)
        if joins_all_positive:
            names = untelling_strata(counts, strata, names)
        found.append(Merge(*place, tuple(sorted(names)), free_name(strata)))
    return [merge for merge in found if merge.parts]


def strata_by_place(keys: Iterable[RowKey]) -> dict[Place, dict[str, list[RowKey]]]:
    found: dict[Place, dict[str, list[RowKey]]] = defaultdict(lambda: defaultdict(list))
    for key in keys:
        if key.stratum_type != TOTAL:
            found[key.group_id, key.stratum_type][key.stratum].append(key)
    return found


def bare_strata(
    counts: Counts, strata: Mapping[str, Sequence[RowKey]], threshold: int, is_bare: IsBare
) -> frozenset[str]:
    bare = frozenset(name for name, keys in strata.items() if is_bare(keys))
    rows = joined_rows(strata, bare)
    helps = len(bare) > 1 and any(is_safe(counts, parts, threshold) for parts in rows)
    return bare if helps else frozenset()


def untelling_strata(
    counts: Counts, strata: Mapping[str, Sequence[RowKey]], names: frozenset[str]
) -> frozenset[str]:
    """Those to join, and the smallest others, until no row tells of everybody in it. As they were
    where even all of them together do."""
    telling = {name for name in strata if tells(counts, joined_rows(strata, [name]))}
    if telling <= names and not tells(counts, joined_rows(strata, names)):
        return names
    needed = telling | names
    others = sorted(strata.keys() - needed, key=size_in(counts, strata))
    wanted = [*sorted(needed), *others]
    for many in range(max(2, len(needed)), len(wanted) + 1):
        if not tells(counts, joined_rows(strata, wanted[:many])):
            return frozenset(wanted[:many])
    return names


def size_in(
    counts: Counts, strata: Mapping[str, Sequence[RowKey]]
) -> Callable[[str], tuple[int, str]]:
    return lambda name: (sum(counts[key].screened for key in strata[name]), name)


def joined_rows(
    strata: Mapping[str, Sequence[RowKey]], names: Iterable[str]
) -> Collection[list[RowKey]]:
    """The rows of the strata, those of one period and domain together."""
    found: dict[RowKey, list[RowKey]] = defaultdict(list)
    for name in names:
        for key in strata[name]:
            found[key.total].append(key)
    return found.values()


def tells(counts: Counts, rows: Iterable[Sequence[RowKey]]) -> bool:
    return any(tells_of_everybody(*sum_tallies(counts[each] for each in row)) for row in rows)


def is_small(counts: Counts, keys: Iterable[RowKey], threshold: int) -> bool:
    """Somebody is in it, and all that are would be hidden."""
    return 0 < max(counts[key].screened for key in keys) <= threshold


def is_safe(counts: Counts, parts: Sequence[RowKey], threshold: int) -> bool:
    """So many that no part is known to be small, should each of the others be a single person."""
    return sum_tallies(counts[part] for part in parts).screened >= threshold + len(parts) - 1


def free_name(taken: Iterable[str]) -> str:
    """
    >>> free_name(["asian", "black"]), free_name(["black", "other_combined"])
    ('other_combined', 'other_combined_2')
    """
    taken = set(taken)
    names = (COMBINED if n == 1 else f"{COMBINED}_{n}" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)
