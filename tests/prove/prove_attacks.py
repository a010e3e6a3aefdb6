"""The sixty attacks of the list, each by all tests that cover it; and what a sign-in takes."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from readiness.accounts.db import people
from readiness.accounts.passwords import Hasher
from readiness.core.db import Store
from tests.factories import world
from tests.prove.attack_list import ATTACKS
from tests.prove.figures import Figure, counted
from tests.prove.inside import Inside, inside
from tests.prove.named_tests import missing, outcome_of

TIMED = 40  # sign-ins of each kind, in turns
IN_PROVE = "tests/prove/"  # these are run as proofs of their own


def run(rounds: int, seed: int) -> Iterator[Figure]:
    nodes = sorted({node for each in ATTACKS for node in each.tests})
    uncovered = [each.what for each in ATTACKS if not each.tests or missing(each.tests)]
    yield counted("kinds of attack, each with tests", len(ATTACKS), uncovered)
    found = outcome_of(node for node in nodes if not node.startswith(IN_PROVE))
    yield counted(f"attacks tried by {len(nodes)} tests", found.cases - found.skipped, found.off)
    if found.skipped:
        yield Figure("of the tests could not be run here", found.skipped)
    with tempfile.TemporaryDirectory() as folder, inside(Path(folder)) as made:
        yield timed(made, min(rounds, TIMED))


def timed(made: Inside, times: int) -> Figure:
    """Printed, and nothing hangs on it: what counts is how many hashes are made."""
    made.app.config["HASHER"] = hasher = Hasher()
    known = list(world.CAST)
    with closing(Store(made.path)) as store, store.writing():
        for person_id in known:
            people.set_password(store, person_id, hasher.hash(world.PASSWORD))
    spent: dict[bool, list[float]] = {True: [], False: []}
    for number in range(times):
        for is_known in (True, False):
            name = known[number % len(known)] if is_known else f"stranger-{number % len(known)}"
            spent[is_known].append(seconds_of(made, name))
    here, strange = (1000 * statistics.median(spent[is_known]) for is_known in (True, False))
    return Figure(
        f"wrong passwords timed in turns: {here:.0f} ms for a known name, {strange:.0f} ms for an "
        "unknown one (medians)",
        2 * times,
    )


def seconds_of(made: Inside, name: str) -> float:
    made.seen.execute("delete from attempts")
    made.seen.commit()
    client = made.client("nobody")
    sent = {"csrf_token": world.token(client), "email": world.email(name), "password": "no"}
    began = time.perf_counter()
    status = client.post("/sign-in", data=sent).status_code
    assert status == 422, status
    return time.perf_counter() - began
