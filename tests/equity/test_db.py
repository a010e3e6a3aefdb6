"""One split of one measure, as every group that has sent something in released it."""

from __future__ import annotations

import pytest

from readiness.core.db import Store
from readiness.core.migrations import migrate
from readiness.core.periods import Period
from readiness.equity import db as released_peers
from tests.factories import plans, world
from tests.factories.quality_counts import counts, declare, enter, release
from tests.factories.world import NOW

Q4 = Period(2026, 4)


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "readiness.db")
    migrate(opened)
    world.fill(opened)
    plans.submitted(opened, "elm", {}, NOW)
    enter(opened, Q4, counts({"white": (70, 100), "black": (60, 100), "asian": (3, 9)}), NOW)
    declare(opened, Q4, "race_omb2024.white", NOW)
    release(opened, Q4, NOW)
    yield opened
    opened.close()


def tables(store, measure="COL", ending=Q4, kind="race_omb2024"):
    return released_peers.tables(store, measure, ending, kind)


def test_only_what_was_released_is_there_and_hidden_stays_hidden(store):
    (table,) = tables(store)
    assert table.place.group_id == "elm"
    assert table.counts["asian"].pair is None


@pytest.mark.parametrize(
    "other", [{"measure": "BCS"}, {"ending": Q4.plus(-4)}, {"kind": "language"}]
)
def test_no_other_split_comes_along(store, other):
    assert tables(store, **other) == ()


def test_a_group_that_has_sent_nothing_in_is_left_out(store):
    enter(store, Q4, counts({"white": (70, 100), "black": (60, 100)}), NOW, "oak")
    declare(store, Q4, "race_omb2024.white", NOW, "oak")
    release(store, Q4, NOW, "oak")
    assert [table.place.group_id for table in tables(store)] == ["elm"]
