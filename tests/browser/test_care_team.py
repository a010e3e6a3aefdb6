"""A care team enters a quarter's counts: a block pasted, a contradiction mended, rates shown."""

from __future__ import annotations

import re

import pytest

from tests.browser import tools
from tests.browser.demo import heading, is_in_view, open_link, press, says, sign_in

GROUP = (10_000, 5_500, 700, 4_300, 850)  # eligible, offered, declined, screened, one or more
NEEDS = (
    (4_200, 430, 260, 170, 140, 90, 50, 30),
    (4_200, 250, 150, 100, 80, 60, 40, 20),
    (4_200, 220, 140, 90, 70, 50, 30, 20),
    (4_200, 190, 120, 80, 60, 40, 25, 15),
    (4_200, 60, 40, 30, 20, 15, 12, 11),
)
PASTE = """([selector, text]) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const options = {clipboardData: data, bubbles: true, cancelable: true};
    document.querySelector(selector).dispatchEvent(new ClipboardEvent("paste", options));
}"""


def block(rows):
    return "\n".join("\t".join(map(str, row)) for row in rows)


def paste(page, label, rows):
    """As the browser does it: a block from the clipboard, into the field that has the focus."""
    field = page.get_by_label(label, exact=True)
    field.focus()
    page.evaluate(PASTE, [f"[id='{field.get_attribute('id')}']", block(rows)])


@pytest.fixture
def quarter(page):
    """The newest closed quarter, which the demonstration leaves to enter."""
    sign_in(page, "team")
    says(page, "Elm Valley Physicians (invented)")
    open_link(page.locator(".task-list").get_by_role("link", name="Social-risk counts"))
    missing = page.get_by_role("row", name="Missing").first
    open_link(missing.get_by_role("link"))
    assert re.match(r"Social-risk counts, Q\d \d{4}", heading(page))
    return page


def test_a_block_is_pasted_mended_and_completed(quarter):
    page = quarter
    paste(page, "All patients, Eligible", [GROUP])
    says(page, "5 counts filled in, not saved yet.")
    paste(page, "Food, Screened", NEEDS)
    says(page, "40 counts filled in, not saved yet.")
    wrong = page.get_by_label("Food, Need found", exact=True)
    wrong.fill("4,900")
    press(page, "Save and mark the quarter complete")
    says(page, "The quarter is not yet complete.", "4,900 cannot be more than")
    page.locator(".error-summary a").first.click()
    assert page.locator(":focus").evaluate("e => e.tagName") == "INPUT"
    assert is_in_view(page.locator(":focus"))
    tools.check_accessibility(page)
    assert page.get_by_label("Safety, Resolved", exact=True).input_value() == "11"
    wrong.fill("430")
    press(page, "Save and mark the quarter complete")
    explain_what_is_unusual(page)
    says(page, "Mark this quarter complete?", "numbers would leave your group", "Who reads it")
    tools.check_accessibility(page)
    press(page, "Mark the quarter complete")
    says(page, "Saved, and marked complete.")
    rates_with_their_intervals(page)


INDEXED = (
    ("#", "Need", "Screened", "Need found"),
    (1, "Housing", 4142, 247),
    (2, "Food", 4137, 430),
)
NUMBERED = ((1, 4142, 247), (2, 4137, 430))


@pytest.mark.parametrize("rows", [INDEXED, INDEXED[1:], NUMBERED, [("Housing", 4142, 247)]])
def test_a_block_with_names_or_line_numbers_is_never_filled_in_by_position(quarter, rows):
    field = quarter.get_by_label("Food, Screened", exact=True)
    before = field.input_value()
    paste(quarter, "Food, Screened", rows)
    says(quarter, "nothing is filled in yet")
    assert field.input_value() == before
    assert quarter.locator("#block").input_value() == block(rows)


def test_a_block_with_names_goes_by_them_from_its_box(quarter):
    paste(quarter, "Food, Screened", INDEXED)
    press(quarter, "Show it in the table")
    for label, count in (("Housing, Screened", "4142"), ("Food, Need found", "430")):
        assert quarter.get_by_label(label, exact=True).input_value() == count


def explain_what_is_unusual(page):
    for box in page.locator("textarea[name^='why.']").all():
        box.fill("We began to ask in a third practice.")
    if page.get_by_role("heading", name="Unusual, please check").count():
        press(page, "Save and mark the quarter complete")


def rates_with_their_intervals(page):
    says(page, "43% (42–44%), 4,300 of 10,000")
    page.get_by_role("row", name="43% (42–44%)").get_by_role("rowheader").get_by_role(
        "link"
    ).click()
    says(page, re.compile("^Complete"))
    page.get_by_text("The same numbers as a table").first.click()
    table = page.get_by_role("region", name="Rates of all patients").inner_text()
    assert re.search(r"Screening reach\s+43%", table)
    says(page, "Each need, Q")


def test_what_does_not_fit_is_said_and_nothing_is_lost(quarter):
    page = quarter
    page.get_by_label("All patients, Eligible", exact=True).fill("about 900")
    page.get_by_label("Food, Screened", exact=True).fill("300")
    press(page, re.compile("^Save$"))
    says(page, "There is a problem")
    assert page.get_by_label("All patients, Eligible", exact=True).input_value() == "about 900"
    assert page.get_by_label("Food, Screened", exact=True).input_value() == "300"
