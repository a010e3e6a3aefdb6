"""Everybody in the demonstration gets in, and the doors themselves are accessible."""

from __future__ import annotations

import pytest

from readiness.demo import fill, world
from tests.browser import tools

EMAILS = [email for *_, email in world.PEOPLE]


@pytest.mark.parametrize("address", ["/", "/sign-in"])
def test_the_pages_before_signing_in_are_accessible(page, address):
    tools.check_accessibility(page, address)


@pytest.mark.parametrize("email", EMAILS)
def test_everybody_gets_in_and_out(page, email):
    tools.sign_in(page, email, fill.PASSWORD)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("You are signed out.").wait_for()


def test_a_wrong_password_opens_nothing(page):
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(EMAILS[0])
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", level=1, name="Sign in").wait_for()
    tools.check_accessibility(page)
