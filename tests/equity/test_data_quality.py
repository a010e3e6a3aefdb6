from __future__ import annotations

import pytest

from readiness.counts.quality.models import (
    DemographicCell,
    DemographicField,
    DemographicSource,
    DemographicStatus,
    SampleCell,
)
from readiness.equity.data_quality import field_quality, missing_differs, record_quality, sites_of
from readiness.equity.tables import tables_of
from tests.factories.equity_rows import rows


def counts(said=412, record=20, declined=30, unknown=23, not_asked=30, site_id=""):
    return {
        DemographicCell(
            DemographicField.RACE, DemographicStatus.KNOWN, DemographicSource.SELF_REPORT, site_id
        ): said,
        DemographicCell(
            DemographicField.RACE, DemographicStatus.KNOWN, DemographicSource.RECORD, site_id
        ): record,
        DemographicCell(DemographicField.RACE, DemographicStatus.DECLINED, None, site_id): declined,
        DemographicCell(DemographicField.RACE, DemographicStatus.UNKNOWN, None, site_id): unknown,
        DemographicCell(
            DemographicField.RACE, DemographicStatus.NOT_ASKED, None, site_id
        ): not_asked,
    }


def test_eighty_percent_self_reported_by_luck_does_not_pass():
    found = field_quality(counts(), DemographicField.RACE)
    assert found
    assert found.self_reported.share == 412 / 515
    assert found.self_reported.meets_point
    assert not found.self_reported.meets_lower_bound
    assert found.known.share == 432 / 515
    assert found.self_reported_of_known
    assert found.self_reported_of_known.share == pytest.approx(412 / 432)
    states = (found.declined, found.unknown, found.not_asked)
    assert [each.numerator for each in states] == [30, 23, 30]


def test_an_estimate_is_not_known():
    estimated = {
        **counts(),
        DemographicCell(
            DemographicField.RACE, DemographicStatus.KNOWN, DemographicSource.ESTIMATED
        ): 400,
    }
    assert field_quality(estimated, DemographicField.RACE) == field_quality(
        counts(), DemographicField.RACE
    )


def test_with_a_number_hidden_or_nothing_counted_there_is_no_share():
    hidden = {**counts(), DemographicCell(DemographicField.RACE, DemographicStatus.DECLINED): None}
    assert field_quality(hidden, DemographicField.RACE) is None
    assert field_quality(counts(), DemographicField.LANGUAGE) is None


def test_the_site_that_knows_least_comes_first():
    both = {**counts(site_id="east"), **counts(unknown=500, site_id="west"), **counts()}
    assert [each.site_id for each in sites_of(both, DemographicField.RACE)] == ["west", "east"]


def test_the_record_is_held_against_what_patients_said():
    """Of 50 who said Hispanic the record has 30; of 40 it calls Hispanic 30 said so."""
    sample = {
        SampleCell(recorded="hispanic", asked="hispanic"): 30,
        SampleCell(recorded="white", asked="hispanic"): 20,
        SampleCell(recorded="hispanic", asked="white"): 10,
        SampleCell(recorded="white", asked="white"): 140,
    }
    found = record_quality(sample)
    assert found
    assert found.categories == ("hispanic", "white")
    hispanic = found.concordance.categories[0]
    assert hispanic.sensitivity
    assert hispanic.predictive_positive
    assert hispanic.sensitivity.value == pytest.approx(0.6)
    assert hispanic.predictive_positive.value == pytest.approx(0.75)


def test_one_category_tells_nothing():
    assert record_quality({SampleCell("white", "white"): 50}) is None
    assert record_quality({}) is None


def test_patients_of_unknown_group_may_differ_from_the_others():
    table = tables_of(rows({"white": (80, 100), "black": (30, 50), "unknown": (20, 50)}))[0]
    found = missing_differs(table)
    assert found
    assert found.difference == pytest.approx(20 / 50 - 110 / 150)
    few = tables_of(rows({"white": (80, 100), "unknown": (4, 11)}))[0]
    assert missing_differs(few) is None
    assert missing_differs(tables_of(rows({"white": (80, 100)}))[0]) is None
