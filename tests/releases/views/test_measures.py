"""The measures of a released quarter, as a page and as files."""

from __future__ import annotations

import json

import pytest
from fhir.resources.R4B.bundle import Bundle

from readiness.counts.social_risk.models import FunnelCell, Step
from tests.factories.completion import complete_page
from tests.factories.page import Page
from tests.factories.social_risk_counts import GOOD, typed

# Enough who were screened and left a need open for nobody to be few.
COUNTS = {**GOOD, FunnelCell(Step.SCREENING_OFFERED): 340, FunnelCell(Step.SCREENED): 280}
QUARTER = "/groups/elm/counts/2026-Q4"
HERE = f"{QUARTER}/measures"


@pytest.fixture
def complete(cara):
    page = Page(cara.get(QUARTER).text)
    answer = complete_page(cara, QUARTER, {**page.values(QUARTER), **typed(COUNTS)})
    assert answer.status_code == 303
    return cara


def test_a_quarter_that_was_never_released_has_no_measures(cara):
    assert cara.get(HERE).status_code == 404


def test_every_measure_says_what_it_is_and_what_its_status_is(complete):
    page = Page(complete.get(HERE).text)
    assert "Removed by its program" in page.text
    assert "aligned with HEDIS SNS-E, screening" in page.text
    assert "Historical" not in page.text  # no longer in force in this quarter
    rows = [row.text for row in page.all("tr")]
    assert any(row.startswith("Food") and "%" in row for row in rows)


def test_a_measure_with_a_window_says_from_when_on_it_can_be_read(complete, clock):
    assert "from Apr 1, 2027 on" in complete.get(HERE).text
    clock.forward(days=80)
    assert "from Apr 1, 2027 on" not in complete.get(HERE).text


def test_the_same_numbers_stand_in_the_spreadsheet_and_in_fhir(complete):
    sheet = complete.get(f"{HERE}.csv").text
    bundle = json.loads(complete.get(f"{HERE}.json").text)
    Bundle.model_validate_json(json.dumps(bundle))
    first = bundle["entry"][0]["resource"]["group"][0]["population"]
    counts = {each["code"]["coding"][0]["code"]: each["count"] for each in first}
    line = next(line for line in sheet.splitlines() if "Screened for the need,Food" in line)
    assert f",{counts['numerator']},{counts['denominator']}," in line
    assert complete.get(f"{HERE}.xlsx").data.startswith(b"PK")
    assert complete.get(f"{HERE}.exe").status_code == 404
