"""A payer takes plans along as one ZIP: all of them stopped on the way, a tier's fetched."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZipFile

from tests.browser import tools
from tests.browser.demo import follow, heading, press, says, sign_in
from tests.factories.waiting import until

TIER = "T4 Sustaining"  # of one group
OFFER = "All plans of these as one ZIP"


def test_all_plans_are_stopped_and_those_of_a_tier_are_fetched(page):
    sign_in(page, "payer")
    stop_all_of_them(page)
    ask_for_a_tier_s(page)
    look_into_the_zip(page)


def test_plans_are_fetched_without_scripts(browser, live):
    with tools.window(browser, base_url=live, java_script_enabled=False) as page:
        sign_in(page, "payer")
        ask_for_a_tier_s(page)
        look_until_printed(page)
        look_into_the_zip(page)


def stop_all_of_them(page):
    follow(page, "Portfolio")
    follow(page, OFFER)
    says(page, re.compile(r"^1\d groups; \d+ with a plan"))
    press(page, "Print the plans")
    assert heading(page) == "The plans are being printed"
    press(page, "Stop printing")
    says(page, "Stopped. Nothing was kept.")
    made = page.get_by_role("region", name="ZIPs made within a day")
    assert "stopped" in made.get_by_role("row").nth(1).inner_text()


def ask_for_a_tier_s(page):
    """What is filtered in the portfolio is what is printed."""
    follow(page, "Portfolio")
    page.get_by_label("Tier", exact=True).select_option(label=TIER)
    press(page, "Show")
    follow(page, OFFER)
    says(page, "1 group, as filtered in the portfolio; 1 with a plan.")
    page.get_by_label("A4").check()
    press(page, "Print the plans")


def look_until_printed(page):
    """By its link, as often as it takes."""

    def printed():
        if page.get_by_role("heading", name="The plans are being printed").count():
            follow(page, "See how far it is")
            return False
        return True

    until(printed)


def look_into_the_zip(page):
    page.get_by_role("heading", name="The plans are ready").wait_for()
    says(page, re.compile(r"^1 plan, \d+\.\d MB\. A4"))
    group = page.get_by_role("region", name="Plans in the ZIP").get_by_role("rowheader")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Download the ZIP").click()
    assert fetched.value.suggested_filename.endswith(".zip")
    with ZipFile(BytesIO(fetched.value.path().read_bytes())) as found:
        plans = [each for each in found.namelist() if each.endswith(".pdf")]
        assert len(plans) == 1
        assert found.read(plans[0]).startswith(b"%PDF")
        assert group.inner_text() in found.read("index.csv").decode("utf-8-sig")
