"""Every address is tried by every visitor, as the table beside its test says."""

from __future__ import annotations

from collections.abc import Iterator

from tests.core.web.test_routes import ROUTES, VISITORS
from tests.prove.figures import Figure, counted
from tests.prove.named_tests import outcome_of

TABLE = "tests/core/web/test_routes.py"
OTHERS = 1  # tests of the file that try no address


def run(rounds: int, seed: int) -> Iterator[Figure]:
    found = outcome_of([TABLE])
    tried = (found.cases - OTHERS) * len(VISITORS)
    yield counted(f"requests: {len(ROUTES)} addresses by {len(VISITORS)} visitors", tried,
                  found.off)  # fmt: skip
    changing = sum(not route.startswith("GET") for route in ROUTES)
    yield Figure("of the addresses change something", changing)
