from __future__ import annotations

import pytest

from readiness.counts.models import Severity
from readiness.counts.social_risk.checks import oddities
from readiness.counts.social_risk.models import FunnelCell, Need, Step
from readiness.counts.strata import Stratum, StratumType
from tests.factories.social_risk_counts import counts

ELIGIBLE, SCREENED, ANY = (
    FunnelCell(Step.ELIGIBLE),
    FunnelCell(Step.SCREENED),
    FunnelCell(Step.ANY_POSITIVE),
)
UNKNOWN = Stratum(StratumType.LANGUAGE, "unknown")
ENGLISH = Stratum(StratumType.LANGUAGE, "english")


def odd(changes, before=None):
    found = oddities(counts(changes), counts(before, "2026-Q2") if before is not None else None)
    assert all(each.severity is Severity.SOFT for each in found)
    return {each.rule_id for each in found}


def test_a_good_quarter_after_a_like_one_is_not_odd():
    assert odd({}, before={}) == set()


@pytest.mark.parametrize(
    ("positive", "is_odd"), [(1, True), (2, False), (80, False), (81, True), (0, True)]
)
def test_a_positive_rate_outside_2_to_80_percent_is_odd(positive, is_odd):
    found = odd({SCREENED: 100, ANY: positive})
    assert ("positive-rate-unusual" in found) is is_odd


@pytest.mark.parametrize(("screened", "is_odd"), [(392, False), (393, True)])
def test_screening_more_than_98_percent_of_those_eligible_is_odd(screened, is_odd):
    assert ("nearly-all-screened" in odd({SCREENED: screened})) is is_odd


@pytest.mark.parametrize(("then", "is_odd"), [(150, False), (149, True)])
def test_reach_that_moved_by_more_than_25_points_is_odd(then, is_odd):
    found = odd({}, before={SCREENED: then, ANY: None})  # now 250 of 400, 62.5 percent
    assert ("reach-jumped" in found) is is_odd


@pytest.mark.parametrize(("now", "is_odd"), [(125, False), (126, True)])
def test_a_positive_rate_that_moved_by_more_than_25_points_is_odd(now, is_odd):
    changes = {SCREENED: 200, ANY: now}
    found = odd(changes, before={SCREENED: 200, ANY: 75})
    assert ("positive-rate-jumped" in found) is is_odd


def test_nothing_jumped_where_there_was_nothing_before():
    assert odd({}, before={ELIGIBLE: None, SCREENED: None, ANY: None}) == set()


@pytest.mark.parametrize(("referred", "is_odd"), [(0, True), (1, False), (None, False)])
def test_safety_needs_with_nobody_referred_are_odd(referred, is_odd):
    found = odd({FunnelCell(Step.REFERRED, Need.SAFETY): referred})
    assert ("safety-without-referral" in found) is is_odd


def test_nobody_referred_is_not_odd_where_nobody_has_the_need():
    changes = {FunnelCell(Step.REFERRED, Need.SAFETY): 0, FunnelCell(Step.POSITIVE, Need.SAFETY): 0}
    assert odd(changes) == set()


@pytest.mark.parametrize(("unknown", "is_odd"), [(50, False), (51, True)])
def test_more_than_20_percent_unknown_in_a_breakdown_is_odd(unknown, is_odd):
    changes = {
        FunnelCell(Step.SCREENED, None, ENGLISH): 190,
        FunnelCell(Step.SCREENED, None, UNKNOWN): unknown,  # of 250
    }
    assert odd(changes) == ({"much-unknown-language"} if is_odd else set())


def test_where_screened_is_not_broken_down_the_eligible_are_judged():
    changes = {FunnelCell(Step.ELIGIBLE, None, UNKNOWN): 81}  # of 400
    assert odd(changes) == {"much-unknown-language"}
    assert odd({FunnelCell(Step.ELIGIBLE, None, UNKNOWN): 80}) == set()


def test_blanks_are_never_odd():
    assert odd({ELIGIBLE: None, SCREENED: None, ANY: None}) == set()
