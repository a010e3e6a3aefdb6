"""Every page, for everybody who can reach it: accessible, and never wider than the window."""

from __future__ import annotations

import pytest

from app import create_app
from readiness.core.config import LOOPBACK, Settings
from readiness.demo.fill import PASSWORD
from tests.browser import crawl, tools
from tests.browser.demo import follow, press, says, sign_in

NO_PAGES = {"static", "assets.bootstrap", "assets.font", "home.health", "plan.json"} | {
    "monitoring.metrics",
    "sign_on.back",
    "monitoring.show_ready",
    "home.security",
    "upload.progress",
    "laboratory.progress",
    "packs.progress",
    "investment.progress",
    "prints.progress",
    "prints.turn",
}
GROUP, PAYER, OFFICE, ANYBODY = "a group", "a payer", "the installation", "anybody"
PEOPLE = {  # who walks, and in which order; the first to reach a kind of page looks at it
    GROUP: ("manager", "manager.juniper", "manager.birch", "manager.willow", "team"),
    PAYER: ("payer",),
    OFFICE: ("administrator",),
}
STARTS = {  # beside the links of the start page: what a form leads to, and a group to be reviewed
    PAYER: (
        "/home",
        "/payers/harbor/portfolio/compare?group=ash&group=birch&group=elm",
        "/payers/harbor/groups/dogwood",
    ),
}
ROOMS = (  # whose page an address is; the first that fits
    ("/admin", OFFICE),
    ("/payers", PAYER),
    ("/portfolio", PAYER),
    ("/cycles", PAYER),
    ("/investment", PAYER),
    ("/assessments/<assessment_id>/review", PAYER),
    ("/assessments", GROUP),
    ("/groups", GROUP),
    ("/instruments", GROUP),
    ("/mappings", GROUP),
    ("/stratification-rules", GROUP),
    ("/", ANYBODY),
)
EVERYBODY_S = {
    "home.front",
    "home.start",
    "account.mine",
    "account.sign_in",
    "letters.read",
    "second_step.show",
}


def nothing(page):
    """Most of what there is to see is in the demonstration."""


def payer_s_own(page):
    all_plans_as_a_zip(page)
    a_scenario_to_be_funded(page)


def a_scenario_to_be_funded(page):
    """Funded too, after a look at what that asks first."""
    page.goto("/payers/harbor/investment/spring-grants")
    for label in ("Propose it", "Approve it"):
        press(page, label)
    follow(page, "Fund it")
    tools.check_accessibility(page)
    press(page, "Write these awards")


def all_plans_as_a_zip(page):
    """Of the one group of the highest tier, so that there is something to fetch."""
    page.goto("/payers/harbor/plans?tier=T4")
    press(page, "Print the plans")
    page.get_by_role("link", name="Download the ZIP").wait_for()


BEFORE = {PAYER: payer_s_own}


@pytest.fixture(scope="module")
def routes(filled):
    return create_app(Settings(filled, secret_key="only for tests" * 3, hosts=LOOPBACK)).url_map


def owner(rule):
    return next(whose for start, whose in ROOMS if str(rule).startswith(start))


def pages_of(routes, whose):
    return {
        rule.endpoint
        for rule in routes.iter_rules()
        if "GET" in rule.methods and owner(rule) == whose
    } - NO_PAGES


@pytest.mark.parametrize("whose", PEOPLE)
def test_every_page_is_reached_by_links_and_is_accessible(browser, live, routes, whose):
    seen: set[str] = set()
    for who in PEOPLE[whose]:
        with tools.window(browser, base_url=live) as page:
            sign_in(page, who)
            BEFORE.get(whose, nothing)(page)
            found: set[str] = set()
            for endpoint, is_new in crawl.walk(page, routes, STARTS.get(whose, ("/home",)), seen):
                if is_new:
                    tools.check_accessibility(page)
                found.add(endpoint)
            seen |= found
        if pages_of(routes, whose) <= seen:
            break
    assert pages_of(routes, whose) - seen == set()


def test_every_page_belongs_to_one_of_those_walks(routes):
    assert pages_of(routes, ANYBODY) == EVERYBODY_S


def test_a_stranger_s_pages_are_accessible(page):
    tools.check_accessibility(page, "/nothing/of/this/name")
    page.goto("/sign-in")
    press(page, "Sign in")
    says(page, "There is a problem")
    tools.check_accessibility(page)


def test_what_comes_back_after_a_session_is_accessible(page):
    sign_in(page, "manager")
    page.goto("/groups/elm/team")
    page.get_by_label("E-mail address").fill("kept@example.org")
    page.get_by_label("Care team").check()
    page.context.clear_cookies(name="session")
    press(page, "Make the invitation")
    page.get_by_label("E-mail address").fill("manager@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")
    says(page, "kept@example.org")
    tools.check_accessibility(page)
    press(page, "Send it again")
    link = page.get_by_label("Link to pass on").input_value()
    tools.check_accessibility(page)
    press(page, "Sign out")
    tools.check_accessibility(page, link)


def test_what_one_may_not_see_is_said_on_a_page_of_its_own(page):
    sign_in(page, "team")
    for address in ("/groups/elm/team", "/admin", "/groups/birch/counts"):
        page.goto(address)
        assert page.get_by_role("heading", level=1).count() == 1
        tools.check_accessibility(page)
    follow(page, "Readiness")
    says(page, "Elm Valley Physicians (invented)")
