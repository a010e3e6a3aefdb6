"""A payer's money: a budget put in by keyboard, its answer compared, changed and taken along."""

from __future__ import annotations

import re
from contextlib import contextmanager
from io import BytesIO

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.browser import tools
from tests.browser.demo import follow, heading, press, says, sign_in
from tests.factories.waiting import until

NAME, BUDGET = "Grants by need", 500_000
FIRST, CHOSEN = "Most groups to the next tier", "Most groups ready for incentives"
OTHERS = ("Most people in reliable gaps", "Need first")
DRAWS = "Solve it 200 times under uncertainty"
STOPPED = "Stopped. Nothing of it was kept."
MOST_TABS = 60


@pytest.fixture
def page(page):
    return page


def test_from_a_budget_to_a_proposal(page):
    sign_in(page, "payer")
    ask_by_keyboard(page)
    watch_it_being_solved(page)
    read_the_answer(page)
    compare_policies(page)
    stop_the_draws(page)
    take_the_proposal_along(page)
    pin_an_action(page)


def ask_by_keyboard(page):
    """What is missing is said, can be gone to, and costs nothing that was typed."""
    follow(page, "Investment")
    tab_to(page, page.get_by_role("link", name="New budget scenario"))
    enter(page)
    assert heading(page) == "New budget scenario"
    name = page.get_by_label("Name", exact=True)
    tab_to(page, name)
    enter(page)
    tools.check_accessibility(page)
    tab_to(page, page.get_by_role("link", name=re.compile("^Give the scenario a name")))
    page.keyboard.press("Enter")
    assert has_focus(name)
    page.keyboard.type(NAME)
    enter(page)
    says(page, "There is a problem", "Enter a budget in dollars, such as 500000.")
    assert name.input_value() == NAME
    tab_to(page, page.get_by_label("Budget of year 1"))
    page.keyboard.type(f"{BUDGET:,}")
    tab_to(page, page.get_by_label(FIRST))
    page.keyboard.press("ArrowDown")
    assert page.get_by_label(CHOSEN).is_checked()
    enter(page)


def tab_to(page, place):
    for _ in range(MOST_TABS):
        if has_focus(place):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {place} by keyboard")


def has_focus(place):
    return place.evaluate("e => e === document.activeElement")


def enter(page):
    with page.expect_navigation():
        page.keyboard.press("Enter")


@contextmanager
def held(page):
    """A page about work under way stays as it is: its script hears nothing new."""
    page.route("**/progress", lambda route: route.abort())
    yield
    page.unroute("**/progress")


def watch_it_being_solved(page):
    assert heading(page) == f"{NAME} is being solved"
    with held(page):
        page.reload()
        says(page, re.compile(r"^Solving: \d of about \d+ questions answered"))
        tools.check_accessibility(page)
    follow(page, "See how far it is")
    whole_answer(page)


def whole_answer(page):
    """The waiting page opens it by itself."""
    page.get_by_role("heading", name="What was asked").wait_for()
    page.wait_for_load_state()


def read_the_answer(page):
    assert heading(page) == NAME
    lead = page.locator(".lead").inner_text()
    asked = r"All of the way .* \(.*\).*, for \$([\d,]+) of \$500,000\.( At no cost .*)?"
    found = re.fullmatch(asked, lead)
    assert found, lead
    assert 0 < dollars(found[1]) <= BUDGET
    says(page, "How firm it is", "By points for a dollar", "The first left out, and why")
    says(page, re.compile("in eight of ten draws"), re.compile("^With 5% more money"))
    assert page.get_by_role("columnheader", name="Chosen in draws").count() == 0


def dollars(text):
    return int(text.replace(",", "").replace("$", ""))


def compare_policies(page):
    """The same money; each policy is best at what it puts first."""
    follow(page, "Policies side by side")
    table = page.get_by_role("region", name="Policies side by side")
    heads = table.get_by_role("columnheader").all_inner_texts()
    assert [each.partition("\n")[0] for each in heads[1:]] == [FIRST, CHOSEN, *OTHERS]
    assert [each for each in heads if "this scenario’s" in each] == [heads[2]]
    assert all(0 < dollars(each) <= BUDGET for each in cells(table, "Spent"))
    terms = ("Groups that would reach", "Groups that would become", "Patients in gaps", "Need, of")
    for number, term in enumerate(terms):
        shares = [float(each.removesuffix("%")) for each in cells(table, term)]
        assert shares[number] == max(shares), term
    differing = page.get_by_role("region", name=re.compile("^Actions that some policies choose"))
    assert differing.get_by_role("cell", name="chosen", exact=True).count()
    assert differing.get_by_text(re.compile("weighs that more than")).count()
    follow(page, NAME)


def cells(table, term):
    row = table.get_by_role("row", name=re.compile(f"^{term}"))
    return row.get_by_role("cell").all_inner_texts()


def stop_the_draws(page):
    press(page, DRAWS)
    assert page.get_by_role("button", name=DRAWS).count() == 0
    says(page, re.compile(r"^Solved [1-9]\d* of 200 draws"))
    press(page, "Stop it")
    says(page, STOPPED)
    assert page.get_by_role("button", name=DRAWS).count() == 1
    assert page.get_by_role("columnheader", name="Chosen in draws").count() == 0


def take_the_proposal_along(page):
    group = page.locator("section.item h3").first.inner_text()
    address = page.get_by_role("link", name="The proposal as PDF").get_attribute("href")
    printed = page.request.get(address)
    assert printed.ok
    text = " ".join(each.extract_text() for each in PdfReader(BytesIO(printed.body())).pages)
    assert group in " ".join(text.split())
    with page.expect_download() as fetched:
        page.get_by_role("link", name="As a spreadsheet").click()
    book = load_workbook(BytesIO(fetched.value.path().read_bytes()))
    rows = [row for sheet in book for row in sheet.iter_rows(values_only=True)]
    assert any(group in str(value) for row in rows for value in row)


def pin_an_action(page):
    """One click on what was not chosen; stopped on its way, solved again, and then it holds."""
    group = page.locator("section.item", has_text=re.compile("other choices? in")).first
    name = group.locator("h3").inner_text()
    group.get_by_text(re.compile("other choices? in")).click()
    pin = group.get_by_role("button", name=re.compile(f"^Pin .* in {re.escape(name)}$")).last
    action = " ".join(pin.inner_text().split()).removeprefix("Pin ").removesuffix(f" in {name}")
    with page.expect_navigation():
        pin.click()
    press(page, "Stop it")
    assert heading(page) == f"{NAME} has no answer yet"
    tools.check_accessibility(page)
    press(page, "Solve it again")
    whole_answer(page)
    says(page, re.compile(f"^Changed from {NAME}: it pins {re.escape(f'{action} in {name}')}"))
    chosen = page.get_by_role("region", name=f"Actions chosen in {name}")
    row = chosen.get_by_role("row", name=re.compile(f"^{re.escape(action)}"))
    assert "(pinned)" in row.inner_text()
    assert row.get_by_role("button", name=f"Free {action}").count() == 1
    tools.check_accessibility(page)
    follow(page, NAME)
    whole_answer(page)
    assert not page.get_by_text("(pinned)").count()


@pytest.fixture
def plain(browser, live):
    with tools.window(browser, base_url=live, java_script_enabled=False) as opened:
        sign_in(opened, "payer")
        yield opened


def test_an_action_is_banned_and_the_work_stopped_without_scripts(plain):
    plain.goto("/payers/harbor/investment/new")
    plain.get_by_label("Name", exact=True).fill("A small grant")
    plain.get_by_label("Budget of year 1").fill("plenty")
    press(plain, "Solve it")
    says(plain, "There is a problem")
    assert plain.get_by_label("Name", exact=True).input_value() == "A small grant"
    assert plain.get_by_label("Budget of year 1").input_value() == "plenty"
    plain.get_by_label("Budget of year 1").fill("150,000")
    press(plain, "Solve it")
    look_until_answered(plain)
    with plain.expect_navigation():
        plain.get_by_role("button", name=re.compile("^Ban ")).first.click()
    press(plain, "Stop it")
    says(plain, STOPPED)
    follow(plain, "Investment")
    row = plain.get_by_role("region", name="Scenarios").get_by_role("row").nth(1)
    assert "changed from another scenario" in row.inner_text()
    assert "not solved yet" in row.inner_text()
    follow(plain, "A small grant")
    follow(plain, "Change its settings first")
    says(plain, re.compile("keeps its 0 pinned and 1 banned actions"))


def look_until_answered(page):
    """By its link, as often as it takes."""

    def solved():
        if page.get_by_role("heading", level=1, name="is being solved").count():
            follow(page, "See how far it is")
            return False
        return True

    until(solved)
    assert heading(page) == "A small grant"
