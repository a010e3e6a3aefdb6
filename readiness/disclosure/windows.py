"""Which counts are looked at together when there are too many to look at all of them at once.

First one domain for some groups, then all domains for them. `ALL` belongs to every window: its
numbers tie the groups together, and what is hidden there serves all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from readiness.disclosure.counts import EVERY_GROUP
from readiness.disclosure.counts_table import Count, Left
from readiness.disclosure.table import CellId

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
    hands = hands_of(by_group, room_for(len(cells), len(domains)) - len(whole))
    for domain in domains:
        for hand in hands:
            yield [each for each in (*whole, *hand) if each.key.domain == domain]
    if len(domains) > 1:
        yield from ([*whole, *hand] for hand in hands)


def room_for(cells: int, domains: int) -> int:
    if domains == 1:
        return MOST_CELLS
    return MOST_ACROSS if cells <= MANY else FEWER_ACROSS


def hands_of(by_group: dict[str, list[Count | Left]], room: int) -> list[list[Count | Left]]:
    """Groups dealt out like cards, largest first, so that each hand has large and small ones."""
    dealt = sorted(by_group, key=lambda group: (-len(by_group[group]), group))
    cells = sum(map(len, by_group.values()))
    number = min(len(dealt), -(-cells // max(room, MOST_CELLS // 2)))
    return [
        [cell for group in dealt[start::number] for cell in by_group[group]]
        for start in range(number)
    ]
