"""Reach with each patient counted once a year, and what may be told of it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from readiness.core.periods import Period
from readiness.counts.social_risk.models import FunnelCell, Step
from readiness.counts.social_risk.rates import claims_shares
from readiness.counts.social_risk.year import ONCE_A_YEAR, YearReach, problems_of
from readiness.disclosure.released_counts import year_is_disclosable
from tests.factories.social_risk_counts import counts

TODAY = date(2027, 1, 15)
Q4 = Period(2026, 4)
QUARTERS = [counts(quarter=f"2026-Q{n}") for n in (1, 2, 3, 4)]  # 400 eligible, 250 screened each
KNOWN = {each.period: each for each in QUARTERS}
MARKS = [Fraction(n, 10) for n in (1, 3, 6, 8)]


def test_a_year_s_patients_stand_in_for_quarters_added_up():
    added = claims_shares(QUARTERS, TODAY)["SOCR-2"]
    assert (added.numerator, added.denominator) == (1000, 1600)
    found = claims_shares(QUARTERS, TODAY, year=YearReach(Q4, 1200, 480))
    reach = found["SOCR-2"]
    assert (reach.share, reach.unit, reach.caution) == (Fraction(2, 5), ONCE_A_YEAR, "")
    assert reach.is_once_a_year
    assert not found["SOCR-5"].is_once_a_year


@pytest.mark.parametrize(
    ("ending", "is_used"),
    [(Q4, True), (Period(2026, 1), True), (Period(2025, 4), False), (Period(2027, 1), False)],
)
def test_a_year_counts_while_it_is_recent_and_closed(ending, is_used):
    found = claims_shares(QUARTERS, TODAY, year=YearReach(ending, 1200, 480))
    assert found["SOCR-2"].is_once_a_year is is_used


@pytest.mark.parametrize(
    ("seen", "screened", "part", "says"),
    [
        (300, 280, "seen", "Q4 2026 alone counts 400"),
        (1200, 200, "screened", "Q4 2026 alone counts 250"),
        (1200, 1300, "screened", "More were screened than seen"),
        (2000, 1001, "screened", "together count only 1,000"),
        (0, 0, "seen", "A share needs patients"),
    ],
)
def test_what_cannot_be_beside_the_quarters_is_told(seen, screened, part, says):
    found = list(problems_of(YearReach(Q4, seen, screened), KNOWN))
    assert any(each.place == part and says in each.says for each in found), found


def test_a_year_that_can_be_has_no_problem_with_or_without_quarters():
    year = YearReach(Q4, 1200, 700)
    assert list(problems_of(year, KNOWN)) == []
    assert list(problems_of(year, {})) == []
    unknown = {Q4: counts({FunnelCell(Step.ELIGIBLE): None}, "2026-Q4")}
    assert list(problems_of(year, unknown)) == []


@pytest.mark.parametrize(("patients", "may"), [(0, False), (110, False), (111, True)])
def test_a_level_of_a_year_is_told_where_no_count_could_be_seen_to_be_small(patients, may):
    assert year_is_disclosable(patients, MARKS, 11) is may


def test_no_level_of_a_told_year_bounds_the_screened_or_the_rest_by_a_small_count():
    """By brute force over every year of so many patients that the level allows."""
    for patients in range(111, 160):
        assert year_is_disclosable(patients, MARKS, 11)
        by_level: dict[int, list[int]] = {}
        for screened in range(patients + 1):
            level = sum(Fraction(screened, patients) >= mark for mark in MARKS)
            by_level.setdefault(level, []).append(screened)
        for values in by_level.values():
            assert max(values) > 10
            assert patients - min(values) > 10
