"""The pages about people in a real browser, and a session that is about to end."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

import pytest

from app import create_app
from readiness.accounts.db import people
from readiness.accounts.service.one_time_links import write_invitation, write_reset
from readiness.accounts.team import Invitee
from readiness.core.config import Settings
from readiness.core.db import Session, Store
from readiness.core.migrations import migrate
from readiness.core.people import Actor, Role
from tests.browser import tools
from tests.browser.server import serving
from tests.factories import world


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The small world of the tests of pages, served; with two one-time links."""
    data = tmp_path_factory.mktemp("people")
    with closing(Store(data / "readiness.db")) as store:
        migrate(store)
        world.fill(store)
        seat = Invitee("new@example.org", Role.CARE_TEAM, group_id="elm")
        now = datetime.now(UTC)
        write_invitation(Session(store, Actor("maya", "Maya"), now), seat, "invited")
        write_reset(Session(store, Actor("ada", "Ada"), now), people.get(store, "omar"), "reset")
    app = create_app(Settings(data, secret_key="x" * 32, is_demo=True, quick_hashing=True))
    with serving(app) as address:
        yield address


@pytest.fixture
def page(browser, address):
    with tools.window(browser, base_url=address) as opened:
        yield opened


def sign_in(page, person_id):
    tools.sign_in(page, world.email(person_id), world.PASSWORD)


@pytest.mark.parametrize("path", ["/letters/invited", "/letters/reset"])
def test_one_time_links_are_accessible(page, path):
    tools.check_accessibility(page, path)


def test_an_invitation_is_a_link_to_pass_on(page):
    sign_in(page, "maya")
    page.goto("/groups/elm/team")
    page.get_by_label("E-mail address").fill("next@example.org")
    page.get_by_role("button", name="Make the invitation").click()
    tools.check_accessibility(page)  # an error, said beside the field
    assert page.get_by_text("Choose a role.").first.is_visible()
    page.get_by_label("Care team").check()
    page.get_by_role("button", name="Make the invitation").click()
    assert "/letters/" in page.get_by_label("Link to pass on").input_value()
    tools.check_accessibility(page)


def test_a_session_about_to_end_warns_and_can_be_kept(page):
    page.clock.install()
    sign_in(page, "maya")
    page.goto("/groups/elm/team")
    page.clock.fast_forward("54:00")
    assert not page.get_by_text("Your session ends").is_visible()
    page.clock.fast_forward("01:30")
    page.get_by_text("Your session ends in about 5 minutes.").wait_for()
    tools.check_accessibility(page)
    page.get_by_role("button", name="Stay signed in").click()
    page.get_by_text("You stay signed in.").wait_for()
    page.clock.fast_forward("10:00")
    assert not page.get_by_text("Your session ends").is_visible()


def test_what_was_typed_comes_back_after_the_session_ended(page):
    page.clock.install()
    sign_in(page, "maya")
    page.goto("/groups/elm/team")
    page.get_by_label("E-mail address").fill("half@typed")
    page.get_by_label("Care team").check()
    page.clock.fast_forward("01:01:00")
    page.get_by_text("Your session has ended.").wait_for()
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_label("E-mail address").fill(world.email("maya"))
    page.get_by_label("Password").fill(world.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("What you typed before your session ended is back").wait_for()
    assert page.get_by_label("E-mail address").input_value() == "half@typed"
    assert page.get_by_label("Care team").is_checked()
    page.get_by_role("button", name="Discard it").click()
    assert page.get_by_label("E-mail address").input_value() == ""
    assert not page.get_by_label("Care team").is_checked()
    page.goto("/groups/elm/team")
    assert page.get_by_label("E-mail address").input_value() == ""


def test_what_somebody_else_typed_in_this_tab_is_not_brought_back(page):
    sign_in(page, "maya")
    kept = '[["email", "half@typed", false]]'
    page.evaluate("kept => sessionStorage.setItem('typed omar /groups/elm/team', kept)", kept)
    page.goto("/groups/elm/team")
    assert page.get_by_label("E-mail address").input_value() == ""
    assert page.evaluate("JSON.stringify(sessionStorage)") == "{}"


def test_passwords_are_never_kept_in_the_browser(page):
    page.clock.install()
    sign_in(page, "maya")
    page.goto("/account")
    page.get_by_label("Your present password").fill("my present password")
    page.clock.fast_forward("01:01:00")
    page.get_by_text("Your session has ended.").wait_for()
    assert page.evaluate("JSON.stringify(sessionStorage)") == "{}"
