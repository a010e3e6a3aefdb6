"""How well race, ethnicity and language are known, from what a group entered."""

from __future__ import annotations

import pytest

from readiness.core.db import Session
from readiness.core.errors import NotFound
from readiness.core.periods import Period
from readiness.counts.quality.models import DemographicField, QualityCell, SampleCell
from readiness.equity.service import race_data
from tests.factories.assessments import actor
from tests.factories.quality_counts import counts, enter, known
from tests.factories.world import NOW

Q4 = Period(2026, 4)


def shown(store, person="cara"):
    return race_data.race_data(Session(store, actor(store, person), NOW), "elm", "2026-Q4")


def race(store):
    return next(each for each in shown(store).fields if each.field is DemographicField.RACE)


def test_nothing_entered_is_told_apart_from_nobody_known(store):
    assert race(store).whole is None
    assert shown(store).sample is None


def test_a_mark_reached_by_luck_is_not_reached_by_its_lower_bound(store):
    enter(store, Q4, known(said=412, declined=50, unknown=30, not_asked=23), NOW)
    said = race(store).whole.self_reported
    assert said.meets_point
    assert not said.meets_lower_bound


def test_declined_unknown_and_not_asked_stay_apart(store):
    enter(store, Q4, known(said=60, recorded=20, declined=9, unknown=7, not_asked=4), NOW)
    whole = race(store).whole
    values = [each.numerator for each in (whole.declined, whole.unknown, whole.not_asked)]
    assert values == [9, 7, 4]


def test_the_site_where_least_is_known_stands_first(store):
    enter(
        store,
        Q4,
        known("a", said=90, declined=5, unknown=5) | known("b", said=50, declined=20, unknown=30),
        NOW,
    )
    assert [site.site_id for site in race(store).sites] == ["b", "a"]


def test_patients_of_unknown_group_are_compared_with_all_others(store):
    pairs = {"white": (700, 1000), "black": (180, 300), "unknown": (50, 100)}
    enter(store, Q4, counts(pairs), NOW)
    (missing,) = race(store).missing
    assert missing.measure.id == "COL"
    assert missing.difference.difference == pytest.approx(50 / 100 - 880 / 1300)


def test_the_record_is_held_against_what_patients_said(store):
    sample: dict[QualityCell, int] = {
        SampleCell("white", "white"): 90,
        SampleCell("white", "black"): 10,
        SampleCell("black", "black"): 40,
    }
    enter(store, Q4, sample, NOW)
    found = shown(store).sample
    by_name = dict(zip(found.categories, found.concordance.categories, strict=True))
    assert by_name["black"].sensitivity.value == pytest.approx(0.8)
    assert by_name["white"].predictive_positive.value == pytest.approx(0.9)


@pytest.mark.parametrize("person", ["omar", "pete"])
def test_nobody_else_sees_it(store, person):
    with pytest.raises(NotFound):
        shown(store, person)
