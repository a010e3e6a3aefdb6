"""Hiding small counts, as `flask screens suppress` does: rows, processor seconds, hidden numbers.

Seconds of processor, since those of the clock tell more of a machine's other work.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from readiness.disclosure.service import suppress
from tests.factories.screen_tables import source_of

THRESHOLD = 11
QUARTERS = tuple((seed, patients) for seed in (1, 2) for patients in (150, 400, 1_000))
GROUPS = (4, 8)


def run() -> Iterator[str]:
    for seed, patients in QUARTERS:
        yield f"a quarter, about {patients:,} patients: {figures(seed, patients, 1)}"
    for groups in GROUPS:
        yield f"a quarter of {groups} groups: {figures(1, 400, groups)}"


def figures(seed: int, patients: int, groups: int) -> str:
    source = source_of(seed, patients, groups)
    began = time.process_time()
    found = suppress(source, THRESHOLD)
    seconds = time.process_time() - began
    numbers = [number for row in found.rows for number in row.numbers]
    hidden = f"{numbers.count(None):,} of {len(numbers):,} numbers hidden"
    return f"{len(found.rows):,} rows, {seconds:.1f} s of processor, {hidden} (1 run)"
