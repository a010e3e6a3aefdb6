"""A table of counts as a payer would see it: small counts hidden, and nobody can work them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from readiness.core.tables.sources import Source
from readiness.disclosure import ledger as rules
from readiness.disclosure import ledger_file
from readiness.disclosure.coarsening import Merge, merged_rows, merges_of
from readiness.disclosure.counts import Counts, RowKey, completed
from readiness.disclosure.counts_file import lines_of
from readiness.disclosure.counts_table import Count, table_of
from readiness.disclosure.ledger import Entry, Standing
from readiness.disclosure.printed import Printed, printed
from readiness.disclosure.solver.bounds import extents_of
from readiness.disclosure.suppression import Unprotectable, protect
from readiness.disclosure.windows import windows

FEW_ROWS = 400  # so few are released in several ways, to see which shows more
MOST_TRIES = 3


def suppressed(source: Source, threshold: int) -> Printed:
    counts = completed(lines_of(source))
    merges = merges_of(counts, threshold)
    if len(counts) > FEW_ROWS:
        return released(counts, merges, threshold)
    best = released(counts, [], threshold)
    for _ in range(MOST_TRIES):
        if not merges:
            break
        coarser = released(counts, merges, threshold)
        if coarser.hidden_share >= best.hidden_share:
            break
        best, merges = coarser, further(counts, coarser, threshold)
    return best


def further(counts: Counts, found: Printed, threshold: int) -> list[Merge]:
    """Strata that a release shows nothing of may be joined, with those that it joined already."""
    shown = {row.key for row in found.rows if any(row.numbers)}

    def is_bare(keys: Sequence[RowKey]) -> bool:
        return shown.isdisjoint(keys) and any(counts[key].screened for key in keys)

    return merges_of(counts, threshold, is_bare)


def released(counts: Counts, merges: list[Merge], threshold: int) -> Printed:
    table = table_of(counts, merged_rows(counts, merges))
    found = protect(table, threshold, extents_of(len(table.counts)), windows)
    return printed(counts, merges, found.hidden)


# Successive releases.


@dataclass(frozen=True)
class Succession:
    """What is printed beside all former releases, and what that took, in sentences."""

    printed: Printed
    notices: tuple[str, ...]


def suppressed_after(source: Source, threshold: int, path: Path) -> Succession:
    """As `suppressed`, held against every release in the ledger, and then appended to it.

    Strata are not merged here: a stratum that was merged once and is printed later would tell what
    is left of the merged one.
    """
    counts = completed(lines_of(source))
    with ledger_file.alone(path):
        entries = ledger_file.read(path)
        strictest = rules.strictest(threshold, entries)
        stands = rules.standing(counts, entries, strictest)
        hidden, notices = hidden_beside(stands, entries, strictest)
        if stands.new or stands.withheld:
            released_now = {
                key: tally
                for key, tally in stands.counts.items()
                if key in stands.new or key in stands.withheld
            }
            own = frozenset(cell for cell in hidden if cell.key in released_now)
            ledger_file.append(path, Entry(strictest, released_now, own))
    return Succession(printed(stands.counts, [], hidden), (*kept_words(stands), *notices))


def hidden_beside(
    stands: Standing, entries: tuple[Entry, ...], threshold: int
) -> tuple[frozenset[Count], tuple[str, ...]]:
    """The numbers of the file that are hidden, in this release or in the one that stays."""
    former = rules.former_hidden(entries)
    stay = frozenset(cell for cell, is_hidden in former.items() if is_hidden)
    withheld = rules.everything(stands.counts, stands.withheld)
    same = {cell for cell in stay if cell.key in stands.counts and cell.key not in stands.new}
    if not stands.new:
        return frozenset(same) | withheld, ()
    try:
        table = rules.joint(stands, entries)
        found = protect(table, threshold, extents_of(len(table.counts)), windows)
    except Unprotectable:
        nothing = rules.everything(stands.counts, frozenset(stands.new))
        return frozenset(same) | withheld | nothing, (NOTHING_NEW,)
    new = {
        cell
        for cell in found.hidden
        if isinstance(cell, Count) and cell.key in stands.counts and cell.key not in stands.withheld
    }
    return frozenset(new | same) | withheld, ()


NOTHING_NEW = (
    "Beside what was released before, no new number can be shown without telling a small one: "
    "all new numbers are hidden."
)


def kept_words(stands: Standing) -> tuple[str, ...]:
    return tuple(
        f"{period}: some numbers have changed by a few people, so the former release stays and new "
        "rows are hidden."
        for period in sorted(stands.kept)
    )
