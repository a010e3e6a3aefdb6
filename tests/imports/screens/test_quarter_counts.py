from __future__ import annotations

import pytest

from readiness.core.periods import Period
from readiness.counts.social_risk.checks import contradictions
from readiness.counts.social_risk.models import FunnelCell, FunnelCounts, Need, Step
from readiness.counts.strata import Stratum, StratumType
from readiness.imports.models import WHOLE_GROUP
from readiness.imports.screens.models import CellKey, ResultCounts
from readiness.imports.screens.quarter_counts import file_counts

Q3 = Period(2026, 3)
SPANISH = Stratum(StratumType.LANGUAGE, "spanish")
SITES = {"elm-1": "elm-1", "north": "elm-1", "elm-2": "elm-2"}


def key(need, site="ALL", group="-", period="2026-Q3", part=("total", "total")):
    return CellKey(group, site, period, need, *part)


def whole(cells=None, steps=None):
    return file_counts(cells or {}, steps or {}, "elm", SITES).quarters[Q3][WHOLE_GROUP]


def test_the_row_of_any_is_the_group_s_own_row():
    found = whole(
        {key("any"): ResultCounts(30, 70, 5, 2, 1), key("food"): ResultCounts(20, 90, 1, 0, 0)}
    )
    assert found == {
        FunnelCell(Step.SCREENED): 100,
        FunnelCell(Step.ANY_POSITIVE): 30,
        FunnelCell(Step.DECLINED, Need.ANY): 5,
        FunnelCell(Step.UNKNOWN, Need.ANY): 2,
        FunnelCell(Step.INCOMPLETE, Need.ANY): 1,
        FunnelCell(Step.SCREENED, Need.FOOD): 110,
        FunnelCell(Step.POSITIVE, Need.FOOD): 20,
        FunnelCell(Step.DECLINED, Need.FOOD): 1,
        FunnelCell(Step.UNKNOWN, Need.FOOD): 0,
        FunnelCell(Step.INCOMPLETE, Need.FOOD): 0,
    }


def test_a_breakdown_stays_with_its_part():
    found = whole({key("food", part=("language", "spanish")): ResultCounts(3, 7)})
    assert found[FunnelCell(Step.SCREENED, Need.FOOD, SPANISH)] == 10


def test_a_table_of_counts_tells_who_was_eligible_and_offered_and_only_what_it_tells():
    told = {
        Step.ELIGIBLE: 200,
        Step.NOT_OFFERED: 20,
        Step.DECLINED: 30,
        Step.SCREENED: 100,
        Step.POSITIVE: 40,
    }
    food = {Step.ELIGIBLE: 200, Step.SCREENED: 90, Step.POSITIVE: 25, Step.CONNECTED_30D: 4}
    steps = {key("any", group="elm"): told, key("food", group="elm"): food}
    cells = {each: ResultCounts(40, 60) for each in steps}
    assert whole(cells, steps) == {
        FunnelCell(Step.ELIGIBLE): 200,
        FunnelCell(Step.SCREENING_OFFERED): 180,
        FunnelCell(Step.DECLINED): 30,
        FunnelCell(Step.SCREENED): 100,
        FunnelCell(Step.ANY_POSITIVE): 40,
        FunnelCell(Step.NOT_OFFERED, Need.ANY): 20,
        FunnelCell(Step.DECLINED, Need.ANY): 30,
        FunnelCell(Step.SCREENED, Need.FOOD): 90,
        FunnelCell(Step.POSITIVE, Need.FOOD): 25,
        FunnelCell(Step.CONNECTED_30D, Need.FOOD): 4,
    }


def test_steps_of_visits_and_referrals_stand_beside_the_results_of_screens():
    cells = {key("any"): ResultCounts(3, 7, 2), key("food"): ResultCounts(3, 7)}
    also = {key(""): {Step.ELIGIBLE: 40}, key("food"): {Step.REFERRED: 2, Step.CONNECTED: 0}}
    found = file_counts(cells, {}, "elm", SITES, also).quarters[Q3][WHOLE_GROUP]
    assert found[FunnelCell(Step.ELIGIBLE)] == 40
    assert found[FunnelCell(Step.SCREENED)] == 10
    assert found[FunnelCell(Step.REFERRED, Need.FOOD)] == 2
    assert found[FunnelCell(Step.CONNECTED, Need.FOOD)] == 0
    assert found[FunnelCell(Step.POSITIVE, Need.FOOD)] == 3
    assert FunnelCell(Step.SCREENING_OFFERED) not in found
    assert FunnelCell(Step.DECLINED) not in found


def test_those_seen_at_a_site_and_without_one_are_eligible_together():
    also = {key("", site="north"): {Step.ELIGIBLE: 4}, key(""): {Step.ELIGIBLE: 3}}
    found = file_counts({}, {}, "elm", SITES, also).quarters[Q3]
    assert found[WHOLE_GROUP] == {FunnelCell(Step.ELIGIBLE): 7}
    assert found["elm-1"] == {FunnelCell(Step.ELIGIBLE): 4}


def test_without_a_row_of_any_the_eligible_come_from_a_need():
    found = whole(steps={key("utilities"): {Step.ELIGIBLE: 50, Step.EXCLUDED: 3}})
    assert found == {FunnelCell(Step.ELIGIBLE): 50, FunnelCell(Step.EXCLUDED): 3}


def test_screens_without_a_site_are_added_to_those_with_one():
    found = file_counts(
        {
            key("food"): ResultCounts(1, 2),
            key("food", site="elm-1"): ResultCounts(10, 20),
            key("food", site="North "): ResultCounts(100, 0),
            key("food", site="elsewhere"): ResultCounts(5, 5),
        },
        {},
        "elm",
        SITES,
    )
    sites = found.quarters[Q3]
    screened = FunnelCell(Step.SCREENED, Need.FOOD)
    assert {site: known[screened] for site, known in sites.items()} == {"": 143, "elm-1": 130}
    assert found.unlisted_sites == 1


def test_in_a_table_the_rows_without_a_site_are_the_whole():
    screened = {Step.SCREENED: 50}
    steps = {key("food"): screened, key("food", site="elm-1"): {Step.SCREENED: 30}}
    sites = file_counts({}, steps, "elm", SITES).quarters[Q3]
    assert sites[""] == {FunnelCell(Step.SCREENED, Need.FOOD): 50}
    assert sites["elm-1"] == {FunnelCell(Step.SCREENED, Need.FOOD): 30}


def test_in_a_table_of_sites_alone_the_whole_is_their_sum():
    steps = {key("food", site=site): {Step.SCREENED: 30} for site in ("elm-1", "elm-2")}
    assert whole(steps=steps) == {FunnelCell(Step.SCREENED, Need.FOOD): 60}


def test_other_groups_and_quarters_too_early_are_told_and_left_out():
    cells = {
        key("food", group="oak"): ResultCounts(1, 1),
        key("food", period="2009-Q1"): ResultCounts(1, 1),
        key("food"): ResultCounts(2, 2),
    }
    found = file_counts(cells, {}, "elm", SITES)
    assert (found.other_groups, found.too_early) == (1, 1)
    assert list(found.quarters) == [Q3]


@pytest.mark.parametrize("part", [("total", "total"), ("language", "spanish")])
def test_who_answered_in_part_is_no_contradiction(part):
    """Ten declined the question on safety alone: of all needs they are not screened."""
    known = whole(
        {
            key("any", part=part): ResultCounts(30, 60, 10),
            key("food", part=part): ResultCounts(5, 95),
        }
    )
    assert contradictions(FunnelCounts(Q3, known)) == ()


def test_more_answers_to_one_need_than_patients_in_all_is_one():
    known = whole({key("any"): ResultCounts(30, 60, 10), key("food"): ResultCounts(5, 96)})
    (found,) = contradictions(FunnelCounts(Q3, known))
    assert "101 cannot be more than All patients, Screened and answered in part (100)" in found.says


def test_patients_asked_one_other_question_alone_are_no_contradiction():
    known = whole({key("any"): ResultCounts(3, 6), key("stress"): ResultCounts(50, 50)})
    assert contradictions(FunnelCounts(Q3, known)) == ()
    over = {**known, FunnelCell(Step.ELIGIBLE): 99}
    assert "100 cannot be more than" in contradictions(FunnelCounts(Q3, over))[0].says
