"""A practice manager moves an action of the plan, sees the tier's date move, is warned early."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from tests.browser import tools
from tests.browser.demo import enter_money, follow, heading, press, says, sign_in

ACTION = "Incentive readiness and payer alignment package"
FIRST = "Leadership accountability package"
CHANGE = re.compile(f"^Change {ACTION}")
NOTE = "After the new registration system is in use."
LATER = re.compile(f"^You changed “{ACTION}”[.] The plan .*, [0-9]+ months? later [(]by ")
REACHED = re.compile(r"T3 Incentive-ready is reached between (\w{3} \d{4}) and (\w{3} \d{4})\.")


@pytest.fixture
def page(page):
    return page


@pytest.fixture
def plain(browser, live):
    with tools.window(browser, base_url=live, java_script_enabled=False) as opened:
        yield opened


def test_a_moved_action_moves_the_tier_and_a_wrong_order_is_refused(page):
    open_plan(page, "oak")
    before = months(page)
    follow(page, CHANGE)
    refuse_a_start_before_what_it_needs(page)
    tools.check_accessibility(page)
    page.get_by_role("link", name=re.compile("needs .* first")).click()
    assert page.evaluate("document.activeElement.id") == "half_year"
    page.get_by_label("Starts in").select_option("")
    page.get_by_label("Months to launch").fill("20")
    press(page, "Save")
    says(page, LATER)
    assert page.evaluate("location.hash") == "#main"
    page.get_by_role("link", name="Go to the action").click()
    assert all(now > then for now, then in zip(months(page), before, strict=True))
    assert page.get_by_role("region", name=ACTION).get_by_text(NOTE).is_visible()
    plan_for_less(page)
    put_back_as_proposed(page)
    assert months(page) == before


def open_plan(page, who):
    sign_in(page, f"manager.{who}")
    page.goto(f"/assessments/{who}-this-year/plan")
    assert heading(page) == "Action plan"


def months(page):
    """From when to when the tier is expected."""
    found = REACHED.search(page.locator("main").inner_text())
    assert found
    return [datetime.strptime(each, "%b %Y").replace(tzinfo=UTC) for each in found.groups()]


def refuse_a_start_before_what_it_needs(page):
    page.get_by_label("Starts in").select_option("1")
    page.get_by_label("Months to launch").fill("4")
    page.get_by_label("Note").fill(NOTE)
    press(page, "Save")
    says(page, "There is a problem")
    says(page, f"{ACTION} needs {FIRST} first, which starts in half-year 1: start {ACTION} in")
    assert page.get_by_label("Starts in").input_value() == "1"
    assert page.get_by_label("Months to launch").input_value() == "4"
    assert page.get_by_label("Note").input_value() == NOTE


def plan_for_less(page):
    """Without the level that a gate asks for, the plan says that the tier is not reached."""
    follow(page, CHANGE)
    page.get_by_label(re.compile("^CONT-3 ")).select_option("1")
    press(page, "Save")
    assert not REACHED.search(page.locator("main").inner_text())
    says(page, re.compile("T3 Incentive-ready is not reached by this plan yet. These stay short: "))
    says(page, re.compile("^Expect the proposed levels of your actions again"))
    tools.check_accessibility(page)


def put_back_as_proposed(page):
    follow(page, CHANGE)
    page.get_by_label(re.compile("^CONT-3 ")).select_option("")
    page.get_by_label("Starts in").select_option("")
    page.get_by_label("Months to launch").fill("")
    press(page, "Save")


def test_an_award_that_will_not_last_is_told_while_there_is_money_left(page):
    open_plan(page, "oak")
    follow(page, "Enter money, and see what came of the last plan")
    follow(page, ACTION)
    enter_money(page, "Awarded", "100,000")
    enter_money(page, "Spent", "10,000")
    assert not page.get_by_text("The award will not be enough").count()
    for name, amount in (("Low", "85,000"), ("Likely", "95,000"), ("High", "110,000")):
        page.get_by_label(f"{name}, in dollars").fill(amount)
    press(page, "Keep this estimate")
    says(page, re.compile("^The award will not be enough: .105,000 is expected in the end, .5,000"))
    says(page, re.compile("Talk to whoever pays now, while there is money left"))
    page.goto("/assessments/oak-this-year/plan")
    table = page.get_by_role("region", name="Money by action")
    row = table.get_by_role("row", name=re.compile(f"^{ACTION}")).inner_text()
    assert all(each in row for each in ("$100,000", "$10,000", "$90,000"))
    says(page, re.compile("The award will not be enough: "))
    tools.check_accessibility(page)


def test_an_action_is_moved_without_scripts(plain):
    open_plan(plain, "oak")
    before = months(plain)
    follow(plain, CHANGE)
    refuse_a_start_before_what_it_needs(plain)
    plain.get_by_label("Starts in").select_option("4")
    press(plain, "Save")
    says(plain, LATER)
    assert all(now > then for now, then in zip(months(plain), before, strict=True))


def test_other_levels_are_tried_and_leave_nothing_behind(page):
    sign_in(page, "manager.oak")
    page.goto("/assessments/oak-this-year/result")
    follow(page, re.compile("^What if"))
    page.get_by_text("Race, ethnicity and language data: ").click()
    page.get_by_label(re.compile("^REAL-2 ")).select_option("3")
    press(page, "Show what that would do")
    says(page, re.compile("^With this change you would still be at T2 Developing.*instead of "))
    assert page.url.endswith("/what-if?REAL-2=3")
    tools.check_accessibility(page)
    follow(page, "Start again from the answers as they are")
    assert not page.get_by_role("heading", name="What you try").count()
