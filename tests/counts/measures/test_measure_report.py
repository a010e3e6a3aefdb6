from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from fhir.resources.R4B.bundle import Bundle

from readiness.core.periods import Period
from readiness.counts.measures import loader as measures
from readiness.counts.measures.measure_report import bundle_of
from readiness.counts.measures.models import results
from readiness.counts.social_risk.models import FunnelCell, Need, Step
from readiness.counts.strata import Stratum, StratumType

Q3, NOW = Period(2026, 3), datetime(2026, 11, 22, 9, tzinfo=UTC)
ASIAN = Stratum(StratumType.RACE, "asian")
COUNTS = {
    FunnelCell(Step.ELIGIBLE): 1000,
    FunnelCell(Step.SCREENED, Need.FOOD): 600,
    FunnelCell(Step.POSITIVE, Need.FOOD): None,
    FunnelCell(Step.ELIGIBLE, None, ASIAN): 200,
    FunnelCell(Step.SCREENED, Need.FOOD, ASIAN): None,
}


@pytest.fixture
def bundle():
    own = measures.load()
    found = results(own, COUNTS, Q3, date(2026, 11, 22))
    return bundle_of(own, found, "Elm Valley Physicians (invented)", Q3, NOW)


def report(bundle, measure_id):
    return next(
        each["resource"] for each in bundle["entry"] if each["resource"]["id"] == measure_id
    )


def counts(part):
    return {
        each["code"]["coding"][0]["code"]: each["count"]
        if "count" in each
        else reason(each["_count"])
        for each in part["population"]
    }


def reason(masked):
    return masked["extension"][0]["valueCode"]


def test_it_is_valid_fhir(bundle):
    read = Bundle.model_validate_json(json.dumps(bundle)).model_dump()
    assert len(read["entry"]) == len(measures.load().measures) - 1  # one is no longer in force
    assert {each["resource"]["type"] for each in read["entry"]} == {"summary"}


def test_a_known_count_stands_there_with_its_share(bundle):
    food = report(bundle, "screened")["group"][0]
    assert counts(food) == {"denominator": 1000, "numerator": 600}
    assert food["measureScore"] == {"value": 0.6}


def test_a_hidden_count_is_masked_and_never_zero(bundle):
    food = report(bundle, "need-found")["group"][0]
    assert counts(food) == {"denominator": 600, "numerator": "masked"}
    assert reason(food["measureScore"]) == "masked"
    (race,) = report(bundle, "screened")["group"][0]["stratifier"]
    assert counts(race["stratum"][0]) == {"denominator": 200, "numerator": "masked"}


def test_a_count_that_nobody_knows_is_unknown(bundle):
    assert counts(report(bundle, "screened")["group"][4]) == {"denominator": "unknown"}


def test_a_measure_whose_window_is_not_over_is_pending(bundle):
    late = report(bundle, "sns-e-intervention")
    assert late["status"] == "pending"
    assert counts(late["group"][0]) == {"denominator": "temp-unknown"}


def test_the_direction_is_told_where_there_is_one(bundle):
    assert report(bundle, "screened")["improvementNotation"]["coding"][0]["code"] == "increase"
    assert "improvementNotation" not in report(bundle, "need-found")
