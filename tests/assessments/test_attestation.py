"""What a person signs, and how long a provisional tier is good for."""

from __future__ import annotations

from datetime import date

import pytest

from readiness.assessments.attestation import expires_on, has_expired, is_signed_by, reference


@pytest.mark.parametrize("name", ["", "   "])
def test_nobody_signs_with_no_name(name):
    assert not is_signed_by(name, name)


def test_a_reference_needs_no_letters_from_the_name():
    assert reference(2027, "Ärzte", "7Q4K") == "2027-RZT-7Q4K"
    assert reference(2027, "医", "7Q4K") == "2027-GROUP-7Q4K"


@pytest.mark.parametrize(
    ("awarded", "expiry"),
    [
        (date(2027, 1, 15), date(2027, 7, 15)),
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2027, 12, 1), date(2028, 6, 1)),
    ],
)
def test_a_provisional_tier_is_good_for_six_months(awarded, expiry):
    assert expires_on(awarded) == expiry


def test_a_tier_expires_after_its_last_day():
    assert not has_expired(date(2027, 7, 15), date(2027, 7, 15))
    assert has_expired(date(2027, 7, 15), date(2027, 7, 16))
    assert not has_expired(None, date(2099, 1, 1))
