"""A payer's way to a decision: a budget, policies side by side, one pin, and its files."""

from __future__ import annotations

import re

import pytest

from tests.browser.demo import follow, heading, press, says, sign_in

PATIENCE = 180_000  # ms: eight solves beside other work


@pytest.fixture
def investment(page):
    sign_in(page, "payer")
    follow(page, "Investment")
    assert heading(page) == "Investment"
    return page


def wait_for_answer(page):
    page.get_by_role("heading", name="What it buys").wait_for(timeout=PATIENCE)


def test_from_a_budget_to_a_pin_and_a_file(investment):
    page = investment
    follow(page, "Ask for a scenario")
    page.get_by_label("Name", exact=True).fill("Summer grants")
    page.get_by_label("Budget of year 1").fill("400,000")
    page.get_by_label("Dollars that one group can take on in a year (optional)").fill("120000")
    press(page, "Solve it")
    wait_for_answer(page)
    assert heading(page) == "Summer grants"
    says(page, re.compile(r"for \$\d+,\d+ of \$400,000"))

    follow(page, "Policies side by side")
    table = page.get_by_role("region", name="Policies side by side")
    for policy in ("Readiness first", "Need first", "Most people in gaps"):
        assert policy in table.inner_text()
    page.go_back()

    pin = page.get_by_role("button", name=re.compile("^Pin ")).first
    title = pin.inner_text().removeprefix("Pin").strip()
    with page.expect_navigation():
        pin.click()
    wait_for_answer(page)
    says(page, re.compile(f"Changed from.*it pins {re.escape(title)}", re.DOTALL))

    for link, start in (("As a spreadsheet", b"PK"), ("The proposal as PDF", b"%PDF")):
        assert fetched(page, link).startswith(start)


def fetched(page, link):
    """As the browser would get it, with its session."""
    address = page.get_by_role("link", name=link).get_attribute("href")
    reply = page.request.get(address, timeout=PATIENCE)
    assert reply.ok
    return reply.body()


def test_the_answer_in_the_demonstration_says_how_firm_it_is(investment):
    page = investment
    follow(page, "Spring grants")
    says(
        page,
        re.compile("Solved 20 times with gaps, need and costs drawn"),
        "The first left out, and why",
        "Groups that get nothing, and why",
        re.compile("hidden|Linden Lake"),
    )
    assert page.get_by_role("button", name="Solve it 200 times under uncertainty").is_visible()


def test_the_draws_show_how_far_they_are_and_can_be_stopped(investment):
    page = investment
    follow(page, "Spring grants")
    press(page, "Solve it 200 times under uncertainty")
    says(page, re.compile(r"Solved \d+ of 200 draws"))
    assert page.get_by_role("progressbar", name="How far it is").count() == 1
    press(page, "Stop it")
    says(page, "Stopped. Nothing of it was kept.")
