"""A payer's whole way: the portfolio, a review with a change asked for, and a new cycle."""

from __future__ import annotations

import csv
import io
import re

import pytest
from openpyxl import load_workbook

from tests.browser import tools
from tests.browser.demo import follow, heading, press, says, sign_in

ELM, DOGWOOD = "Elm Valley Physicians (invented)", "Dogwood Internists (invented)"
REASON = "Please add the date of the latest report and who owns it."


@pytest.fixture
def portfolio(page):
    sign_in(page, "payer")
    follow(page, "Portfolio")
    assert heading(page) == "Portfolio"
    return page


def names(page):
    table = page.get_by_role("region", name="Groups that share with you")
    return table.locator("tbody th").all_inner_texts()


def test_filter_sort_and_search_stand_in_the_address(portfolio):
    page = portfolio
    assert len(names(page)) == 12
    page.get_by_label("Tier", exact=True).select_option(label="T2 Developing")
    press(page, "Show")
    says(page, "Groups 1 to 4 of 4")
    follow(page, re.compile("^QMS"))
    follow(page, re.compile("^QMS"))
    assert "tier=T2" in page.url
    assert "sort=" in page.url
    sorted_names = names(page)
    page.goto("/home")
    page.go_back()
    assert names(page) == sorted_names
    follow(page, "Show all groups")
    page.get_by_label("Name contains").fill("elm")
    press(page, "Show")
    assert names(page) == [ELM]
    page.get_by_label("Name contains").fill("no such name")
    press(page, "Show")
    says(page, "No group fits what you asked for.")


def test_groups_stand_side_by_side_and_leave_as_files(portfolio):
    page = portfolio
    for name in ("Ash Grove", "Birch Bay"):
        page.get_by_label(f"Compare {name}").check()
    press(page, re.compile("^Compare the chosen groups"))
    assert heading(page) == "Groups side by side"
    assert page.locator(".compare thead a").count() == 2
    follow(page, re.compile("[Pp]ortfolio$"))
    rows = list(csv.reader(io.StringIO(fetched(page, "All of these as CSV").decode("utf-8-sig"))))
    assert any("Ash Grove" in cell for row in rows for cell in row)
    sheet = load_workbook(io.BytesIO(fetched(page, "All of these as a spreadsheet"))).active
    assert sheet is not None
    values = [str(value) for row in sheet.iter_rows(values_only=True) for value in row]
    assert any("Ash Grove" in value for value in values)


def fetched(page, name):
    link = page.get_by_role("link", name=name).get_attribute("href")
    answer = page.request.get(link)
    assert answer.ok
    return answer.body()


def test_a_change_is_asked_for_shown_to_the_group_made_and_accepted(portfolio, page, browser, live):
    start_review(page)
    decide_nothing_is_told(page)
    item_id = ask_for_a_change(page)
    with tools.window(browser, base_url=live) as group:
        answer_the_request(group, item_id)
    accept(page, item_id)


def start_review(page):
    page.get_by_role("link", name=DOGWOOD).click()
    says(page, "not reviewed yet")
    follow(page, "Review this submission")
    says(page, "57 of 57 items wait for your decision.")
    press(page, re.compile("^Agree with all"))
    says(page, re.compile(r"^\d of 57 items wait for your decision"))


def decide_nothing_is_told(page):
    """A reason without a decision is told, and kept."""
    follow(page, re.compile("^Measurement"))
    item = page.locator("#MEAS-1")
    item.get_by_label("Reason").fill(REASON)
    press(page, "Save and go on")
    says(page, "There is a problem")
    assert page.locator("#MEAS-1").get_by_label("Reason").input_value() == REASON
    tools.check_accessibility(page)


def ask_for_a_change(page):
    page.locator("#MEAS-1").get_by_label("Ask for a change").check()
    press(page, "Save and go on")
    page.goto(page.url.partition("/review")[0] + "/review")
    says(page, "Changes are asked to 1.")
    press(page, "Request changes to 1 item")
    says(page, re.compile("changes requested"))
    return "MEAS-1"


def answer_the_request(page, item_id):
    """The group sees the reason at the item, answers it, and sends it in again."""
    sign_in(page, "manager.dogwood")
    follow(page, re.compile("^Assessment \\d"))
    says(page, REASON)
    follow(page, re.compile(f"^{item_id}"))
    item = page.locator(f"#{item_id}")
    item.get_by_text("The reviewer asks for a change:").wait_for()
    item.get_by_label("Evidence note").fill("Report of May 2026, quality folder, kept by the lead.")
    item.get_by_text(re.compile("^Saved ")).wait_for()
    follow(page, re.compile("^Assessment \\d"))
    follow(page, "Check your answers and submit")
    says(page, re.compile("^Changed since"), re.compile(f"^{item_id}"))
    follow(page, "Go on to sign and submit")
    page.get_by_label("Your name").fill("Manager of Dogwood East")
    page.get_by_role("checkbox").check()
    press(page, "Sign and submit")
    assert heading(page) == "Submitted"
    says(page, "submission 2", "Sent in before")


def accept(page, item_id):
    """What changed is pointed out; what stayed the same need not be decided twice."""
    follow(page, "Portfolio")
    page.get_by_role("link", name=DOGWOOD).click()
    follow(page, "Review this submission")
    decide_the_rest(page)
    says(page, "Every item is decided.")
    press(page, "Accept the submission")
    follow(page, "Portfolio")
    row = page.get_by_role("row").filter(has_text=DOGWOOD)
    assert "accepted" in row.inner_text()
    assert re.search(r"T\d .*\n\s*validated", row.inner_text())


def decide_the_rest(page):
    table = page.get_by_role("region", name="Domains under review")
    addresses = [
        row.get_by_role("link").first.get_attribute("href")
        for row in table.locator("tbody tr").all()
        if row.locator("td").first.inner_text() != "0"
    ]
    overview = page.url
    for address in addresses:
        page.goto(address)
        for item in page.locator("section.item").all():
            agree = item.get_by_label(re.compile("^Agree: "))
            if not item.get_by_role("radio", checked=True).count():
                agree.check()
        press(page, "Save and go on")
    page.goto(overview)


def test_a_cycle_is_opened_and_a_group_invited(page):
    sign_in(page, "payer")
    follow(page, "Cycles")
    follow(page, "Open a cycle")
    page.get_by_label("Name", exact=True).fill("Pilot of spring")
    page.get_by_label("Due on").fill("")
    press(page, "Open the cycle")
    says(page, "There is a problem")
    assert page.get_by_label("Name", exact=True).input_value() == "Pilot of spring"
    tools.check_accessibility(page)
    page.get_by_label("Due on").fill("2099-12-31")
    press(page, "Open the cycle")
    assert heading(page) == "Pilot of spring"
    says(page, "Nobody is invited yet.")
    page.get_by_label("Willow Run").check()
    press(page, "Invite the chosen groups")
    row = page.get_by_role("region", name="Invited groups").get_by_role("row", name="Willow Run")
    assert "no reply yet" in row.inner_text()
