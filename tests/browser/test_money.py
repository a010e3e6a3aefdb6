"""Money for a plan: entered, corrected and warned of by a group, and read as sums by its payer."""

from __future__ import annotations

import re

from tests.browser import tools
from tests.browser.demo import enter_money, follow, heading, press, says, sign_in

ACTION = "Registry, panel reconciliation and outreach engine"


def test_a_group_enters_money_is_warned_and_corrects_it(page):
    sign_in(page, "manager.birch")
    page.goto("/assessments/birch-this-year/plan")
    follow(page, "Enter money, and see what came of the last plan")
    says(page, "No money is entered yet.", "What the last plan promised and what came of it")
    tools.check_accessibility(page)
    follow(page, ACTION)
    press(page, "Enter")
    says(page, "There is a problem", "Choose whether it was awarded, spent or given back.")
    tools.check_accessibility(page)
    enter_money(page, "Awarded", "10,000")
    enter_money(page, "Spent", "125,000")
    says(page, "More is spent than awarded: $125,000 of $10,000.")
    tools.check_accessibility(page)
    follow(page, re.compile(r"^Correct spent"))
    assert page.get_by_label("Amount, in dollars").input_value() == "125,000"
    tools.check_accessibility(page)
    page.get_by_label("Amount, in dollars").fill("1,250")
    press(page, "Put in its place")
    says(page, "Corrected. The entry before stays in the history.", "Corrected, does not count")
    assert not page.get_by_text("More is spent than awarded").count()
    for name, amount in (("Low", "9,000"), ("Likely", "11,000"), ("High", "14,000")):
        page.get_by_label(f"{name}, in dollars").fill(amount)
    press(page, "Keep this estimate")
    says(page, "The award will not be enough: $12,250 is expected in the end")
    tools.check_accessibility(page, "/assessments/birch-this-year/plan")
    says(page, "Money so far")


def test_its_payer_reads_sums_and_change_beside_money(page):
    sign_in(page, "payer")
    follow(page, "Portfolio")
    follow(page, "Change and money")
    says(page, "This is no proof of cause.")
    tools.check_accessibility(page)
    follow(page, "Spent in between")
    spent = dollars_in(page.locator("table").last, "Spent in between")
    assert spent == sorted(spent, reverse=True)
    assert spent[0] > spent[-1]
    page.goto("/assessments/birch-last-year/plan/money")
    assert heading(page) == "Money for the plan"
    says(page, "Single entries and who paid stay the group’s own.")
    assert not page.get_by_role("link", name="Correct").count()
    tools.check_accessibility(page)


def dollars_in(table, heading):
    headings = table.locator("thead th").all_inner_texts()
    place = next(n for n, each in enumerate(headings) if heading in each)
    cells = [row.locator("th, td").nth(place) for row in table.locator("tbody tr").all()]
    return [int(re.sub(r"\D", "", each.inner_text()) or 0) for each in cells]
