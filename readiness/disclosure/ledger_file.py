"""The ledger of `flask screens suppress`: one JSON line for each release.

It holds true counts, so it stays with whoever holds the counts themselves: readable by its owner
alone, written whole or not at all, and by one run at a time.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from readiness.core.errors import BadInput, NotSaved
from readiness.disclosure.flat_counts import CountKind, RowKey, RowTally
from readiness.disclosure.flat_table import Count
from readiness.disclosure.ledger import LedgerRelease

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


def read(path: Path) -> tuple[LedgerRelease, ...]:
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
