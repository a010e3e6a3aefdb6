"""A payer tries incentives: designs put in, tried in the background, read and taken along."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.browser.demo import follow, heading, press, says, sign_in


@pytest.fixture
def laboratory(page):
    sign_in(page, "payer")
    follow(page, "Portfolio")
    follow(page, "Incentive laboratory")
    assert heading(page) == "Incentive laboratory"
    return page


def test_designs_are_put_in_tried_and_read_and_a_tier_condition_is_said(laboratory):
    page = laboratory
    follow(page, "Put in designs")
    page.locator("#design0-name").fill("Narrow the gap")
    press(page, "Add “Attainment”")
    assert page.locator("#design0-name").input_value() == "Narrow the gap"
    page.locator("#design2-least_tier").select_option(label="Only from tier T3")
    page.get_by_label("Replicates").fill("1,000")
    press(page, "Try these designs")
    page.get_by_role("heading", name="Incentives tried").wait_for()
    says(page, "Nothing truly changes: who is paid by chance?", "“Attainment”: its tier condition")
    says(page, "must never lower a payment or close access to one")
    assert page.get_by_role("img", name="would still pay").count() == 1
    page.get_by_text("The same numbers as a table").first.click()
    assert page.locator("details[open] table").first.is_visible()


def test_what_is_wrong_is_said_at_its_field_and_can_be_gone_to(laboratory):
    page = laboratory
    follow(page, "Put in designs")
    page.locator("#design1-pool").fill("plenty")
    press(page, "Try these designs")
    page.get_by_role("link", name="Design 2: Give the pool as whole dollars").click()
    assert page.evaluate("document.activeElement.id") == "design1-pool"
    assert page.locator("#design1-pool").input_value() == "plenty"


def test_a_run_is_taken_along_and_changed(laboratory):
    page = laboratory
    page.get_by_role("region", name="Runs so far").get_by_role("link").last.click()
    page.get_by_role("heading", name="Incentives tried").wait_for()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="As a spreadsheet").click()
    book = load_workbook(BytesIO(fetched.value.path().read_bytes()))
    assert "Cautions" in book.sheetnames
    follow(page, "Change the designs")
    assert page.get_by_label("Seed").input_value() == "20260101"
