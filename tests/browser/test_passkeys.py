"""Passkeys in Chromium, with its virtual authenticator: the life of one, and what goes wrong."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest

from app import create_app
from readiness.core.config import LOOPBACK, Required, Settings
from readiness.core.db import Store
from readiness.core.migrations import migrate
from tests.browser import tools
from tests.browser.demo import follow, heading, press, says
from tests.browser.server import serving
from tests.factories import world

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def address(tmp_path):
    """Served to the host name localhost: no passkey is made for 127.0.0.1."""
    with closing(Store.create(tmp_path / "readiness.db")) as store:
        migrate(store)
        world.fill(store)
    settings = Settings(tmp_path, secret_key="x" * 32, is_demo=True, quick_hashing=True)
    required = replace(settings, hosts=LOOPBACK, second_step=Required.PAYERS)
    with serving(create_app(required)) as numbers:
        yield numbers.replace("127.0.0.1", "localhost")


@pytest.fixture
def page(browser, address):
    with tools.window(browser, base_url=address) as opened:
        yield opened


class Keys:
    """The authenticators of a window, through the protocol of Chromium's developer tools."""

    def __init__(self, page):
        self.protocol = page.context.new_cdp_session(page)
        self.protocol.send("WebAuthn.enable")
        self.ids = []

    def plug_in(self, **options):
        made = self.protocol.send("WebAuthn.addVirtualAuthenticator", {"options": KEY | options})
        self.ids.append(made["authenticatorId"])

    def unplug(self):
        self.protocol.send(
            "WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.ids.pop()}
        )

    def held(self):
        asked = {"authenticatorId": self.ids[-1]}
        return self.protocol.send("WebAuthn.getCredentials", asked)["credentials"]

    def turn_back(self):
        """As the copy of one would count."""
        [held] = self.held()
        self.protocol.send("WebAuthn.clearCredentials", {"authenticatorId": self.ids[-1]})
        self.protocol.send(
            "WebAuthn.addCredential",
            {"authenticatorId": self.ids[-1], "credential": held | {"signCount": 0}},
        )


@pytest.fixture
def keys(page):
    made = Keys(page)
    made.plug_in()
    return made


def give_password(page, person_id="pam"):
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(world.email(person_id))
    page.get_by_label("Password").fill(world.PASSWORD)
    press(page, "Sign in")


def make(page, name):
    """From the page that offers it."""
    press(page, "Add a passkey")
    tools.check_accessibility(page)
    page.get_by_label("Name of the passkey").fill(name)
    press(page, "Make the passkey")


def give_passkey(page):
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("button", name="Sign out").wait_for()


def leave(page):
    press(page, "Sign out")


def test_a_payer_lives_with_passkeys(page, keys):
    give_password(page)
    assert heading(page) == "Set up a second step"
    tools.check_accessibility(page)
    make(page, "Laptop")
    assert heading(page) == "Your codes on paper"
    follow(page, "I have kept them, go on")
    leave(page)

    give_password(page)
    assert heading(page) == "Your second step"
    tools.check_accessibility(page)
    give_passkey(page)
    assert keys.held()[0]["signCount"] > 1

    page.goto("/account/second-step")
    tools.check_accessibility(page)
    says(page, "the last one cannot be removed")
    assert page.get_by_role("button", name="Remove the passkey").count() == 0
    keys.plug_in(transport="usb")
    make(page, "Blue key")
    says(page, "The passkey Blue key is added.")
    tools.check_accessibility(page)
    press(page, "Remove the passkey Laptop")
    says(page, "Removed. Signing in still asks for a second step.")
    leave(page)

    give_password(page)
    give_passkey(page)
    page.goto("/account")
    says(page, "signed in with a passkey to", "removed a passkey of", "added a passkey to")


def test_the_same_device_is_told_that_it_holds_one(page, keys):
    give_password(page)
    make(page, "Laptop")
    page.goto("/account/second-step")
    press(page, "Add a passkey")
    page.get_by_label("Name of the passkey").fill("Laptop again")
    page.get_by_role("button", name="Make the passkey").click()
    says(page, "holds a passkey of yours for this site already")


def test_without_the_device_the_page_says_what_to_do_and_a_code_signs_in(page, keys):
    give_password(page)
    make(page, "Laptop")
    code = page.locator(".codes code").first.inner_text()
    follow(page, "I have kept them, go on")
    leave(page)
    keys.unplug()
    keys.plug_in()
    give_password(page)
    press(page, "Use a passkey")
    says(page, "No passkey was given.")
    tools.check_accessibility(page)
    page.get_by_label("Code").fill(code)
    press(page, "Sign in with the code")
    page.get_by_role("button", name="Sign out").wait_for()


def test_a_copied_passkey_is_refused(page, keys):
    give_password(page)
    make(page, "Laptop")
    follow(page, "I have kept them, go on")
    leave(page)
    give_password(page)
    give_passkey(page)
    leave(page)
    keys.turn_back()
    give_password(page)
    page.get_by_role("button", name="Use a passkey").click()
    says(page, "somebody may have a copy of it")


def test_without_javascript_the_page_says_so(browser, address):
    with tools.window(browser, base_url=address, java_script_enabled=False) as page:
        give_password(page)
        press(page, "Add a passkey")
        says(page, "A passkey needs JavaScript, which is off in this browser.")
        page.get_by_label("Name of the passkey").fill("Laptop")
        press(page, "Make the passkey")
        says(page, "A passkey needs JavaScript. Switch it on for this site")


def test_an_address_in_numbers_is_sent_to_the_name(browser, address):
    numbers = address.replace("localhost", "127.0.0.1")
    with tools.window(browser, base_url=numbers) as page:
        tools.sign_in(page, world.email("maya"), world.PASSWORD)
        page.goto("/account/second-step")
        says(page, "Here that is localhost in place of 127.0.0.1.")
        tools.check_accessibility(page)
