"""What groups released of their quality measures: the newest releases, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from readiness.core.periods import Period
from readiness.counts.quality.models import MeasureCell, MeasurePart
from readiness.counts.strata import Stratum, StratumType
from readiness.equity import db as released_peers
from tests.factories import plans, portfolio, world
from tests.factories.quality_counts import counts, declare, enter, release
from tests.factories.world import NOW

Q4 = Period(2026, 4)


@pytest.fixture
def store(store):
    plans.submitted(store, "elm", {}, NOW)
    enter(store, Q4, counts({"white": (70, 100), "black": (60, 100), "asian": (3, 9)}), NOW)
    declare(store, Q4, "race_omb2024.white", NOW)
    release(store, Q4, NOW)
    return store


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


# What a payer reads of the groups that share with it

BLACK = MeasureCell("COL", MeasurePart.NUMERATOR, Stratum(StratumType.RACE, "black"))


@pytest.fixture
def grown(empty_store):
    store = empty_store
    world.fill(store)
    seed = portfolio.seeded(store)
    for group_id in ("ash", "birch"):
        portfolio.grow(store, group_id, seed)
    return store


def test_the_newest_release_of_a_period_is_read_and_no_earlier_one(grown):
    portfolio.release(grown, "ash", portfolio.AFTER, {"black": (30, 40), "white": (70, 90)})
    portfolio.release(
        grown, "ash", portfolio.AFTER, {"black": (None, 44), "white": (75, 95)}, number=2
    )
    (sent,) = released_peers.releases_of_measure(grown, ["ash"], "COL")
    assert (sent.number, sent.reference, sent.values[BLACK]) == (2, portfolio.WHITE, None)


def test_only_the_groups_that_were_named_and_only_the_measure(grown):
    for group_id in ("ash", "birch"):
        portfolio.release(grown, group_id, portfolio.AFTER, {"black": (30, 40)})
    portfolio.release(grown, "ash", portfolio.BEFORE, {"black": (30, 40)}, measure="BCS")
    assert [
        each.group_id for each in released_peers.releases_of_measure(grown, ["birch"], "COL")
    ] == ["birch"]
    assert released_peers.releases_of_measure(grown, [], "COL") == ()


def test_what_is_offered_says_how_many_groups_have_it(grown):
    for group_id in ("ash", "birch"):
        portfolio.release(grown, group_id, portfolio.AFTER, {"black": (30, 40), "white": (70, 90)})
    portfolio.release(grown, "ash", portfolio.BEFORE, {"black": (30, 40)}, estimated=True)
    found = {
        (each.period, each.is_estimated): each.groups
        for each in released_peers.released_splits(grown, ["ash", "birch"])
    }
    assert found == {(portfolio.AFTER, False): 2, (portfolio.BEFORE, True): 1}


def test_groups_that_share_are_listed_by_name_with_whether_they_sent_something_in(grown):
    portfolio.change(grown, "update assessments set status = 'withdrawn' where group_id = 'birch'")
    found = [
        (each.group.id, each.has_submitted)
        for each in released_peers.sharing_groups(grown, "fair", NOW.date())
    ]
    assert found == [("ash", True), ("birch", False), ("elm", True)]
    assert released_peers.sharing_groups(grown, "far", NOW.date()) == ()


def test_a_grant_that_ended_shares_nothing(grown):
    portfolio.change(grown, "update grants set expires_on = '2027-01-31' where group_id = 'ash'")
    portfolio.change(grown, "update grants set revoked_at = '2027-01-01' where group_id = 'birch'")
    for day, found in ((date(2027, 1, 31), ["ash", "elm"]), (date(2027, 2, 1), ["elm"])):
        assert [
            each.group.id for each in released_peers.sharing_groups(grown, "fair", day)
        ] == found
