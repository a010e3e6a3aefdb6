"""A level told beside released numbers must not show a small count; whether it would is public."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from readiness.core.periods import Period
from readiness.counts.social_risk.models import FunnelCell, Need, Step
from readiness.counts.social_risk.rates import BY_ID
from readiness.disclosure.released_counts import (
    KnownRange,
    ShareBounds,
    SocialRiskRelease,
    is_disclosable,
    share_bounds,
)

MARKS = tuple(Fraction(n, 10) for n in (1, 3, 6, 8))
HIDDEN = KnownRange(1, None)


def known(people: int) -> KnownRange:
    return KnownRange(people, people)


def is_safe(*pairs: ShareBounds) -> bool:
    return is_disclosable(pairs, MARKS, 11)


def test_a_level_of_printed_numbers_tells_nothing_new():
    assert is_safe(ShareBounds(known(5), known(100)), ShareBounds(known(0), known(3)))


@pytest.mark.parametrize(("eligible", "may"), [(100, False), (110, False), (111, True)])
def test_below_ten_percent_of_few_is_few(eligible, may):
    assert is_safe(ShareBounds(KnownRange(1, eligible), known(eligible))) is may


def test_that_most_of_few_were_screened_says_that_few_were_not():
    marks = (Fraction(8, 10),)
    assert not is_disclosable([ShareBounds(KnownRange(1, 50), known(50))], marks, 11)
    assert is_disclosable([ShareBounds(KnownRange(1, 60), known(60))], marks, 11)


def test_printed_quarters_beside_a_hidden_one_can_corner_it():
    cornered = (
        ShareBounds(known(115), known(300)),
        ShareBounds(KnownRange(1, 100), known(100)),
    )  # 30% of 400 is 120
    assert not is_safe(*cornered)
    assert is_safe(ShareBounds(known(90), known(300)), ShareBounds(KnownRange(20, 88), known(100)))


def test_what_never_left_corners_nobody():
    assert is_safe(ShareBounds(KnownRange(), KnownRange()))
    assert is_safe(ShareBounds(known(115), known(300)), ShareBounds(KnownRange(), KnownRange()))


def test_a_hidden_number_lies_between_its_printed_neighbors():
    values = {
        FunnelCell(Step.POSITIVE, Need.FOOD): 90,
        FunnelCell(Step.WANTS_HELP, Need.FOOD): None,
        FunnelCell(Step.OUTCOME_KNOWN, Need.FOOD): None,
        FunnelCell(Step.CONNECTED, Need.FOOD): 12,
    }
    release = SocialRiskRelease(
        "elm", Period(2026, 4), 1, datetime(2027, 1, 15, tzinfo=UTC), 11, "1", 1, values
    )
    (pair,) = share_bounds(release, BY_ID["loop_known"])
    assert (pair.above, pair.below) == (KnownRange(12, 90), KnownRange(12, 90))
