"""What an incentive may be tried on: released numbers, of groups that share and sent something."""

from __future__ import annotations

import pytest

from readiness.core.serialization import from_json
from readiness.counts.social_risk.models import FunnelCell, Step
from readiness.counts.strata import StratumType
from readiness.disclosure.db import social_risk
from readiness.disclosure.released_counts import SocialRiskRelease
from readiness.incentives.models import GroupLeftOut, ReleasedNumbers, plain
from readiness.incentives.service import released
from readiness.incentives.service.released import NumbersFilters
from tests.factories import portfolio
from tests.factories.world import NOW

TODAY = NOW.date()
COUNTS = {"asian": (50, 80), "black": (60, 100), "white": (140, 200), "hispanic": (None, None)}


@pytest.fixture
def grown(store):
    portfolio.grow_three(store, COUNTS)
    return store


def choices(store, **wish):
    found = released.options_for(store, "fair", NumbersFilters(**wish), TODAY)
    assert found
    return found


def numbers(store, *measure_ids, **wish):
    return released.numbers_of(store, "fair", choices(store, **wish), measure_ids, TODAY)


def screens(store, group_id, positive, screened):
    values = {FunnelCell(Step.ANY_POSITIVE): positive, FunnelCell(Step.SCREENED): screened}
    social_risk.add(
        store, SocialRiskRelease(group_id, portfolio.AFTER, 1, NOW, 11, "1", 0, values), {}
    )


def test_nothing_can_be_tried_before_a_measure_was_released_by_groups_of_patients(store):
    assert released.options_for(store, "fair", NumbersFilters(), TODAY) is None
    portfolio.seeded(store)
    portfolio.release(store, "elm", portfolio.AFTER, {"total": (50, 80)}, kind=StratumType.TOTAL)
    assert released.options_for(store, "fair", NumbersFilters(), TODAY) is None


def test_numbers_are_those_released_and_what_is_hidden_is_absent(grown):
    found = numbers(grown, "COL")
    assert [each.group_id for each in found.groups] == ["ash", "birch", "cedar"]
    assert found.groups[0].counts == {
        "COL": {"asian": (50, 80), "black": (60, 100), "white": (140, 200)}
    }
    assert found.groups[0].patients == 380
    assert (found.reference, found.period) == ("white", "2026-Q4")
    assert found.reference_says == "White alone, declared by 3 of 3 groups"


def test_a_group_without_released_numbers_is_left_out_and_said(grown):
    seed = grown.row("select id from assessments where group_id = 'elm'")["id"]
    portfolio.grow(grown, "dark", seed)
    portfolio.release(
        grown, "dark", portfolio.AFTER, {"white": (None, None), "black": (None, None)}
    )
    portfolio.change(grown, "delete from submissions where assessment_id = ?", "cedar-sent")
    assert numbers(grown, "COL").left_out == (
        GroupLeftOut("Cedar Physicians", released.NOT_SUBMITTED, "cedar"),
        GroupLeftOut("Dark Physicians", released.NOTHING_SEEN, "dark"),
        GroupLeftOut("Elm Physicians", released.NOT_RELEASED, "elm"),
    )


def test_estimated_race_is_a_split_of_its_own(grown):
    portfolio.release(
        grown, "ash", portfolio.AFTER, {"black": (10, 50), "white": (20, 50)},
        measure="CBP", number=2, estimated=True,
    )  # fmt: skip
    assert choices(grown).kinds == ("race_omb2024", "race_omb2024_estimated")
    assert [each.measure.id for each in choices(grown).measures] == ["COL"]
    estimated = numbers(grown, "CBP", kind="race_omb2024_estimated", reference="white")
    assert [each.counts for each in estimated.groups] == [
        {"CBP": {"black": (10, 50), "white": (20, 50)}}
    ]


def test_the_reference_is_as_declared_until_the_payer_chooses_another(grown):
    assert (choices(grown).reference, choices(grown).is_chosen) == ("white", False)
    chosen = choices(grown, reference="black")
    assert (chosen.reference, chosen.is_chosen) == ("black", True)
    assert released.reference_says(chosen) == "Black or African American alone, chosen for this run"


def test_the_period_is_the_newest_that_most_groups_have(grown):
    portfolio.release(grown, "ash", portfolio.BEFORE, COUNTS)
    assert [str(each) for each in choices(grown).periods] == ["2026-Q4", "2025-Q4"]
    assert str(choices(grown).period) == "2026-Q4"
    assert str(choices(grown, period="2025-Q4").period) == "2025-Q4"


def test_social_risk_is_the_released_share_with_any_need_where_enough_were_screened(grown):
    screens(grown, "ash", 30, 120)
    screens(grown, "birch", None, 120)
    screens(grown, "cedar", 12, 20)
    assert [each.screened for each in numbers(grown, "COL").groups] == [(30, 120), None, None]


def test_the_tier_is_that_of_the_standing(grown):
    portfolio.change(grown, "delete from standings")
    assert [each.tier for each in numbers(grown, "COL").groups] == [None, None, None]


def test_numbers_are_stored_and_read_again_as_they_were(grown):
    screens(grown, "ash", 30, 120)
    found = numbers(grown, "COL")
    assert from_json(ReleasedNumbers, plain(found)) == found
