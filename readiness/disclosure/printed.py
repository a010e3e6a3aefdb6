"""What a payer would see: rows of numbers, some of them hidden, and the strata that were joined."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from readiness.disclosure.coarsening import Merge, merged_rows
from readiness.disclosure.counts import Counts, Measure, RowKey, added, in_order
from readiness.disclosure.counts_table import Count
from readiness.disclosure.table import CellId

FEWEST_FOR_A_RATE = 30  # people; a rate of fewer says more about chance than about care


@dataclass(frozen=True)
class PrintedRow:
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
class Printed:
    rows: tuple[PrintedRow, ...]
    merges: tuple[Merge, ...] = ()

    @property
    def hidden_share(self) -> float:
        numbers = [number for row in self.rows for number in row.numbers]
        return numbers.count(None) / len(numbers) if numbers else 0.0


def printed(counts: Counts, merges: Iterable[Merge], hidden: Collection[CellId]) -> Printed:
    merges = tuple(sorted(merges, key=lambda each: (each.group_id, each.stratum_type)))
    merged = merged_rows(counts, merges)
    gone = {part for parts in merged.values() for part in parts}
    shown = {key: tally for key, tally in counts.items() if key not in gone}
    shown.update({key: added(counts[part] for part in parts) for key, parts in merged.items()})

    def number(key: RowKey, measure: Measure) -> int | None:
        return None if Count(key, measure) in hidden else shown[key].of(measure)

    def rows() -> Iterator[PrintedRow]:
        for key in in_order(shown):
            yield PrintedRow(key, *(number(key, measure) for measure in Measure))

    return Printed(tuple(rows()), merges)
