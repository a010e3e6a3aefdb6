"""Single sign-on in a browser: to the provider and back, under our content policy."""

from __future__ import annotations

from contextlib import closing

import pytest

from app import create_app
from readiness.accounts.service import identity_provider
from readiness.core.config import LOOPBACK, Settings
from readiness.core.db import Store
from readiness.core.migrations import migrate
from tests.browser import tools
from tests.browser.demo import heading, says
from tests.browser.server import serving
from tests.factories import world
from tests.factories.identity_provider import running
from tests.factories.waiting import PATIENCE


@pytest.fixture
def address(tmp_path, monkeypatch):
    """On another host name than the provider, for cookies know no ports."""
    monkeypatch.setattr(identity_provider, "SECONDS", PATIENCE)
    with closing(Store.create(tmp_path / "readiness.db")) as store:
        migrate(store)
        world.fill(store)
    with running() as provider:
        settings = Settings(
            tmp_path,
            secret_key="x" * 32,
            is_demo=True,
            quick_hashing=True,
            hosts=LOOPBACK,
            identity_provider=provider.settings,
        )
        with serving(create_app(settings)) as numbers:
            yield numbers.replace("127.0.0.1", "localhost")


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without"])
def test_an_account_is_linked_and_signed_in_to(browser, address, has_scripts):
    with tools.window(browser, base_url=address, java_script_enabled=has_scripts) as page:
        tools.sign_in(page, world.email("maya"), world.PASSWORD)
        page.goto("/account")
        page.get_by_role("button", name="Link Example Health").click()
        at_the_provider(page, "u-maya")
        says(page, "From now on Example Health signs you in too.")
        page.locator(".sign-out button").click()
        says(page, "You are signed out.")

        page.goto("/sign-in?next=/groups/elm/team")
        page.get_by_role("button", name="Sign in with Example Health").click()
        at_the_provider(page, "u-maya")
        page.locator(".sign-out").wait_for()
        assert page.url == f"{address}/groups/elm/team"


def at_the_provider(page, subject):
    page.locator("input[name=sub]").fill(subject)
    page.locator("input[name=sub]").press("Enter")


def test_somebody_unknown_is_told_what_to_do(browser, address):
    with tools.window(browser, base_url=address) as page:
        tools.check_accessibility(page, "/sign-in")
        page.get_by_role("button", name="Sign in with Example Health").click()
        at_the_provider(page, "u-stranger")
        says(page, "link the two on your account page")
        assert heading(page) == "That did not work with Example Health"
        tools.check_accessibility(page)
