"""The payer's page of change and money."""

from __future__ import annotations

import csv
import io
import re
from io import BytesIO

import pytest
from openpyxl import load_workbook

from readiness.plans.returns import FEWEST_GROUPS
from readiness.portfolio.presenters.returns import MOST_NAMED, GroupSpending, money_chart
from tests.factories import portfolio, postings
from tests.factories.page import Page

HERE = "/payers/fair/returns"
CAUSAL = re.compile(
    r"\b(because|due to|leads? to|led to|effects?|drives?|impact|thanks to|predicts?|bought)\b"
)


@pytest.fixture
def grown(store):
    seed = postings.grown(store)
    return store, seed


def rows(made):
    return list(csv.DictReader(io.StringIO(made.data.decode("utf-8-sig"))))


def order(page):
    """The groups of the last table, as they stand."""
    table = page.all("table")[-1]
    return [tag.all("a")[0].text for tag in table.all("th") if tag.get("scope") == "row"]


def test_the_portfolio_leads_there(grown, pam):
    assert HERE in Page(pam.get("/payers/fair/portfolio").text).links.values()


def test_change_stands_beside_money_and_no_cause_is_told(grown, pam):
    shown = Page(pam.get(HERE).text)
    assert "2 groups were assessed twice and spent $100,000 in between" in shown.text
    assert "This is no proof of cause." in shown.text
    assert "T1 to T2" in shown.text
    assert f"too few groups to tell: it takes {FEWEST_GROUPS}" in shown.text
    assert not CAUSAL.search(shown.one("main").text)


def test_groups_that_are_not_counted_in_are_named_with_the_reason(grown, pam):
    text = Page(pam.get(HERE).text).text
    assert "nothing entered as spent in between: Birch Physicians." in text
    assert "a second one not yet: Cedar Physicians, Elm Physicians." in text
    assert "Nothing was sent in yet: Fir Physicians." in text


def test_the_drawing_has_words_and_the_same_numbers_as_a_table(grown, pam):
    shown = Page(pam.get(HERE).text)
    (drawing,) = (svg for svg in shown.all("svg") if svg.get("role") == "img")
    assert "points in all over 2 groups that spent $100,000" in drawing.all("title")[0].text
    assert "Ash Physicians: $60,000, +15.0 points" in drawing.all("desc")[0].text
    table = shown.all("table")[1]
    assert "Ash Physicians $60,000 +15.0" in table.text


def test_a_heading_sorts_and_a_second_click_turns_the_order_around(grown, pam):
    first = Page(pam.get(HERE).text)
    by_name = order(first)
    by_money = Page(pam.get(next(u for u in first.links.values() if "sort=spent" in u)).text)
    assert order(by_money) == ["Ash Physicians", "Hazel Physicians", "Birch Physicians"]
    back = Page(pam.get(next(u for u in by_money.links.values() if "sort=spent" in u)).text)
    assert order(back) == ["Birch Physicians", "Hazel Physicians", "Ash Physicians"]
    assert order(Page(pam.get(f"{HERE}?sort=nonsense&order=x").text)) == by_name


def test_with_enough_groups_the_ratio_has_an_interval(grown, pam):
    store, seed = grown
    for number in range(FEWEST_GROUPS):
        group_id = f"g{number:02}"
        portfolio.grow(store, group_id, seed, 30.0, postings.FIRST)
        postings.tier(store, f"{group_id}-sent", "T1")
        postings.again(store, group_id, seed, 40.0 + number % 3, "T2" if number % 2 else "T1")
        postings.pay(store, group_id, (50 + number) * 1_000_00)
    shown = Page(pam.get(HERE).text).text
    assert "95% interval" in shown
    assert "too few groups" not in shown


def test_every_group_is_a_line_of_the_file(grown, pam):
    made = rows(pam.get(f"{HERE}.csv"))
    by_name = {row["Group"]: row for row in made}
    assert set(by_name) == {f"{n.title()} Physicians" for n in (*postings.NAMES, "elm")}
    ash = by_name["Ash Physicians"]
    assert (ash["Spent in between ($)"], ash["Change in tiers"]) == ("60000.0", "1")
    assert by_name["Cedar Physicians"]["Left out: why"].startswith("one assessment")
    (sheet,) = load_workbook(BytesIO(pam.get(f"{HERE}.xlsx").data)).worksheets
    assert {len(row) for row in sheet.iter_rows(values_only=True)} == {len(made[0])}
    assert sheet.max_row == len(made) + 1
    assert pam.get(f"{HERE}.pdf").status_code == 404


def test_without_any_group_assessed_twice_it_says_so(store, pam):
    shown = Page(pam.get(HERE).text)
    assert "No group has two assessments that were sent in yet" in shown.text
    assert not shown.all("svg")


# The drawing

ASH, BIRCH = GroupSpending("Ash", 60_000, 15.0), GroupSpending("Birch", 20_000, -2.5)


def place(text):
    return float(text.rstrip("%"))


def test_more_dollars_stand_further_right_and_more_points_higher():
    chart = money_chart([ASH, BIRCH], "Maturity")
    birch, ash = chart.dots
    assert place(birch.at.x) < place(ash.at.x)
    assert birch.at.y > ash.at.y
    (level,) = chart.lines["target"]
    assert ash.at.y < level.start.y < birch.at.y


def test_words_and_table_say_what_the_dots_show():
    chart = money_chart([ASH, BIRCH], "Maturity")
    assert chart.says == "Birch: $20,000, −2.5 points; Ash: $60,000, +15.0 points."
    assert chart.table.header == ("Group", "Spent in between", "Change in points: Maturity")
    assert chart.table.rows == (("Birch", "$20,000", "−2.5"), ("Ash", "$60,000", "+15.0"))
    assert chart.across[0].label == "$0"


def test_one_group_without_change_can_be_drawn():
    chart = money_chart([GroupSpending("Ash", 1, 0.0)], "Maturity")
    assert len(chart.dots) == 1


def test_many_groups_are_drawn_without_names():
    groups = [GroupSpending(f"Group {n}", 1_000 * n, n) for n in range(1, MOST_NAMED + 2)]
    assert money_chart(groups, "Maturity").names == ()
    assert money_chart(groups[:3], "Maturity").names
