"""Small strata of one group are joined into one, where that lets more numbers be shown.

A group's strata of a type are joined in the same way over all domains and periods of a release, so
that nothing can be learned by comparing them. Only strata of which nothing but zeros could be
shown are joined, and only if the joined stratum shows more than they did.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from readiness.domain.release.counts import TOTAL, Counts, RowKey, added

COMBINED = "other_combined"


@dataclass(frozen=True)
class Merge:
    group_id: str
    stratum_type: str
    parts: tuple[str, ...]
    name: str


def merged_rows(keys: Iterable[RowKey], merges: Iterable[Merge]) -> dict[RowKey, list[RowKey]]:
    """The joined rows and the rows that each stands for."""
    by_place = {(each.group_id, each.stratum_type): each for each in merges}
    found: dict[RowKey, list[RowKey]] = defaultdict(list)
    for key in keys:
        merge = by_place.get((key.group_id, key.stratum_type))
        if merge and key.stratum in merge.parts:
            found[key._replace(stratum=merge.name)].append(key)
    return found


def merges_of(counts: Counts, threshold: int) -> list[Merge]:
    """For each group and type of strata: those of which too little could be shown, if it helps."""
    by_place: dict[tuple[str, str], dict[str, list[RowKey]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for key in counts:
        if key.stratum_type != TOTAL:
            by_place[key.group_id, key.stratum_type][key.stratum].append(key)
    return [
        merge
        for (group_id, stratum_type), strata in by_place.items()
        if (merge := merge_of(counts, group_id, stratum_type, strata, threshold))
    ]


def merge_of(
    counts: Counts,
    group_id: str,
    stratum_type: str,
    strata: Mapping[str, Sequence[RowKey]],
    threshold: int,
) -> Merge | None:
    small = [name for name, keys in strata.items() if is_small(counts, keys, threshold)]
    if len(small) < 2:
        return None
    small.sort(key=lambda name: (sum(counts[key].screened for key in strata[name]), name))
    merge = Merge(group_id, stratum_type, tuple(sorted(small)), free_name(strata))
    rows = merged_rows([key for name in small for key in strata[name]], [merge])
    return merge if any(shows(counts, parts, threshold) for parts in rows.values()) else None


def is_small(counts: Counts, keys: Iterable[RowKey], threshold: int) -> bool:
    """Something of it would be hidden and nothing shown but zeros."""
    numbers = [counts[key].screened for key in keys]
    return 0 < max(numbers) < threshold + 1


def shows(counts: Counts, parts: Sequence[RowKey], threshold: int) -> bool:
    """So many that no part is known to be small: each of the others may be a single person."""
    return added(counts[part] for part in parts).screened >= threshold + len(parts) - 1


def free_name(taken: Iterable[str]) -> str:
    taken = set(taken)
    names = (COMBINED if n == 1 else f"{COMBINED}_{n}" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)
