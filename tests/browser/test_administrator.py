"""An administrator takes in a group; its first manager comes by a one-time link."""

from __future__ import annotations

import re

from tests.browser import tools
from tests.browser.demo import follow, heading, press, says, sign_in

PASSWORD = "seven quiet rivers at dawn"


def test_a_new_group_and_its_first_manager(page, browser, live):
    sign_in(page, "administrator")
    follow(page, "Administration")
    follow(page, re.compile("^Groups"))
    press(page, "Add the group")
    says(page, "There is a problem")
    page.get_by_label("Name of the group").fill("Sycamore Family Practice")
    press(page, "Add the group")
    link = invite_the_first_manager(page)
    with tools.window(browser, base_url=live) as guest:
        join(guest, link)
    with tools.window(browser, base_url=live) as latecomer:
        latecomer.goto(link)
        says(latecomer, re.compile("(used|no longer|expired|works once)"))


def invite_the_first_manager(page):
    if "Sycamore" not in heading(page):
        follow(page, "Sycamore Family Practice")
    page.get_by_label("E-mail address").fill("sam@example.org")
    page.get_by_label("Practice manager").check()
    press(page, "Make the invitation")
    return page.get_by_label("Link to pass on").input_value()


def join(page, link):
    page.goto(link)
    assert "Sycamore Family Practice" in heading(page)
    page.get_by_label("Your name").fill("Sam Sycamore")
    page.get_by_label(re.compile("password", re.I)).first.fill(PASSWORD)
    press(page, "Make my account")
    says(page, "There is a problem")
    assert page.get_by_label("Your name").input_value() == "Sam Sycamore"
    for field in page.get_by_label(re.compile("password", re.I)).all():
        field.fill(PASSWORD)
    press(page, "Make my account")
    if page.get_by_role("button", name="Sign out").count():
        press(page, "Sign out")
    tools.sign_in(page, "sam@example.org", PASSWORD)
    page.goto("/home")
    says(page, "Sycamore Family Practice")
