"""The short form of the proofs that need no server: hostile files and fuzzed inputs."""

from __future__ import annotations

from contextlib import closing
from random import Random

import pytest

from readiness.core.db import Store
from readiness.core.web import guard
from tests.core.web.test_routes import VISITORS
from tests.factories import hostile_files
from tests.prove import prove_files, prove_fuzz
from tests.prove.inside import inside

SEED = 10
pytestmark = pytest.mark.slow  # every file and every address


@pytest.fixture
def made(tmp_path):
    with inside(tmp_path) as opened:
        yield opened


def test_no_hostile_file_is_taken(made):
    found = list(prove_files.figures(made, is_short=True))
    assert [figure for figure in found if figure.off] == []
    assert found[0].count == len(prove_files.ADDRESSES) * (
        len(hostile_files.books(is_short=True)) + len(hostile_files.tables())
    )


def test_no_fuzzed_input_is_a_fault_or_slips_through(made):
    found = list(prove_fuzz.figures(made, 1, Random(SEED)))
    assert [figure for figure in found if figure.off] == []
    addresses, sent, refused, _ = found
    assert sent.count == len(VISITORS) * addresses.count
    assert 0 < refused.count < sent.count


def test_a_fault_and_a_change_by_what_was_refused_would_be_noticed(made):
    def refuse() -> tuple[str, int]:
        with closing(Store(made.path)) as store, store.writing():
            store.execute("update groups set name = 'changed'")
        return "<script>alert(1)</script>", 422

    found = prove_fuzz.Found()
    for view in (refuse, lambda: 1 / 0):
        made.app.view_functions["account.signing_in"] = guard.open_to_anyone(view)
        prove_fuzz.try_one(made, "POST /sign-in", 1, {}, Random(SEED), found)
    assert len(found.stored) == len(found.running) == len(found.ours) == len(VISITORS)
