"""The same work with scripts switched off, and a session that ended under a filled-in form."""

from __future__ import annotations

import pytest

from readiness.demo.fill import PASSWORD
from tests.browser import tools
from tests.browser.demo import heading, press, says, sign_in

REACH = "/assessments/elm-this-year/domains/SOCR"
NOTE = "Logs of May, quality folder, kept by the lead."


@pytest.fixture
def plain(browser, live):
    with tools.window(browser, base_url=live, java_script_enabled=False) as opened:
        sign_in(opened, "manager")
        yield opened


def note_of(page, item_id):
    return page.locator(f"#{item_id}").get_by_label("Evidence note")


def test_a_page_of_answers_is_saved_by_its_button(plain):
    plain.goto(REACH)
    for item in plain.locator("section.item").all():
        item.get_by_label("Still true: re-confirm last time").check()
    note_of(plain, "SOCR-1").fill(NOTE)
    plain.get_by_role("button", name="Save", exact=True).click()
    says(plain, "7 of 7 answered on this page")
    assert note_of(plain, "SOCR-1").input_value() == NOTE
    assert plain.get_by_label("Still true: re-confirm last time").count() == 0


def test_nothing_typed_is_lost_when_a_page_of_answers_has_a_problem(plain):
    plain.goto("/assessments/elm-this-year/domains/CONT")
    fee = plain.locator("#CONT-4")
    na = fee.get_by_role("radio", name="Not applicable")
    wrong = na if na.count() else fee.get_by_role("radio", name="4 Improving")
    wrong.check()
    note_of(plain, "CONT-1").fill(NOTE)
    plain.get_by_role("button", name="Save", exact=True).click()
    assert note_of(plain, "CONT-1").input_value() == NOTE


def test_counts_are_sent_and_a_wrong_one_is_kept_to_be_mended(plain):
    plain.goto("/groups/elm/counts")
    plain.get_by_role("row", name="Missing").first.get_by_role("link").click()
    plain.get_by_label("All patients, Eligible", exact=True).fill("some")
    plain.get_by_label("Food, Screened", exact=True).fill("40")
    plain.get_by_role("button", name="Save", exact=True).click()
    says(plain, "There is a problem")
    assert plain.get_by_label("All patients, Eligible", exact=True).input_value() == "some"
    assert plain.get_by_label("Food, Screened", exact=True).input_value() == "40"
    plain.get_by_label("All patients, Eligible", exact=True).fill("90")
    plain.get_by_role("button", name="Save", exact=True).click()
    says(plain, "Started, not yet complete.")
    assert plain.get_by_label("Food, Screened", exact=True).input_value() == "40"


def test_a_block_is_put_into_the_table_by_the_server(plain):
    plain.goto("/groups/elm/counts")
    plain.get_by_role("row", name="Running").first.get_by_role("link").click()
    plain.get_by_label("Paste a block").fill("Need\tScreened\nFood\t120\nHousing\t110\n")
    press(plain, "Show it in the table")
    says(plain, "Nothing is saved yet")
    assert plain.get_by_label("Housing, Screened", exact=True).input_value() == "110"


def test_an_expired_session_keeps_what_was_typed(plain):
    plain.goto("/groups/elm/team")
    plain.get_by_label("E-mail address").fill("kept@example.org")
    plain.get_by_label("Care team").check()
    plain.context.clear_cookies(name="session")
    press(plain, "Make the invitation")
    says(plain, "Your session has ended.")
    plain.get_by_label("E-mail address").fill("manager@example.org")
    plain.get_by_label("Password").fill(PASSWORD)
    press(plain, "Sign in")
    says(plain, "kept@example.org")
    press(plain, "Send it again")
    assert heading(plain).startswith("A link for")
