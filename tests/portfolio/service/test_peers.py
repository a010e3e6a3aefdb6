"""All groups of a payer beside each other."""

from __future__ import annotations

import pytest

from readiness.accounts.db import people
from readiness.core.db import Session
from readiness.core.errors import Denied, NotFound
from readiness.counts.strata import StratumType
from readiness.equity.gates import Comparability
from readiness.portfolio.service import peers
from readiness.portfolio.service.peers import PeerFilters
from tests.factories import portfolio
from tests.factories.world import NOW

GROUPS = ("ash", "birch", "cedar", "fir", "hazel", "larch")
COUNTS = {"asian": (50, 80), "black": (60, 100), "white": (140, 200)}


@pytest.fixture
def grown(store):
    seed = portfolio.seeded(store)
    for group_id in GROUPS:
        portfolio.grow(store, group_id, seed)
        portfolio.release(store, group_id, portfolio.AFTER, COUNTS)
    return store


def compared(store, **wish):
    found = peers.compare(
        Session(store, people.actor(store, "pam"), NOW), "fair", PeerFilters(**wish)
    ).found
    assert found
    return found


def line(found, group_id):
    return next(each for each in found.lines if each.group.id == group_id)


def test_every_group_that_shares_has_a_line_and_those_with_counts_a_gap(grown):
    found = compared(grown, stratum="black")
    assert [each.group.id for each in found.lines] == [*GROUPS[:3], "elm", *GROUPS[3:]]
    assert line(found, "ash").gap.gap.difference == pytest.approx(-0.1)
    assert line(found, "elm").gap_comparability is Comparability.NOT_RELEASED
    assert line(found, "elm").gap is None


def test_the_reference_is_what_most_declared_until_the_address_names_another(grown):
    portfolio.grow(grown, "oakley", grove_seed(grown))
    portfolio.release(grown, "oakley", portfolio.AFTER, COUNTS, f"{StratumType.RACE}.asian")
    found = compared(grown)
    assert (found.reference, found.vote.groups, found.vote.asked) == ("white", 6, 7)
    assert line(found, "oakley").declared == "asian"
    chosen = compared(grown, reference="asian", stratum="black")
    assert (chosen.reference, chosen.is_chosen) == ("asian", True)
    assert line(chosen, "ash").gap.gap.difference == pytest.approx(0.6 - 0.625)


def grove_seed(store):
    return store.row("select id from assessments where group_id = 'elm'")["id"]


def test_where_nobody_declared_one_no_gap_is_shown_and_none_is_picked(grown):
    for group_id in GROUPS:
        portfolio.release(
            grown, group_id, portfolio.BEFORE, {"english": (70, 90), "spanish": (30, 60)},
            kind=StratumType.LANGUAGE,
        )  # fmt: skip
    found = compared(grown, kind="language")
    assert (found.reference, found.gaps) == ("", None)
    assert found.funnel is not None
    assert compared(grown, kind="language", reference="english").gaps is not None


def test_the_period_is_the_newest_that_most_groups_have(grown):
    newer = portfolio.AFTER.plus(-2)
    portfolio.release(grown, "ash", newer, COUNTS)
    assert compared(grown).choices.period == portfolio.AFTER
    assert compared(grown, period=str(newer)).choices.period == newer
    assert compared(grown, period="2026-Q1").choices.period == portfolio.AFTER


def test_one_group_ahead_of_the_others_does_not_move_the_period(grown):
    portfolio.change(grown, "delete from quality_releases where group_id = 'ash'")
    for group_id in GROUPS[1:]:
        portfolio.change(grown, "delete from quality_releases where group_id = ?", group_id)
        grove_again(grown, group_id)
    grove_again(grown, "ash")
    portfolio.release(grown, "ash", portfolio.AFTER.plus(-1), COUNTS)
    assert compared(grown).choices.period == portfolio.BEFORE


def grove_again(store, group_id):
    portfolio.release(store, group_id, portfolio.BEFORE, COUNTS)


def test_a_period_that_is_still_running_is_not_read(grown):
    running = portfolio.AFTER.plus(1)
    for group_id in GROUPS:
        portfolio.release(grown, group_id, running, COUNTS)
    assert running not in compared(grown).choices.periods


def test_a_hidden_number_hides_the_group_and_stands_in_no_sum(grown):
    portfolio.release(grown, "ash", portfolio.AFTER, {**COUNTS, "black": (None, None)}, number=2)
    found = compared(grown, stratum="black")
    assert line(found, "ash").gap_comparability is Comparability.HIDDEN
    assert len(found.gaps.groups) == 5
    assert found.funnel.target == pytest.approx(0.6)
    assert "ash" not in [each.group_id for each in found.funnel.points]


def test_what_was_hidden_before_and_is_shown_nowhere_else_never_comes_back(grown):
    portfolio.release(grown, "ash", portfolio.AFTER, {**COUNTS, "black": (None, 100)}, number=2)
    own = line(compared(grown, stratum="black"), "ash")
    assert (own.own.numerator, own.rate, own.point) == (None, None, None)


def test_a_group_that_sent_nothing_in_shows_that_alone(grown):
    portfolio.change(grown, "update assessments set status = 'withdrawn' where group_id = 'ash'")
    own = line(compared(grown), "ash")
    assert own.rate_comparability is own.gap_comparability is Comparability.NOT_SUBMITTED
    assert (own.number, own.own, own.declared) == (None, None, "")


def test_a_group_that_shares_no_more_is_not_there(grown):
    portfolio.change(grown, "update grants set revoked_at = '2027-01-01' where group_id = 'ash'")
    assert "ash" not in [each.group.id for each in compared(grown).lines]


def test_fewer_than_five_groups_draw_no_funnel_and_take_no_places(grown):
    for group_id in GROUPS[:2]:
        portfolio.change(
            grown, "update grants set revoked_at = '2027-01-01' where group_id = ?", group_id
        )
    found = compared(grown)
    assert found.funnel is None
    assert {each.position.third for each in found.gaps.groups} == {None}


def test_thirds_below_thirty_peers(grown):
    found = compared(grown)
    assert all(each.position.third and not each.position.percentile for each in found.gaps.groups)
    assert found.gaps.true is None


def test_the_stratum_is_the_one_that_most_groups_can_show(grown):
    for group_id in GROUPS[:4]:
        portfolio.release(
            grown, group_id, portfolio.AFTER, {**COUNTS, "asian": (None, None)}, number=2
        )
    assert compared(grown).stratum == "black"
    assert compared(grown, stratum="asian").stratum == "asian"
    assert compared(grown, stratum="no such").stratum == "black"


def test_estimated_race_is_a_split_of_its_own(grown):
    portfolio.release(grown, "ash", portfolio.BEFORE, COUNTS, estimated=True)
    kinds = compared(grown).choices.kinds
    assert kinds == ("race_omb2024", "race_omb2024_estimated")


def test_without_any_release_there_is_nothing_to_compare(store):
    found = peers.compare(Session(store, people.actor(store, "pam"), NOW), "fair", PeerFilters())
    assert (found.shared, found.found) == (1, None)


def test_only_the_payer_s_own_people_compare(grown):
    for who, error in (("pete", NotFound), ("maya", NotFound), ("ada", NotFound)):
        with pytest.raises((error, Denied)):
            peers.compare(Session(grown, people.actor(grown, who), NOW), "fair", PeerFilters())
