"""A table of counts as a payer would see it: small counts hidden, and nobody can work them out."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from readiness.core.errors import BadInput, NotSaved
from readiness.core.tables.models import SourceFile
from readiness.disclosure import ledger as rules
from readiness.disclosure.flat_counts import (
    CountKind,
    Counts,
    RowKey,
    RowTally,
    add_missing_totals,
    read_rows,
)
from readiness.disclosure.flat_table import Count, table_of, windows
from readiness.disclosure.ledger import LedgerComparison, LedgerRelease
from readiness.disclosure.solver.find_pattern import finder_for
from readiness.disclosure.suppressed_table import (
    Merge,
    SuppressedTable,
    merged_rows,
    merges_of,
    suppressed_table,
)
from readiness.disclosure.suppression import Unprotectable, protect

FEW_ROWS = 400  # in so few, strata that show nothing once hidden are joined too
MOST_TRIES = 2


def suppress(
    source: SourceFile, threshold: int, *, joins_all_positive: bool = True
) -> SuppressedTable:
    """Small strata are joined, and again what then shows nothing, while that hides less."""
    counts = add_missing_totals(read_rows(source))
    merges = merges_of(counts, threshold, joins_all_positive=joins_all_positive)
    best = apply_suppression(counts, merges, threshold)
    for _ in range(MOST_TRIES if len(counts) <= FEW_ROWS else 0):
        further = further_merges(counts, best, threshold, joins_all_positive=joins_all_positive)
        if further == merges:
            break
        coarser = apply_suppression(counts, further, threshold)
        if coarser.hidden_share >= best.hidden_share:
            break
        best, merges = coarser, further
    return best


def further_merges(
    counts: Counts, found: SuppressedTable, threshold: int, *, joins_all_positive: bool
) -> list[Merge]:
    """Strata that a release shows nothing of may be joined, with those that it joined already."""
    shown = {row.key for row in found.rows if any(row.numbers)}

    def is_bare(keys: Sequence[RowKey]) -> bool:
        return shown.isdisjoint(keys) and any(counts[key].screened for key in keys)

    return merges_of(counts, threshold, is_bare, joins_all_positive=joins_all_positive)


def apply_suppression(counts: Counts, merges: list[Merge], threshold: int) -> SuppressedTable:
    table = table_of(counts, merged_rows(counts, merges))
    found = protect(table, threshold, finder_for(len(table.counts)), windows)
    return suppressed_table(counts, merges, found.hidden)


# Successive releases.


class LedgerOutcome(NamedTuple):
    """What is printed beside all former releases, and what that took, in sentences."""

    printed: SuppressedTable
    notices: tuple[str, ...]


def suppress_beside_ledger(source: SourceFile, threshold: int, path: Path) -> LedgerOutcome:
    """As `suppress`, held against every release in the ledger, and then appended to it.

    Strata are not merged here: a stratum that was merged once and is printed later would tell what
    is left of the merged one.
    """
    counts = add_missing_totals(read_rows(source))
    with exclusive_lock(path):
        entries = read_ledger(path)
        strictest = rules.strictest(threshold, entries)
        comparison = rules.compare(counts, entries, strictest)
        hidden, notices = hidden_beside(comparison, entries, strictest)
        if comparison.new:
            own = frozenset(cell for cell in hidden if cell.key in comparison.new)
            append(path, LedgerRelease(strictest, comparison.new, own))
    printed = suppressed_table(comparison.counts, [], hidden)
    return LedgerOutcome(
        printed, (*notices_of(comparison), *notices, *all_positive_notices(printed))
    )


def hidden_beside(
    comparison: LedgerComparison, entries: tuple[LedgerRelease, ...], threshold: int
) -> tuple[frozenset[Count], tuple[str, ...]]:
    """The numbers of the file that are hidden, in this release or in the one that stays."""
    former = rules.hidden_before(entries)
    stay = frozenset(cell for cell, is_hidden in former.items() if is_hidden)
    withheld = rules.nonzero_cells(comparison.counts, comparison.withheld)
    same = {
        cell for cell in stay if cell.key in comparison.counts and cell.key not in comparison.new
    }
    if not comparison.new:
        return frozenset(same) | withheld, ()
    try:
        table = rules.joint_table(comparison, entries)
        found = protect(table, threshold, finder_for(len(table.counts)), windows)
    except Unprotectable:
        nothing = rules.nonzero_cells(comparison.counts, frozenset(comparison.new))
        return frozenset(same) | withheld | nothing, (NOTHING_NEW,)
    new = {
        cell
        for cell in found.hidden
        if isinstance(cell, Count)
        and cell.key in comparison.counts
        and cell.key not in comparison.withheld
    }
    return frozenset(new | same) | withheld, ()


NOTHING_NEW = (
    "Beside what was released before, no new number can be shown without telling a small one: "
    "all new numbers are hidden."
)


def notices_of(comparison: LedgerComparison) -> tuple[str, ...]:
    return (
        *(STAYS.format(period=period) for period in sorted(comparison.kept)),
        *(LEAVES_OUT.format(period=period) for period in sorted(comparison.adjusted)),
    )


def all_positive_notices(printed: SuppressedTable) -> Iterator[str]:
    if printed.all_positive:
        yield ALL_POSITIVE.format(rows=printed.all_positive)


ALL_POSITIVE = (
    "Rows in which all of a few people were positive: {rows}. Zeros are always printed, so these "
    "rows tell of each of them. Join such strata or leave the rows out before you pass this on."
)
STAYS = (
    "{period}: some numbers have changed by a few people, so the former release stays and new rows "
    "are hidden."
)
LEAVES_OUT = (
    "{period}: adds up the releases that stay, without the few people who came late to them. They "
    "are counted once enough others have come."
)


# The ledger as a file: one JSON line for each release.
#
# It holds true counts, so it stays with whoever holds the counts themselves: readable by its owner
# alone, written whole or not at all, and by one run at a time.


FORMAT = 1
UNREADABLE = (
    "The ledger cannot be read: it was changed or cut off. Bring back a copy of it; without it, "
    "releases cannot be held against former ones."
)


@contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """One run at a time: two that read the same ledger would each know nothing of the other."""
    try:
        descriptor = os.open(lock_of(path), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise NotSaved(
            f"The ledger cannot be locked ({error.strerror}): check its folder."
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def lock_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock")


def read_ledger(path: Path) -> tuple[LedgerRelease, ...]:
    """Every release so far, oldest first; none where there is no file yet."""
    if not path.exists():
        return ()
    try:
        return tuple(map(entry_of, path.read_text(encoding="utf-8").splitlines()))
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        raise BadInput(UNREADABLE) from None


def append(path: Path, entry: LedgerRelease) -> None:
    lines = path.read_text(encoding="utf-8") if path.exists() else ""
    beside = path.with_name(f".{path.name}.new")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{lines}{line_of(entry)}\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise NotSaved(
            f"The ledger was not written ({error.strerror}): nothing is released."
        ) from None


def line_of(entry: LedgerRelease) -> str:
    rows = [
        [*key, tally.screened, tally.positive, hidden_in(entry, key)]
        for key, tally in entry.counts.items()
    ]
    return json.dumps({"format": FORMAT, "threshold": entry.threshold, "rows": rows})


def hidden_in(entry: LedgerRelease, key: RowKey) -> list[str]:
    return [measure.value for measure in CountKind if Count(key, measure) in entry.hidden]


def entry_of(line: str) -> LedgerRelease:
    found = json.loads(line)
    if found["format"] != FORMAT:
        raise ValueError("another format")
    counts: dict[RowKey, RowTally] = {}
    hidden = set()
    for *names, screened, positive, gone in found["rows"]:
        key = RowKey(*map(str, names))
        counts[key] = RowTally(int(screened), int(positive))
        hidden |= {Count(key, CountKind(each)) for each in gone}
    return LedgerRelease(int(found["threshold"]), counts, frozenset(hidden))
