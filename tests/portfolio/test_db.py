"""What a payer reads of all its groups: the newest releases, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from readiness.counts.quality.models import MeasureCell, MeasurePart
from readiness.counts.strata import Stratum, StratumType
from readiness.portfolio import db as peers
from tests.factories import portfolio, world
from tests.factories.world import NOW


@pytest.fixture
def store(empty_store):
    return empty_store


BLACK = MeasureCell("COL", MeasurePart.NUMERATOR, Stratum(StratumType.RACE, "black"))


@pytest.fixture
def grown(store):
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
    (sent,) = peers.releases_of_measure(grown, ["ash"], "COL")
    assert (sent.number, sent.reference, sent.values[BLACK]) == (2, portfolio.WHITE, None)


def test_only_the_groups_that_were_named_and_only_the_measure(grown):
    for group_id in ("ash", "birch"):
        portfolio.release(grown, group_id, portfolio.AFTER, {"black": (30, 40)})
    portfolio.release(grown, "ash", portfolio.BEFORE, {"black": (30, 40)}, measure="BCS")
    assert [each.group_id for each in peers.releases_of_measure(grown, ["birch"], "COL")] == [
        "birch"
    ]
    assert peers.releases_of_measure(grown, [], "COL") == ()


def test_what_is_offered_says_how_many_groups_have_it(grown):
    for group_id in ("ash", "birch"):
        portfolio.release(grown, group_id, portfolio.AFTER, {"black": (30, 40), "white": (70, 90)})
    portfolio.release(grown, "ash", portfolio.BEFORE, {"black": (30, 40)}, estimated=True)
    found = {
        (each.period, each.is_estimated): each.groups
        for each in peers.released_splits(grown, ["ash", "birch"])
    }
    assert found == {(portfolio.AFTER, False): 2, (portfolio.BEFORE, True): 1}


def test_groups_that_share_are_listed_by_name_with_whether_they_sent_something_in(grown):
    portfolio.change(grown, "update assessments set status = 'withdrawn' where group_id = 'birch'")
    found = [
        (each.group.id, each.has_submitted)
        for each in peers.sharing_groups(grown, "fair", NOW.date())
    ]
    assert found == [("ash", True), ("birch", False), ("elm", True)]
    assert peers.sharing_groups(grown, "far", NOW.date()) == ()


def test_a_grant_that_ended_shares_nothing(grown):
    portfolio.change(grown, "update grants set expires_on = '2027-01-31' where group_id = 'ash'")
    portfolio.change(grown, "update grants set revoked_at = '2027-01-01' where group_id = 'birch'")
    for day, found in ((date(2027, 1, 31), ["ash", "elm"]), (date(2027, 2, 1), ["elm"])):
        assert [each.group.id for each in peers.sharing_groups(grown, "fair", day)] == found
